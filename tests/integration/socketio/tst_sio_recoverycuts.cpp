// SPDX-License-Identifier: MIT
#include "rawclient.h"
#include "support/testmain.h"

#include <SocketIo/ClientSocket>
#include <SocketIo/Manager>

#include <QtCore/qelapsedtimer.h>
#include <QtCore/qrandom.h>
#include <QtCore/qtimer.h>
#include <QtNetwork/qtcpserver.h>
#include <QtNetwork/qtcpsocket.h>

#include <algorithm>
#include <memory>
#include <numeric>
#include <vector>

using namespace SocketIo;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

// Cuts connections so that the client notices, and the server only if it is to.
class CuttingProxy : public QTcpServer
{
public:
    explicit CuttingProxy(quint16 port)
    {
        connect(this, &QTcpServer::newConnection, this, [this, port] {
            while (QTcpSocket *client = nextPendingConnection()) {
                auto *server = new QTcpSocket(this);
                server->connectToHost(QHostAddress::LocalHost, port);
                connect(client, &QTcpSocket::readyRead, server,
                        [client, server] { server->write(client->readAll()); });
                connect(server, &QTcpSocket::readyRead, client,
                        [client, server] { client->write(server->readAll()); });
                connect(server, &QTcpSocket::disconnected, client,
                        [client] { client->disconnectFromHost(); });
                connect(client, &QTcpSocket::disconnected, server, [this, client, server] {
                    if (!m_halfOpen.contains(server))
                        server->disconnectFromHost();
                    client->deleteLater();
                });
                m_links.emplaceBack(client, server);
            }
        });
        listen(QHostAddress::LocalHost);
    }

    ~CuttingProxy() override
    {
        for (const auto &[client, server] : std::as_const(m_links)) {
            if (client)
                client->disconnect();
            if (server)
                server->disconnect();
        }
    }

    QUrl url() const { return QUrl(u"http://127.0.0.1:%1"_s.arg(serverPort())); }
    void cut(qsizetype link, bool serverNotices)
    {
        const auto [client, server] = m_links.takeAt(link);
        if (!client || !server)
            return;
        if (!serverNotices)
            m_halfOpen.append(server);
        client->abort();
    }
    void cutAll(bool serverNotices)
    {
        while (!m_links.isEmpty())
            cut(0, serverNotices);
    }
    qsizetype count()
    {
        m_links.removeIf([](const auto &link) { return !link.first || !link.second; });
        return m_links.size();
    }

private:
    QList<std::pair<QPointer<QTcpSocket>, QPointer<QTcpSocket>>> m_links;
    QList<QTcpSocket *> m_halfOpen;
};

ServerOptions recovering(std::chrono::milliseconds duration = 120s)
{
    ServerOptions options;
    options.connectionStateRecovery = RecoveryOptions();
    options.connectionStateRecovery->maxDisconnectionDuration = duration;
    return options;
}

QByteArray recovery(const QString &pid, const QString &offset = {})
{
    QJsonObject auth{{u"pid"_s, pid}};
    if (!offset.isEmpty())
        auth.insert(u"offset"_s, offset);
    return "40" + jsonText(auth);
}

} // namespace

class tst_Sio_RecoveryCuts : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void clientThatGotNoEventIsRecovered_data();
    void clientThatGotNoEventIsRecovered();
    void quietClientIsRecovered_data() { threads(); }
    void quietClientIsRecovered();
    void namespaceWaitsForItsSessions_data() { threads(); }
    void namespaceWaitsForItsSessions();
    void livingSessionIsTakenOver_data() { threads(); }
    void livingSessionIsTakenOver();
    void takeOverTellsTheReason();
    void takeOverEndsAllNamespacesOfTheOldConnection();
    void applicationMayDeleteTheServerAtATakeOver();
    void eventsDuringARecoveringMiddlewareAreNotLost();
    void nothingIsLostOrDoubledByRandomCuts_data();
    void nothingIsLostOrDoubledByRandomCuts();

private:
    void threads();
};

