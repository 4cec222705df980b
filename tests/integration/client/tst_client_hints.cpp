// SPDX-License-Identifier: MIT
#include "integration/engine/scriptedserver.h"
#include "socketio/client/manager_p.h"
#include "support/certificates.h"
#include "support/testmain.h"
#include "support/warnings.h"

#include <SocketIo/Manager>
#include <SocketIo/Server>

#include <QtCore/qeventloop.h>
#include <QtCore/qfuturewatcher.h>
#include <QtCore/qscopeguard.h>
#include <QtCore/qtimer.h>
#include <QtTest/qsignalspy.h>
#include <QtTest/qtest.h>

#include <algorithm>
#include <memory>
#include <utility>

#ifdef Q_OS_UNIX
#include <sys/resource.h>
#include <unistd.h>
#endif

using namespace SocketIo;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using EngineIo::TransportType;

#define TRY_VERIFY(condition) QTRY_VERIFY_WITH_TIMEOUT(condition, 60000)

namespace {

ClientOptions quick(const QList<TransportType> &transports)
{
    ClientOptions options;
    options.transports = transports;
    options.reconnection = false;
    return options;
}

QUrl urlOf(const Server &io, const QString &scheme = u"http"_s)
{
    return QUrl(u"%1://127.0.0.1:%2"_s.arg(scheme).arg(io.serverPort()));
}

void addTransports()
{
    QTest::addColumn<QList<TransportType>>("transports");
    QTest::newRow("polling") << QList{TransportType::Polling};
    QTest::newRow("websocket") << QList{TransportType::WebSocket};
}

} // namespace

Q_DECLARE_METATYPE(QList<EngineIo::TransportType>)

// Whether each error says its own reason and remedy, and nothing that fails is mute.
class tst_Client_Hints : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void descriptors_data() { addTransports(); }
    void descriptors();
    void addresses_data();
    void addresses();
    void tlsWhereThereIsNone_data() { addTransports(); }
    void tlsWhereThereIsNone();
    void noTlsWhereThereIsSome_data() { addTransports(); }
    void noTlsWhereThereIsSome();
    void messagesTooBig_data() { addTransports(); }
    void messagesTooBig();
    void messagesTooBigForTheClient_data() { addTransports(); }
    void messagesTooBigForTheClient();
    void otherServers_data();
    void otherServers();
    void refusals_data();
    void refusals();
    void givingUp();
    void lateAcknowledgements();
    void failuresThatNobodyHearsOf();
    void acknowledgementsOutliveTheirSocket_data();
    void acknowledgementsOutliveTheirSocket();
    void acknowledgementsOutliveTheirServer_data();
    void acknowledgementsOutliveTheirServer();
    void slotsThatWaitForAnAcknowledgement();

private:
    // The error of the first attempt.
    static Error failure(const QUrl &url, const QList<TransportType> &transports,
                         const QSslConfiguration *ssl = nullptr)
    {
        ClientOptions options = quick(transports);
        if (ssl)
            options.sslConfiguration = *ssl;
        Manager manager(url, options);
        const ClientSocket *socket = manager.socket(); // without a slot that hears of it
        const auto failed = [socket] { return socket->lastError().isError(); };
        return QTest::qWaitFor(failed, 60000) ? socket->lastError() : Error();
    }

    Certificates m_certificates;
};

