// SPDX-License-Identifier: MIT
#include "engineio/session/sessioncore_p.h"

#include "engineio/payloadcodec_p.h"
#include "engineio/server/worker_p.h"
#include "engineio/session/session_p.h"

#include <QtCore/qjsonarray.h>

namespace EngineIo::detail {

using namespace std::chrono_literals;
using namespace Qt::StringLiterals;

namespace {

// While a client upgrades, its polls are answered at least this often.
constexpr std::chrono::milliseconds PollReleaseInterval = 100ms;

// The open packet's data; the order of its keys is what clients are used to.
QByteArray openData(const QString &id, bool upgrades, const ServerOptions &options)
{
    return "{\"sid\":\"" + id.toUtf8() + "\",\"upgrades\":[" + (upgrades ? "\"websocket\"" : "")
        + "],\"pingInterval\":" + QByteArray::number(qint64(options.pingInterval.count()))
        + ",\"pingTimeout\":" + QByteArray::number(qint64(options.pingTimeout.count()))
        + ",\"maxPayload\":" + QByteArray::number(options.maxHttpBufferSize) + '}';
}

} // namespace

// A WebSocket that wants to take over from polling.
struct SessionCore::Upgrade
{
    std::shared_ptr<WebSocketTransport> transport;
    DeadlineTimer timeout;
    DeadlineTimer pollRelease;
};

SessionCore::SessionCore(Worker &worker, const QString &id, const HttpRequest &request,
                         std::unique_ptr<MessageDecoder> decoder)
    : m_worker(worker)
    , m_id(id)
    , m_request(request)
    , m_decoder(std::move(decoder))
{
}

SessionCore::~SessionCore()
{
    if (m_transport)
        m_transport->abort();
    stopUpgrade();
}

bool SessionCore::isBase64() const
{
    const QString value = m_request.queryValue(u"b64");
    return !value.isEmpty() && value != "0"_L1 && value != "false"_L1;
}

void SessionCore::openPolling(const std::shared_ptr<HttpConnection> &connection)
{
    m_initialTransport = TransportType::Polling;
    const std::weak_ptr<SessionCore> weak = weak_from_this();
    Worker &worker = m_worker;
    auto respond = [weak, &worker](const std::shared_ptr<HttpConnection> &to,
                                   const HttpResponse &response) {
        const auto self = weak.lock();
        worker.respond(to, response, self && self->takeInitialHeaders());
    };
    const auto transport = std::make_shared<PollingTransport>(
        m_worker.context(), asHandler(), m_worker.options(), std::move(respond));
    open(transport);
    transport->handleRequest(connection);
}

void SessionCore::openWebSocket(std::unique_ptr<Stream> stream, const QByteArray &rest)
{
    m_initialTransport = TransportType::WebSocket;
    const auto transport =
        std::make_shared<WebSocketTransport>(std::move(stream), m_worker.context(), asHandler(),
                                             m_worker.options().maxHttpBufferSize, isBase64());
    open(transport);
    transport->start(rest);
}

void SessionCore::open(std::shared_ptr<Transport> transport)
{
    m_transport = std::move(transport);
    const ServerOptions &options = m_worker.options();
    sendPacket(PacketType::Open, openData(m_id, canUpgrade(), options));
    if (options.initialPacket)
        m_transport->send(OutgoingPacket(Frame::fromMessage(*options.initialPacket)));
    startHeartbeat();
    m_worker.sessionOpened(shared_from_this());
}

PollingTransport *SessionCore::polling() const
{
    return m_transport->type() == TransportType::Polling
        ? static_cast<PollingTransport *>(m_transport.get())
        : nullptr;
}

bool SessionCore::canUpgrade() const
{
    const ServerOptions &options = m_worker.options();
    return m_transport->type() == TransportType::Polling && options.allowUpgrades
        && options.transports.testFlag(TransportType::WebSocket);
}

void SessionCore::send(const FrameList &frames, SendFlags flags)
{
    if (m_state != State::Open)
        return;
    if (flags.testFlag(SendFlag::Volatile) && !m_transport->isWritable())
        return;
    for (const Frame &frame : frames)
        m_transport->send(OutgoingPacket(frame, flags));
    if (m_transport->bytesToWrite() > m_worker.options().maxSendBufferSize)
        abort(CloseReason::SendBufferOverflow, u"the client does not read"_s);
}

void SessionCore::sendPacket(PacketType type, const QByteArray &data)
{
    if (isWatched(Watch::PacketCreated))
        m_worker.tellFacade(*this, [packet = Packet{type, false, data}](SessionPrivate &session) {
            session.packetCreated(packet);
        });
    if (m_transport)
        m_transport->send(OutgoingPacket(type, data));
}

void SessionCore::close()
{
    if (m_state != State::Open)
        return;
    const auto self = shared_from_this();
    m_state = State::Closing;
    stopUpgrade();
    m_transport->close(CloseReason::ForcedClose);
}

void SessionCore::abort(CloseReason reason, const QString &description)
{
    if (m_state == State::Closed)
        return;
    m_transport->abort();
    finish(reason, description);
}

// The end, whoever decided it. Nothing is heard of the transport any more.
void SessionCore::finish(CloseReason reason, const QString &description)
{
    if (m_state == State::Closed)
        return;
    const auto self = shared_from_this();
    m_state = State::Closed;
    m_heartbeat.stop();
    stopUpgrade();
    // The transport ends in this thread, at the end of the turn; the session itself may be held by
    // its public side for longer.
    m_worker.context().dispose(
        std::shared_ptr<void>(nullptr, [self](void *) { self->m_transport.reset(); }));
    m_worker.sessionClosed(*this, reason, description);
}

void SessionCore::packetReceived(Transport &transport, PacketType type, QByteArrayView data)
{
    if (m_upgrade && &transport == m_upgrade->transport.get()) {
        handleProbe(type, data);
        return;
    }
    if (m_state == State::Closed)
        return;
    if (isWatched(Watch::PacketReceived))
        m_worker.tellFacade(
            *this, [packet = Packet{type, false, data.toByteArray()}](SessionPrivate &session) {
                session.packetReceived(packet);
            });
    switch (type) {
    case PacketType::Message:
        noteAlive();
        if (m_state != State::Open)
            break;
        if (m_decoder)
            handleMessage(m_decoder->decodeText(data), data.size());
        else
            m_worker.deliver(*this, Message::fromUtf8(data.toByteArray()));
        break;
    case PacketType::Pong:
        startHeartbeat();
        if (isWatched(Watch::Heartbeat))
            m_worker.tellFacade(*this, [](SessionPrivate &session) { session.heartbeat(); });
        break;
    case PacketType::Ping:
        abort(CloseReason::TransportError, u"invalid heartbeat direction"_s);
        break;
    case PacketType::Close:
        if (PollingTransport *poll = polling()) {
            poll->releasePoll();
            poll->flush();
        }
        abort(CloseReason::TransportClose);
        break;
    case PacketType::Open:
    case PacketType::Upgrade:
    case PacketType::Noop:
        noteAlive();
        break;
    }
}

void SessionCore::binaryReceived(Transport &transport, const QByteArray &data)
{
    if (m_upgrade && &transport == m_upgrade->transport.get()) {
        handleProbe(PacketType::Message, data);
        return;
    }
    if (m_state != State::Open)
        return;
    if (isWatched(Watch::PacketReceived))
        m_worker.tellFacade(
            *this, [packet = Packet{PacketType::Message, true, data}](SessionPrivate &session) {
                session.packetReceived(packet);
            });
    noteAlive();
    if (m_state != State::Open)
        return;
    if (m_decoder)
        handleMessage(m_decoder->decodeBinary(data), data.size());
    else
        m_worker.deliver(*this, Message::fromBinary(data));
}

void SessionCore::handleMessage(MessageDecoder::Result result, qsizetype size)
{
    if (!result.error.isEmpty()) {
        abort(CloseReason::ParseError, QString::fromUtf8(result.error));
        return;
    }
    if (!result.message)
        return;
    if (!m_worker.isDirect()) {
        const qsizetype unhandled = m_unhandled.fetch_add(size) + size;
        if (unhandled > m_worker.options().maxReceiveBufferSize && !m_paused.exchange(true))
            m_transport->setReading(false);
    }
    m_worker.deliver(*this, std::move(result.message), size);
}

// In the server's thread: a message that was counted in handleMessage() has been taken.
void SessionCore::messageHandled(qsizetype size)
{
    const qsizetype unhandled = m_unhandled.fetch_sub(size) - size;
    if (unhandled > m_worker.options().maxReceiveBufferSize / 2 || !m_paused.exchange(false))
        return;
    m_worker.tellCore(shared_from_this(), [](SessionCore &core) {
        if (core.m_state == State::Closed)
            return;
        core.startHeartbeat();
        core.m_transport->setReading(true);
    });
}

void SessionCore::transportDrained(Transport &)
{
    if (isWatched(Watch::Drained))
        m_worker.tellFacade(*this, [](SessionPrivate &session) { session.drained(); });
}

void SessionCore::transportClosed(Transport &transport, CloseReason reason,
                                  const QString &description)
{
    if (m_upgrade && &transport == m_upgrade->transport.get())
        stopUpgrade(); // the session stays on polling
    else if (&transport == m_transport.get())
        finish(reason, description);
}

// Upgrade

void SessionCore::upgrade(std::unique_ptr<Stream> stream, const QByteArray &rest)
{
    const auto transport =
        std::make_shared<WebSocketTransport>(std::move(stream), m_worker.context(), asHandler(),
                                             m_worker.options().maxHttpBufferSize, isBase64());
    if (m_state != State::Open || m_upgrade || m_upgraded || !canUpgrade()) {
        // The session is not touched: only this socket goes.
        transport->clearHandler();
        transport->start({});
        transport->close(CloseReason::ForcedClose);
        return;
    }
    m_upgrade = std::make_unique<Upgrade>();
    m_upgrade->transport = transport;
    m_upgrade->timeout.start<&SessionCore::upgradeTimedOut>(
        m_worker.context().timers(), m_worker.options().upgradeTimeout, this);
    transport->start(rest);
}

void SessionCore::handleProbe(PacketType type, QByteArrayView data)
{
    if (type == PacketType::Ping && data == "probe") {
        m_upgrade->transport->send(OutgoingPacket(PacketType::Pong, "probe"));
        m_worker.tellFacade(*this, [](SessionPrivate &session) { session.upgrading(); });
        if (m_upgrade)
            releasePoll();
    } else if (type == PacketType::Upgrade && m_state == State::Open) {
        switchTransport();
    } else {
        stopUpgrade();
    }
}

void SessionCore::releasePoll()
{
    const IoContext::Scope scope(m_worker.context());
    if (PollingTransport *poll = polling())
        poll->releasePoll();
    m_upgrade->pollRelease.start<&SessionCore::releasePoll>(m_worker.context().timers(),
                                                            PollReleaseInterval, this);
}

void SessionCore::switchTransport()
{
    const std::unique_ptr<Upgrade> upgrade = std::move(m_upgrade);
    m_upgraded = true;
    const std::shared_ptr<Transport> previous = std::exchange(m_transport, upgrade->transport);
    for (OutgoingPacket &packet : static_cast<PollingTransport *>(previous.get())->takeQueue())
        m_transport->send(std::move(packet));
    m_worker.context().dispose(previous);
    if (m_paused)
        m_transport->setReading(false);
    m_worker.tellFacade(*this, [](SessionPrivate &session) { session.upgraded(); });
}

void SessionCore::stopUpgrade()
{
    if (const std::unique_ptr<Upgrade> upgrade = std::move(m_upgrade))
        upgrade->transport->abort();
}

void SessionCore::upgradeTimedOut()
{
    const IoContext::Scope scope(m_worker.context());
    stopUpgrade();
}

// Heartbeat

void SessionCore::startHeartbeat()
{
    if (m_state == State::Closed)
        return;
    m_awaitingPong = false;
    m_heartbeat.start<&SessionCore::heartbeatDue>(m_worker.context().timers(),
                                                  m_worker.options().pingInterval, this);
}

void SessionCore::heartbeatDue()
{
    const IoContext::Scope scope(m_worker.context());
    if (m_awaitingPong && !m_paused) {
        abort(CloseReason::PingTimeout);
        return;
    }
    // A session whose input is paused cannot be blamed for a pong that nobody has read.
    if (!m_awaitingPong)
        sendPacket(PacketType::Ping);
    m_awaitingPong = true;
    m_pongDelayed = false;
    m_heartbeat.start<&SessionCore::heartbeatDue>(m_worker.context().timers(),
                                                  m_worker.options().pingTimeout, this);
}

// Traffic that arrives in front of the pong gives the pong more time, once.
void SessionCore::noteAlive()
{
    if (m_awaitingPong && !std::exchange(m_pongDelayed, true))
        m_heartbeat.start<&SessionCore::heartbeatDue>(m_worker.context().timers(),
                                                      m_worker.options().pingTimeout, this);
}

} // namespace EngineIo::detail