void tst_Sio_RecoveryCuts::clientThatGotNoEventIsRecovered_data()
{
    QTest::addColumn<bool>("serverNotices");
    QTest::addColumn<int>("ioThreads");
    for (const int number : {0, 1}) {
        QTest::addRow("the server notices, %d I/O threads", number) << true << number;
        QTest::addRow("half open, %d I/O threads", number) << false << number;
    }
}

void tst_Sio_RecoveryCuts::clientThatGotNoEventIsRecovered()
{
    QFETCH(bool, serverNotices);
    QFETCH(int, ioThreads);
    SioServer io(recovering(), ioThreads);
    SocketCatcher catcher(&io);
    io.emitEvent(u"before it came"_s);
    RawClient client(io.port());
    const QString sid = client.join();
    if (serverNotices) {
        client.drop();
        QTRY_COMPARE(io.engine()->clientsCount(), 0);
    }
    io.emitEvent(u"missed"_s);
    RawClient again(io.port());
    again.send(recovery(client.pid));
    QCOMPARE(again.waitForJson().event(), u"missed"_s);
    QCOMPARE(again.waitForJson().object.value(u"sid").toString(), sid);
    QVERIFY(catcher.last()->isRecovered());
}

// Its last event is no longer kept, but it has all events there were.
void tst_Sio_RecoveryCuts::quietClientIsRecovered()
{
    QFETCH(int, ioThreads);
    ServerOptions options = recovering(500ms);
    options.pingInterval = 50ms;
    options.pingTimeout = 500ms;
    SioServer io(options, ioThreads);
    SocketCatcher catcher(&io);
    RawClient client(io.port());
    const QString sid = client.join();
    io.emitEvent(u"seen"_s);
    const QString offset = client.waitForJson().array.last().toString();
    QElapsedTimer quiet;
    quiet.start();
    while (quiet.elapsed() < 1300)
        client.wait([&quiet] { return quiet.elapsed() >= 1300; }); // answers pings
    io.to(u"others"_s).emitEvent(u"makes the server look for old events"_s);
    client.drop();
    RawClient again(io.port());
    again.send(recovery(client.pid, offset));
    QCOMPARE(again.waitForJson().object.value(u"sid").toString(), sid);
    QVERIFY(catcher.last()->isRecovered());
}

void tst_Sio_RecoveryCuts::namespaceWaitsForItsSessions()
{
    QFETCH(int, ioThreads);
    ServerOptions options = recovering(1s);
    options.cleanupEmptyChildNamespaces = true;
    SioServer io(options, ioThreads);
    Namespace *parent = io.of(QRegularExpression(u"^/child-"_s));
    SocketCatcher catcher(parent);
    RawClient client(io.port());
    const QString sid = client.join("/child-1");
    client.drop();
    QTRY_COMPARE(io.engine()->clientsCount(), 0);
    {
        RawClient again(io.port());
        again.send("40/child-1," + recovery(client.pid).sliced(2));
        QCOMPARE(again.waitForJson().object.value(u"sid").toString(), sid);
        QVERIFY(catcher.last()->isRecovered());
        again.drop();
    }
    // But not for ever.
    QTRY_COMPARE(io.namespaces().size(), 1);
}

void tst_Sio_RecoveryCuts::threads()
{
    QTest::addColumn<int>("ioThreads");
    QTest::newRow("server's thread") << 0;
    QTest::newRow("I/O thread") << 1;
}

