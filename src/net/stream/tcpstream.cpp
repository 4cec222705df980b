// SPDX-License-Identifier: MIT
#include "net/stream/tcpstream_p.h"

#include "base/addresstext_p.h"
#include "base/iocontext_p.h"
#include "base/logging_p.h"
#include "base/warninglimit_p.h"

#include <QtCore/qcoreapplication.h>
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
    // QSslSocket emits signals in the middle of its own work, which must not be below a nested
    // event loop on the stack. So the observer is called from a new event.
    if (isSecure()) {
        connect(m_socket, &QTcpSocket::readyRead, this, &TcpStream::readLater);
        connect(m_socket, &QTcpSocket::disconnected, this, &TcpStream::reportClosed,
                Qt::QueuedConnection);
    } else {
        connect(m_socket, &QTcpSocket::readyRead, this, &TcpStream::read);
        connect(m_socket, &QTcpSocket::disconnected, this, &TcpStream::reportClosed);
    }
    if (auto *sslSocket = qobject_cast<QSslSocket *>(m_socket)) {
        connect(sslSocket, &QSslSocket::errorOccurred, this, [sslSocket] {
            if (!sslSocket->isEncrypted() && sslSocket->mode() != QSslSocket::UnencryptedMode)
                qCDebug(lcEngine).noquote()
                    << "TLS handshake with"
                    << addressText(sslSocket->peerAddress(), sslSocket->peerPort())
                    << "failed:" << sslSocket->errorString();
        });
        connect(sslSocket, &QSslSocket::encryptedBytesWritten, this, &TcpStream::encryptedWritten);
    }
    connect(m_socket, &QTcpSocket::errorOccurred, this, [this] {
        if (m_socket->state() != QAbstractSocket::ConnectedState)
            QMetaObject::invokeMethod(this, &TcpStream::reportClosed, Qt::QueuedConnection);
    });
    connect(m_socket, &QTcpSocket::bytesWritten, this, &TcpStream::bytesWritten);
}

TcpStream::~TcpStream()
{
    m_socket->disconnect(this);
}

std::unique_ptr<QTcpSocket> TcpStream::socketFor(Descriptor descriptor,
                                                 const QSslConfiguration *tls)
{
    std::unique_ptr<QTcpSocket> socket;
    if (tls) {
        auto sslSocket = std::make_unique<QSslSocket>();
        sslSocket->setSslConfiguration(*tls);
        socket = std::move(sslSocket);
    } else {
        socket = std::make_unique<QTcpSocket>();
    }
    if (!socket->setSocketDescriptor(descriptor.handle()))
        return nullptr;
    descriptor.release();
    return socket;
}

// Errors in the server's own certificate or key are reported during the call.
bool TcpStream::startEncryption(QTcpSocket *given)
{
    static const WarningLimit warning;
    auto *socket = qobject_cast<QSslSocket *>(given);
    if (!socket)
        return true;
    const QObject whileStarting;
    connect(socket, &QSslSocket::errorOccurred, &whileStarting, [socket] {
        warnIfDue(
            lcEngine(), warning.take(),
            QStringLiteral("Cannot speak TLS with %1: %2. Check the certificate and the private "
                           "key of the server's TLS configuration.")
                .arg(addressText(socket->peerAddress(), socket->peerPort()),
                     socket->errorString()));
        socket->abort();
    });
    socket->startServerEncryption();
    return socket->state() == QAbstractSocket::ConnectedState;
}

std::unique_ptr<TcpStream> TcpStream::open(Descriptor descriptor, const QSslConfiguration *tls,
                                           IoContext &context)
{
    std::unique_ptr<QTcpSocket> socket = socketFor(std::move(descriptor), tls);
    if (!socket)
        return nullptr;
    if (!startEncryption(socket.get()))
        return nullptr;
    return std::make_unique<TcpStream>(socket.release(), context);
}

void TcpStream::setObserver(StreamObserver *observer)
{
    m_observer = observer;
    // Input may have arrived before there was an observer.
    if (!observer || m_inRead)
        return;
    if (m_socket->state() == QAbstractSocket::UnconnectedState)
        QMetaObject::invokeMethod(this, &TcpStream::reportClosed, Qt::QueuedConnection);
    else if (m_socket->bytesAvailable() > 0)
        readLater();
}

void TcpStream::write(const QByteArray &data, qsizetype offset)
{
    if (!m_closing && !m_closed)
        m_output.append(data, offset);
}

// Gives the socket no more than the budget, as it encrypts and writes that at once.
void TcpStream::flush()
{
    if (m_output.isEmpty() || m_closed || m_inFlush)
        return;
    m_inFlush = true;
    const qsizetype budget = m_context->budget().bytes;
    qsizetype given = socketBytes();
    while (!m_output.isEmpty() && given < budget) {
        const QByteArrayView block = m_output.at(0);
        const qsizetype size = std::min(block.size(), budget - given);
        m_socket->write(block.data(), size);
        m_output.remove(size);
        m_context->traffic().bytesSent += quint64(size);
        given += size;
    }
    m_socket->flush();
    m_inFlush = false;
    // The system may have accepted everything, and then the socket has nothing more to report.
    m_waitsForSystem = socketBytes() > 0;
    if (!m_waitsForSystem)
        bytesWritten();
}

