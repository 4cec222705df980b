// SPDX-License-Identifier: MIT
#include "engineio/client/clienttransport_p.h"

#include <utility>

namespace EngineIo::detail {

ClientTransport::ClientTransport(TransportType type, ClientTransportObserver *observer)
    : m_observer(observer)
    , m_self(this)
    , m_lastSignOfLife(BootClock::now())
    , m_type(type)
{
}

ClientTransport::~ClientTransport() = default;

void ClientTransport::retire()
{
    m_observer = nullptr;
    m_writable = false;
    m_events.clear();
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
    setWritable(false);
    enqueue({What::Failed, {}, error});
}

void ClientTransport::tellClosed(const ClientError &details)
{
    setWritable(false);
    enqueue({What::Closed, {}, details});
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

void ClientTransport::schedule()
{
    if (std::exchange(m_scheduled, true))
        return;
    QMetaObject::invokeMethod(
        this,
        [this] {
            m_scheduled = false;
            deliver();
        },
        Qt::QueuedConnection);
}

void ClientTransport::deliver()
{
    const std::shared_ptr<ClientTransport> self = m_self;
    while (!m_events.empty()) {
        Event event = std::move(m_events.front());
        m_events.pop_front();
        // An event loop within the call goes on with the rest.
        if (!m_events.empty())
            schedule();
        tell(event);
    }
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
