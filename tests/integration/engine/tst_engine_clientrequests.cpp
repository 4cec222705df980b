// SPDX-License-Identifier: MIT
#include "clientprobe.h"
#include "httpfront.h"
#include "scriptedserver.h"
#include "support/certificates.h"
#include "support/testmain.h"
#include "testclient.h"
#include "testproxy.h"

#include <QtNetwork/qauthenticator.h>
#include <QtNetwork/qnetworkaccessmanager.h>

using namespace EngineIo;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

using Request = HttpFront::Request;
using Decision = HttpFront::Decision;
using What = HttpFront::What;

namespace {

// Sends a message when the one before has come back.
bool echoesInTurn(ClientProbe &probe, int count)
{
    const auto connection =
        QObject::connect(probe.client.get(), &Client::messageReceived, probe.client.get(), [&] {
            if (probe.messages.size() < count)
                probe.send(QString::number(probe.messages.size()));
        });
    probe.send(u"0"_s);
    const bool ok =
        QTest::qWaitFor([&] { return probe.messages.size() == count || probe.closes > 0; }, 20000);
    QObject::disconnect(connection);
    return ok && probe.closes == 0;
}

// An access manager with a way of its own.
class CountingManager : public QNetworkAccessManager
{
public:
    int requests = 0;

protected:
    QNetworkReply *createRequest(Operation operation, const QNetworkRequest &request,
                                 QIODevice *data) override
    {
        ++requests;
        return QNetworkAccessManager::createRequest(operation, request, data);
    }
};

} // namespace

// How the client's HTTP requests are made: on which connections, how often, with which limits.
class tst_Engine_ClientRequests : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase_data();
    void initTestCase();
    void aStaleConnectionIsNotUsed();
    void connectionsCloseUnannounced();
    void aPromisedConnectionIsUsedAgain();
    void aLostAnswerIsAnError_data();
    void aLostAnswerIsAnError();
    void passwordsOfTheUrl_data();
    void passwordsOfTheUrl();
    void passwordsOfTheApplication_data();
    void passwordsOfTheApplication();
    void aWrongPasswordIsAnError_data() { addTransportRows(); }
    void aWrongPasswordIsAnError();
    void passwordsOfProxies_data();
    void passwordsOfProxies();
    void manyClientsShareAnAccessManager();
    void cookiesOfTheSharedAccessManager();
    void derivedAccessManagersAreUsed();
    void tooManyClientsOfADerivedAccessManager();
    void compressedAnswersUpToTheLimit_data();
    void compressedAnswersUpToTheLimit();
    void fewPacketsInOneRequest_data();
    void fewPacketsInOneRequest();
    void headersOfTheTransferAreOurs();

private:
    static bool isSecure();
    bool listen(TestServer &server) const;
    static QUrl urlOf(const Server &server);
    std::optional<QSslConfiguration> frontTls() const;
    ClientOptions optionsOf(const QString &transports = {}) const;

    Certificates certificates;
};

// All is tried plain and over TLS.
void tst_Engine_ClientRequests::initTestCase_data()
{
    QTest::addColumn<bool>("tls");
    QTest::newRow("plain") << false;
    QTest::newRow("TLS") << true;
}

void tst_Engine_ClientRequests::initTestCase()
{
    QVERIFY2(certificates.isValid(), "needs the openssl program");
}

bool tst_Engine_ClientRequests::isSecure()
{
    QFETCH_GLOBAL(bool, tls);
    return tls;
}

// For clients that meet the server itself.
bool tst_Engine_ClientRequests::listen(TestServer &server) const
{
    if (isSecure())
        server.setSslConfiguration(certificates.forServer());
    return server.listen();
}

QUrl tst_Engine_ClientRequests::urlOf(const Server &server)
{
    return QUrl((isSecure() ? u"https://localhost:%1"_s : u"http://127.0.0.1:%1"_s)
                    .arg(server.serverPort()));
}

std::optional<QSslConfiguration> tst_Engine_ClientRequests::frontTls() const
{
    if (!isSecure())
        return std::nullopt;
    return certificates.forServer();
}

ClientOptions tst_Engine_ClientRequests::optionsOf(const QString &transports) const
{
    ClientOptions options = optionsFor(transports);
    if (isSecure())
        options.sslConfiguration = certificates.forClient();
    return options;
}

