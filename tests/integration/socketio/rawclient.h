// SPDX-License-Identifier: MIT
#ifndef RAWCLIENT_H
#define RAWCLIENT_H

#include "integration/engine/testclient.h"

#include <SocketIo/Server>

#include <QtCore/qfuture.h>
#include <QtCore/qjsonarray.h>

#include <algorithm>
#include <functional>

// Socket.IO clients that send exactly the packets a test wants, and a server to test.

inline QByteArray jsonText(const QJsonObject &object)
{
    return QJsonDocument(object).toJson(QJsonDocument::Compact);
}

// What a test expects of a packet that carries JSON: the text before it, and the value.
struct WirePacket
{
    explicit WirePacket(const QByteArray &packet)
    {
        const auto start = std::find_if(packet.cbegin(), packet.cend(),
                                        [](char c) { return c == '[' || c == '{'; });
        prefix = packet.first(start - packet.cbegin());
        const QJsonDocument json = QJsonDocument::fromJson(packet.sliced(prefix.size()));
        array = json.array();
        object = json.object();
    }
    QString event() const { return array.at(0).toString(); }

    QByteArray prefix;
    QJsonArray array;
    QJsonObject object;
};

// A client on a WebSocket. Packets are texts as on the wire, for example 42["hi"]; binary messages
// are given as "b:" and their bytes. Pings are answered.
class RawClient
{
public:
    explicit RawClient(quint16 port, const QByteArray &query = {}, const QByteArray &headers = {},
                       const QSslConfiguration *tls = nullptr)
        : webSocket(port, "/socket.io/?EIO=4&transport=websocket" + query, headers, tls)
    {
        open = QJsonDocument::fromJson(webSocket.waitForText().mid(1)).object();
    }

    void send(const QByteArray &packet) { webSocket.sendText(packet); }
    void sendBinary(const QByteArray &bytes) { webSocket.sendBinary(bytes); }

    // The next packet, or nothing if the connection ends or isEnough says so before.
    QByteArray wait(const std::function<bool()> &isEnough = [] { return false; })
    {
        QByteArray packet;
        (void)QTest::qWaitFor([&] { return take(&packet) || isClosed() || isEnough(); },
                              TestSupport::Patience);
        return packet;
    }
    WirePacket waitForJson() { return WirePacket(wait()); }

    // Joins and answers with the socket's id.
    QString join(const QByteArray &nsp = {}, const QByteArray &auth = {})
    {
        send("40" + (nsp.isEmpty() ? QByteArray() : nsp + ',') + auth);
        const WirePacket answer = waitForJson();
        pid = answer.object.value(u"pid").toString();
        return answer.object.value(u"sid").toString();
    }

    bool isClosed() const { return closeFrame || webSocket.isClosed(); }
    bool waitForClosed()
    {
        return QTest::qWaitFor(
            [this] {
                QByteArray packet;
                if (take(&packet))
                    rest.append(packet);
                return isClosed();
            },
            TestSupport::Patience);
    }
    void drop() { webSocket.socket.abort(); }

    RawWebSocket webSocket;
    QJsonObject open;
    QString pid;            // of the last join()
    QList<QByteArray> rest; // what came while waitForClosed()

private:
    bool take(QByteArray *packet)
    {
        while (const auto frame = webSocket.takeFrame()) {
            if (frame->opcode == 8) {
                closeFrame = true;
                return false;
            }
            if (frame->opcode == 1 && frame->payload == "2") {
                webSocket.sendText("3");
                continue;
            }
            *packet = frame->opcode == 2 ? "b:" + frame->payload : frame->payload;
            return true;
        }
        return false;
    }

    bool closeFrame = false;
};

// A client that polls.
class RawPollingClient
{
public:
    explicit RawPollingClient(quint16 port, const QByteArray &query = {},
                              const QSslConfiguration *tls = nullptr)
        : poll(port, tls)
        , post(port, tls)
    {
        const HttpAnswer answer =
            poll.request("GET", "/socket.io/?EIO=4&transport=polling" + query);
        open = QJsonDocument::fromJson(answer.body.mid(1)).object();
        sid = open.value(u"sid").toString().toLatin1();
    }

    QByteArray target() const { return "/socket.io/?EIO=4&transport=polling&sid=" + sid; }
    HttpAnswer send(const QByteArray &payload) { return post.request("POST", target(), payload); }
    HttpAnswer receive() { return poll.request("GET", target()); }
    void startReceive() { poll.sendRequest("GET", target()); }

    RawConnection poll;
    RawConnection post;
    QJsonObject open;
    QByteArray sid;
};

// A server on a port of the system's choice.
class SioServer : public SocketIo::Server
{
public:
    explicit SioServer(const SocketIo::ServerOptions &options = {}, int ioThreads = 0)
        : SocketIo::Server(options)
    {
        setIoThreadCount(ioThreads);
        if (!listen(QHostAddress::LocalHost))
            qFatal("cannot listen: %s", qPrintable(errorString()));
    }
    quint16 port() const { return serverPort(); }
};

// Waits for a future that needs the event loop.
template<typename T>
T resultOf(const QFuture<T> &future)
{
    if (!QTest::qWaitFor([&future] { return future.isFinished(); }, TestSupport::Patience)
        || future.isCanceled())
        return {};
    return future.result();
}

// The sockets that a namespace hands out.
template<typename Source>
class SocketCatcher : public QObject
{
public:
    explicit SocketCatcher(Source *source)
    {
        connect(source, &Source::connected, this,
                [this](SocketIo::Socket *socket) { sockets.append(socket); });
    }
    SocketIo::Socket *last() const { return sockets.isEmpty() ? nullptr : sockets.last().data(); }
    qsizetype count() const { return sockets.size(); }

    QList<QPointer<SocketIo::Socket>> sockets;
};
template<typename Source>
SocketCatcher(Source *) -> SocketCatcher<Source>;

#endif
