// SPDX-License-Identifier: MIT
#include "net/http/httpconnection_p.h"

#include "base/logging_p.h"

#include "net/http/requesthead_p.h"
#include "net/http/responsewriter_p.h"

// How a connection is handed over to another protocol, thread or process.
namespace EngineIo::detail {

// Gives up the descriptor together with the bytes of the current request, as if nothing had been
// read, and ends this connection. Returns false if the stream cannot do that, or while an earlier
// answer is still being written.
bool HttpConnection::release()
{
    m_stream->flush();
    if (m_state == State::Closed) // the peer had closed its side
        return true;
    QByteArray bytes = m_stream->proxyHeader() ? m_stream->proxyHeader()->bytes : QByteArray();
    Descriptor descriptor = m_stream->release();
    if (!descriptor.isValid())
        return false;
    RequestHead head(m_request.method(), m_request.target(), m_request.minorVersion());
    head.add(m_request.headers());
    bytes += head.finish();
    bytes += takeInput();
    HttpConnectionObserver *const observer = m_observer;
    finish();
    observer->connectionReleased(std::move(descriptor), bytes);
    return true;
}

// Called when the peer has begun with HTTP/2's preface, which looks like the head of a request.
bool HttpConnection::leaveToHttp2()
{
    if (m_answered || m_state != State::Reading)
        return false;
    if (!m_observer->speaksHttp2()) {
        refuseHttp2();
        return true;
    }
    const QByteArray bytes = HttpRequestParser::Http2Line.toByteArray() + "\r\n" + takeInput();
    std::unique_ptr<Stream> stream = takeStream();
    HttpConnectionObserver *const observer = m_observer;
    finish();
    observer->http2Started(std::move(stream), bytes);
    return true;
}

// Refuses in HTTP/2, so that the client reports the reason at once: after an HTTP/1.1 answer, a
// QNetworkAccessManager, for example, waits forever.
void HttpConnection::refuseHttp2()
{
    qCDebug(lcEngine).noquote() << "Refused" << peerText() << "- HTTP/2 is not enabled";
    m_broken = true;
    m_stream->write(QByteArray("\0\0\0\x04\0\0\0\0\0"   // SETTINGS without any
                               "\0\0\x08\x07\0\0\0\0\0" // GOAWAY: 8 bytes
                               "\0\0\0\0\0\0\0\x0d", // no stream was looked at, HTTP_1_1_REQUIRED
                               26));
    m_context->scheduleFlush(shared_from_this());
    closeAfterWriting();
}

// Takes the input that has not been parsed.
QByteArray HttpConnection::takeInput()
{
    return std::exchange(m_rest, {}).toByteArray() + std::exchange(m_input, QByteArray());
}

std::unique_ptr<Stream> HttpConnection::takeStream()
{
    std::unique_ptr<Stream> stream = std::move(m_stream);
    stream->setObserver(nullptr);
    if (std::exchange(m_paused, false))
        stream->setReading(true);
    return stream;
}

std::unique_ptr<Stream> HttpConnection::upgrade(const HttpResponse &response, QByteArray *rest)
{
    const auto self = shared_from_this();
    m_abortHandler = nullptr;
    HttpResponse complete = response;
    for (const HttpHeaders::FieldView &field : m_responseHeaders)
        complete.headers().append(field.first, field.second);
    m_stream->write(serializeResponse(m_request, complete, true));
    *rest = takeInput();
    std::unique_ptr<Stream> stream = takeStream();
    finish();
    return stream;
}

void HttpConnection::detach()
{
    m_context->forget(shared_from_this());
    m_stream->detach();
    m_context = nullptr;
    m_observer = nullptr;
}

void HttpConnection::attach(IoContext &context, HttpConnectionObserver *observer)
{
    m_context = &context;
    m_observer = observer;
    m_stream->attach(context);
    m_stream->setObserver(this);
    const auto self = shared_from_this();
    if (m_stream->bytesToWrite() > 0)
        m_context->scheduleFlush(self); // an earlier answer
    m_processing = true;
    handleHead();
    m_processing = false;
    if (isReading())
        process(QByteArrayView());
}

} // namespace EngineIo::detail
