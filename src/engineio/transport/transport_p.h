// SPDX-License-Identifier: MIT
#ifndef ENGINEIO_TRANSPORT_P_H
#define ENGINEIO_TRANSPORT_P_H

#include "base/iocontext_p.h"
#include "engineio/protocol/outgoingpacket_p.h"
#include "engineio/protocol/packettext_p.h"
#include "net/stream/outputqueue_p.h"

#include <EngineIo/enums.h>

#include <memory>
#include <vector>

namespace EngineIo::detail {

class Transport;

// Receives the input of a transport.
class TransportObserver
{
public:
    virtual void packetReceived(Transport &transport, PacketType type, QByteArrayView data) = 0;
    virtual void binaryReceived(Transport &transport, const QByteArray &data) = 0;
    // More of a message came that is not whole yet, or more than one turn can take.
    virtual void inputArrived(Transport &transport) = 0;
    // What the client has sent is not taken, for this reason. The transport may end with that.
    virtual void inputRefused(Transport &transport, const QString &why) = 0;
    // All that was sent has left; it is writable again.
    virtual void transportDrained(Transport &transport) = 0;
    // Once, and the last call.
    virtual void transportClosed(Transport &transport, CloseReason reason,
                                 const QString &description) = 0;

protected:
    ~TransportObserver() = default;
};

// Reasons for TransportObserver::inputRefused().
inline QString tooBigText(const QString &what, qint64 limit)
{
    return QStringLiteral("%1 is bigger than the %2 bytes that "
                          "ServerOptions::maxHttpBufferSize allows")
        .arg(what, QString::number(limit));
}
inline QString undecodableText(QByteArrayView text)
{
    return QStringLiteral("it is no packet of Engine.IO: ") + packetStartText(text, false);
}
inline QString undecodableBinary(QByteArrayView bytes)
{
    return QStringLiteral("it is no packet of Engine.IO: ") + packetStartText(bytes, true);
}

// The server side of a way to exchange packets with one client.
class Transport : public Flushable, public Resumable, public std::enable_shared_from_this<Transport>
{
public:
    explicit Transport(IoContext &context, TransportObserver *observer)
        : m_context(context)
        , m_observer(observer)
    {
    }

    virtual TransportType type() const = 0;
    // Whether data that is sent now is written immediately, because no other data is queued.
    virtual bool isWritable() const = 0;
    virtual void send(OutgoingPacket packet) = 0;
    virtual void sendMessage(const Frame &frame, SendFlags flags)
    {
        send(OutgoingPacket(frame, flags));
    }
    // The memory that is used by data that has been sent but not written yet.
    virtual qsizetype heldBytes() const = 0;
    // What the client has not confirmed to have received, as far as the system tells.
    virtual qsizetype undeliveredBytes() const = 0;
    // Whether a message is under way whose time the transport itself limits.
    virtual bool isReceiving() const { return false; }
    // Reads, or does not: then nothing is reported to the observer, and the client has to wait.
    virtual void setReading(bool enabled) = 0;
    // Sends all queued data and then closes. transportClosed() is called immediately or later.
    virtual void close(CloseReason reason) = 0;
    // Closes without calling the observer. Queued data is lost.
    virtual void abort() = 0;
    // Nothing is reported any more.
    void clearObserver() noexcept { m_observer = nullptr; }

protected:
    TransportObserver *observer() const noexcept { return m_observer; }
    void reportClosed(CloseReason reason, const QString &description)
    {
        if (m_observer)
            std::exchange(m_observer, nullptr)->transportClosed(*this, reason, description);
    }

    // Whether another packet may be handled in this turn of the event loop.
    bool takeFromBudget() { return m_share.take(m_context); }

    IoContext &m_context;

private:
    TransportObserver *m_observer;
    TurnShare m_share;
};

} // namespace EngineIo::detail

#endif
