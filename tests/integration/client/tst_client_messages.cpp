// SPDX-License-Identifier: MIT
#include "integration/engine/scriptedserver.h"
#include "support/testmain.h"

#include <SocketIo/Manager>
#include <SocketIo/Server>

#include <QtCore/qloggingcategory.h>
#include <QtCore/qregularexpression.h>
#include <QtNetwork/qtcpsocket.h>
#include <QtTest/qsignalspy.h>
#include <QtTest/qtest.h>

#include <memory>
#include <utility>

using namespace SocketIo;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using EngineIo::TransportType;

namespace {

QtMessageHandler previousHandler = nullptr;
QStringList *lines = nullptr;

void collect(QtMsgType type, const QMessageLogContext &context, const QString &text)
{
    const QString category = QString::fromLatin1(context.category);
    if (!category.startsWith(u"qt.socketio.client"_s)) {
        previousHandler(type, context, text);
        return;
    }
    lines->append((type == QtWarningMsg ? u"warning "_s : QString()) + category.mid(12) + u": "_s
                  + text);
}

// What the client's categories print.
class Log
{
public:
    explicit Log(const QString &rules)
    {
        lines = &m_lines;
        previousHandler = qInstallMessageHandler(collect);
        QLoggingCategory::setFilterRules(rules);
    }
    ~Log()
    {
        QLoggingCategory::setFilterRules({});
        qInstallMessageHandler(previousHandler);
        lines = nullptr;
    }
    Q_DISABLE_COPY_MOVE(Log)

    const QStringList &all() const { return m_lines; }
    qsizetype count(const QString &expression) const
    {
        return m_lines.filter(QRegularExpression(u'^' + expression + u'$')).size();
    }

private:
    QStringList m_lines;
};

} // namespace

Q_DECLARE_METATYPE(QList<EngineIo::TransportType>)

// What applications, users and developers read: errors, descriptions and the log.
class tst_Client_Messages : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void refusedConnection_data();
    void refusedConnection();
    void silentServer();
    void endedConnection_data();
    void endedConnection();
    void lostHeartbeat();
    void leftNamespace();
    void oldServer();
    void badAddressesAreRefusedAtOnceAndForGood_data();
    void badAddressesAreRefusedAtOnceAndForGood();
    void addressesNeedNoScheme_data();
    void addressesNeedNoScheme();
    void ownQueryKeysAreTheClients();
    void onlyTheFirstFailureIsAWarning();
    void failuresThatAreHeardAreNoWarnings_data();
    void failuresThatAreHeardAreNoWarnings();
    void logTellsWhatTheClientDoes();
    void logCutsLongPackets();

private:
    static ClientOptions quick(const QList<TransportType> &transports)
    {
        ClientOptions options;
        options.transports = transports;
        options.reconnectionDelay = 5ms;
        options.reconnectionDelayMax = 5ms;
        options.randomizationFactor = 0;
        return options;
    }
    static QUrl urlOf(const Server &io)
    {
        return QUrl(u"http://127.0.0.1:%1"_s.arg(io.serverPort()));
    }
    static quint16 closedPort()
    {
        QTcpServer server;
        server.listen(QHostAddress::LocalHost);
        return server.serverPort();
    }
    static void addTransports()
    {
        QTest::addColumn<QList<TransportType>>("transports");
        QTest::newRow("polling") << QList{TransportType::Polling};
        QTest::newRow("websocket") << QList{TransportType::WebSocket};
    }
};

void tst_Client_Messages::refusedConnection_data()
{
    addTransports();
}

void tst_Client_Messages::refusedConnection()
{
    QFETCH(QList<TransportType>, transports);
    const QString address = u"http://127.0.0.1:%1"_s.arg(closedPort());
    const QString expected = u"cannot connect to %1: connection refused"_s.arg(address);
    // Neither passwords nor queries are shown.
    QUrl url(address + u"/chat?token=hidden"_s);
    url.setUserInfo(u"ada:secret"_s);
    Manager manager(url, quick(transports));
    QSignalSpy errors(&manager, &Manager::errorOccurred);
    QSignalSpy again(&manager, &Manager::reconnectError);
    QSignalSpy connectErrors(manager.socket(), &ClientSocket::connectError);
    QTRY_VERIFY(!errors.isEmpty() && !again.isEmpty() && connectErrors.size() > 1);
    for (const QSignalSpy *spy : {&errors, &again, &connectErrors}) {
        const Error error = spy->at(0).at(0).value<Error>();
        QCOMPARE(error.message(), expected);
        QCOMPARE(error.type(), Error::Type::Transport);
        QVERIFY(!error.data().toMap().contains(u"code"_s));
    }
}

