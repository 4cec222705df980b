// SPDX-License-Identifier: MIT
#include "clienttest.h"
#include "support/testmain.h"

using namespace ClientTest;

// A network that fails at every stage of a connection: nothing is lost that was promised, nothing
// comes twice, and each signal comes once.
class tst_ClientFaults : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void cutWhileConnecting_data();
    void cutWhileConnecting();
    void cutAroundAnEvent_data();
    void cutAroundAnEvent();
    void cutWithUnsentBuffer_data() { addSetups(); }
    void cutWithUnsentBuffer();
    void retriesSurviveManyCuts_data() { addSetups(); }
    void retriesSurviveManyCuts();
    void lostAnswerOfAPostDoesNotSendItTwice_data() { addServers(); }
    void lostAnswerOfAPostDoesNotSendItTwice();
    void lostAnswerOfAPollIsRecovered_data() { addServers(); }
    void lostAnswerOfAPollIsRecovered();
    void stalledProbeKeepsPolling_data() { addServers(); }
    void stalledProbeKeepsPolling();
    void cutProbeKeepsPolling_data();
    void cutProbeKeepsPolling();
    void halfOpenConnectionEndsWithPingTimeout_data() { addSetups(); }
    void halfOpenConnectionEndsWithPingTimeout();
    void delayedBytesChangeNothing_data() { addSetups(); }
    void delayedBytesChangeNothing();
    void singleBytesChangeNothing_data() { addSetups(); }
    void singleBytesChangeNothing();
    void stalledAndReleasedConnectionGoesOn_data() { addSetups(); }
    void stalledAndReleasedConnectionGoesOn();

private:
    static void checkEcho(ClientSocket *socket);
};

namespace {

// Each signal of a socket is followed by the one that must follow.
class SignalOrder : public QObject
{
public:
    explicit SignalOrder(ClientSocket *socket)
    {
        connect(socket, &ClientSocket::connected, this, [this] {
            if (std::exchange(m_connected, true))
                ++mistakes;
            ++connections;
        });
        connect(socket, &ClientSocket::disconnected, this, [this] {
            if (!std::exchange(m_connected, false))
                ++mistakes;
            ++disconnections;
        });
        connect(socket, &ClientSocket::connectError, this, [this] {
            if (m_connected)
                ++mistakes;
            ++errors;
        });
    }

    int connections = 0;
    int disconnections = 0;
    int errors = 0;
    int mistakes = 0;

private:
    bool m_connected = false;
};

struct Stage
{
    const char *name;
    FaultProxy::Direction direction;
    QByteArray pattern;
    FaultProxy::When when;
    Transports transports;
};

QVariantList recordsOf(ServerProcess *server, const QString &name)
{
    Manager manager(server->url(), quickOptions());
    AckResult all(manager.socket()->emitWithAck(u"records"_s));
    if (!QTest::qWaitFor([&all] { return all.isAnswered(); }, Patience))
        return {};
    QVariantList mine;
    const QVariantList records = all.arguments.value(0).toList();
    for (const QVariant &record : records) {
        if (record.toList().value(0) == name)
            mine.append(record.toList().value(1).toInt());
    }
    return mine;
}

} // namespace

void tst_ClientFaults::checkEcho(ClientSocket *socket)
{
    AckResult answer(socket->emitWithAck(u"echo"_s, u"still there"_s));
    TRY_VERIFY(answer.isAnswered());
}

void tst_ClientFaults::cutWhileConnecting_data()
{
    QTest::addColumn<ServerKind>("kind");
    QTest::addColumn<Transports>("transports");
    QTest::addColumn<FaultProxy::Direction>("direction");
    QTest::addColumn<QByteArray>("pattern");
    QTest::addColumn<FaultProxy::When>("when");
    using When = FaultProxy::When;
    const QList<Stage> stages = {
        {"first request", FaultProxy::ToServer, "EIO=4", When::BeforeForwarding, PollingOnly},
        {"first request", FaultProxy::ToServer, "EIO=4", When::BeforeForwarding, WebSocketOnly},
        {"open packet", FaultProxy::ToClient, "\"sid\"", When::BeforeForwarding, PollingOnly},
        {"open packet", FaultProxy::ToClient, "\"sid\"", When::BeforeForwarding, WebSocketOnly},
        {"between open and CONNECT", FaultProxy::ToClient, "\"sid\"", When::AfterForwarding,
         PollingOnly},
        {"between open and CONNECT", FaultProxy::ToClient, "\"sid\"", When::AfterForwarding,
         WebSocketOnly},
        {"CONNECT", FaultProxy::ToServer, "POST", When::BeforeForwarding, PollingOnly},
        {"answer to CONNECT", FaultProxy::ToClient, "40{\"sid\"", When::BeforeForwarding,
         PollingOnly},
        {"answer to CONNECT", FaultProxy::ToClient, "40{\"sid\"", When::BeforeForwarding,
         WebSocketOnly},
        {"probe request", FaultProxy::ToServer, "transport=websocket", When::BeforeForwarding,
         Upgrade},
        {"answer to the probe", FaultProxy::ToClient, "3probe", When::BeforeForwarding, Upgrade},
        {"answered probe", FaultProxy::ToClient, "3probe", When::AfterForwarding, Upgrade},
    };
    for (const ServerKind kind : {ServerKind::Node, ServerKind::Qt}) {
        for (const Stage &stage : stages) {
            QTest::addRow("%s, %s, %s", kind == ServerKind::Node ? "node" : "qt", stage.name,
                          stage.transports == PollingOnly         ? "polling"
                              : stage.transports == WebSocketOnly ? "websocket"
                                                                  : "upgrade")
                << kind << stage.transports << stage.direction << stage.pattern << stage.when;
        }
    }
}

