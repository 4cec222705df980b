// SPDX-License-Identifier: MIT
#include "scriptedserver.h"
#include "testclient.h"

#include "engineio/client/bootclock_p.h"
#include "engineio/client/clientaccess_p.h"
#include "support/testmain.h"

#include <EngineIo/Client>

using namespace EngineIo;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

Q_DECLARE_METATYPE(QList<EngineIo::TransportType>)

namespace {

constexpr auto Polling = TransportType::Polling;
constexpr auto WebSocket = TransportType::WebSocket;

QUrl urlOf(const Server &server)
{
    return QUrl(u"http://127.0.0.1:%1"_s.arg(server.serverPort()));
}

ClientOptions only(const QList<TransportType> &transports)
{
    ClientOptions options;
    options.transports = transports;
    return options;
}

// A client with what its signals have told.
struct Connection
{
    explicit Connection(const QUrl &url, const ClientOptions &options = {})
        : client(url, options)
    {
        QObject::connect(&client, &Client::messageReceived, &client,
                         [this](const Message &message) { messages.append(message); });
        QObject::connect(&client, &Client::errorOccurred, &client,
                         [this](const ClientError &error) { errors.append(error); });
        QObject::connect(&client, &Client::closed, &client,
                         [this](CloseReason why, const ClientError &what) {
                             ++closes;
                             reason = why;
                             details = what;
                         });
        client.open();
    }

    Client client;
    QList<Message> messages;
    QList<ClientError> errors;
    int closes = 0;
    CloseReason reason = CloseReason::ForcedClose;
    ClientError details;
};

} // namespace

class tst_Engine_Client : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void opensInTheOrderOfItsTransports_data();
    void opensInTheOrderOfItsTransports();
    void theServersHelloIsTheFirstMessage_data();
    void theServersHelloIsTheFirstMessage();
    void upgradesOnlyToWhatBothHave_data();
    void upgradesOnlyToWhatBothHave();
    void withoutTransportsThereIsAnError();
    void triesAllTransportsWhenAsked_data();
    void triesAllTransportsWhenAsked();
    void remembersTheUpgrade();
    void payloadsStayWithinTheServersLimit();
    void aMessageTooLargeEndsWithTheStatus();
    void aMessageTooLargeEndsWithTheCloseCode();
    void aMessageTooLargeBeforeTheGoodByeIsAnError_data();
    void aMessageTooLargeBeforeTheGoodByeIsAnError();
    void anUnknownSessionIsAnErrorWithItsBody();
    void closeWaitsForTheUpgrade();
    void whatWasSentBeforeCloseArrives_data();
    void whatWasSentBeforeCloseArrives();
    void nothingIsSentAfterClose();
    void silenceIsAPingTimeout();
    void pingsAreAnswered();
    void theSleepOfTheMachineIsNoticed();
    void anAnswerTooLargeIsRefused();
    void nonsenseIsAnError_data();
    void nonsenseIsAnError();
    void opensAgainAfterClose();
};

void tst_Engine_Client::opensInTheOrderOfItsTransports_data()
{
    QTest::addColumn<QList<TransportType>>("transports");
    QTest::addColumn<QString>("first");
    QTest::addColumn<QString>("last");
    QTest::newRow("default") << QList{Polling, WebSocket} << u"polling"_s << u"websocket"_s;
    QTest::newRow("websocket first")
        << QList{WebSocket, Polling} << u"websocket"_s << u"websocket"_s;
    QTest::newRow("polling") << QList{Polling} << u"polling"_s << u"polling"_s;
    QTest::newRow("websocket") << QList{WebSocket} << u"websocket"_s << u"websocket"_s;
}

void tst_Engine_Client::opensInTheOrderOfItsTransports()
{
    QFETCH(QList<TransportType>, transports);
    QFETCH(QString, first);
    QFETCH(QString, last);
    TestServer server;
    QVERIFY(server.listen());
    Connection connection(urlOf(server), only(transports));
    QString opened;
    connect(&connection.client, &Client::opened, this,
            [&] { opened = connection.client.transportName(); });
    const QSignalSpy upgraded(&connection.client, &Client::upgraded);
    QTRY_COMPARE(opened, first);
    QTRY_COMPARE(connection.client.transportName(), last);
    QCOMPARE(upgraded.count(), first == last ? 0 : 1);
    QTRY_COMPARE(server.accepted.size(), 1);
    QCOMPARE(server.accepted.first()->id(), connection.client.id());
    // The new transport carries messages.
    connection.client.send(Message::fromText(u"hello"_s));
    QSignalSpy received(server.accepted.first(), &Session::messageReceived);
    QTRY_COMPARE(received.count(), 1);
}

