// SPDX-License-Identifier: MIT
#include "clientprobe.h"
#include "httpfront.h"
#include "scriptedserver.h"
#include "support/certificates.h"
#include "support/testmain.h"
#include "testclient.h"

#include <QtCore/qcryptographichash.h>
#include <QtCore/qelapsedtimer.h>
#include <QtCore/qloggingcategory.h>
#include <QtCore/qregularexpression.h>
#include <QtCore/qtimer.h>
#include <QtNetwork/qnetworkaccessmanager.h>
#include <QtNetwork/qnetworkproxy.h>

using namespace EngineIo;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

using Request = HttpFront::Request;
using Decision = HttpFront::Decision;
using What = HttpFront::What;

namespace {

QUrl urlOf(const Server &server)
{
    return QUrl(u"http://127.0.0.1:%1"_s.arg(server.serverPort()));
}

// Makes a WebSocket of a connection and writes frames on it.
class ScriptedWebSocketServer : public QTcpServer
{
public:
    explicit ScriptedWebSocketServer(std::function<void(QTcpSocket *)> opened)
    {
        connect(this, &QTcpServer::newConnection, this, [this, opened] {
            QTcpSocket *socket = nextPendingConnection();
            connect(socket, &QTcpSocket::readyRead, socket, [socket, opened] {
                if (socket->property("open").toBool()) {
                    socket->readAll();
                    return;
                }
                const QByteArray head = socket->peek(10'000);
                if (!head.contains("\r\n\r\n"))
                    return;
                socket->readAll();
                socket->setProperty("open", true);
                socket->write(answerTo(head));
                opened(socket);
            });
        });
        listen(QHostAddress::LocalHost);
    }
    QUrl url() const { return QUrl(u"http://127.0.0.1:%1"_s.arg(serverPort())); }

    static QByteArray answerTo(const QByteArray &head)
    {
        const qsizetype from = head.toLower().indexOf("sec-websocket-key: ") + 19;
        const QByteArray key = head.mid(from, head.indexOf('\r', from) - from);
        return "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
               "Connection: Upgrade\r\nSec-WebSocket-Accept: "
            + QCryptographicHash::hash(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11",
                                       QCryptographicHash::Sha1)
                  .toBase64()
            + "\r\n\r\n";
    }
    static QByteArray frame(int opcode, const QByteArray &payload)
    {
        QByteArray frame(1, char(0x80 | opcode));
        if (payload.size() < 126)
            frame += char(payload.size());
        else
            frame += char(126) + QByteArray(1, char(payload.size() >> 8)) + char(payload.size());
        return frame + payload;
    }
    static QByteArray handshake(int interval = 25000, int timeout = 20000)
    {
        return frame(1,
                     R"(0{"sid":"abc","upgrades":[],"pingInterval":)" + QByteArray::number(interval)
                         + R"(,"pingTimeout":)" + QByteArray::number(timeout) + "}");
    }
};

} // namespace

// What the client says when something goes wrong, and what it does about it.
class tst_Engine_ClientErrors : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void closedPort_data() { addTransportRows(); }
    void closedPort();
    void deadProxy_data();
    void deadProxy();
    void refusedByTheServer_data() { addTransportRows(); }
    void refusedByTheServer();
    void unknownCertificate_data() { addTransportRows(); }
    void unknownCertificate();
    void unsupportedScheme();
    void endOfTheServer_data();
    void endOfTheServer();
    void closeFrames_data();
    void closeFrames();
    void olderServers();
    void nothingIsPrinted_data();
    void nothingIsPrinted();
    void swallowedWebSocket_data();
    void swallowedWebSocket();
    void aPartOfAMessageIsASignOfLife_data();
    void aPartOfAMessageIsASignOfLife();
    void aMessageOnItsWayIsASignOfLife();
    void aBusyThreadIsNotASilentServer_data() { aPartOfAMessageIsASignOfLife_data(); }
    void aBusyThreadIsNotASilentServer();
    void aSilentRequestTimesOut();
    void logsWhatHappens();
    void closesAtEachStage_data();
    void closesAtEachStage();
    void lossesOfACloseAreReported();
    void aCloseDoesNotWaitForAServerThatTakesNothing_data();
    void aCloseDoesNotWaitForAServerThatTakesNothing();
    void aCloseWaitsForASlowServer();

private:
    Certificates certificates;
};