void tst_ClientFaults::cutWhileConnecting()
{
    FETCH_SETUP();
    QFETCH(FaultProxy::Direction, direction);
    QFETCH(QByteArray, pattern);
    QFETCH(FaultProxy::When, when);
    FaultProxy proxy(server->port());
    proxy.trigger(direction, pattern, FaultProxy::What::CutAll, when);
    const QString name = uniqueName();
    Manager manager(urlOf(proxy), options);
    ClientSocket *socket = manager.socket();
    SignalOrder order(socket);
    for (int i = 0; i < 10; ++i)
        socket->emitEvent(u"record"_s, QVariantList{name, i});
    TRY_VERIFY(proxy.wasTriggered());
    // Between two polls the probe is all that there is to cut, and then polling goes on.
    TRY_VERIFY(socket->transportName() == finalTransport(transports)
               || (transports == Upgrade && socket->isConnected()));
    checkEcho(socket);
    QVERIFY(socket->isConnected());
    QCOMPARE(order.mistakes, 0);
    QCOMPARE(order.connections, order.disconnections + 1);
    // An event is sent once: when the connection breaks after that it may be lost, as it is
    // everywhere with Socket.IO, but it never comes twice.
    const QVariantList mine = recordsOf(server, name);
    if (order.connections == 1)
        QCOMPARE(mine, (QVariantList{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}));
    for (qsizetype i = 1; i < mine.size(); ++i)
        QVERIFY(mine.at(i - 1).toInt() < mine.at(i).toInt());
}

void tst_ClientFaults::cutAroundAnEvent_data()
{
    QTest::addColumn<ServerKind>("kind");
    QTest::addColumn<Transports>("transports");
    QTest::addColumn<FaultProxy::Direction>("direction");
    QTest::addColumn<FaultProxy::When>("when");
    for (const ServerKind kind : {ServerKind::Node, ServerKind::Qt}) {
        for (const Transports &transports : {PollingOnly, WebSocketOnly}) {
            for (const auto direction : {FaultProxy::ToServer, FaultProxy::ToClient}) {
                for (const auto when :
                     {FaultProxy::When::BeforeForwarding, FaultProxy::When::AfterForwarding}) {
                    // What a client sends over WebSocket is masked and cannot be recognized.
                    if (transports == WebSocketOnly && direction == FaultProxy::ToServer)
                        continue;
                    QTest::addRow("%s, %s, %s the %s", kind == ServerKind::Node ? "node" : "qt",
                                  qPrintable(finalTransport(transports)),
                                  when == FaultProxy::When::BeforeForwarding ? "before" : "after",
                                  direction == FaultProxy::ToServer ? "event" : "answer")
                        << kind << transports << direction << when;
                }
            }
        }
    }
}

