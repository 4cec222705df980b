// SPDX-License-Identifier: MIT
#include "engineio/client/client_p.h"

#include "base/logging_p.h"
#include "base/timelimits_p.h"
#include "engineio/client/serveraddress_p.h"
#include "engineio/client/websocketmemory_p.h"

#include <utility>

namespace EngineIo {

using namespace Qt::StringLiterals;
using detail::ClientTransport;
using detail::lcEngine;
using detail::OutgoingPacket;
namespace WebSocketMemory = detail::WebSocketMemory;

void ClientPrivate::startProbe()
{
    if (!options.upgrade || transport->type() == TransportType::WebSocket
        || !handshake.upgrades.contains(TransportType::WebSocket)
        || !options.transports.contains(TransportType::WebSocket)) {
        return;
    }
    qCDebug(lcEngine).noquote() << "Probing" << transportName(TransportType::WebSocket);
    m_probe = createTransport(TransportType::WebSocket);
    m_probe->setSessionId(handshake.sid);
    m_probeTimer.start(int(detail::timerTime(options.upgradeTimeout).count()), q);
    m_probe->open();
}

void ClientPrivate::handleProbePacket(const Packet &packet)
{
    if (upgrading)
        return;
    if (packet.type != PacketType::Pong || packet.data != "probe") {
        endProbe(u"unexpected packet"_s);
        return;
    }
    qCDebug(lcEngine) << "The probe was answered, pausing polling";
    upgrading = true;
    WebSocketMemory::noteWorked(m_requestUrl->base());
    transport->pause();
    CallOut(q).emitSignal(&Client::upgrading, TransportType::WebSocket);
}

void ClientPrivate::transportPaused(ClientTransport *paused)
{
    if (paused != transport.get() || !m_probe)
        return;
    qCDebug(lcEngine).noquote() << "Upgraded to" << transportName(TransportType::WebSocket);
    m_probeTimer.stop();
    upgrading = false;
    m_underWay = 0;
    transport = std::move(m_probe);
    if (m_inbox->isHeldBack)
        transport->setHeldBack(true);
    transport->send({OutgoingPacket(PacketType::Upgrade)});
    transport->measureLatency();
    const auto thisOne = m_inbox;
    CallOut out(q);
    out.emitSignal(&Client::transportChanged, q->transportName());
    if (out && m_inbox == thisOne)
        out.emitSignal(&Client::upgraded, TransportType::WebSocket);
    if (out && m_inbox == thisOne)
        out.call([this] { flush(); });
    if (out && m_inbox == thisOne)
        continueClosing();
}

void ClientPrivate::endProbe(const QString &why)
{
    if (!m_probe)
        return;
    qCDebug(lcEngine).noquote() << "No upgrade:" << why;
    m_probe.reset();
    m_probeTimer.stop();
    if (std::exchange(upgrading, false))
        transport->resume();
    WebSocketMemory::noteFailed();
    const auto thisOne = m_inbox;
    CallOut out(q);
    out.emitSignal(&Client::upgradeFailed,
                   ClientError(ClientError::Type::Network,
                               u"cannot change to WebSocket at %1: %2"_s.arg(
                                   detail::displayAddress(m_requestUrl->base()), why),
                               why));
    if (out && m_inbox == thisOne)
        out.call([this] { flush(); });
    if (out && m_inbox == thisOne)
        continueClosing();
}

} // namespace EngineIo