void tst_Engine_ClientErrors::initTestCase()
{
    QVERIFY2(certificates.isValid(), "needs the openssl program");
}

void tst_Engine_ClientErrors::closedPort()
{
    QFETCH(QString, transports);
    QTcpServer other;
    QVERIFY(other.listen(QHostAddress::LocalHost));
    const QUrl url(u"http://Ada:secret@127.0.0.1:%1/x?token=1"_s.arg(other.serverPort()));
    other.close();
    ClientProbe probe(url, optionsFor(transports));
    QTRY_COMPARE(probe.closes, 1);
    QCOMPARE(probe.errors,
             QStringList{
                 u"cannot connect to http://127.0.0.1:%1: connection refused"_s.arg(url.port())});
    QCOMPARE(probe.details.type(), ClientError::Type::Network);
    QCOMPARE(probe.details.closeCode(), 0);
}

void tst_Engine_ClientErrors::deadProxy_data()
{
    QTest::addColumn<QString>("transports");
    QTest::addColumn<QNetworkProxy::ProxyType>("type");
    QTest::addColumn<QString>("scheme");
    for (const QString &transports : {u"polling"_s, u"websocket"_s}) {
        for (const QString &scheme : {u"http"_s, u"https"_s}) {
            QTest::addRow("HTTP, %s, %s", qPrintable(transports), qPrintable(scheme))
                << transports << QNetworkProxy::HttpProxy << scheme;
            QTest::addRow("SOCKS, %s, %s", qPrintable(transports), qPrintable(scheme))
                << transports << QNetworkProxy::Socks5Proxy << scheme;
        }
    }
}

// Its address is said: it may be that of the system, which nobody remembers.
void tst_Engine_ClientErrors::deadProxy()
{
    QFETCH(QString, transports);
    QFETCH(QNetworkProxy::ProxyType, type);
    QFETCH(QString, scheme);
    QTcpServer other;
    QVERIFY(other.listen(QHostAddress::LocalHost));
    const quint16 port = other.serverPort();
    other.close();
    ClientOptions options = optionsFor(transports);
    options.proxy = QNetworkProxy(type, u"127.0.0.1"_s, port);
    ClientProbe probe(QUrl(scheme + u"://example.test"_s), options);
    QTRY_COMPARE(probe.closes, 1);
    QCOMPARE(probe.errors.size(), 1);
    const QString error = probe.errors.first();
    QVERIFY2(error.startsWith(u"cannot connect to %1://example.test: "_s.arg(scheme)),
             qPrintable(error));
    QVERIFY2(error.contains(u"the proxy at 127.0.0.1:%1"_s.arg(port)), qPrintable(error));
    QVERIFY2(error.contains(u"refused"_s), qPrintable(error));
    QVERIFY2(probe.details.hint().contains(u"option proxy"_s), qPrintable(probe.details.hint()));
}

void tst_Engine_ClientErrors::refusedByTheServer()
{
    QFETCH(QString, transports);
    TestServer server;
    server.setAllowRequest(
        [](const HttpRequest &, const Server::AllowDone &done) { done(false, u"members only"_s); });
    QVERIFY(server.listen());
    ClientProbe probe(urlOf(server), optionsFor(transports));
    QTRY_COMPARE(probe.closes, 1);
    QCOMPARE(probe.errors,
             QStringList{u"cannot connect to http://127.0.0.1:%1: the server answered with HTTP "
                         "status 403 (Forbidden): members only"_s.arg(server.serverPort())});
    QCOMPARE(probe.details.httpStatus(), 403);
    QVERIFY(probe.details.httpBody().contains("\"code\":4"));
}

