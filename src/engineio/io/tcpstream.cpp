// SPDX-License-Identifier: MIT
#include "engineio/io/tcpstream_p.h"

#include "base/addresstext_p.h"
#include "base/logging_p.h"
#include "engineio/io/iocontext_p.h"

#include <QtNetwork/qsslconfiguration.h>
#include <QtNetwork/qsslsocket.h>
#include <QtNetwork/qtcpsocket.h>

namespace EngineIo::detail {

TcpStream::TcpStream(QTcpSocket *socket, IoContext &context)
    : m_context(&context)
    , m_socket(socket)
{
    m_socket->setParent(this);
    m_socket->setReadBufferSize(2 * IoContext::ReadBuffer::Size);
    m_socket->setSocketOption(QAbstractSocket::LowDelayOption, 1);
    connect(m_socket, &QTcpSocket::readyRead, this, &TcpStream::read);
    connect(m_socket, &QTcpSocket::disconnected, this, &TcpStream::reportClosed);
    if (auto *sslSocket = qobject_cast<QSslSocket *>(m_socket)) {
        connect(sslSocket, &QSslSocket::errorOccurred, this, [sslSocket] {
            if (!sslSocket->isEncrypted() && sslSocket->mode() != QSslSocket::UnencryptedMode)
                qCDebug(lcEngine).noquote()
                    << "TLS handshake with"
                    << addressText(sslSocket->peerAddress(), sslSocket->peerPort())
                    << "failed:" << sslSocket->errorString();
        });
    }
    connect(m_socket, &QTcpSocket::errorOccurred, this, [this] {
        if (m_socket->state() != QAbstractSocket::ConnectedState)
            reportClosed();
    });
    connect(m_socket, &QTcpSocket::bytesWritten, this, [this] {
        if (bytesToWrite() == 0 && m_handler) {
            IoContext::Scope scope(*m_context);
            m_handler->streamDrained();
        }
    });
}

TcpStream::~TcpStream()
{
    m_socket->disconnect(this);
}

std::unique_ptr<TcpStream> TcpStream::open(qintptr descriptor, const QSslConfiguration *tls,
                                           IoContext &context)
{
    std::unique_ptr<QTcpSocket> socket;
    if (tls) {
        auto sslSocket = std::make_unique<QSslSocket>();
        sslSocket->setSslConfiguration(*tls);
        socket = std::move(sslSocket);
    } else {
        socket = std::make_unique<QTcpSocket>();
    }
    if (!socket->setSocketDescriptor(descriptor))
        return nullptr;
    if (tls)
        static_cast<QSslSocket *>(socket.get())->startServerEncryption();
    return std::make_unique<TcpStream>(socket.release(), context);
}

void TcpStream::setHandler(StreamHandler *handler)
{
    m_handler = handler;
    // What came before anybody listened.
    if (!handler || m_inRead)
        return;
    if (m_socket->state() == QAbstractSocket::UnconnectedState)
        QMetaObject::invokeMethod(this, &TcpStream::reportClosed, Qt::QueuedConnection);
    else if (m_socket->bytesAvailable() > 0)
        QMetaObject::invokeMethod(this, &TcpStream::read, Qt::QueuedConnection);
}

void TcpStream::write(const QByteArray &data, qsizetype offset)
{
    if (m_pending.isEmpty() && offset == 0)
        m_pending = data;
    else
        m_pending.append(data.constData() + offset, data.size() - offset);
}

void TcpStream::flush()
{
    if (m_pending.isEmpty() || m_closed)
        return;
    m_socket->write(std::exchange(m_pending, QByteArray()));
    m_socket->flush();
}

qsizetype TcpStream::bytesToWrite() const
{
    qsizetype bytes = m_pending.size() + qsizetype(m_socket->bytesToWrite());
    if (const auto *sslSocket = qobject_cast<const QSslSocket *>(m_socket))
        bytes += qsizetype(sslSocket->encryptedBytesToWrite());
    return bytes;
}

// Paused, the socket's own read buffer fills up and then the peer has to wait.
void TcpStream::setReading(bool enabled)
{
    m_reading = enabled;
    if (enabled && m_socket->bytesAvailable() > 0)
        QMetaObject::invokeMethod(this, &TcpStream::read, Qt::QueuedConnection);
}

void TcpStream::close()
{
    flush();
    m_closing = true;
    if (m_socket->state() == QAbstractSocket::UnconnectedState)
        QMetaObject::invokeMethod(this, &TcpStream::reportClosed, Qt::QueuedConnection);
    else
        m_socket->disconnectFromHost();
}

void TcpStream::abort()
{
    m_handler = nullptr;
    m_closed = true;
    m_pending.clear();
    m_socket->abort();
}

void TcpStream::detach()
{
    moveToThread(nullptr);
}

void TcpStream::attach(IoContext &context)
{
    m_context = &context;
    moveToThread(context.thread());
}

QHostAddress TcpStream::peerAddress() const
{
    return m_socket->peerAddress();
}

quint16 TcpStream::peerPort() const
{
    return m_socket->peerPort();
}

bool TcpStream::isSecure() const
{
    return qobject_cast<const QSslSocket *>(m_socket) != nullptr;
}

QSslCertificate TcpStream::peerCertificate() const
{
    const auto *sslSocket = qobject_cast<const QSslSocket *>(m_socket);
    return sslSocket ? sslSocket->peerCertificate() : QSslCertificate();
}

void TcpStream::read()
{
    if (m_inRead)
        return; // in a nested event loop: the outer call goes on reading
    if (m_closing) {
        m_socket->skip(m_socket->bytesAvailable());
        return;
    }
    IoContext::Scope scope(*m_context);
    m_inRead = true;
    IoContext::ReadBuffer buffer(*m_context);
    while (m_handler && m_reading && !m_closing) {
        const qint64 size = m_socket->read(buffer.data(), IoContext::ReadBuffer::Size);
        if (size <= 0)
            break;
        m_handler->streamReceived(buffer.data(), size);
    }
    m_inRead = false;
    if (m_closed)
        reportClosed();
}

void TcpStream::reportClosed()
{
    m_closed = true;
    // Bytes that came with the end are still reported first; read() comes back here.
    if (m_inRead || !m_handler)
        return;
    if (m_reading && !m_closing && m_socket->bytesAvailable() > 0) {
        read();
        return;
    }
    IoContext::Scope scope(*m_context);
    std::exchange(m_handler, nullptr)->streamClosed(m_socket->errorString());
}

} // namespace EngineIo::detail
