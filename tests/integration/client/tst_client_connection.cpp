// SPDX-License-Identifier: MIT
#include "clienttest.h"
#include "support/testmain.h"

using namespace ClientTest;

// Joining namespaces, what the server learns of the client, and how a connection ends.
class tst_ClientConnection : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void connectsOverTheTransportsGiven_data() { addSetups(); }
    void connectsOverTheTransportsGiven();
    void idIsTheServersAndNotTheConnections_data() { addServers(); }
    void idIsTheServersAndNotTheConnections();
    void namespacesShareOneTransport_data() { addSetups(); }
    void namespacesShareOneTransport();
    void newNamespaceOpensAfterTheTransportWasClosed_data() { addServers(); }
    void newNamespaceOpensAfterTheTransportWasClosed();
    void namespaceConnectsWhileAnotherDisconnects_data() { addSetups(); }
    void namespaceConnectsWhileAnotherDisconnects();
    void lastDisconnectClosesTheTransport_data() { addSetups(); }
    void lastDisconnectClosesTheTransport();
    void socketOfTheManagerIsReused_data() { addServers(); }
    void socketOfTheManagerIsReused();
    void oneConnectAndOneDisconnectPacketAreSent_data() { addSetups(); }
    void oneConnectAndOneDisconnectPacketAreSent();
    void flagsTellTheStateOfTheSocket_data() { addServers(); }
    void flagsTellTheStateOfTheSocket();
    void everyPropertyNotifies_data() { addSetups(); }
    void everyPropertyNotifies();
    void queryReachesTheServer_data() { addSetups(); }
    void queryReachesTheServer();
    void queryOfTheUrlReachesTheServer_data() { addServers(); }
    void queryOfTheUrlReachesTheServer();
    void authIsInTheHandshakeAndNotInTheQuery_data() { addServers(); }
    void authIsInTheHandshakeAndNotInTheQuery();
    void authFunctionIsCalledAtEachConnection_data() { addServers(); }
    void authFunctionIsCalledAtEachConnection();
    void extraHeadersReachTheServer_data() { addSetups(); }
    void extraHeadersReachTheServer();
    void refusalHasMessageAndData_data() { addSetups(); }
    void refusalHasMessageAndData();
    void refusedSocketConnectsAgainByHand_data() { addServers(); }
    void refusedSocketConnectsAgainByHand();
    void refusedSocketStaysOutWhenTheTransportReconnects_data() { addServers(); }
    void refusedSocketStaysOutWhenTheTransportReconnects();
    void unknownNamespaceIsRefused_data() { addSetups(); }
    void unknownNamespaceIsRefused();
    void serverDisconnectIsFinal_data() { addSetups(); }
    void serverDisconnectIsFinal();
    void disconnectingWhileOpeningGivesNoError_data() { addSetups(); }
    void disconnectingWhileOpeningGivesNoError();
    void whatWasEmittedBeforeDisconnectArrives_data() { addQtSetups(); }
    void whatWasEmittedBeforeDisconnectArrives();
    void whatWasEmittedBeforeDeletingArrives_data() { addQtSetups(); }
    void whatWasEmittedBeforeDeletingArrives();
};

void tst_ClientConnection::connectsOverTheTransportsGiven()
{
    FETCH_SETUP();
    Manager manager(server->url(), options);
    ClientSocket *socket = manager.socket();
    Received hello(socket, u"hello"_s);
    QSignalSpy connected(socket, &ClientSocket::connected);
    TRY_COMPARE(hello.count(), 1);
    QCOMPARE(connected.count(), 1);
    QCOMPARE(hello.at(0), QVariantList{u"main"_s});
    TRY_COMPARE(socket->transportName(), finalTransport(transports));
}

