// SPDX-License-Identifier: MIT
#include "engineio/session/sessioncore_p.h"

#include "base/logging_p.h"
#include "engineio/session/session_p.h"

// How a session changes from polling to a WebSocket.
namespace EngineIo::detail {

using namespace std::chrono_literals;

namespace {
// While a client upgrades, its polls are answered at least this often.
constexpr std::chrono::milliseconds PollReleaseInterval = 100ms;
} // namespace

void SessionCore::upgrade(std::unique_ptr<Stream> stream, const QByteArray &rest,
                          const std::optional<DeflateAgreement> &deflate)
{
    const auto transport = createWebSocket(std::move(stream), deflate);
    if (m_state != State::Open || m_upgrade || m_upgraded || !canUpgrade()) {
        // The session is not touched: only this socket goes.
        transport->clearObserver();
        transport->start({});
        transport->close(CloseReason::ForcedClose);
        return;
    }
    m_upgrade = std::make_unique<Upgrade>();
    m_upgrade->transport = transport;
    m_upgrade->timeout.start<&SessionCore::upgradeTimedOut>(m_host.context().timers(),
                                                            m_host.options().upgradeTimeout, this);
    transport->start(rest);
}

void SessionCore::handleProbe(PacketType type, QByteArrayView data)
{
    if (type == PacketType::Ping && data == "probe") {
        qCDebug(lcEngine).noquote() << "Session" << shortId() << "probes a WebSocket";
        m_upgrade->transport->send(OutgoingPacket(PacketType::Pong, "probe"));
        tellFacade([](SessionPrivate &session) { session.upgrading(); });
        if (m_upgrade)
            releasePoll();
    } else if (type == PacketType::Upgrade && m_state != State::Closed) {
        switchTransport();
    } else {
        stopUpgrade();
    }
}

void SessionCore::releasePoll()
{
    const IoContext::Scope scope(m_host.context());
    if (PollingTransport *poll = polling())
        poll->releasePoll();
    if (!m_upgrade) // the session was closing, and that was its last poll
        return;
    m_upgrade->pollRelease.start<&SessionCore::releasePoll>(m_host.context().timers(),
                                                            PollReleaseInterval, this);
}

void SessionCore::switchTransport()
{
    const std::unique_ptr<Upgrade> upgrade = std::move(m_upgrade);
    m_upgraded = true;
    ++m_host.counters().upgrades;
    const std::shared_ptr<Transport> previous = std::exchange(m_transport, upgrade->transport);
    for (OutgoingPacket &packet : static_cast<PollingTransport *>(previous.get())->takeQueue())
        m_transport->send(std::move(packet));
    m_host.context().dispose(previous);
    if (m_paused)
        m_transport->setReading(false);
    qCDebug(lcEngine).noquote() << "Session" << shortId() << "upgraded to websocket";
    const auto self = shared_from_this();
    {
        const Delivery delivery(*this);
        tellFacade([](SessionPrivate &session) { session.upgraded(); });
    }
    if (m_state == State::Closing)
        m_transport->close(CloseReason::ForcedClose);
}

void SessionCore::stopUpgrade()
{
    const std::unique_ptr<Upgrade> upgrade = std::move(m_upgrade);
    if (!upgrade)
        return;
    upgrade->transport->abort();
    if (m_state == State::Closed)
        return;
    qCDebug(lcEngine).noquote() << "Session" << shortId() << "stays on polling";
    if (m_state == State::Closing)
        m_transport->close(CloseReason::ForcedClose);
}

void SessionCore::upgradeTimedOut()
{
    const IoContext::Scope scope(m_host.context());
    stopUpgrade();
}

} // namespace EngineIo::detail
