// SPDX-License-Identifier: MIT
#ifndef ENGINEIO_WEBSOCKETCLIENTTRANSPORT_P_H
#define ENGINEIO_WEBSOCKETCLIENTTRANSPORT_P_H

#include "engineio/client/clienttransport_p.h"
#include "engineio/client/requesturl_p.h"
#include "engineio/client/websocketconnector_p.h"
#include "engineio/protocol/wireprotocol_p.h"
#include "net/websocket/websocketdecoder_p.h"

#include <QtCore/qelapsedtimer.h>

namespace EngineIo::detail {

// One packet per message of a WebSocket. The framing is the one that the server has too.
class WebSocketClientTransport final : public ClientTransport,
                                       private WebSocketConnectorObserver,
                                       private StreamObserver,
                                       private Flushable
{
    Q_OBJECT

public:
    WebSocketClientTransport(const RequestUrl &url, const ClientOptions &options,
                             ClientNetwork *network, ClientTransportObserver *observer);
    ~WebSocketClientTransport() override;

    bool isDelivering() override;
    void open() override;
    void setSessionId(const QString &sid) override { m_sid = sid; }
    void send(const OutgoingPackets &packets) override;
    void measureLatency() override;
    void measureLatencyAnew() override;
    void close() override;

protected:
    bool hasInput() const override;
    void readInput() override;
    void updateReading() override;
    void stop() override;

private:
    enum class State : quint8 { Connecting, Open, Closing, Ended };

    void webSocketOpened(OpenedWebSocket &&opened) override;
    void webSocketRefused(const ClientError &error) override;
    void streamReceived(char *data, qsizetype size) override;
    void streamClosed(const QString &error) override;
    void streamDrained() override;
    void streamProgressed() override { noteSignOfLife(); }
    void flush() override;

    void decode(char *&data, qsizetype &size);
    void handleMessage(bool text);
    void handleText(QByteArrayView text);
    void handleBinary(QByteArray &&bytes);
    void handlePong(QByteArrayView payload);
    void handleClose(QByteArrayView payload);
    void append(QByteArray &output, const OutgoingPacket &packet);
    void writeControl(WebSocketOpcode opcode, QByteArrayView payload);
    void flushLater();
    void failTooBig(const QString &what);
    void fail(WebSocketCloseCode code, const ClientError &error);
    void refusePacket();
    void disposeConnector();

    const RequestUrl m_url;
    const ClientOptions m_options;
    const WireProtocol &m_protocol;
    const QPointer<ClientNetwork> m_network;
    const QPointer<IoContext> m_context;
    std::shared_ptr<WebSocketConnector> m_connector; // until the WebSocket is open
    std::unique_ptr<Stream> m_stream;                // from then on
    std::unique_ptr<MessageDeflate> m_deflate;
    WebSocketDecoder m_decoder;
    QByteArray m_input; // that has come and waits for its turn
    qsizetype m_inputOffset = 0;
    QElapsedTimer m_pingTime;
    QString m_sid;
    qsizetype m_undelivered = 0;
    quint32 m_pingNumber = 0;
    bool m_measureAgain = false; // when the ping that is on its way was answered
    State m_state = State::Connecting;
};

} // namespace EngineIo::detail

#endif