// QSslSocket considers bytes written when they are encrypted, which happens in flush(). What the
// system accepts of them later, if the peer reads slowly, is reported here.
void TcpStream::encryptedWritten()
{
    if (m_inFlush || !m_waitsForSystem || std::exchange(m_writtenPosted, true))
        return;
    QMetaObject::invokeMethod(
        this,
        [this] {
            m_writtenPosted = false;
            m_waitsForSystem = socketBytes() > 0;
            bytesWritten();
        },
        Qt::QueuedConnection);
}

void TcpStream::bytesWritten()
{
    if (m_inFlush || m_closed)
        return;
    if (m_observer)
        m_observer->streamProgressed();
    if (!m_output.isEmpty()) {
        if (socketBytes() < m_context->budget().bytes / 2 && !std::exchange(m_flushPosted, true)) {
            QMetaObject::invokeMethod(
                this,
                [this] {
                    m_flushPosted = false;
                    const IoContext::Scope scope(*m_context);
                    flush();
                },
                Qt::QueuedConnection);
        }
        return;
    }
    if (socketBytes() > 0)
        return;
    if (m_closing) {
        m_socket->disconnectFromHost();
    } else if (m_observer) {
        IoContext::Scope scope(*m_context);
        m_observer->streamDrained();
    }
}

// The bytes that the socket has been given, but not the system.
qsizetype TcpStream::socketBytes() const
{
    qsizetype bytes = qsizetype(m_socket->bytesToWrite());
    if (const auto *sslSocket = qobject_cast<const QSslSocket *>(m_socket))
        bytes += qsizetype(sslSocket->encryptedBytesToWrite());
    return bytes;
}

qsizetype TcpStream::undeliveredBytes() const
{
    return bytesToWrite() + unconfirmedBytes(m_socket->socketDescriptor());
}

// While reading is paused, the socket's own read buffer fills up, and then the peer has to wait.
void TcpStream::setReading(bool enabled)
{
    if (std::exchange(m_reading, enabled) == enabled)
        return;
    if (enabled && m_closed)
        QMetaObject::invokeMethod(this, &TcpStream::reportClosed, Qt::QueuedConnection);
    else if (enabled && m_socket->bytesAvailable() > 0)
        readLater();
}

void TcpStream::close()
{
    if (m_closing)
        return;
    flush();
    m_closing = true;
    if (m_socket->state() == QAbstractSocket::UnconnectedState)
        QMetaObject::invokeMethod(this, &TcpStream::reportClosed, Qt::QueuedConnection);
    else if (m_output.isEmpty())
        m_socket->disconnectFromHost(); // which sends what the socket has
}

void TcpStream::abort()
{
    m_observer = nullptr;
    if (m_context && m_context->isLastTurn())
        flush();
    m_closed = true;
    m_output.clear();
    // Without an application, closing a QSslSocket logs a warning, as Qt's TLS has been shut down.
    // The socket has been flushed, and is deleted with the stream.
    if (!isSecure() || QCoreApplication::instance())
        m_socket->abort();
}

void TcpStream::detach()
{
    m_context = nullptr;
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

void TcpStream::readLater()
{
    if (!std::exchange(m_readPosted, true))
        QMetaObject::invokeMethod(this, &TcpStream::read, Qt::QueuedConnection);
}

void TcpStream::read()
{
    m_readPosted = false;
    if (m_inRead)
        return; // in a nested event loop: the outer call continues reading
    if (m_closing) {
        m_socket->skip(m_socket->bytesAvailable());
        return;
    }
    IoContext::Scope scope(*m_context);
    m_inRead = true;
    IoContext::ReadBuffer buffer(*m_context);
    qsizetype budget = m_context->budget().bytes;
    while (m_observer && m_reading && !m_closing && budget > 0) {
        const qint64 size =
            m_socket->read(buffer.data(), std::min(IoContext::ReadBuffer::Size, budget));
        if (size <= 0)
            break;
        budget -= size;
        m_context->traffic().bytesReceived += quint64(size);
        m_observer->streamReceived(buffer.data(), size);
    }
    m_inRead = false;
    if (m_closed)
        reportClosed();
    else if (budget <= 0 && m_reading && m_socket->bytesAvailable() > 0)
        readLater();
}

void TcpStream::reportClosed()
{
    m_closed = true;
    // Bytes that came with the end are still reported first; read() comes back here.
    if (m_inRead || !m_observer)
        return;
    if (!m_closing && !m_reading)
        return; // setReading() comes back here
    if (!m_closing && m_socket->bytesAvailable() > 0) {
        readLater();
        return;
    }
    IoContext::Scope scope(*m_context);
    // As in NativeStream, the end is not an error.
    const bool ended = m_socket->error() == QAbstractSocket::RemoteHostClosedError;
    std::exchange(m_observer, nullptr)->streamClosed(ended ? QString() : m_socket->errorString());
}

} // namespace EngineIo::detail
