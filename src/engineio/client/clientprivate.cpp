// SPDX-License-Identifier: MIT
#include "engineio/client/client_p.h"

#include "engineio/client/pollingclienttransport_p.h"
#include "engineio/client/websocketclienttransport_p.h"

#include <QtCore/qcoreevent.h>

#include <algorithm>
#include <atomic>
#include <utility>

namespace EngineIo {

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using detail::BootClock;
using detail::ClientTransport;
using detail::OutgoingPacket;

namespace {

// After a machine has slept, a heartbeat that is overdue is noticed within this time.
constexpr auto HeartbeatCheckInterval = 5000ms;
// How long the server may take to answer a good-bye.
constexpr auto GoodbyeTimeout = 5000ms;

// Engine.IO: priorWebsocketSuccess
std::atomic<bool> lastWebSocketWorked{false};

} // namespace

void ClientPrivate::open()
{
    if (state != State::Closed)
        return;
    requestUrl = std::make_shared<detail::RequestUrl>(url, options);
    candidates = options.transports;
    handshake = {};
    const Guard guard(q);
    setState(State::Opening);
    if (!guard || state != State::Opening || transport)
        return;
    if (!candidates.isEmpty() && requestUrl->isValid()) {
        openTransport();
        return;
    }
    // As all errors, this one comes when the caller can have connected to it.
    const ClientError error = candidates.isEmpty()
        ? ClientError(ClientError::Type::NoTransport, u"No transports available"_s)
        : ClientError(ClientError::Type::Network, u"invalid URL"_s, url.toDisplayString());
    QMetaObject::invokeMethod(
        q,
        [this, error] {
            if (state == State::Opening && !transport)
                fail(error, CloseReason::TransportError);
        },
        Qt::QueuedConnection);
}

detail::ClientTransportPtr ClientPrivate::createTransport(TransportType type)
{
    if (!network) {
        ownNetwork = std::make_unique<QNetworkAccessManager>();
        if (options.proxy)
            ownNetwork->setProxy(*options.proxy);
        network = ownNetwork.get();
    }
    if (type == TransportType::Polling) {
        return detail::ClientTransportPtr(
            new detail::PollingClientTransport(requestUrl, options, network, this));
    }
    return detail::ClientTransportPtr(
        new detail::WebSocketClientTransport(*requestUrl, options, network, this));
}

void ClientPrivate::openTransport()
{
    const bool startWithWebSocket = options.rememberUpgrade && lastWebSocketWorked
        && candidates.contains(TransportType::WebSocket);
    transport =
        createTransport(startWithWebSocket ? TransportType::WebSocket : candidates.constFirst());
    transport->open();
    Q_EMIT q->transportChanged(q->transportName());
}

void ClientPrivate::setState(State newState)
{
    if (state == newState)
        return;
    state = newState;
    Q_EMIT q->stateChanged(state);
}

void ClientPrivate::close()
{
    if (state != State::Opening && state != State::Open)
        return;
    const Guard guard(q);
    setState(State::Closing);
    if (guard)
        continueClosing();
}

// Says good-bye once all is sent and no change of the transport is under way.
void ClientPrivate::continueClosing()
{
    if (state != State::Closing || goodbye)
        return;
    if (!transport) {
        finish(CloseReason::ForcedClose, {});
        return;
    }
    if (!handshake.sid.isEmpty()) {
        if (!upgrading)
            endProbe(u"client closed"_s);
        if (state != State::Closing || goodbye || upgrading || !buffer.isEmpty()
            || !transport->isWritable()) {
            return;
        }
    }
    goodbye = true;
    closeTimer.start(int(GoodbyeTimeout.count()), q);
    transport->close();
}

void ClientPrivate::abort(CloseReason reason, const QString &description)
{
    finish(reason,
           description.isEmpty() ? ClientError()
                                 : ClientError(ClientError::Type::Network, {}, description));
}

void ClientPrivate::transportOpened(ClientTransport *opened)
{
    if (opened == probe.get())
        probe->send({OutgoingPacket(PacketType::Ping, "probe")});
}

void ClientPrivate::transportPacket(ClientTransport *from, Packet &&packet)
{
    if (from == probe.get())
        handleProbePacket(packet);
    else if (from == transport.get())
        handlePacket(packet);
}

void ClientPrivate::handlePacket(Packet &packet)
{
    const Guard guard(q);
    if (packetSignals) {
        emitPacket(&Client::packetReceived, packet);
        if (!guard)
            return;
    }
    if (packet.type == PacketType::Open)
        handleHandshake(packet);
    if (!guard || state == State::Closed || state == State::Opening || goodbye)
        return;
    switch (packet.type) {
    case PacketType::Ping:
        restartHeartbeat();
        transport->measureLatency();
        enqueue(OutgoingPacket(PacketType::Pong), PacketType::Pong);
        if (guard)
            flush();
        if (guard)
            Q_EMIT q->pinged();
        break;
    case PacketType::Message: {
        const Message message =
            packet.binary ? Message::fromBinary(packet.data) : Message::fromUtf8(packet.data);
        if (receiver)
            receiver->messageReceived(message);
        if (guard)
            Q_EMIT q->messageReceived(message);
        break;
    }
    default:
        break;
    }
}

void ClientPrivate::handleHandshake(const Packet &packet)
{
    if (!handshake.sid.isEmpty())
        return;
    std::optional<detail::ClientHandshake> received =
        detail::ClientHandshake::fromJson(packet.data);
    if (!received) {
        fail(ClientError(ClientError::Type::Protocol, u"server error"_s, u"invalid handshake"_s),
             CloseReason::TransportError);
        return;
    }
    if (state != State::Opening) { // the transport only needs the id for its good-bye
        transport->setSessionId(received->sid);
        return;
    }
    handshake = std::move(*received);
    transport->setSessionId(handshake.sid);
    lastWebSocketWorked = transport->type() == TransportType::WebSocket;
    heartbeatTimer.stop();
    restartHeartbeat();
    const Guard guard(q);
    Q_EMIT q->idChanged(handshake.sid);
    if (!guard || state != State::Opening)
        return;
    setState(State::Open);
    if (!guard || state != State::Open)
        return;
    Q_EMIT q->opened();
    if (!guard || state != State::Open)
        return;
    flush();
    if (!guard || state != State::Open)
        return;
    transport->measureLatency();
    startProbe();
}

void ClientPrivate::startProbe()
{
    if (!options.upgrade || transport->type() == TransportType::WebSocket
        || !handshake.upgrades.contains(TransportType::WebSocket)
        || !options.transports.contains(TransportType::WebSocket)) {
        return;
    }
    lastWebSocketWorked = false;
    probe = createTransport(TransportType::WebSocket);
    probe->setSessionId(handshake.sid);
    probeTimer.start(int(options.upgradeTimeout.count()), q);
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
    upgrading = true;
    lastWebSocketWorked = true;
    transport->pause();
    Q_EMIT q->upgrading(TransportType::WebSocket);
}

void ClientPrivate::transportPaused(ClientTransport *paused)
{
    if (paused != transport.get() || !probe)
        return;
    probeTimer.stop();
    upgrading = false;
    transport = std::move(probe);
    const Guard guard(q);
    transport->send({OutgoingPacket(PacketType::Upgrade)});
    if (guard && transport)
        transport->measureLatency();
    if (guard)
        Q_EMIT q->transportChanged(q->transportName());
    if (guard && state != State::Closed)
        Q_EMIT q->upgraded(TransportType::WebSocket);
    if (guard)
        flush();
    if (guard)
        continueClosing();
}

void ClientPrivate::endProbe(const QString &why)
{
    if (!probe)
        return;
    probe.reset();
    probeTimer.stop();
    if (std::exchange(upgrading, false))
        transport->resume();
    lastWebSocketWorked = false;
    const Guard guard(q);
    Q_EMIT q->upgradeFailed(ClientError(ClientError::Type::Network, u"probe error"_s, why));
    if (guard)
        flush();
    if (guard)
        continueClosing();
}

bool ClientPrivate::send(const FrameList &frames, SendFlags flags)
{
    if (state != State::Opening && state != State::Open)
        return false;
    if (flags.testFlag(SendFlag::Volatile) && !isWritable())
        return false;
    const Guard guard(q);
    for (const Frame &frame : frames) {
        enqueue(OutgoingPacket(frame), PacketType::Message);
        if (!guard)
            return false;
    }
    flush();
    return true;
}

bool ClientPrivate::isWritable() const
{
    return state == State::Open && !upgrading && buffer.isEmpty() && transport->isWritable();
}

void ClientPrivate::enqueue(OutgoingPacket &&packet, PacketType type)
{
    buffer.append(std::move(packet));
    if (!packetSignals)
        return;
    const OutgoingPacket &queued = buffer.constLast();
    const bool binary = queued.isBinary();
    emitPacket(&Client::packetCreated,
               {type, binary, binary ? queued.binary() : queued.text().sliced(1).toByteArray()});
}

void ClientPrivate::emitPacket(void (Client::*signal)(const Packet &), const Packet &packet)
{
    Q_EMIT(q->*signal)(packet);
}

void ClientPrivate::flush()
{
    if ((state != State::Open && state != State::Closing) || goodbye || upgrading
        || buffer.isEmpty() || !transport->isWritable()) {
        return;
    }
    const Guard guard(q);
    transport->send(takeWritablePackets());
    if (guard)
        Q_EMIT q->flushed();
}

// All of the buffer or, for polling, as much of it as one request may carry.
detail::OutgoingPackets ClientPrivate::takeWritablePackets()
{
    if (transport->type() != TransportType::Polling || handshake.maxPayload == 0)
        return std::exchange(buffer, {});
    qint64 size = buffer.constFirst().payloadSize();
    qsizetype count = 1;
    while (count < buffer.size()) {
        size += 1 + buffer.at(count).payloadSize();
        if (size > handshake.maxPayload)
            break;
        ++count;
    }
    if (count == buffer.size())
        return std::exchange(buffer, {});
    const detail::OutgoingPackets packets = buffer.first(count);
    buffer.remove(0, count);
    return packets;
}

void ClientPrivate::transportDrained(ClientTransport *drained)
{
    if (drained != transport.get())
        return;
    const Guard guard(q);
    if (buffer.isEmpty())
        Q_EMIT q->drained();
    else
        flush();
    if (guard)
        continueClosing();
}

void ClientPrivate::transportLatency(ClientTransport *measured, std::chrono::nanoseconds time)
{
    if (measured != transport.get())
        return;
    latency = std::chrono::duration<double, std::milli>(time).count();
    Q_EMIT q->latencyChanged(latency);
}

void ClientPrivate::transportFailed(ClientTransport *failed, const ClientError &error)
{
    if (failed == probe.get())
        endProbe(error.text());
    else if (failed == transport.get())
        fail(error, CloseReason::TransportError);
}

void ClientPrivate::transportClosed(ClientTransport *closed, const ClientError &details)
{
    if (closed == probe.get()) {
        endProbe(u"transport closed"_s);
    } else if (closed == transport.get()) {
        if (state == State::Opening) {
            fail(ClientError(ClientError::Type::Network,
                             closed->type() == TransportType::WebSocket ? u"websocket error"_s
                                                                        : u"xhr poll error"_s,
                             details.text()),
                 CloseReason::TransportClose);
        } else {
            finish(goodbye ? CloseReason::ForcedClose : CloseReason::TransportClose, details);
        }
    }
}

void ClientPrivate::restartHeartbeat()
{
    heartbeatDeadline = BootClock::now() + handshake.pingInterval + handshake.pingTimeout;
    if (!heartbeatTimer.isActive())
        checkHeartbeat();
}

void ClientPrivate::checkHeartbeat()
{
    const auto rest = heartbeatDeadline - BootClock::now();
    if (rest < 0ms) {
        finish(CloseReason::PingTimeout, {});
        return;
    }
    heartbeatTimer.start(int(std::min(rest + 1ms, HeartbeatCheckInterval).count()), q);
}

bool ClientPrivate::hasHeartbeatExpired()
{
    if (state != State::Open || BootClock::now() <= heartbeatDeadline)
        return false;
    // The caller is told at once and the rest of the application when it has returned.
    heartbeatTimer.start(0, q);
    return true;
}

void ClientPrivate::timerEvent(QTimerEvent *event)
{
    if (event->timerId() == heartbeatTimer.timerId()) {
        checkHeartbeat();
    } else if (event->timerId() == probeTimer.timerId()) {
        endProbe(u"timeout"_s);
    } else if (event->timerId() == closeTimer.timerId()) {
        finish(CloseReason::ForcedClose, {});
    }
}

void ClientPrivate::fail(const ClientError &error, CloseReason reason)
{
    lastWebSocketWorked = false;
    if (state == State::Opening && options.tryAllTransports && transport && candidates.size() > 1) {
        candidates.removeAll(transport->type());
        if (!candidates.isEmpty()) {
            openTransport();
            return;
        }
    }
    const Guard guard(q);
    Q_EMIT q->errorOccurred(error);
    if (guard)
        finish(reason, error);
}

void ClientPrivate::finish(CloseReason reason, const ClientError &details)
{
    if (state == State::Closed)
        return;
    heartbeatTimer.stop();
    probeTimer.stop();
    closeTimer.stop();
    const bool hadTransport = transport != nullptr;
    const bool hadId = !handshake.sid.isEmpty();
    transport.reset();
    probe.reset();
    buffer.clear();
    handshake = {};
    latency = -1;
    upgrading = false;
    goodbye = false;
    const Guard guard(q);
    setState(State::Closed);
    if (guard && hadId)
        Q_EMIT q->idChanged(QString());
    if (guard && hadTransport)
        Q_EMIT q->transportChanged(q->transportName());
    if (guard)
        Q_EMIT q->closed(reason, details);
}

} // namespace EngineIo
