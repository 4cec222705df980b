// SPDX-License-Identifier: MIT
#include "rawclient.h"
#include "support/testmain.h"

#include <SocketIo/ClientSocket>
#include <SocketIo/Manager>

#include <QtCore/qtimer.h>

#include <memory>

using namespace SocketIo;
using namespace Qt::StringLiterals;

// Attempts to join a namespace that are given up while the server decides on them.
class tst_Sio_Joins : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void anotherUserJoins_data();
    void anotherUserJoins();
    void nobodyJoins_data();
    void nobodyJoins();
    void aConnectThatComesAgainCounts_data();
    void aConnectThatComesAgainCounts();
    void aSessionIsFollowedByAnother_data();
    void aSessionIsFollowedByAnother();
};

namespace {

QString nameOf(Socket *socket)
{
    return socket->handshake().auth().value(u"name"_s).toString();
}

// Lets in who is not called mallory, when told to.
class SlowServer : public SioServer
{
public:
    explicit SlowServer(int ioThreads = 0)
        : SioServer({}, ioThreads)
    {
        of(u"/a"_s)->use([this](Socket *socket, const Next &next) {
            asked += nameOf(socket);
            decisions += [next, name = nameOf(socket)] {
                if (name == u"mallory")
                    next(Error(Error::Type::Refused, u"not you"_s));
                else
                    next();
            };
        });
        connect(of(u"/a"_s), &Namespace::connected, this,
                [this](Socket *socket) { joined += nameOf(socket); });
    }
    void decide()
    {
        const auto all = std::exchange(decisions, {});
        for (const std::function<void()> &decision : all)
            decision();
    }

    QUrl url() const { return QUrl(u"http://127.0.0.1:%1"_s.arg(port())); }

    QStringList asked;
    QStringList joined;
    QList<std::function<void()>> decisions;
};

ClientOptions withName(const QString &name)
{
    ClientOptions options;
    options.auth = {{u"name"_s, name}};
    return options;
}

ClientOptions withTransport(EngineIo::TransportType type)
{
    ClientOptions options;
    options.transports = {type};
    return options;
}

} // namespace

void tst_Sio_Joins::anotherUserJoins_data()
{
    QTest::addColumn<QString>("first");
    QTest::addColumn<bool>("deleted");
    QTest::addColumn<EngineIo::TransportType>("transport");
    QTest::addColumn<int>("ioThreads");
    for (const auto transport :
         {EngineIo::TransportType::Polling, EngineIo::TransportType::WebSocket}) {
        for (const int ioThreads : {0, 1}) {
            for (const bool deleted : {false, true}) {
                for (const char *first : {"alice", "mallory"})
                    QTest::addRow("%s, %s, %s, %d I/O threads", first,
                                  deleted ? "socket deleted" : "socket closed",
                                  transport == EngineIo::TransportType::Polling ? "polling"
                                                                                : "WebSocket",
                                  ioThreads)
                        << QString::fromLatin1(first) << deleted << transport << ioThreads;
            }
        }
    }
}

void tst_Sio_Joins::anotherUserJoins()
{
    QFETCH(QString, first);
    QFETCH(bool, deleted);
    QFETCH(EngineIo::TransportType, transport);
    QFETCH(int, ioThreads);
    SlowServer io(ioThreads);
    QStringList saved;
    connect(io.of(u"/a"_s), &Namespace::connected, this, [&saved](Socket *socket) {
        socket->on(u"save"_s, socket, [&saved, socket](int number) {
            saved += u"%1 %2"_s.arg(nameOf(socket)).arg(number);
        });
    });
    Manager manager(io.url(), withTransport(transport));
    ClientSocket *other = manager.socket(); // keeps the connection
    QTRY_VERIFY_WITH_TIMEOUT(other->isConnected(), 30000);

    QPointer<ClientSocket> socket = manager.socket(u"/a"_s, withName(first));
    QTRY_COMPARE_WITH_TIMEOUT(io.asked, QStringList{first}, 30000);
    if (deleted) {
        delete socket;
        socket = manager.socket(u"/a"_s, withName(u"bob"_s));
    } else {
        socket->close();
        socket->setAuth({{u"name"_s, u"bob"_s}});
        socket->open();
    }
    QSignalSpy errors(socket, &ClientSocket::connectError);
    socket->emitEvent(u"save"_s, 1);
    QTimer decider; // whoever asks, and whenever
    connect(&decider, &QTimer::timeout, &io, [&io] { io.decide(); });
    decider.start(5);
    QTRY_COMPARE_WITH_TIMEOUT(saved, QStringList{u"bob 1"_s}, 30000);
    QTRY_VERIFY_WITH_TIMEOUT(socket->isConnected(), 30000);
    QTRY_COMPARE_WITH_TIMEOUT(io.of(u"/a"_s)->socketsCount(), 1, 30000);
    QCOMPARE(io.asked, (QStringList{first, u"bob"_s}));
    QVERIFY(errors.isEmpty());
    QVERIFY(other->isConnected());
    QCOMPARE(io.engine()->clientsCount(), 1);
}