void tst_Engine_Client::theServersHelloIsTheFirstMessage_data()
{
    QTest::addColumn<QList<TransportType>>("transports");
    QTest::newRow("polling") << QList{Polling};
    QTest::newRow("websocket") << QList{WebSocket};
}

void tst_Engine_Client::theServersHelloIsTheFirstMessage()
{
    QFETCH(QList<TransportType>, transports);
    ServerOptions options;
    options.initialPacket = Message::fromText(u"welcome"_s);
    TestServer server(options);
    connect(&server, &Server::connection, &server,
            [](Session *session) { session->send(Message::fromText(u"second"_s)); });
    QVERIFY(server.listen());
    Connection connection(urlOf(server), only(transports));
    QTRY_COMPARE(connection.messages.size(), 2);
    QCOMPARE(connection.messages.first().text(), u"welcome"_s);
    QCOMPARE(connection.messages.last().text(), u"second"_s);
}

void tst_Engine_Client::upgradesOnlyToWhatBothHave_data()
{
    QTest::addColumn<bool>("serverHasWebSocket");
    QTest::addColumn<bool>("clientHasWebSocket");
    QTest::addColumn<bool>("upgrade");
    QTest::newRow("server without") << false << true << true;
    QTest::newRow("client without") << true << false << true;
    QTest::newRow("switched off") << true << true << false;
}

void tst_Engine_Client::upgradesOnlyToWhatBothHave()
{
    QFETCH(bool, serverHasWebSocket);
    QFETCH(bool, clientHasWebSocket);
    QFETCH(bool, upgrade);
    ServerOptions serverOptions;
    if (!serverHasWebSocket)
        serverOptions.transports = Polling;
    TestServer server(serverOptions);
    int webSocketRequests = 0;
    server.use([&](const HttpRequest &request, HttpHeaders *, const HttpResponder &,
                   const Server::Next &next) {
        webSocketRequests += request.queryValue(u"transport") == "websocket"_L1;
        next({});
    });
    QVERIFY(server.listen());
    ClientOptions options = only(clientHasWebSocket ? QList{Polling, WebSocket} : QList{Polling});
    options.upgrade = upgrade;
    Connection connection(urlOf(server), options);
    QTRY_COMPARE(server.accepted.size(), 1);
    // A message there and back takes longer than the start of a probe.
    connect(server.accepted.first(), &Session::messageReceived, server.accepted.first(),
            [&](const Message &message) { server.accepted.first()->send(message); });
    connection.client.send(Message::fromText(u"echo"_s));
    QTRY_COMPARE(connection.messages.size(), 1);
    QCOMPARE(connection.client.transportName(), u"polling"_s);
    QCOMPARE(webSocketRequests, 0);
}

void tst_Engine_Client::withoutTransportsThereIsAnError()
{
    Connection connection(QUrl(u"http://127.0.0.1:1"_s), only({}));
    QCOMPARE(connection.errors.size(), 0);
    QTRY_COMPARE(connection.errors.size(), 1);
    QCOMPARE(connection.errors.first().type(), ClientError::Type::NoTransport);
    QCOMPARE(connection.closes, 1);
}

void tst_Engine_Client::triesAllTransportsWhenAsked_data()
{
    QTest::addColumn<QList<TransportType>>("transports");
    QTest::addColumn<bool>("all");
    QTest::newRow("polling refused") << QList{Polling, WebSocket} << true;
    QTest::newRow("websocket refused") << QList{WebSocket, Polling} << true;
    QTest::newRow("polling refused, only the first") << QList{Polling, WebSocket} << false;
    QTest::newRow("websocket refused, only the first") << QList{WebSocket, Polling} << false;
}

void tst_Engine_Client::triesAllTransportsWhenAsked()
{
    QFETCH(QList<TransportType>, transports);
    QFETCH(bool, all);
    ServerOptions serverOptions;
    serverOptions.transports = transports.constLast();
    TestServer server(serverOptions);
    QVERIFY(server.listen());
    ClientOptions options = only(transports);
    options.tryAllTransports = all;
    Connection connection(urlOf(server), options);
    if (all) {
        QTRY_COMPARE(connection.client.state(), Client::State::Open);
        QCOMPARE(connection.client.transport(), transports.constLast());
        QCOMPARE(connection.errors.size(), 0);
    } else {
        QTRY_COMPARE(connection.errors.size(), 1);
        QTRY_COMPARE(connection.closes, 1);
        QCOMPARE(server.accepted.size(), 0);
    }
}

