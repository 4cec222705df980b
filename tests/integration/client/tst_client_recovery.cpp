// SPDX-License-Identifier: MIT
#include "clienttest.h"
#include "support/testmain.h"

using namespace ClientTest;

// Connection state recovery.
class tst_ClientRecovery : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void missedEventsComeWithTheSameId_data() { addSetups(); }
    void missedEventsComeWithTheSameId();
    void offsetIsTheLastArgumentOfAnEvent_data() { addServers(); }
    void offsetIsTheLastArgumentOfAnEvent();
    void firstConnectionIsNotRecovered_data() { addServers(); }
    void firstConnectionIsNotRecovered();
    void failedRecoveryGivesANewId_data() { addServers(); }
    void failedRecoveryGivesANewId();
    void explicitDisconnectMakesNoRecoveryAttempt_data() { addServers(); }
    void explicitDisconnectMakesNoRecoveryAttempt();
    void authAndRecoveryGoTogether_data() { addServers(); }
    void authAndRecoveryGoTogether();

private:
    static std::unique_ptr<ServerProcess> startServer()
    {
        const auto kind =
            *static_cast<ServerKind *>(QTest::qData("kind", qMetaTypeId<ServerKind>()));
        auto server = std::make_unique<ServerProcess>(
            kind, QJsonObject{{u"recovery"_s, true}, {u"pingInterval"_s, 1000}});
        if (!server->start())
            server.reset();
        return server;
    }
};

void tst_ClientRecovery::missedEventsComeWithTheSameId()
{
    QFETCH(Transports, transports);
    const auto server = startServer();
    QVERIFY(server);
    FaultProxy proxy(server->port());
    Manager manager(urlOf(proxy), quickOptions(transports));
    ClientSocket *socket = manager.socket();
    TRY_COMPARE(socket->transportName(), finalTransport(transports));
    AckResult joined(socket->emitWithAck(u"join"_s, u"room"_s));
    TRY_VERIFY(joined.isAnswered());
    Manager other(server->url(), quickOptions());
    ClientSocket *sender = other.socket();
    Received told(socket, u"told"_s);
    sender->emitEvent(u"tell"_s, u"room"_s, 0);
    TRY_COMPARE(told.count(), 1);

    const QString id = socket->id();
    QSignalSpy idChanged(socket, &ClientSocket::idChanged);
    QSignalSpy recoveredChanged(socket, &ClientSocket::recoveredChanged);
    QSignalSpy disconnected(socket, &ClientSocket::disconnected);
    QSignalSpy connected(socket, &ClientSocket::connected);
    qsizetype toldWhenConnected = -1;
    connect(socket, &ClientSocket::connected, this, [&] { toldWhenConnected = told.count(); });
    if (transports == PollingOnly)
        TRY_VERIFY(proxy.hasPendingPoll());
    proxy.setRefusing(true);
    proxy.cutAll();
    TRY_COMPARE(disconnected.count(), 1);
    // What the sender says may reach the server before the end of the connection does; a poll that
    // waits there is answered then, and the server does not hear that nobody reads the answer.
    QVERIFY(QTest::qWaitFor([sender] { return membersOf(sender, u"room"_s) == 0; }, Patience));
    for (int i = 1; i <= 5; ++i)
        sender->emitEvent(u"tell"_s, u"room"_s, i);
    sender->emitEvent(u"tell"_s, u"another room"_s, u"not for it"_s);
    AckResult sent(sender->emitWithAck(u"echo"_s));
    TRY_VERIFY(sent.isAnswered());
    proxy.setRefusing(false);
    TRY_COMPARE(connected.count(), 1);
    QVERIFY(socket->isRecovered());
    QCOMPARE(socket->id(), id);
    QCOMPARE(recoveredChanged.count(), 1);
    // They are there when the connection is announced, in their order.
    QCOMPARE(toldWhenConnected, 6);
    QCOMPARE(told.count(), 6);
    for (int i = 0; i <= 5; ++i)
        QCOMPARE(told.at(i).value(0).toInt(), i);
    // The room is still there, and nothing comes twice.
    sender->emitEvent(u"tell"_s, u"room"_s, 6);
    TRY_COMPARE(told.count(), 7);
    QCOMPARE(told.at(6).value(0).toInt(), 6);
}

