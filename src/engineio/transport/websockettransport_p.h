// SPDX-License-Identifier: MIT
#ifndef ENGINEIO_WEBSOCKETTRANSPORT_P_H
#define ENGINEIO_WEBSOCKETTRANSPORT_P_H

#include "base/deadlinetimer_p.h"
#include "engineio/protocol/wireprotocol_p.h"
#include "engineio/transport/transport_p.h"
#include "net/stream/stream_p.h"
#include "net/websocket/messagedeflate_p.h"
#include "net/websocket/websocketdecoder_p.h"

namespace EngineIo::detail {

// Packets over an open WebSocket. Frames leave as they were encoded, shared by all receivers.
class WebSocketTransport final : public Transport, private StreamObserver
{
public:
    // base64: the client takes text only.
    WebSocketTransport(std::unique_ptr<Stream> stream, IoContext &context,
                       TransportObserver *observer, const WireProtocol &protocol,
                       qsizetype maxMessageSize, bool base64);
    ~WebSocketTransport() override;

    // Before start().
    void setCompression(const DeflateAgreement &agreement, const PerMessageDeflateOptions &options);
    // Starts to read; rest are the bytes that came with the handshake.
    void start(const QByteArray &rest);

    TransportType type() const override { return TransportType::WebSocket; }
    bool isWritable() const override;
    void send(OutgoingPacket packet) override;
    void sendMessage(const Frame &frame, SendFlags flags) override;
    qsizetype heldBytes() const override;
    qsizetype undeliveredBytes() const override;
    void setReading(bool enabled) override;
    void close(CloseReason reason) override;
    void abort() override;
    void flush() override;
    void resume() override;

private:
    enum class State { Open, Closing, Closed };

    void streamReceived(char *data, qsizetype size) override;
    void streamClosed(const QString &error) override;
    void streamDrained() override;

    void decode(char *&data, qsizetype &size);
    void handleEvents(char *&data, qsizetype &size);
    void updateReading();
    bool hasInput() const noexcept { return m_inputOffset < m_input.size(); }
    bool handleMessage(WebSocketDecoder::Event event);
    void handleText(QByteArrayView payload);
    void handleBinary(QByteArray &&payload);
    void refusePacket(const QString &why);
    QString refusalText() const;
    void sendBinary(const OutgoingPacket &packet);
    bool sendCompressed(const OutgoingPacket &packet);
    void fail(WebSocketCloseCode closeCode, const QString &why);
    void writeControl(WebSocketOpcode opcode, QByteArrayView payload);
    void startClosing(QByteArrayView payload);
    void closeTimedOut();
    void finish();

    std::unique_ptr<Stream> m_stream;
    const WireProtocol &m_protocol;
    WebSocketDecoder m_decoder;
    std::unique_ptr<MessageDeflate> m_deflate;
    DeadlineTimer m_closeTimer;
    // What came and has not been decoded: more than a turn's budget, or not to be read now. The
    // stream is not read from while there is some.
    QByteArray m_input;
    qsizetype m_inputOffset = 0;
    qsizetype m_closeLeft = 0; // undelivered when the close timer was started
    State m_state = State::Open;
    bool m_base64;
    bool m_reading = true;
    bool m_decoding = false;
};

} // namespace EngineIo::detail

#endif
