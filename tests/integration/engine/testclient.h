// SPDX-License-Identifier: MIT
#ifndef TESTCLIENT_H
#define TESTCLIENT_H

#include "support/testmain.h"

#include <EngineIo/Server>

#include <QtCore/qjsondocument.h>
#include <QtCore/qjsonobject.h>
#include <QtNetwork/qsslconfiguration.h>
#include <QtNetwork/qsslsocket.h>
#include <QtNetwork/qtcpsocket.h>
#include <QtTest/qsignalspy.h>
#include <QtTest/qtest.h>

#include <memory>
#include <optional>

// Clients that send exactly the bytes a test wants, and no others.

struct HttpAnswer
{
    int status = 0;
    QList<std::pair<QByteArray, QByteArray>> headers;
    QByteArray body;

    QByteArray header(const QByteArray &name) const
    {
        for (const auto &field : headers) {
            if (field.first.compare(name, Qt::CaseInsensitive) == 0)
                return field.second;
        }
        return {};
    }
    QList<QByteArray> all(const QByteArray &name) const
    {
        QList<QByteArray> values;
        for (const auto &field : headers) {
            if (field.first.compare(name, Qt::CaseInsensitive) == 0)
                values.append(field.second);
        }
        return values;
    }
    QJsonObject json() const { return QJsonDocument::fromJson(body).object(); }
};

// One TCP connection.
class RawConnection : public QObject
{
public:
    explicit RawConnection(quint16 port, const QHostAddress &host = QHostAddress::LocalHost)
        : RawConnection(std::make_unique<QTcpSocket>(), host, port)
    {
    }
    // Over TLS.
    RawConnection(quint16 port, const QSslConfiguration &tls)
        : RawConnection(port, &tls)
    {
    }
    // Over TLS if there is a configuration.
    RawConnection(quint16 port, const QSslConfiguration *tls)
        : RawConnection(tls ? makeTlsSocket(*tls) : std::make_unique<QTcpSocket>(),
                        QHostAddress::LocalHost, port)
    {
        auto *sslSocket = qobject_cast<QSslSocket *>(&socket);
        if (!sslSocket)
            return;
        if (socket.waitForConnected())
            sslSocket->startClientEncryption();
        (void)QTest::qWaitFor([&] { return sslSocket->isEncrypted() || isClosed(); },
                              TestSupport::Patience);
    }

    void send(const QByteArray &data)
    {
        if (socket.state() != QAbstractSocket::ConnectedState && !socket.waitForConnected())
            return;
        socket.write(data);
        socket.flush();
    }

    bool isClosed() const { return socket.state() == QAbstractSocket::UnconnectedState; }
    bool waitForClosed()
    {
        return QTest::qWaitFor([this] { return isClosed(); }, TestSupport::Patience);
    }

    // Takes a whole answer off what has come; hasBody is false for an answer to HEAD.
    std::optional<HttpAnswer> takeAnswer(bool hasBody = true)
    {
        const qsizetype end = received.indexOf("\r\n\r\n");
        if (end < 0)
            return std::nullopt;
        HttpAnswer answer;
        const QList<QByteArray> lines = received.first(end).split('\n');
        answer.status = lines.first().mid(9, 3).toInt();
        for (const QByteArray &line : lines.sliced(1)) {
            const qsizetype colon = line.indexOf(':');
            answer.headers.append({line.first(colon), line.sliced(colon + 1).trimmed()});
        }
        const qsizetype size = hasBody ? answer.header("content-length").toLongLong() : 0;
        if (received.size() < end + 4 + size)
            return std::nullopt;
        answer.body = received.mid(end + 4, size);
        received.remove(0, end + 4 + size);
        return answer;
    }
    HttpAnswer waitForAnswer(bool hasBody = true)
    {
        std::optional<HttpAnswer> answer;
        (void)QTest::qWaitFor([&] { return (answer = takeAnswer(hasBody)).has_value(); },
                              TestSupport::Patience);
        return answer.value_or(HttpAnswer());
    }

    // A request with the headers it must have; more are lines that end with CR LF.
    HttpAnswer request(const QByteArray &method, const QByteArray &target,
                       const QByteArray &body = {}, const QByteArray &more = {})
    {
        sendRequest(method, target, body, more);
        return waitForAnswer(method != "HEAD");
    }
    void sendRequest(const QByteArray &method, const QByteArray &target,
                     const QByteArray &body = {}, const QByteArray &more = {})
    {
        QByteArray head = method + ' ' + target + " HTTP/1.1\r\nHost: localhost\r\n" + more;
        if (!body.isEmpty() || method == "POST")
            head += "Content-Length: " + QByteArray::number(body.size()) + "\r\n";
        send(head + "\r\n" + body);
    }

private:
    RawConnection(std::unique_ptr<QTcpSocket> made, const QHostAddress &host, quint16 port)
        : m_socket(std::move(made))
        , socket(*m_socket)
    {
        connect(&socket, &QTcpSocket::readyRead, this, [this] { received += socket.readAll(); });
        socket.connectToHost(host, port);
    }
    static std::unique_ptr<QTcpSocket> makeTlsSocket(const QSslConfiguration &tls)
    {
        auto made = std::make_unique<QSslSocket>();
        made->setSslConfiguration(tls);
        made->setPeerVerifyName(QStringLiteral("localhost"));
        return made;
    }