void tst_Engine_ClientErrors::unknownCertificate()
{
    QFETCH(QString, transports);
    TestServer server;
    server.setSslConfiguration(certificates.forServer());
    QVERIFY(server.listen());
    ClientProbe probe(QUrl(u"https://localhost:%1"_s.arg(server.serverPort())),
                      optionsFor(transports));
    QTRY_COMPARE(probe.closes, 1);
    QCOMPARE(probe.errors.size(), 1);
    const QString start =
        u"cannot connect to https://localhost:%1: the server's certificate is not "
        "accepted: "_s.arg(server.serverPort());
    QVERIFY2(probe.errors.constFirst().startsWith(start), qPrintable(probe.errors.constFirst()));
    QVERIFY2(probe.errors.constFirst().contains("issuer"_L1)
                 || probe.errors.constFirst().contains("self-signed"_L1),
             qPrintable(probe.errors.constFirst()));
}

void tst_Engine_ClientErrors::unsupportedScheme()
{
    ClientProbe probe(QUrl(u"ftp://localhost:21"_s));
    QTRY_COMPARE(probe.closes, 1);
    QCOMPARE(probe.errors,
             QStringList{u"cannot connect to \"ftp://localhost:21\": the scheme \"ftp\" is not "
                         "supported, only http, https, ws and wss are"_s});
}

void tst_Engine_ClientErrors::endOfTheServer_data()
{
    addTransportRows();
}

void tst_Engine_ClientErrors::endOfTheServer()
{
    QFETCH(QString, transports);
    TestServer server;
    QVERIFY(server.listen());
    HttpFront front(server.serverPort());
    const QString address = front.url().toString();
    ClientProbe probe(front.url(), optionsFor(transports));
    QTRY_VERIFY(probe.isSettled());
    const auto sockets = front.findChildren<QTcpSocket *>();
    for (QTcpSocket *socket : sockets)
        socket->abort();
    front.close();
    QTRY_COMPARE(probe.closes, 1);
    const QString text = probe.details.text();
    QVERIFY2(text.startsWith(u"the connection to %1 broke: "_s.arg(address)), qPrintable(text));
    QCOMPARE(probe.details.closeCode(), 0);
}

void tst_Engine_ClientErrors::closeFrames_data()
{
    QTest::addColumn<QByteArray>("sent");
    QTest::addColumn<int>("code");
    QTest::addColumn<QString>("text");
    QTest::newRow("1009")
        << ScriptedWebSocketServer::frame(8, "\x03\xf1too big") << 1009
        << u"a message is bigger than the server accepts (its option maxHttpBufferSize)"_s;
    QTest::newRow("none") << QByteArray() << 0 << u"the server closed the connection"_s;
}

void tst_Engine_ClientErrors::closeFrames()
{
    QFETCH(QByteArray, sent);
    QFETCH(int, code);
    QFETCH(QString, text);
    ScriptedWebSocketServer server([&](QTcpSocket *socket) {
        socket->write(ScriptedWebSocketServer::handshake() + sent);
        socket->disconnectFromHost();
    });
    ClientProbe probe(server.url(), optionsFor(u"websocket"_s));
    QTRY_COMPARE(probe.closes, 1);
    QCOMPARE(probe.reason, CloseReason::TransportClose);
    QCOMPARE(probe.details.closeCode(), code);
    QCOMPARE(probe.details.description(), text);
}

void tst_Engine_ClientErrors::olderServers()
{
    ScriptedServer server([](const ScriptedServer::Request &) {
        return ScriptedServer::answer(
            200,
            R"(85:0{"sid":"abc","upgrades":["websocket"],"pingInterval":25000,"pingTimeout":5000}2:40)");
    });
    ClientProbe probe(server.url());
    QTRY_COMPARE(probe.closes, 1);
    QCOMPARE(probe.errors.size(), 1);
    QVERIFY2(probe.errors.constFirst().contains("update the server to Socket.IO 3 or later"_L1),
             qPrintable(probe.errors.constFirst()));
}

void tst_Engine_ClientErrors::nothingIsPrinted_data()
{
    QTest::addColumn<QString>("transports");
    QTest::addColumn<QString>("event");
    for (const char *transports : {"polling", "websocket", "upgrade"}) {
        for (const char *event : {"the server goes", "connections are reset", "TLS fails",
                                  "the port is closed", "the answer is cut off", "it closes"}) {
            QTest::addRow("%s, %s", event, transports)
                << QString::fromLatin1(transports) << QString::fromLatin1(event);
        }
    }
}

