// SPDX-License-Identifier: MIT
#include "net/stream/nativestream_p.h"

#include "base/iocontext_p.h"

#include <QtCore/qcoreevent.h>
#include <QtCore/qsocketnotifier.h>

#include <array>
#include <cerrno>

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

namespace EngineIo::detail {

namespace {

constexpr size_t MaxBlocksPerWrite = 64;
#ifdef MSG_NOSIGNAL
constexpr int SendOptions = MSG_NOSIGNAL;
#else
constexpr int SendOptions = 0; // see SO_NOSIGPIPE
#endif

bool wouldBlock(int error)
{
    return error == EAGAIN || error == EWOULDBLOCK || error == EINTR;
}

} // namespace

// Handles its event itself: a signal would cost more than the work of its only receiver.
class NativeStream::Notifier final : public QSocketNotifier
{
public:
    Notifier(NativeStream *stream, QSocketNotifier::Type type)
        : QSocketNotifier(stream->m_descriptor, type)
        , m_stream(stream)
    {
    }

    bool event(QEvent *event) override
    {
        if (event->type() != QEvent::SockAct)
            return QSocketNotifier::event(event);
        if (!isEnabled())
            return true;
        if (type() == QSocketNotifier::Read)
            m_stream->readable();
        else
            m_stream->writable();
        return true;
    }

private:
    NativeStream *m_stream;
};

NativeStream::NativeStream(int descriptor, IoContext &context)
    : m_context(&context)
    , m_descriptor(descriptor)
{
    ::fcntl(descriptor, F_SETFL, ::fcntl(descriptor, F_GETFL) | O_NONBLOCK);
    const int on = 1;
    ::setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
#ifdef SO_NOSIGPIPE
    ::setsockopt(descriptor, SOL_SOCKET, SO_NOSIGPIPE, &on, sizeof on);
#endif
}

NativeStream::~NativeStream()
{
    closeDescriptor();
}

void NativeStream::setObserver(StreamObserver *observer)
{
    m_observer = observer;
    if (!observer) {
        if (m_readNotifier)
            m_readNotifier->setEnabled(false);
    } else if (m_descriptor >= 0) {
        m_ended = false; // the system says it again
        if (!m_readNotifier)
            m_readNotifier = std::make_unique<Notifier>(this, QSocketNotifier::Read);
        updateReadNotifier();
    }
}

// While the notifier is on, the event loop reports input as long as there is any, whether it is
// read or not.
void NativeStream::updateReadNotifier()
{
    if (m_readNotifier)
        m_readNotifier->setEnabled(m_observer && m_reading && !m_nested && !m_ended
                                   && m_descriptor >= 0);
}

void NativeStream::write(const QByteArray &data, qsizetype offset)
{
    if (m_descriptor < 0 || m_closing)
        return;
    m_output.append(data, offset);
}

void NativeStream::flush()
{
    if (m_output.isEmpty() || m_descriptor < 0
        || (m_writeNotifier && m_writeNotifier->isEnabled() && !m_context->isLastTurn()))
        return;
    qsizetype budget = m_context->budget().bytes;
    while (!m_output.isEmpty()) {
        if (budget <= 0) {
            writeLater();
            return;
        }
        qsizetype total = 0;
        const ssize_t written =
            m_output.count() == 1 ? sendOne(budget, &total) : sendMany(budget, &total);
        if (written < 0 && !wouldBlock(errno)) {
            // Nothing more can leave. The read side reports the broken connection, if it still reads.
            m_output.clear();
            break;
        }
        m_output.remove(std::max<ssize_t>(written, 0));
        m_context->traffic().bytesSent += quint64(std::max<ssize_t>(written, 0));
        if (written < total) {
            writeLater();
            return;
        }
        budget -= written;
    }
    shutDownIfDrained();
    if (m_observer && !m_closing)
        m_observer->streamDrained();
}

// The system accepts no more, or the budget of this turn is used up.
void NativeStream::writeLater()
{
    if (!m_writeNotifier)
        m_writeNotifier = std::make_unique<Notifier>(this, QSocketNotifier::Write);
    else
        m_writeNotifier->setEnabled(true);
}

// There is nearly always a single block, for which send() is cheaper.
ssize_t NativeStream::sendOne(qsizetype limit, qsizetype *total) const
{
    const QByteArrayView rest = m_output.at(0);
    *total = std::min(rest.size(), limit);
    return ::send(m_descriptor, rest.data(), size_t(*total), SendOptions);
}

ssize_t NativeStream::sendMany(qsizetype limit, qsizetype *total) const
{
    std::array<iovec, MaxBlocksPerWrite> parts;
    const size_t count = std::min(m_output.count(), parts.size());
    *total = 0;
    size_t used = 0;
    while (used < count && *total < limit) {
        const QByteArrayView rest = m_output.at(used);
        const qsizetype size = std::min(rest.size(), limit - *total);
        parts[used].iov_base = const_cast<char *>(rest.data());
        parts[used].iov_len = size_t(size);
        *total += size;
        ++used;
    }
    msghdr message = {};
    message.msg_iov = parts.data();
    message.msg_iovlen = used;
    return ::sendmsg(m_descriptor, &message, SendOptions);
}

qsizetype NativeStream::undeliveredBytes() const
{
    return m_output.bytes() + unconfirmedBytes(m_descriptor);
}

void NativeStream::writable()
{
    const IoContext::Scope scope(*m_context);
    m_writeNotifier->setEnabled(false);
    if (m_observer)
        m_observer->streamProgressed();
    flush();
}

void NativeStream::readable()
{
    if (m_inRead) {
        // In a nested event loop: the outer call continues reading.
        m_nested = true;
        updateReadNotifier();
        return;
    }
    const IoContext::Scope scope(*m_context);
    if (m_closing) {
        dropInput();
        return;
    }
    m_inRead = true;
    IoContext::ReadBuffer buffer(*m_context);
    qsizetype budget = m_context->budget().bytes;
    // Input beyond the budget is reported again by the event loop, after that of the other streams.
    while (m_observer && m_reading && !m_closing && m_descriptor >= 0 && budget > 0) {
        const qsizetype wanted = std::min(IoContext::ReadBuffer::Size, budget);
        const ssize_t size = ::recv(m_descriptor, buffer.data(), size_t(wanted), 0);
        if (size > 0) {
            budget -= size;
            m_context->traffic().bytesReceived += quint64(size);
            m_observer->streamReceived(buffer.data(), size);
            if (size < wanted)
                break; // probably all there was; if not, the event loop calls again
        } else {
            if (size == 0)
                inputEnded();
            else if (!wouldBlock(errno))
                fail(qt_error_string(errno));
            break;
        }
    }
    m_inRead = false;
    if (std::exchange(m_nested, false))
        updateReadNotifier();
}

// After close(): waits for the peer to close.
void NativeStream::dropInput()
{
    IoContext::ReadBuffer buffer(*m_context);
    const ssize_t size = ::recv(m_descriptor, buffer.data(), IoContext::ReadBuffer::Size, 0);
    if (size == 0)
        inputEnded();
    else if (size < 0 && !wouldBlock(errno))
        fail(QString());
}

// The peer has closed its side, which does not always mean that it has stopped reading.
void NativeStream::inputEnded()
{
    if (m_output.isEmpty() || !m_observer || !m_observer->writesAfterTheEnd()) {
        fail(QString());
        return;
    }
    m_ended = true;
    updateReadNotifier();
}

void NativeStream::fail(const QString &error)
{
    closeDescriptor();
    if (StreamObserver *observer = std::exchange(m_observer, nullptr))
        observer->streamClosed(error);
}

void NativeStream::setReading(bool enabled)
{
    if (std::exchange(m_reading, enabled) != enabled)
        updateReadNotifier();
}

void NativeStream::close()
{
    if (m_descriptor < 0 || m_closing)
        return;
    flush();
    m_closing = true;
    setReading(true);
    shutDownIfDrained();
}

void NativeStream::shutDownIfDrained()
{
    if (!m_output.isEmpty() || m_descriptor < 0)
        return;
    if (m_ended && m_observer)
        fail(QString());
    else if (m_closing)
        ::shutdown(m_descriptor, SHUT_WR);
}

void NativeStream::abort()
{
    m_observer = nullptr;
    if (m_context && m_context->isLastTurn())
        flush();
    closeDescriptor();
}

Descriptor NativeStream::release()
{
    if (!m_output.isEmpty() || m_closing)
        return {};
    m_observer = nullptr;
    if (m_readNotifier)
        m_readNotifier->setEnabled(false);
    if (m_writeNotifier)
        m_writeNotifier->setEnabled(false);
    return Descriptor(std::exchange(m_descriptor, -1));
}

// The notifiers may be calling at this moment, so they are only switched off.
void NativeStream::closeDescriptor()
{
    if (m_descriptor < 0)
        return;
    if (m_readNotifier)
        m_readNotifier->setEnabled(false);
    if (m_writeNotifier)
        m_writeNotifier->setEnabled(false);
    m_output.clear();
    ::close(std::exchange(m_descriptor, -1));
}

void NativeStream::detach()
{
    readPeer();
    m_context = nullptr;
    m_readNotifier.reset();
    m_writeNotifier.reset();
}

void NativeStream::attach(IoContext &context)
{
    m_context = &context;
    if (!m_output.isEmpty())
        flush();
}

QHostAddress NativeStream::peerAddress() const
{
    readPeer();
    return m_peerAddress;
}

quint16 NativeStream::peerPort() const
{
    readPeer();
    return m_peerPort;
}

QHostAddress NativeStream::peerAddress(int descriptor)
{
    QHostAddress address;
    quint16 port = 0;
    readPeer(descriptor, &address, &port);
    return address;
}

void NativeStream::readPeer() const
{
    if (m_peerPort == 0 && m_descriptor >= 0)
        readPeer(m_descriptor, &m_peerAddress, &m_peerPort);
}

void NativeStream::readPeer(int descriptor, QHostAddress *peer, quint16 *port)
{
    sockaddr_storage address = {};
    socklen_t size = sizeof address;
    if (::getpeername(descriptor, reinterpret_cast<sockaddr *>(&address), &size) != 0)
        return;
    peer->setAddress(reinterpret_cast<const sockaddr *>(&address));
    if (address.ss_family == AF_INET6)
        *port = ntohs(reinterpret_cast<const sockaddr_in6 *>(&address)->sin6_port);
    else if (address.ss_family == AF_INET)
        *port = ntohs(reinterpret_cast<const sockaddr_in *>(&address)->sin_port);
}

} // namespace EngineIo::detail
