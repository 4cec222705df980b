// SPDX-License-Identifier: MIT
#ifndef ENGINEIO_WEBSOCKETCLIENTTRANSPORT_P_H
#define ENGINEIO_WEBSOCKETCLIENTTRANSPORT_P_H

#include "engineio/client/clienttransport_p.h"
#include "engineio/client/requesturl_p.h"

#include <EngineIo/clientoptions.h>

#include <QtCore/qelapsedtimer.h>
#include <QtCore/qpointer.h>
#include <QtNetwork/qnetworkrequest.h>
#include <QtWebSockets/qwebsocket.h>

QT_BEGIN_NAMESPACE
class QNetworkAccessManager;
QT_END_NAMESPACE

namespace EngineIo::detail {

// One packet per frame of a WebSocket.
class WebSocketClientTransport final : public ClientTransport
{
    Q_OBJECT

public:
    WebSocketClientTransport(const RequestUrl &url, const ClientOptions &options,
                             QNetworkAccessManager *network, ClientTransportListener *listener);
    ~WebSocketClientTransport() override;

    void open() override;
    void setSessionId(const QString &sid) override { m_sid = sid; }
    void send(const OutgoingPackets &packets) override;
    void measureLatency() override;
    void close() override;

protected:
    void stop() override;

private:
    QNetworkRequest request() const;
    void connected();
    void disconnected();
    void failed(QAbstractSocket::SocketError error);
    void textReceived(const QString &text);
    void binaryReceived(const QByteArray &bytes);
    void bytesWritten();
    void pongReceived(const QByteArray &payload);

    const RequestUrl m_url;
    const ClientOptions m_options;
    QPointer<QNetworkAccessManager> m_network;
    QWebSocket m_socket;
    QElapsedTimer m_pingTime;
    QString m_sid;
    quint32 m_pingNumber = 0;
    bool m_closing = false;
};

} // namespace EngineIo::detail

#endif
