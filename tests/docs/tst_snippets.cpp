// SPDX-License-Identifier: MIT
#include "snippets.h"
#include "support/certificates.h"
#include "udpadapter.h"
#ifdef WITH_QCORO
#include "coroutines.h"
#endif
#ifdef WITH_HTTPSERVER
#include "qtservers.h"

#include <QtHttpServer/qhttpserver.h>
#include <QtWebSockets/qwebsocketserver.h>
#endif

#include <QtCore/qfile.h>
#include <QtCore/qtemporarydir.h>
#include <QtNetwork/qnetworkaccessmanager.h>
#include <QtNetwork/qnetworkreply.h>
#include <QtTest/qsignalspy.h>
#include <QtTest/qtest.h>

using namespace SocketIo;
using namespace Qt::StringLiterals;

// The code of the guides at work: servers and clients of theirs talk to each other.
class tst_Snippets : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();
    void typedSlots();
    void acknowledgements();
    void coroutines();
    void authentication();
    void sessions();
    void rooms();
    void serversOfQt();
    void pages();
    void tls();
    void tlsWithClientCertificates();
    void adapterOverUdp();

private:
    QUrl url(const QString &path = u"/"_s) const
    {
        return QUrl(u"http://127.0.0.1:%1%2"_s.arg(io->serverPort()).arg(path));
    }

    std::unique_ptr<Server> io;
};

void tst_Snippets::init()
{
    io = std::make_unique<Server>();
    QVERIFY(io->listen(QHostAddress::LocalHost));
}

void tst_Snippets::cleanup()
{
    io.reset();
}

void tst_Snippets::typedSlots()
{
    Recorder recorder;
    serveTypes(io.get(), &recorder);
    const std::unique_ptr<ClientSocket> socket(Manager::connectTo(url()));
    QStringList names;
    catchAll(socket.get(), this, &names);
    sendReadings(socket.get());
    QTRY_COMPARE(recorder.readings.size(), 3);
    QCOMPARE(recorder.readings.first().sensor, u"boiler"_s);
    QCOMPARE(recorder.readings.first().value, 61.5);
    // A reading that is none.
    socket->emitEvent(u"reading"_s, 1);
    QTRY_COMPARE(recorder.refused.size(), 1);
    Q_EMIT recorder.levelChanged(3, u"high"_s);
    QTRY_COMPARE(names, QStringList{u"level (2)"_s});
}

void tst_Snippets::acknowledgements()
{
    serveAcknowledgements(io.get());
    const std::unique_ptr<ClientSocket> socket(Manager::connectTo(url()));
    QStringList log;
    save(socket.get(), this, &log);
    const QStringList expected = {u"saved: 9 characters"_s, u"saved"_s};
    QTRY_COMPARE(log, expected);
    const QFuture<QString> future = saveAsFuture(socket.get());
    QTRY_VERIFY(future.isFinished());
    QCOMPARE(future.result(), u"saved"_s);

    log.clear();
    saveOrTellWhy(socket.get(), this, &log);
    QTRY_COMPARE(log, QStringList{u"saved"_s});
    io->mainNamespace()->disconnectSockets();
    QTRY_VERIFY(!socket->isConnected());
    socket->open();
    QTRY_VERIFY(socket->isConnected());

    QVariantList answers;
    socket->on(u"your name"_s, this, [](const Ack &ack) { ack(u"Ada"_s); });
    askEverybody(io.get(), this, &answers);
    QTRY_COMPARE(answers, QVariantList{u"Ada"_s});
}