// The server has closed the kept-alive connection just when the next request is on its way.
void tst_Engine_ClientRequests::aStaleConnectionIsNotUsed()
{
    TestServer server;
    serveEcho(server);
    QVERIFY(server.listen());
    HttpFront front(
        server.serverPort(),
        [](const Request &request) -> Decision {
            return {request.numberOnConnection == 1 ? What::Pass : What::Close};
        },
        frontTls());
    ClientProbe probe(front.url(), optionsOf(u"polling"_s));
    QTRY_VERIFY(probe.isSettled());
    QVERIFY2(echoesInTurn(probe, 8), qPrintable(probe.errors.value(0)));
    QCOMPARE(front.requests, front.connections);
}

void tst_Engine_ClientRequests::connectionsCloseUnannounced()
{
    TestServer server;
    serveEcho(server);
    QVERIFY(server.listen());
    HttpFront front(server.serverPort(), {}, frontTls());
    front.closesAfterAnswers = true;
    ClientProbe probe(front.url(), optionsOf(u"polling"_s));
    QTRY_VERIFY(probe.isSettled());
    QVERIFY2(echoesInTurn(probe, 8), qPrintable(probe.errors.value(0)));
}

void tst_Engine_ClientRequests::aPromisedConnectionIsUsedAgain()
{
    TestServer server;
    serveEcho(server);
    QVERIFY(server.listen());
    HttpFront front(server.serverPort(), {}, frontTls());
    front.keepAlive = "timeout=60, max=1000";
    ClientProbe probe(front.url(), optionsOf(u"polling"_s));
    QTRY_VERIFY(probe.isSettled());
    QVERIFY2(echoesInTurn(probe, 8), qPrintable(probe.errors.value(0)));
    QVERIFY(front.requests >= 16);
    QCOMPARE(front.connections, 2);
}

void tst_Engine_ClientRequests::aLostAnswerIsAnError_data()
{
    QTest::addColumn<QByteArray>("method");
    QTest::addColumn<bool>("keptAlive");
    for (const char *method : {"GET", "POST"}) {
        QTest::addRow("%s", method) << QByteArray(method) << false;
        QTest::addRow("%s, kept alive", method) << QByteArray(method) << true;
    }
}

// The server has taken the request, so that what its answer carried is lost when Qt repeats it.
void tst_Engine_ClientRequests::aLostAnswerIsAnError()
{
    QFETCH(QByteArray, method);
    QFETCH(bool, keptAlive);
    TestServer server;
    serveEcho(server);
    QVERIFY(server.listen());
    int lost = 0;
    int count = 0;
    HttpFront front(
        server.serverPort(),
        [&](const Request &request) -> Decision {
            if (request.method != method || ++count != 3)
                return {};
            ++lost;
            return {What::CloseAfterPassing};
        },
        frontTls());
    if (keptAlive)
        front.keepAlive = "timeout=60";
    ClientProbe probe(front.url(), optionsOf(u"polling"_s));
    QTRY_VERIFY(probe.isSettled());
    QVERIFY(!echoesInTurn(probe, 8));
    QCOMPARE(lost, 1);
    QCOMPARE(probe.closes, 1);
    QCOMPARE(probe.reason, CloseReason::TransportError);
    QCOMPARE(
        probe.errors,
        QStringList{u"the connection to %1 broke: the server closed the connection without an HTTP "
                    "answer"_s.arg(front.url().toString())});
}

namespace {

void addPasswordRows(bool withWebSocket)
{
    QTest::addColumn<QString>("transports");
    QTest::addColumn<bool>("keptAlive");
    for (const char *transports : {"polling", "websocket", "upgrade"}) {
        if (!withWebSocket && qstrcmp(transports, "polling") != 0)
            continue;
        QTest::addRow("%s", transports) << QString::fromLatin1(transports) << false;
        QTest::addRow("%s, kept alive", transports) << QString::fromLatin1(transports) << true;
    }
}

QByteArray challenge(bool keptAlive)
{
    return "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic realm=\"front\"\r\n"
           "Content-Length: 2\r\n"
        + QByteArray(keptAlive ? "Keep-Alive: timeout=60\r\n" : "Connection: close\r\n") + "\r\nno";
}

} // namespace

void tst_Engine_ClientRequests::passwordsOfTheUrl_data()
{
    addPasswordRows(true);
}

