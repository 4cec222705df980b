// SPDX-License-Identifier: MIT
#include "clienttest.h"
#include "support/testmain.h"

using namespace ClientTest;

// A client with ClientOptions::protocol 3: at socket.io 2, at socket.io 4 that lets old clients in,
// and at this project's server that does.
class tst_Client_OldServers : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void cleanupTestCase() { m_servers.clear(); }
    void carriesAllValues_data() { addServersAndTransports(); }
    void carriesAllValues();
    void acknowledges_data() { addServersAndTransports(); }
    void acknowledges();
    void mainNamespaceIsJoinedByItself_data() { addOldServers(); }
    void mainNamespaceIsJoinedByItself();
    void namespacesHaveTheirCredentials_data() { addOldServers(); }
    void namespacesHaveTheirCredentials();
    void refusalsAreTold();
    void theMainNamespaceMayBeRefusedAlone_data();
    void theMainNamespaceMayBeRefusedAlone();
    void socketIo2RefusesAllWithTheMainNamespace();
    void errorsOfAServerAreTold();
    void leavesAndComesBack_data() { addOldServers(); }
    void leavesAndComesBack();
    void staysWithItsPings_data();
    void staysWithItsPings();
    void otherRevisionIsTold_data();
    void otherRevisionIsTold();

private:
    static void addOldServers();
    static void addServersAndTransports();
    ServerProcess *server(const QString &name, bool refusesMain = false);
    static ClientOptions oldOptions(const Transports &transports = Upgrade);

    std::map<std::pair<QString, bool>, std::unique_ptr<ServerProcess>> m_servers;
};

void tst_Client_OldServers::addOldServers()
{
    QTest::addColumn<QString>("at");
    for (const char *name : {"old", "current", "qt"})
        QTest::newRow(name) << QString::fromLatin1(name);
}

void tst_Client_OldServers::addServersAndTransports()
{
    QTest::addColumn<QString>("at");
    QTest::addColumn<Transports>("transports");
    QTest::addColumn<bool>("base64");
    for (const char *name : {"old", "current", "qt"}) {
        const QString at = QString::fromLatin1(name);
        QTest::addRow("%s, polling", name) << at << PollingOnly << false;
        QTest::addRow("%s, polling, base64", name) << at << PollingOnly << true;
        QTest::addRow("%s, websocket", name) << at << WebSocketOnly << false;
        QTest::addRow("%s, websocket, base64", name) << at << WebSocketOnly << true;
        QTest::addRow("%s, upgrade", name) << at << Upgrade << false;
    }
}

// With short heartbeats, so that each row sends some.
ServerProcess *tst_Client_OldServers::server(const QString &name, bool refusesMain)
{
    std::unique_ptr<ServerProcess> &server = m_servers[{name, refusesMain}];
    if (!server) {
        QJsonObject config{
            {u"pingInterval"_s, 100}, {u"pingTimeout"_s, 2000}, {u"refusesMain"_s, refusesMain}};
        if (name == "qt"_L1)
            config.insert(u"allowEIO3"_s, true);
        if (name == "current"_L1)
            config.insert(u"current"_s, true);
        server = std::make_unique<ServerProcess>(name == "qt"_L1 ? ServerKind::Qt : ServerKind::Old,
                                                 config);
        if (!server->start())
            server.reset();
    }
    return server.get();
}

ClientOptions tst_Client_OldServers::oldOptions(const Transports &transports)
{
    ClientOptions options = quickOptions(transports);
    options.protocol = EngineIo::ProtocolRevision::Revision3;
    return options;
}

void tst_Client_OldServers::carriesAllValues()
{
    QFETCH(QString, at);
    QFETCH(Transports, transports);
    QFETCH(bool, base64);
    ServerProcess *process = server(at);
    QVERIFY(process);
    ClientOptions options = oldOptions(transports);
    options.forceBase64 = base64;
    Manager manager(process->url(), options);
    ClientSocket *socket = manager.socket(u"/"_s);
    const Received echo(socket, u"echo"_s);
    TRY_VERIFY(socket->isConnected());
    const QVariantList values = {
        u"🎉 ü €"_s,
        QString(300000, u'x'),
        QByteArray("\4\0\377", 3),
        QVariantMap{{u"deep"_s, QVariantList{QByteArray(70000, '\7'), u"🎉"_s}}},
        1.5,
        true};
    for (const QVariant &value : values)
        socket->emitEvent(u"echo"_s, value);
    TRY_COMPARE(echo.count(), values.size());
    QCOMPARE(echo.first(), values);
    TRY_COMPARE(manager.transportName(), finalTransport(transports));
}

