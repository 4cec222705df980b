// SPDX-License-Identifier: MIT
#include "cluster/descriptorchannel_p.h"

#include "socketio/cluster/clusterlogging_p.h"

#include <QtCore/qdeadlinetimer.h>
#include <QtCore/qendian.h>

#include <array>
#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>

namespace SocketIo::detail {

using namespace std::chrono_literals;

namespace {

// Each frame begins with the number of bytes after the header, and the type with a flag.
constexpr qsizetype HeaderSize = 5;
constexpr quint8 HasDescriptor = 0x80;
constexpr size_t ReadSize = 64 * 1024;
// The rest is read in the next turn of the event loop.
constexpr int MaxReadsPerTurn = 16;
// How long to wait while the system has no room for descriptors that are under way.
constexpr auto RetryDelay = 20ms;

#ifdef MSG_CMSG_CLOEXEC
constexpr int ReceiveOptions = MSG_CMSG_CLOEXEC | MSG_DONTWAIT;
#else
constexpr int ReceiveOptions = MSG_DONTWAIT;
#endif

} // namespace

std::shared_ptr<DescriptorChannel> DescriptorChannel::make(Descriptor socket,
                                                           qsizetype maxQueuedBytes)
{
    return std::shared_ptr<DescriptorChannel>(
        new DescriptorChannel(std::move(socket), maxQueuedBytes));
}

bool DescriptorChannel::makePair(Descriptor *first, Descriptor *second)
{
    int ends[2];
    if (::socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0)
        return false;
    *first = Descriptor(ends[0]);
    *second = Descriptor(ends[1]);
    for (const int end : ends)
        ::fcntl(end, F_SETFD, FD_CLOEXEC);
    return true;
}

DescriptorChannel::DescriptorChannel(Descriptor socket, qsizetype maxQueuedBytes)
    : m_socket(std::move(socket))
    , m_maxQueuedBytes(maxQueuedBytes)
{
    m_retry.setSingleShot(true);
    m_retry.setInterval(RetryDelay);
    connect(&m_retry, &QTimer::timeout, this, [this] { sendQueued(); });
    m_writing = std::make_unique<QSocketNotifier>(m_socket.number(), QSocketNotifier::Write);
    m_writing->setEnabled(false);
    connect(m_writing.get(), &QSocketNotifier::activated, this, [this] { sendQueued(); });
}

DescriptorChannel::~DescriptorChannel()
{
    m_reading.reset();
    m_writing.reset();
}

void DescriptorChannel::start(FrameObserver received, std::function<void()> ended)
{
    m_received = std::move(received);
    m_ended = std::move(ended);
    m_reading = std::make_unique<QSocketNotifier>(m_socket.number(), QSocketNotifier::Read);
    connect(m_reading.get(), &QSocketNotifier::activated, this, [this] { readable(); });
}

void DescriptorChannel::close()
{
    m_received = nullptr;
    m_ended = nullptr;
    m_retry.stop();
    for (const auto *notifier : {&m_reading, &m_writing}) {
        if (*notifier)
            (*notifier)->setEnabled(false); // it may be calling at this moment
    }
    m_socket.reset();
    for (Outgoing &frame : m_outgoing) {
        if (frame.descriptor.isValid())
            m_unsent.push_back({frame.bytes.sliced(HeaderSize), std::move(frame.descriptor)});
    }
    m_outgoing.clear();
    m_incoming.clear();
    m_descriptors.clear();
    m_queuedBytes = 0;
}

void DescriptorChannel::readable()
{
    const std::shared_ptr<DescriptorChannel> self = shared_from_this();
    for (int i = 0; i < MaxReadsPerTurn && receive(); ++i) { }
    parse();
    deliver();
}

// Returns whether there may be more to read.
bool DescriptorChannel::receive()
{
    std::array<char, ReadSize> buffer;
    alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int) * 4)> control;
    iovec part{buffer.data(), buffer.size()};
    msghdr message = {};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = control.data();
    message.msg_controllen = control.size();
    const ssize_t size = ::recvmsg(m_socket.number(), &message, ReceiveOptions);
    if (size < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR))
        return false;
    if (size <= 0) {
        m_atEnd = true;
        return false;
    }
    bool hasDescriptors = false;
    for (cmsghdr *head = CMSG_FIRSTHDR(&message); head; head = CMSG_NXTHDR(&message, head)) {
        if (head->cmsg_level != SOL_SOCKET || head->cmsg_type != SCM_RIGHTS)
            continue;
        const size_t count = (head->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        for (size_t i = 0; i < count; ++i) {
            int number = -1;
            std::memcpy(&number, CMSG_DATA(head) + i * sizeof(int), sizeof number);
            m_descriptors.emplace_back(number);
            hasDescriptors = true;
        }
    }
    // This process has too many open files: the descriptor is lost, and an empty one keeps its
    // place, so that its frame does not get that of another frame.
    if ((message.msg_flags & MSG_CTRUNC) != 0 && !hasDescriptors)
        m_descriptors.emplace_back();
    m_input.append(buffer.data(), size);
    return true;
}

