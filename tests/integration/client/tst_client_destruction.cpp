// SPDX-License-Identifier: MIT
#include "integration/engine/scriptedserver.h"

#include <SocketIo/Manager>
#include <SocketIo/Server>

#include "engineio/client/bootclock_p.h"
#include "support/testmain.h"

#include <QtCore/qelapsedtimer.h>
#include <QtCore/qfuturewatcher.h>
#include <QtCore/qpointer.h>
#include <QtCore/qrandom.h>
#include <QtCore/qtimer.h>
#include <QtTest/qsignalspy.h>
#include <QtTest/qtest.h>

#include <functional>
#include <memory>
#include <utility>

using namespace SocketIo;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

// Objects of the client that end at any moment. Sanitizers see what goes wrong here.
class tst_Client_Destruction : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();
    void connectsAndDisconnectsAtRandomMoments_data();
    void connectsAndDisconnectsAtRandomMoments();
    void deletedFromItsOwnSignals_data();
    void deletedFromItsOwnSignals();
    void deletedByItsParentWithListeners();
    void pendingAcksEndWithTheirSocket();
    void theManagerGoesWithThingsUnderWay();
    void theLastReferenceToTheManagerIsHeld_data();
    void theLastReferenceToTheManagerIsHeld();
    void theLastReferenceToTheServerIsHeld();
    void engineDeletedFromItsOwnSignals_data();
    void engineDeletedFromItsOwnSignals();
    void unknownAcknowledgementsAreIgnored();
    void theConnectOfAnOldServerIsAnError();
    void sleepOfTheMachineLosesNoEvent();

private:
    QUrl url() const { return QUrl(u"http://127.0.0.1:%1"_s.arg(io->serverPort())); }
    static ClientOptions quick()
    {
        ClientOptions options;
        options.reconnectionDelay = 5ms;
        options.reconnectionDelayMax = 20ms;
        return options;
    }

    std::unique_ptr<Server> io;
};

void tst_Client_Destruction::init()
{
    io = std::make_unique<Server>();
    const auto serve = [](Socket *socket) {
        socket->on(u"echo"_s, socket,
                   [](const QVariantList &args, const Ack &ack) { ack.acknowledge(args); });
        socket->on(u"come back"_s, socket, [socket] { socket->emitEvent(u"event"_s, 1, "x"_ba); });
        socket->on(u"drop me"_s, socket, [socket] { socket->conn()->abort(); });
        socket->on(u"leave me"_s, socket, &Socket::disconnectSocket);
    };
    connect(io->mainNamespace(), &Namespace::connected, this, serve);
    connect(io->of(u"/other"_s), &Namespace::connected, this, serve);
    io->of(u"/closed"_s)->use([](Socket *, const Next &next) { next(Error(u"no"_s)); });
    QVERIFY(io->listen(QHostAddress::LocalHost));
}

void tst_Client_Destruction::cleanup()
{
    io.reset();
}

void tst_Client_Destruction::connectsAndDisconnectsAtRandomMoments_data()
{
    QTest::addColumn<QList<EngineIo::TransportType>>("transports");
    QTest::newRow("polling") << QList{EngineIo::TransportType::Polling};
    QTest::newRow("websocket") << QList{EngineIo::TransportType::WebSocket};
    QTest::newRow("upgrade") << QList{EngineIo::TransportType::Polling,
                                      EngineIo::TransportType::WebSocket};
}