void tst_Client_OldServers::acknowledges()
{
    QFETCH(QString, at);
    QFETCH(Transports, transports);
    QFETCH(bool, base64);
    ServerProcess *process = server(at);
    QVERIFY(process);
    ClientOptions options = oldOptions(transports);
    options.forceBase64 = base64;
    Manager manager(process->url(), options);
    ClientSocket *socket = manager.socket(u"/"_s);
    const AckResult text(socket->emitWithAck(u"echo"_s, u"a"_s, 2));
    const AckResult binary(socket->emitWithAck(u"echo"_s, QByteArray("\1\2", 2)));
    TRY_VERIFY(text.isAnswered());
    QCOMPARE(text.arguments, (QVariantList{u"a"_s, 2}));
    TRY_VERIFY(binary.isAnswered());
    QCOMPARE(binary.arguments, QVariantList{QByteArray("\1\2", 2)});
    socket->on(u"question"_s, socket,
               [](const QVariant &value, const Ack &ack) { ack(value, u"more"_s); });
    const Received asked(socket, u"asked"_s);
    socket->emitEvent(u"ask"_s, u"what?"_s);
    TRY_COMPARE(asked.count(), 1);
    QCOMPARE(asked.at(0), (QVariantList{u"what?"_s, u"more"_s}));
}

void tst_Client_OldServers::mainNamespaceIsJoinedByItself()
{
    QFETCH(QString, at);
    ServerProcess *process = server(at);
    QVERIFY(process);
    Manager manager(process->url(), oldOptions());
    ClientSocket *chat = manager.socket(u"/chat"_s);
    TRY_VERIFY(chat->isConnected());
    // The server has said so long ago.
    ClientSocket *main = manager.socket(u"/"_s);
    TRY_VERIFY(main->isConnected());
    QCOMPARE(chat->id(), u"/chat#"_s + main->id());
    const AckResult shaken(main->emitWithAck(u"handshake"_s));
    TRY_VERIFY(shaken.isAnswered());
    QCOMPARE(shaken.arguments.value(0).toMap().value(u"id"_s).toString(), main->id());
    // Left, it is joined as any other.
    main->close();
    QVERIFY(!main->isConnected());
    const AckResult meanwhile(chat->emitWithAck(u"echo"_s, 1)); // the server has heard of it
    TRY_VERIFY(meanwhile.isAnswered());
    main->open();
    TRY_VERIFY(main->isConnected());
    const AckResult again(main->emitWithAck(u"echo"_s, 1));
    TRY_VERIFY(again.isAnswered());
    QVERIFY(chat->isConnected());
}

void tst_Client_OldServers::namespacesHaveTheirCredentials()
{
    QFETCH(QString, at);
    ServerProcess *process = server(at);
    QVERIFY(process);
    const QString secret = at == "qt"_L1 ? u"secret"_s : u"se,cret?"_s;
    ClientOptions options = oldOptions();
    options.auth = {{u"token"_s, secret}, {u"other"_s, 1}};
    Manager manager(process->url(), options);
    ClientSocket *admin = manager.socket(u"/admin"_s, options);
    TRY_VERIFY(admin->isConnected());
    const AckResult shaken(admin->emitWithAck(u"handshake"_s));
    TRY_VERIFY(shaken.isAnswered());
    QCOMPARE(shaken.arguments.value(0).toMap().value(u"id"_s).toString(), admin->id());
}

void tst_Client_OldServers::refusalsAreTold()
{
    ServerProcess *process = server(u"old"_s);
    QVERIFY(process);
    Manager manager(process->url(), oldOptions());
    ClientSocket *admin = manager.socket(u"/admin"_s);
    QSignalSpy refused(admin, &ClientSocket::connectError);
    TRY_COMPARE(refused.count(), 1);
    const auto error = refused.at(0).at(0).value<Error>();
    QCOMPARE(error.type(), Error::Type::Refused);
    QCOMPARE(error.message(), u"not authorized"_s);

    ClientOptions options = oldOptions();
    options.auth = {{u"token"_s, u"data"_s}};
    Manager other(process->url(), options);
    ClientSocket *second = other.socket(u"/admin"_s, options);
    QSignalSpy refusedAgain(second, &ClientSocket::connectError);
    TRY_COMPARE(refusedAgain.count(), 1);
    QCOMPARE(refusedAgain.at(0).at(0).value<Error>().data(),
             QVariant(QVariantMap{{u"content"_s, u"Please retry later"_s}}));
}

