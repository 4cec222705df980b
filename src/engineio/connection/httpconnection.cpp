// SPDX-License-Identifier: MIT
#include "engineio/connection/httpconnection_p.h"

#include "engineio/http/responsewriter_p.h"

namespace EngineIo::detail {

using namespace std::chrono_literals;

namespace {
// Pipelined requests that may wait while one is being answered.
constexpr qsizetype MaxPipelined = 64 * 1024; // bytes
constexpr std::chrono::milliseconds ClosingTimeout = 5s;
} // namespace

HttpConnection::HttpConnection(std::unique_ptr<Stream> stream, IoContext &context,
                               const HttpConnectionSettings &settings, HttpRequestSink *sink)
    : m_stream(std::move(stream))
    , m_context(&context)
    , m_sink(sink)
    , m_settings(settings)
    , m_parser(settings.limits)
{
}

HttpConnection::~HttpConnection()
{
    if (m_stream)
        m_stream->abort();
}

void HttpConnection::start()
{
    startTimer(m_settings.requestTimeout);
    m_stream->setHandler(this);
}

void HttpConnection::streamReceived(char *data, qsizetype size)
{
    const QByteArrayView received(data, size);
    if (m_state == State::Reading && !m_processing) {
        const auto self = shared_from_this();
        process(received);
    } else if (m_state == State::Reading || m_state == State::Answering) {
        m_input.append(received);
        if (m_input.size() > MaxPipelined && !std::exchange(m_paused, true))
            m_stream->setReading(false);
    }
}

void HttpConnection::process(QByteArrayView data)
{
    using Status = HttpRequestParser::Status;
    m_processing = true;
    QByteArray carried; // keeps what was in m_input, while data looks at it
    while (m_state == State::Reading) {
        if (data.isEmpty() && !m_input.isEmpty()) {
            carried = std::exchange(m_input, QByteArray());
            data = carried;
            if (std::exchange(m_paused, false))
                m_stream->setReading(true);
        }
        const bool wasIdle = m_parser.isIdle();
        if (wasIdle && data.isEmpty())
            break;
        qsizetype consumed = 0;
        const Status status = m_parser.parse(data, &consumed);
        data = data.sliced(consumed);
        if (wasIdle && !m_parser.isIdle())
            startTimer(m_settings.requestTimeout);
        if (status == Status::NeedMore) {
            if (data.isEmpty() && m_input.isEmpty())
                break;
        } else if (status == Status::Error) {
            refuse(m_parser.errorStatus());
        } else {
            m_bodyUnread = status == Status::HeadComplete;
            m_input = data.toByteArray() + m_input;
            data = QByteArrayView();
            if (status == Status::HeadComplete) {
                handleHead();
                continue;
            }
            m_timer.stop();
            m_request.setBody(m_parser.takeRequest().body());
            m_state = State::Answering;
            m_sink->requestReceived(*this);
        }
    }
    m_processing = false;
}

void HttpConnection::handleHead()
{
    m_request = m_parser.request();
    m_request.setPeer(m_stream->peerAddress(), m_stream->peerPort());
    if (m_stream->isSecure())
        m_request.setSecure(m_stream->peerCertificate());
    m_responseHeaders = HttpHeaders();
    switch (m_sink->headReceived(*this)) {
    case HttpRequestSink::HeadVerdict::Move:
        m_state = State::Moving;
        m_timer.stop();
        m_stream->setHandler(nullptr);
        m_sink->moveConnection(shared_from_this());
        return;
    case HttpRequestSink::HeadVerdict::Answered:
        return;
    case HttpRequestSink::HeadVerdict::Continue:
        break;
    }
    if (m_request.isUpgrade()) {
        m_timer.stop();
        m_state = State::Answering;
        m_sink->requestReceived(*this);
    } else if (m_parser.expectsContinue()) {
        m_stream->write(QByteArrayLiteral("HTTP/1.1 100 Continue\r\n\r\n"));
        m_context->scheduleFlush(shared_from_this());
    }
}

// Answers without a request to answer, and closes.
void HttpConnection::refuse(int status)
{
    m_request = HttpRequest();
    m_responseHeaders = HttpHeaders();
    m_stream->setHandler(this);
    HttpResponse response(status);
    response.setClosesConnection(true);
    m_state = State::Answering;
    respond(response);
}

void HttpConnection::respond(const HttpResponse &response)
{
    if (m_state == State::Closing || m_state == State::Closed)
        return;
    m_abortHandler = nullptr;
    HttpResponse complete = response;
    for (const HttpHeaders::Field &field : m_responseHeaders.fields()) {
        if (!complete.headers().contains(field.first)
            || field.first.compare("set-cookie", Qt::CaseInsensitive) == 0)
            complete.headers().append(field.first, field.second);
    }
    // A request that was answered before its body came would be followed by that body.
    const bool keepAlive = m_request.isKeepAlive() && !response.closesConnection() && !m_bodyUnread
        && !m_request.isUpgrade();
    m_stream->write(serializeResponse(m_request, complete, keepAlive));
    m_context->scheduleFlush(shared_from_this());
    if (!keepAlive) {
        closeAfterWriting();
        return;
    }
    m_request = HttpRequest();
    m_parser.reset();
    m_state = State::Reading;
    startTimer(m_settings.keepAliveTimeout);
    if (!m_processing && !m_input.isEmpty())
        process(QByteArrayView());
}

std::unique_ptr<Stream> HttpConnection::upgrade(const HttpResponse &response, QByteArray *rest)
{
    const auto self = shared_from_this();
    m_abortHandler = nullptr;
    HttpResponse complete = response;
    for (const HttpHeaders::Field &field : m_responseHeaders.fields())
        complete.headers().append(field.first, field.second);
    m_stream->write(serializeResponse(m_request, complete, true));
    *rest = std::exchange(m_input, QByteArray());
    std::unique_ptr<Stream> stream = std::move(m_stream);
    stream->setHandler(nullptr);
    if (std::exchange(m_paused, false))
        stream->setReading(true);
    finish();
    return stream;
}

void HttpConnection::closeAfterWriting()
{
    m_state = State::Closing;
    m_input.clear();
    if (std::exchange(m_paused, false))
        m_stream->setReading(true);
    m_stream->close();
    startTimer(ClosingTimeout);
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

// The end, however it came.
void HttpConnection::finish()
{
    if (m_state == State::Closed)
        return;
    m_state = State::Closed;
    m_timer.stop();
    if (m_stream) {
        m_stream->abort();
        m_context->dispose(std::shared_ptr<Stream>(std::move(m_stream)));
    }
    if (const auto handler = std::exchange(m_abortHandler, nullptr))
        handler();
    m_context->dispose(shared_from_this());
    m_sink->connectionClosed(*this);
}

void HttpConnection::detach()
{
    m_stream->detach();
    m_context = nullptr;
    m_sink = nullptr;
}

void HttpConnection::attach(IoContext &context, HttpRequestSink *sink)
{
    m_context = &context;
    m_sink = sink;
    m_state = State::Reading;
    startTimer(m_settings.requestTimeout);
    m_stream->attach(context);
    m_stream->setHandler(this);
    const auto self = shared_from_this();
    m_processing = true;
    handleHead();
    m_processing = false;
    if (m_state == State::Reading)
        process(QByteArrayView());
}

void HttpConnection::flush()
{
    if (m_stream)
        m_stream->flush();
}

void HttpConnection::startTimer(std::chrono::milliseconds delay)
{
    if (delay > 0ms)
        m_timer.start<&HttpConnection::timedOut>(m_context->timers(), delay, this);
}

void HttpConnection::timedOut()
{
    const IoContext::Scope scope(*m_context);
    abort();
}

} // namespace EngineIo::detail
