// SPDX-License-Identifier: MIT
#include "testclient.h"

#include "engineio/server/serveraccess_p.h"
#include "support/testmain.h"

#include <QtNetwork/qtcpserver.h>
#include <QtTest/qtest.h>

#include <sys/socket.h>

using namespace EngineIo;
using namespace Qt::StringLiterals;

namespace {

// Reads what it is told to, and passes the connection to the server it is told to.
class Front : public QTcpServer
{
public:
    explicit Front(const std::function<void(qintptr, const QByteArray &)> &accepted)
        : m_accepted(accepted)
    {
    }
    QByteArray awaited; // what ends the first bytes

protected:
    void incomingConnection(qintptr descriptor) override
    {
        QByteArray bytes;
        (void)QTest::qWaitFor(
            [&] {
                char byte = 0;
                while ((awaited.isEmpty() || !bytes.endsWith(awaited))
                       && ::recv(int(descriptor), &byte, 1, MSG_DONTWAIT) == 1)
                    bytes += byte;
                return bytes.endsWith(awaited);
            },
            TestSupport::Patience);
        m_accepted(descriptor, bytes);
    }

private:
    std::function<void(qintptr, const QByteArray &)> m_accepted;
};

// Stands for another process: passes connections on to another server.
class Router : public detail::SessionRouter
{
public:
    QString idPrefix() const override { return prefix; }
    bool isElsewhere(const QString &id) const override { return id.startsWith(other); }
    void take(detail::Descriptor descriptor, const QByteArray &bytes) override
    {
        QMetaObject::invokeMethod(target, [this, handle = descriptor.release(), bytes] {
            ++taken;
            target->handleSocketDescriptor(handle, bytes);
        });
    }

    QString prefix;
    QString other;
    Server *target = nullptr;
    int taken = 0;
};

struct RoutedServer
{
    explicit RoutedServer(const QString &prefix, const QString &other, int threads = 0)
    {
        router->prefix = prefix;
        router->other = other;
        server.setIoThreadCount(threads);
        detail::ServerAccess::setSessionRouter(&server, router);
    }
    const std::shared_ptr<Router> router = std::make_shared<Router>();
    TestServer server;
};

} // namespace

// Connections that another process has begun to read.
class tst_Engine_Handover : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void firstBytesAreServed_data();
    void firstBytesAreServed();
    void firstBytesMayBeAWebSocketHandshake();
    void idsTellTheProcess();
    void laterRequestsReachTheirProcess_data();
    void laterRequestsReachTheirProcess();
};

void tst_Engine_Handover::firstBytesAreServed_data()
{
    QTest::addColumn<int>("threads");
    QTest::addColumn<QByteArray>("until");
    for (int threads : {0, 2}) {
        QTest::addRow("nothing, %d threads", threads) << threads << QByteArray();
        QTest::addRow("the first line, %d threads", threads) << threads << QByteArray("\r\n");
        QTest::addRow("a part of it, %d threads", threads) << threads << QByteArray("transp");
        QTest::addRow("all, %d threads", threads) << threads << QByteArray("\r\n\r\n");
    }
}

void tst_Engine_Handover::firstBytesAreServed()
{
    QFETCH(int, threads);
    QFETCH(QByteArray, until);
    TestServer server;
    server.setIoThreadCount(threads);
    Front front([&](qintptr descriptor, const QByteArray &bytes) {
        QVERIFY(server.handleSocketDescriptor(descriptor, bytes));
    });
    front.awaited = until;
    QVERIFY(front.listen(QHostAddress::LocalHost));
    RawConnection client(front.serverPort());
    const HttpAnswer open = client.request("GET", server.target("polling"));
    QCOMPARE(open.status, 200);
    QTRY_COMPARE(server.clientsCount(), 1);
    const QByteArray sid =
        QJsonDocument::fromJson(open.body.mid(1)).object().value(u"sid").toString().toLatin1();
    QCOMPARE(client.request("POST", server.target("polling", sid), "4hello").body, "ok");
}

void tst_Engine_Handover::firstBytesMayBeAWebSocketHandshake()
{
    TestServer server;
    Front front([&](qintptr descriptor, const QByteArray &bytes) {
        server.handleSocketDescriptor(descriptor, bytes);
    });
    front.awaited = "\r\n\r\n";
    QVERIFY(front.listen(QHostAddress::LocalHost));
    RawWebSocket socket(front.serverPort(), server.target("websocket"));
    QCOMPARE(socket.handshake.status, 101);
    QVERIFY(socket.waitForText().startsWith("0{"));
}

void tst_Engine_Handover::idsTellTheProcess()
{
    RoutedServer routed(u"ab1_"_s, u"zz"_s);
    QVERIFY(routed.server.listen());
    PollingClient usual(routed.server);
    QVERIFY(usual.sid.startsWith("ab1_"));
    QCOMPARE(usual.sid.size(), 20);

    RoutedServer own(u"ab1_"_s, u"zz"_s);
    own.server.setIdGenerator(
        [](const HttpRequest &, const std::function<void(QString)> &done) { done(u"mine"_s); });
    QVERIFY(own.server.listen());
    QCOMPARE(PollingClient(own.server).sid, "ab1_mine");
}

void tst_Engine_Handover::laterRequestsReachTheirProcess_data()
{
    QTest::addColumn<int>("threads");
    QTest::newRow("one thread") << 0;
    QTest::newRow("two threads") << 2;
}

// A proxy, or a client, may use one connection for several sessions.
void tst_Engine_Handover::laterRequestsReachTheirProcess()
{
    QFETCH(int, threads);
    RoutedServer first(u"one"_s, u"two"_s, threads);
    RoutedServer second(u"two"_s, u"one"_s, threads);
    first.router->target = &second.server;
    second.router->target = &first.server;
    QVERIFY(first.server.listen());
    QVERIFY(second.server.listen());
    PollingClient here(first.server);
    PollingClient there(second.server);
    QVERIFY(here.sid.startsWith("one") && there.sid.startsWith("two"));
    QList<QByteArray> received;
    connect(second.server.session(QString::fromLatin1(there.sid)), &Session::messageReceived, this,
            [&](const Message &message) { received.append(message.bytes()); });
    // To and fro, with a body, with a request that follows at once, and in pieces.
    const QByteArray thereTarget = second.server.target("polling", there.sid);
    QCOMPARE(here.post.request("POST", here.target(), "4a").body, "ok");
    QCOMPARE(here.post.request("POST", thereTarget, "4b").body, "ok");
    QCOMPARE(here.post.request("POST", here.target(), "4c").body, "ok");
    here.post.sendRequest("POST", thereTarget, "4d");
    here.post.sendRequest("POST", here.target(), "4e");
    here.post.sendRequest("POST", thereTarget, "4f");
    for (int i = 0; i < 3; ++i)
        QCOMPARE(here.post.waitForAnswer().body, "ok");
    QTRY_COMPARE(received, QList<QByteArray>({"b", "d", "f"}));
    QVERIFY(first.router->taken >= 1);
    // The upgrade of a session as well.
    RawWebSocket upgrade(first.server.serverPort(), second.server.target("websocket", there.sid));
    QCOMPARE(upgrade.handshake.status, 101);
    upgrade.sendText("2probe");
    QCOMPARE(upgrade.waitForText(), "3probe");
    // A session of neither is unknown as ever.
    QCOMPARE(here.post.request("POST", first.server.target("polling", "nobody"), "4g").status, 400);
}

QTSOCKETIO_TEST(tst_Engine_Handover)

#include "tst_engine_handover.moc"
