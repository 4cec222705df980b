// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_DESCRIPTORCHANNEL_P_H
#define SOCKETIO_DESCRIPTORCHANNEL_P_H

#include "base/warninglimit_p.h"
#include "cluster/descriptor_p.h"

#include <SocketIo/clusterglobal.h>

#include <QtCore/qbytearray.h>
#include <QtCore/qobject.h>
#include <QtCore/qsocketnotifier.h>
#include <QtCore/qtimer.h>

#include <chrono>
#include <deque>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

namespace SocketIo::detail {

// One end of a connection between two processes of a cluster, over a Unix domain socket. It carries
// frames in order, each with a type, bytes and, if wanted, an open descriptor. It never blocks.
class SOCKETIO_CLUSTER_AUTOTEST_EXPORT DescriptorChannel
    : public QObject,
      public std::enable_shared_from_this<DescriptorChannel>
{
public:
    using FrameObserver =
        std::function<void(quint8 type, const QByteArray &bytes, Descriptor descriptor)>;

    // The largest frame, in bytes. If the other end announces a larger one, the channel is closed.
    static constexpr qsizetype MaxFrameSize = qsizetype(256) * 1024 * 1024;

    static std::shared_ptr<DescriptorChannel> make(Descriptor socket, qsizetype maxQueuedBytes);
    // Creates two connected ends. Both are closed in programs that this process starts, unless
    // FD_CLOEXEC is removed.
    static bool makePair(Descriptor *first, Descriptor *second);
    ~DescriptorChannel() override;

    // Calls received with each frame that arrives, and ended once when the other end is gone. Both
    // may destroy the channel's owner.
    void start(FrameObserver received, std::function<void()> ended);
    // Returns whether the frame is taken. It is not if it is too large, if too much is waiting
    // because the other process does not read, or if that process is known to have ended.
    bool send(quint8 type, const QByteArray &bytes, Descriptor descriptor = {})
    {
        return sendOrLeave(type, bytes, &descriptor);
    }
    // The same, but leaves the descriptor to the caller if the frame is not taken.
    bool sendOrLeave(quint8 type, const QByteArray &bytes, Descriptor *descriptor);
    // Waits until everything is sent or the other end is gone, but no longer than timeout.
    void flush(std::chrono::milliseconds timeout);
    // Closes this end; nothing is reported any more.
    void close();
    bool isOpen() const { return m_socket.isValid(); }
    // A frame with a descriptor, of which nothing was sent.
    struct Unsent
    {
        QByteArray bytes;
        Descriptor descriptor;
    };
    // Returns those that were left when the channel was closed, or the other end was gone.
    std::vector<Unsent> takeUnsent() { return std::exchange(m_unsent, {}); }

private:
    struct Outgoing
    {
        QByteArray bytes;
        qsizetype sent = 0;
        Descriptor descriptor;
    };
    struct Incoming
    {
        quint8 type = 0;
        QByteArray bytes;
        Descriptor descriptor;
    };

    DescriptorChannel(Descriptor socket, qsizetype maxQueuedBytes);
    void readable();
    bool receive();
    void parse();
    void deliver();
    void sendQueued();
    bool sendFront();

    Descriptor m_socket;
    const qsizetype m_maxQueuedBytes;
    std::unique_ptr<QSocketNotifier> m_reading;
    std::unique_ptr<QSocketNotifier> m_writing;
    QTimer m_retry;
    FrameObserver m_received;
    std::function<void()> m_ended;
    QByteArray m_input;
    std::deque<Descriptor> m_descriptors; // that came with m_input
    std::deque<Incoming> m_incoming;
    std::deque<Outgoing> m_outgoing;
    std::vector<Unsent> m_unsent;
    qsizetype m_queuedBytes = 0;
    bool m_atEnd = false;
    EngineIo::detail::WarningLimit m_sizeWarnings{EngineIo::detail::WarningLimit::Many};
};

} // namespace SocketIo::detail

#endif