void tst_Client_Messages::silentServer()
{
    ScriptedServer silent([](const ScriptedServer::Request &) { return QByteArray(); });
    ClientOptions options = quick({TransportType::Polling});
    options.timeout = 50ms;
    Manager manager(silent.url(), options);
    QSignalSpy errors(manager.socket(), &ClientSocket::connectError);
    QTRY_VERIFY(!errors.isEmpty());
    const Error error = errors.at(0).at(0).value<Error>();
    QCOMPARE(error.message(),
             u"cannot connect to %1: the server did not answer within 50 ms"_s.arg(
                 silent.url().toString()));
    QCOMPARE(error.type(), Error::Type::Timeout);
}

void tst_Client_Messages::endedConnection_data()
{
    addTransports();
}

void tst_Client_Messages::endedConnection()
{
    QFETCH(QList<TransportType>, transports);
    Server io;
    QVERIFY(io.listen(QHostAddress::LocalHost));
    Manager manager(urlOf(io), quick(transports));
    ClientSocket *socket = manager.socket();
    QTRY_VERIFY(socket->isConnected());
    QSignalSpy disconnected(socket, &ClientSocket::disconnected);
    io.close();
    QTRY_COMPARE(disconnected.size(), 1);
    const QString description = disconnected.at(0).at(1).toString();
    QVERIFY2(description.startsWith(u"the connection to %1 "_s.arg(manager.url().toString())),
             qPrintable(description));
}

void tst_Client_Messages::lostHeartbeat()
{
    // It opens a session and joins the namespace, and is silent from then on.
    ScriptedServer silent([](const ScriptedServer::Request &request) {
        if (request.method == "POST")
            return ScriptedServer::answer(200, "ok");
        if (!request.target.contains("sid="))
            return ScriptedServer::handshake(R"("upgrades":[],"pingInterval":60,"pingTimeout":40)");
        return request.number < 4 ? ScriptedServer::answer(200, R"(40{"sid":"x"})") : QByteArray();
    });
    ClientOptions options = quick({TransportType::Polling});
    options.reconnection = false;
    Manager manager(silent.url(), options);
    ClientSocket *socket = manager.socket();
    QSignalSpy disconnected(socket, &ClientSocket::disconnected);
    QTRY_COMPARE(disconnected.size(), 1);
    QCOMPARE(disconnected.at(0).at(0).value<ClientSocket::DisconnectReason>(),
             ClientSocket::DisconnectReason::PingTimeout);
    QCOMPARE(disconnected.at(0).at(1).toString(),
             u"the connection to %1 broke: nothing came from the server for 100 ms"_s.arg(
                 silent.url().toString()));
}

void tst_Client_Messages::leftNamespace()
{
    Server io;
    QVERIFY(io.listen(QHostAddress::LocalHost));
    connect(&io, &Server::connected, this, [](Socket *socket) { socket->conn()->id(); });
    connect(io.of(u"/chat"_s), &Namespace::connected, this, [](Socket *socket) {
        QMetaObject::invokeMethod(
            socket, [socket] { socket->nsp()->disconnectSockets(); }, Qt::QueuedConnection);
    });
    Manager manager(urlOf(io));
    ClientSocket *socket = manager.socket(u"/chat"_s);
    QSignalSpy disconnected(socket, &ClientSocket::disconnected);
    QTRY_COMPARE(disconnected.size(), 1);
    QCOMPARE(disconnected.at(0).at(1).toString(),
             u"the server has removed the client from the namespace /chat"_s);
    // The application's own end needs no explanation.
    QTRY_VERIFY(manager.socket(u"/"_s)->isConnected());
    QSignalSpy own(manager.socket(u"/"_s), &ClientSocket::disconnected);
    manager.close();
    QCOMPARE(own.size(), 1);
    QCOMPARE(own.at(0).at(1).toString(), QString());
}