void tst_Engine_Client::remembersTheUpgrade()
{
    TestServer server;
    QVERIFY(server.listen());
    ClientOptions options;
    options.rememberUpgrade = true;
    const auto firstTransport = [&](const ClientOptions &with) {
        Connection connection(urlOf(server), with);
        QString name;
        connect(&connection.client, &Client::opened, this,
                [&] { name = connection.client.transportName(); });
        (void)QTest::qWaitFor([&] { return connection.client.transportName() == "websocket"_L1; },
                              TestSupport::Patience);
        (void)QTest::qWaitFor([&] { return !name.isEmpty(); }, TestSupport::Patience);
        return name;
    };
    QCOMPARE(firstTransport({}), u"polling"_s);
    QCOMPARE(firstTransport(options), u"websocket"_s);
    QCOMPARE(firstTransport({}), u"polling"_s);
}

void tst_Engine_Client::payloadsStayWithinTheServersLimit()
{
    ServerOptions serverOptions;
    serverOptions.maxHttpBufferSize = 1000;
    TestServer server(serverOptions);
    QVERIFY(server.listen());
    Connection connection(urlOf(server), only({Polling}));
    QTRY_COMPARE(server.accepted.size(), 1);
    QTRY_COMPARE(connection.client.maxPayload(), 1000);
    QStringList received;
    int binaries = 0;
    connect(server.accepted.first(), &Session::messageReceived, this, [&](const Message &message) {
        if (message.isBinary())
            binaries += message.bytes() == QByteArray(600, 'b');
        else
            received.append(message.text());
    });
    // Characters of three bytes, and binary that grows by a third as base64.
    QStringList sent;
    for (int i = 0; i < 60; ++i) {
        sent.append(QString(30 + i % 7, u'€') + QString::number(i));
        connection.client.send(Message::fromText(sent.constLast()));
        if (i % 10 == 0)
            connection.client.send(Message::fromBinary(QByteArray(600, 'b')));
    }
    QTRY_COMPARE(received, sent);
    QTRY_COMPARE(binaries, 6);
    QCOMPARE(connection.errors.size(), 0);
}

void tst_Engine_Client::aMessageTooLargeEndsWithTheStatus()
{
    ServerOptions serverOptions;
    serverOptions.maxHttpBufferSize = 1000;
    TestServer server(serverOptions);
    QVERIFY(server.listen());
    Connection connection(urlOf(server), only({Polling}));
    QTRY_COMPARE(connection.client.state(), Client::State::Open);
    connection.client.send(Message::fromBinary(QByteArray(2000, 'x')));
    QTRY_COMPARE(connection.closes, 1);
    QCOMPARE(connection.reason, CloseReason::TransportError);
    QCOMPARE(connection.errors.value(0).httpStatus(), 413);
    QCOMPARE(connection.details.httpStatus(), 413);
}

void tst_Engine_Client::aMessageTooLargeEndsWithTheCloseCode()
{
    ServerOptions serverOptions;
    serverOptions.maxHttpBufferSize = 1000;
    TestServer server(serverOptions);
    QVERIFY(server.listen());
    Connection connection(urlOf(server), only({WebSocket}));
    QTRY_COMPARE(connection.client.state(), Client::State::Open);
    connection.client.send(Message::fromBinary(QByteArray(2000, 'x')));
    QTRY_COMPARE(connection.closes, 1);
    QCOMPARE(connection.reason, CloseReason::TransportClose);
    QCOMPARE(connection.details.closeCode(), 1009);
}

void tst_Engine_Client::aMessageTooLargeBeforeTheGoodByeIsAnError_data()
{
    QTest::addColumn<qsizetype>("size");
    QTest::addColumn<int>("code");
    QTest::newRow("too large") << qsizetype(2000) << 1009;
    QTest::newRow("of the size that is allowed") << qsizetype(1000) << 0;
}

