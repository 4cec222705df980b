// SPDX-License-Identifier: MIT
#include "scriptedserver.h"
#include "support/certificates.h"
#include "support/testmain.h"
#include "testclient.h"
#include "testproxy.h"

#include <EngineIo/Client>

#include <QtNetwork/qnetworkproxy.h>

using namespace EngineIo;
using namespace Qt::StringLiterals;

Q_DECLARE_METATYPE(TestProxy::Kind)

// What lies between a client and its server: TLS, proxies, redirects, cookies, headers.
class tst_Engine_ClientNetwork : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void trustsTheAuthorityItIsGiven_data();
    void trustsTheAuthorityItIsGiven();
    void refusesAnUnknownAuthority_data();
    void refusesAnUnknownAuthority();
    void verificationCanBeSwitchedOff_data();
    void verificationCanBeSwitchedOff();
    void showsItsCertificate_data();
    void showsItsCertificate();
    void goesThroughProxies_data();
    void goesThroughProxies();
    void cookiesAreKeptWithCredentialsOnly_data();
    void cookiesAreKeptWithCredentialsOnly();
    void headersAreInAllRequests_data();
    void headersAreInAllRequests();
    void redirectsAreFollowedUnlessForbidden_data();
    void redirectsAreFollowedUnlessForbidden();
    void redirectsInACircleEnd();
    void redirectsAreNamed_data();
    void redirectsAreNamed();
    void headersStayWithTheirServer_data();
    void headersStayWithTheirServer();
    void passwordsStayWithTheirServer();
    void headersFollowWithinTheServer();

private:
    static void addTransports();
    static ClientOptions optionsOfRow();
    QUrl secureUrl(const Server &server) const
    {
        return QUrl(u"https://localhost:%1"_s.arg(server.serverPort()));
    }

    Certificates certificates;
};

void tst_Engine_ClientNetwork::initTestCase()
{
    QVERIFY2(certificates.isValid(), "needs the openssl program");
}

void tst_Engine_ClientNetwork::addTransports()
{
    QTest::addColumn<QString>("transports");
    QTest::newRow("polling") << u"polling"_s;
    QTest::newRow("websocket") << u"websocket"_s;
    QTest::newRow("upgrade") << u"upgrade"_s;
}

ClientOptions tst_Engine_ClientNetwork::optionsOfRow()
{
    ClientOptions options;
    const auto fetch = [&] {
        QFETCH(QString, transports);
        if (transports == "polling"_L1)
            options.transports = {TransportType::Polling};
        else if (transports == "websocket"_L1)
            options.transports = {TransportType::WebSocket};
    };
    fetch();
    return options;
}

namespace {

// Waits until the transport is the last of the options' and a message has come back over it.
bool echoes(Client &client, const ClientOptions &options)
{
    QStringList received;
    const auto connection =
        QObject::connect(&client, &Client::messageReceived, &client,
                         [&](const Message &message) { received.append(message.text()); });
    if (client.state() == Client::State::Closed)
        client.open();
    const bool ok = QTest::qWaitFor(
        [&] {
            return client.transport() == options.transports.constLast()
                && client.state() == Client::State::Open;
        },
        TestSupport::Patience);
    client.send(Message::fromText(u"hello"_s));
    const bool answered =
        QTest::qWaitFor([&] { return !received.isEmpty(); }, TestSupport::Patience);
    QObject::disconnect(connection);
    return ok && answered && received == QStringList{u"hello"_s};
}

void serveEcho(Server &server)
{
    QObject::connect(&server, &Server::connection, &server, [](Session *session) {
        QObject::connect(session, &Session::messageReceived, session,
                         [session](const Message &message) { session->send(message); });
    });
}

} // namespace

void tst_Engine_ClientNetwork::trustsTheAuthorityItIsGiven_data()
{
    addTransports();
}

void tst_Engine_ClientNetwork::trustsTheAuthorityItIsGiven()
{
    TestServer server;
    server.setSslConfiguration(certificates.forServer());
    serveEcho(server);
    QVERIFY(server.listen());
    ClientOptions options = optionsOfRow();
    options.sslConfiguration = certificates.forClient();
    Client client(secureUrl(server), options);
    QVERIFY(echoes(client, options));
    QVERIFY(server.accepted.first()->request().isSecure());
}

void tst_Engine_ClientNetwork::refusesAnUnknownAuthority_data()
{
    addTransports();
}

