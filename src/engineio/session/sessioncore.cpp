// SPDX-License-Identifier: MIT
#include "engineio/protocol/packettext_p.h"
#include "engineio/session/sessioncore_p.h"

#include "base/addresstext_p.h"
#include "base/logging_p.h"
#include "base/textwriter_p.h"
#include "base/warninglimit_p.h"
#include "engineio/session/session_p.h"

namespace EngineIo::detail {

using namespace Qt::StringLiterals;

namespace {

// The open packet's data; the order of its keys is what clients are used to.
QByteArray openData(const QString &id, bool upgrades, const ServerOptions &options)
{
    constexpr qsizetype NamesSize = 100; // and some more
    const QByteArray sid = id.toUtf8();
    TextWriter writer(sid.size() + NamesSize + 3 * TextWriter::MaxNumberSize);
    writer.add("{\"sid\":\"").add(sid).add("\",\"upgrades\":[");
    if (upgrades)
        writer.add("\"websocket\"");
    writer.add("],\"pingInterval\":").add(options.pingInterval.count());
    writer.add(",\"pingTimeout\":").add(options.pingTimeout.count());
    writer.add(",\"maxPayload\":").add(options.maxHttpBufferSize).add("}");
    return writer.take();
}

} // namespace

SessionCore::SessionCore(SessionHost &host, const QString &id, const HttpRequest &request,
                         std::unique_ptr<MessageDecoder> decoder)
    : m_host(host)
    , m_id(id)
    , m_request(request)
    , m_protocol(WireProtocol::named(request.queryValue(u"EIO")))
    , m_decoder(std::move(decoder))
    , m_heartbeat(host.context(), this, m_protocol.pinger(), host.options().pingInterval,
                  host.options().pingTimeout)
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

void SessionCore::openPolling(const std::shared_ptr<RequestExchange> &exchange)
{
    const std::weak_ptr<SessionCore> weak = weak_from_this();
    SessionHost &host = m_host;
    auto respond = [weak, &host](const std::shared_ptr<RequestExchange> &to,
                                 const HttpResponse &response) {
        const auto self = weak.lock();
        host.respond(to, response, self ? self->takeAnswerOrder() : AnswerOrder::Later);
    };
    PollingTransport::Format format{m_protocol, isBase64()};
    if (m_request.hasQueryValue(u"j")) {
        format.jsonp.emplace(m_request.queryValue(u"j"));
        format.base64 = true;
    }
    const auto transport = std::make_shared<PollingTransport>(
        m_host.context(), asObserver(), m_host.options(), std::move(format), std::move(respond));
    open(transport);
    transport->handleRequest(exchange);
}

std::shared_ptr<WebSocketTransport>
SessionCore::createWebSocket(std::unique_ptr<Stream> stream,
                             const std::optional<DeflateAgreement> &deflate)
{
    const ServerOptions &options = m_host.options();
    auto transport =
        std::make_shared<WebSocketTransport>(std::move(stream), m_host.context(), asObserver(),
                                             m_protocol, options.maxHttpBufferSize, isBase64());
    if (deflate && options.perMessageDeflate)
        transport->setCompression(*deflate, *options.perMessageDeflate);
    return transport;
}

void SessionCore::openWebSocket(std::unique_ptr<Stream> stream, const QByteArray &rest,
                                const std::optional<DeflateAgreement> &deflate)
{
    const auto transport = createWebSocket(std::move(stream), deflate);
    open(transport);
    transport->start(rest);
}

void SessionCore::open(std::shared_ptr<Transport> transport)
{
    m_transport = std::move(transport);
    const ServerOptions &options = m_host.options();
    sendPacket(PacketType::Open, openData(m_id, canUpgrade(), options));
    if (options.initialPacket)
        m_transport->send(OutgoingPacket(Frame::fromMessage(*options.initialPacket)));
    m_heartbeat.start();
    qCDebug(lcEngine).noquote() << "Session" << shortId() << "opened over"
                                << transportName(m_transport->type()) << "from"
                                << m_request.remoteAddress().toString();
    const Delivery delivery(*this);
    m_host.sessionOpened(shared_from_this());
}

PollingTransport *SessionCore::polling() const
{
    return m_transport->type() == TransportType::Polling
        ? static_cast<PollingTransport *>(m_transport.get())
        : nullptr;
}

bool SessionCore::canUpgrade() const
{
    const ServerOptions &options = m_host.options();
    return m_transport->type() == TransportType::Polling && options.allowUpgrades
        && options.transports.testFlag(TransportType::WebSocket);
}

void SessionCore::send(const FrameList &frames, SendFlags flags, quint32 turn)
{
    if (m_state != State::Open)
        return;
    if (flags.testFlag(SendFlag::Volatile) && !m_transport->isWritable())
        return;
    // What one turn of the application sends is admitted, and looked at when the transport has
    // tried to write it: only what is left then is the client's fault.
    if (std::exchange(m_sendTurn, turn) != turn) {
        if (m_transport->heldBytes() == 0)
            m_biggestSent = 0;
        else
            watchOutput();
    }
    ThreadCounters &counters = m_host.counters();
    counters.packetsSent += quint64(frames.size());
    counters.messagesSent += quint64(frames.size());
    qsizetype size = 0;
    for (const Frame &frame : frames) {
        if (lcPackets().isDebugEnabled())
            logPacket("sent", PacketType::Message, frame.isBinary(), frame.packetView());
        const qsizetype packetSize = frame.packetView().size();
        counters.messageBytesSent += quint64(packetSize - (frame.isBinary() ? 0 : 1));
        size += packetSize + QueuedBlockCost;
        m_transport->sendMessage(frame, flags);
    }
    m_biggestSent = std::max(m_biggestSent, size);
}

// Looks next turn whether too much is left: what can be written has been written then.
void SessionCore::watchOutput()
{
    if (m_overLimit || !isOverLimit())
        return;
    m_overLimit = true;
    m_host.context().resumeNextTurn(shared_from_this());
}

// One message of any size may wait beyond the limit.
bool SessionCore::isOverLimit() const
{
    return m_transport->heldBytes() - m_biggestSent > m_host.options().maxSendBufferSize;
}

void SessionCore::resume()
{
    m_overLimit = false;
    if (m_state != State::Open || !isOverLimit())
        return;
    if (m_transport->isDeferred()) {
        // Not the client's fault: it will be written to when others have been.
        m_overLimit = true;
        m_host.context().resumeNextTurn(shared_from_this());
        return;
    }
    warnOfClient(u"it does not read, and is let go: %1 bytes wait for it, more than "
                 "ServerOptions::maxSendBufferSize (%2)"_s.arg(m_transport->heldBytes())
                     .arg(m_host.options().maxSendBufferSize));
    abort(CloseReason::SendBufferOverflow, u"the client does not read"_s);
}

void SessionCore::sendPacket(PacketType type, const QByteArray &data)
{
    if (isWatched(Watch::PacketCreated))
        tellFacade([packet = Packet{type, false, data}](SessionPrivate &session) {
            session.packetCreated(packet);
        });
    if (lcPackets().isDebugEnabled())
        logPacket("sent", type, false, data);
    ++m_host.counters().packetsSent;
    if (m_transport)
        m_transport->send(OutgoingPacket(type, data));
}

// Called for each packet: the caller first checks whether anybody wants to know.
void SessionCore::logPacket(const char *what, PacketType type, bool binary,
                            QByteArrayView data) const
{
    qCDebug(lcPackets).noquote() << "Session" << shortId() << what << type
                                 << packetDataText(data, binary);
}

void SessionCore::close()
{
    if (m_state != State::Open)
        return;
    const auto self = shared_from_this();
    m_state = State::Closing;
    // A client that is changing its transport may listen to either: it is closed when it has
    // changed, or has given up.
    if (!m_upgrade)
        m_transport->close(CloseReason::ForcedClose);
}

void SessionCore::abort(CloseReason reason, const QString &description)
{
    if (m_state == State::Closed)
        return;
    m_transport->abort();
    finish(reason, description);
}

// The end, no matter which side decided it. The transport reports nothing any more.
void SessionCore::finish(CloseReason reason, const QString &what)
{
    if (m_state == State::Closed)
        return;
    const auto self = shared_from_this();
    const QString description = endDescription(reason, what);
    if (reason == CloseReason::ParseError && m_refused.isEmpty())
        warnOfClient(m_undecodable.isEmpty() ? description : description + u": "_s + m_undecodable);
    m_state = State::Closed;
    ++m_host.counters().closed[size_t(reason)];
    qCDebug(lcEngine).noquote() << "Session" << shortId() << "closed:" << closeReasonText(reason)
                                << description;
    m_heartbeat.stop();
    stopUpgrade();
    // The transport ends in this thread, at the end of the turn; the session itself may be held by
    // its public side for longer.
    m_host.context().dispose(
        std::shared_ptr<void>(nullptr, [self](void *) { self->m_transport.reset(); }));
    m_host.sessionClosed(*this);
    tellFacade(
        [reason, description](SessionPrivate &session) { session.closed(reason, description); });
}

void SessionCore::countReceived(PacketType type, qsizetype size)
{
    ThreadCounters &counters = m_host.counters();
    ++counters.packetsReceived;
    if (type == PacketType::Message) {
        if (!m_refused.isEmpty())
            m_refused.clear();
        ++counters.messagesReceived;
        counters.messageBytesReceived += quint64(size);
    }
}

void SessionCore::packetReceived(Transport &transport, PacketType type, QByteArrayView data)
{
    if (m_upgrade && &transport == m_upgrade->transport.get()) {
        handleProbe(type, data);
        return;
    }
    if (m_state == State::Closed)
        return;
    countReceived(type, data.size());
    if (lcPackets().isDebugEnabled())
        logPacket("received", type, false, data);
    if (isWatched(Watch::PacketReceived))
        tellPacket({type, false, data.toByteArray()});
    switch (type) {
    case PacketType::Message:
        m_heartbeat.noteMessage();
        if (m_state == State::Open)
            handleText(data);
        break;
    case PacketType::Pong:
    case PacketType::Ping:
        handleBeat(type);
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
        m_heartbeat.noteMessage();
        break;
    }
}

void SessionCore::handleBeat(PacketType type)
{
    const bool pings = m_protocol.pinger() == Pinger::Client;
    if (type != (pings ? PacketType::Ping : PacketType::Pong)) {
        abort(CloseReason::TransportError, u"invalid heartbeat direction"_s);
        return;
    }
    if (m_state == State::Closed)
        return;
    m_heartbeat.start();
    if (pings) {
        sendPacket(PacketType::Pong);
        watchOutput();
    }
    if (isWatched(Watch::Heartbeat)) {
        countDelivery(0);
        const Delivery delivery(*this);
        tellFacade([](SessionPrivate &session) {
            session.core->messageHandled(0);
            session.heartbeat();
        });
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
    countReceived(PacketType::Message, data.size());
    if (lcPackets().isDebugEnabled())
        logPacket("received", PacketType::Message, true, data);
    if (isWatched(Watch::PacketReceived))
        tellPacket({PacketType::Message, true, data});
    m_heartbeat.noteMessage();
    if (m_state == State::Open)
        handleBinary(data);
}

void SessionCore::inputArrived(Transport &transport)
{
    if (&transport == m_transport.get())
        m_heartbeat.noteInput();
}

// An operator who wonders why clients go finds it in the log. It is also said at the end of the
// session, if that comes before another message: of a refused POST many clients only take the
// status as a reason to end.
void SessionCore::inputRefused(Transport &, const QString &why)
{
    m_refused = why;
    warnOfClient(why);
}

void SessionCore::warnOfClient(const QString &what) const
{
    warnIfDue(lcEngine(), m_host.mayWarnOfClient(),
              u"Session %1 of %2: %3"_s.arg(
                  shortId(), addressText(m_request.remoteAddress(), m_request.remotePort()), what));
}

// Names what was refused, unless the server has ended the session for another reason.
QString SessionCore::endDescription(CloseReason reason, const QString &description) const
{
    const bool isItsEnd = reason == CloseReason::TransportClose
        || reason == CloseReason::TransportError || reason == CloseReason::PingTimeout
        || reason == CloseReason::ParseError;
    if (m_refused.isEmpty() || !isItsEnd || description == m_refused)
        return description;
    return description.isEmpty() ? m_refused : m_refused + u" ("_s + description + u')';
}

void SessionCore::transportDrained(Transport &)
{
    if (!isWatched(Watch::Drained))
        return;
    tellFacade([](SessionPrivate &session) { session.drained(); });
}

void SessionCore::transportClosed(Transport &transport, CloseReason reason,
                                  const QString &description)
{
    if (m_upgrade && &transport == m_upgrade->transport.get())
        stopUpgrade(); // the session stays on polling
    else if (&transport == m_transport.get())
        finish(reason, description);
}

void SessionCore::heartbeatLost()
{
    qCDebug(lcEngine).noquote() << "Session" << shortId() << "has not answered a ping";
    abort(CloseReason::PingTimeout);
}

} // namespace EngineIo::detail
