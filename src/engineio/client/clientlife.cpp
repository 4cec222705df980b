// SPDX-License-Identifier: MIT
#include "engineio/client/client_p.h"

#include "base/logging_p.h"
#include "engineio/client/transporterror_p.h"
#include "engineio/client/websocketmemory_p.h"
#include "engineio/protocol/packettext_p.h"
#include "net/websocket/websocketdecoder_p.h"

#include <QtCore/qcoreevent.h>

#include <algorithm>
#include <utility>

namespace EngineIo {

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using detail::ClientTransport;
using detail::lcEngine;
using detail::OutgoingPacket;
namespace WebSocketMemory = detail::WebSocketMemory;

namespace {

// How long the server may take to answer a good-bye, and to take more of what was sent before it.
constexpr auto ClosingTimeout = 5000ms;
// A server may say anything.
constexpr std::chrono::milliseconds ShortestPingInterval = 10ms;

} // namespace

ClientPrivate::ClientPrivate(Client *client)
    : q(client)
    , m_inbox(std::make_shared<detail::ClientInbox>())
    , m_heartbeat(client)
    , m_protocol(&detail::WireProtocol::revision4())
{
}

ClientPrivate::~ClientPrivate()
{
    // A delivery below that runs an event loop finds nothing more.
    m_inbox->packets.clear();
}

void ClientPrivate::setState(State newState)
{
    if (state == newState)
        return;
    state = newState;
    CallOut(q).emitSignal(&Client::stateChanged, newState);
}

void ClientPrivate::close()
{
    if (state != State::Opening && state != State::Open)
        return;
    CallOut out(q);
    if (out.call([this] { setState(State::Closing); }))
        continueClosing();
}

// Says good-bye once all is sent and no change of the transport is under way.
void ClientPrivate::continueClosing()
{
    if (state != State::Closing || m_goodbye)
        return;
    if (!transport || m_inbox->end) {
        finish(CloseReason::ForcedClose, {});
        return;
    }
    if (handshake.sid.isEmpty() && !buffer.isEmpty()) {
        // What was sent goes out when the server has answered.
        if (!m_closeTimer.isActive())
            m_closeTimer.start(int(ClosingTimeout.count()), q);
        return;
    }
    if (!handshake.sid.isEmpty()) {
        CallOut out(q);
        if (!upgrading)
            out.call([this] { endProbe(u"client closed"_s); });
        if (!out || state != State::Closing || m_goodbye || upgrading || !buffer.isEmpty()
            || !transport->isWritable()) {
            if (out && state == State::Closing && !m_goodbye)
                watchDelivery();
            return;
        }
    }
    m_goodbye = true;
    qCDebug(lcEngine).noquote() << "Closing" << handshake.sid;
    m_closeTimer.start(int(ClosingTimeout.count()), q);
    transport->close();
}

// Called with each step of the delivery, so the time begins anew.
void ClientPrivate::watchDelivery()
{
    transport->isDelivering(); // from now on
    m_deliveryChecked = detail::BootClock::now();
    m_closeTimer.start(int(ClosingTimeout.count()), q);
}

void ClientPrivate::abort()
{
    finish(CloseReason::ForcedClose, {});
}

void ClientPrivate::transportOpened(ClientTransport *opened)
{
    qCDebug(lcEngine).noquote() << "Opened" << transportName(opened->type());
    if (opened == m_probe.get())
        m_probe->send({OutgoingPacket(PacketType::Ping, "probe")});
}

void ClientPrivate::transportPacket(ClientTransport *from, Packet &&packet)
{
    if (detail::lcPackets().isDebugEnabled()) {
        qCDebug(detail::lcPackets).noquote()
            << transportName(from->type()) << "received" << packet.type
            << detail::packetDataText(packet.data, packet.binary);
    }
    if (from == m_probe.get())
        handleProbePacket(packet);
    else if (from == transport.get())
        handlePacket(std::move(packet));
}

void ClientPrivate::handleHandshake(const Packet &packet)
{
    if (!handshake.sid.isEmpty())
        return;
    std::optional<detail::ClientHandshake> received =
        detail::ClientHandshake::fromJson(packet.data);
    if (!received) {
        fail(detail::protocolError(m_requestUrl->base(), u"invalid handshake"_s),
             CloseReason::TransportError);
        return;
    }
    m_openingTimer.stop();
    transport->setSessionId(received->sid);
    qCDebug(lcEngine).noquote() << "Handshake" << packet.data;
    if (state != State::Opening && buffer.isEmpty()) {
        return; // the transport only needs the id for its good-bye
    }
    handshake = std::move(*received);
    if (transport->type() == TransportType::WebSocket)
        WebSocketMemory::noteWorked(m_requestUrl->base());
    else
        WebSocketMemory::noteFailed();
    m_heartbeat.start(handshake.pingInterval, handshake.pingTimeout);
    if (m_protocol->pinger() == detail::Pinger::Client)
        m_pingTimer.start(int(std::max(handshake.pingInterval, ShortestPingInterval).count()), q);
    if (state == State::Closing) {
        watchDelivery();
        flush();
        return;
    }
    const auto thisOne = m_inbox;
    const auto stillIn = [this, thisOne](State wanted) {
        return state == wanted && m_inbox == thisOne && !m_inbox->end;
    };
    CallOut out(q);
    if (!out.emitSignal(&Client::idChanged, handshake.sid) || !stillIn(State::Opening))
        return;
    if (!out.call([this] { setState(State::Open); }) || !stillIn(State::Open))
        return;
    if (!out.emitSignal(&Client::opened) || !stillIn(State::Open))
        return;
    if (!out.call([this] { flush(); }) || !stillIn(State::Open))
        return;
    transport->measureLatency();
    startProbe();
}

void ClientPrivate::transportLatency(ClientTransport *measured, std::chrono::nanoseconds time)
{
    if (measured != transport.get())
        return;
    latency = std::chrono::duration<double, std::milli>(time).count();
    CallOut(q).emitSignal(&Client::latencyChanged, latency);
}

void ClientPrivate::transportFailed(ClientTransport *failed, const ClientError &error)
{
    qCDebug(lcEngine).noquote() << transportName(failed->type()) << "failed:" << error.text();
    if (failed == m_probe.get())
        endProbe(error.description());
    else if (failed == transport.get())
        fail(error.httpStatus() == 413 && !handshake.sid.isEmpty() ? tooBigError(error) : error,
             CloseReason::TransportError);
}

void ClientPrivate::transportClosed(ClientTransport *closed, const ClientError &details)
{
    qCDebug(lcEngine).noquote() << transportName(closed->type()) << "closed" << details.text();
    if (closed == m_probe.get())
        endProbe(details.description());
    else if (closed != transport.get())
        return;
    else if (state == State::Opening)
        fail(details, CloseReason::TransportClose);
    else
        end({m_goodbye ? CloseReason::ForcedClose : CloseReason::TransportClose,
             details.closeCode() == int(detail::WebSocketCloseCode::MessageTooBig)
                 ? tooBigError(details)
                 : details});
}

ClientError ClientPrivate::tooBigError(const ClientError &error) const
{
    return detail::tooBigError(m_requestUrl->base(), tooBigSent, handshake.maxPayload, error);
}

bool ClientPrivate::hasHeartbeatExpired()
{
    if (state != State::Open || m_inbox->end || !m_heartbeat.isOverdue(transport.get()))
        return false;
    // The caller learns of it at once, the rest of the application when the call has returned.
    m_heartbeat.checkSoon();
    return true;
}

void ClientPrivate::timerEvent(QTimerEvent *event)
{
    if (event->timerId() == m_heartbeat.timerId()) {
        if (transport && m_heartbeat.hasEnded(transport.get())) {
            qCDebug(lcEngine).noquote() << "The server" << handshake.sid << "has fallen silent";
            end({CloseReason::PingTimeout, {}});
        }
    } else if (event->timerId() == m_pingTimer.timerId()) {
        sendPing();
    } else if (event->timerId() == m_openingTimer.timerId()) {
        openingTimedOut();
    } else if (event->timerId() == m_probeTimer.timerId()) {
        endProbe(u"timeout"_s);
    } else if (event->timerId() == m_closeTimer.timerId()) {
        closingTimedOut();
    }
}

// The server has not taken what was sent before close(), or has not answered the good-bye.
void ClientPrivate::closingTimedOut()
{
    const bool connected = !handshake.sid.isEmpty();
    if (connected && !m_goodbye && transport) {
        // How much of a request has been taken is not known, only whether something moves.
        const bool moves = transport->isDelivering()
            || (transport->type() == TransportType::Polling
                && transport->lastSignOfLife() > m_deliveryChecked);
        if (moves) {
            m_heartbeat.beat();
            watchDelivery();
            return;
        }
    }
    ClientError details;
    if (const qsizetype count = undeliveredCount(); count > 0) {
        const QString milliseconds = QString::number(ClosingTimeout.count());
        const QString packets = QString::number(count);
        details = connected
            ? detail::networkError(
                detail::Stage::Connected, m_requestUrl->base(),
                u"the server took nothing for %1 ms after close(), and up to %2 packets are lost"_s
                    .arg(milliseconds, packets))
            : detail::networkError(
                detail::Stage::Connecting, m_requestUrl->base(),
                u"no answer within %1 ms of close(), and %2 packets are lost"_s.arg(milliseconds,
                                                                                    packets));
        qCDebug(lcEngine).noquote() << details.text();
    }
    finish(CloseReason::ForcedClose, details);
}

void ClientPrivate::fail(const ClientError &error, CloseReason reason)
{
    if (m_inbox->end)
        return; // its end is being told, or waits for that
    if (state == State::Opening && transport) {
        openNextTransport(error, reason);
        return;
    }
    WebSocketMemory::noteFailed();
    end({.reason = reason, .details = error, .isError = true});
}

// The connection has ended. The application learns of it after what came before, also when it is
// still busy with that.
void ClientPrivate::end(const detail::ClientEnd &how)
{
    if (m_inbox->end)
        return;
    m_heartbeat.stop();
    m_pingTimer.stop();
    m_probeTimer.stop();
    m_probe.reset();
    upgrading = false;
    m_inbox->end = how;
    if (!m_inbox->isDelivering || state != State::Open)
        tellEnd();
}

// Nothing more is received or handed over, also while a slot of errorOccurred() runs an event loop.
void ClientPrivate::tellEnd()
{
    if (std::exchange(m_inbox->isEndTold, true))
        return;
    const auto thisOne = m_inbox;
    const detail::ClientEnd how = *m_inbox->end;
    CallOut out(q);
    if (how.isError)
        out.emitSignal(&Client::errorOccurred, how.details);
    if (out && m_inbox == thisOne)
        finish(how.reason, how.details);
}

void ClientPrivate::finish(CloseReason reason, const ClientError &details)
{
    if (state == State::Closed)
        return;
    qCDebug(lcEngine).noquote() << "Closed" << handshake.sid << closeReasonText(reason)
                                << details.text();
    noteUnanswered();
    m_lost = std::exchange(m_underWay, 0) + buffer.size();
    m_heartbeat.stop();
    m_pingTimer.stop();
    m_openingTimer.stop();
    m_probeTimer.stop();
    m_closeTimer.stop();
    const bool hadTransport = transport != nullptr;
    const bool hadId = !handshake.sid.isEmpty();
    transport.reset();
    m_probe.reset();
    network.reset();
    buffer.clear();
    m_controlWaits = false;
    tooBigSent.clear();
    m_inbox->packets.clear();
    m_inbox = std::make_shared<detail::ClientInbox>();
    handshake = {};
    latency = -1;
    upgrading = false;
    m_goodbye = false;
    // It may be a member of what goes away.
    const ClientError what = details; // NOLINT(performance-unnecessary-copy-initialization)
    CallOut out(q);
    out.call([this] { setState(State::Closed); });
    if (out && hadId)
        out.emitSignal(&Client::idChanged, QString());
    if (out && hadTransport)
        out.emitSignal(&Client::transportChanged, q->transportName());
    out.emitSignal(&Client::closed, reason, what);
}

} // namespace EngineIo