void tst_Sio_RecoveryCuts::livingSessionIsTakenOver()
{
    QFETCH(int, ioThreads);
    SioServer io(recovering(), ioThreads);
    SocketCatcher catcher(&io);
    RawClient client(io.port());
    const QString sid = client.join();
    catcher.last()->join(u"room"_s);
    io.emitEvent(u"seen"_s);
    const QString offset = client.waitForJson().array.last().toString();
    io.to(u"room"_s).emitEvent(u"on its way"_s);
    catcher.last()->emitEvent(u"on its way too"_s);
    QString pid = client.pid;
    for (int i = 0; i < 3; ++i) {
        RawClient again(io.port());
        again.send(recovery(pid, offset));
        QCOMPARE(again.waitForJson().event(), u"on its way"_s);
        QCOMPARE(again.waitForJson().event(), u"on its way too"_s);
        const WirePacket answer = again.waitForJson();
        QCOMPARE(answer.object.value(u"sid").toString(), sid);
        QVERIFY(catcher.last()->isRecovered());
        QCOMPARE(catcher.last()->rooms(), (QStringList{sid, u"room"_s}));
        QCOMPARE(io.mainNamespace()->socketsCount(), 1);
    }
    QVERIFY(client.waitForClosed());
    QCOMPARE(catcher.count(), 4);
    QTRY_VERIFY(!catcher.sockets.first());
}

void tst_Sio_RecoveryCuts::takeOverTellsTheReason()
{
    SioServer io(recovering());
    SocketCatcher catcher(&io);
    RawClient client(io.port());
    client.join();
    QStringList seen;
    connect(catcher.last(), &Socket::disconnecting, this, [&seen](Socket::DisconnectReason reason) {
        seen += u"leaves: "_s + Socket::disconnectReasonText(reason);
    });
    connect(catcher.last(), &Socket::disconnected, this, [&seen](Socket::DisconnectReason reason) {
        seen += u"left: "_s + Socket::disconnectReasonText(reason);
    });
    connect(&io, &Server::connected, this, [&seen] { seen += u"back"_s; });
    RawClient again(io.port());
    again.send(recovery(client.pid));
    QCOMPARE(again.waitForJson().prefix, "40"_ba);
    QCOMPARE(
        seen,
        (QStringList{u"leaves: session taken over"_s, u"left: session taken over"_s, u"back"_s}));
}

void tst_Sio_RecoveryCuts::takeOverEndsAllNamespacesOfTheOldConnection()
{
    SioServer io(recovering());
    Namespace *chat = io.of(u"/chat"_s);
    SocketCatcher chats(chat);
    RawClient client(io.port());
    client.join();
    const QString mainPid = client.pid;
    const QString sid = client.join("/chat");
    const QString chatPid = client.pid;
    RawClient again(io.port());
    again.send(recovery(mainPid));
    QCOMPARE(again.waitForJson().prefix, "40"_ba);
    QCOMPARE(chat->socketsCount(), 0);
    chat->emitEvent(u"between"_s);
    again.send("40/chat," + recovery(chatPid).sliced(2));
    QCOMPARE(again.waitForJson().event(), u"between"_s);
    QCOMPARE(again.waitForJson().object.value(u"sid").toString(), sid);
    QVERIFY(chats.last()->isRecovered());
    QTRY_COMPARE(io.engine()->clientsCount(), 1);
}

void tst_Sio_RecoveryCuts::applicationMayDeleteTheServerAtATakeOver()
{
    auto io = std::make_unique<SioServer>(recovering());
    SocketCatcher catcher(io.get());
    RawClient client(io->port());
    client.join();
    connect(catcher.last(), &Socket::disconnected, this, [&io] { io.reset(); });
    RawClient again(io->port());
    again.send(recovery(client.pid));
    QVERIFY(again.waitForClosed());
    QVERIFY(!io);
}

void tst_Sio_RecoveryCuts::eventsDuringARecoveringMiddlewareAreNotLost()
{
    ServerOptions options = recovering();
    options.connectionStateRecovery->skipMiddlewares = false;
    SioServer io(options);
    SocketCatcher catcher(&io);
    QList<Next> waiting;
    io.use([&waiting](Socket *, const Next &next) { waiting += next; });
    RawClient client(io.port());
    client.send("40");
    QTRY_COMPARE(waiting.size(), 1);
    waiting.takeFirst()();
    const QJsonObject joined = client.waitForJson().object;
    const QString pid = joined.value(u"pid").toString();
    const QString sid = joined.value(u"sid").toString();
    client.drop();
    QTRY_COMPARE(io.engine()->clientsCount(), 0);
    io.emitEvent(u"n"_s, 1);
    RawClient again(io.port());
    again.send(recovery(pid));
    QTRY_COMPARE(waiting.size(), 1);
    io.emitEvent(u"n"_s, 2);
    io.to(sid).emitEvent(u"n"_s, 3);
    waiting.takeFirst()();
    for (int i = 1; i <= 3; ++i)
        QCOMPARE(again.waitForJson().array.at(1).toInt(), i);
    QCOMPARE(again.waitForJson().object.value(u"sid").toString(), sid);
}