// A program that has used up its file descriptors is told so, and goes on when it has some again.
void tst_Client_Hints::descriptors()
{
#ifdef __has_feature
#if __has_feature(address_sanitizer)
    QSKIP("Sanitizers need descriptors of their own.");
#endif
#endif
#ifdef Q_OS_UNIX
    QFETCH(QList<TransportType>, transports);
    rlimit former{};
    QCOMPARE(::getrlimit(RLIMIT_NOFILE, &former), 0);
    rlimit low = former;
    low.rlim_cur = std::min<rlim_t>(former.rlim_cur, 200);
    Server io;
    QVERIFY(io.listen(QHostAddress::LocalHost));
    Manager manager(urlOf(io), quick(transports));
    ClientSocket *socket = manager.socket();
    TRY_VERIFY(socket->isConnected());
    manager.close();
    TRY_VERIFY(manager.state() == Manager::State::Closed);

    QSignalSpy errors(&manager, &Manager::errorOccurred);
    QList<int> taken;
    QCOMPARE(::setrlimit(RLIMIT_NOFILE, &low), 0);
    const auto restore = qScopeGuard([&] {
        for (const int descriptor : std::as_const(taken))
            ::close(descriptor);
        ::setrlimit(RLIMIT_NOFILE, &former);
    });
    const auto takeAll = [&taken] {
        for (int descriptor = ::dup(0); descriptor >= 0; descriptor = ::dup(0))
            taken += descriptor;
    };
    takeAll();
    QTimer timer; // what the closed connection has had becomes free later
    connect(&timer, &QTimer::timeout, this, takeAll);
    timer.start(1);
    socket->open();
    TRY_VERIFY(!errors.isEmpty());
    const Error error = errors.at(0).at(0).value<Error>();
    if (transports.contains(TransportType::Polling)) {
        QVERIFY2(error.message().endsWith(u"the program may not open more files"_s),
                 qPrintable(error.message()));
        QVERIFY2(error.hint().contains(u"ulimit"_s), qPrintable(error.hint()));
    }
    timer.stop();
    for (const int descriptor : std::exchange(taken, {}))
        ::close(descriptor);
    socket->open();
    TRY_VERIFY(socket->isConnected());
#else
    QSKIP("about the limits of Unix");
#endif
}

void tst_Client_Hints::addresses_data()
{
    QTest::addColumn<QString>("address");
    QTest::addColumn<QString>("text");
    QTest::newRow("scheme") << u"ftp://localhost"_s << u"\"ftp\" is not supported"_s;
    QTest::newRow("empty") << QString() << u"no server address was given"_s;
    QTest::newRow("no host") << u"http:///"_s << u"\"http:///\" is not a server address"_s;
    QTest::newRow("port") << u"http://localhost:99999"_s
                          << u"\"http://localhost:99999\" is not a server address"_s;
    QTest::newRow("password") << u"http://ada:secret@local host"_s << u"local host"_s;
}

void tst_Client_Hints::addresses()
{
    QFETCH(QString, address);
    QFETCH(QString, text);
    const Warnings log;
    const Error error = failure(QUrl(address), {TransportType::Polling});
    QCOMPARE(error.type(), Error::Type::Argument);
    QVERIFY2(error.message().contains(text), qPrintable(error.message()));
    QVERIFY2(error.hint().contains(u"address such as"_s), qPrintable(error.hint()));
    QVERIFY(!log.text().contains(u"secret"_s));
    // The engine alone says it as well.
    EngineIo::Client engine((QUrl(address)));
    QSignalSpy errors(&engine, &EngineIo::Client::errorOccurred);
    engine.open();
    TRY_VERIFY(!errors.isEmpty());
    const auto own = errors.first().first().value<EngineIo::ClientError>();
    QVERIFY2(own.message().contains(text), qPrintable(own.message()));
    QVERIFY2(own.hint().contains(u"address such as"_s), qPrintable(own.hint()));
}

void tst_Client_Hints::tlsWhereThereIsNone()
{
    QFETCH(QList<TransportType>, transports);
    Server io;
    QVERIFY(io.listen(QHostAddress::LocalHost));
    const Warnings log;
    const Error error = failure(urlOf(io, u"https"_s), transports);
    QVERIFY2(error.message().endsWith(u"the server does not speak TLS (https) at this port"_s),
             qPrintable(error.message()));
    QVERIFY2(error.hint().contains(u"begins with http://"_s), qPrintable(error.hint()));
    QCOMPARE(log.all(), QStringList{error.message() + u". "_s + error.hint()});
}

void tst_Client_Hints::noTlsWhereThereIsSome()
{
    QFETCH(QList<TransportType>, transports);
    QVERIFY2(m_certificates.isValid(), "needs the openssl program");
    Server io;
    io.setSslConfiguration(m_certificates.forServer());
    QVERIFY(io.listen(QHostAddress::LocalHost));
    const Warnings log;
    const Error error = failure(urlOf(io), transports);
    QCOMPARE(error.type(), Error::Type::Transport);
    QVERIFY2(error.hint().contains(u"begins with https://"_s), qPrintable(error.hint()));
    // Another authority is another mistake.
    for (const QString &scheme : {u"https"_s, u"wss"_s}) {
        const Error unknown = failure(urlOf(io, scheme), transports);
        QVERIFY2(unknown.message().startsWith(
                     u"cannot connect to %1: the server's certificate is not accepted: "_s.arg(
                         urlOf(io, scheme).toString())),
                 qPrintable(unknown.message()));
        QVERIFY2(unknown.hint().contains(u"sslConfiguration"_s), qPrintable(unknown.hint()));
    }
}

