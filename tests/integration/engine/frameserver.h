// SPDX-License-Identifier: MIT
#ifndef FRAMESERVER_H
#define FRAMESERVER_H

#include "net/websocket/websocketdecoder_p.h"
#include "net/websocket/websockethandshake_p.h"

#include <QtCore/qpointer.h>
#include <QtCore/qurl.h>
#include <QtNetwork/qtcpserver.h>
#include <QtNetwork/qtcpsocket.h>

#include <functional>

// A WebSocket server that sends each frame as the test says.

inline constexpr int Text = 0x81;
inline constexpr int Binary = 0x82;
inline constexpr int Close = 0x88;
inline constexpr int Ping = 0x89;
inline constexpr int Compressed = 0x40;

inline QByteArray frame(int first, const QByteArray &payload)
{
    char header[EngineIo::detail::MaxWebSocketHeaderSize];
    const qsizetype size = EngineIo::detail::writeWebSocketHeader(
        EngineIo::detail::WebSocketOpcode::Text, quint64(payload.size()), header);
    header[0] = char(first);
    return QByteArray(header, size) + payload;
}

inline QByteArray hello()
{
    return frame(Text, R"(0{"sid":"abc","upgrades":[],"pingInterval":25000,"pingTimeout":20000})");
}

// Answers the request for a WebSocket as the test says, and notes what the client sends on it.
class FrameServer : public QTcpServer
{
public:
    struct Frame
    {
        EngineIo::detail::WebSocketDecoder::Event event;
        QByteArray payload;
        bool compressed;
    };

    FrameServer()
    {
        connect(this, &QTcpServer::newConnection, this, [this] {
            socket = nextPendingConnection();
            connect(socket, &QTcpSocket::readyRead, this, [this] { read(); });
        });
        listen(QHostAddress::LocalHost);
    }
    QUrl url() const { return QUrl(QStringLiteral("http://127.0.0.1:%1").arg(serverPort())); }

    std::function<QByteArray(const QByteArray &key)> answer = [](const QByteArray &key) {
        return FrameServer::accept(key);
    };
    static QByteArray accept(const QByteArray &key, const QByteArray &headers = {})
    {
        return "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
               "Sec-WebSocket-Accept: "
            + EngineIo::detail::webSocketAccept(key) + "\r\n" + headers + "\r\n";
    }

    QByteArray opening = hello(); // sent with the answer
    bool inPieces = false;
    QPointer<QTcpSocket> socket;
    QByteArray head;
    QList<Frame> frames;

private:
    void read()
    {
        QByteArray data = socket->readAll();
        if (!m_open) {
            head += data;
            if (!head.contains("\r\n\r\n"))
                return;
            m_open = true;
            const qsizetype from = head.toLower().indexOf("sec-websocket-key: ") + 19;
            const QByteArray bytes =
                answer(head.mid(from, head.indexOf('\r', from) - from)) + opening;
            if (!inPieces) {
                socket->write(bytes);
                return;
            }
            for (const char byte : bytes) {
                socket->write(&byte, 1);
                socket->flush();
            }
            return;
        }
        char *begin = data.data();
        qsizetype size = data.size();
        m_decoder.setCompressible(true);
        while (size > 0) {
            const EngineIo::detail::WebSocketDecoder::Event event = m_decoder.next(begin, size);
            if (event != EngineIo::detail::WebSocketDecoder::Event::NeedMore)
                frames.append({event, m_decoder.takePayload(), m_decoder.isCompressed()});
            if (event == EngineIo::detail::WebSocketDecoder::Event::Close
                || event == EngineIo::detail::WebSocketDecoder::Event::Error)
                return;
        }
    }

    EngineIo::detail::WebSocketDecoder m_decoder{200'000'000};
    bool m_open = false;
};

#endif