void tst_Snippets::coroutines()
{
#ifdef WITH_QCORO
    serveAcknowledgements(io.get());
    const std::unique_ptr<ClientSocket> socket(Manager::connectTo(url()));
    QString result;
    saveTwice(socket.get()).then([&](const QString &text) { result = text; });
    QTRY_COMPARE(result, u"saved, saved"_s);
    // The connection breaks while the coroutine waits.
    result.clear();
    io->mainNamespace()->disconnectSockets();
    QTRY_VERIFY(!socket->isConnected());
    socket->open();
    QTRY_VERIFY(socket->isConnected());
    saveTwice(socket.get()).then([&](const QString &text) { result = text; });
    socket->close();
    QTRY_VERIFY(result.startsWith(u"socket has been disconnected: "_s));
    result.clear();
    socket->open();
    QTRY_VERIFY(socket->isConnected());
    saveOnce(socket.get()).then([&](const QString &text) { result = text; });
    QTRY_COMPARE(result, u"saved"_s);
    saveOnce(socket.get()).then([&](const QString &text) { result = text; });
    socket->close();
    QTRY_VERIFY(result.startsWith(u"socket has been disconnected: "_s));
#else
    QSKIP("QCoro is not installed, or not for this compiler.");
#endif
}

void tst_Snippets::authentication()
{
    serveAuthentication(io.get());
    serveEventRules(io.get());
    const std::unique_ptr<ClientSocket> stranger(Manager::connectTo(url()));
    QStringList refusals;
    showRefusals(stranger.get(), this, &refusals);
    QTRY_COMPARE(refusals, QStringList{u"not authorized"_s});
    const std::unique_ptr<ClientSocket> friendly(connectWithToken(url(), u"secret"_s));
    QTRY_VERIFY(friendly->isConnected());
}

void tst_Snippets::sessions()
{
    serveSessions(io.get(), "key"_ba, "<html>"_ba);
    QNetworkAccessManager network; // with a cookie jar, as a browser has one
    ClientOptions options;
    options.withCredentials = true;
    options.reconnection = false;
    Manager manager(url(), options);
    manager.setNetworkAccessManager(&network);
    ClientSocket *socket = manager.socket();
    QStringList users;
    socket->on(u"welcome"_s, this, [&users](const QString &user) { users.append(user); });
    QSignalSpy refused(socket, &ClientSocket::connectError);
    socket->open();
    QTRY_COMPARE(refused.size(), 1);

    const auto logIn = [&](const QByteArray &body) {
        const std::unique_ptr<QNetworkReply> reply(
            network.post(QNetworkRequest(url(u"/login"_s)), body));
        QSignalSpy finished(reply.get(), &QNetworkReply::finished);
        if (!reply->isFinished() && !finished.wait(30000))
            return 0;
        return reply->attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt();
    };
    QCOMPARE(logIn("Ada\nwrong"), 401);
    QCOMPARE(logIn("Ada\nsecret"), 204);
    socket->open();
    QTRY_COMPARE(users, QStringList{u"Ada"_s});

    // What the cookie says counts until then, and only as it was signed.
    const qint64 now = QDateTime::currentSecsSinceEpoch();
    const QByteArray good = sessionCookie("Ada"_ba, now + 1000, "key"_ba);
    const auto userWith = [](const QByteArray &cookie) {
        const EngineIo::HttpHeaders headers{{"Cookie"_ba, "a=b; session=" + cookie}};
        return userOf(EngineIo::HttpRequest("GET"_ba, "/"_ba, headers), "key"_ba);
    };
    QCOMPARE(userWith(good), "Ada"_ba);
    QCOMPARE(userWith(sessionCookie("Ada"_ba, now - 1, "key"_ba)), QByteArray());
    QCOMPARE(userWith(sessionCookie("Ada"_ba, now + 1000, "yek"_ba)), QByteArray());
    QByteArray longer = good;
    longer.replace(QByteArray::number(now + 1000), QByteArray::number(now + 9000));
    QCOMPARE(userWith(longer), QByteArray());
    QCOMPARE(userWith("QWRh" + good.mid(4, good.lastIndexOf('.') - 3)), QByteArray());
    for (const QByteArray &odd : {""_ba, "."_ba, ".."_ba, "Ada"_ba, "a.b.c.d"_ba})
        QCOMPARE(userWith(odd), QByteArray());
}

