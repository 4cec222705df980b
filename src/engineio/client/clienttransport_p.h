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

// Learns what a transport does. Any of these may retire the transport and run an event loop.
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

// One way to carry a client's packets.
//
// What happens is queued and reported to the observer from an event of its own, so that nothing
// of the sockets and replies below is being executed when the application is called: those crash
// when they are destroyed or entered again within one of their signals. An application that runs
// an event loop meanwhile stops nothing: what happens then is reported from within that loop, in
// order.
//
// A turn of the event loop reports no more packets than its budget allows. What has come beyond
// that stays as it came until its turn, and nothing more is received meanwhile.
class ClientTransport : public QObject
{
    Q_OBJECT

public:
    ClientTransport(TransportType type, int maxPacketsPerTurn, ClientTransportObserver *observer);
    ~ClientTransport() override;

    TransportType type() const noexcept { return m_type; }
    // The previous packets are out: there is room for more.
    bool isWritable() const noexcept { return m_writable; }
    // When something was last seen of the server: also a part of a message, or that it has taken a
    // part of what is sent.
    BootClock::time_point lastSignOfLife() const noexcept { return m_lastSignOfLife; }
    // Whether what was sent is still on its way, and has got on since the last call.
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
    void holdBack(bool held);
    // Says good-bye to the server; transportClosed() or transportFailed() follows.
    virtual void close() = 0;

    // Ends the transport. It is destroyed as soon as none of its functions is being executed.
    void retire();

protected:
    bool isRetired() const noexcept { return m_observer == nullptr; }
    bool isHeldBack() const noexcept { return m_heldBack; }
    void setWritable(bool writable) noexcept { m_writable = writable; }
    void noteSignOfLife() noexcept { m_lastSignOfLife = BootClock::now(); }
    // Keeps the transport for as long as somebody has this.
    std::shared_ptr<ClientTransport> hold() const { return m_self; }

    // What has come and is not decoded yet. It has its turn after what is queued, and before the
    // end of the transport is reported.
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
    // Reports it now, unless some of it has to wait for the next turn. Only from an event of the
    // transport's own.
    void deliver();

    // Stops what the transport does.
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