void DescriptorChannel::parse()
{
    qsizetype begin = 0;
    while (m_input.size() - begin >= HeaderSize) {
        const char *const header = m_input.constData() + begin;
        const auto size = qsizetype(qFromLittleEndian<quint32>(header));
        if (size > MaxFrameSize) {
            qCWarning(lcCluster, "Another process announces a frame of %lld bytes: it is left",
                      qlonglong(size));
            m_atEnd = true;
            break;
        }
        if (m_input.size() - begin - HeaderSize < size)
            break;
        Incoming frame;
        frame.type = quint8(header[4]);
        frame.bytes = m_input.mid(begin + HeaderSize, size);
        if ((frame.type & HasDescriptor) != 0 && !m_descriptors.empty()) {
            frame.descriptor = std::move(m_descriptors.front());
            m_descriptors.pop_front();
        }
        frame.type &= quint8(~HasDescriptor);
        m_incoming.push_back(std::move(frame));
        begin += HeaderSize + size;
    }
    m_input.remove(0, begin);
}

// An observer may run an event loop, in which the following frames are delivered.
void DescriptorChannel::deliver()
{
    while (!m_incoming.empty() && m_received) {
        Incoming frame = std::move(m_incoming.front());
        m_incoming.pop_front();
        const FrameObserver received = m_received;
        received(frame.type, frame.bytes, std::move(frame.descriptor));
    }
    if (m_atEnd && m_ended) {
        const std::function<void()> ended = m_ended;
        close();
        ended();
    }
}

bool DescriptorChannel::sendOrLeave(quint8 type, const QByteArray &bytes, Descriptor *descriptor)
{
    const qsizetype size = HeaderSize + bytes.size();
    if (bytes.size() > MaxFrameSize) {
        EngineIo::detail::warnIfDue(
            lcCluster(), m_sizeWarnings.take(),
            QStringLiteral("A message of %1 bytes is not sent: between processes it may have %2")
                .arg(bytes.size())
                .arg(MaxFrameSize));
        return false;
    }
    if (!m_socket.isValid() || (!m_outgoing.empty() && m_queuedBytes + size > m_maxQueuedBytes))
        return false;
    Outgoing frame;
    frame.bytes.reserve(size);
    frame.bytes.resize(HeaderSize);
    qToLittleEndian(quint32(bytes.size()), frame.bytes.data());
    frame.bytes[4] = char(descriptor->isValid() ? type | HasDescriptor : type);
    frame.bytes += bytes;
    frame.descriptor = std::move(*descriptor);
    m_queuedBytes += size;
    m_outgoing.push_back(std::move(frame));
    if (m_outgoing.size() == 1)
        sendQueued();
    return true;
}

void DescriptorChannel::sendQueued()
{
    m_writing->setEnabled(false);
    while (!m_outgoing.empty() && sendFront()) { }
}

// Returns whether to continue at once.
bool DescriptorChannel::sendFront()
{
    Outgoing &frame = m_outgoing.front();
    iovec part{frame.bytes.data() + frame.sent, size_t(frame.bytes.size() - frame.sent)};
    msghdr message = {};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> control = {};
    if (frame.descriptor.isValid()) {
        message.msg_control = control.data();
        message.msg_controllen = control.size();
        cmsghdr *const head = CMSG_FIRSTHDR(&message);
        head->cmsg_level = SOL_SOCKET;
        head->cmsg_type = SCM_RIGHTS;
        head->cmsg_len = CMSG_LEN(sizeof(int));
        const int number = frame.descriptor.number();
        std::memcpy(CMSG_DATA(head), &number, sizeof number);
    }
    const ssize_t sent = ::sendmsg(m_socket.number(), &message, SendOptions);
    if (sent >= 0) {
        frame.descriptor.reset(); // sent with the first byte
        frame.sent += sent;
        if (frame.sent < frame.bytes.size())
            return true;
        m_queuedBytes -= frame.bytes.size();
        m_outgoing.pop_front();
        return true;
    }
    if (errno == EINTR)
        return true;
    if (errno == EAGAIN || errno == EWOULDBLOCK) {
        m_writing->setEnabled(true);
    } else if (errno == ETOOMANYREFS || errno == ENOBUFS || errno == ENOMEM) {
        m_retry.start();
    } // else the other end is gone, which the reading side reports
    return false;
}

void DescriptorChannel::flush(std::chrono::milliseconds timeout)
{
    const QDeadlineTimer deadline(timeout);
    sendQueued();
    while (!m_outgoing.empty() && !deadline.hasExpired()) {
        pollfd waiting{m_socket.number(), POLLOUT, 0};
        ::poll(&waiting, 1, int(deadline.remainingTime()));
        if ((waiting.revents & (POLLERR | POLLHUP | POLLNVAL)) != 0)
            return;
        sendQueued();
    }
}

} // namespace SocketIo::detail
