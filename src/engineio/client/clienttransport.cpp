// SPDX-License-Identifier: MIT
#include "engineio/client/clienttransport_p.h"

#include "base/packetshare_p.h"

#include <algorithm>
#include <utility>

namespace EngineIo::detail {

ClientTransport::ClientTransport(TransportType type, int maxPacketsPerTurn,
                                 ClientTransportObserver *observer)
    : m_observer(observer)
    , m_self(this)
    , m_lastSignOfLife(BootClock::now())
    , m_type(type)
    , m_maxPacketsPerTurn(std::max(1, maxPacketsPerTurn))
{
}

ClientTransport::~ClientTransport() = default;

void ClientTransport::retire()
{
    m_observer = nullptr;
    m_writable = false;
    m_events.clear();
    m_end.reset();
    stop();
    const std::shared_ptr<ClientTransport> self = std::move(m_self);
}

void ClientTransport::tellOpened()
{
    enqueue({What::Opened});
}

void ClientTransport::tellPacket(Packet &&packet)
{
    enqueue({What::Packet, std::move(packet)});
}

void ClientTransport::tellDrained()
{
    enqueue({What::Drained});
}

void ClientTransport::tellPaused()
{
    enqueue({What::Paused});
}

void ClientTransport::tellLatency(std::chrono::nanoseconds latency)
{
    enqueue({What::Latency, {}, {}, latency});
}

void ClientTransport::tellFailed(const ClientError &error)
{
    endWith({What::Failed, {}, error});
}

void ClientTransport::tellClosed(const ClientError &details)
{
    endWith({What::Closed, {}, details});
}

void ClientTransport::tellSelf(std::function<void()> function)
{
    enqueue({What::Self, {}, {}, {}, std::move(function)});
}

void ClientTransport::enqueue(Event &&event)
{
    if (isRetired())
        return;
    m_events.push_back(std::move(event));
    schedule();
}

void ClientTransport::endWith(Event &&event)
{
    setWritable(false);
    if (isRetired() || m_end)
        return;
    m_end = std::move(event);
    schedule();
}

void ClientTransport::setHeldBack(bool held)
{
    m_heldBack = held;
    if (!held) {
        noteSignOfLife(); // the server's data has waited for us, not the other way round
        if (hasInput())
            schedule();
    }
    updateReading();
}

void ClientTransport::schedule()
{
    if (std::exchange(m_scheduled, true))
        return;
    QMetaObject::invokeMethod(
        this,
        [this] {
            m_scheduled = false;
            m_turnIsOver = false;
            deliverTurn();
        },
        Qt::QueuedConnection);
}

void ClientTransport::deliver()
{
    if (!m_turnIsOver)
        deliverTurn();
}

void ClientTransport::deliverTurn()
{
    const std::shared_ptr<ClientTransport> self = m_self;
    PacketShare turn;
    while (prepareEvent()) {
        if (m_events.front().what == What::Packet && !turn.take(m_maxPacketsPerTurn)) {
            goOnNextTurn();
            return;
        }
        Event event = std::move(m_events.front());
        m_events.pop_front();
        // An event loop within the call goes on with the rest.
        if (hasMore())
            schedule();
        tell(event);
    }
}

void ClientTransport::goOnNextTurn()
{
    noteSignOfLife(); // what has come waits for us
    m_turnIsOver = true;
    schedule();
}

bool ClientTransport::hasMore() const
{
    return !m_events.empty() || m_end || (hasInput() && !m_heldBack);
}

// Returns whether there is one to report in this turn.
bool ClientTransport::prepareEvent()
{
    if (!m_events.empty())
        return true;
    if (isRetired())
        return false;
    if (hasInput()) {
        if (m_heldBack)
            return false;
        readInput();
        if (!m_events.empty())
            return true;
        if (hasInput()) { // so far it had nothing to report
            goOnNextTurn();
            return false;
        }
    }
    if (!m_end)
        return false;
    m_events.push_back(std::move(*m_end));
    m_end.reset();
    return true;
}

void ClientTransport::tell(Event &event)
{
    switch (event.what) {
    case What::Opened:
        m_observer->transportOpened(this);
        break;
    case What::Packet:
        m_observer->transportPacket(this, std::move(event.packet));
        break;
    case What::Drained:
        m_observer->transportDrained(this);
        break;
    case What::Paused:
        m_observer->transportPaused(this);
        break;
    case What::Latency:
        m_observer->transportLatency(this, event.latency);
        break;
    case What::Failed:
        m_observer->transportFailed(this, event.error);
        break;
    case What::Closed:
        m_observer->transportClosed(this, event.error);
        break;
    case What::Self:
        event.function();
        break;
    }
}

} // namespace EngineIo::detail

#include "moc_clienttransport_p.cpp"