void tst_Snippets::rooms()
{
    serveRooms(io.get());
    serveNamespaces(io.get());
    const std::unique_ptr<ClientSocket> first(Manager::connectTo(url()));
    const std::unique_ptr<ClientSocket> second(Manager::connectTo(url()));
    QStringList heard;
    second->on(u"said"_s, this, [&](const QString &text) { heard.append(text); });
    second->on(u"news"_s, this, [&](const QString &text) { heard.append(text); });
    QVariantList joined;
    second->emitWithAck(u"join"_s, u"sports"_s)->then(this, [&](const QVariantList &args) {
        joined = args;
    });
    QTRY_COMPARE(joined.size(), 1);
    first->emitEvent(u"say"_s, u"sports"_s, u"Goal!"_s);
    QTRY_COMPARE(heard, QStringList{u"Goal!"_s});
    announce(io.get(), u"It rains"_s);
    QTRY_COMPARE(heard.size(), 5);

    QStringList headlines;
    const std::unique_ptr<ClientSocket> reader(joinNews(url()));
    reader->on(u"headline"_s, this, [&](const QString &text) { headlines.append(text); });
    QTRY_COMPARE(headlines, QStringList{u"Welcome"_s});
}

void tst_Snippets::serversOfQt()
{
#ifdef WITH_HTTPSERVER
    QHttpServer httpServer;
    QVERIFY(serveHttp(io.get(), &httpServer));
    QWebSocketServer webSocketServer(QString(), QWebSocketServer::NonSecureMode);
    QVERIFY(serveWebSockets(io.get(), &webSocketServer));
    const auto at = [](quint16 port) { return QUrl(u"http://127.0.0.1:%1"_s.arg(port)); };
    const std::unique_ptr<ClientSocket> first(
        Manager::connectTo(at(httpServer.serverPorts().value(0))));
    ClientOptions options;
    options.transports = {EngineIo::TransportType::WebSocket};
    const std::unique_ptr<ClientSocket> second(
        Manager::connectTo(at(webSocketServer.serverPort()), options));
    QTRY_VERIFY(first->isConnected());
    QTRY_VERIFY(second->isConnected());

    // As an HTTP server does that is not Qt's.
    int status = 0;
    const auto client = std::make_unique<QObject>();
    answer(io->engine(), EngineIo::HttpRequest("GET", "/socket.io/?EIO=4&transport=polling"),
           client.get(), [&](int answered, const QByteArray &) { status = answered; });
    QTRY_COMPARE(status, 200);
#else
    QSKIP("Qt HTTP Server is not installed.");
#endif
}

void tst_Snippets::pages()
{
    QTemporaryDir folder;
    for (const auto &name : {u"socket.io.js"_s, u"index.html"_s}) {
        QFile file(folder.filePath(name));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(name.toUtf8());
    }
    QNetworkAccessManager network;
    const auto get = [&](const QString &path, const QByteArray &origin = {}) {
        QNetworkRequest request(url(path));
        if (!origin.isEmpty())
            request.setRawHeader("Origin", origin);
        return network.get(request);
    };
    io = makeServerWithScript(folder.path());
    servePage(io.get(), folder.filePath(u"index.html"_s));
    QVERIFY(io->listen(QHostAddress::LocalHost));
    QNetworkReply *page = get(u"/"_s);
    QNetworkReply *script = get(u"/socket.io/socket.io.js"_s);
    QNetworkReply *missing = get(u"/other"_s);
    QTRY_VERIFY(page->isFinished() && script->isFinished() && missing->isFinished());
    QCOMPARE(page->readAll(), "index.html"_ba);
    QCOMPARE(script->readAll(), "socket.io.js"_ba);
    QCOMPARE(missing->attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt(), 404);

    io = makeServerForPages();
    QVERIFY(io->listen(QHostAddress::LocalHost));
    const QString handshake = u"/socket.io/?EIO=4&transport=polling"_s;
    QNetworkReply *known = get(handshake, "https://example.com");
    QNetworkReply *unknown = get(handshake, "https://evil.example");
    QTRY_VERIFY(known->isFinished() && unknown->isFinished());
    QCOMPARE(known->rawHeader("Access-Control-Allow-Origin"), "https://example.com"_ba);
    QCOMPARE(known->rawHeader("Access-Control-Allow-Credentials"), "true"_ba);
    QVERIFY(unknown->rawHeader("Access-Control-Allow-Origin") != "https://evil.example"_ba);
}

