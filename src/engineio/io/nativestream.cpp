// SPDX-License-Identifier: MIT
#include "engineio/io/nativestream_p.h"

#include "engineio/io/iocontext_p.h"

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

// Takes its event itself: a signal with one receiver would cost more than the receiver's work.
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

void NativeStream::setHandler(StreamHandler *handler)
{
    m_handler = handler;
    if (!handler) {
        if (m_readNotifier)
            m_readNotifier->setEnabled(false);
    } else if (m_descriptor >= 0) {
        if (!m_readNotifier)
            m_readNotifier = std::make_unique<Notifier>(this, QSocketNotifier::Read);
        else
            m_readNotifier->setEnabled(m_reading);
    }
}

void NativeStream::write(const QByteArray &data, qsizetype offset)
{
    if (m_descriptor < 0 || m_closing)
        return;
    m_blocks.push_back({data, offset});
    m_bytesToWrite += data.size() - offset;
}

void NativeStream::flush()
{
    if (m_blocks.empty() || m_descriptor < 0 || (m_writeNotifier && m_writeNotifier->isEnabled()))
        return;
    while (!m_blocks.empty()) {
        qsizetype total = 0;
        const ssize_t written = m_blocks.size() == 1 ? sendOne(&total) : sendMany(&total);
        if (written < 0 && !wouldBlock(errno)) {
            // The read side reports the broken connection; nothing more can leave.
            m_blocks.clear();
            m_bytesToWrite = 0;
            break;
        }
        removeWritten(std::max<ssize_t>(written, 0));
        if (written < total) {
            if (!m_writeNotifier)
                m_writeNotifier = std::make_unique<Notifier>(this, QSocketNotifier::Write);
            else
                m_writeNotifier->setEnabled(true);
            return;
        }
    }
    shutDownIfDrained();
    if (m_handler && !m_closing)
        m_handler->streamDrained();
}

// Nearly always there is one block, and the system takes that with less ado.
ssize_t NativeStream::sendOne(qsizetype *total) const
{
    const QByteArrayView rest = m_blocks.front().rest();
    *total = rest.size();
    return ::send(m_descriptor, rest.data(), size_t(rest.size()), SendOptions);
}

ssize_t NativeStream::sendMany(qsizetype *total) const
{
    std::array<iovec, MaxBlocksPerWrite> parts;
    const size_t count = std::min(m_blocks.size(), parts.size());
    *total = 0;
    for (size_t i = 0; i < count; ++i) {
        const QByteArrayView rest = m_blocks[i].rest();
        parts[i].iov_base = const_cast<char *>(rest.data());
        parts[i].iov_len = size_t(rest.size());
        *total += rest.size();
    }
    msghdr message = {};
    message.msg_iov = parts.data();
    message.msg_iovlen = count;
    return ::sendmsg(m_descriptor, &message, SendOptions);
}

void NativeStream::removeWritten(qsizetype size)
{
    m_bytesToWrite -= size;
    size_t done = 0;
    while (done < m_blocks.size()) {
        Block &block = m_blocks[done];
        const qsizetype blockSize = block.rest().size();
        if (size < blockSize) {
            block.offset += size;
            break;
        }
        size -= blockSize;
        ++done;
    }
    m_blocks.erase(m_blocks.begin(), m_blocks.begin() + std::ptrdiff_t(done));
}

void NativeStream::writable()
{
    const IoContext::Scope scope(*m_context);
    m_writeNotifier->setEnabled(false);
    flush();
}

void NativeStream::readable()
{
    if (m_inRead)
        return; // in a nested event loop: the outer call goes on reading
    const IoContext::Scope scope(*m_context);
    if (m_closing) {
        discardInput();
        return;
    }
    m_inRead = true;
    IoContext::ReadBuffer buffer(*m_context);
    while (m_handler && m_reading && !m_closing && m_descriptor >= 0) {
        const ssize_t size = ::recv(m_descriptor, buffer.data(), IoContext::ReadBuffer::Size, 0);
        if (size > 0) {
            m_handler->streamReceived(buffer.data(), size);
            if (size < IoContext::ReadBuffer::Size)
                break; // all there was, in all likelihood; else the event loop calls again
        } else {
            if (size == 0)
                fail(QString());
            else if (!wouldBlock(errno))
                fail(qt_error_string(errno));
            break;
        }
    }
    m_inRead = false;
}

// After close(): waits for the peer's end.
void NativeStream::discardInput()
{
    IoContext::ReadBuffer buffer(*m_context);
    const ssize_t size = ::recv(m_descriptor, buffer.data(), IoContext::ReadBuffer::Size, 0);
    if (size == 0 || (size < 0 && !wouldBlock(errno)))
        fail(QString());
}

void NativeStream::fail(const QString &error)
{
    closeDescriptor();
    if (StreamHandler *handler = std::exchange(m_handler, nullptr))
        handler->streamClosed(error);
}

void NativeStream::setReading(bool enabled)
{
    m_reading = enabled;
    if (m_readNotifier && m_handler)
        m_readNotifier->setEnabled(enabled);
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
    if (m_closing && m_blocks.empty() && m_descriptor >= 0)
        ::shutdown(m_descriptor, SHUT_WR);
}

void NativeStream::abort()
{
    m_handler = nullptr;
    closeDescriptor();
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
    m_blocks.clear();
    m_bytesToWrite = 0;
    ::close(std::exchange(m_descriptor, -1));
}

void NativeStream::detach()
{
    readPeer();
    m_readNotifier.reset();
    m_writeNotifier.reset();
}

void NativeStream::attach(IoContext &context)
{
    m_context = &context;
    if (!m_blocks.empty())
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

void NativeStream::readPeer() const
{
    if (m_peerPort != 0 || m_descriptor < 0)
        return;
    sockaddr_storage address = {};
    socklen_t size = sizeof address;
    if (::getpeername(m_descriptor, reinterpret_cast<sockaddr *>(&address), &size) != 0)
        return;
    m_peerAddress.setAddress(reinterpret_cast<const sockaddr *>(&address));
    if (address.ss_family == AF_INET6)
        m_peerPort = ntohs(reinterpret_cast<const sockaddr_in6 *>(&address)->sin6_port);
    else if (address.ss_family == AF_INET)
        m_peerPort = ntohs(reinterpret_cast<const sockaddr_in *>(&address)->sin_port);
}

} // namespace EngineIo::detail