void tst_Client_Messages::oldServer()
{
    ScriptedServer old([](const ScriptedServer::Request &request) {
        if (request.method == "POST")
            return ScriptedServer::answer(200, "ok");
        if (!request.target.contains("sid="))
            return ScriptedServer::handshake();
        return request.number < 4 ? ScriptedServer::answer(200, "40") : QByteArray();
    });
    Manager manager(old.url(), quick({TransportType::Polling}));
    QSignalSpy errors(manager.socket(), &ClientSocket::connectError);
    QTRY_VERIFY(!errors.isEmpty());
    QCOMPARE(errors.at(0).at(0).value<Error>().message(),
             u"%1 answers as Socket.IO 2 does: set ClientOptions::protocol to 3"_s.arg(
                 old.url().toString()));
}

void tst_Client_Messages::badAddressesAreRefusedAtOnceAndForGood_data()
{
    QTest::addColumn<QString>("address");
    QTest::addColumn<QString>("error");
    QTest::newRow("scheme") << u"ftp://localhost:3000"_s
                            << u"cannot connect to \"ftp://localhost:3000\": the scheme \"ftp\" is "
                               "not supported, only http, https, ws and wss are"_s;
    QTest::newRow("file") << u"file:///"_s
                          << u"cannot connect to \"file:///\": the scheme \"file\" is not "
                             "supported, only http, https, ws and wss are"_s;
    QTest::newRow("no host") << u"http:///"_s
                             << u"\"http:///\" is not a server address: it names no host"_s;
    QTest::newRow("namespace")
        << u"/chat"_s
        << u"\"/chat\" is not a server address: it names a namespace, but no host, as "
           "\"http://localhost:3000/chat\" does"_s;
    QTest::newRow("empty") << QString() << u"no server address was given"_s;
}

void tst_Client_Messages::badAddressesAreRefusedAtOnceAndForGood()
{
    QFETCH(QString, address);
    QFETCH(QString, error);
    Log log({});
    ClientSocket *socket = Manager::connectTo(QUrl(address), quick({TransportType::Polling}));
    Manager *manager = socket->manager();
    QSignalSpy errors(socket, &ClientSocket::connectError);
    QSignalSpy attempts(manager, &Manager::reconnectAttempted);
    QVERIFY(socket->isActive()); // errors come when the caller can have connected to them
    QTRY_COMPARE(errors.size(), 1);
    QCOMPARE(errors.at(0).at(0).value<Error>().message(), error);
    QCOMPARE(errors.at(0).at(0).value<Error>().type(), Error::Type::Argument);
    QVERIFY(!socket->isActive());
    QCOMPARE(manager->state(), Manager::State::Closed);
    QVERIFY2(log.all().isEmpty(), qPrintable(log.all().join(u"|"_s))); // somebody hears of it
    QCOMPARE(errors.at(0).at(0).value<Error>().hint(),
             u"Give an address such as \"https://example.org\" or \"http://localhost:3000\"."_s);

    // It can be set right.
    Server io;
    io.of(socket->nsp());
    QVERIFY(io.listen(QHostAddress::LocalHost));
    manager->setUrl(urlOf(io));
    QMetaObject::invokeMethod(socket, &ClientSocket::open);
    QTRY_COMPARE(manager->state(), Manager::State::Open);
    QTRY_VERIFY(socket->isConnected());
    QCOMPARE(errors.size(), 1);
    QCOMPARE(attempts.size(), 0);
    delete socket;
}

void tst_Client_Messages::addressesNeedNoScheme_data()
{
    QTest::addColumn<QString>("format");
    QTest::addColumn<QString>("nsp");
    QTest::newRow("IPv4") << u"127.0.0.1:%1"_s << u"/"_s;
    QTest::newRow("IPv4 and namespace") << u"127.0.0.1:%1/chat?x=1"_s << u"/chat"_s;
    QTest::newRow("name") << u"localhost:%1"_s << u"/"_s;
    QTest::newRow("name and namespace") << u"localhost:%1/chat?x=1"_s << u"/chat"_s;
    QTest::newRow("slashes") << u"//localhost:%1/chat"_s << u"/chat"_s;
    QTest::newRow("IPv6") << u"[::1]:%1/chat"_s << u"/chat"_s;
}

void tst_Client_Messages::addressesNeedNoScheme()
{
    QFETCH(QString, format);
    QFETCH(QString, nsp);
    Server io;
    io.of(u"/chat"_s);
    const bool ipv6 = format.contains(u"::"_s);
    if (!io.listen(ipv6 ? QHostAddress::LocalHostIPv6 : QHostAddress::LocalHost)) {
        if (ipv6)
            QSKIP("There is no IPv6.");
        QFAIL(qPrintable(io.errorString()));
    }
    const std::unique_ptr<ClientSocket> socket(
        Manager::connectTo(QUrl(format.arg(io.serverPort()))));
    QCOMPARE(socket->nsp(), nsp);
    QTRY_VERIFY(socket->isConnected());
}

