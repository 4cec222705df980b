// SPDX-License-Identifier: MIT
#include "engineio/client/client_p.h"
#include "engineio/client/clientaccess_p.h"

#include "base/packetshare_p.h"
#include "engineio/client/transporterror_p.h"

#include <algorithm>
#include <utility>

namespace EngineIo {

using namespace Qt::StringLiterals;
using detail::OutgoingPacket;

// A ping is answered at once. All else waits for its turn with the application.
void ClientPrivate::handlePacket(Packet &&packet)
{
    // The good-bye of a session that is just being opened needs its id.
    if (state == State::Closed || (m_goodbye && packet.type != PacketType::Open) || m_inbox->end)
        return;
    const auto thisOne = m_inbox;
    CallOut out(q);
    if (packet.type == PacketType::Ping && state != State::Opening)
        out.call([this] { answerPing(); });
    else if (packet.type == PacketType::Pong && m_protocol->pinger() == detail::Pinger::Client)
        pongReceived();
    if (!out || m_inbox != thisOne)
        return;
    m_inbox->append(std::move(packet));
    updateBackPressure();
    if (!m_inbox->isDelivering)
        deliver();
}

void ClientPrivate::answerPing()
{
    if (m_protocol->pinger() == detail::Pinger::Client) {
        fail(detail::revisionError(m_requestUrl->base(), detail::newServerText()),
             CloseReason::TransportError);
        return;
    }
    m_heartbeat.beat();
    transport->measureLatency();
    sendControl(PacketType::Pong);
}

// One at a time waits, however fast the other side asks for them. One connection has pings or pongs
// to send, never both.
void ClientPrivate::sendControl(PacketType type)
{
    if (std::exchange(m_controlWaits, true))
        return;
    buffer.append(OutgoingPacket(type));
    const auto thisOne = m_inbox;
    CallOut out(q);
    if (packetSignals)
        out.emitSignal(&Client::packetCreated, Packet{type, false, {}});
    if (out && m_inbox == thisOne)
        flush();
}

void ClientPrivate::pongReceived()
{
    m_heartbeat.beat();
    transport->measureLatency();
}

void ClientPrivate::sendPing()
{
    if (state == State::Open && !m_inbox->end)
        sendControl(PacketType::Ping);
}

// What has waited for a slot has its turns as well.
void ClientPrivate::deliver()
{
    const auto thisOne = m_inbox;
    thisOne->isDelivering = true;
    thisOne->awaitsTurn = false;
    detail::PacketShare turn;
    CallOut out(q);
    while (out && !thisOne->isEndTold && !thisOne->packets.empty()) {
        if (!turn.take(std::max(1, options.maxPacketsPerTurn))) {
            thisOne->awaitsTurn = true;
            updateBackPressure();
            deliverNextTurn();
            return; // it is still delivering: what comes meanwhile waits
        }
        const Packet packet = thisOne->takeFirst();
        out.call([&] { handOver(packet); });
    }
    thisOne->isDelivering = false;
    if (!out || m_inbox != thisOne)
        return;
    updateBackPressure();
    if (m_inbox->end)
        tellEnd();
}

void ClientPrivate::deliverNextTurn()
{
    const auto thisOne = m_inbox;
    // If a slot runs an event loop in that turn, the engine works on in it, and pings are answered.
    const auto receiveInLoop = [this, thisOne] {
        if (m_inbox == thisOne)
            updateBackPressure();
    };
    const auto takeTurn = [this, thisOne, receiveInLoop] {
        if (m_inbox != thisOne)
            return;
        QMetaObject::invokeMethod(q, receiveInLoop, Qt::QueuedConnection);
        deliver();
    };
    QMetaObject::invokeMethod(q, takeTurn, Qt::QueuedConnection);
}

void ClientPrivate::handOver(const Packet &packet)
{
    const auto thisOne = m_inbox;
    CallOut out(q);
    if (packetSignals)
        out.emitSignal(&Client::packetReceived, packet);
    if (!out || m_inbox != thisOne)
        return;
    if (packet.type == PacketType::Open)
        handleHandshake(packet);
    if (!out || m_inbox != thisOne || state == State::Opening || m_goodbye)
        return;
    if (packet.type
        == (m_protocol->pinger() == detail::Pinger::Server ? PacketType::Ping : PacketType::Pong)) {
        out.emitSignal(&Client::pinged);
    } else if (packet.type == PacketType::Message) {
        const Message message =
            packet.binary ? Message::fromBinary(packet.data) : Message::fromUtf8(packet.data);
        if (observer)
            out.call([&] { observer->messageReceived(message); });
        out.emitSignal(&Client::messageReceived, message);
    }
}

// Bounds what waits while a slot runs an event loop. What has waited is handed over before more is
// received, or a server that sends on without a pause would let it grow. The end of a session that
// is being closed is waited for, though.
void ClientPrivate::updateBackPressure()
{
    const bool full = m_inbox->bytes > options.maxReceiveBufferSize && m_inbox->isDelivering;
    const bool held = full || (m_inbox->awaitsTurn && state == State::Open);
    if (held == m_inbox->isHeldBack || !transport)
        return;
    m_inbox->isHeldBack = held;
    m_heartbeat.setSuspended(held);
    transport->setHeldBack(held);
}

} // namespace EngineIo