void tst_ClientConnection::idIsTheServersAndNotTheConnections()
{
    FETCH_SERVER();
    Manager manager(server->url(), quickOptions());
    ClientSocket *main = manager.socket();
    ClientSocket *chat = manager.socket(u"/chat"_s);
    QCOMPARE(main->id(), QString());
    TRY_VERIFY(main->isConnected() && chat->isConnected());
    AckResult mainShake(main->emitWithAck(u"handshake"_s));
    AckResult chatShake(chat->emitWithAck(u"handshake"_s));
    TRY_VERIFY(mainShake.isAnswered() && chatShake.isAnswered());
    QCOMPARE(mainShake.arguments.value(0).toMap().value(u"id"_s).toString(), main->id());
    QCOMPARE(chatShake.arguments.value(0).toMap().value(u"id"_s).toString(), chat->id());
    QVERIFY(main->id() != chat->id());
    QVERIFY(main->id() != manager.engine()->id());

    const QString before = main->id();
    main->close();
    QCOMPARE(main->id(), QString());
    main->open();
    TRY_VERIFY(main->isConnected());
    QVERIFY(!main->id().isEmpty());
    QVERIFY(main->id() != before);
}

void tst_ClientConnection::namespacesShareOneTransport()
{
    FETCH_SETUP();
    FaultProxy proxy(server->port());
    Manager manager(urlOf(proxy), options);
    QSignalSpy opened(&manager, &Manager::opened);
    ClientSocket *main = manager.socket();
    TRY_VERIFY(main->isConnected());
    // A second one when the first is up already.
    ClientSocket *chat = manager.socket(u"/chat"_s);
    TRY_VERIFY(chat->isConnected());
    Received mainEcho(main, u"echo"_s);
    Received chatEcho(chat, u"echo"_s);
    main->emitEvent(u"echo"_s, u"to main"_s);
    chat->emitEvent(u"echo"_s, u"to chat"_s);
    TRY_VERIFY(mainEcho.count() == 1 && chatEcho.count() == 1);
    QCOMPARE(mainEcho.first(), QVariantList{u"to main"_s});
    QCOMPARE(chatEcho.first(), QVariantList{u"to chat"_s});
    QCOMPARE(opened.count(), 1);

    // The transport is kept for the one that stays.
    QSignalSpy closed(&manager, &Manager::closed);
    main->close();
    AckResult answer(chat->emitWithAck(u"echo"_s, u"still"_s));
    TRY_VERIFY(answer.isAnswered());
    QCOMPARE(closed.count(), 0);
    QCOMPARE(manager.state(), Manager::State::Open);
}

void tst_ClientConnection::newNamespaceOpensAfterTheTransportWasClosed()
{
    FETCH_SERVER();
    Manager manager(server->url(), quickOptions());
    ClientSocket *main = manager.socket();
    TRY_VERIFY(main->isConnected());
    main->close();
    QCOMPARE(manager.state(), Manager::State::Closing);
    TRY_COMPARE(manager.state(), Manager::State::Closed);
    ClientSocket *chat = manager.socket(u"/chat"_s);
    TRY_VERIFY(chat->isConnected());
    QVERIFY(!main->isConnected());
    QVERIFY(!main->isActive());
}

void tst_ClientConnection::namespaceConnectsWhileAnotherDisconnects()
{
    FETCH_SETUP();
    Manager manager(server->url(), options);
    ClientSocket *main = manager.socket();
    TRY_VERIFY(main->isConnected());
    ClientSocket *chat = manager.socket(u"/chat"_s);
    main->close();
    TRY_VERIFY(chat->isConnected());

    chat->close();
    main->open();
    TRY_VERIFY(main->isConnected());
    QVERIFY(!chat->isConnected());
}