void tst_Snippets::tls()
{
    const Certificates certificates;
    if (!certificates.isValid())
        QSKIP("This test needs the program openssl.");
    const auto path = [&](const char *name, const char *suffix) {
        return certificates.path(QString::fromLatin1(name), QString::fromLatin1(suffix));
    };
    io = std::make_unique<Server>();
    QVERIFY(listenWithTls(io.get(), path("server", "pem"), path("server", "key")));
    const QUrl secure(u"https://localhost:%1"_s.arg(io->serverPort()));
    const std::unique_ptr<ClientSocket> friendly(connectWithTls(secure, path("authority", "pem")));
    QTRY_VERIFY_WITH_TIMEOUT(friendly->isConnected(), 60'000);
}

void tst_Snippets::tlsWithClientCertificates()
{
    const Certificates certificates;
    if (!certificates.isValid())
        QSKIP("This test needs the program openssl.");
    const auto path = [&](const char *name, const char *suffix) {
        return certificates.path(QString::fromLatin1(name), QString::fromLatin1(suffix));
    };
    io = std::make_unique<Server>();
    io->use(nameByCertificate);
    QVERIFY(listenForKnownClients(io.get(), path("server", "pem"), path("server", "key"),
                                  path("authority", "pem")));
    const QUrl secure(u"https://localhost:%1"_s.arg(io->serverPort()));
    const std::unique_ptr<ClientSocket> nameless(connectWithTls(secure, path("authority", "pem")));
    QTRY_VERIFY_WITH_TIMEOUT(nameless->lastError().isError(), 60'000);
    nameless->close();
    const std::unique_ptr<ClientSocket> known(connectWithCertificate(
        secure, path("client", "pem"), path("client", "key"), path("authority", "pem")));
    QTRY_VERIFY_WITH_TIMEOUT(known->isConnected(), 60'000);
    QTRY_COMPARE(io->mainNamespace()->sockets().size(), 1);
    QCOMPARE(io->mainNamespace()->sockets().constFirst()->dataValue(u"name"_s).toString(),
             u"client"_s);
}

void tst_Snippets::adapterOverUdp()
{
    UdpLink links[2];
    for (UdpLink &link : links)
        QVERIFY(link.bind(QHostAddress::LocalHost, 0));
    links[0].addPeer(QHostAddress::LocalHost, links[1].port());
    links[1].addPeer(QHostAddress::LocalHost, links[0].port());
    ServerOptions options;
    options.adapter = UdpAdapter::factory(&links[0]);
    io = std::make_unique<Server>(options);
    QVERIFY(io->listen(QHostAddress::LocalHost));
    options.adapter = UdpAdapter::factory(&links[1]);
    Server other(options);
    const std::unique_ptr<ClientSocket> socket(Manager::connectTo(url()));
    QVariantList received;
    socket->on(u"news"_s, this, [&](const QVariantList &args) { received = args; });
    QTRY_VERIFY(socket->isConnected());
    other.emitEvent(u"news"_s, 1, QByteArray("\0\1", 2));
    QTRY_COMPARE(received, QVariantList({1LL, QByteArray("\0\1", 2)}));
    QFuture<QList<RemoteSocket>> sockets = other.fetchSockets();
    QTRY_VERIFY(sockets.isFinished());
    QCOMPARE(sockets.result().size(), 1);
    QCOMPARE(sockets.result().constFirst().id(), socket->id());
}

QTEST_GUILESS_MAIN(tst_Snippets)
#include "tst_snippets.moc"