void tst_Sio_Joins::nobodyJoins_data()
{
    QTest::addColumn<bool>("deleted");
    QTest::newRow("socket closed") << false;
    QTest::newRow("socket deleted") << true;
}

void tst_Sio_Joins::nobodyJoins()
{
    QFETCH(bool, deleted);
    SlowServer io;
    Manager manager(io.url());
    ClientSocket *other = manager.socket();
    QTRY_VERIFY_WITH_TIMEOUT(other->isConnected(), 30000);
    ClientSocket *socket = manager.socket(u"/a"_s, withName(u"alice"_s));
    QTRY_COMPARE_WITH_TIMEOUT(io.asked.size(), 1, 30000);
    if (deleted)
        delete socket;
    else
        socket->close();
    io.decide();
    QTRY_COMPARE_WITH_TIMEOUT(io.joined, QStringList{u"alice"_s}, 30000);
    QTRY_COMPARE_WITH_TIMEOUT(io.of(u"/a"_s)->socketsCount(), 0, 30000);
    QVERIFY(other->isConnected());
}

void tst_Sio_Joins::aConnectThatComesAgainCounts_data()
{
    QTest::addColumn<QByteArray>("first");
    QTest::newRow("would be let in") << "alice"_ba;
    QTest::newRow("would be refused") << "mallory"_ba;
}

// Of a client for JavaScript that was closed and opened again before the answer.
void tst_Sio_Joins::aConnectThatComesAgainCounts()
{
    QFETCH(QByteArray, first);
    SlowServer io;
    RawClient client(io.port());
    client.send("40/a,{\"name\":\"" + first + "\"}");
    QTRY_COMPARE_WITH_TIMEOUT(io.asked.size(), 1, 30000);
    client.send("40/a,{\"name\":\"bob\"}");
    QTRY_COMPARE_WITH_TIMEOUT(io.asked.size(), 2, 30000);
    io.decide();
    const WirePacket answer = client.waitForJson();
    QCOMPARE(answer.prefix, "40/a,"_ba);
    QCOMPARE(io.joined, QStringList{u"bob"_s});
    QCOMPARE(io.of(u"/a"_s)->socketsCount(), 1);
    client.join(); // nothing else came before
    QVERIFY(!client.isClosed());
}

void tst_Sio_Joins::aSessionIsFollowedByAnother_data()
{
    QTest::addColumn<bool>("deleted");
    QTest::addColumn<EngineIo::TransportType>("transport");
    using Type = EngineIo::TransportType;
    for (const auto transport : {Type::Polling, Type::WebSocket}) {
        for (const bool deleted : {false, true})
            QTest::addRow("socket %s, %s", deleted ? "deleted" : "closed",
                          transport == Type::Polling ? "polling" : "WebSocket")
                << deleted << transport;
    }
}

// What the server has sent to the old session is not taken for something of the new one.
void tst_Sio_Joins::aSessionIsFollowedByAnother()
{
    QFETCH(bool, deleted);
    QFETCH(EngineIo::TransportType, transport);
    SioServer io;
    Namespace *nsp = io.of(u"/a"_s);
    int joined = 0;
    connect(nsp, &Namespace::connected, this, [&joined] { ++joined; });
    Manager manager(QUrl(u"http://127.0.0.1:%1"_s.arg(io.port())), withTransport(transport));
    ClientSocket *other = manager.socket();
    QSignalSpy lost(other, &ClientSocket::disconnected);
    QTRY_VERIFY_WITH_TIMEOUT(other->isConnected(), 30000);
    ClientSocket *socket = manager.socket(u"/a"_s);
    QTRY_VERIFY_WITH_TIMEOUT(socket->isConnected(), 30000);
    const QString oldId = socket->id();

    if (deleted)
        delete socket;
    else
        socket->close();
    nsp->emitEvent(u"news"_s, u"old"_s); // before the server knows
    QCOMPARE(nsp->socketsCount(), 1);
    if (deleted)
        socket = manager.socket(u"/a"_s);
    else
        socket->open();
    QStringList news;
    socket->on(u"news"_s, socket, [&news](const QString &text) { news += text; });
    QTRY_VERIFY_WITH_TIMEOUT(socket->isConnected(), 30000);
    QVERIFY(socket->id() != oldId);
    nsp->emitEvent(u"news"_s, u"new"_s);
    QTRY_COMPARE_WITH_TIMEOUT(news.value(news.size() - 1), u"new"_s, 30000);
    QCOMPARE(news, QStringList{u"new"_s});
    QCOMPARE(joined, 2);
    QCOMPARE(nsp->socketsCount(), 1);
    QVERIFY(lost.isEmpty());
}

QTSOCKETIO_TEST(tst_Sio_Joins)

#include "tst_sio_joins.moc"