void tst_Client_Hints::messagesTooBig()
{
    QFETCH(QList<TransportType>, transports);
    ServerOptions serverOptions;
    serverOptions.maxHttpBufferSize = 1000;
    Server io(serverOptions);
    QVERIFY(io.listen(QHostAddress::LocalHost));
    Manager manager(urlOf(io), quick(transports));
    ClientSocket *socket = manager.socket();
    TRY_VERIFY(socket->isConnected());
    const Warnings log;
    QSignalSpy disconnected(socket, &ClientSocket::disconnected);
    Error error;
    socket->emitWithAck(u"save"_s, QString(2000, u'x'))->onFailed(this, [&](const Error &why) {
        error = why;
    });
    TRY_VERIFY(error);
    const QString reason =
        u"a message of 2014 bytes (420[\"save\"...) is bigger than the 1000 bytes "
        "that the server accepts (its option maxHttpBufferSize)"_s;
    const QString text = disconnected.first().at(1).toString();
    QVERIFY2(text.endsWith(reason), qPrintable(text));
    QCOMPARE(error.type(), Error::Type::Disconnected);
    QVERIFY2(error.message().contains(u"\"save\""_s), qPrintable(error.message()));
    QVERIFY2(error.message().contains(reason), qPrintable(error.message()));
    QVERIFY2(error.hint().contains(u"maxHttpBufferSize"_s), qPrintable(error.hint()));
    QVERIFY2(!error.hint().contains(u"Emit"_s), qPrintable(error.hint()));
    // The server is the one that is mistaken, or the client: each says so.
    QCOMPARE(log.all().size(), 2);
    const QStringList client = log.all().filter(u"the connection to"_s);
    QCOMPARE(client.size(), 1);
    QVERIFY2(client.constFirst().startsWith(text + u". "_s), qPrintable(log.text()));
    QVERIFY2(client.constFirst().contains(u"Raise"_s), qPrintable(log.text()));
    QCOMPARE(log.all().filter(u"ServerOptions::maxHttpBufferSize"_s).size(), 1);
}

