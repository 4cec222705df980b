// SPDX-License-Identifier: MIT
#ifndef ENGINEIO_CLIENTTRANSPORT_P_H
#define ENGINEIO_CLIENTTRANSPORT_P_H

#include "engineio/client/bootclock_p.h"
#include "engineio/protocol/outgoingpacket_p.h"

#include <EngineIo/clienterror.h>
#include <EngineIo/enums.h>
#include <EngineIo/packet.h>

#include <QtCore/qobject.h>

#include <chrono>
#include <deque>
#include <functional>
#include <memory>
#include <optional>

namespace EngineIo::detail {

class ClientTransport;

// Receives notifications from a transport. Each of these functions may retire the transport and run
// an event loop.
class ClientTransportObserver
{
public:
    virtual void transportOpened(ClientTransport *transport) = 0;
    virtual void transportPacket(ClientTransport *transport, Packet &&packet) = 0;
    virtual void transportDrained(ClientTransport *transport) = 0;
    virtual void transportPaused(ClientTransport *transport) = 0;
    virtual void transportLatency(ClientTransport *transport, std::chrono::nanoseconds latency) = 0;
    // The transport cannot be used after these.
    virtual void transportFailed(ClientTransport *transport, const ClientError &error) = 0;
    virtual void transportClosed(ClientTransport *transport, const ClientError &details) = 0;

protected:
    ~ClientTransportObserver() = default;
};

// The base class of the transports of a client.
//
// Notifications are queued and reported to the observer from a separate event, so that no code of
// the underlying sockets and replies is on the stack when the application is called: these crash if
// they are destroyed or re-entered in a slot of one of their signals. A nested event loop of the
// application does not block anything: further notifications are reported from within that loop, in
// order.
//
// In each iteration of the event loop, no more packets are reported than the budget allows. The
// remaining data is not decoded until then, and no further data is received meanwhile.
class ClientTransport : public QObject
{
    Q_OBJECT

public:
    ClientTransport(TransportType type, int maxPacketsPerTurn, ClientTransportObserver *observer);
    ~ClientTransport() override;

    TransportType type() const noexcept { return m_type; }
    // The previous packets are out: there is room for more.
    bool isWritable() const noexcept { return m_writable; }
    // The time of the last activity of the server. This includes parts of messages, and parts of
    // sent data that the server has accepted.
    BootClock::time_point lastSignOfLife() const noexcept { return m_lastSignOfLife; }
    // Whether sent data is still in transit and has made progress since the last call.
    virtual bool isDelivering() { return false; }

    virtual void open() = 0;
    virtual void setSessionId(const QString &sid) = 0;
    // Only when isWritable(). transportDrained() follows.
    virtual void send(const OutgoingPackets &packets) = 0;
    // Measures how long the server takes to answer, unless that is being done; transportLatency()
    // may follow.
    virtual void measureLatency() { }
    // As that, but transportLatency() then follows an answer to what is sent from now on.
    virtual void measureLatencyAnew() { measureLatency(); }
    // Stops receiving, so that another transport can take over; transportPaused() follows.
    virtual void pause() { }
    virtual void resume() { }
    // The application does not keep up: receives no more until it is called with false.
    void setHeldBack(bool held);
    // Says good-bye to the server; transportClosed() or transportFailed() follows.
    virtual void close() = 0;

    // Ends the transport. It is destroyed as soon as none of its functions is being executed.
    void retire();

protected:
    bool isRetired() const noexcept { return m_observer == nullptr; }
    bool isHeldBack() const noexcept { return m_heldBack; }
    void setWritable(bool writable) noexcept { m_writable = writable; }
    void noteSignOfLife() noexcept { m_lastSignOfLife = BootClock::now(); }
    // Keeps the transport for as long as this object exists.
    std::shared_ptr<ClientTransport> hold() const { return m_self; }

    // Received data that has not been decoded yet. It is processed after queued notifications and
    // before the end of the transport is reported.
    virtual bool hasInput() const = 0;
    // Decodes as much of that as there is room for, and queues the reports.
    virtual void readInput() = 0;
    // Receives again or no more, as hasInput() and isHeldBack() say.
    virtual void updateReading() = 0;
    int maxPacketsPerTurn() const noexcept { return m_maxPacketsPerTurn; }
    // Whether further packets may be queued.
    bool hasRoom() const noexcept { return m_events.size() < size_t(m_maxPacketsPerTurn); }
    void readInputLater() { schedule(); }

    // Queue a report to the observer.
    void tellOpened();
    void tellPacket(Packet &&packet);
    void tellDrained();
    void tellPaused();
    void tellLatency(std::chrono::nanoseconds latency);
    void tellFailed(const ClientError &error);
    void tellClosed(const ClientError &details = {});
    // Calls function when everything before it has been reported.
    void tellSelf(std::function<void()> function);
    // Reports it immediately, unless some of it has to wait for the next iteration. Must be called
    // only from an event of the transport.
    void deliver();

    // Stops all activities of the transport.
    virtual void stop() = 0;

private:
    enum class What : quint8 { Opened, Packet, Drained, Paused, Latency, Failed, Closed, Self };
    struct Event
    {
        What what;
        EngineIo::Packet packet{};
        ClientError error{};
        std::chrono::nanoseconds latency{0};
        std::function<void()> function{};
    };

    void enqueue(Event &&event);
    void endWith(Event &&event);
    void schedule();
    void deliverTurn();
    void goOnNextTurn();
    bool hasMore() const;
    bool prepareEvent();
    void tell(Event &event);

    ClientTransportObserver *m_observer;
    std::shared_ptr<ClientTransport> m_self; // until retire()
    std::deque<Event> m_events;
    std::optional<Event> m_end; // reported after all that has come before
    BootClock::time_point m_lastSignOfLife;
    const TransportType m_type;
    const int m_maxPacketsPerTurn;
    bool m_heldBack = false;
    bool m_writable = false;
    bool m_scheduled = false;
    bool m_turnIsOver = false;
};

struct RetireTransport
{
    void operator()(ClientTransport *transport) const { transport->retire(); }
};
using ClientTransportPtr = std::unique_ptr<ClientTransport, RetireTransport>;

} // namespace EngineIo::detail

#endif