void tst_Engine_Client::aMessageTooLargeBeforeTheGoodByeIsAnError()
{
    QFETCH(qsizetype, size);
    QFETCH(int, code);
    ServerOptions serverOptions;
    serverOptions.maxHttpBufferSize = 1000;
    TestServer server(serverOptions);
    QVERIFY(server.listen());
    Connection connection(urlOf(server), only({WebSocket}));
    QTRY_COMPARE(connection.client.state(), Client::State::Open);
    connection.client.send(Message::fromBinary(QByteArray(size, 'x')));
    connection.client.close();
    QTRY_COMPARE(connection.closes, 1);
    QCOMPARE(connection.reason, CloseReason::ForcedClose);
    QCOMPARE(connection.details.closeCode(), code);
    QCOMPARE(connection.details.isError(), code != 0);
}

void tst_Engine_Client::anUnknownSessionIsAnErrorWithItsBody()
{
    const QByteArray body = R"({"code":1,"message":"Session ID unknown"})";
    ScriptedServer server([&](const ScriptedServer::Request &request) {
        return request.number == 1 ? ScriptedServer::handshake()
                                   : ScriptedServer::answer(400, body);
    });
    Connection connection(server.url(), only({Polling}));
    QTRY_COMPARE(connection.closes, 1);
    QCOMPARE(connection.reason, CloseReason::TransportError);
    QCOMPARE(connection.errors.size(), 1);
    QCOMPARE(connection.errors.first().type(), ClientError::Type::Http);
    QCOMPARE(connection.errors.first().httpStatus(), 400);
    QCOMPARE(connection.errors.first().httpBody(), body);
}

void tst_Engine_Client::closeWaitsForTheUpgrade()
{
    TestServer server;
    QVERIFY(server.listen());
    Connection connection(urlOf(server));
    QStringList received;
    connect(&server, &Server::connection, this, [&](Session *session) {
        connect(session, &Session::messageReceived, this,
                [&](const Message &message) { received.append(message.text()); });
    });
    const QSignalSpy upgraded(&connection.client, &Client::upgraded);
    connect(&connection.client, &Client::upgrading, &connection.client, [&] {
        connection.client.send(Message::fromText(u"last words"_s));
        connection.client.close();
        QCOMPARE(connection.client.state(), Client::State::Closing);
        QVERIFY(connection.client.isUpgrading());
    });
    QVERIFY(!connection.client.isUpgrading());
    QTRY_COMPARE(connection.closes, 1);
    QVERIFY(!connection.client.isUpgrading());
    QCOMPARE(upgraded.count(), 1);
    QCOMPARE(connection.reason, CloseReason::ForcedClose);
    QTRY_COMPARE(received, QStringList{u"last words"_s});
    QTRY_COMPARE(server.clientsCount(), 0);
}

void tst_Engine_Client::whatWasSentBeforeCloseArrives_data()
{
    theServersHelloIsTheFirstMessage_data();
}

void tst_Engine_Client::whatWasSentBeforeCloseArrives()
{
    QFETCH(QList<TransportType>, transports);
    TestServer server;
    int received = 0;
    connect(&server, &Server::connection, this, [&](Session *session) {
        connect(session, &Session::messageReceived, this, [&] { ++received; });
    });
    QVERIFY(server.listen());
    Connection connection(urlOf(server), only(transports));
    QTRY_COMPARE(connection.client.state(), Client::State::Open);
    for (int i = 0; i < 100; ++i)
        connection.client.send(Message::fromText(u"x"_s));
    connection.client.close();
    QTRY_COMPARE(connection.closes, 1);
    QTRY_COMPARE(received, 100);
}

void tst_Engine_Client::nothingIsSentAfterClose()
{
    TestServer server;
    QVERIFY(server.listen());
    Connection connection(urlOf(server), only({WebSocket}));
    QTRY_COMPARE(connection.client.state(), Client::State::Open);
    const QSignalSpy created(&connection.client, &Client::packetCreated);
    connection.client.close();
    QVERIFY(!connection.client.send(Message::fromText(u"late"_s)));
    QTRY_COMPARE(connection.closes, 1);
    QVERIFY(!connection.client.send(Message::fromText(u"later"_s)));
    QCOMPARE(created.count(), 0);
}

void tst_Engine_Client::silenceIsAPingTimeout()
{
    ScriptedServer server([](const ScriptedServer::Request &request) {
        return request.number == 1
            ? ScriptedServer::handshake(R"("upgrades":[],"pingInterval":30,"pingTimeout":20)")
            : QByteArray();
    });
    Connection connection(server.url(), only({Polling}));
    QTRY_COMPARE(connection.closes, 1);
    QCOMPARE(connection.reason, CloseReason::PingTimeout);
}

