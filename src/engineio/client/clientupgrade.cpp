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
    probe = createTransport(TransportType::WebSocket);
    probe->setSessionId(handshake.sid);
    probeTimer.start(int(detail::timerTime(options.upgradeTimeout).count()), q);
    probe->open();
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
    WebSocketMemory::noteWorked(requestUrl->base());
    transport->pause();
    CallOut(q).emitSignal(&Client::upgrading, TransportType::WebSocket);
}

void ClientPrivate::transportPaused(ClientTransport *paused)
{
    if (paused != transport.get() || !probe)
        return;
    qCDebug(lcEngine).noquote() << "Upgraded to" << transportName(TransportType::WebSocket);
    probeTimer.stop();
    upgrading = false;
    underWay = 0;
    transport = std::move(probe);
    if (inbox->isHeldBack)
        transport->setHeldBack(true);
    transport->send({OutgoingPacket(PacketType::Upgrade)});
    transport->measureLatency();
    const auto thisOne = inbox;
    CallOut out(q);
    out.emitSignal(&Client::transportChanged, q->transportName());
    if (out && inbox == thisOne)
        out.emitSignal(&Client::upgraded, TransportType::WebSocket);
    if (out && inbox == thisOne)
        out.call([this] { flush(); });
    if (out && inbox == thisOne)
        continueClosing();
}

void ClientPrivate::endProbe(const QString &why)
{
    if (!probe)
        return;
    qCDebug(lcEngine).noquote() << "No upgrade:" << why;
    probe.reset();
    probeTimer.stop();
    if (std::exchange(upgrading, false))
        transport->resume();
    WebSocketMemory::noteFailed();
    const auto thisOne = inbox;
    CallOut out(q);
    out.emitSignal(&Client::upgradeFailed,
                   ClientError(ClientError::Type::Network,
                               u"cannot change to WebSocket at %1: %2"_s.arg(
                                   detail::displayAddress(requestUrl->base()), why),
                               why));
    if (out && inbox == thisOne)
        out.call([this] { flush(); });
    if (out && inbox == thisOne)
        continueClosing();
}

} // namespace EngineIo