void tst_Engine_ClientRequests::passwordsOfTheUrl()
{
    QFETCH(QString, transports);
    QFETCH(bool, keptAlive);
    TestServer server;
    serveEcho(server);
    QVERIFY(server.listen());
    HttpFront front(
        server.serverPort(),
        [&](const Request &request) -> Decision {
            if (request.credentials("Authorization") == "Ada:p@ss:word")
                return {};
            return {What::Answer, challenge(keptAlive)};
        },
        frontTls());
    if (keptAlive)
        front.keepAlive = "timeout=60";
    QUrl url = front.url();
    url.setUserName(u"Ada"_s);
    url.setPassword(u"p@ss:word"_s);
    ClientProbe probe(url, optionsOf(transports));
    QTRY_VERIFY2(probe.isSettled(), qPrintable(probe.errors.value(0)));
    QVERIFY2(echoesInTurn(probe, 4), qPrintable(probe.errors.value(0)));
}

void tst_Engine_ClientRequests::passwordsOfTheApplication_data()
{
    addPasswordRows(false);
}

void tst_Engine_ClientRequests::passwordsOfTheApplication()
{
    QFETCH(bool, keptAlive);
    TestServer server;
    serveEcho(server);
    QVERIFY(server.listen());
    HttpFront front(
        server.serverPort(),
        [&](const Request &request) -> Decision {
            if (request.credentials("Authorization") == "Ada:secret")
                return {};
            return {What::Answer, challenge(keptAlive)};
        },
        frontTls());
    if (keptAlive)
        front.keepAlive = "timeout=60";
    QNetworkAccessManager network;
    int questions = 0;
    connect(&network, &QNetworkAccessManager::authenticationRequired, this,
            [&](QNetworkReply *, QAuthenticator *authenticator) {
                // Wrong the first time.
                authenticator->setUser(u"Ada"_s);
                authenticator->setPassword(++questions == 1 ? u"guess"_s : u"secret"_s);
            });
    ClientProbe probe(front.url(), optionsOf(u"polling"_s), &network);
    QTRY_VERIFY2(probe.isSettled(), qPrintable(probe.errors.value(0)));
    QVERIFY2(echoesInTurn(probe, 4), qPrintable(probe.errors.value(0)));
    QCOMPARE(questions, 2);
    // Nor is the next connection's question for the application.
    ClientProbe second(front.url(), optionsOf(u"polling"_s), &network);
    QTRY_VERIFY2(second.isSettled(), qPrintable(second.errors.value(0)));
    QCOMPARE(questions, 2);
}

void tst_Engine_ClientRequests::aWrongPasswordIsAnError()
{
    QFETCH(QString, transports);
    TestServer server;
    QVERIFY(server.listen());
    HttpFront front(
        server.serverPort(),
        [&](const Request &) -> Decision {
            return {What::Answer, challenge(true)};
        },
        frontTls());
    QUrl url = front.url();
    url.setUserName(u"Ada"_s);
    url.setPassword(u"guess"_s);
    ClientProbe probe(url, optionsOf(transports));
    QTRY_COMPARE(probe.closes, 1);
    QCOMPARE(probe.details.httpStatus(), 401);
    QCOMPARE(probe.errors,
             QStringList{u"cannot connect to %1: the server answered with HTTP status 401 "
                         "(Unauthorized)"_s.arg(front.url().toString())});
    QVERIFY(front.requests < 10);
}

void tst_Engine_ClientRequests::passwordsOfProxies_data()
{
    QTest::addColumn<QString>("transports");
    QTest::addColumn<bool>("asks");
    QTest::addColumn<bool>("keptAlive");
    for (const char *transports : {"polling", "websocket", "upgrade"}) {
        for (const bool asks : {false, true}) {
            for (const bool keptAlive : {false, true}) {
                QTest::addRow("%s, %s%s", transports, asks ? "by signal" : "of the proxy",
                              keptAlive ? ", kept alive" : "")
                    << QString::fromLatin1(transports) << asks << keptAlive;
            }
        }
    }
}