    std::unique_ptr<QTcpSocket> m_socket;

public:
    QTcpSocket &socket;
    QByteArray received;
};

// A WebSocket client on a RawConnection.
class RawWebSocket : public RawConnection
{
public:
    RawWebSocket(quint16 port, const QByteArray &target, const QByteArray &more = {},
                 const QSslConfiguration *tls = nullptr)
        : RawConnection(port, tls)
    {
        send("GET " + target
             + " HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n"
               "Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
               "Sec-WebSocket-Version: 13\r\n"
             + more + "\r\n");
        handshake = waitForAnswer();
    }

    static QByteArray frame(int first, const QByteArray &payload)
    {
        QByteArray frame(1, char(first));
        if (payload.size() < 126) {
            frame += char(0x80 | payload.size());
        } else if (payload.size() <= 0xffff) {
            frame += char(0x80 | 126);
            frame += char(payload.size() >> 8);
            frame += char(payload.size());
        } else {
            frame += char(0x80 | 127);
            for (int shift = 56; shift >= 0; shift -= 8)
                frame += char(quint64(payload.size()) >> shift);
        }
        return frame + QByteArray(4, '\0') + payload; // a mask of zeros
    }
    void sendText(const QByteArray &text) { send(frame(0x81, text)); }
    void sendBinary(const QByteArray &data) { send(frame(0x82, data)); }

    struct Frame
    {
        int opcode = -1;
        QByteArray payload;
    };
    std::optional<Frame> takeFrame()
    {
        if (received.size() < 2)
            return std::nullopt;
        qsizetype size = received[1] & 0x7f;
        qsizetype header = 2;
        if (size >= 126) {
            const int bytes = size == 126 ? 2 : 8;
            header += bytes;
            if (received.size() < header)
                return std::nullopt;
            size = 0;
            for (int i = 0; i < bytes; ++i)
                size = (size << 8) | quint8(received[2 + i]);
        }
        if (received.size() < header + size)
            return std::nullopt;
        Frame frame{received[0] & 0x0f, received.mid(header, size)};
        received.remove(0, header + size);
        return frame;
    }
    Frame waitForFrame()
    {
        std::optional<Frame> frame;
        (void)QTest::qWaitFor([&] { return (frame = takeFrame()).has_value(); },
                              TestSupport::Patience);
        return frame.value_or(Frame());
    }
    QByteArray waitForText()
    {
        const Frame frame = waitForFrame();
        return frame.opcode == 1 ? frame.payload
                                 : "not a text: " + QByteArray::number(frame.opcode);
    }

    HttpAnswer handshake;
};

// A server on a port of the system's choice that remembers its sessions.
class TestServer : public EngineIo::Server
{
public:
    explicit TestServer(const EngineIo::ServerOptions &options = {})
        : EngineIo::Server(options)
    {
        connect(this, &EngineIo::Server::connection, this,
                [this](EngineIo::Session *session) { accepted.append(session); });
    }
    bool listen() { return EngineIo::Server::listen(QHostAddress::LocalHost); }

    QByteArray path = "/engine.io/";
    QByteArray target(const QByteArray &transport, const QByteArray &sid = {}) const
    {
        return path + "?EIO=4&transport=" + transport + (sid.isEmpty() ? "" : "&sid=" + sid);
    }
    QList<QPointer<EngineIo::Session>> accepted;
};

// A polling session that has completed its handshake.
class PollingClient
{
public:
    explicit PollingClient(TestServer &testServer, const QSslConfiguration *tls = nullptr)
        : server(testServer)
        , poll(server.serverPort(), tls)
        , post(server.serverPort(), tls)
    {
        const HttpAnswer answer = poll.request("GET", server.target("polling"));
        open = QJsonDocument::fromJson(answer.body.mid(1)).object();
        sid = open.value(u"sid").toString().toLatin1();
    }
    QByteArray target() const { return server.target("polling", sid); }
    void startPoll() { poll.sendRequest("GET", target()); }
    HttpAnswer waitForPoll() { return poll.waitForAnswer(); }
    HttpAnswer send(const QByteArray &payload) { return post.request("POST", target(), payload); }

    TestServer &server;
    RawConnection poll;
    RawConnection post;
    QJsonObject open;
    QByteArray sid;
};

// A server with a client that has opened a session by polling, and what the session has reported since.
struct PolledSession
{
    PolledSession()
    {
        if (!session)
            qFatal("The server has no session: %s", qPrintable(server.errorString()));
    }

    TestServer server;
    const bool isListening = server.listen();
    PollingClient client{server};
    QPointer<EngineIo::Session> session = server.accepted.value(0);
    QSignalSpy messages{session, &EngineIo::Session::messageReceived};
    QSignalSpy closed{session, &EngineIo::Session::closed};
};

#endif
