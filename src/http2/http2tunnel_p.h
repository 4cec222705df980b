// SPDX-License-Identifier: MIT
#ifndef ENGINEIO_HTTP2TUNNEL_P_H
#define ENGINEIO_HTTP2TUNNEL_P_H

#include "http2/http2stream_p.h"
#include "net/stream/outputqueue_p.h"
#include "net/stream/stream_p.h"

#include <memory>

namespace EngineIo::detail {

// The byte stream of a WebSocket in a stream of HTTP/2. Each side ends independently, as with a TCP
// connection.
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
    // The tunnel stays in its thread: no other I/O thread is chosen after
    // RequestExchange::upgrade().
    void detach() override { }
    void attach(IoContext &) override { }
    QHostAddress peerAddress() const override { return m_peerAddress; }
    quint16 peerPort() const override { return m_peerPort; }
    bool isSecure() const override { return m_secure; }
    QSslCertificate peerCertificate() const override;

private:
    std::shared_ptr<Http2Stream> m_stream; // null when the tunnel has ended
    StreamObserver *m_observer = nullptr;
    OutputQueue m_output;
    qsizetype m_onItsWay = 0; // bytes that nghttp2 has taken, but perhaps not the system
    QHostAddress m_peerAddress;
    quint16 m_peerPort;
    bool m_secure;
    bool m_reading = true;
    bool m_closing = false; // by this side: further input is dropped
};

} // namespace EngineIo::detail

#endif
