// SPDX-License-Identifier: MIT
#ifndef ENGINEIO_CLIENTTRANSPORT_P_H
#define ENGINEIO_CLIENTTRANSPORT_P_H

#include "engineio/protocol/outgoingpacket_p.h"

#include <EngineIo/clienterror.h>
#include <EngineIo/enums.h>
#include <EngineIo/packet.h>

#include <QtCore/qobject.h>

#include <chrono>
#include <memory>

namespace EngineIo::detail {

class ClientTransport;

// Learns what a transport does. Any of these may destroy the transport.
class ClientTransportListener
{
public:
    virtual void transportOpened(ClientTransport *transport) = 0;
    virtual void transportPacket(ClientTransport *transport, Packet &&packet) = 0;
    virtual void transportDrained(ClientTransport *transport) = 0;
    virtual void transportPaused(ClientTransport *transport) = 0;
    virtual void transportLatency(ClientTransport *transport, std::chrono::nanoseconds latency) = 0;
    // The transport is of no use any more after these.
    virtual void transportFailed(ClientTransport *transport, const ClientError &error) = 0;
    virtual void transportClosed(ClientTransport *transport, const ClientError &details) = 0;

protected:
    ~ClientTransportListener() = default;
};

// One way to carry a client's packets. It calls its listener from the event loop only, never from
// within its own functions.
class ClientTransport : public QObject
{
    Q_OBJECT

public:
    explicit ClientTransport(TransportType type, ClientTransportListener *listener);
    ~ClientTransport() override;

    TransportType type() const noexcept { return m_type; }
    // The previous packets are out: there is room for more.
    bool isWritable() const noexcept { return m_writable; }

    virtual void open() = 0;
    virtual void setSessionId(const QString &sid) = 0;
    // Only when isWritable(). transportDrained() follows.
    virtual void send(const OutgoingPackets &packets) = 0;
    // Measures how long the server takes to answer; transportLatency() may follow.
    virtual void measureLatency() { }
    // Stops receiving, so that another transport can take over; transportPaused() follows.
    virtual void pause() { }
    virtual void resume() { }
    // Says good-bye to the server; transportClosed() or transportFailed() follows.
    virtual void close() = 0;

    // Deletes the transport, at once if none of its calls is under way.
    void retire();

protected:
    // The listener, until retire(). Calls to it are made within a Callback.
    ClientTransportListener *listener() const noexcept { return m_listener; }
    bool isRetired() const noexcept { return m_listener == nullptr; }
    void setWritable(bool writable) noexcept { m_writable = writable; }

    class Callback
    {
    public:
        explicit Callback(ClientTransport *transport)
            : m_transport(transport)
        {
            ++m_transport->m_callbacks;
        }
        ~Callback() { --m_transport->m_callbacks; }
        Q_DISABLE_COPY_MOVE(Callback)

    private:
        ClientTransport *m_transport;
    };

    // Stops what the transport does, without another call to the listener.
    virtual void stop() = 0;

private:
    ClientTransportListener *m_listener;
    int m_callbacks = 0;
    const TransportType m_type;
    bool m_writable = false;
};

struct RetireTransport
{
    void operator()(ClientTransport *transport) const { transport->retire(); }
};
using ClientTransportPtr = std::unique_ptr<ClientTransport, RetireTransport>;

} // namespace EngineIo::detail

#endif