void tst_Sio_RecoveryCuts::nothingIsLostOrDoubledByRandomCuts_data()
{
    using Transports = QList<EngineIo::TransportType>;
    QTest::addColumn<QList<EngineIo::TransportType>>("transports");
    QTest::addColumn<int>("ioThreads");
    const Transports webSocket{EngineIo::TransportType::WebSocket};
    const Transports polling{EngineIo::TransportType::Polling};
    QTest::newRow("websocket") << webSocket << 0;
    QTest::newRow("websocket, I/O thread") << webSocket << 1;
    QTest::newRow("polling") << polling << 0;
    QTest::newRow("upgrade") << polling + webSocket << 0;
}

// Each client gets each numbered event once and in order, whatever is cut, and whoever notices.
void tst_Sio_RecoveryCuts::nothingIsLostOrDoubledByRandomCuts()
{
    QFETCH(QList<EngineIo::TransportType>, transports);
    QFETCH(int, ioThreads);
    constexpr int Clients = 20;
    constexpr int Events = 200;
    SioServer io(recovering(), ioThreads);
    int takenOver = 0;
    connect(&io, &Server::connected, this, [&takenOver](Socket *socket) {
        connect(socket, &Socket::disconnected, socket,
                [&takenOver](Socket::DisconnectReason reason) {
                    takenOver += reason == Socket::DisconnectReason::SessionTakenOver;
                });
    });
    CuttingProxy proxy(io.port());

    struct Peer
    {
        std::unique_ptr<Manager> manager;
        ClientSocket *socket;
        QList<int> got;
    };
    std::vector<Peer> peers(Clients);
    ClientOptions options;
    options.transports = transports;
    options.reconnectionDelay = 5ms;
    options.reconnectionDelayMax = 20ms;
    int recovered = 0;
    int fresh = 0;
    for (Peer &peer : peers) {
        peer.manager = std::make_unique<Manager>(proxy.url(), options);
        peer.socket = peer.manager->socket();
        peer.socket->on(u"n"_s, peer.socket, [&peer](int number) { peer.got.append(number); });
        connect(peer.socket, &ClientSocket::connected, this,
                [&] { ++(peer.socket->isRecovered() ? recovered : fresh); });
    }
    QTRY_COMPARE_WITH_TIMEOUT(fresh, Clients, 30000);

    QRandomGenerator random(7);
    QTimer timer;
    int sent = 0;
    connect(&timer, &QTimer::timeout, this, [&] {
        io.emitEvent(u"n"_s, sent++);
        if (proxy.count() > 0 && random.bounded(2) == 0)
            proxy.cut(random.bounded(int(proxy.count())), random.bounded(2) == 0);
        if (sent == Events)
            timer.stop();
    });
    timer.start(5);
    const auto haveAll = [&peers] {
        return std::all_of(peers.cbegin(), peers.cend(),
                           [](const Peer &peer) { return peer.got.size() >= Events; });
    };
    QTRY_VERIFY_WITH_TIMEOUT(haveAll(), 60000);
    QList<int> expected(Events);
    std::iota(expected.begin(), expected.end(), 0);
    for (const Peer &peer : peers)
        QCOMPARE(peer.got, expected);
    QCOMPARE(fresh, Clients); // all others were recovered
    QVERIFY(recovered > 10);
    // A client that only polls takes leave of a session that it gives up.
    QVERIFY(takenOver > 0 || !transports.contains(EngineIo::TransportType::WebSocket));
}

QTSOCKETIO_TEST(tst_Sio_RecoveryCuts)

#include "tst_sio_recoverycuts.moc"
