// SPDX-License-Identifier: MIT
#include "net/http/httpconnection_p.h"

#include "base/addresstext_p.h"
#include "base/logging_p.h"
#include "base/timelimits_p.h"
#include "net/http/requestclient_p.h"
#include "net/http/responsewriter_p.h"

#include <algorithm>
#include <limits>

namespace EngineIo::detail {

using namespace std::chrono_literals;

namespace {
// How many bytes of further requests may wait while a request is being answered.
constexpr qsizetype MaxPipelined = 64 * 1024; // bytes
// No further request is handled while more than this of the answers before waits to be taken.
constexpr qsizetype MaxUnread = 64 * 1024; // bytes
// Of the bytes of an answer that the client has not taken: asking the system costs a call, which is
// worth it only if the connection seems to be stuck.
constexpr qsizetype NotLookedAt = std::numeric_limits<qsizetype>::max();
constexpr std::chrono::milliseconds ClosingTimeout = 5s;
// How long a peer may take to read the answer and close, if the stream cannot be closed for writing
// only. Closing with unread input would reset the connection, and the answer could be lost.
constexpr std::chrono::milliseconds LingerTimeout = 2s;
} // namespace

HttpConnection::HttpConnection(std::unique_ptr<Stream> stream, IoContext &context,
                               const HttpConnectionSettings &settings,
                               HttpConnectionObserver *observer)
    : m_stream(std::move(stream))
    , m_context(&context)
    , m_observer(observer)
    , m_settings(settings)
    , m_parser(settings.limits)
{
}

HttpConnection::~HttpConnection()
{
    setBuffered(0);
    if (m_stream)
        m_stream->abort();
}

void HttpConnection::start(const QByteArray &firstBytes)
{
    awaitRequest(m_settings.requestTimeout);
    m_stream->setObserver(this);
    if (!firstBytes.isEmpty()) {
        QByteArray bytes = firstBytes;
        streamReceived(bytes.data(), bytes.size());
    }
}

QString HttpConnection::peerText() const
{
    return m_stream ? addressText(m_stream->clientAddress(), m_stream->clientPort())
                    : addressText(m_request.remoteAddress(), m_request.remotePort());
}

void HttpConnection::streamReceived(char *data, qsizetype size)
{
    const QByteArrayView received(data, size);
    // If input is waiting already, new input has to wait behind it for the next turn.
    if (isReading() && !m_processing && m_input.isEmpty()) {
        const auto self = shared_from_this();
        process(received);
    } else if (isReading() || m_state == State::Answering || m_state == State::Moving) {
        m_input.append(received);
        if (m_input.size() > MaxPipelined)
            pause();
        countBuffered();
    }
}

void HttpConnection::process(QByteArrayView data)
{
    using Status = HttpRequestParser::Status;
    m_processing = true;
    m_rest = data;
    QByteArray carried; // owns the bytes that m_rest refers to
    while (isReading()) {
        if (m_rest.isEmpty() && !m_input.isEmpty()) {
            carried = std::exchange(m_input, QByteArray());
            m_rest = carried;
            if (std::exchange(m_paused, false))
                m_stream->setReading(true);
        }
        if (m_rest.isEmpty() && m_parser.isIdle())
            break;
        if (!mayGoOn())
            break;
        qsizetype consumed = 0;
        const Status status = m_parser.parse(m_rest, &consumed);
        m_rest = m_rest.sliced(consumed);
        if (status != Status::NeedMore)
            parsed(status);
        else if (m_rest.isEmpty() && m_input.isEmpty())
            break;
    }
    // The rest waits until the current request has been answered, or for the next turn.
    if (!m_rest.isEmpty())
        m_input = std::exchange(m_rest, {}).toByteArray() + m_input;
    m_processing = false;
    if (isReading())
        awaitBytes();
    countBuffered();
}

// Whether another request may be handled in this turn: a client may have sent thousands at once, or
// not take the answers.
bool HttpConnection::mayGoOn()
{
    if (!m_parser.isIdle())
        return true;
    if (m_stream->heldBytes() > MaxUnread) {
        m_awaitsDrain = true;
        pause();
        m_undelivered = m_stream->undeliveredBytes();
        awaitNextRequest();
        return false;
    }
    if (m_share.take(*m_context))
        return true;
    m_timer.stop(); // the client is not to blame for this pause
    pause();        // if the peer closed now, the requests that wait would be lost
    m_context->resumeNextTurn(shared_from_this());
    return false;
}

void HttpConnection::streamDrained()
{
    if (std::exchange(m_awaitsDrain, false) && m_state != State::Closed)
        m_context->resumeNextTurn(shared_from_this());
}

void HttpConnection::resume()
{
    if (!isReading() || m_processing)
        return;
    const auto self = shared_from_this();
    awaitNextRequest();
    process(QByteArrayView());
}

void HttpConnection::pause()
{
    if (!std::exchange(m_paused, true))
        m_stream->setReading(false);
}

// The parser has finished a part of a request. m_rest is what follows.
void HttpConnection::parsed(HttpRequestParser::Status status)
{
    using Status = HttpRequestParser::Status;
    switch (status) {
    case Status::NeedMore:
        break;
    case Status::HeadComplete:
        m_bodyUnread = m_parser.hasBody();
        handleHead();
        break;
    case Status::BodyTooLarge:
        if (m_state == State::Reading)
            failRequest(413, "body too large");
        break;
    case Status::Complete:
        if (m_state == State::Draining)
            finishRequest();
        else
            completeBody();
        break;
    case Status::Error:
        if (m_parser.isHttp2() && leaveToHttp2())
            break;
        m_broken = true;
        if (m_state == State::Draining)
            closeAfterWriting();
        else
            failRequest(m_parser.errorStatus(), m_parser.errorString().constData());
        break;
    }
}

void HttpConnection::handleHead()
{
    m_timer.stop();
    m_request = m_parser.request();
    setClient(m_request, *m_stream, m_settings.trustedProxies.get());
    m_responseHeaders = HttpHeaders();
    if (m_observer->isForAnotherThread(*this)) {
        m_state = State::Moving;
        m_stream->setObserver(nullptr);
        m_observer->moveConnection(shared_from_this());
        return;
    }
    if (m_observer->isForAnotherProcess(*this) && release())
        return;
    m_state = State::Answering;
    m_observer->requestReceived(shared_from_this());
}

void HttpConnection::receiveBody(BodyOwner owner, std::function<void(int)> done)
{
    if (m_state != State::Answering)
        return;
    if (!m_bodyUnread) {
        done(0);
        return;
    }
    if (m_parser.isBodyTooLarge()) {
        done(413);
        return;
    }
    m_bodyOwner = owner;
    m_bodyHandler = std::move(done);
    m_state = State::Reading;
    if (m_parser.expectsContinue()) {
        m_stream->write(QByteArrayLiteral("HTTP/1.1 100 Continue\r\n\r\n"));
        m_context->scheduleFlush(shared_from_this());
    }
    if (!m_processing) {
        const auto self = shared_from_this();
        process(QByteArrayView());
    }
}

void HttpConnection::completeBody()
{
    m_timer.stop();
    m_bodyUnread = false;
    HttpRequestWriter(m_request).setBody(m_parser.takeRequest().body());
    m_state = State::Answering;
    if (const auto done = std::exchange(m_bodyHandler, nullptr))
        done(0);
}

// Gives up the request that is being read.
void HttpConnection::failRequest(int status, const char *reason)
{
    const auto done = std::exchange(m_bodyHandler, nullptr);
    if (!done) {
        refuse(status, reason);
        return;
    }
    qCDebug(lcEngine).noquote() << "Refused the body of" << m_request.method() << m_request.path()
                                << "from" << peerText() << '-' << status << reason;
    m_state = State::Answering;
    done(status);
}

void HttpConnection::refuse(int status, const char *reason)
{
    qCDebug(lcEngine).noquote() << "Refused" << peerText() << '-' << status << reason;
    m_request = HttpRequest();
    m_responseHeaders = HttpHeaders();
    m_broken = true;
    m_stream->setObserver(this);
    m_state = State::Answering;
    respond(HttpResponse(status));
}

void HttpConnection::respond(const HttpResponse &response)
{
    const bool isReadingBody = m_state == State::Reading && m_bodyHandler;
    if (m_state != State::Answering && !isReadingBody)
        return;
    const auto self = shared_from_this();
    m_abortHandler = nullptr;
    const auto keepsFlow = std::exchange(m_bodyHandler, nullptr);
    // A client that was refused before it sent the announced body may or may not still send it.
    const bool bodyUncertain = m_bodyUnread && m_parser.expectsContinue() && !isReadingBody;
    const bool keepAlive = m_request.isKeepAlive() && !response.closesConnection() && !m_broken
        && !bodyUncertain && !m_request.isUpgrade();
    m_stream->write(serializeResponse(m_request, withHeaders(response), keepAlive,
                                      m_settings.keepAliveTimeout));
    m_undelivered = NotLookedAt;
    m_context->scheduleFlush(self);
    m_request = HttpRequest();
    m_closing = !keepAlive;
    if (m_bodyUnread && !m_broken && !bodyUncertain) {
        m_state = State::Draining;
        m_parser.dropBody();
        awaitBytes();
    } else {
        finishRequest();
    }
    if (isReading() && !m_processing)
        process(QByteArrayView());
    else
        countBuffered();
}

// A request has been read and answered.
void HttpConnection::finishRequest()
{
    if (m_closing) {
        closeAfterWriting();
        return;
    }
    m_parser.reset();
    m_bodyUnread = false;
    m_answered = true;
    m_state = State::Reading;
    awaitNextRequest();
}

void HttpConnection::closeAfterWriting()
{
    m_state = State::Closing;
    m_input.clear();
    m_rest = {};
    m_bodyHandler = nullptr;
    if (std::exchange(m_paused, false))
        m_stream->setReading(true);
    m_lingering = !m_stream->canCloseForWriting() && (m_broken || m_bodyUnread);
    if (m_lingering) {
        startTimer(LingerTimeout);
    } else {
        m_stream->close();
        startTimer(ClosingTimeout);
    }
}

void HttpConnection::abort()
{
    const auto self = shared_from_this();
    finish();
}

void HttpConnection::streamClosed(const QString &)
{
    const auto self = shared_from_this();
    finish();
}

// Ends the connection, for whatever reason.
void HttpConnection::finish()
{
    if (m_state == State::Closed)
        return;
    m_state = State::Closed;
    m_timer.stop();
    setBuffered(0);
    if (m_stream) {
        m_stream->abort();
        m_context->dispose(std::shared_ptr<Stream>(std::move(m_stream)));
    }
    const auto keepsFlow = std::exchange(m_bodyHandler, nullptr);
    if (const auto handler = std::exchange(m_abortHandler, nullptr))
        handler();
    m_context->dispose(shared_from_this());
    m_observer->connectionClosed(*this);
}

void HttpConnection::flush()
{
    if (m_stream)
        m_stream->flush();
}

// Updates the number of bytes that this connection holds for requests that no session has taken
// yet. If the limit for all connections is exceeded, the connection that asks for more is closed.
void HttpConnection::countBuffered()
{
    qsizetype size = m_input.size();
    if (m_state == State::Closing || m_state == State::Closed
        || (m_bodyOwner == BodyOwner::Session && m_bodyHandler))
        size = 0;
    else if (m_state == State::Reading)
        size += m_parser.bufferedSize();
    else if (m_state == State::Answering && m_bodyOwner == BodyOwner::Nobody)
        size += m_request.body().size();
    const bool more = size > m_buffered;
    setBuffered(size);
    if (more && m_state == State::Reading && m_settings.maxBufferSize > 0
        && m_settings.buffered->load(std::memory_order_relaxed) > m_settings.maxBufferSize) {
        m_broken = true;
        failRequest(503, "too much of unfinished requests is held already");
    }
}

void HttpConnection::setBuffered(qsizetype size)
{
    if (size != m_buffered && m_settings.buffered)
        m_settings.buffered->fetch_add(size - m_buffered, std::memory_order_relaxed);
    m_buffered = size;
}

// Waits for the next request to begin. Empty lines do not count as a beginning.
void HttpConnection::awaitRequest(std::chrono::milliseconds delay)
{
    m_begun = false;
    m_bodyOwner = BodyOwner::Nobody;
    startTimer(delay);
}

void HttpConnection::awaitNextRequest()
{
    awaitRequest(m_settings.idleTimeout());
}

// A part of a request has arrived: waits for more.
void HttpConnection::awaitBytes()
{
    if (!m_parser.hasBegun() && m_state == State::Reading)
        return;
    if (!std::exchange(m_begun, true))
        m_requestDeadline = m_settings.requestDeadline();
    if (const auto delay = m_settings.inputTimeout(m_requestDeadline))
        startTimer(*delay);
}

void HttpConnection::startTimer(std::chrono::milliseconds delay)
{
    if (delay > 0ms)
        m_timer.start<&HttpConnection::timedOut>(m_context->timers(), delay, this);
    else
        m_timer.stop();
}

void HttpConnection::timedOut()
{
    const IoContext::Scope scope(*m_context);
    const auto self = shared_from_this();
    if (m_state == State::Closing && std::exchange(m_lingering, false)) {
        m_stream->close();
        startTimer(ClosingTimeout);
    } else if (m_state == State::Reading
               && (m_parser.hasBegun() || (!m_answered && m_parser.hasInput()))) {
        m_broken = true;
        failRequest(408, "the rest of the request did not come in time");
    } else if (takesTheAnswer()) {
        if (m_state == State::Closing)
            startTimer(ClosingTimeout);
        else
            awaitNextRequest();
    } else {
        if (m_stream && m_stream->bytesToWrite() > 0) {
            qCDebug(lcEngine).noquote()
                << peerText() << "does not take the answer:" << m_stream->bytesToWrite()
                << "bytes of it are dropped";
        }
        abort();
    }
}

// Whether a client that is slow has taken a part of the answer since this was last looked at. The
// first look cannot know.
bool HttpConnection::takesTheAnswer()
{
    const qsizetype left = undeliveredBytes();
    return left > 0 && left < std::exchange(m_undelivered, left);
}

} // namespace EngineIo::detail
