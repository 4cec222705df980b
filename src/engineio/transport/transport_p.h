// SPDX-License-Identifier: MIT
#ifndef ENGINEIO_TRANSPORT_P_H
#define ENGINEIO_TRANSPORT_P_H

#include "engineio/io/iocontext_p.h"
#include "engineio/protocol/outgoingpacket_p.h"

#include <EngineIo/enums.h>

#include <memory>
#include <vector>

namespace EngineIo::detail {

class Transport;

// Told what comes in on a transport.
class TransportHandler
{
public:
    virtual void packetReceived(Transport &transport, PacketType type, QByteArrayView data) = 0;
    virtual void binaryReceived(Transport &transport, const QByteArray &data) = 0;
    // All that was sent has left; it is writable again.
    virtual void transportDrained(Transport &transport) = 0;
    // Once, and the last call.
    virtual void transportClosed(Transport &transport, CloseReason reason,
                                 const QString &description) = 0;

protected:
    ~TransportHandler() = default;
};

// The server side of a way to exchange packets with one client.
class Transport : public Flushable, public std::enable_shared_from_this<Transport>
{
public:
    explicit Transport(IoContext &context, TransportHandler *handler)
        : m_context(context)
        , m_handler(handler)
    {
    }

    virtual TransportType type() const = 0;
    // Whether what is sent now leaves at once, with nothing in front of it.
    virtual bool isWritable() const = 0;
    virtual void send(OutgoingPacket packet) = 0;
    virtual qsizetype bytesToWrite() const = 0;
    virtual void setReading(bool enabled) = 0;
    // Sends what is queued, then ends. transportClosed() may follow at once or later.
    virtual void close(CloseReason reason) = 0;
    // Ends without a further call to the handler; what is queued is lost.
    virtual void abort() = 0;

protected:
    TransportHandler *handler() const noexcept { return m_handler; }
    void clearHandler() noexcept { m_handler = nullptr; }
    void reportClosed(CloseReason reason, const QString &description)
    {
        if (m_handler)
            std::exchange(m_handler, nullptr)->transportClosed(*this, reason, description);
    }

    IoContext &m_context;

private:
    friend class SessionCore;
    TransportHandler *m_handler;
};

} // namespace EngineIo::detail

#endif