void tst_ClientFaults::cutAroundAnEvent()
{
    FETCH_SETUP();
    QFETCH(FaultProxy::Direction, direction);
    QFETCH(FaultProxy::When, when);
    const QString name = uniqueName();
    FaultProxy proxy(server->port());
    Manager manager(urlOf(proxy), options);
    ClientSocket *socket = manager.socket();
    SignalOrder order(socket);
    TRY_VERIFY(socket->isConnected());
    const QString pattern = uniqueName();
    proxy.trigger(direction, pattern.toUtf8(), FaultProxy::What::CutAll, when);
    AckResult echo(socket->emitWithAck(u"echo"_s, pattern));
    AckResult record(socket->emitWithAck(u"record"_s, QVariant(QVariantList{name, 1})));
    // Between two requests a client that polls need not notice.
    const bool mayGoUnnoticed = transports == PollingOnly && direction == FaultProxy::ToClient
        && when == FaultProxy::When::AfterForwarding;
    TRY_VERIFY(order.disconnections == 1
               || (mayGoUnnoticed && echo.isAnswered() && record.isAnswered()));
    TRY_VERIFY(socket->isConnected());
    if (!mayGoUnnoticed)
        checkEcho(socket);
    QCOMPARE(order.mistakes, 0);
    QCOMPARE(order.connections, order.disconnections + 1);
    // The answer has come or the failure was told, not both and not neither.
    QCOMPARE(echo.answers + echo.failures, 1);
    QCOMPARE(record.answers + record.failures, 1);
    QVERIFY(recordsOf(server, name).size() <= 1);
}

void tst_ClientFaults::cutWithUnsentBuffer()
{
    FETCH_SETUP();
    const QString name = uniqueName();
    FaultProxy proxy(server->port());
    Manager manager(urlOf(proxy), options);
    ClientSocket *socket = manager.socket();
    SignalOrder order(socket);
    TRY_COMPARE(socket->transportName(), finalTransport(transports));
    TRY_VERIFY(socket->isConnected());
    proxy.setRefusing(true);
    proxy.cutAll();
    TRY_VERIFY(!socket->isConnected());
    std::vector<std::unique_ptr<AckResult>> results;
    for (int i = 0; i < 100; ++i) {
        results.push_back(std::make_unique<AckResult>(
            socket->emitWithAck(u"record"_s, QVariant(QVariantList{name, i}))));
    }
    QCOMPARE(socket->bufferedCount(), 100);
    proxy.setRefusing(false);
    for (const auto &result : results)
        TRY_VERIFY(result->isAnswered());
    QVariantList expected;
    for (int i = 0; i < 100; ++i)
        expected.append(i);
    QCOMPARE(recordsOf(server, name), expected);
    QCOMPARE(order.mistakes, 0);
}

void tst_ClientFaults::retriesSurviveManyCuts()
{
    FETCH_SETUP();
    const QString name = uniqueName();
    options.retries = 1000;
    options.ackTimeout = 2s;
    FaultProxy proxy(server->port());
    Manager manager(urlOf(proxy), options);
    ClientSocket *socket = manager.socket();
    SignalOrder order(socket);
    std::vector<std::unique_ptr<AckResult>> results;
    for (int i = 0; i < 30; ++i) {
        results.push_back(std::make_unique<AckResult>(
            socket->emitWithAck(u"record"_s, QVariant(QVariantList{name, i}))));
    }
    int cuts = 0;
    connect(socket, &ClientSocket::queuedCountChanged, this, [&](qsizetype length) {
        // In the midst of it.
        if (length % 5 == 0 && length > 0) {
            ++cuts;
            QMetaObject::invokeMethod(&proxy, &FaultProxy::cutAll, Qt::QueuedConnection);
        }
    });
    TRY_COMPARE(socket->queuedCount(), 0);
    QVERIFY(cuts >= 5);
    for (const auto &result : results)
        QVERIFY(result->isAnswered());
    // All have arrived, in their order; some perhaps again.
    const QVariantList mine = recordsOf(server, name);
    int next = 0;
    for (const QVariant &number : mine) {
        QVERIFY(number.toInt() == next || number.toInt() == next - 1);
        next = std::max(next, number.toInt() + 1);
    }
    QCOMPARE(next, 30);
    QCOMPARE(order.mistakes, 0);
}

void tst_ClientFaults::lostAnswerOfAPostDoesNotSendItTwice()
{
    FETCH_SERVER();
    const QString name = uniqueName();
    FaultProxy proxy(server->port());
    Manager manager(urlOf(proxy), quickOptions(PollingOnly));
    ClientSocket *socket = manager.socket();
    SignalOrder order(socket);
    TRY_VERIFY(socket->isConnected());
    checkEcho(socket);
    // The server has taken the request, but its answer is lost.
    proxy.trigger(FaultProxy::ToClient, "\r\n\r\nok", FaultProxy::What::CutOne);
    socket->emitEvent(u"record"_s, QVariantList{name, 1});
    TRY_VERIFY(proxy.wasTriggered());
    TRY_COMPARE(order.disconnections, 1);
    TRY_COMPARE(order.connections, 2);
    checkEcho(socket);
    QCOMPARE(recordsOf(server, name), QVariantList{1});
}