void tst_Client_Messages::ownQueryKeysAreTheClients()
{
    QByteArray target;
    ScriptedServer server([&target](const ScriptedServer::Request &request) {
        target = request.target;
        return QByteArray();
    });
    const std::unique_ptr<ClientSocket> socket(Manager::connectTo(
        QUrl(server.url().toString() + u"/?EIO=3&transport=websocket&sid=1&token=a"_s),
        quick({TransportType::Polling})));
    QTRY_VERIFY(!target.isEmpty());
    QCOMPARE(target.count("EIO="), 1);
    QVERIFY(target.contains("EIO=4"));
    QCOMPARE(target.count("transport="), 1);
    QVERIFY(target.contains("transport=polling"));
    QVERIFY(!target.contains("sid="));
    QVERIFY(target.contains("token=a"));
}

void tst_Client_Messages::onlyTheFirstFailureIsAWarning()
{
    Log log({});
    const quint16 port = closedPort();
    Manager manager(QUrl(u"http://127.0.0.1:%1"_s.arg(port)), quick({TransportType::Polling}));
    QSignalSpy attempts(&manager, &Manager::reconnectAttempted);
    QTRY_VERIFY(attempts.size() >= 4);
    const QString warning = u"warning client: cannot connect to http://127\\.0\\.0\\.1:%1: "
                            "connection refused\\. Check that .*"_s.arg(port);
    QCOMPARE(log.count(warning), 1);
    QCOMPARE(log.all().size(), 1);
    // After a connection the next failure is news again.
    auto io = std::make_unique<Server>();
    QVERIFY(io->listen(QHostAddress::LocalHost, port));
    QTRY_COMPARE(manager.state(), Manager::State::Open);
    io.reset();
    attempts.clear();
    QTRY_VERIFY(attempts.size() >= 4);
    QCOMPARE(log.count(u"warning .*"_s), 2);
}

void tst_Client_Messages::failuresThatAreHeardAreNoWarnings_data()
{
    QTest::addColumn<bool>("onManager");
    QTest::addColumn<bool>("onSocket");
    QTest::addColumn<bool>("onOtherSocket");
    QTest::addColumn<bool>("onGivingUp");
    QTest::newRow("nobody") << false << false << false << false;
    QTest::newRow("manager") << true << false << false << false;
    QTest::newRow("socket") << false << true << false << false;
    QTest::newRow("other socket") << false << false << true << false;
    QTest::newRow("giving up") << false << false << false << true;
    QTest::newRow("all") << true << true << true << true;
}

void tst_Client_Messages::failuresThatAreHeardAreNoWarnings()
{
    QFETCH(bool, onManager);
    QFETCH(bool, onSocket);
    QFETCH(bool, onOtherSocket);
    QFETCH(bool, onGivingUp);
    const Log log({});
    ClientOptions options = quick({TransportType::Polling});
    options.reconnectionAttempts = 2;
    QTcpSocket taken; // so that nobody listens there
    QVERIFY(taken.bind(QHostAddress::LocalHost));
    Manager manager(QUrl(u"http://127.0.0.1:%1"_s.arg(taken.localPort())), options);
    const QSignalSpy attempts(&manager, &Manager::reconnectAttempted);
    if (onManager)
        connect(&manager, &Manager::errorOccurred, this, [] {});
    if (onSocket)
        connect(manager.socket(), &ClientSocket::connectError, this, [] {});
    if (onOtherSocket)
        connect(manager.socket(u"/other"_s), &ClientSocket::lastErrorChanged, this, [] {});
    if (onGivingUp)
        connect(&manager, &Manager::reconnectFailed, this, [] {});
    QTRY_VERIFY(attempts.size() == 2 && manager.state() == Manager::State::Closed);
    const bool heard = onManager || onSocket || onOtherSocket;
    QCOMPARE(log.count(u"warning client: cannot connect to .*"_s), heard ? 0 : 1);
    QCOMPARE(log.count(u"warning client: giving up .*"_s), onGivingUp ? 0 : 1);
    QCOMPARE(log.all().size(), (heard ? 0 : 1) + (onGivingUp ? 0 : 1));
}

