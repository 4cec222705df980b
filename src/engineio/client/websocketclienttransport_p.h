// SPDX-License-Identifier: MIT
#ifndef ENGINEIO_WEBSOCKETCLIENTTRANSPORT_P_H
#define ENGINEIO_WEBSOCKETCLIENTTRANSPORT_P_H

#include "engineio/client/clientnetwork_p.h"
#include "engineio/client/clienttransport_p.h"
#include "engineio/client/requesturl_p.h"
#include "engineio/client/transporterror_p.h"
#include "engineio/protocol/wireprotocol_p.h"

#include <EngineIo/clientoptions.h>

#include <QtCore/qelapsedtimer.h>
#include <QtCore/qpointer.h>
#include <QtNetwork/qnetworkrequest.h>
#include <QtNetwork/qtcpsocket.h>
#include <QtWebSockets/qwebsocket.h>

namespace EngineIo::detail {

// One packet per frame of a WebSocket.
class WebSocketClientTransport final : public ClientTransport
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
    void close() override;

protected:
    void stop() override;

private:
    QNetworkRequest request() const;
    void openSocket();
    void watchTcpSocket();
    void connected();
    void disconnected();
    void failed(QAbstractSocket::SocketError error);
    ClientError handshakeError();
    void textReceived(const QString &text);
    void binaryReceived(QByteArray bytes);
    void bytesWritten();
    void pongReceived(const QByteArray &payload);
    void askForProxy(const QNetworkProxy &proxy, QAuthenticator *authenticator);
    // Otherwise Qt warns.
    bool canWrite() const
    {
        return !m_ended && !m_closing && m_socket.state() == QAbstractSocket::ConnectedState
            && (!m_tcpSocket || m_tcpSocket->isOpen());
    }
    Stage stage() const { return m_opened ? Stage::Connected : Stage::Connecting; }

    const RequestUrl m_url;
    const ClientOptions m_options;
    const WireProtocol &m_protocol;
    const QPointer<ClientNetwork> m_network;
    QWebSocket m_socket;
    QPointer<QTcpSocket> m_tcpSocket; // below m_socket, to look at only
    QString m_tlsText;
    QElapsedTimer m_pingTime;
    QString m_sid;
    quint32 m_pingNumber = 0;
    int m_unsent = 0;
    bool m_opened = false;
    bool m_closing = false;
    bool m_ended = false;
};

} // namespace EngineIo::detail

#endif
