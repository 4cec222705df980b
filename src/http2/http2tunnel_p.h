// SPDX-License-Identifier: MIT
#ifndef ENGINEIO_HTTP2TUNNEL_P_H
#define ENGINEIO_HTTP2TUNNEL_P_H

#include "http2/http2stream_p.h"
#include "net/stream/outputqueue_p.h"
#include "net/stream/stream_p.h"

#include <memory>

namespace EngineIo::detail {

// The bytes of a WebSocket in a stream of HTTP/2. It ends as a TCP connection does, each side for
// itself.
class Http2Tunnel final : public Stream
{
public:
    explicit Http2Tunnel(std::shared_ptr<Http2Stream> stream);
    ~Http2Tunnel() override;

    // For the stream.
    bool wantsInput() const noexcept { return m_observer && m_reading; }
    void received(char *data, qsizetype size);
    void ended();
    qsizetype read(char *to, qsizetype size);
    bool isClosing() const noexcept { return m_closing; }
    bool isFinished() const noexcept { return m_closing && m_output.isEmpty(); }
    // The connection has nothing left to write.
    void connectionDrained();

    void setObserver(StreamObserver *observer) override;
    void write(const QByteArray &data, qsizetype offset) override;
    void flush() override;
    qsizetype bytesToWrite() const override { return m_output.bytes() + m_onItsWay; }
    qsizetype heldBytes() const override { return m_output.heldBytes() + m_onItsWay; }
    qsizetype undeliveredBytes() const override;
    void setReading(bool enabled) override;
    void close() override;
    bool canCloseForWriting() const override { return true; }
    void abort() override;
    // It stays in its thread: RequestExchange::upgrade() is the last that an I/O thread is chosen
    // by.
    void detach() override { }
    void attach(IoContext &) override { }
    QHostAddress peerAddress() const override { return m_peerAddress; }
    quint16 peerPort() const override { return m_peerPort; }
    bool isSecure() const override { return m_secure; }
    QSslCertificate peerCertificate() const override;

private:
    std::shared_ptr<Http2Stream> m_stream; // null when it is over
    StreamObserver *m_observer = nullptr;
    OutputQueue m_output;
    qsizetype m_onItsWay = 0; // bytes that nghttp2 has taken and the system perhaps not
    QHostAddress m_peerAddress;
    quint16 m_peerPort;
    bool m_secure;
    bool m_reading = true;
    bool m_closing = false; // by us: what still comes is thrown away
};

} // namespace EngineIo::detail

#endif