void tst_Engine_Client::pingsAreAnswered()
{
    ServerOptions options;
    options.pingInterval = 20ms;
    TestServer server(options);
    QVERIFY(server.listen());
    Connection connection(urlOf(server), only({WebSocket}));
    const QSignalSpy pinged(&connection.client, &Client::pinged);
    QTRY_COMPARE(server.accepted.size(), 1);
    const QSignalSpy heartbeats(server.accepted.first(), &Session::heartbeat);
    QTRY_VERIFY(pinged.count() >= 5);
    QTRY_VERIFY(heartbeats.count() >= 5);
    QVERIFY(connection.client.latency() >= 0);
    QCOMPARE(connection.closes, 0);
}

void tst_Engine_Client::theSleepOfTheMachineIsNoticed()
{
    TestServer server;
    QVERIFY(server.listen());
    Connection connection(urlOf(server), only({WebSocket}));
    QTRY_COMPARE(connection.client.state(), Client::State::Open);
    QVERIFY(!detail::ClientAccess::hasHeartbeatExpired(&connection.client));
    detail::BootClock::addSleep(1h);
    QVERIFY(detail::ClientAccess::hasHeartbeatExpired(&connection.client));
    // What was on its way when the machine fell asleep is a sign of life: then it sleeps again.
    const auto closesAfterSleep = [&connection] {
        if (!detail::ClientAccess::hasHeartbeatExpired(&connection.client))
            detail::BootClock::addSleep(1h);
        return connection.closes == 1;
    };
    QVERIFY(QTest::qWaitFor(closesAfterSleep, 30000));
    QCOMPARE(connection.reason, CloseReason::PingTimeout);
}

void tst_Engine_Client::anAnswerTooLargeIsRefused()
{
    ScriptedServer server([](const ScriptedServer::Request &request) {
        return request.number == 1 ? ScriptedServer::handshake()
                                   : ScriptedServer::answer(200, '4' + QByteArray(100'000, 'x'));
    });
    ClientOptions options = only({Polling});
    options.maxReceiveSize = 50'000;
    Connection connection(server.url(), options);
    QTRY_COMPARE(connection.closes, 1);
    QCOMPARE(connection.messages.size(), 0);
    QCOMPARE(connection.reason, CloseReason::TransportError);
}

void tst_Engine_Client::nonsenseIsAnError_data()
{
    QTest::addColumn<QByteArray>("first");
    QTest::addColumn<QByteArray>("second");
    const QByteArray good = ScriptedServer::handshake();
    QTest::newRow("no HTTP") << "garbage\r\n\r\n"_ba << QByteArray();
    QTest::newRow("status") << ScriptedServer::answer(500, "oops") << QByteArray();
    QTest::newRow("empty") << ScriptedServer::answer(200, "") << QByteArray();
    QTest::newRow("no JSON") << ScriptedServer::answer(200, "0{]") << QByteArray();
    QTest::newRow("no sid") << ScriptedServer::answer(200, "0{}") << QByteArray();
    QTest::newRow("unknown type") << good << ScriptedServer::answer(200, "9x");
}

void tst_Engine_Client::nonsenseIsAnError()
{
    QFETCH(QByteArray, first);
    QFETCH(QByteArray, second);
    ScriptedServer server([&](const ScriptedServer::Request &request) {
        return request.number == 1 ? first : second;
    });
    Connection connection(server.url(), only({Polling}));
    QTRY_COMPARE(connection.closes, 1);
    QCOMPARE(connection.errors.size(), 1);
    QVERIFY(!connection.errors.first().text().isEmpty());
    QCOMPARE(connection.messages.size(), 0);
}

void tst_Engine_Client::opensAgainAfterClose()
{
    TestServer server;
    QVERIFY(server.listen());
    Connection connection(urlOf(server));
    QTRY_COMPARE(connection.client.state(), Client::State::Open);
    const QString id = connection.client.id();
    connection.client.close();
    QTRY_COMPARE(connection.closes, 1);
    QCOMPARE(connection.client.id(), QString());
    connection.client.open();
    QTRY_COMPARE(connection.client.state(), Client::State::Open);
    QVERIFY(connection.client.id() != id);
}

QTSOCKETIO_TEST(tst_Engine_Client)
#include "tst_engine_client.moc"
