// SPDX-License-Identifier: MIT
#include "http2/http2session_p.h"

#include "base/addresstext_p.h"
#include "http2/http2logging_p.h"
#include "http2/http2stream_p.h"

#include <algorithm>

namespace EngineIo::detail {

using namespace std::chrono_literals;

namespace {
constexpr std::chrono::milliseconds ClosingTimeout = 5s;
// See HttpConnection, which ends in the same way.
constexpr std::chrono::milliseconds LingerTimeout = 2s;
} // namespace

Http2Session::Http2Session(std::unique_ptr<Stream> stream, IoContext &context,
                           const HttpConnectionSettings &settings, const Http2Options &options,
                           const std::shared_ptr<const WarningLimit> &warnings,
                           Http2Observer *observer)
    : m_stream(std::move(stream))
    , m_context(context)
    , m_settings(settings)
    , m_options(options)
    , m_warnings(warnings)
    , m_observer(observer)
{
}

Http2Session::~Http2Session()
{
    closeStreams();
    if (m_stream)
        m_stream->abort();
}

void Http2Session::start(const QByteArray &firstBytes)
{
    const auto self = shared_from_this();
    m_stream->setObserver(this);
    if (!makeSession()) {
        qCWarning(lcHttp2, "Could not create an HTTP/2 session: out of memory");
        finish();
        return;
    }
    qCDebug(lcHttp2).noquote() << "HTTP/2 connection from"
                               << addressText(m_stream->clientAddress(), m_stream->clientPort());
    updateTimer();
    QByteArray bytes = firstBytes;
    streamReceived(bytes.data(), bytes.size());
}

// Input

void Http2Session::streamReceived(char *data, qsizetype size)
{
    if (m_state != State::Open)
        return;
    const auto self = shared_from_this();
    const ssize_t result = nghttp2_session_mem_recv(
        m_session.get(), reinterpret_cast<const uint8_t *>(data), size_t(size));
    if (endIfFlooded())
        return;
    if (result < 0) {
        const bool flooded = result == NGHTTP2_ERR_FLOODED;
        endConnection(nghttp2_strerror(int(result)),
                      flooded ? NGHTTP2_ENHANCE_YOUR_CALM : NGHTTP2_PROTOCOL_ERROR);
        return;
    }
    updateTimer();
    scheduleFlush();
}

void Http2Session::streamClosed(const QString &)
{
    const auto self = shared_from_this();
    finish();
}

// Output

void Http2Session::scheduleFlush()
{
    if (m_state == State::Open)
        m_context.scheduleFlush(shared_from_this());
}

void Http2Session::flush()
{
    if (m_state == State::Closed)
        return;
    const auto self = shared_from_this();
    if (m_state == State::Open)
        writeFrames();
    if (m_state != State::Closed)
        m_stream->flush();
    if (m_state != State::Open || endIfFlooded())
        return;
    if (!nghttp2_session_want_read(m_session.get()) && !nghttp2_session_want_write(m_session.get()))
        closeAfterWriting();
}

// Writes as many frames as the turn's budget or the client allows; the rest stays where it is.
void Http2Session::writeFrames()
{
    const qsizetype limit = m_context.budget().bytes;
    QByteArray block;
    while (m_stream->bytesToWrite() + block.size() < limit) {
        const uint8_t *data = nullptr;
        const ssize_t size = nghttp2_session_mem_send(m_session.get(), &data);
        if (size < 0) {
            endConnection(nghttp2_strerror(int(size)), NGHTTP2_INTERNAL_ERROR);
            return;
        }
        if (size == 0)
            break;
        block.append(reinterpret_cast<const char *>(data), size);
    }
    if (!block.isEmpty())
        m_stream->write(block);
}

void Http2Session::streamDrained()
{
    for (const std::shared_ptr<Http2Stream> &stream : std::exchange(m_written, {}))
        stream->connectionDrained();
    streamProgressed();
}

void Http2Session::streamProgressed()
{
    if (m_state == State::Open && nghttp2_session_want_write(m_session.get()))
        m_context.resumeNextTurn(shared_from_this());
}

void Http2Session::submitContinue(int32_t id)
{
    submitAnswer(id, {{":status", "100"}}, Http2Body::None);
}

void Http2Session::consume(int32_t id, qsizetype size)
{
    nghttp2_session_consume_stream(m_session.get(), id, size_t(size));
    scheduleFlush();
}

void Http2Session::resumeOutput(int32_t id)
{
    nghttp2_session_resume_data(m_session.get(), id);
    scheduleFlush();
}

void Http2Session::resetStream(int32_t id, uint32_t error)
{
    nghttp2_submit_rst_stream(m_session.get(), NGHTTP2_FLAG_NONE, id, error);
    scheduleFlush();
}

// The end

void Http2Session::endConnection(const QByteArray &reason, uint32_t error)
{
    if (m_state != State::Open)
        return;
    const QString peer = addressText(m_stream->clientAddress(), m_stream->clientPort());
    if (error == NGHTTP2_ENHANCE_YOUR_CALM)
        warnIfDue(lcHttp2(), m_warnings->take(),
                  QStringLiteral("Ended the HTTP/2 connection of %1: %2")
                      .arg(peer, QString::fromUtf8(reason)));
    else
        qCDebug(lcHttp2).noquote() << "Ended the HTTP/2 connection of" << peer << '-' << reason;
    nghttp2_session_terminate_session(m_session.get(), error);
    m_state = State::Closing; // this is the last output
    writeFrames();
    m_stream->flush();
    closeAfterWriting();
}

bool Http2Session::endIfFlooded()
{
    if (m_floodReason.isEmpty() || m_state != State::Open)
        return m_state != State::Open;
    endConnection(m_floodReason, NGHTTP2_ENHANCE_YOUR_CALM);
    return true;
}

void Http2Session::closeAfterWriting()
{
    if (m_state == State::Closed)
        return;
    m_state = State::Closing;
    closeStreams();
    m_lingering = !m_stream->canCloseForWriting();
    if (!m_lingering)
        m_stream->close();
    m_timer.start<&Http2Session::timedOut>(m_context.timers(),
                                           m_lingering ? LingerTimeout : ClosingTimeout, this);
}

void Http2Session::abort()
{
    const auto self = shared_from_this();
    if (m_state == State::Open) {
        nghttp2_session_terminate_session(m_session.get(), NGHTTP2_NO_ERROR);
        writeFrames();
        m_stream->flush();
    }
    finish();
}

void Http2Session::finish()
{
    if (m_state == State::Closed)
        return;
    m_state = State::Closed;
    m_timer.stop();
    closeStreams();
    m_stream->abort();
    m_context.dispose(std::shared_ptr<Stream>(std::move(m_stream)));
    m_context.dispose(shared_from_this());
    m_observer->http2Closed(shared_from_this());
}

void Http2Session::closeStreams()
{
    for (const auto &[id, stream] : std::exchange(m_streams, {}))
        stream->closed();
    m_written.clear();
}

// Without a request, the connection waits for one as long as an HTTP/1.1 connection does.
void Http2Session::updateTimer()
{
    if (m_state != State::Open)
        return;
    if (!m_streams.empty()) {
        m_timer.stop();
        return;
    }
    if (m_timer.isActive() && m_greeted == m_waitsForRequest)
        return;
    m_waitsForRequest = m_greeted;
    const auto delay = m_greeted ? m_settings.idleTimeout() : m_settings.requestTimeout;
    if (delay > 0ms)
        m_timer.start<&Http2Session::timedOut>(m_context.timers(), delay, this);
    else
        m_timer.stop();
}

void Http2Session::timedOut()
{
    const IoContext::Scope scope(m_context);
    const auto self = shared_from_this();
    if (m_state == State::Open) {
        endConnection("no request in time", NGHTTP2_NO_ERROR);
    } else if (std::exchange(m_lingering, false)) {
        m_stream->close();
        m_timer.start<&Http2Session::timedOut>(m_context.timers(), ClosingTimeout, this);
    } else {
        finish();
    }
}

} // namespace EngineIo::detail
