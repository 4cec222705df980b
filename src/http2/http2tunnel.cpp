// SPDX-License-Identifier: MIT
#include "http2/http2tunnel_p.h"

#include "http2/http2session_p.h"

#include <cstring>

namespace EngineIo::detail {

Http2Tunnel::Http2Tunnel(std::shared_ptr<Http2Stream> stream)
    : m_stream(std::move(stream))
    , m_peerAddress(m_stream->session()->stream().clientAddress())
    , m_peerPort(m_stream->session()->stream().clientPort())
    , m_secure(m_stream->session()->stream().isSecure())
{
}

Http2Tunnel::~Http2Tunnel()
{
    abort();
}

void Http2Tunnel::received(char *data, qsizetype size)
{
    if (!m_closing)
        m_observer->streamReceived(data, size);
}

void Http2Tunnel::ended()
{
    std::exchange(m_observer, nullptr)->streamClosed(QString());
}

qsizetype Http2Tunnel::read(char *to, qsizetype size)
{
    qsizetype written = 0;
    while (written < size && !m_output.isEmpty()) {
        const QByteArrayView block = m_output.at(0);
        const qsizetype count = std::min(block.size(), size - written);
        std::memcpy(to + written, block.data(), size_t(count));
        m_output.remove(count);
        written += count;
    }
    m_onItsWay += written;
    if (written > 0 && m_stream && m_stream->session() && m_stream->noteWritten())
        m_stream->session()->noteWritten(m_stream);
    return written;
}

void Http2Tunnel::connectionDrained()
{
    m_onItsWay = 0;
    if (!m_observer || m_closing)
        return;
    if (m_output.isEmpty())
        m_observer->streamDrained();
    else
        m_observer->streamProgressed();
}

// Input may have arrived before there was an observer.
void Http2Tunnel::setObserver(StreamObserver *observer)
{
    m_observer = observer;
    if (observer && m_stream)
        m_stream->handleLater();
}

void Http2Tunnel::write(const QByteArray &data, qsizetype offset)
{
    if (!m_closing && m_stream && m_stream->session())
        m_output.append(data, offset);
}

void Http2Tunnel::flush()
{
    if (m_stream && m_stream->session() && (!m_output.isEmpty() || m_closing))
        m_stream->session()->resumeOutput(m_stream->id());
}

qsizetype Http2Tunnel::undeliveredBytes() const
{
    const Http2Session *session = m_stream ? m_stream->session() : nullptr;
    return m_output.bytes() + (session ? session->stream().undeliveredBytes() : 0);
}

void Http2Tunnel::setReading(bool enabled)
{
    if (std::exchange(m_reading, enabled) != enabled && enabled && m_stream)
        m_stream->handleLater();
}

void Http2Tunnel::close()
{
    if (std::exchange(m_closing, true))
        return;
    m_reading = true;
    flush();
    if (m_stream)
        m_stream->handleLater();
}

void Http2Tunnel::abort()
{
    m_observer = nullptr;
    m_output.clear();
    if (const std::shared_ptr<Http2Stream> stream = std::exchange(m_stream, nullptr))
        stream->tunnelGone();
}

QSslCertificate Http2Tunnel::peerCertificate() const
{
    const Http2Session *session = m_stream ? m_stream->session() : nullptr;
    return session ? session->stream().peerCertificate() : QSslCertificate();
}

} // namespace EngineIo::detail
