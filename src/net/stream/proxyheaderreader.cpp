// SPDX-License-Identifier: MIT
#include "net/stream/proxyheaderreader_p.h"

#include "base/iocontext_p.h"

#include <QtCore/qsocketnotifier.h>
#include <QtNetwork/qtcpsocket.h>

#if defined(Q_OS_UNIX) && !defined(QTSOCKETIO_PORTABLE)
#include <cerrno>
#include <sys/socket.h>
#endif

namespace EngineIo::detail {

namespace {
constexpr qsizetype PeekSize = 4096;
constexpr char EndedEarly[] = "the connection ended before the PROXY header";
} // namespace

ProxyHeaderReader::ProxyHeaderReader(IoContext &context, qsizetype maxSize, Done done)
    : m_context(context)
    , m_parser(maxSize)
    , m_done(std::move(done))
{
}

ProxyHeaderReader::~ProxyHeaderReader()
{
    if (m_socket)
        m_socket->disconnect(this);
}

// Returns whether there is more to read.
bool ProxyHeaderReader::begin(const QByteArray &firstBytes, std::chrono::milliseconds timeout)
{
    qsizetype consumed = 0;
    const ProxyHeaderParser::Status status = m_parser.parse(firstBytes, &consumed);
    m_rest = firstBytes.sliced(consumed);
    if (status != ProxyHeaderParser::Status::NeedMore) {
        parsed(status);
        return false;
    }
    if (timeout > std::chrono::milliseconds(0))
        m_timer.start<&ProxyHeaderReader::timedOut>(m_context.timers(), timeout, this);
    return true;
}

void ProxyHeaderReader::start(Descriptor descriptor, const QByteArray &firstBytes,
                              std::chrono::milliseconds timeout)
{
    m_descriptor = std::move(descriptor);
    if (!begin(firstBytes, timeout))
        return;
    m_notifier = std::make_unique<QSocketNotifier>(m_descriptor.handle(), QSocketNotifier::Read);
    connect(m_notifier.get(), &QSocketNotifier::activated, this,
            &ProxyHeaderReader::readDescriptor);
}

void ProxyHeaderReader::start(std::unique_ptr<QTcpSocket> socket, const QByteArray &firstBytes,
                              std::chrono::milliseconds timeout)
{
    m_socket = std::move(socket);
    if (!begin(firstBytes, timeout))
        return;
    // Queued, as no code of the socket may be on the stack when it is taken or deleted.
    connect(m_socket.get(), &QTcpSocket::readyRead, this, &ProxyHeaderReader::readSocket,
            Qt::QueuedConnection);
    connect(m_socket.get(), &QTcpSocket::disconnected, this, &ProxyHeaderReader::socketClosed,
            Qt::QueuedConnection);
    if (m_socket->bytesAvailable() > 0)
        QMetaObject::invokeMethod(this, &ProxyHeaderReader::readSocket, Qt::QueuedConnection);
    else if (m_socket->state() == QAbstractSocket::UnconnectedState)
        QMetaObject::invokeMethod(this, &ProxyHeaderReader::socketClosed, Qt::QueuedConnection);
}

std::unique_ptr<QTcpSocket> ProxyHeaderReader::takeSocket()
{
    if (m_socket)
        m_socket->disconnect(this);
    return std::move(m_socket);
}

void ProxyHeaderReader::readDescriptor()
{
#if defined(Q_OS_UNIX) && !defined(QTSOCKETIO_PORTABLE)
    char buffer[PeekSize];
    const ssize_t size =
        ::recv(m_descriptor.number(), buffer, sizeof buffer, MSG_PEEK | MSG_DONTWAIT);
    if (size > 0) {
        qsizetype consumed = 0;
        const ProxyHeaderParser::Status status =
            m_parser.parse(QByteArrayView(buffer, size), &consumed);
        // The bytes were there a moment ago, so they can be read at once.
        while (consumed > 0) {
            const ssize_t taken =
                ::recv(m_descriptor.number(), buffer, size_t(consumed), MSG_DONTWAIT);
            if (taken <= 0)
                break;
            consumed -= taken;
        }
        parsed(status);
    } else if (size == 0 || (errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR)) {
        finish(EndedEarly);
    }
#endif
}

void ProxyHeaderReader::readSocket()
{
    if (!m_socket || !m_done)
        return;
    auto status = ProxyHeaderParser::Status::NeedMore;
    while (status == ProxyHeaderParser::Status::NeedMore) {
        const QByteArray bytes = m_socket->peek(PeekSize);
        if (bytes.isEmpty())
            return;
        qsizetype consumed = 0;
        status = m_parser.parse(bytes, &consumed);
        m_socket->skip(consumed);
    }
    parsed(status);
}

void ProxyHeaderReader::socketClosed()
{
    readSocket();
    finish(EndedEarly);
}

void ProxyHeaderReader::parsed(ProxyHeaderParser::Status status)
{
    if (status == ProxyHeaderParser::Status::Complete)
        finish({});
    else if (status == ProxyHeaderParser::Status::Error)
        finish(m_parser.errorString());
}

void ProxyHeaderReader::timedOut()
{
    finish("the PROXY header did not come in time");
}

void ProxyHeaderReader::abort()
{
    m_done = [](ProxyHeaderReader &, const QByteArray &) {};
    finish({});
}

// The notifier may be calling at this moment, so it is only switched off.
void ProxyHeaderReader::finish(const QByteArray &error)
{
    const Done done = std::exchange(m_done, nullptr);
    if (!done)
        return;
    const IoContext::Scope scope(m_context);
    m_timer.stop();
    if (m_notifier)
        m_notifier->setEnabled(false);
    m_context.dispose(shared_from_this());
    done(*this, error);
}

} // namespace EngineIo::detail