void tst_ClientFaults::lostAnswerOfAPollIsRecovered()
{
    QFETCH(ServerKind, kind);
    ServerProcess server(kind, {{u"recovery"_s, true}});
    QVERIFY(server.start());
    FaultProxy proxy(server.port());
    ClientOptions options = quickOptions(PollingOnly);
    options.reconnection = false;
    Manager manager(urlOf(proxy), options);
    ClientSocket *socket = manager.socket();
    Received hello(socket, u"hello"_s);
    TRY_COMPARE(hello.count(), 1);
    AckResult joined(socket->emitWithAck(u"join"_s, u"room"_s));
    TRY_VERIFY(joined.isAnswered());
    SignalOrder order(socket);
    Received told(socket, u"told"_s);
    Manager other(server.url(), quickOptions());
    ClientSocket *sender = other.socket();
    TRY_VERIFY(sender->isConnected());
    // The answer that carries the first event is lost.
    proxy.trigger(FaultProxy::ToClient, "[\"told\",1", FaultProxy::What::CutOne);
    sender->emitEvent(u"tell"_s, u"room"_s, 1);
    TRY_VERIFY(proxy.wasTriggered());
    // A server can give a session back only once it has heard of the session's end.
    TRY_COMPARE(order.disconnections, 1);
    QVERIFY(QTest::qWaitFor([sender] { return membersOf(sender, u"room"_s) == 0; }, Patience));
    sender->emitEvent(u"tell"_s, u"room"_s, 2);
    socket->open();
    TRY_COMPARE(told.count(), 2);
    QCOMPARE(told.first(), (QVariantList{1, 2}));
    QCOMPARE(order.disconnections, 1);
    QVERIFY(socket->isRecovered());
}

void tst_ClientFaults::stalledProbeKeepsPolling()
{
    FETCH_SERVER();
    ClientOptions options = quickOptions();
    options.upgradeTimeout = 100ms;
    FaultProxy proxy(server->port());
    proxy.trigger(FaultProxy::ToServer, "transport=websocket", FaultProxy::What::StallOne);
    Manager manager(urlOf(proxy), options);
    QStringList failures;
    connect(&manager, &Manager::opened, this, [&] {
        connect(manager.engine(), &EngineIo::Client::upgradeFailed, this,
                [&](const EngineIo::ClientError &error) { failures.append(error.text()); });
    });
    ClientSocket *socket = manager.socket();
    SignalOrder order(socket);
    TRY_COMPARE(
        failures,
        QStringList{u"cannot change to WebSocket at %1: timeout"_s.arg(urlOf(proxy).toString())});
    checkEcho(socket);
    QCOMPARE(socket->transportName(), u"polling"_s);
    QCOMPARE(order.mistakes, 0);
}

void tst_ClientFaults::cutProbeKeepsPolling_data()
{
    QTest::addColumn<ServerKind>("kind");
    QTest::addColumn<FaultProxy::When>("when");
    for (const ServerKind kind : {ServerKind::Node, ServerKind::Qt}) {
        const char *name = kind == ServerKind::Node ? "node" : "qt";
        QTest::addRow("%s, before the answer", name) << kind << FaultProxy::When::BeforeForwarding;
        QTest::addRow("%s, after the answer", name) << kind << FaultProxy::When::AfterForwarding;
    }
}

void tst_ClientFaults::cutProbeKeepsPolling()
{
    FETCH_SERVER();
    QFETCH(FaultProxy::When, when);
    const QString name = uniqueName();
    FaultProxy proxy(server->port());
    // With the answer, the client changes to WebSocket as soon as no request for polling is under
    // way: that must not be before it reads that the connection was cut.
    const bool answers = when == FaultProxy::When::AfterForwarding;
    proxy.trigger(FaultProxy::ToClient, "3probe",
                  answers ? FaultProxy::What::CutOneWhilePolling : FaultProxy::What::CutOne, when);
    Manager manager(urlOf(proxy), quickOptions());
    ClientSocket *socket = manager.socket();
    SignalOrder order(socket);
    QVariantList expected;
    for (int i = 0; i < 20; ++i) {
        socket->emitEvent(u"record"_s, QVariantList{name, i});
        expected.append(i);
    }
    bool failed = false;
    connect(&proxy, &FaultProxy::triggered, this, [&] {
        socket->emitEvent(u"record"_s, QVariantList{name, 20});
        expected.append(20);
        connect(manager.engine(), &EngineIo::Client::upgradeFailed, this, [&] {
            failed = true;
            proxy.setStalled(false);
        });
    });
    TRY_VERIFY(proxy.wasTriggered());
    TRY_VERIFY(failed);
    checkEcho(socket);
    // The session is still the first one, with all that was sent.
    QCOMPARE(socket->transportName(), u"polling"_s);
    QCOMPARE(order.connections, 1);
    QCOMPARE(order.disconnections, 0);
    QCOMPARE(recordsOf(server, name), expected);
}