void tst_ClientConnection::lastDisconnectClosesTheTransport()
{
    FETCH_SETUP();
    FaultProxy proxy(server->port());
    Manager manager(urlOf(proxy), options);
    ClientSocket *main = manager.socket();
    ClientSocket *chat = manager.socket(u"/chat"_s);
    TRY_VERIFY(main->isConnected() && chat->isConnected());
    QSignalSpy closed(&manager, &Manager::closed);
    QSignalSpy disconnected(chat, &ClientSocket::disconnected);
    main->close();
    QCOMPARE(closed.count(), 0);
    chat->close();
    TRY_COMPARE(closed.count(), 1);
    QCOMPARE(closed.at(0).at(0).value<EngineIo::CloseReason>(), EngineIo::CloseReason::ForcedClose);
    QCOMPARE(disconnected.count(), 1);
    QCOMPARE(disconnected.at(0).at(0).value<ClientSocket::DisconnectReason>(),
             ClientSocket::DisconnectReason::ClientDisconnect);
    // Nothing of it is left after a while, however it was connected.
    TRY_COMPARE(manager.findChildren<EngineIo::Client *>().size(), 0);
}

void tst_ClientConnection::socketOfTheManagerIsReused()
{
    FETCH_SERVER();
    Manager manager(server->url(), quickOptions());
    ClientSocket *socket = manager.socket(u"/chat"_s);
    QCOMPARE(manager.socket(u"chat"_s), socket);
    QSignalSpy connected(socket, &ClientSocket::connected);
    TRY_COMPARE(connected.count(), 1);
    // Active: nothing happens.
    QSignalSpy packets(manager.engine(), &EngineIo::Client::packetCreated);
    QCOMPARE(manager.socket(u"/chat"_s), socket);
    socket->open();
    QCOMPARE(packets.count(), 0);
    // Inactive: it connects again.
    socket->close();
    QCOMPARE(manager.socket(u"/chat"_s), socket);
    QVERIFY(socket->isActive());
    TRY_COMPARE(connected.count(), 2);
    QCOMPARE(manager.sockets(), QList<ClientSocket *>{socket});
}

void tst_ClientConnection::oneConnectAndOneDisconnectPacketAreSent()
{
    FETCH_SETUP();
    options.autoConnect = false;
    Manager manager(server->url(), options);
    ClientSocket *main = manager.socket();
    ClientSocket *chat = manager.socket(u"/chat"_s);
    QByteArrayList sent;
    connect(&manager, &Manager::stateChanged, this, [&](Manager::State state) {
        if (state == Manager::State::Opening) {
            connect(manager.engine(), &EngineIo::Client::packetCreated, this,
                    [&sent](const EngineIo::Packet &packet) {
                        if (packet.type == EngineIo::PacketType::Message)
                            sent.append(packet.data);
                    });
        }
    });
    main->open();
    main->open();
    chat->open();
    TRY_VERIFY(main->isConnected() && chat->isConnected());
    main->open();
    QCOMPARE(sent, QByteArrayList({"0", "0/chat,"}));
    sent.clear();
    chat->close();
    chat->close();
    main->close();
    QCOMPARE(sent, QByteArrayList({"1/chat,", "1"}));
}

void tst_ClientConnection::flagsTellTheStateOfTheSocket()
{
    FETCH_SERVER();
    ClientOptions options = quickOptions();
    options.autoConnect = false;
    FaultProxy proxy(server->port());
    Manager manager(urlOf(proxy), options);
    ClientSocket *socket = manager.socket();
    // Never connected.
    QCOMPARE(socket->state(), ClientSocket::State::Disconnected);
    QVERIFY(!socket->isActive() && !socket->isConnected());
    socket->open();
    QCOMPARE(socket->state(), ClientSocket::State::Connecting);
    QVERIFY(socket->isActive() && !socket->isConnected());
    TRY_VERIFY(socket->isConnected());
    QCOMPARE(socket->state(), ClientSocket::State::Connected);
    QVERIFY(socket->isActive());
    // Waiting for the connection to be made again.
    proxy.setRefusing(true);
    proxy.cutAll();
    TRY_COMPARE(socket->state(), ClientSocket::State::Connecting);
    QVERIFY(socket->isActive() && !socket->isConnected());
    proxy.setRefusing(false);
    TRY_VERIFY(socket->isConnected());
    // Explicitly disconnected.
    socket->close();
    QCOMPARE(socket->state(), ClientSocket::State::Disconnected);
    QVERIFY(!socket->isActive() && !socket->isConnected());
}

