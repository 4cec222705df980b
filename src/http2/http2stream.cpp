// SPDX-License-Identifier: MIT
#include "http2/http2stream_p.h"

#include "base/addresstext_p.h"
#include "http2/http2logging_p.h"
#include "http2/http2session_p.h"
#include "http2/http2tunnel_p.h"
#include "net/http/httpconnection_p.h"
#include "net/http/httphopheaders_p.h"
#include "net/http/httprequestwriter_p.h"
#include "net/http/requestclient_p.h"
#include "net/http/responsewriter_p.h"

#include <cstring>

namespace EngineIo::detail {

using namespace std::chrono_literals;

Http2Stream::Http2Stream(Http2Session &session, int32_t id)
    : m_session(&session)
    , m_context(session.context())
    , m_id(id)
    , m_counter(session.settings().buffered)
    , m_head(session.settings().limits)
    , m_inputDeadline(session.settings().requestDeadline())
{
    awaitInput();
}

Http2Stream::~Http2Stream()
{
    setBuffered(0);
}

// Input

bool Http2Stream::addField(QByteArrayView name, QByteArrayView value)
{
    if (!m_head || m_headComplete)
        return true; // trailers have no meaning here
    if (!m_head->add(name, value))
        return false;
    awaitInput();
    return true;
}

void Http2Stream::headReceived()
{
    if (std::exchange(m_headComplete, true))
        return;
    m_timer.stop();
    handleLater();
}

void Http2Stream::dataReceived(const char *data, qsizetype size)
{
    m_unconsumed += size;
    if (m_answered && !m_isTunnel) {
        consume(m_unconsumed); // dropped
        return;
    }
    m_input.append(data, size);
    if (m_bodyHandler) {
        consume(m_unconsumed);
        awaitInput();
        if (!isBodyTooLarge() && m_bodyOwner == BodyOwner::Session)
            return; // until it is complete
    }
    countBuffered();
    handleLater();
}

void Http2Stream::inputEnded()
{
    m_inputEnded = true;
    handleLater();
}

void Http2Stream::closed()
{
    if (std::exchange(m_closed, true))
        return;
    m_timer.stop();
    m_session = nullptr;
    handleLater();
}

void Http2Stream::connectionDrained()
{
    m_written = false;
    m_drained = true;
    handleLater();
}

void Http2Stream::handleLater()
{
    m_context.resumeNextTurn(shared_from_this());
}

void Http2Stream::resume()
{
    const auto self = shared_from_this();
    if (std::exchange(m_overLimit, false) && !isEnded())
        refuseMore();
    if (m_headComplete && !m_handedOut && !isEnded())
        handOut();
    if (std::exchange(m_drained, false) && m_tunnel)
        m_tunnel->connectionDrained();
    if (m_isTunnel)
        deliver();
    else
        handleInput();
    if (m_closed && !m_delivering)
        end();
}

void Http2Stream::handOut()
{
    m_handedOut = true;
    Http2Head head = std::move(*m_head);
    m_head.reset();
    m_contentLength = head.contentLength();
    m_expectsContinue = head.expectsContinue();
    m_headSize = head.size();
    const int status = head.finish(&m_request);
    if (status != 0) {
        qCDebug(lcHttp2).noquote() << "Refused" << peerText() << '-' << status;
        respond(HttpResponse(status));
        return;
    }
    setClient(m_request, m_session->stream(), m_session->settings().trustedProxies.get());
    countBuffered();
    if (!m_answered)
        m_session->observer().http2RequestReceived(shared_from_this());
}

void Http2Stream::handleInput()
{
    if (!m_bodyHandler)
        return;
    if (isBodyTooLarge())
        finishBody(413);
    else if (m_inputEnded)
        finishBody(0);
}

// Delivers the bytes of a WebSocket to its owner.
void Http2Stream::deliver()
{
    if (m_delivering)
        return; // in a nested event loop: the outer call continues
    m_delivering = true;
    while (m_tunnel && m_tunnel->wantsInput() && !m_input.isEmpty()) {
        QByteArray bytes = std::exchange(m_input, {});
        m_tunnel->received(bytes.data(), bytes.size());
        consume(bytes.size());
    }
    m_delivering = false;
    // If this side has closed the tunnel, there is time for what is still to be sent.
    const bool over = m_closed || (m_inputEnded && m_tunnel && !m_tunnel->isClosing());
    if (over && m_tunnel && m_tunnel->wantsInput() && m_input.isEmpty())
        m_tunnel->ended();
}

// The stream has ended, perhaps before it was answered.
void Http2Stream::end()
{
    if (std::exchange(m_ended, true))
        return;
    setBuffered(0);
    const auto keepsFlow = std::exchange(m_bodyHandler, nullptr);
    if (const auto handler = std::exchange(m_abortHandler, nullptr))
        handler();
}

// The exchange

QString Http2Stream::peerText() const
{
    if (m_session)
        return addressText(m_session->stream().clientAddress(), m_session->stream().clientPort());
    return addressText(m_request.remoteAddress(), m_request.remotePort());
}

bool Http2Stream::isBodyTooLarge() const
{
    const qsizetype limit = m_session ? m_session->settings().limits.maxBodySize : 0;
    return m_session && (m_contentLength > limit || m_input.size() > limit);
}

void Http2Stream::receiveBody(BodyOwner owner, std::function<void(int)> done)
{
    if (isEnded() || m_bodyHandler)
        return;
    if (isBodyTooLarge()) {
        done(413);
        return;
    }
    m_bodyOwner = owner;
    m_bodyHandler = std::move(done);
    if (m_inputEnded) {
        finishBody(0);
        return;
    }
    if (m_expectsContinue && m_input.isEmpty())
        m_session->submitContinue(m_id);
    consume(m_unconsumed);
    awaitInput();
    countBuffered();
}

void Http2Stream::finishBody(int status)
{
    const auto self = shared_from_this();
    m_timer.stop();
    if (status == 0)
        HttpRequestWriter(m_request).setBody(std::exchange(m_input, {}));
    else
        m_input.clear();
    countBuffered();
    if (const auto done = std::exchange(m_bodyHandler, nullptr))
        done(status);
}

void Http2Stream::respond(const HttpResponse &response)
{
    if (isEnded())
        return;
    const auto self = shared_from_this();
    m_answered = true;
    m_abortHandler = nullptr;
    const auto keepsFlow = std::exchange(m_bodyHandler, nullptr);
    const HttpResponse complete = withHeaders(response);
    const int status = complete.status();
    const bool hasBody = status != 204 && status != 304 && m_request.method() != "HEAD"
        && !complete.body().isEmpty();
    if (hasBody)
        m_output = complete.body();
    submit(complete, hasBody ? Http2Body::Follows : Http2Body::None);
    m_request = HttpRequest();
    m_input.clear();
    setBuffered(0);
    consume(m_unconsumed);
    startTimer(m_session->settings().keepAliveTimeout); // for the client to take the answer
}

void Http2Stream::submit(const HttpResponse &response, Http2Body body)
{
    const int status =
        response.status() >= 200 && response.status() <= 999 ? response.status() : 500;
    std::vector<HttpHeaders::Field> fields;
    fields.emplace_back(":status", QByteArray::number(status));
    for (const HttpHeaders::FieldView &field : response.headers()) {
        const QByteArray name = field.first.toByteArray().toLower();
        if (!isFramingHeader(name))
            fields.emplace_back(name, field.second.toByteArray());
    }
    const QByteArray length =
        m_isTunnel ? QByteArray() : contentLength(m_request, response, status);
    if (!length.isNull())
        fields.emplace_back("content-length", length);
    m_session->submitAnswer(m_id, fields, body);
}

qsizetype Http2Stream::undeliveredBytes() const
{
    if (!m_session)
        return 0;
    return m_output.size() - m_outputOffset + m_session->stream().undeliveredBytes();
}

std::unique_ptr<Stream> Http2Stream::upgrade(const HttpResponse &response, QByteArray *rest)
{
    const auto self = shared_from_this();
    m_answered = true;
    m_isTunnel = true;
    m_abortHandler = nullptr;
    m_timer.stop();
    HttpResponse complete = withHeaders(response);
    complete.setStatus(200); // "101 Switching Protocols" in HTTP/1.1
    complete.headers().remove("sec-websocket-accept");
    submit(complete, Http2Body::Follows);
    setBuffered(0);
    auto tunnel = std::make_unique<Http2Tunnel>(self);
    m_tunnel = tunnel.get();
    rest->clear(); // what has arrived follows through the tunnel
    return tunnel;
}

void Http2Stream::tunnelGone()
{
    m_tunnel = nullptr;
    m_input.clear();
    consume(m_unconsumed);
    if (m_session)
        m_session->resetStream(m_id, NGHTTP2_CANCEL);
}

ssize_t Http2Stream::read(char *to, qsizetype size, uint32_t *flags)
{
    if (m_closed)
        return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
    if (m_isTunnel) {
        const qsizetype written = m_tunnel ? m_tunnel->read(to, size) : 0;
        if (!m_tunnel || m_tunnel->isFinished())
            *flags |= NGHTTP2_DATA_FLAG_EOF;
        else if (written == 0)
            return NGHTTP2_ERR_DEFERRED;
        return written;
    }
    const qsizetype count = std::min(size, m_output.size() - m_outputOffset);
    std::memcpy(to, m_output.constData() + m_outputOffset, size_t(count));
    m_outputOffset += count;
    if (m_outputOffset == m_output.size()) {
        m_output.clear();
        m_outputOffset = 0;
        *flags |= NGHTTP2_DATA_FLAG_EOF;
    }
    startTimer(m_session->settings().keepAliveTimeout);
    return count;
}

void Http2Stream::consume(qsizetype size)
{
    m_unconsumed -= size;
    if (m_session && size > 0)
        m_session->consume(m_id, size);
}

// Time-outs and limits

// A part of the request has arrived: waits for the rest.
void Http2Stream::awaitInput()
{
    if (const auto delay = m_session->settings().inputTimeout(m_inputDeadline))
        startTimer(*delay);
}

void Http2Stream::startTimer(std::chrono::milliseconds delay)
{
    if (delay > 0ms)
        m_timer.start<&Http2Stream::timedOut>(m_context.timers(), delay, this);
    else
        m_timer.stop();
}

void Http2Stream::timedOut()
{
    const IoContext::Scope scope(m_context);
    const auto self = shared_from_this();
    if (!m_session)
        return;
    if (!m_headComplete)
        m_session->endConnection("the rest of a request's headers did not come in time",
                                 NGHTTP2_NO_ERROR);
    else if (m_bodyHandler)
        finishBody(408);
    else
        m_session->resetStream(m_id, NGHTTP2_CANCEL); // the client does not read the answer
}

// Counts the bytes held for a request that no session has taken yet; see
// HttpConnection::countBuffered().
void Http2Stream::countBuffered()
{
    if (isEnded())
        return;
    qsizetype size = 0;
    if (m_bodyOwner == BodyOwner::Nobody)
        size = m_headSize + m_input.size() + m_request.body().size();
    const bool more = size > m_buffered;
    setBuffered(size);
    const qsizetype limit = m_session->settings().maxBufferSize;
    if (more && limit > 0 && m_counter && m_counter->load(std::memory_order_relaxed) > limit) {
        m_overLimit = true;
        handleLater();
    }
}

void Http2Stream::setBuffered(qsizetype size)
{
    if (size != m_buffered && m_counter)
        m_counter->fetch_add(size - m_buffered, std::memory_order_relaxed);
    m_buffered = size;
}

// The limit for all connections is exceeded: this request, which asks for more, is refused.
void Http2Stream::refuseMore()
{
    qCDebug(lcHttp2).noquote() << "Refused" << peerText()
                               << "- 503 too much of unfinished requests is held already";
    if (m_bodyHandler)
        finishBody(503);
    else
        respond(HttpResponse(503));
}

} // namespace EngineIo::detail