void tst_Engine_ClientRequests::passwordsOfProxies()
{
    QFETCH(QString, transports);
    QFETCH(bool, asks);
    QFETCH(bool, keptAlive);
    TestServer server;
    serveEcho(server);
    QVERIFY(listen(server));
    int challenges = 0;
    HttpFront front(server.serverPort(), [&](const Request &request) -> Decision {
        if (request.credentials("Proxy-Authorization") == "Ada:secret")
            return {};
        ++challenges;
        return {What::Answer,
                "HTTP/1.1 407 Proxy Authentication Required\r\n"
                "Proxy-Authenticate: Basic realm=\"proxy\"\r\nContent-Length: 0\r\n"
                    + QByteArray(keptAlive ? "" : "Connection: close\r\n") + "\r\n"};
    });
    QNetworkProxy proxy(QNetworkProxy::HttpProxy, u"127.0.0.1"_s, front.serverPort());
    if (!asks) {
        proxy.setUser(u"Ada"_s);
        proxy.setPassword(u"secret"_s);
    }
    QNetworkAccessManager network;
    network.setProxy(proxy);
    connect(&network, &QNetworkAccessManager::proxyAuthenticationRequired, this,
            [&](const QNetworkProxy &, QAuthenticator *authenticator) {
                authenticator->setUser(u"Ada"_s);
                authenticator->setPassword(u"secret"_s);
            });
    ClientOptions options = optionsOf(transports);
    options.proxy = proxy;
    ClientProbe probe(urlOf(server), options, &network);
    QTRY_VERIFY2(probe.isSettled(), qPrintable(probe.errors.value(0)));
    QVERIFY2(echoesInTurn(probe, 3), qPrintable(probe.errors.value(0)));
    QVERIFY(challenges > 0);
}

void tst_Engine_ClientRequests::manyClientsShareAnAccessManager()
{
    TestServer server;
    serveEcho(server);
    QVERIFY(listen(server));
    QNetworkAccessManager network;
    std::vector<std::unique_ptr<ClientProbe>> probes;
    for (int i = 0; i < 9; ++i) {
        probes.push_back(
            std::make_unique<ClientProbe>(urlOf(server), optionsOf(u"polling"_s), &network));
    }
    for (const auto &probe : probes)
        QTRY_VERIFY(probe->isSettled());
    for (const auto &probe : probes)
        probe->send(u"hello"_s);
    for (const auto &probe : probes)
        QTRY_COMPARE(probe->messages, QStringList{u"hello"_s});
}

void tst_Engine_ClientRequests::cookiesOfTheSharedAccessManager()
{
    TestServer server;
    serveEcho(server);
    QList<QByteArray> cookies;
    server.use([&](const HttpRequest &request, HttpHeaders *, const HttpResponder &,
                   const Server::Next &next) {
        cookies.append(request.headers().value("cookie"));
        next({});
    });
    connect(&server, &Server::initialHeaders, &server,
            [](HttpHeaders *headers) { headers->append("Set-Cookie", "route=7; Path=/"); });
    QVERIFY(listen(server));
    QNetworkAccessManager network;
    ClientOptions options = optionsOf();
    options.withCredentials = true;
    ClientProbe first(urlOf(server), options, &network);
    QTRY_VERIFY(first.isSettled());
    ClientProbe second(urlOf(server), options, &network);
    QTRY_VERIFY(second.isSettled());
    QCOMPARE(cookies.takeFirst(), QByteArray());
    QVERIFY(cookies.size() >= 4);
    QCOMPARE(cookies, QList<QByteArray>(cookies.size(), "route=7"));
}

void tst_Engine_ClientRequests::derivedAccessManagersAreUsed()
{
    TestServer server;
    serveEcho(server);
    QVERIFY(server.listen());
    HttpFront front(
        server.serverPort(),
        [&](const Request &request) -> Decision {
            if (request.credentials("Authorization") == "Ada:secret")
                return {};
            return {What::Answer, challenge(true)};
        },
        frontTls());
    CountingManager network;
    QUrl url = front.url();
    url.setUserInfo(u"Ada:secret"_s);
    ClientProbe probe(url, optionsOf(u"polling"_s), &network);
    QTRY_VERIFY2(probe.isSettled(), qPrintable(probe.errors.value(0)));
    QVERIFY2(echoesInTurn(probe, 3), qPrintable(probe.errors.value(0)));
    QVERIFY(network.requests >= 6);
}

void tst_Engine_ClientRequests::tooManyClientsOfADerivedAccessManager()
{
    TestServer server;
    QVERIFY(listen(server));
    CountingManager network;
    std::vector<std::unique_ptr<ClientProbe>> probes;
    Printed printed;
    for (int i = 0; i < 6; ++i) {
        QVERIFY2(printed.lines().isEmpty(), qPrintable(printed.lines().join(u'\n')));
        probes.push_back(
            std::make_unique<ClientProbe>(urlOf(server), optionsOf(u"polling"_s), &network));
    }
    QCOMPARE(printed.lines().size(), 1);
    QVERIFY(
        printed.lines().constFirst().startsWith("qt.socketio.engine: 6 polling clients share"_L1));
}