void tst_Engine_ClientNetwork::refusesAnUnknownAuthority()
{
    TestServer server;
    server.setSslConfiguration(certificates.forServer());
    QVERIFY(server.listen());
    Client client(secureUrl(server), optionsOfRow());
    QSignalSpy errors(&client, &Client::errorOccurred);
    QSignalSpy closed(&client, &Client::closed);
    client.open();
    QTRY_COMPARE(closed.count(), 1);
    QCOMPARE(errors.count(), 1);
    QCOMPARE(errors.first().first().value<ClientError>().type(), ClientError::Type::Network);
    QCOMPARE(server.accepted.size(), 0);
}

void tst_Engine_ClientNetwork::verificationCanBeSwitchedOff_data()
{
    addTransports();
}

void tst_Engine_ClientNetwork::verificationCanBeSwitchedOff()
{
    TestServer server;
    server.setSslConfiguration(certificates.forServer());
    serveEcho(server);
    QVERIFY(server.listen());
    ClientOptions options = optionsOfRow();
    options.sslConfiguration = QSslConfiguration::defaultConfiguration();
    options.sslConfiguration->setPeerVerifyMode(QSslSocket::VerifyNone);
    Client client(secureUrl(server), options);
    QVERIFY(echoes(client, options));
}

void tst_Engine_ClientNetwork::showsItsCertificate_data()
{
    addTransports();
}

void tst_Engine_ClientNetwork::showsItsCertificate()
{
    TestServer server;
    server.setSslConfiguration(certificates.forServer(QSslSocket::VerifyPeer));
    serveEcho(server);
    QVERIFY(server.listen());
    ClientOptions options = optionsOfRow();
    options.sslConfiguration = certificates.forClient(u"client"_s);
    Client client(secureUrl(server), options);
    QVERIFY(echoes(client, options));
    QCOMPARE(server.accepted.first()->peerCertificate().subjectInfo(QSslCertificate::CommonName),
             QStringList{u"client"_s});
}

void tst_Engine_ClientNetwork::goesThroughProxies_data()
{
    QTest::addColumn<QString>("transports");
    QTest::addColumn<TestProxy::Kind>("kind");
    for (const QString &transports : {u"polling"_s, u"websocket"_s, u"upgrade"_s}) {
        QTest::addRow("HTTP, %s", qPrintable(transports)) << transports << TestProxy::Kind::Http;
        QTest::addRow("SOCKS 5, %s", qPrintable(transports))
            << transports << TestProxy::Kind::Socks5;
    }
}

void tst_Engine_ClientNetwork::goesThroughProxies()
{
    QFETCH(TestProxy::Kind, kind);
    TestServer server;
    serveEcho(server);
    QVERIFY(server.listen());
    TestProxy proxy(kind);
    ClientOptions options = optionsOfRow();
    options.proxy = QNetworkProxy(kind == TestProxy::Kind::Http ? QNetworkProxy::HttpProxy
                                                                : QNetworkProxy::Socks5Proxy,
                                  u"127.0.0.1"_s, proxy.serverPort());
    Client client(QUrl(u"http://127.0.0.1:%1"_s.arg(server.serverPort())), options);
    QVERIFY(echoes(client, options));
    QVERIFY(proxy.tunnels() > 0);
}

void tst_Engine_ClientNetwork::cookiesAreKeptWithCredentialsOnly_data()
{
    QTest::addColumn<QString>("transports");
    QTest::addColumn<bool>("withCredentials");
    QTest::newRow("polling, with") << u"polling"_s << true;
    QTest::newRow("polling, without") << u"polling"_s << false;
    QTest::newRow("upgrade, with") << u"upgrade"_s << true;
    QTest::newRow("upgrade, without") << u"upgrade"_s << false;
}

void tst_Engine_ClientNetwork::cookiesAreKeptWithCredentialsOnly()
{
    QFETCH(bool, withCredentials);
    TestServer server;
    serveEcho(server);
    QList<QByteArray> cookies; // of the requests that follow the handshake
    server.use([&](const HttpRequest &request, HttpHeaders *, const HttpResponder &,
                   const Server::Next &next) {
        if (!request.queryValue(u"sid").isEmpty())
            cookies.append(request.headers().value("cookie"));
        next({});
    });
    connect(&server, &Server::initialHeaders, &server, [](HttpHeaders *headers) {
        headers->append("Set-Cookie", "route=server=7; Path=/");
        headers->append("Set-Cookie", "gone=1; max-age=0; Path=/");
        headers->append("Set-Cookie", "old=1; EXPIRES=Thu, 01 Jan 1970 00:00:00 GMT; Path=/");
    });
    QVERIFY(server.listen());
    ClientOptions options = optionsOfRow();
    options.withCredentials = withCredentials;
    Client client(QUrl(u"http://127.0.0.1:%1"_s.arg(server.serverPort())), options);
    QVERIFY(echoes(client, options));
    QVERIFY(cookies.size() >= 2);
    for (const QByteArray &cookie : std::as_const(cookies))
        QCOMPARE(cookie, withCredentials ? "route=server=7"_ba : QByteArray());
}