// A thousand connections, of which some dozens are under way at once; what happens next to each is
// drawn by lot until it is deleted.
void tst_Client_Destruction::connectsAndDisconnectsAtRandomMoments()
{
    QFETCH(QList<EngineIo::TransportType>, transports);
    constexpr int Cycles = 1000;
    const quint32 seed = 20240607;
    qInfo("seed %u", seed);
    QRandomGenerator random(seed);
    ClientOptions options = quick();
    options.transports = transports;
    options.forceNew = true;
    QObject parent;
    int started = 0;
    int ended = 0;
    int reached = 0;
    const std::function<void()> start = [&] {
        if (started == Cycles)
            return;
        ++started;
        QUrl address = url();
        address.setPath(random.bounded(4) == 0 ? u"/other"_s : u"/"_s);
        ClientSocket *socket = Manager::connectTo(address, options);
        socket->setParent(&parent);
        connect(socket, &ClientSocket::connected, socket, [&] { ++reached; });
        connect(socket, &QObject::destroyed, &parent, [&] {
            ++ended;
            QTimer::singleShot(0, &parent, start);
        });
        auto *life = new QTimer(socket);
        connect(life, &QTimer::timeout, socket, [&random, life, socket] {
            life->setInterval(int(random.bounded(8)));
            switch (random.bounded(7)) {
            case 0:
                socket->close();
                break;
            case 1:
                socket->open();
                break;
            case 2:
                socket->emitEvent(u"come back"_s);
                break;
            case 3:
                socket->emitWithAck(u"echo"_s, QByteArray(100, 'x'))->then(socket, [] {});
                break;
            case 4:
                socket->emitEvent(u"drop me"_s);
                break;
            case 5:
                socket->manager()->close();
                break;
            default:
                delete socket;
            }
        });
        life->start(int(random.bounded(60)));
    };
    for (int i = 0; i < 30; ++i)
        start();
    QTRY_COMPARE_WITH_TIMEOUT(ended, Cycles, 100'000);
    QVERIFY(reached > 0);
    // The server forgets them all, too.
    QTRY_COMPARE_WITH_TIMEOUT(io->engine()->clientsCount(), 0, 30'000);
    QCOMPARE(io->mainNamespace()->socketsCount(), 0);
}

void tst_Client_Destruction::deletedFromItsOwnSignals_data()
{
    using Hook = std::function<void(ClientSocket *, const std::function<void()> &)>;
    QTest::addColumn<QString>("nsp");
    QTest::addColumn<Hook>("hook");
    QTest::addColumn<QString>("event");
    const auto on = [](auto signal) -> Hook {
        return [signal](ClientSocket *socket, const std::function<void()> &act) {
            QObject::connect(socket, signal, socket, act);
        };
    };
    const auto onManager = [](auto signal) -> Hook {
        return [signal](ClientSocket *socket, const std::function<void()> &act) {
            QObject::connect(socket->manager(), signal, socket, act);
        };
    };
    QTest::newRow("connected") << u"/"_s << on(&ClientSocket::connected) << QString();
    QTest::newRow("connectedChanged") << u"/"_s << on(&ClientSocket::connectedChanged) << QString();
    QTest::newRow("idChanged") << u"/"_s << on(&ClientSocket::idChanged) << QString();
    QTest::newRow("stateChanged") << u"/"_s << on(&ClientSocket::stateChanged) << QString();
    QTest::newRow("transportChanged") << u"/"_s << on(&ClientSocket::transportChanged) << QString();
    QTest::newRow("latencyChanged") << u"/"_s << on(&ClientSocket::latencyChanged) << QString();
    QTest::newRow("eventReceived") << u"/"_s << on(&ClientSocket::eventReceived) << u"come back"_s;
    QTest::newRow("disconnected, by the server")
        << u"/"_s << on(&ClientSocket::disconnected) << u"leave me"_s;
    QTest::newRow("disconnected, lost")
        << u"/"_s << on(&ClientSocket::disconnected) << u"drop me"_s;
    QTest::newRow("activeChanged") << u"/closed"_s << on(&ClientSocket::activeChanged) << QString();
    QTest::newRow("connectError") << u"/closed"_s << on(&ClientSocket::connectError) << QString();
    QTest::newRow("lastErrorChanged")
        << u"/closed"_s << on(&ClientSocket::lastErrorChanged) << QString();
    QTest::newRow("listener") << u"/"_s
                              << Hook([](ClientSocket *socket, const std::function<void()> &act) {
                                     socket->on(u"event"_s, socket, act);
                                 })
                              << u"come back"_s;
    QTest::newRow("onAny") << u"/"_s
                           << Hook([](ClientSocket *socket, const std::function<void()> &act) {
                                  socket->onAny(socket, act);
                              })
                           << u"come back"_s;
    QTest::newRow("onAnyOutgoing")
        << u"/"_s << Hook([](ClientSocket *socket, const std::function<void()> &act) {
               socket->onAnyOutgoing(socket, act);
           })
        << u"come back"_s;
    QTest::newRow("acknowledgement")
        << u"/"_s << Hook([](ClientSocket *socket, const std::function<void()> &act) {
               socket->emitWithAck(u"echo"_s)->then(socket, act);
           })
        << QString();
    QTest::newRow("failed acknowledgement")
        << u"/"_s << Hook([](ClientSocket *socket, const std::function<void()> &act) {
               socket->timeout(0ms).emitWithAck(u"echo"_s)->onFailed(socket, act);
           })
        << QString();
    QTest::newRow("auth function")
        << u"/"_s << Hook([](ClientSocket *socket, const std::function<void()> &act) {
               socket->setAuthFunction([act](const AuthDone &done) {
                   act();
                   done({});
               });
           })
        << QString();
    QTest::newRow("manager opened") << u"/"_s << onManager(&Manager::opened) << QString();
    QTest::newRow("manager closed") << u"/"_s << onManager(&Manager::closed) << u"drop me"_s;
    QTest::newRow("manager stateChanged")
        << u"/"_s << onManager(&Manager::stateChanged) << QString();
    QTest::newRow("packetReceived") << u"/"_s << onManager(&Manager::packetReceived) << QString();
    QTest::newRow("reconnectAttempted")
        << u"/"_s << onManager(&Manager::reconnectAttempted) << u"drop me"_s;
    QTest::newRow("reconnected") << u"/"_s << onManager(&Manager::reconnected) << u"drop me"_s;
}

// The socket and, in a second go, its manager.
void tst_Client_Destruction::deletedFromItsOwnSignals()
{
    using Hook = std::function<void(ClientSocket *, const std::function<void()> &)>;
    QFETCH(QString, nsp);
    QFETCH(Hook, hook);
    QFETCH(QString, event);
    for (const bool manager : {false, true}) {
        ClientOptions options = quick();
        options.forceNew = true;
        options.autoConnect = false;
        QUrl address = url();
        address.setPath(nsp);
        QPointer<ClientSocket> socket = Manager::connectTo(address, options);
        hook(socket, [socket, manager] {
            if (!socket)
                return;
            if (manager)
                delete socket->manager();
            else
                delete socket.data();
        });
        if (socket)
            socket->open();
        if (socket && !event.isEmpty())
            socket->emitEvent(event);
        QTRY_VERIFY(!socket);
        // A manager that is deleted just hangs up; without a poll under way nothing tells that.
        if (!manager)
            QTRY_COMPARE(io->engine()->clientsCount(), 0);
    }
}

void tst_Client_Destruction::deletedByItsParentWithListeners()
{
    // As a window does: its children are deleted when it is no more what its slots think it is.
    int calls = 0;
    auto parent = std::make_unique<QObject>();
    QObject receiver;
    ClientSocket *socket = Manager::connectTo(url(), quick());
    socket->setParent(parent.get());
    QTRY_VERIFY(socket->isConnected());
    const auto count = [&calls] { ++calls; };
    connect(socket, &ClientSocket::stateChanged, &receiver, count);
    connect(socket, &ClientSocket::connectedChanged, &receiver, count);
    connect(socket, &ClientSocket::transportChanged, &receiver, count);
    connect(socket, &ClientSocket::latencyChanged, &receiver, count);
    connect(socket, &ClientSocket::disconnected, &receiver, count);
    parent.reset();
    QCOMPARE(calls, 0);
    QTRY_COMPARE(io->engine()->clientsCount(), 0);
}

void tst_Client_Destruction::pendingAcksEndWithTheirSocket()
{
    ClientSocket *socket = Manager::connectTo(url(), quick());
    QTRY_VERIFY(socket->isConnected());
    PendingAck *ack = socket->emitWithAck(u"nobody answers"_s);
    const QFuture<QVariantList> future = ack->future();
    const QPointer<PendingAck> guard(ack);
    delete socket;
    QTRY_VERIFY(!guard);
    QTRY_VERIFY(future.isFinished());
}

void tst_Client_Destruction::theManagerGoesWithThingsUnderWay()
{
    for (int wait = 0; wait < 30; ++wait) {
        auto manager = std::make_unique<Manager>(url(), quick());
        ClientSocket *socket = manager->socket();
        ClientSocket *other = manager->socket(u"/other"_s);
        socket->emitWithAck(u"echo"_s, 1)->then(socket, [] {});
        other->emitEvent(u"come back"_s);
        QElapsedTimer timer;
        timer.start();
        // A little later in each round.
        QTRY_VERIFY(timer.elapsed() >= wait / 2);
    }
}

void tst_Client_Destruction::theLastReferenceToTheManagerIsHeld_data()
{
    QTest::addColumn<QByteArray>("by");
    for (const char *holder : {"then", "thenElsewhere", "onFailed", "future", "deletedWithFuture",
                               "deletedWithFutures", "setAuth", "setAuthFunction"})
        QTest::newRow(holder) << QByteArray(holder);
}

// What an application gives to the socket or to an acknowledgement may hold the manager, which then
// goes when that does.
void tst_Client_Destruction::theLastReferenceToTheManagerIsHeld()
{
    QFETCH(QByteArray, by);
    ClientOptions options = quick();
    options.forceNew = true;
    auto manager = std::make_shared<Manager>(url(), options);
    const QPointer<Manager> guard = manager.get();
    const QPointer<ClientSocket> socket = manager->socket(u"/"_s);
    QTRY_VERIFY(socket->isConnected());
    const auto ignore = [](const std::shared_ptr<Manager> &) {};
    QFuture<void> continued;
    if (by == "then") {
        socket->emitWithAck(u"echo"_s, 1)->then(socket.data(), [=](int) { ignore(manager); });
    } else if (by == "thenElsewhere") {
        socket->emitWithAck(u"echo"_s, 1)->then(this, [=](int) { ignore(manager); });
    } else if (by == "onFailed") {
        socket->timeout(1ms).emitWithAck(u"nobody"_s)->onFailed(this, [=] { ignore(manager); });
    } else if (by == "future") {
        continued = socket->emitWithAck(u"echo"_s, 1)->future().then([=](const QVariantList &) {
            ignore(manager);
        });
    } else if (by == "setAuth" || by == "setAuthFunction") {
        socket->setAuthFunction([=](const AuthDone &) { ignore(manager); });
    } else {
        PendingAck *ack = socket->emitWithAck(u"nobody"_s);
        const QFuture<QVariantList> first = ack->future();
        QFuture<QVariantList> last = by == "deletedWithFutures" ? ack->future() : first;
        continued = last.then([](const QVariantList &) {}).onCanceled([&] { manager.reset(); });
        delete ack;
        QVERIFY(!guard);
        return;
    }
    manager.reset();
    QVERIFY(guard);
    if (by == "setAuth")
        socket->setAuth({});
    else if (by == "setAuthFunction")
        socket->setAuthFunction({});
    QTRY_VERIFY(!guard);
}

void tst_Client_Destruction::theLastReferenceToTheServerIsHeld()
{
    ClientOptions options = quick();
    options.forceNew = true;
    Manager manager(url(), options);
    manager.socket(u"/"_s);
    QTRY_COMPARE(io->mainNamespace()->socketsCount(), 1);
    std::shared_ptr<Server> server(std::move(io));
    const QPointer<Server> guard = server.get();
    server->timeout(1ms).emitWithAck(u"nobody"_s)->onFailed(this, [server] { Q_UNUSED(server) });
    server.reset();
    QVERIFY(guard);
    QTRY_VERIFY(!guard);
    // The same of the destruction that the application asks for.
    server = std::make_shared<Server>();
    const QPointer<Server> other = server.get();
    PendingAck *ack = server->timeout(1h).emitWithAck(u"nobody"_s);
    ack->future();
    const QFuture<void> continued =
        ack->future().then([](const QVariantList &) {}).onCanceled([&] { server.reset(); });
    delete ack;
    QVERIFY(!other);
}

void tst_Client_Destruction::engineDeletedFromItsOwnSignals_data()
{
    using EngineIo::Client;
    using Hook = std::function<void(Client *, const std::function<void()> &)>;
    QTest::addColumn<Hook>("hook");
    const auto on = [](auto signal) -> Hook {
        return [signal](Client *client, const std::function<void()> &act) {
            QObject::connect(client, signal, client, act);
        };
    };
    QTest::newRow("opened") << on(&Client::opened);
    QTest::newRow("stateChanged") << on(&Client::stateChanged);
    QTest::newRow("idChanged") << on(&Client::idChanged);
    QTest::newRow("transportChanged") << on(&Client::transportChanged);
    QTest::newRow("packetReceived") << on(&Client::packetReceived);
    QTest::newRow("packetCreated") << on(&Client::packetCreated);
    QTest::newRow("messageReceived") << on(&Client::messageReceived);
    QTest::newRow("flushed") << on(&Client::flushed);
    QTest::newRow("drained") << on(&Client::drained);
    QTest::newRow("upgrading") << on(&Client::upgrading);
    QTest::newRow("upgraded") << on(&Client::upgraded);
    QTest::newRow("latencyChanged") << on(&Client::latencyChanged);
    QTest::newRow("closed") << on(&Client::closed);
}

void tst_Client_Destruction::engineDeletedFromItsOwnSignals()
{
    using EngineIo::Client;
    using Hook = std::function<void(Client *, const std::function<void()> &)>;
    QFETCH(Hook, hook);
    EngineIo::Server server;
    connect(&server, &EngineIo::Server::connection, &server, [](EngineIo::Session *session) {
        session->send(EngineIo::Message::fromText(u"hello"_s));
    });
    QVERIFY(server.listen(QHostAddress::LocalHost));
    QPointer<Client> client = new Client(QUrl(u"http://127.0.0.1:%1"_s.arg(server.serverPort())));
    hook(client, [client] { delete client.data(); });
    if (QTest::currentDataTag() == "closed"_ba)
        connect(client, &Client::upgraded, client, [client] { client->close(); });
    connect(client, &Client::opened, client,
            [client] { client->send(EngineIo::Message::fromText(u"hello"_s)); });
    client->open();
    QTRY_VERIFY(!client);
}

void tst_Client_Destruction::unknownAcknowledgementsAreIgnored()
{
    // The engine's session lets the test speak as the server.
    EngineIo::Session *session = nullptr;
    connect(io.get(), &Server::connected, this, [&](Socket *socket) { session = socket->conn(); });
    ClientSocket *socket = Manager::connectTo(url(), quick());
    const std::unique_ptr<ClientSocket> owner(socket);
    QTRY_VERIFY(socket->isConnected());
    QTRY_VERIFY(session);
    for (const char *packet :
         {"3999[1]", "399999999999999999[]", "61-7[{\"_placeholder\":true,\"num\":0}]"})
        session->send(EngineIo::Message::fromUtf8(packet));
    session->send(EngineIo::Message::fromBinary("x"));
    QVariantList answer;
    socket->emitWithAck(u"echo"_s, u"still here"_s)->then(this, [&](const QVariantList &args) {
        answer = args;
    });
    QTRY_COMPARE(answer, QVariantList{u"still here"_s});
    QVERIFY(socket->isConnected());
}

void tst_Client_Destruction::theConnectOfAnOldServerIsAnError()
{
    QByteArray connectPacket = "40";
    ScriptedServer server([&connectPacket](const ScriptedServer::Request &request) {
        if (request.number == 1)
            return ScriptedServer::handshake();
        if (request.method == "POST")
            return ScriptedServer::answer(200, "ok");
        const QByteArray packet = std::exchange(connectPacket, {});
        return packet.isEmpty() ? QByteArray() : ScriptedServer::answer(200, packet);
    });
    ClientOptions options = quick();
    options.transports = {EngineIo::TransportType::Polling};
    const std::unique_ptr<ClientSocket> socket(Manager::connectTo(server.url(), options));
    const QSignalSpy connected(socket.get(), &ClientSocket::connected);
    QSignalSpy errors(socket.get(), &ClientSocket::connectError);
    QTRY_COMPARE(errors.count(), 1);
    QCOMPARE(errors.first().first().value<Error>().type(), Error::Type::Protocol);
    QCOMPARE(connected.count(), 0);
    QVERIFY(!socket->isConnected());
}

void tst_Client_Destruction::sleepOfTheMachineLosesNoEvent()
{
    QStringList received;
    connect(io.get(), &Server::connected, this, [&](Socket *socket) {
        socket->on(u"note"_s, this, [&](const QString &text) { received.append(text); });
    });
    ClientSocket *socket = Manager::connectTo(url(), quick());
    const std::unique_ptr<ClientSocket> owner(socket);
    QTRY_VERIFY(socket->isConnected());
    QSignalSpy disconnected(socket, &ClientSocket::disconnected);
    EngineIo::detail::BootClock::addSleep(1h);
    socket->emitEvent(u"note"_s, u"after the sleep"_s);
    QTRY_COMPARE(disconnected.count(), 1);
    QCOMPARE(disconnected.first().first().value<ClientSocket::DisconnectReason>(),
             ClientSocket::DisconnectReason::PingTimeout);
    QTRY_COMPARE(received, QStringList{u"after the sleep"_s});
}

QTSOCKETIO_TEST(tst_Client_Destruction)
#include "tst_client_destruction.moc"
