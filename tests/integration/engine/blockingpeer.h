// SPDX-License-Identifier: MIT
#ifndef BLOCKINGPEER_H
#define BLOCKINGPEER_H

#include <QtCore/qbytearray.h>
#include <QtCore/qelapsedtimer.h>
#include <QtNetwork/qsslconfiguration.h>
#include <QtNetwork/qsslsocket.h>
#include <QtNetwork/qtcpsocket.h>

#include <memory>
#include <optional>

#include <sys/socket.h>

// A connection for a thread without an event loop: a peer that goes on whatever the server's
// thread does.
class BlockingPeer
{
public:
    // tls: plain if null
    BlockingPeer(quint16 port, const QSslConfiguration *tls)
    {
        if (tls) {
            auto secure = std::make_unique<QSslSocket>();
            secure->setSslConfiguration(*tls);
            secure->setPeerVerifyMode(QSslSocket::VerifyNone);
            secure->connectToHostEncrypted(QStringLiteral("127.0.0.1"), port);
            secure->waitForEncrypted(Patience);
            m_socket = std::move(secure);
        } else {
            m_socket = std::make_unique<QTcpSocket>();
            m_socket->connectToHost(QStringLiteral("127.0.0.1"), port);
            m_socket->waitForConnected(Patience);
        }
    }

    bool isConnected() const { return m_socket->state() == QAbstractSocket::ConnectedState; }
    // False if the peer does not take it.
    bool write(const QByteArray &data, int timeout = Patience)
    {
        m_socket->write(data);
        while (m_socket->bytesToWrite() > 0) {
            if (!m_socket->waitForBytesWritten(timeout))
                return false;
        }
        return true;
    }
    // No more is sent, and the other side hears of it.
    void closeForWriting() { ::shutdown(int(m_socket->socketDescriptor()), SHUT_WR); }
    // Reads what there is, and waits for it if there is nothing.
    void read(int timeout)
    {
        if (m_socket->bytesAvailable() == 0)
            m_socket->waitForReadyRead(timeout);
        received += m_socket->readAll();
    }

    void sendRequest(const QByteArray &method, const QByteArray &target,
                     const QByteArray &body = {})
    {
        write(method + ' ' + target + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: "
              + QByteArray::number(body.size()) + "\r\n\r\n" + body);
    }
    // The body of an answer, if it comes in time.
    std::optional<QByteArray> takeAnswer(int timeout = Patience)
    {
        const auto take = [this]() -> std::optional<QByteArray> {
            const qsizetype end = received.indexOf("\r\n\r\n");
            if (end < 0)
                return std::nullopt;
            qsizetype size = 0;
            const qsizetype at = received.first(end).toLower().indexOf("content-length: ");
            if (at >= 0)
                size = received.mid(at + 16, received.indexOf('\r', at) - at - 16).toLongLong();
            if (received.size() < end + 4 + size)
                return std::nullopt;
            const QByteArray body = received.mid(end + 4, size);
            received.remove(0, end + 4 + size);
            return body;
        };
        return wait(take, timeout);
    }

    bool openWebSocket(const QByteArray &target)
    {
        write("GET " + target
              + " HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n");
        return takeAnswer().has_value();
    }
    // The payload of a short frame, if it comes in time.
    std::optional<QByteArray> takeFrame(int timeout = Patience)
    {
        const auto take = [this]() -> std::optional<QByteArray> {
            if (received.size() < 2)
                return std::nullopt;
            qsizetype header = 2;
            qsizetype size = received[1] & 0x7f;
            if (size == 126) {
                header = 4;
                if (received.size() < header)
                    return std::nullopt;
                size = quint8(received[2]) * 256 + quint8(received[3]);
            }
            if (received.size() < header + size)
                return std::nullopt;
            const QByteArray payload = received.mid(header, size);
            received.remove(0, header + size);
            return payload;
        };
        return wait(take, timeout);
    }

    static constexpr int Patience = 20000; // ms
    QByteArray received;

private:
    template<typename Take>
    std::optional<QByteArray> wait(Take take, int timeout)
    {
        QElapsedTimer clock;
        clock.start();
        for (;;) {
            if (std::optional<QByteArray> taken = take())
                return taken;
            const int left = timeout - int(clock.elapsed());
            if (left < 0 || (timeout > 0 && !isConnected()))
                return std::nullopt;
            read(left);
            if (timeout == 0)
                return take();
        }
    }

    std::unique_ptr<QTcpSocket> m_socket;
};

#endif