void tst_Engine_ClientNetwork::headersAreInAllRequests_data()
{
    addTransports();
}

void tst_Engine_ClientNetwork::headersAreInAllRequests()
{
    TestServer server;
    serveEcho(server);
    QList<QByteArray> values;
    server.use([&](const HttpRequest &request, HttpHeaders *, const HttpResponder &,
                   const Server::Next &next) {
        values.append(request.headers().value("x-token"));
        next({});
    });
    QVERIFY(server.listen());
    ClientOptions options = optionsOfRow();
    options.extraHeaders = {{"X-Token", "secret"}};
    Client client(QUrl(u"http://127.0.0.1:%1"_s.arg(server.serverPort())), options);
    QVERIFY(echoes(client, options));
    QVERIFY(!values.isEmpty());
    QCOMPARE(values, QList<QByteArray>(values.size(), "secret"));
}

void tst_Engine_ClientNetwork::redirectsAreFollowedUnlessForbidden_data()
{
    QTest::addColumn<bool>("allowed");
    QTest::newRow("followed") << true;
    QTest::newRow("refused") << false;
}

void tst_Engine_ClientNetwork::redirectsAreFollowedUnlessForbidden()
{
    QFETCH(bool, allowed);
    TestServer server;
    serveEcho(server);
    QVERIFY(server.listen());
    const QByteArray location = "http://127.0.0.1:" + QByteArray::number(server.serverPort());
    ScriptedServer redirecting([&](const ScriptedServer::Request &request) {
        return ScriptedServer::answer(307, "", "Location: " + location + request.target + "\r\n");
    });
    ClientOptions options;
    options.transports = {TransportType::Polling};
    if (!allowed)
        options.redirectPolicy = QNetworkRequest::ManualRedirectPolicy;
    Client client(redirecting.url(), options);
    QSignalSpy errors(&client, &Client::errorOccurred);
    if (allowed) {
        QVERIFY(echoes(client, options));
        return;
    }
    client.open();
    QTRY_COMPARE(errors.count(), 1);
    QCOMPARE(errors.first().first().value<ClientError>().httpStatus(), 307);
    QCOMPARE(redirecting.requests(), 1);
    QCOMPARE(server.accepted.size(), 0);
}

void tst_Engine_ClientNetwork::redirectsInACircleEnd()
{
    ScriptedServer redirecting([](const ScriptedServer::Request &request) {
        return ScriptedServer::answer(302, "", "Location: " + request.target + "\r\n");
    });
    ClientOptions options;
    options.transports = {TransportType::Polling};
    Client client(redirecting.url(), options);
    QSignalSpy errors(&client, &Client::errorOccurred);
    client.open();
    QTRY_COMPARE(errors.count(), 1);
    QVERIFY(redirecting.requests() < 100);
}

void tst_Engine_ClientNetwork::redirectsAreNamed_data()
{
    QTest::addColumn<QString>("transports");
    QTest::addColumn<QByteArray>("location");
    QTest::addColumn<bool>("follow");
    QTest::addColumn<QString>("text");
    const QString notFollowed =
        u"the server answered with HTTP status 302 (x), a redirect to %1 that is not followed"_s;
    QTest::newRow("polling, not followed")
        << u"polling"_s << "http://user:secret@h.invalid/new/?a=b"_ba << false
        << notFollowed.arg(u"http://h.invalid/new/"_s);
    QTest::newRow("polling, relative")
        << u"polling"_s << "/new/"_ba << false << notFollowed.arg(u"%1/new/"_s);
    QTest::newRow("websocket") << u"websocket"_s << "http://user:secret@h.invalid/new/?a=b"_ba
                               << true << notFollowed.arg(u"http://h.invalid/new/"_s);
    // Not the redirect is what is wrong then.
    QTest::newRow("polling, followed to nowhere")
        << u"polling"_s << "http://h.invalid/new/?a=b"_ba << true
        << u"it redirects to http://h.invalid/new/: host not found"_s;
}