void tst_ClientFaults::halfOpenConnectionEndsWithPingTimeout()
{
    QFETCH(ServerKind, kind);
    QFETCH(Transports, transports);
    ServerProcess server(kind, {{u"pingInterval"_s, 300}, {u"pingTimeout"_s, 700}});
    QVERIFY(server.start());
    FaultProxy proxy(server.port());
    Manager manager(urlOf(proxy), quickOptions(transports));
    ClientSocket *socket = manager.socket();
    QSignalSpy disconnected(socket, &ClientSocket::disconnected);
    SignalOrder order(socket);
    TRY_COMPARE(socket->transportName(), finalTransport(transports));
    TRY_VERIFY(socket->isConnected());
    proxy.setStalled(true);
    TRY_COMPARE(disconnected.count(), 1);
    QCOMPARE(disconnected.at(0).at(0).value<ClientSocket::DisconnectReason>(),
             ClientSocket::DisconnectReason::PingTimeout);
    socket->emitEvent(u"record"_s, u"meanwhile"_s);
    proxy.cutAll();
    proxy.setStalled(false);
    TRY_VERIFY(socket->isConnected());
    AckResult all(socket->emitWithAck(u"records"_s));
    TRY_VERIFY(all.isAnswered());
    QCOMPARE(all.arguments.value(0).toList(), QVariantList{u"meanwhile"_s});
    QCOMPARE(order.mistakes, 0);
}

void tst_ClientFaults::delayedBytesChangeNothing()
{
    FETCH_SETUP();
    FaultProxy proxy(server->port());
    proxy.setDelay(20ms);
    Manager manager(urlOf(proxy), options);
    ClientSocket *socket = manager.socket();
    SignalOrder order(socket);
    Received echo(socket, u"echo"_s);
    for (int i = 0; i < 20; ++i)
        socket->emitEvent(u"echo"_s, i, QByteArray("binary"));
    TRY_COMPARE(echo.count(), 20);
    for (int i = 0; i < 20; ++i)
        QCOMPARE(echo.at(i).value(0).toInt(), i);
    TRY_COMPARE(socket->transportName(), finalTransport(transports));
    QVERIFY(socket->latency() < 0 || socket->latency() >= 40);
    QCOMPARE(order.connections, 1);
    QCOMPARE(order.mistakes, 0);
}

void tst_ClientFaults::singleBytesChangeNothing()
{
    FETCH_SETUP();
    FaultProxy proxy(server->port());
    proxy.setChunkSize(1);
    Manager manager(urlOf(proxy), options);
    ClientSocket *socket = manager.socket();
    SignalOrder order(socket);
    const QString text = u"ä € \U0001F600 \u65e5\u672c"_s;
    Received echo(socket, u"echo"_s);
    for (int i = 0; i < 10; ++i)
        socket->emitEvent(u"echo"_s, i, text, QByteArray("binary"));
    TRY_COMPARE(echo.count(), 10);
    for (int i = 0; i < 10; ++i)
        QCOMPARE(echo.at(i).first(3), (QVariantList{i, text, QByteArray("binary")}));
    TRY_COMPARE(socket->transportName(), finalTransport(transports));
    QCOMPARE(order.connections, 1);
    QCOMPARE(order.mistakes, 0);
}

void tst_ClientFaults::stalledAndReleasedConnectionGoesOn()
{
    FETCH_SETUP();
    FaultProxy proxy(server->port());
    Manager manager(urlOf(proxy), options);
    ClientSocket *socket = manager.socket();
    SignalOrder order(socket);
    TRY_COMPARE(socket->transportName(), finalTransport(transports));
    TRY_VERIFY(socket->isConnected());
    proxy.setStalled(true);
    Received echo(socket, u"echo"_s);
    for (int i = 0; i < 20; ++i)
        socket->emitEvent(u"echo"_s, i);
    QTimer::singleShot(200, &proxy, [&proxy] { proxy.setStalled(false); });
    TRY_COMPARE(echo.count(), 20);
    for (int i = 0; i < 20; ++i)
        QCOMPARE(echo.at(i).value(0).toInt(), i);
    QCOMPARE(order.connections, 1);
    QCOMPARE(order.disconnections, 0);
}

QTSOCKETIO_TEST(tst_ClientFaults)
#include "tst_client_faults.moc"