void tst_ClientConnection::everyPropertyNotifies()
{
    FETCH_SETUP();
    options.autoConnect = false;
    Manager manager(server->url(), options);
    ClientSocket *socket = manager.socket();
    QSignalSpy state(socket, &ClientSocket::stateChanged);
    QSignalSpy active(socket, &ClientSocket::activeChanged);
    QSignalSpy connected(socket, &ClientSocket::connectedChanged);
    QSignalSpy id(socket, &ClientSocket::idChanged);
    QSignalSpy transport(socket, &ClientSocket::transportChanged);
    QSignalSpy latency(socket, &ClientSocket::latencyChanged);
    QSignalSpy managerState(&manager, &Manager::stateChanged);
    QCOMPARE(socket->latency(), -1.0);
    socket->open();
    TRY_VERIFY(socket->isConnected());
    TRY_COMPARE(socket->transportName(), finalTransport(transports));
    // Both measure it at the heartbeat, if not before.
    TRY_VERIFY(socket->latency() >= 0);
    QVERIFY(socket->latency() < Patience);
    QVERIFY(latency.count() >= 1);
    socket->close();
    TRY_COMPARE(manager.state(), Manager::State::Closed);
    QCOMPARE(socket->latency(), -1.0);
    QCOMPARE(latency.constLast().at(0).toDouble(), -1.0);

    using State = ClientSocket::State;
    QCOMPARE(state.count(), 3);
    QCOMPARE(state.at(0).at(0).value<State>(), State::Connecting);
    QCOMPARE(state.at(1).at(0).value<State>(), State::Connected);
    QCOMPARE(state.at(2).at(0).value<State>(), State::Disconnected);
    QCOMPARE(active.count(), 2);
    QCOMPARE(connected.count(), 2);
    QCOMPARE(id.count(), 2);
    QCOMPARE(managerState.count(), 4);
    QStringList names;
    for (const auto &arguments : std::as_const(transport))
        names.append(arguments.at(0).toString());
    QStringList expected;
    for (const EngineIo::TransportType type : std::as_const(transports))
        expected.append(EngineIo::transportName(type));
    expected.append(QString());
    QCOMPARE(names, expected);
}

void tst_ClientConnection::queryReachesTheServer()
{
    FETCH_SETUP();
    options.query = {{u"plain"_s, u"value"_s},
                     {u"a&b"_s, u"1=2?3&4"_s},
                     {u"number"_s, 5},
                     {u"text"_s, u"ä+ €\U0001F600%20"_s}};
    Manager manager(server->url(), options);
    for (const QString &nsp : {u"/"_s, u"/chat"_s}) {
        AckResult shake(manager.socket(nsp)->emitWithAck(u"handshake"_s));
        TRY_VERIFY(shake.isAnswered());
        const QVariantMap query = shake.arguments.value(0).toMap().value(u"query"_s).toMap();
        QCOMPARE(query.value(u"plain"_s).toString(), u"value"_s);
        QCOMPARE(query.value(u"a&b"_s).toString(), u"1=2?3&4"_s);
        QCOMPARE(query.value(u"number"_s).toString(), u"5"_s);
        QCOMPARE(query.value(u"text"_s).toString(), u"ä+ €\U0001F600%20"_s);
    }
}

void tst_ClientConnection::queryOfTheUrlReachesTheServer()
{
    FETCH_SERVER();
    QUrl url = server->url(u"/chat"_s);
    url.setQuery(u"a=1&b%26=%3D%2B+x"_s);
    ClientSocket *socket = Manager::connectTo(url, quickOptions());
    const auto guard = qScopeGuard([socket] { delete socket; });
    QCOMPARE(socket->nsp(), u"/chat"_s);
    AckResult shake(socket->emitWithAck(u"handshake"_s));
    TRY_VERIFY(shake.isAnswered());
    const QVariantMap query = shake.arguments.value(0).toMap().value(u"query"_s).toMap();
    QCOMPARE(query.value(u"a"_s).toString(), u"1"_s);
    QCOMPARE(query.value(u"b&"_s).toString(), u"=++x"_s);
}

