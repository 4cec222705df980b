// SPDX-License-Identifier: MIT
#include "http2/http2logging_p.h"
#include "http2/http2session_p.h"
#include "http2/http2stream_p.h"

// What nghttp2 reports about frames, and what it is asked to write.
namespace EngineIo::detail {

namespace {

// A client that keeps making room for less than this gets every answer in tiny frames.
constexpr int SmallWindowUpdate = 1024; // bytes

QByteArrayView view(const uint8_t *data, size_t size)
{
    return QByteArrayView(reinterpret_cast<const char *>(data), qsizetype(size));
}

nghttp2_nv nameValue(const HttpHeaders::Field &field)
{
    nghttp2_nv nv = {};
    nv.name = reinterpret_cast<uint8_t *>(const_cast<char *>(field.first.constData()));
    nv.namelen = size_t(field.first.size());
    nv.value = reinterpret_cast<uint8_t *>(const_cast<char *>(field.second.constData()));
    nv.valuelen = size_t(field.second.size());
    return nv;
}

} // namespace

struct Http2Session::Callbacks
{
    static Http2Session &of(void *session) { return *static_cast<Http2Session *>(session); }

    static int beginFrame(nghttp2_session *, const nghttp2_frame_hd *header, void *session)
    {
        return of(session).frameBegun(*header);
    }
    static int beginHeaders(nghttp2_session *, const nghttp2_frame *frame, void *session)
    {
        return of(session).headersBegun(*frame);
    }
    static int header(nghttp2_session *, const nghttp2_frame *frame, const uint8_t *name,
                      size_t nameSize, const uint8_t *value, size_t valueSize, uint8_t,
                      void *session)
    {
        return of(session).headerReceived(frame->hd.stream_id, view(name, nameSize),
                                          view(value, valueSize));
    }
    static int data(nghttp2_session *, uint8_t, int32_t id, const uint8_t *data, size_t size,
                    void *session)
    {
        return of(session).dataReceived(id, reinterpret_cast<const char *>(data), qsizetype(size));
    }
    static int frame(nghttp2_session *, const nghttp2_frame *frame, void *session)
    {
        return of(session).frameReceived(*frame);
    }
    static int sent(nghttp2_session *, const nghttp2_frame *frame, void *session)
    {
        return of(session).frameSent(*frame);
    }
    // For example because an answer's headers are too large for nghttp2.
    static int notSent(nghttp2_session *, const nghttp2_frame *frame, int error, void *session)
    {
        if (frame->hd.type == NGHTTP2_HEADERS && error != NGHTTP2_ERR_STREAM_CLOSED
            && error != NGHTTP2_ERR_STREAM_CLOSING) {
            of(session).warnOfAnswer(error);
            of(session).resetStream(frame->hd.stream_id, NGHTTP2_INTERNAL_ERROR);
        }
        return 0;
    }
    static int closed(nghttp2_session *, int32_t id, uint32_t, void *session)
    {
        of(session).removeStream(id);
        return 0;
    }
    static int invalid(nghttp2_session *, const nghttp2_frame *frame, int error, void *)
    {
        qCDebug(lcHttp2).noquote()
            << "Malformed HTTP/2 frame, type" << frame->hd.type << '-' << nghttp2_strerror(error);
        return 0;
    }
    static ssize_t read(nghttp2_session *, int32_t id, uint8_t *buffer, size_t size,
                        uint32_t *flags, nghttp2_data_source *source, void *)
    {
        Http2Stream *stream = of(source->ptr).find(id);
        if (!stream)
            return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
        return stream->read(reinterpret_cast<char *>(buffer), qsizetype(size), flags);
    }
};

bool Http2Session::makeSession()
{
    nghttp2_session_callbacks *callbacks = nullptr;
    nghttp2_option *option = nullptr;
    nghttp2_session *session = nullptr;
    if (nghttp2_session_callbacks_new(&callbacks) != 0)
        return false;
    nghttp2_session_callbacks_set_on_begin_frame_callback(callbacks, &Callbacks::beginFrame);
    nghttp2_session_callbacks_set_on_begin_headers_callback(callbacks, &Callbacks::beginHeaders);
    nghttp2_session_callbacks_set_on_header_callback(callbacks, &Callbacks::header);
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, &Callbacks::data);
    nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, &Callbacks::frame);
    nghttp2_session_callbacks_set_on_invalid_frame_recv_callback(callbacks, &Callbacks::invalid);
    nghttp2_session_callbacks_set_on_frame_send_callback(callbacks, &Callbacks::sent);
    nghttp2_session_callbacks_set_on_frame_not_send_callback(callbacks, &Callbacks::notSent);
    nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, &Callbacks::closed);
    if (nghttp2_option_new(&option) == 0) {
        nghttp2_option_set_no_auto_window_update(option, 1);
        nghttp2_option_set_max_outbound_ack(option,
                                            size_t(std::max(1, m_options.maxControlFrames)));
        nghttp2_session_server_new2(&session, callbacks, this, option);
        nghttp2_option_del(option);
    }
    nghttp2_session_callbacks_del(callbacks);
    m_session.reset(session);
    if (!session)
        return false;
    std::vector<nghttp2_settings_entry> entries{
        {NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS,
         uint32_t(std::max(1, m_options.maxConcurrentStreams))},
        {NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, uint32_t(std::max(1, m_options.streamWindowSize))},
        {NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE, uint32_t(m_settings.limits.maxHeaderSize)}};
    if (m_options.webSockets)
        entries.push_back({NGHTTP2_SETTINGS_ENABLE_CONNECT_PROTOCOL, 1});
    nghttp2_submit_settings(session, NGHTTP2_FLAG_NONE, entries.data(), entries.size());
    nghttp2_session_set_local_window_size(
        session, NGHTTP2_FLAG_NONE, 0,
        std::max(NGHTTP2_INITIAL_CONNECTION_WINDOW_SIZE, m_options.connectionWindowSize));
    return true;
}

