// SPDX-License-Identifier: MIT
#include "clienttest.h"
#include "support/testmain.h"

#include <SocketIo/Server>

using namespace ClientTest;

// The client at servers of socket.io from 3.1, the first of this protocol, to the newest; those of
// version 2 are in tst_client_oldservers.
class tst_Client_Versions : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void cleanupTestCase() { m_servers.clear(); }
    void valuesComeBack_data() { addVersions(); }
    void valuesComeBack();
    void namespacesRoomsAndRefusals_data() { addVersions(); }
    void namespacesRoomsAndRefusals();
    void leavesAndComesBack_data() { addVersions(); }
    void leavesAndComesBack();
    void transportsThatTheServerDoesNotTake();

private:
    static void addVersions();
    ServerProcess *server(const QString &package);

    std::map<QString, std::unique_ptr<ServerProcess>> m_servers;
};

void tst_Client_Versions::addVersions()
{
    QTest::addColumn<QString>("package");
    QTest::addColumn<Transports>("transports");
    for (const char *package : {"socket.io-3.1", "socket.io-4.0", "socket.io"}) {
        const QString name = QString::fromLatin1(package);
        QTest::addRow("%s, polling", package) << name << PollingOnly;
        QTest::addRow("%s, websocket", package) << name << WebSocketOnly;
        QTest::addRow("%s, upgrade", package) << name << Upgrade;
    }
}

ServerProcess *tst_Client_Versions::server(const QString &package)
{
    std::unique_ptr<ServerProcess> &server = m_servers[package];
    if (!server) {
        server = std::make_unique<ServerProcess>(
            ServerKind::Node, QJsonObject{{u"package"_s, package}, {u"pingInterval"_s, 1000}});
        if (!server->start())
            server.reset();
    }
    return server.get();
}

void tst_Client_Versions::valuesComeBack()
{
    QFETCH(QString, package);
    QFETCH(Transports, transports);
    ServerProcess *process = server(package);
    QVERIFY(process);
    Manager manager(process->url(), quickOptions(transports));
    ClientSocket *socket = manager.socket();
    const Received echo(socket, u"echo"_s);
    socket->on(u"question"_s, socket,
               [](const QByteArray &bytes, const Ack &ack) { ack(u"answer"_s, bytes + bytes); });
    const Received asked(socket, u"asked"_s);
    const QVariantList values{u"\U0001F600 ü €"_s, 42LL, -1.5, QByteArray("\4\0\377", 3),
                              QVariantMap{{u"deep"_s, QVariantList{QByteArray(70000, '\7')}}}};
    socket->emitEventList(u"echo"_s, values);
    TRY_COMPARE(echo.count(), 1);
    QCOMPARE(echo.at(0), values);
    AckResult answer(socket->emitWithAckList(u"echo"_s, values));
    TRY_VERIFY(answer.isAnswered());
    QCOMPARE(answer.arguments, values);
    socket->emitEvent(u"ask"_s, QByteArray("ab"));
    TRY_COMPARE(asked.count(), 1);
    QCOMPARE(asked.at(0), QVariantList({u"answer"_s, QByteArray("abab")}));
    TRY_COMPARE(manager.transportName(), finalTransport(transports));
}

void tst_Client_Versions::namespacesRoomsAndRefusals()
{
    QFETCH(QString, package);
    QFETCH(Transports, transports);
    ServerProcess *process = server(package);
    QVERIFY(process);
    Manager manager(process->url(), quickOptions(transports));
    ClientSocket *admin = manager.socket(u"/admin"_s);
    QSignalSpy refused(admin, &ClientSocket::connectError);
    ClientSocket *chat = manager.socket(u"/chat"_s);
    const Received told(chat, u"told"_s);
    TRY_COMPARE(refused.count(), 1);
    const auto error = refused[0][0].value<Error>();
    QCOMPARE(error.message(), u"not authorized"_s);
    QCOMPARE(error.data().toMap(), QVariantMap({{u"content"_s, u"Please retry later"_s}}));
    admin->setAuth({{u"token"_s, u"secret"_s}});
    admin->open();
    TRY_VERIFY(admin->isConnected());

    const QString room = uniqueName();
    AckResult joined(chat->emitWithAck(u"join"_s, room));
    TRY_VERIFY(joined.isAnswered());
    chat->emitEvent(u"tell"_s, uniqueName(), u"nobody hears this"_s);
    chat->emitEvent(u"tell"_s, room, QByteArray("said"));
    TRY_COMPARE(told.count(), 1);
    QCOMPARE(told.at(0), QVariantList{QByteArray("said")});
}

void tst_Client_Versions::leavesAndComesBack()
{
    QFETCH(QString, package);
    QFETCH(Transports, transports);
    ServerProcess *process = server(package);
    QVERIFY(process);
    Manager manager(process->url(), quickOptions(transports));
    ClientSocket *socket = manager.socket();
    TRY_VERIFY(socket->isConnected());
    const QString id = socket->id();
    QSignalSpy connected(socket, &ClientSocket::connected);
    socket->emitEvent(u"drop me"_s); // the connection, which the manager makes anew
    TRY_COMPARE(connected.count(), 1);
    QVERIFY(socket->id() != id);
    socket->emitEvent(u"leave me"_s);
    TRY_VERIFY(!socket->isConnected());
    socket->open();
    AckResult answer(socket->emitWithAck(u"echo"_s, 1));
    TRY_VERIFY(answer.isAnswered());
    socket->close();
    QVERIFY(!socket->isConnected());
}

void tst_Client_Versions::transportsThatTheServerDoesNotTake()
{
    ServerOptions options;
    options.transports = {EngineIo::TransportType::Polling};
    Server io(options);
    QVERIFY(io.listen(QHostAddress::LocalHost));
    Manager manager(QUrl(u"http://127.0.0.1:%1"_s.arg(io.serverPort())),
                    quickOptions(WebSocketOnly));
    QSignalSpy errors(manager.socket(), &ClientSocket::connectError);
    TRY_VERIFY(!errors.isEmpty());
    const auto error = errors.first().first().value<Error>();
    QVERIFY2(error.message().contains(u"Transport unknown"_s), qPrintable(error.message()));
    QVERIFY2(error.hint().contains(u"option transports"_s), qPrintable(error.hint()));
}

QTSOCKETIO_TEST(tst_Client_Versions)

#include "tst_client_versions.moc"