// Of the other direction it is this side that is mistaken.
void tst_Client_Hints::messagesTooBigForTheClient()
{
    QFETCH(QList<TransportType>, transports);
    Server io;
    QVERIFY(io.listen(QHostAddress::LocalHost));
    ClientOptions options = quick(transports);
    options.maxReceiveSize = 10'000;
    Manager manager(urlOf(io), options);
    ClientSocket *socket = manager.socket();
    TRY_VERIFY(socket->isConnected());
    const Warnings log;
    QSignalSpy disconnected(socket, &ClientSocket::disconnected);
    Error error;
    socket->emitWithAck(u"load"_s)->onFailed(this, [&](const Error &why) { error = why; });
    io.emitEvent(u"data"_s, QString(20'000, u'x'));
    TRY_VERIFY(error);
    const QString text = disconnected.first().at(1).toString();
    QVERIFY2(text.endsWith(u"is bigger than the 10000 bytes that the client accepts "
                           "(ClientOptions::maxReceiveSize)"_s),
             qPrintable(text));
    QVERIFY2(error.hint().contains(u"maxReceiveSize"_s), qPrintable(error.hint()));
    QCOMPARE(log.all().size(), 1);
    QVERIFY2(log.text().startsWith(text + u". Raise ClientOptions::maxReceiveSize"_s),
             qPrintable(log.text()));
}

void tst_Client_Hints::otherServers_data()
{
    QTest::addColumn<QList<TransportType>>("transports");
    QTest::addColumn<QByteArray>("answer");
    const QByteArray page = "<!DOCTYPE html><html><body>It works!</body></html>";
    const QByteArray type = "Content-Type: text/html\r\n";
    for (const TransportType transport : {TransportType::Polling, TransportType::WebSocket}) {
        const QByteArray name = EngineIo::transportName(transport).toLatin1();
        QTest::addRow("%s, a page", name.constData())
            << QList{transport} << ScriptedServer::answer(200, page, type);
        QTest::addRow("%s, no such page", name.constData())
            << QList{transport} << ScriptedServer::answer(404, page, type);
        QTest::addRow("%s, another service", name.constData())
            << QList{transport} << ScriptedServer::answer(200, "{}"_ba);
    }
}

void tst_Client_Hints::otherServers()
{
    QFETCH(QList<TransportType>, transports);
    QFETCH(QByteArray, answer);
    const ScriptedServer server([&](const ScriptedServer::Request &) { return answer; });
    const Warnings log;
    const Error error = failure(server.url(), transports);
    QVERIFY2(error.message().startsWith(u"cannot connect to %1: "_s.arg(server.url().toString())),
             qPrintable(error.message()));
    QVERIFY2(error.message().contains(QRegularExpression(u"\\b(no|not a) Socket\\.IO server"_s)),
             qPrintable(error.message()));
    QVERIFY2(error.message().contains(u"the path /socket.io/"_s), qPrintable(error.message()));
    QVERIFY2(error.hint().contains(u"port"_s), qPrintable(error.hint()));
    QVERIFY2(error.hint().contains(u"option path"_s), qPrintable(error.hint()));
    QCOMPARE(log.all(), QStringList{error.message() + u". "_s + error.hint()});
}

void tst_Client_Hints::refusals_data()
{
    QTest::addColumn<QString>("nsp");
    QTest::addColumn<QString>("wireText");
    QTest::addColumn<bool>("listens");
    QTest::newRow("unknown, mute") << u"/nowhere"_s << u"Invalid namespace"_s << false;
    QTest::newRow("unknown, heard") << u"/nowhere"_s << u"Invalid namespace"_s << true;
    QTest::newRow("closed, mute") << u"/closed"_s << u"no entry"_s << false;
    QTest::newRow("closed, heard") << u"/closed"_s << u"no entry"_s << true;
}

void tst_Client_Hints::refusals()
{
    QFETCH(QString, nsp);
    QFETCH(QString, wireText);
    QFETCH(bool, listens);
    Server io;
    io.of(u"/closed"_s)->use([](Socket *, const Next &next) { next(Error(u"no entry"_s)); });
    QVERIFY(io.listen(QHostAddress::LocalHost));
    const QString address = urlOf(io).toString();
    const Warnings log;
    Manager manager(urlOf(io), quick({TransportType::Polling}));
    ClientSocket *socket = manager.socket(nsp);
    int heard = 0;
    if (listens)
        connect(socket, &ClientSocket::connectError, this, [&] { ++heard; });
    TRY_VERIFY(socket->lastError().isError());
    const Error error = socket->lastError();
    QCOMPARE(error.type(), Error::Type::Refused);
    QVERIFY2(error.message().startsWith(wireText), qPrintable(error.message()));
    QVERIFY2(error.hint().contains(nsp == u"/closed"_s ? u"auth"_s : u"path of the URL"_s),
             qPrintable(error.hint()));
    if (nsp == u"/nowhere"_s) {
        QVERIFY2(error.message().contains(nsp), qPrintable(error.message()));
        QVERIFY2(error.message().contains(address), qPrintable(error.message()));
    }
    // Again, which is not said again.
    socket->open();
    QVERIFY(socket->isActive());
    TRY_VERIFY(!socket->isActive());
    QCOMPARE(heard, listens ? 2 : 0);
    QCOMPARE(log.all().size(), listens ? 0 : 1);
    if (!listens) {
        QVERIFY2(log.text().contains(wireText), qPrintable(log.text()));
        QVERIFY2(log.text().contains(nsp), qPrintable(log.text()));
        QVERIFY2(log.text().contains(address), qPrintable(log.text()));
    }
}

void tst_Client_Hints::givingUp()
{
    QTcpServer closed;
    QVERIFY(closed.listen(QHostAddress::LocalHost));
    const QUrl url(u"http://127.0.0.1:%1"_s.arg(closed.serverPort()));
    closed.close();
    ClientOptions options;
    options.reconnectionAttempts = 1;
    options.reconnectionDelay = 1ms;
    const Warnings log;
    Manager manager(url, options);
    TRY_VERIFY(log.all().size() == 2);
    QVERIFY2(log.all().first().contains(u"connection refused"_s), qPrintable(log.text()));
    QCOMPARE(log.all().last(),
             u"giving up connecting to %1 after 1 attempt. Call open() to try again, or raise the "
             "option reconnectionAttempts."_s.arg(url.toString()));
}

void tst_Client_Hints::lateAcknowledgements()
{
    Server io;
    Socket *peer = nullptr;
    connect(&io, &Server::connected, this, [&](Socket *socket) { peer = socket; });
    QVERIFY(io.listen(QHostAddress::LocalHost));
    Manager manager(urlOf(io), quick({TransportType::WebSocket}));
    ClientSocket *socket = manager.socket();
    TRY_VERIFY(socket->isConnected() && peer);
    QList<Error> errors;
    const auto keep = [&](const Error &error) { errors.append(error); };
    socket->timeout(1ms).emitWithAck(u"save"_s)->onFailed(this, keep);
    TRY_VERIFY(errors.size() == 1);
    const QRegularExpression expected(
        u"^operation has timed out: the event \"save\" was not acknowledged by / of %1 within "
        "[0-9]+ ms$"_s.arg(QRegularExpression::escape(urlOf(io).toString())));
    QVERIFY2(expected.match(errors.at(0).message()).hasMatch(), qPrintable(errors.at(0).message()));
    QCOMPARE(errors.at(0).type(), Error::Type::Timeout);

    peer->timeout(1ms).emitWithAck(u"ask"_s)->onFailed(this, keep);
    TRY_VERIFY(errors.size() == 2);
    QVERIFY2(errors.at(1).message().contains(
                 u"\"ask\" was not acknowledged by socket %1 in namespace /"_s.arg(peer->id())),
             qPrintable(errors.at(1).message()));
    io.of(u"/"_s)->timeout(1ms).emitWithAck(u"all"_s)->onFailed(this, keep);
    TRY_VERIFY(errors.size() == 3);
    QVERIFY2(errors.at(2).message().contains(u"\"all\" was not acknowledged by all receivers"_s),
             qPrintable(errors.at(2).message()));
}

void tst_Client_Hints::failuresThatNobodyHearsOf()
{
    Server io;
    QVERIFY(io.listen(QHostAddress::LocalHost));
    Manager manager(urlOf(io), quick({TransportType::WebSocket}));
    ClientSocket *socket = manager.socket();
    TRY_VERIFY(socket->isConnected());
    const Warnings log;
    const QPointer<PendingAck> mute = socket->timeout(1ms).emitWithAck(u"mute"_s);
    mute->then(this, [] {});
    const QPointer<PendingAck> heard = socket->timeout(1ms).emitWithAck(u"heard"_s);
    heard->then(this, [] {})->onFailed(this, [] {});
    const QPointer<PendingAck> ignored = socket->timeout(1ms).emitWithAck(u"ignored"_s);
    TRY_VERIFY(!mute && !heard && !ignored);
    QCOMPARE(log.all().size(), 1);
    QVERIFY2(log.text().contains(u"\"mute\" was not acknowledged"_s), qPrintable(log.text()));
}

void tst_Client_Hints::acknowledgementsOutliveTheirSocket_data()
{
    QTest::addColumn<bool>("connected");
    QTest::addColumn<int>("retries");
    QTest::addColumn<bool>("wholeManager");
    for (const bool manager : {false, true}) {
        const char *what = manager ? "manager" : "socket";
        QTest::addRow("%s", what) << true << 0 << manager;
        QTest::addRow("%s, not sent", what) << false << 0 << manager;
        QTest::addRow("%s, with retries", what) << true << 2 << manager;
    }
}

void tst_Client_Hints::acknowledgementsOutliveTheirSocket()
{
    QFETCH(bool, connected);
    QFETCH(int, retries);
    QFETCH(bool, wholeManager);
    Server io;
    QVERIFY(io.listen(QHostAddress::LocalHost));
    ClientOptions options = quick({TransportType::WebSocket});
    options.retries = retries;
    options.autoConnect = connected;
    auto manager = std::make_unique<Manager>(urlOf(io), options);
    ClientSocket *socket = manager->socket();
    TRY_VERIFY(socket->isConnected() == connected);
    QPointer<PendingAck> ack = socket->emitWithAck(u"save"_s);
    QPointer<PendingAck> reserved = socket->emitWithAck(u"connect"_s); // has ended in the call
    Error error;
    Error reservedError;
    ack->onFailed(this, [&](const Error &why) { error = why; });
    reserved->onFailed(this, [&](const Error &why) { reservedError = why; });
    const QFuture<QVariantList> future = ack->future();
    QPointer<PendingAck> unwanted = socket->emitWithAck(u"other"_s);
    bool told = false;
    unwanted->onFailed(this, [&] { told = true; });
    delete unwanted;
    if (wholeManager)
        manager.reset();
    else
        delete socket;
    QVERIFY(!error); // never inside the call
    TRY_VERIFY(error && reservedError);
    QCOMPARE(error.type(), Error::Type::Disconnected);
    QVERIFY2(error.message().contains(u"\"save\""_s), qPrintable(error.message()));
    QVERIFY2(error.hint().contains(u"was deleted"_s), qPrintable(error.hint()));
    QCOMPARE(reservedError.type(), Error::Type::Argument);
    QVERIFY(future.isFinished());
    TRY_VERIFY(!ack && !reserved);
    QVERIFY(!told);
}

void tst_Client_Hints::acknowledgementsOutliveTheirServer_data()
{
    QTest::addColumn<bool>("socketOnly");
    QTest::newRow("server") << false;
    QTest::newRow("socket") << true;
}

void tst_Client_Hints::acknowledgementsOutliveTheirServer()
{
    QFETCH(bool, socketOnly);
    auto io = std::make_unique<Server>();
    Socket *peer = nullptr;
    connect(io.get(), &Server::connected, this, [&](Socket *socket) { peer = socket; });
    QVERIFY(io->listen(QHostAddress::LocalHost));
    Manager manager(urlOf(*io), quick({TransportType::WebSocket}));
    TRY_VERIFY(manager.socket()->isConnected() && peer);
    QList<Error> errors;
    const auto keep = [&](const Error &error) { errors.append(error); };
    peer->emitWithAck(u"ask"_s)->onFailed(this, keep);
    io->of(u"/"_s)->to(peer->id()).emitWithAck(u"all"_s)->onFailed(this, keep);
    if (socketOnly)
        delete peer;
    else
        io.reset();
    QVERIFY(socketOnly || errors.isEmpty());
    TRY_VERIFY(errors.size() == 2);
    for (const Error &error : std::as_const(errors)) {
        QCOMPARE(error.type(), Error::Type::Disconnected);
        QVERIFY2(error.message().contains(u"was not acknowledged by"_s),
                 qPrintable(error.message()));
    }
}

void tst_Client_Hints::slotsThatWaitForAnAcknowledgement()
{
    Server io;
    connect(&io, &Server::connected, this, [](Socket *socket) {
        socket->on(u"question"_s, socket, [](const Ack &ack) { ack(42); });
        socket->emitEvent(u"news"_s);
    });
    QVERIFY(io.listen(QHostAddress::LocalHost));
    const Warnings log;
    Manager manager(urlOf(io), quick({TransportType::WebSocket}));
    ManagerPrivate::get(&manager)->slotWatch.setPatience(20ms);
    ClientSocket *socket = manager.socket();
    int answer = 0;
    bool ranOut = false;
    bool answeredInside = false;
    bool returned = false;
    socket->on(u"news"_s, this, [&] {
        socket->emitWithAck(u"question"_s)->then(this, [&](int value) { answer = value; });
        ranOut = !QTest::qWaitFor([&] { return !log.all().isEmpty(); }, 60000);
        answeredInside = answer != 0;
        returned = true;
    });
    TRY_VERIFY(returned && answer == 42);
    QVERIFY(!ranOut);
    QVERIFY(!answeredInside);
    QCOMPARE(log.all().size(), 1);
    QVERIFY2(log.text().contains(u"called for the event \"news\" runs an event loop"_s),
             qPrintable(log.text()));
    QVERIFY2(log.text().contains(urlOf(io).toString()), qPrintable(log.text()));
}

QTSOCKETIO_TEST(tst_Client_Hints)
#include "tst_client_hints.moc"