void tst_Client_Messages::logTellsWhatTheClientDoes()
{
    Log log(u"qt.socketio.client*=true"_s);
    const quint16 port = closedPort();
    const QString address = u"http://127\\.0\\.0\\.1:%1"_s.arg(port);
    ClientOptions options = quick({TransportType::Polling});
    options.auth = {{u"token"_s, u"secret"_s}};
    options.reconnectionDelay = options.reconnectionDelayMax = 50ms;
    Manager manager(QUrl(u"http://127.0.0.1:%1"_s.arg(port)), options);
    ClientSocket *socket = manager.socket(u"/chat"_s);
    QTRY_COMPARE(log.count(u"client: Attempt 1 to connect to %1 again in 50 ms"_s.arg(address)), 1);
    QCOMPARE(log.count(u"client: Connecting to "_s + address), 1);

    Server io;
    io.of(u"/closed"_s)->use([](Socket *, const Next &next) { next(Error(u"no entry"_s)); });
    connect(io.of(u"/chat"_s), &Namespace::connected, this, [](Socket *other) {
        other->emitEvent(u"news"_s, u"hello"_s);
        other->on(u"save"_s, other, [](const Ack &ack) { ack(u"ok"_s); });
    });
    QVERIFY(io.listen(QHostAddress::LocalHost, port));
    QTRY_VERIFY(socket->isConnected());
    QCOMPARE(
        log.count(u"client: Connected to %1 over polling, session [-_0-9a-zA-Z]+"_s.arg(address)),
        1);
    QCOMPARE(log.count(u"client: Joining namespace /chat"_s), 1);
    QCOMPARE(log.count(u"client.packets: Sent CONNECT /chat \\{\"token\":\"secret\"\\}"_s), 1);
    QCOMPARE(log.count(u"client.packets: Received CONNECT /chat \\{\"sid\":\"%1\"\\}"_s.arg(
                 QRegularExpression::escape(socket->id()))),
             1);
    QCOMPARE(log.count(u"client: Joined namespace /chat as "_s
                       + QRegularExpression::escape(socket->id())),
             1);
    QTRY_COMPARE(
        log.count(u"client: Namespace /chat got the event news for which there is no listener"_s),
        1);
    QCOMPARE(log.count(u"client.packets: Received EVENT /chat \\[\"news\",\"hello\"\\]"_s), 1);

    socket->on(u"news"_s, socket, [] {});
    bool saved = false;
    socket->emitWithAck(u"save"_s)->then(this, [&] { saved = true; });
    QTRY_VERIFY(saved);
    QCOMPARE(log.count(u"client.packets: Sent EVENT /chat \\[\"save\"\\] id 0"_s), 1);
    QCOMPARE(log.count(u"client.packets: Received ACK /chat \\[\"ok\"\\] id 0"_s), 1);
    QCOMPARE(log.count(u".*no listener.*"_s), 1);

    ClientSocket *refused = manager.socket(u"/closed"_s);
    QSignalSpy refusals(refused, &ClientSocket::connectError);
    QTRY_COMPARE(refusals.size(), 1);
    QCOMPARE(log.count(u"client: refused by namespace /closed of %1: no entry"_s.arg(address)), 1);

    manager.close();
    QTRY_COMPARE(manager.state(), Manager::State::Closed);
    QCOMPARE(log.count(u"client: Closing the connection to "_s + address), 1);
    QCOMPARE(log.count(u"client: Closed the connection to "_s + address), 1);
}

void tst_Client_Messages::logCutsLongPackets()
{
    Log log(u"qt.socketio.client.packets=true"_s);
    Server io;
    QVERIFY(io.listen(QHostAddress::LocalHost));
    Manager manager(urlOf(io), quick({TransportType::WebSocket}));
    QTRY_VERIFY(manager.socket()->isConnected());
    manager.socket()->emitEvent(u"long"_s, QString(100'000, u'x'));
    QCOMPARE(log.count(u"client.packets: Sent EVENT / \\[\"long\",\"x+\\.\\.\\. .*"_s), 1);
    QVERIFY(log.all().constLast().size() < 1200);
    // Of binary data nobody can read anything.
    manager.socket()->emitEvent(u"binary"_s, QByteArray(100'000, 'x'));
    QCOMPARE(log.all().constLast(),
             u"client.packets: Sent EVENT / [\"binary\",\"(binary, 100000 bytes)\"]"_s);
}

QTSOCKETIO_TEST(tst_Client_Messages)
#include "tst_client_messages.moc"
