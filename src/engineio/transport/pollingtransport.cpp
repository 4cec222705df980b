// SPDX-License-Identifier: MIT
#include "engineio/transport/pollingtransport_p.h"

#include "base/logging_p.h"
#include "base/utf8text_p.h"
#include "net/http/contentcoding_p.h"

#include <algorithm>

namespace EngineIo::detail {

using namespace std::chrono_literals;
using namespace Qt::StringLiterals;

namespace {

// How long to wait for the client's next poll, which carries the close packet.
constexpr std::chrono::milliseconds CloseTimeout = 30s;

// The format of the payload that a POST brings.
PayloadFormat formatOf(const HttpRequest &request)
{
    return request.header("content-type") == "application/octet-stream" ? PayloadFormat::Binary
                                                                        : PayloadFormat::Text;
}

HttpResponse engineResponse(const HttpRequest &request, int status, const QByteArray &contentType,
                            const QByteArray &body)
{
    HttpResponse response(status, contentType, body);
    response.headers().set("cache-control"_ba, "no-store"_ba);
    // Old versions of Internet Explorer take a payload for an attack.
    const QByteArray userAgent = request.header("user-agent");
    if (userAgent.contains(";MSIE") || userAgent.contains("Trident/"))
        response.headers().set("X-XSS-Protection"_ba, "0"_ba);
    return response;
}

} // namespace

PollingTransport::PollingTransport(IoContext &context, TransportObserver *observer,
                                   const ServerOptions &options, Format format, Responder respond)
    : Transport(context, observer)
    , m_options(options)
    , m_format(std::move(format))
    , m_respond(std::move(respond))
{
}

bool PollingTransport::isWritable() const
{
    return m_poll && m_queue.empty() && !m_closing && !m_ended;
}

void PollingTransport::send(OutgoingPacket packet)
{
    if (m_ended || m_closing)
        return;
    m_queuedBytes += packet.size();
    m_queue.push_back(std::move(packet));
    if (m_poll)
        m_context.scheduleFlush(shared_from_this());
}

void PollingTransport::flush()
{
    if (m_poll && !m_queue.empty())
        answerPoll();
}

qsizetype PollingTransport::undeliveredBytes() const
{
    const std::shared_ptr<RequestExchange> exchange = m_answered.lock();
    return m_queuedBytes + (exchange ? exchange->undeliveredBytes() : 0);
}

// Paused, a POST is not answered, and the client sends no other before it has the answer.
void PollingTransport::setReading(bool enabled)
{
    m_paused = !enabled;
    if (enabled && m_postRead)
        m_context.resumeNextTurn(shared_from_this());
}

void PollingTransport::close(CloseReason reason)
{
    if (m_ended || m_closing)
        return;
    m_closing = true;
    m_closeReason = reason;
    // Clients drop what comes together with a close packet, so that goes into an answer of its
    // own: what is queued leaves with a poll before it.
    if (m_poll && m_queue.empty())
        finishClosing();
    else
        m_closeTimer.start<&PollingTransport::finishClosing>(m_context.timers(), CloseTimeout,
                                                             this);
}

// The end of a close(): with a poll, or because none came.
void PollingTransport::finishClosing()
{
    const auto self = shared_from_this();
    const IoContext::Scope scope(m_context);
    const CloseReason reason = m_closeReason;
    m_ended = true;
    m_closeTimer.stop();
    if (m_poll)
        answerPoll(ClosePacket::Yes);
    dropBody();
    reportClosed(reason, QString());
}

void PollingTransport::abort()
{
    clearObserver();
    if (std::exchange(m_ended, true))
        return;
    m_closeTimer.stop();
    abortPoll();
}

bool PollingTransport::startPost(const std::shared_ptr<RequestExchange> &exchange)
{
    if (m_post || m_reader) {
        protocolError(exchange, u"data request overlap from client"_s);
        return false;
    }
    if (!m_format.protocol.hasFormat(formatOf(exchange->request()))) {
        protocolError(exchange, u"invalid content"_s);
        return false;
    }
    m_post = exchange;
    m_postRead = false;
    const std::weak_ptr<Transport> weak = weak_from_this();
    exchange->setAbortHandler([this, weak] {
        const auto self = weak.lock();
        if (!self)
            return;
        m_post.reset();
        // A whole body counts, even if its sender does not wait for the answer.
        if (m_ended || m_postRead)
            return;
        m_ended = true;
        reportClosed(CloseReason::TransportError, u"data request connection closed prematurely"_s);
    });
    return true;
}

void PollingTransport::refusePost(const std::shared_ptr<RequestExchange> &exchange, int status)
{
    if (m_post == exchange)
        m_post.reset();
    if (status == 413 && observer()) {
        const QByteArray length = exchange->request().header("content-length");
        const QString what = length.isEmpty()
            ? u"a POST"_s
            : u"a POST of %1 bytes"_s.arg(
                QString::fromLatin1(length.first(std::min<qsizetype>(length.size(), 20))));
        observer()->inputRefused(*this, tooBigText(what, m_options.maxHttpBufferSize));
    }
    HttpResponse response(status);
    response.headers().set("cache-control"_ba, "no-store"_ba);
    m_respond(exchange, response);
}

void PollingTransport::handleRequest(const std::shared_ptr<RequestExchange> &exchange)
{
    const auto self = shared_from_this();
    const QByteArray method = exchange->request().method();
    if (m_ended)
        m_respond(exchange, engineResponse(exchange->request(), 400, {}, {}));
    else if (method == "GET")
        handlePoll(exchange);
    else if (method == "POST")
        handlePost(exchange);
    else
        m_respond(exchange, engineResponse(exchange->request(), 500, {}, {}));
}

void PollingTransport::handlePoll(const std::shared_ptr<RequestExchange> &exchange)
{
    if (m_poll) {
        protocolError(exchange, u"overlap from client"_s);
        return;
    }
    // A connection limits its own unread answers.
    if (exchange != m_answered.lock() || !m_unread.empty())
        countUnread();
    m_poll = exchange;
    const std::weak_ptr<Transport> weak = weak_from_this();
    exchange->setAbortHandler([this, weak] {
        const auto self = weak.lock();
        if (!self)
            return;
        m_poll.reset();
        if (std::exchange(m_ended, true))
            return;
        reportClosed(CloseReason::TransportError, u"poll connection closed prematurely"_s);
    });
    if (!m_queue.empty()) {
        m_context.scheduleFlush(shared_from_this());
    } else if (m_closing) {
        m_queue.push_back(OutgoingPacket(PacketType::Noop));
        finishClosing();
    }
}

// Clients read an answer before they poll again. One that does not could have any number of them
// wait, each on a connection of its own.
void PollingTransport::countUnread()
{
    const std::shared_ptr<RequestExchange> answered = m_answered.lock();
    bool isKnown = !answered;
    m_unreadBytes = 0;
    std::erase_if(m_unread, [&](const std::weak_ptr<RequestExchange> &weak) {
        const std::shared_ptr<RequestExchange> exchange = weak.lock();
        const qsizetype bytes = exchange ? exchange->undeliveredBytes() : 0;
        m_unreadBytes += bytes;
        isKnown = isKnown || exchange == answered;
        return bytes == 0;
    });
    if (isKnown)
        return;
    if (const qsizetype bytes = answered->undeliveredBytes(); bytes > 0) {
        m_unreadBytes += bytes;
        m_unread.push_back(answered);
    }
}

void PollingTransport::handlePost(const std::shared_ptr<RequestExchange> &exchange)
{
    const HttpRequest &request = exchange->request();
    m_postRead = true;
    if (m_format.jsonp) {
        const std::optional<QByteArray> payload = Jsonp::unwrap(request.body());
        if (!payload) {
            // Socket.IO's server ignores it, too.
            qCDebug(lcEngine, "A request of JSONP has no field \"d\", or several: ignored");
            resume();
            return;
        }
        m_body = *payload;
    } else {
        m_body = request.body();
    }
    m_reader = m_format.protocol.read(m_body, formatOf(request));
    decodeBody();
}

void PollingTransport::resume()
{
    if (m_reader)
        decodeBody();
    else if (m_postRead && !m_paused)
        answerPost();
}

// Handles the packets of a POST, as many as a turn may, and answers it after the last.
void PollingTransport::decodeBody()
{
    if (m_decoding)
        return; // in a nested event loop: the outer call goes on
    const auto self = shared_from_this();
    m_decoding = true;
    while (m_reader && !m_reader->atEnd() && observer() && !m_paused && takeFromBudget()) {
        const QByteArrayView start = m_reader->rest();
        const std::optional<Packet> packet = m_reader->next();
        if (!packet) {
            m_decoding = false;
            if (observer())
                observer()->inputRefused(*this, undecodableText(start));
            refuseBody();
            return;
        }
        if (packet->binary)
            observer()->binaryReceived(*this, packet->data);
        else if (packet->data.isValidUtf8())
            observer()->packetReceived(*this, packet->type, packet->data);
        else // invalid UTF-8 becomes U+FFFD, as in Node.js
            observer()->packetReceived(*this, packet->type, utf8Text(packet->data).toUtf8());
    }
    m_decoding = false;
    if (!m_reader)
        return;
    if (m_reader->atEnd() || !observer()) {
        m_reader.reset();
        m_body.clear();
        if (!m_paused)
            answerPost();
    } else if (!m_paused) {
        observer()->inputArrived(*this);
        m_context.resumeNextTurn(self);
    }
}

// What came before the malformed packet has been handled.
void PollingTransport::refuseBody()
{
    m_reader.reset();
    m_body.clear();
    m_postRead = false;
    if (const std::shared_ptr<RequestExchange> exchange = std::exchange(m_post, nullptr))
        m_respond(exchange, engineResponse(exchange->request(), 400, {}, {}));
    if (!std::exchange(m_ended, true)) {
        abortPoll();
        reportClosed(CloseReason::ParseError, QString());
    }
}

// At the end: what has not been handled is lost, but the client is answered.
void PollingTransport::dropBody()
{
    m_reader.reset();
    m_body.clear();
    if (m_post && m_postRead)
        answerPost();
}

void PollingTransport::answerPost()
{
    m_postRead = false;
    const std::shared_ptr<RequestExchange> exchange = std::exchange(m_post, nullptr);
    if (exchange)
        m_respond(exchange, engineResponse(exchange->request(), 200, "text/html"_ba, "ok"_ba));
}

// Sends all that is queued, and a close packet where that is wanted.
void PollingTransport::answerPoll(ClosePacket close)
{
    const bool compress =
        std::any_of(m_queue.cbegin(), m_queue.cend(), [](const OutgoingPacket &packet) {
            return !packet.flags().testFlag(SendFlag::NoCompression);
        });
    if (close == ClosePacket::Yes)
        m_queue.emplace_back(PacketType::Close);
    Payload encoded = m_format.protocol.write(m_queue, m_format.base64);
    m_queue.clear();
    m_queuedBytes = 0;
    const QByteArray payload =
        m_format.jsonp ? m_format.jsonp->wrap(encoded.bytes) : std::move(encoded.bytes);

    const std::shared_ptr<RequestExchange> exchange = std::exchange(m_poll, nullptr);
    m_answered = exchange;
    const QByteArray type = encoded.format == PayloadFormat::Text ? "text/plain; charset=UTF-8"_ba
                                                                  : "application/octet-stream"_ba;
    HttpResponse response = engineResponse(exchange->request(), 200, type, payload);
    if (m_options.httpCompression && compress
        && payload.size() >= m_options.httpCompressionThreshold) {
        const ContentCoding coding = negotiateCoding(exchange->request().header("accept-encoding"));
        if (coding != ContentCoding::Identity) {
            response.setBody(encodeContent(coding, payload));
            response.headers().set("Content-Encoding"_ba,
                                   coding == ContentCoding::Gzip ? "gzip"_ba : "deflate"_ba);
        }
    }
    m_respond(exchange, response);
    if (!m_ended && !m_closing && observer())
        observer()->transportDrained(*this);
}

void PollingTransport::releasePoll()
{
    if (m_poll && m_queue.empty())
        send(OutgoingPacket(PacketType::Noop));
}

std::vector<OutgoingPacket> PollingTransport::takeQueue()
{
    std::vector<OutgoingPacket> queue = std::exchange(m_queue, {});
    m_queuedBytes = 0;
    if (m_poll) {
        m_queue.emplace_back(PacketType::Noop);
        answerPoll();
    }
    m_ended = true;
    m_closeTimer.stop();
    clearObserver();
    dropBody();
    return queue;
}

// The client broke the rules: its request is refused and the session ends.
void PollingTransport::protocolError(const std::shared_ptr<RequestExchange> &exchange,
                                     const QString &what)
{
    if (m_post == exchange)
        m_post.reset();
    if (observer())
        observer()->inputRefused(*this, what);
    m_respond(exchange, engineResponse(exchange->request(), 400, {}, {}));
    if (std::exchange(m_ended, true))
        return;
    abortPoll();
    reportClosed(CloseReason::TransportError, what);
}

// Releases a waiting poll with what has been sent to it before, or else with a close packet:
// clients drop what comes together with one.
void PollingTransport::abortPoll()
{
    m_closing = true;
    if (m_poll)
        answerPoll(m_queue.empty() ? ClosePacket::Yes : ClosePacket::No);
    m_queue.clear();
    m_queuedBytes = 0;
    dropBody();
}

} // namespace EngineIo::detail