void tst_ClientRecovery::offsetIsTheLastArgumentOfAnEvent()
{
    const auto server = startServer();
    QVERIFY(server);
    Manager manager(server->url(), quickOptions());
    ClientSocket *socket = manager.socket(u"/chat"_s);
    Received echo(socket, u"echo"_s);
    socket->emitEvent(u"echo"_s, 1, 2);
    TRY_COMPARE(echo.count(), 1);
    QCOMPARE(echo.at(0).size(), 3);
    QCOMPARE(echo.at(0).first(2), (QVariantList{1, 2}));
    QCOMPARE(echo.at(0).at(2).metaType(), QMetaType::fromType<QString>());
}

void tst_ClientRecovery::firstConnectionIsNotRecovered()
{
    const auto server = startServer();
    QVERIFY(server);
    Manager manager(server->url(), quickOptions());
    ClientSocket *socket = manager.socket();
    TRY_VERIFY(socket->isConnected());
    QVERIFY(!socket->isRecovered());
}

void tst_ClientRecovery::failedRecoveryGivesANewId()
{
    const auto server = startServer();
    QVERIFY(server);
    Manager manager(server->url(), quickOptions());
    ClientSocket *socket = manager.socket();
    Received hello(socket, u"hello"_s);
    TRY_COMPARE(hello.count(), 1);
    const QString id = socket->id();
    QSignalSpy connected(socket, &ClientSocket::connected);
    // A server that knows nothing of before.
    QVERIFY(server->restart());
    TRY_COMPARE(connected.count(), 1);
    QVERIFY(!socket->isRecovered());
    QVERIFY(socket->id() != id);
    TRY_COMPARE(hello.count(), 2);
    // And from then on again.
    const QString secondId = socket->id();
    socket->emitEvent(u"drop me"_s);
    TRY_COMPARE(connected.count(), 2);
    if (socket->isRecovered())
        QCOMPARE(socket->id(), secondId);
}

void tst_ClientRecovery::explicitDisconnectMakesNoRecoveryAttempt()
{
    const auto server = startServer();
    QVERIFY(server);
    Manager manager(server->url(), quickOptions());
    ClientSocket *socket = manager.socket();
    Received hello(socket, u"hello"_s);
    TRY_COMPARE(hello.count(), 1);
    const QString id = socket->id();
    socket->close();
    QByteArrayList sent;
    connect(&manager, &Manager::opened, this, [&] {
        connect(manager.engine(), &EngineIo::Client::packetCreated, this,
                [&sent](const EngineIo::Packet &packet) { sent.append(packet.data); });
    });
    socket->open();
    TRY_COMPARE(hello.count(), 2);
    QVERIFY(!socket->isRecovered());
    QVERIFY(socket->id() != id);
    QCOMPARE(sent.value(0), QByteArray("0"));
}

void tst_ClientRecovery::authAndRecoveryGoTogether()
{
    const auto server = startServer();
    QVERIFY(server);
    FaultProxy proxy(server->port());
    ClientOptions options = quickOptions();
    options.auth = {{u"token"_s, u"secret"_s}};
    Manager manager(urlOf(proxy), options);
    ClientSocket *socket = manager.socket(u"/admin"_s);
    TRY_COMPARE(socket->transportName(), u"websocket"_s);
    Received echo(socket, u"echo"_s);
    socket->emitEvent(u"echo"_s, 1); // brings an offset
    TRY_COMPARE(echo.count(), 1);
    QByteArrayList sent;
    connect(&manager, &Manager::opened, this, [&] {
        connect(manager.engine(), &EngineIo::Client::packetCreated, this,
                [&sent](const EngineIo::Packet &packet) { sent.append(packet.data); });
    });
    QSignalSpy connected(socket, &ClientSocket::connected);
    proxy.cutAll();
    TRY_COMPARE(connected.count(), 1);
    QVERIFY(socket->isRecovered());
    QVERIFY(sent.value(0).startsWith("0/admin,{"));
    for (const char *part : {"\"token\":\"secret\"", "\"pid\":\"", "\"offset\":\""})
        QVERIFY2(sent.value(0).contains(part), sent.value(0).constData());
}

QTSOCKETIO_TEST(tst_ClientRecovery)
#include "tst_client_recovery.moc"