void tst_Engine_ClientErrors::nothingIsPrinted()
{
    QFETCH(QString, transports);
    QFETCH(QString, event);
    auto server = std::make_unique<TestServer>();
    serveEcho(*server);
    if (event == "TLS fails"_L1)
        server->setSslConfiguration(certificates.forServer());
    QVERIFY(server->listen());
    HttpFront front(server->serverPort());
    front.keepAlive = "timeout=60";
    QUrl url = front.url();
    if (event == "TLS fails"_L1)
        url = QUrl(u"https://localhost:%1"_s.arg(server->serverPort()));
    else if (event == "the port is closed"_L1)
        front.close();
    const Printed printed;
    {
        ClientProbe probe(url, optionsFor(transports));
        if (event != "TLS fails"_L1 && event != "the port is closed"_L1) {
            QTRY_VERIFY(probe.isSettled());
            probe.send(u"hello"_s);
            QTRY_COMPARE(probe.messages.size(), 1);
            probe.send(QString(100'000, u'x')); // something is always on its way
        }
        if (event == "the server goes"_L1) {
            server.reset();
            front.close();
        } else if (event == "it closes"_L1) {
            probe.client->close();
        } else if (event == "connections are reset"_L1 || event == "the answer is cut off"_L1) {
            const auto sockets = front.findChildren<QTcpSocket *>();
            for (QTcpSocket *socket : sockets) {
                if (socket->parent() != &front)
                    continue;
                if (event == "the answer is cut off"_L1)
                    socket->write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n4");
                socket->flush();
                socket->abort();
            }
            front.close();
        }
        QTRY_COMPARE(probe.closes, 1);
    }
    // What Qt's thread had still to say.
    for (int i = 0; i < 50; ++i)
        QTest::qWait(1);
    QCOMPARE(printed.lines(), QStringList());
}

void tst_Engine_ClientErrors::swallowedWebSocket_data()
{
    QTest::addColumn<QString>("how");
    for (const char *how : {"tryAllTransports", "rememberUpgrade", "given up", "upgrade"})
        QTest::newRow(how) << QString::fromLatin1(how);
}

// A proxy takes the request for a WebSocket and never answers.
void tst_Engine_ClientErrors::swallowedWebSocket()
{
    QFETCH(QString, how);
    TestServer server;
    serveEcho(server);
    QVERIFY(server.listen());
    int swallowed = 0;
    QList<bool> upgrades;
    HttpFront front(server.serverPort(), [&](const Request &request) -> Decision {
        upgrades.append(request.isUpgrade());
        if (!request.isUpgrade())
            return {};
        ++swallowed;
        return {What::Swallow};
    });
    ClientOptions options;
    options.transportTimeout = 100ms;
    options.upgradeTimeout = 100ms;
    if (how == "rememberUpgrade"_L1) {
        options.rememberUpgrade = true;
        // A connection that has nothing to do with the proxy has worked.
        ClientProbe other(urlOf(server));
        QTRY_VERIFY(other.isSettled());
    } else if (how != "upgrade"_L1) {
        options.transports = {TransportType::WebSocket, TransportType::Polling};
        options.tryAllTransports = true;
    }
    if (how == "given up"_L1) {
        // Whoever waits less than we do gets there with the next attempt.
        options.transportTimeout = 1h;
        ClientProbe first(front.url(), options);
        QTRY_COMPARE(swallowed, 1);
        first.client->abort();
    }
    ClientProbe probe(front.url(), options);
    QTRY_COMPARE(probe.client->state(), Client::State::Open);
    QCOMPARE(probe.client->transport(), TransportType::Polling);
    QSignalSpy failed(probe.client.get(), &Client::upgradeFailed);
    probe.send(u"hello"_s);
    QTRY_COMPARE(probe.messages, QStringList{u"hello"_s});
    QCOMPARE(probe.errors, QStringList());
    QTRY_COMPARE(failed.count(), 1);
    // It is not the first choice of the next connection, which may take its time on a busy machine.
    upgrades.clear();
    options.transportTimeout = 1h;
    ClientProbe next(front.url(), options);
    QTRY_COMPARE(next.client->state(), Client::State::Open);
    QCOMPARE(upgrades.value(0, true), false);
}

void tst_Engine_ClientErrors::aPartOfAMessageIsASignOfLife_data()
{
    QTest::addColumn<QString>("transports");
    QTest::newRow("polling") << u"polling"_s;
    QTest::newRow("websocket") << u"websocket"_s;
}

// A message that takes five times as long as the server may be silent.
void tst_Engine_ClientErrors::aPartOfAMessageIsASignOfLife()
{
    QFETCH(QString, transports);
    const QByteArray message = '4' + QByteArray(50, 'x');
    QByteArray bytes;
    QTimer timer;
    QPointer<QTcpSocket> receiver;
    connect(&timer, &QTimer::timeout, this, [&] {
        if (!receiver || bytes.isEmpty())
            return;
        receiver->write(bytes.first(1));
        bytes.remove(0, 1);
    });
    timer.start(20);
    std::unique_ptr<QTcpServer> server;
    QUrl url;
    if (transports == "websocket"_L1) {
        auto scripted = std::make_unique<ScriptedWebSocketServer>([&](QTcpSocket *socket) {
            socket->write(ScriptedWebSocketServer::handshake(100, 100));
            receiver = socket;
            bytes = ScriptedWebSocketServer::frame(1, message);
        });
        url = scripted->url();
        server = std::move(scripted);
    } else {
        auto scripted =
            std::make_unique<ScriptedServer>([&](const ScriptedServer::Request &request) {
                if (request.number == 1) {
                    return ScriptedServer::handshake(
                        R"("upgrades":[],"pingInterval":100,"pingTimeout":100)");
                }
                return request.number == 2 ? "HTTP/1.1 200 OK\r\nContent-Length: "
                        + QByteArray::number(message.size()) + "\r\n\r\n"
                                           : QByteArray();
            });
        url = scripted->url();
        connect(scripted.get(), &QTcpServer::newConnection, this, [&, raw = scripted.get()] {
            const auto sockets = raw->findChildren<QTcpSocket *>();
            receiver = sockets.constLast();
        });
        bytes = message;
        server = std::move(scripted);
    }
    if (transports == "polling"_L1) {
        // Only once the head of the second answer is out.
        const QByteArray held = std::exchange(bytes, {});
        auto *scripted = static_cast<ScriptedServer *>(server.get());
        connect(&timer, &QTimer::timeout, this, [&, scripted, held, started = false]() mutable {
            if (!started && scripted->requests() >= 2) {
                started = true;
                bytes = held;
            }
        });
        ClientProbe probe(url, optionsFor(transports));
        QTRY_COMPARE(probe.messages, QStringList{QString(50, u'x')});
        QCOMPARE(probe.closes, 0);
        QTRY_COMPARE(probe.closes, 1);
        QCOMPARE(probe.reason, CloseReason::PingTimeout);
        return;
    }
    ClientProbe probe(url, optionsFor(transports));
    QTRY_COMPARE(probe.messages, QStringList{QString(50, u'x')});
    QCOMPARE(probe.closes, 0);
    QTRY_COMPARE(probe.closes, 1);
    QCOMPARE(probe.reason, CloseReason::PingTimeout);
}

// A server that reads slowly has no time to say anything.
void tst_Engine_ClientErrors::aMessageOnItsWayIsASignOfLife()
{
#ifdef QTSOCKETIO_PORTABLE
    QSKIP("Qt does not say how much of what the system has taken the peer has acknowledged.");
#endif
    constexpr qint64 Size = 1'500'000;
    qint64 taken = 0;
    QElapsedTimer time;
    qint64 firstClose = -1;
    // A server of our own: it takes a bit every millisecond.
    QTcpServer server;
    QTimer timer;
    connect(&server, &QTcpServer::newConnection, this, [&] {
        QTcpSocket *socket = server.nextPendingConnection();
        socket->setSocketOption(QAbstractSocket::ReceiveBufferSizeSocketOption, 16 * 1024);
        socket->setReadBufferSize(2 * 1024);
        connect(&timer, &QTimer::timeout, socket, [&, socket] {
            if (socket->property("open").toBool()) {
                taken += socket->readAll().size();
                return;
            }
            const QByteArray head = socket->peek(2 * 1024);
            if (!head.contains("\r\n\r\n"))
                return;
            socket->read(head.indexOf("\r\n\r\n") + 4);
            socket->setProperty("open", true);
            socket->write(ScriptedWebSocketServer::answerTo(head)
                          + ScriptedWebSocketServer::handshake(300, 300));
        });
    });
    QVERIFY(server.listen(QHostAddress::LocalHost));
    timer.start(1);
    ClientProbe probe(QUrl(u"http://127.0.0.1:%1"_s.arg(server.serverPort())),
                      optionsFor(u"websocket"_s));
    connect(probe.client.get(), &Client::opened, this, [&] {
        time.start();
        probe.client->send(Message::fromBinary(QByteArray(Size, 'x')));
    });
    connect(probe.client.get(), &Client::closed, this, [&] { firstClose = taken; });
    QTRY_COMPARE_WITH_TIMEOUT(probe.closes, 1, 30000);
    QCOMPARE(probe.reason, CloseReason::PingTimeout);
    QVERIFY2(time.elapsed() > 400,
             qPrintable(u"%1 ms, %2 bytes"_s.arg(time.elapsed()).arg(firstClose)));
    QVERIFY2(firstClose > Size - 500'000, qPrintable(QString::number(firstClose)));
}

// The client's thread does something else for longer than the server may be silent.
void tst_Engine_ClientErrors::aBusyThreadIsNotASilentServer()
{
    QFETCH(QString, transports);
    QPointer<QTcpSocket> receiver;
    std::unique_ptr<QTcpServer> server;
    QByteArray ping;
    if (transports == "websocket"_L1) {
        server = std::make_unique<ScriptedWebSocketServer>([&](QTcpSocket *socket) {
            socket->write(ScriptedWebSocketServer::handshake(1000, 1000));
            receiver = socket;
        });
        ping = ScriptedWebSocketServer::frame(1, "2");
    } else {
        auto scripted =
            std::make_unique<ScriptedServer>([&](const ScriptedServer::Request &request) {
                if (request.number == 1) {
                    return ScriptedServer::handshake(
                        R"("upgrades":[],"pingInterval":1000,"pingTimeout":1000)");
                }
                if (request.number == 2)
                    receiver = server->findChildren<QTcpSocket *>().constLast();
                return request.method == "POST" ? ScriptedServer::answer(200, "ok") : QByteArray();
            });
        server = std::move(scripted);
        ping = ScriptedServer::answer(200, "2");
    }
    ClientProbe probe(QUrl(u"http://127.0.0.1:%1"_s.arg(server->serverPort())),
                      optionsFor(transports));
    QSignalSpy pinged(probe.client.get(), &Client::pinged);
    QTRY_VERIFY(receiver && probe.client->state() == Client::State::Open);
    receiver->write(ping);
    receiver->flush();
    QThread::msleep(2100);
    QTRY_VERIFY(pinged.count() == 1 || probe.closes == 1);
    QCOMPARE(probe.closes, 0);
}

// With a time-out for requests, a poll that nobody answers.
void tst_Engine_ClientErrors::aSilentRequestTimesOut()
{
    ScriptedServer server([](const ScriptedServer::Request &request) {
        return request.number == 1 ? ScriptedServer::handshake() : QByteArray();
    });
    ClientOptions options = optionsFor(u"polling"_s);
    options.requestTimeout = 100ms;
    ClientProbe probe(server.url(), options);
    QTRY_COMPARE(probe.closes, 1);
    QCOMPARE(probe.reason, CloseReason::TransportError);
    QCOMPARE(probe.errors,
             QStringList{u"the connection to %1 broke: the server did not answer in time"_s.arg(
                 server.url().toString())});
}

void tst_Engine_ClientErrors::logsWhatHappens()
{
    TestServer server;
    serveEcho(server);
    QVERIFY(server.listen());
    const Printed printed;
    QLoggingCategory::setFilterRules(u"qt.socketio.engine*=true"_s);
    ClientProbe probe(urlOf(server));
    QTRY_VERIFY(probe.isSettled());
    probe.send(u"hello"_s);
    QTRY_COMPARE(probe.messages.size(), 1);
    probe.client->close();
    QTRY_COMPARE(probe.closes, 1);
    QLoggingCategory::setFilterRules({});
    const QString text = printed.lines().join(u'\n');
    for (const char *wanted :
         {"qt.socketio.engine: Opening polling http://127.0.0.1:", "qt.socketio.engine: Handshake",
          "qt.socketio.engine: Probing websocket", "qt.socketio.engine: Upgraded to websocket",
          "qt.socketio.engine.packets: websocket sends 4hello", "qt.socketio.engine: Closed"}) {
        QVERIFY2(text.contains(QLatin1String(wanted)),
                 qPrintable(QString::fromLatin1(wanted) + u"\n---\n"_s + text));
    }
}

void tst_Engine_ClientErrors::closesAtEachStage_data()
{
    QTest::addColumn<QString>("transports");
    QTest::addColumn<QByteArray>("stage");
    QTest::addColumn<int>("ioThreads");
    for (const int ioThreads : {0, 1}) {
        for (const char *transports : {"polling", "websocket", "upgrade"}) {
            for (const char *stage : {"opening", "stateChanged", "opened", "flushed", "drained"}) {
                QTest::addRow("%s, %s, %d", transports, stage, ioThreads)
                    << QString::fromLatin1(transports) << QByteArray(stage) << ioThreads;
            }
        }
        for (const char *stage : {"upgrading", "transportChanged", "upgraded"}) {
            QTest::addRow("upgrade, %s, %d", stage, ioThreads)
                << u"upgrade"_s << QByteArray(stage) << ioThreads;
        }
    }
}

// The end never overtakes what was sent before.
void tst_Engine_ClientErrors::closesAtEachStage()
{
    QFETCH(QString, transports);
    QFETCH(QByteArray, stage);
    QFETCH(int, ioThreads);
    TestServer server;
    server.setIoThreadCount(ioThreads);
    QStringList received;
    connect(&server, &Server::connection, &server, [&](Session *session) {
        for (int i = 0; i < 50; ++i)
            session->send(Message::fromText(QString(1000, u's')));
        connect(session, &Session::messageReceived, session,
                [&](const Message &message) { received.append(message.text().left(3)); });
    });
    QVERIFY(server.listen());
    ClientProbe probe(urlOf(server), optionsFor(transports));
    Client *client = probe.client.get();
    bool done = false;
    const auto sendAndClose = [&] {
        if (std::exchange(done, true))
            return;
        for (int i = 100; i < 140; ++i)
            probe.send(QString::number(i) + QString(1000, u'x'));
        client->close();
    };
    if (stage == "opening") {
        sendAndClose();
    } else if (stage == "stateChanged") {
        connect(client, &Client::stateChanged, this, sendAndClose);
    } else if (stage == "opened") {
        connect(client, &Client::opened, this, sendAndClose);
    } else if (stage == "flushed" || stage == "drained") {
        connect(client, &Client::opened, this, [&] { probe.send(u"099"_s); });
        if (stage == "flushed")
            connect(client, &Client::flushed, this, sendAndClose);
        else
            connect(client, &Client::drained, this, sendAndClose);
    } else if (stage == "upgrading") {
        connect(client, &Client::upgrading, this, sendAndClose);
    } else if (stage == "transportChanged") {
        connect(client, &Client::transportChanged, this, [&](const QString &name) {
            if (name == "websocket"_L1)
                sendAndClose();
        });
    } else {
        connect(client, &Client::upgraded, this, sendAndClose);
    }
    QTRY_COMPARE(probe.closes, 1);
    QCOMPARE(probe.reason, CloseReason::ForcedClose);
    QStringList expected;
    if (stage == "flushed" || stage == "drained")
        expected.append(u"099"_s);
    for (int i = 100; i < 140; ++i)
        expected.append(QString::number(i));
    QTRY_COMPARE(received, expected);
    QTRY_COMPARE(server.clientsCount(), 0);
}

// The server never answers.
void tst_Engine_ClientErrors::lossesOfACloseAreReported()
{
    ScriptedServer server([](const ScriptedServer::Request &) { return QByteArray(); });
    ClientProbe probe(server.url(), optionsFor(u"polling"_s));
    probe.send(u"a"_s);
    probe.send(u"b"_s);
    QTRY_COMPARE(server.requests(), 1);
    probe.client->close();
    QTRY_COMPARE_WITH_TIMEOUT(probe.closes, 1, 30000);
    QCOMPARE(probe.reason, CloseReason::ForcedClose);
    QCOMPARE(probe.details.text(),
             u"cannot connect to http://127.0.0.1:%1: no answer within 5000 ms of close(), and 2 "
             "packets are lost"_s.arg(server.serverPort()));
}

void tst_Engine_ClientErrors::aCloseDoesNotWaitForAServerThatTakesNothing_data()
{
    QTest::addColumn<QString>("transports");
    QTest::addColumn<int>("size");
    QTest::newRow("polling") << u"polling"_s << 1000;
    QTest::newRow("websocket") << u"websocket"_s << 200'000; // the system takes some of that
}

void tst_Engine_ClientErrors::aCloseDoesNotWaitForAServerThatTakesNothing()
{
    QFETCH(QString, transports);
    QFETCH(int, size);
    ScriptedServer polling([](const ScriptedServer::Request &request) {
        return request.target.contains("sid=") ? QByteArray() : ScriptedServer::handshake();
    });
    ScriptedWebSocketServer webSocket([](QTcpSocket *socket) {
        QObject::disconnect(socket, &QIODevice::readyRead, nullptr, nullptr);
        socket->setReadBufferSize(1);
        socket->write(ScriptedWebSocketServer::handshake());
    });
    ClientProbe probe(transports == u"polling"_s ? polling.url() : webSocket.url(),
                      optionsFor(transports));
    QTRY_COMPARE(probe.client->state(), Client::State::Open);
    constexpr int Count = 100;
    for (int i = 0; i < Count; ++i)
        probe.send(QString(size, u'x'));
    probe.client->close();
    QTRY_COMPARE_WITH_TIMEOUT(probe.closes, 1, 20'000);
    QCOMPARE(probe.reason, CloseReason::ForcedClose);
    const QRegularExpression text(u"^the connection to http://127\\.0\\.0\\.1:[0-9]+ broke: the "
                                  u"server took nothing for 5000 ms "
                                  "after close\\(\\), and up to ([0-9]+) packets are lost$"_s);
    const QRegularExpressionMatch match = text.match(probe.details.text());
    QVERIFY2(match.hasMatch(), qPrintable(probe.details.text()));
    const int lost = match.captured(1).toInt();
    QVERIFY2(lost > Count / 2 && lost <= Count, qPrintable(match.captured(1)));
}

// It takes longer in all than a server may take to begin.
void tst_Engine_ClientErrors::aCloseWaitsForASlowServer()
{
    qint64 received = 0;
    ScriptedWebSocketServer server([&received](QTcpSocket *socket) {
        QObject::disconnect(socket, &QIODevice::readyRead, nullptr, nullptr);
        socket->setReadBufferSize(400'000);
        auto *timer = new QTimer(socket);
        QObject::connect(timer, &QTimer::timeout, socket,
                         [socket, &received] { received += socket->read(400'000).size(); });
        timer->start(250);
        socket->write(ScriptedWebSocketServer::handshake());
    });
    ClientProbe probe(server.url(), optionsFor(u"websocket"_s));
    QTRY_COMPARE(probe.client->state(), Client::State::Open);
    QElapsedTimer time;
    time.start();
    constexpr int Size = 200'000;
    constexpr int Count = 80;
    for (int i = 0; i < Count; ++i)
        probe.send(QString(Size, u'x'));
    probe.client->close();
    QTRY_VERIFY_WITH_TIMEOUT(received > qint64(Count) * Size, 40'000);
    QVERIFY2(time.elapsed() > 6000, qPrintable(QString::number(time.elapsed())));
    QTRY_COMPARE_WITH_TIMEOUT(probe.closes, 1, 20'000);
    QCOMPARE(probe.details.text(), QString());
}

QTSOCKETIO_TEST(tst_Engine_ClientErrors)
#include "tst_engine_clienterrors.moc"