void tst_Engine_ClientRequests::compressedAnswersUpToTheLimit_data()
{
    QTest::addColumn<QByteArray>("acceptEncoding");
    QTest::addColumn<bool>("fits");
    QTest::newRow("Qt's own") << QByteArray() << true;
    QTest::newRow("of the application") << "gzip"_ba << true;
    QTest::newRow("too big") << QByteArray() << false;
}

void tst_Engine_ClientRequests::compressedAnswersUpToTheLimit()
{
    QFETCH(QByteArray, acceptEncoding);
    QFETCH(bool, fits);
    constexpr qsizetype Size = 12'000'000; // compresses a thousandfold
    TestServer server;
    connect(&server, &Server::connection, &server,
            [](Session *session) { session->send(Message::fromText(QString(Size, u'a'))); });
    QVERIFY(listen(server));
    ClientOptions options = optionsOf(u"polling"_s);
    if (!acceptEncoding.isEmpty())
        options.extraHeaders = {{"Accept-Encoding", acceptEncoding}};
    options.maxReceiveSize = fits ? 2 * Size : Size / 2;
    ClientProbe probe(urlOf(server), options);
    if (fits) {
        QTRY_VERIFY2(probe.messages.size() == 1 || probe.closes > 0,
                     qPrintable(probe.errors.value(0)));
        QCOMPARE(probe.messages.value(0).size(), Size);
        QCOMPARE(probe.closes, 0);
    } else {
        QTRY_COMPARE(probe.closes, 1);
        QCOMPARE(probe.messages.size(), 0);
        QVERIFY2(probe.errors.value(0).contains("maxReceiveSize"_L1),
                 qPrintable(probe.errors.value(0)));
    }
}

void tst_Engine_ClientRequests::fewPacketsInOneRequest_data()
{
    QTest::addColumn<qsizetype>("limit");
    QTest::addColumn<qsizetype>("expected");
    QTest::newRow("default") << qsizetype(-1) << qsizetype(16);
    QTest::newRow("another") << qsizetype(5) << qsizetype(5);
    QTest::newRow("none") << qsizetype(0) << qsizetype(40);
}

// python-engineio takes no more than 16 packets in one request and drops the others.
void tst_Engine_ClientRequests::fewPacketsInOneRequest()
{
    QFETCH(qsizetype, limit);
    QFETCH(qsizetype, expected);
    TestServer server;
    QStringList received;
    connect(&server, &Server::connection, &server, [&](Session *session) {
        connect(session, &Session::messageReceived, session,
                [&](const Message &message) { received.append(message.text()); });
    });
    QVERIFY(server.listen());
    qsizetype most = 0;
    HttpFront front(
        server.serverPort(),
        [&](const Request &request) -> Decision {
            if (request.method == "POST")
                most = std::max(most, request.body.count('\x1e') + 1);
            return {};
        },
        frontTls());
    ClientOptions options = optionsOf(u"polling"_s);
    if (limit >= 0)
        options.maxPacketsPerRequest = limit;
    ClientProbe probe(front.url(), options);
    QStringList sent;
    for (int i = 0; i < 40; ++i) {
        sent.append(QString::number(i));
        probe.send(sent.constLast());
    }
    QTRY_COMPARE(received, sent);
    QCOMPARE(most, expected);
}

void tst_Engine_ClientRequests::headersOfTheTransferAreOurs()
{
    TestServer server;
    serveEcho(server);
    QVERIFY(listen(server));
    ClientOptions options = optionsOf();
    options.extraHeaders = {{"Connection", "close"},
                            {"Content-Length", "7"},
                            {"Content-Type", "application/json"},
                            {"Transfer-Encoding", "chunked"},
                            {"Upgrade", "h2c"},
                            {"Proxy-Connection", "close"},
                            {"Sec-WebSocket-Key", "x"},
                            {"X-Token", "kept"}};
    ClientProbe probe(urlOf(server), options);
    QTRY_VERIFY2(probe.isSettled(), qPrintable(probe.errors.value(0)));
    QVERIFY2(echoesInTurn(probe, 3), qPrintable(probe.errors.value(0)));
    const HttpHeaders headers = server.accepted.first()->request().headers();
    QCOMPARE(headers.value("x-token"), "kept"_ba);
    QVERIFY(!headers.contains("proxy-connection"));
}

QTSOCKETIO_TEST(tst_Engine_ClientRequests)
#include "tst_engine_clientrequests.moc"