void tst_Client_OldServers::theMainNamespaceMayBeRefusedAlone_data()
{
    QTest::addColumn<QString>("at");
    QTest::addColumn<Transports>("transports");
    for (const char *name : {"current", "qt"}) {
        QTest::addRow("%s, polling", name) << QString::fromLatin1(name) << PollingOnly;
        QTest::addRow("%s, websocket", name) << QString::fromLatin1(name) << WebSocketOnly;
    }
}

// Servers that let old clients in answer for each namespace.
void tst_Client_OldServers::theMainNamespaceMayBeRefusedAlone()
{
    QFETCH(QString, at);
    QFETCH(Transports, transports);
    ServerProcess *process = server(at, true);
    QVERIFY(process);
    Manager manager(process->url(), oldOptions(transports));
    ClientSocket *chat = manager.socket(u"/chat"_s);
    ClientSocket *main = manager.socket(u"/"_s);
    QSignalSpy refused(main, &ClientSocket::connectError);
    QSignalSpy chatRefused(chat, &ClientSocket::connectError);
    QSignalSpy chatErrors(chat, &ClientSocket::errorOccurred);
    TRY_VERIFY(chat->isConnected());
    TRY_COMPARE(refused.count(), 1);
    QCOMPARE(refused.at(0).at(0).value<Error>().message(), u"not the main one"_s);
    QVERIFY(!main->isActive());
    // It may be asked for again, and still is no matter of the other's.
    main->open();
    TRY_COMPARE(refused.count(), 2);
    QVERIFY(!main->isActive());
    const AckResult echo(chat->emitWithAck(u"echo"_s, 1));
    TRY_VERIFY(echo.isAnswered());
    QCOMPARE(chatRefused.count(), 0);
    QCOMPARE(chatErrors.count(), 0);
}

// It never lets the client into others then, and says so only of those that it does not have.
void tst_Client_OldServers::socketIo2RefusesAllWithTheMainNamespace()
{
    ServerProcess *process = server(u"old"_s, true);
    QVERIFY(process);
    Manager manager(process->url(), oldOptions());
    ClientSocket *chat = manager.socket(u"/chat"_s);
    ClientSocket *admin = manager.socket(u"/admin"_s);
    ClientSocket *unknown = manager.socket(u"/unknown"_s);
    QSignalSpy chatRefused(chat, &ClientSocket::connectError);
    QSignalSpy adminRefused(admin, &ClientSocket::connectError);
    QSignalSpy unknownRefused(unknown, &ClientSocket::connectError);
    QSignalSpy closed(&manager, &Manager::closed);
    TRY_VERIFY(chatRefused.count() == 1 && adminRefused.count() == 1
               && unknownRefused.count() == 1);
    const auto error = chatRefused.at(0).at(0).value<Error>();
    QCOMPARE(error.type(), Error::Type::Refused);
    QCOMPARE(error.message(), u"not the main one"_s);
    QVERIFY(!chat->isActive());
    TRY_COMPARE(closed.count(), 1);
}

// Which Socket.IO 2 has methods for that applications use.
void tst_Client_OldServers::errorsOfAServerAreTold()
{
    ServerProcess *process = server(u"old"_s);
    QVERIFY(process);
    Manager manager(process->url(), oldOptions());
    ClientSocket *chat = manager.socket(u"/chat"_s);
    TRY_VERIFY(chat->isConnected());
    // Unheard, it is a warning.
    QTest::ignoreMessage(QtWarningMsg,
                         QRegularExpression(u"/chat.* got an error from the server: unheard$"_s));
    const AckResult unheard(chat->emitWithAck(u"err me"_s, u"unheard"_s));
    TRY_VERIFY(unheard.isAnswered());
    QSignalSpy errors(chat, &ClientSocket::errorOccurred);
    chat->emitEvent(u"err me"_s, u"busy"_s);
    chat->emitEvent(u"err me"_s, QVariantMap{{u"code"_s, 7}});
    TRY_COMPARE(errors.count(), 2);
    QCOMPARE(errors.at(0).at(0).value<Error>().message(), u"busy"_s);
    QCOMPARE(errors.at(0).at(0).value<Error>().type(), Error::Type::Refused);
    QCOMPARE(errors.at(1).at(0).value<Error>().data(), QVariant(QVariantMap{{u"code"_s, 7}}));
    QVERIFY(chat->isConnected());
}