Http2Stream *Http2Session::find(int32_t id) const
{
    const auto found = m_streams.find(id);
    return found == m_streams.end() ? nullptr : found->second.get();
}

int Http2Session::frameBegun(const nghttp2_frame_hd &header)
{
    switch (header.type) {
    case NGHTTP2_DATA:
    case NGHTTP2_WINDOW_UPDATE:
    case NGHTTP2_RST_STREAM:
        return 0; // see frameReceived()
    case NGHTTP2_HEADERS:
        m_continuations = 0;
        return 0;
    case NGHTTP2_CONTINUATION:
        if (++m_continuations <= m_options.maxContinuationFrames)
            return 0;
        return flooded("A request's headers are spread over more than "
                       "Http2Options::maxContinuationFrames ("
                       + QByteArray::number(m_options.maxContinuationFrames) + ") frames");
    default:
        return count(&FloodCounts::controlFrames, m_options.maxControlFrames, "maxControlFrames");
    }
}

int Http2Session::headersBegun(const nghttp2_frame &frame)
{
    if (frame.headers.cat == NGHTTP2_HCAT_REQUEST && m_state == State::Open)
        m_streams.emplace(frame.hd.stream_id,
                          std::make_shared<Http2Stream>(*this, frame.hd.stream_id));
    return 0;
}

int Http2Session::headerReceived(int32_t id, QByteArrayView name, QByteArrayView value)
{
    Http2Stream *stream = find(id);
    if (!stream || stream->addField(name, value))
        return 0;
    return flooded("A request's headers are many times larger than ServerOptions::maxHeaderSize or "
                   "maxHeaderCount");
}

int Http2Session::dataReceived(int32_t id, const char *data, qsizetype size)
{
    // A stream whose bytes nobody reads must not block the others, and has its own window.
    nghttp2_session_consume_connection(m_session.get(), size_t(size));
    if (Http2Stream *stream = find(id))
        stream->dataReceived(data, size);
    return 0;
}