void tst_ClientConnection::authIsInTheHandshakeAndNotInTheQuery()
{
    FETCH_SERVER();
    ClientOptions options = quickOptions();
    options.auth = {{u"token"_s, u"secret"_s}, {u"deep"_s, QVariantMap{{u"n"_s, 1}}}};
    Manager manager(server->url(), options);
    ClientSocket *socket = manager.socket(u"/admin"_s);
    AckResult shake(socket->emitWithAck(u"handshake"_s));
    TRY_VERIFY(shake.isAnswered());
    const QVariantMap handshake = shake.arguments.value(0).toMap();
    const QVariantMap auth = handshake.value(u"auth"_s).toMap();
    QCOMPARE(auth.value(u"token"_s).toString(), u"secret"_s);
    QCOMPARE(auth.value(u"deep"_s).toMap().value(u"n"_s).toInt(), 1);
    QVERIFY(!handshake.value(u"query"_s).toMap().contains(u"token"_s));
}

void tst_ClientConnection::authFunctionIsCalledAtEachConnection()
{
    FETCH_SERVER();
    FaultProxy proxy(server->port());
    ClientOptions options = quickOptions();
    int calls = 0;
    options.authFunction = [&calls, this](const AuthDone &done) {
        ++calls;
        // Its answer comes later.
        QTimer::singleShot(1, this, [done, count = calls] {
            done({{u"token"_s, u"secret"_s}, {u"count"_s, count}});
            done({{u"token"_s, u"another"_s}}); // without effect
        });
    };
    Manager manager(urlOf(proxy), options);
    ClientSocket *socket = manager.socket(u"/admin"_s);
    TRY_VERIFY(socket->isConnected());
    QCOMPARE(calls, 1);
    const QSignalSpy disconnected(socket, &ClientSocket::disconnected);
    proxy.cutAll();
    TRY_COMPARE(disconnected.count(), 1);
    TRY_VERIFY(socket->isConnected());
    QCOMPARE(calls, 2);
    AckResult shake(socket->emitWithAck(u"handshake"_s));
    TRY_VERIFY(shake.isAnswered());
    const QVariantMap auth = shake.arguments.value(0).toMap().value(u"auth"_s).toMap();
    QCOMPARE(auth.value(u"count"_s).toInt(), 2);
    QCOMPARE(auth.value(u"token"_s).toString(), u"secret"_s);
    // A value takes the function's place, and counts from the next connection on.
    socket->setAuth({{u"token"_s, u"secret"_s}});
    proxy.cutAll();
    TRY_COMPARE(disconnected.count(), 2);
    TRY_VERIFY(socket->isConnected());
    QCOMPARE(calls, 2);
    AckResult again(socket->emitWithAck(u"handshake"_s));
    TRY_VERIFY(again.isAnswered());
    QCOMPARE(again.arguments.value(0).toMap().value(u"auth"_s).toMap(),
             (QVariantMap{{u"token"_s, u"secret"_s}}));
}

void tst_ClientConnection::extraHeadersReachTheServer()
{
    FETCH_SETUP();
    options.extraHeaders = {{"X-Test-One", "first value"}, {"X-Test-Two", "2"}};
    FaultProxy proxy(server->port());
    Manager manager(urlOf(proxy), options);
    ClientSocket *socket = manager.socket();
    AckResult shake(socket->emitWithAck(u"handshake"_s));
    TRY_VERIFY(shake.isAnswered());
    const QVariantMap headers = shake.arguments.value(0).toMap().value(u"headers"_s).toMap();
    QCOMPARE(headers.value(u"x-test-one"_s).toString(), u"first value"_s);
    QCOMPARE(headers.value(u"x-test-two"_s).toString(), u"2"_s);
    TRY_COMPARE(socket->transportName(), finalTransport(transports));
    // On every request, that of the upgrade too.
    const QByteArray requests = proxy.seen(FaultProxy::ToServer);
    QCOMPARE(requests.toLower().count("x-test-one: first value"), requests.count(" HTTP/1.1\r\n"));
}