void tst_Client_OldServers::leavesAndComesBack()
{
    QFETCH(QString, at);
    ServerProcess *process = server(at);
    QVERIFY(process);
    Manager manager(process->url(), oldOptions());
    ClientSocket *chat = manager.socket(u"/chat"_s);
    ClientSocket *main = manager.socket(u"/"_s);
    TRY_VERIFY(chat->isConnected() && main->isConnected());
    QSignalSpy left(chat, &ClientSocket::disconnected);
    chat->emitEvent(u"leave me"_s);
    TRY_COMPARE(left.count(), 1);
    QCOMPARE(left.at(0).at(0).value<ClientSocket::DisconnectReason>(),
             ClientSocket::DisconnectReason::ServerDisconnect);
    chat->open();
    TRY_VERIFY(chat->isConnected());
    // A broken connection is made again, with both.
    const QString id = main->id();
    QSignalSpy lost(main, &ClientSocket::disconnected);
    QSignalSpy back(main, &ClientSocket::connected);
    main->emitEvent(u"close me"_s);
    TRY_COMPARE(lost.count(), 1);
    main->open();
    chat->open();
    TRY_VERIFY(main->isConnected() && chat->isConnected());
    QVERIFY(main->id() != id);
}

void tst_Client_OldServers::staysWithItsPings_data()
{
    QTest::addColumn<QString>("at");
    QTest::addColumn<Transports>("transports");
    QTest::newRow("old, polling") << u"old"_s << PollingOnly;
    QTest::newRow("old, websocket") << u"old"_s << WebSocketOnly;
    QTest::newRow("current, polling") << u"current"_s << PollingOnly;
    QTest::newRow("qt, upgrade") << u"qt"_s << Upgrade;
}

void tst_Client_OldServers::staysWithItsPings()
{
    QFETCH(QString, at);
    QFETCH(Transports, transports);
    ServerProcess *process = server(at);
    QVERIFY(process);
    Manager manager(process->url(), oldOptions(transports));
    ClientSocket *socket = manager.socket(u"/"_s);
    QSignalSpy pongs(&manager, &Manager::pinged);
    QSignalSpy lost(socket, &ClientSocket::disconnected);
    TRY_VERIFY(pongs.count() >= 3);
    QVERIFY(socket->isConnected());
    QCOMPARE(lost.count(), 0);
}

void tst_Client_OldServers::otherRevisionIsTold_data()
{
    QTest::addColumn<ServerKind>("kind");
    QTest::addColumn<Transports>("transports");
    QTest::addColumn<bool>("oldClient");
    QTest::addColumn<QString>("remedy");
    const QString newer = u"allowEIO3"_s;
    const QString older = u"set ClientOptions::protocol to 3"_s;
    QTest::newRow("old client, node, polling") << ServerKind::Node << PollingOnly << true << newer;
    QTest::newRow("old client, qt, polling") << ServerKind::Qt << PollingOnly << true << newer;
    QTest::newRow("old client, qt, websocket") << ServerKind::Qt << WebSocketOnly << true << newer;
    QTest::newRow("new client, polling") << ServerKind::Old << PollingOnly << false << older;
    QTest::newRow("new client, websocket") << ServerKind::Old << WebSocketOnly << false << older;
}

void tst_Client_OldServers::otherRevisionIsTold()
{
    QFETCH(ServerKind, kind);
    QFETCH(Transports, transports);
    QFETCH(bool, oldClient);
    QFETCH(QString, remedy);
    ServerProcess *process =
        kind == ServerKind::Old ? server(u"old"_s) : ServerProcess::shared(kind);
    QVERIFY(process);
    ClientOptions options = oldClient ? oldOptions(transports) : quickOptions(transports);
    options.reconnection = false;
    Manager manager(process->url(), options);
    ClientSocket *socket = manager.socket(u"/"_s);
    QSignalSpy failed(socket, &ClientSocket::connectError);
    TRY_VERIFY(failed.count() >= 1);
    const auto error = failed.at(0).at(0).value<Error>();
    QVERIFY2(error.message().contains(remedy), qPrintable(error.message()));
    QVERIFY2(error.hint().contains(u"protocol"_s), qPrintable(error.hint()));
}

QTSOCKETIO_TEST(tst_Client_OldServers)

#include "tst_client_oldservers.moc"