void tst_Engine_ClientNetwork::redirectsAreNamed()
{
    QFETCH(QByteArray, location);
    QFETCH(bool, follow);
    QFETCH(QString, text);
    ScriptedServer redirecting([&](const ScriptedServer::Request &) {
        return ScriptedServer::answer(302, "", "Location: " + location + "\r\n");
    });
    ClientOptions options = optionsOfRow();
    if (!follow)
        options.redirectPolicy = QNetworkRequest::ManualRedirectPolicy;
    Client client(redirecting.url(), options);
    QSignalSpy errors(&client, &Client::errorOccurred);
    client.open();
    QTRY_COMPARE(errors.count(), 1);
    const QString address = redirecting.url().toString();
    const QString reason = text.contains(u"%1"_s) ? text.arg(address) : text;
    QCOMPARE(errors.first().first().value<ClientError>().message(),
             u"cannot connect to %1: %2"_s.arg(address, reason));
}

void tst_Engine_ClientNetwork::headersStayWithTheirServer_data()
{
    addTransports();
}

// A redirect to another server, which no secret is meant for. The client says so.
void tst_Engine_ClientNetwork::headersStayWithTheirServer()
{
    QFETCH(QString, transports);
    if (transports == "websocket"_L1)
        return; // redirects of its request are not followed
    TestServer server;
    serveEcho(server);
    QByteArrayList secrets;
    server.use([&](const HttpRequest &request, HttpHeaders *, const HttpResponder &,
                   const Server::Next &next) {
        for (const char *name : {"authorization", "cookie", "x-api-key"})
            secrets.append(request.headers().value(name));
        next({});
    });
    QVERIFY(server.listen());
    const QByteArray other = "http://127.0.0.1:" + QByteArray::number(server.serverPort());
    QByteArray asked;
    ScriptedServer redirecting([&](const ScriptedServer::Request &request) {
        asked = request.head;
        return ScriptedServer::answer(307, "", "Location: " + other + request.target + "\r\n");
    });
    ClientOptions options = optionsOfRow();
    options.extraHeaders = {
        {"Authorization", "Bearer secret"}, {"Cookie", "session=secret"}, {"X-Api-Key", "secret"}};
    QTest::ignoreMessage(
        QtWarningMsg,
        QRegularExpression(u"redirects to %1.*extraHeaders"_s.arg(QString::fromLatin1(other))));
    Client client(redirecting.url(), options);
    QVERIFY(echoes(client, options));
    QVERIFY(asked.contains("Bearer secret"));
    QVERIFY(!secrets.isEmpty());
    QCOMPARE(secrets, QByteArrayList(secrets.size()));
}

// The other server asks for the password of the URL.
void tst_Engine_ClientNetwork::passwordsStayWithTheirServer()
{
    QByteArrayList heads;
    ScriptedServer other([&](const ScriptedServer::Request &request) {
        heads.append(request.head);
        return ScriptedServer::answer(401, "", "WWW-Authenticate: Basic realm=\"x\"\r\n");
    });
    ScriptedServer redirecting([&](const ScriptedServer::Request &request) {
        return ScriptedServer::answer(
            307, "", "Location: " + other.url().toEncoded() + request.target + "\r\n");
    });
    QUrl url = redirecting.url();
    url.setUserName(u"user"_s);
    url.setPassword(u"secret"_s);
    ClientOptions options;
    options.transports = {TransportType::Polling};
    Client client(url, options);
    QSignalSpy closed(&client, &Client::closed);
    client.open();
    QTRY_COMPARE(closed.count(), 1);
    QVERIFY(!heads.isEmpty());
    for (const QByteArray &head : std::as_const(heads))
        QVERIFY2(!head.toLower().contains("authorization"), head.constData());
}

// From one path of a server to another.
void tst_Engine_ClientNetwork::headersFollowWithinTheServer()
{
    QByteArrayList heads;
    ScriptedServer server([&](const ScriptedServer::Request &request) {
        heads.append(request.head);
        if (request.number == 1)
            return ScriptedServer::answer(302, "", "Location: /elsewhere/?x=1\r\n");
        return request.number == 2 ? ScriptedServer::handshake() : QByteArray();
    });
    ClientOptions options;
    options.transports = {TransportType::Polling};
    options.extraHeaders = {{"X-Api-Key", "secret"}};
    Client client(server.url(), options);
    client.open();
    QTRY_COMPARE(heads.size(), 3);
    QVERIFY(heads.at(1).startsWith("GET /elsewhere/?x=1 "));
    for (const QByteArray &head : std::as_const(heads))
        QVERIFY2(head.toLower().contains("x-api-key: secret"), head.constData());
}

QTSOCKETIO_TEST(tst_Engine_ClientNetwork)
#include "tst_engine_clientnetwork.moc"