void tst_ClientConnection::refusalHasMessageAndData()
{
    FETCH_SETUP();
    Manager manager(server->url(), options);
    ClientSocket *main = manager.socket();
    ClientSocket *admin = manager.socket(u"/admin"_s);
    QSignalSpy errors(admin, &ClientSocket::connectError);
    QSignalSpy connected(admin, &ClientSocket::connected);
    TRY_COMPARE(errors.count(), 1);
    const Error error = errors.at(0).at(0).value<Error>();
    QCOMPARE(error.type(), Error::Type::Refused);
    QCOMPARE(error.message(), u"not authorized"_s);
    QCOMPARE(error.data().toMap(), (QVariantMap{{u"content"_s, u"Please retry later"_s}}));
    QCOMPARE(admin->lastError().message(), u"not authorized"_s);
    QVERIFY(!admin->isActive());
    QVERIFY(!admin->isConnected());
    // The others stay.
    AckResult answer(main->emitWithAck(u"echo"_s, 1));
    TRY_VERIFY(answer.isAnswered());
    QCOMPARE(connected.count(), 0);
    QCOMPARE(errors.count(), 1);
}

void tst_ClientConnection::refusedSocketConnectsAgainByHand()
{
    FETCH_SERVER();
    Manager manager(server->url(), quickOptions());
    ClientSocket *admin = manager.socket(u"/admin"_s);
    QSignalSpy connected(admin, &ClientSocket::connected);
    connect(admin, &ClientSocket::connectError, admin, [admin] {
        admin->setAuth({{u"token"_s, u"secret"_s}});
        admin->open();
    });
    TRY_COMPARE(connected.count(), 1);
    QVERIFY(admin->isActive());
    QVERIFY(!admin->lastError());
}

void tst_ClientConnection::refusedSocketStaysOutWhenTheTransportReconnects()
{
    FETCH_SERVER();
    FaultProxy proxy(server->port());
    Manager manager(urlOf(proxy), quickOptions());
    ClientSocket *main = manager.socket();
    ClientSocket *admin = manager.socket(u"/admin"_s);
    QSignalSpy errors(admin, &ClientSocket::connectError);
    TRY_COMPARE(errors.count(), 1);
    TRY_VERIFY(main->isConnected());
    QSignalSpy reconnected(main, &ClientSocket::connected);
    proxy.cutAll();
    TRY_COMPARE(reconnected.count(), 1);
    AckResult answer(main->emitWithAck(u"echo"_s, 1));
    TRY_VERIFY(answer.isAnswered());
    QCOMPARE(errors.count(), 1);
    QVERIFY(!admin->isActive());
}

void tst_ClientConnection::unknownNamespaceIsRefused()
{
    FETCH_SETUP();
    Manager manager(server->url(), options);
    ClientSocket *socket = manager.socket(u"/nowhere"_s);
    QSignalSpy errors(socket, &ClientSocket::connectError);
    TRY_COMPARE(errors.count(), 1);
    const QString message = errors.at(0).at(0).value<Error>().message();
    QVERIFY2(message.startsWith(u"Invalid namespace: the server at "_s), qPrintable(message));
    // It was the only one.
    TRY_COMPARE(manager.state(), Manager::State::Closed);
}