int Http2Session::frameReceived(const nghttp2_frame &frame)
{
    Http2Stream *stream = find(frame.hd.stream_id);
    switch (frame.hd.type) {
    case NGHTTP2_HEADERS:
        if (stream)
            stream->headReceived();
        break;
    case NGHTTP2_DATA:
        if (frame.hd.length == 0 && !(frame.hd.flags & NGHTTP2_FLAG_END_STREAM))
            return count(&FloodCounts::controlFrames, m_options.maxControlFrames,
                         "maxControlFrames");
        break;
    case NGHTTP2_SETTINGS:
        m_greeted = true;
        return 0;
    case NGHTTP2_WINDOW_UPDATE:
        if (frame.window_update.window_size_increment < SmallWindowUpdate)
            return count(&FloodCounts::controlFrames, m_options.maxControlFrames,
                         "maxControlFrames");
        return 0;
    case NGHTTP2_RST_STREAM:
        return count(&FloodCounts::resets, m_options.maxResets, "maxResets");
    default:
        return 0;
    }
    if (stream && (frame.hd.flags & NGHTTP2_FLAG_END_STREAM))
        stream->inputEnded();
    return 0;
}

int Http2Session::frameSent(const nghttp2_frame &frame)
{
    if (frame.hd.type == NGHTTP2_RST_STREAM) {
        const uint32_t error = frame.rst_stream.error_code;
        // Errors that the client has caused.
        if (error != NGHTTP2_NO_ERROR && error != NGHTTP2_CANCEL)
            count(&FloodCounts::resets, m_options.maxResets, "maxResets");
        return 0;
    }
    const bool mayEnd = frame.hd.type == NGHTTP2_DATA || frame.hd.type == NGHTTP2_HEADERS;
    if (!mayEnd || !(frame.hd.flags & NGHTTP2_FLAG_END_STREAM))
        return 0;
    const Http2Stream *stream = find(frame.hd.stream_id);
    if (stream && stream->isAnsweredBeforeItsEnd()) // the client need not send the rest
        resetStream(frame.hd.stream_id, NGHTTP2_NO_ERROR);
    return 0;
}

void Http2Session::removeStream(int32_t id)
{
    const auto found = m_streams.find(id);
    if (found == m_streams.end())
        return;
    const std::shared_ptr<Http2Stream> stream = std::move(found->second);
    m_streams.erase(found);
    stream->closed();
    updateTimer();
}

void Http2Session::submitAnswer(int32_t id, const std::vector<HttpHeaders::Field> &fields,
                                Http2Body body)
{
    std::vector<nghttp2_nv> list;
    list.reserve(fields.size());
    for (const HttpHeaders::Field &field : fields)
        list.push_back(nameValue(field));
    int result = 0;
    if (fields.front().second == "100") {
        result = nghttp2_submit_headers(m_session.get(), NGHTTP2_FLAG_NONE, id, nullptr,
                                        list.data(), list.size(), nullptr);
    } else {
        nghttp2_data_provider provider;
        provider.source.ptr = this;
        provider.read_callback = &Callbacks::read;
        result = nghttp2_submit_response(m_session.get(), id, list.data(), list.size(),
                                         body == Http2Body::Follows ? &provider : nullptr);
    }
    if (result != 0)
        warnOfAnswer(result);
    scheduleFlush();
}

void Http2Session::warnOfAnswer(int error) const
{
    warnIfDue(lcHttp2(), m_warnings->take(),
              QStringLiteral("Could not send an answer over HTTP/2: %1")
                  .arg(QLatin1StringView(nghttp2_strerror(error))));
}

// Floods

int Http2Session::count(int FloodCounts::*counter, int limit, const char *setting)
{
    if (m_floodEnd.hasExpired()) {
        m_counts = FloodCounts();
        m_floodEnd.setRemainingTime(m_options.floodInterval);
    }
    if (++(m_counts.*counter) <= limit || limit <= 0)
        return 0;
    return flooded(QByteArray("It has reached Http2Options::") + setting + " ("
                   + QByteArray::number(limit) + ") within "
                   + QByteArray::number(qint64(m_options.floodInterval.count())) + " ms");
}

int Http2Session::flooded(const QByteArray &reason)
{
    if (m_floodReason.isEmpty())
        m_floodReason = reason;
    return NGHTTP2_ERR_CALLBACK_FAILURE;
}

} // namespace EngineIo::detail
