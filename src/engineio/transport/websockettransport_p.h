// SPDX-License-Identifier: MIT
#ifndef ENGINEIO_WEBSOCKETTRANSPORT_P_H
#define ENGINEIO_WEBSOCKETTRANSPORT_P_H

#include "engineio/io/deadlinetimer_p.h"
#include "engineio/io/stream_p.h"
#include "engineio/transport/transport_p.h"
#include "engineio/transport/websocketdecoder_p.h"

namespace EngineIo::detail {

// Packets over an open WebSocket. Frames leave as they were encoded, shared by all receivers.
class WebSocketTransport final : public Transport, private StreamHandler
{
public:
    WebSocketTransport(std::unique_ptr<Stream> stream, IoContext &context,
                       TransportHandler *handler, qsizetype maxMessageSize, bool base64);
    ~WebSocketTransport() override;

    // Starts to read; rest are the bytes that came with the handshake.
    void start(const QByteArray &rest);

    TransportType type() const override { return TransportType::WebSocket; }
    bool isWritable() const override;
    void send(OutgoingPacket packet) override;
    qsizetype bytesToWrite() const override;
    void setReading(bool enabled) override;
    void close(CloseReason reason) override;
    void abort() override;
    void flush() override;

private:
    enum class State { Open, Closing, Closed };

    void streamReceived(char *data, qsizetype size) override;
    void streamClosed(const QString &error) override;
    void streamDrained() override;

    void decode(char *data, qsizetype size);
    void handleText(QByteArrayView payload);
    void writeControl(WebSocketOpcode opcode, QByteArrayView payload);
    void startClosing(QByteArrayView payload);
    void finish();

    std::unique_ptr<Stream> m_stream;
    WebSocketDecoder m_decoder;
    DeadlineTimer m_closeTimer;
    QByteArray m_input; // arrived while a message before it was being handled
    State m_state = State::Open;
    bool m_base64;
    bool m_decoding = false;
};

} // namespace EngineIo::detail

#endif