void tst_ClientConnection::serverDisconnectIsFinal()
{
    FETCH_SETUP();
    Manager manager(server->url(), options);
    ClientSocket *main = manager.socket();
    ClientSocket *chat = manager.socket(u"/chat"_s);
    TRY_VERIFY(main->isConnected() && chat->isConnected());
    QSignalSpy disconnected(chat, &ClientSocket::disconnected);
    QSignalSpy connected(chat, &ClientSocket::connected);
    chat->emitEvent(u"leave me"_s);
    TRY_COMPARE(disconnected.count(), 1);
    QCOMPARE(disconnected.at(0).at(0).value<ClientSocket::DisconnectReason>(),
             ClientSocket::DisconnectReason::ServerDisconnect);
    QCOMPARE(ClientSocket::disconnectReasonText(ClientSocket::DisconnectReason::ServerDisconnect),
             u"io server disconnect"_s);
    QVERIFY(!chat->isActive());
    AckResult answer(main->emitWithAck(u"echo"_s, 1));
    TRY_VERIFY(answer.isAnswered());
    QCOMPARE(connected.count(), 0);
    // But by hand it does.
    chat->open();
    TRY_COMPARE(connected.count(), 1);
}

void tst_ClientConnection::disconnectingWhileOpeningGivesNoError()
{
    FETCH_SETUP();
    Manager manager(server->url(), options);
    ClientSocket *socket = manager.socket();
    QSignalSpy errors(socket, &ClientSocket::connectError);
    QSignalSpy managerErrors(&manager, &Manager::errorOccurred);
    QSignalSpy disconnected(socket, &ClientSocket::disconnected);
    QSignalSpy connected(socket, &ClientSocket::connected);
    QCOMPARE(manager.state(), Manager::State::Opening);
    socket->close();
    QCOMPARE(manager.state(), Manager::State::Closed);
    // The connection that was being opened says good-bye and is gone.
    TRY_COMPARE(manager.findChildren<EngineIo::Client *>().size(), 0);
    QCOMPARE(errors.count(), 0);
    QCOMPARE(managerErrors.count(), 0);
    QCOMPARE(disconnected.count(), 0);
    QCOMPARE(connected.count(), 0);
}

void tst_ClientConnection::whatWasEmittedBeforeDisconnectArrives()
{
    FETCH_SETUP();
    const QString name = uniqueName();
    Manager manager(server->url(), options);
    ClientSocket *socket = manager.socket();
    TRY_VERIFY(socket->isConnected());
    for (int i = 0; i < 20; ++i)
        socket->emitEvent(u"record"_s, QVariantList{name, i});
    socket->close();

    Manager other(server->url(), options);
    QVariantList mine;
    QElapsedTimer time;
    time.start();
    while (mine.size() < 20 && time.elapsed() < Patience) {
        AckResult all(other.socket()->emitWithAck(u"records"_s));
        TRY_VERIFY(all.isAnswered());
        mine.clear();
        const QVariantList records = all.arguments.value(0).toList();
        for (const QVariant &record : records) {
            if (record.toList().value(0) == name)
                mine.append(record.toList().value(1));
        }
    }
    QCOMPARE(mine.size(), 20);
    for (int i = 0; i < 20; ++i)
        QCOMPARE(mine.at(i).toInt(), i);
}

void tst_ClientConnection::whatWasEmittedBeforeDeletingArrives()
{
    FETCH_SETUP();
    const QString name = uniqueName();
    options.forceNew = true;
    ClientSocket *socket = Manager::connectTo(server->url(), options);
    QPointer<Manager> manager = socket->manager();
    TRY_VERIFY(socket->isConnected());
    socket->emitEvent(u"record"_s, name);
    delete socket;
    TRY_VERIFY(manager.isNull());

    Manager other(server->url(), options);
    AckResult all(other.socket()->emitWithAck(u"records"_s));
    TRY_VERIFY(all.isAnswered());
    QCOMPARE(all.arguments.value(0).toList().count(name), 1);
}

QTSOCKETIO_TEST(tst_ClientConnection)
#include "tst_client_connection.moc"
