// SPDX-License-Identifier: MIT
#ifndef ENGINEIO_WEBSOCKETCONNECTOR_P_H
#define ENGINEIO_WEBSOCKETCONNECTOR_P_H

#include "engineio/client/clientiocontext_p.h"
#include "engineio/client/clientnetwork_p.h"
#include "engineio/client/transportreasons_p.h"
#include "net/http/answerparser_p.h"
#include "net/stream/stream_p.h"
#include "net/websocket/websocketclienthandshake_p.h"

#include <EngineIo/clienterror.h>
#include <EngineIo/clientoptions.h>

#include <QtCore/qobject.h>
#include <QtCore/qpointer.h>
#include <QtCore/qurl.h>

#include <memory>
#include <optional>

QT_BEGIN_NAMESPACE
class QTcpSocket;
QT_END_NAMESPACE

namespace EngineIo::detail {

// An open WebSocket.
struct OpenedWebSocket
{
    std::unique_ptr<Stream> stream;
    QByteArray rest; // what came behind the handshake's answer
    std::optional<DeflateAgreement> deflate;
};

// Notified once of how the attempt ends, while the socket is in the middle of its own work.
class WebSocketConnectorObserver
{
public:
    virtual void webSocketOpened(OpenedWebSocket &&opened) = 0;
    virtual void webSocketRefused(const ClientError &error) = 0;

protected:
    ~WebSocketConnectorObserver() = default;
};

// Connects to a server, through a proxy and over TLS if so configured, and opens a WebSocket
// of the connection.
class WebSocketConnector : public QObject
{
    Q_OBJECT

public:
    // base: the server's address with scheme http or https, and perhaps a user name and password;
    // url: that of the request, with scheme ws or wss. The network may be null.
    WebSocketConnector(const QUrl &base, const QUrl &url, const ClientOptions &options,
                       ClientNetwork *network, IoContext &context,
                       WebSocketConnectorObserver *observer);
    ~WebSocketConnector() override;

    void open();
    // Ends the attempt without any further report. The object must not be destroyed while a
    // function of the socket may be on the stack: see IoContext::dispose().
    void abort();

private:
    QTcpSocket *createSocket();
    QNetworkProxy proxy() const;
    HttpHeaders headers() const;
    QByteArray cookies() const;
    void keepCookies();
    void sendRequest();
    void read();
    void answered();
    std::unique_ptr<Stream> takeStream();
    void failed();
    void askForProxy(const QNetworkProxy &proxy, QAuthenticator *authenticator);
    void refuse(const Reason &reason, const QString &description = {});
    void refuse(const ClientError &error);

    const QUrl m_base;
    const QUrl m_url;
    const ClientOptions m_options;
    const QPointer<ClientNetwork> m_network;
    IoContext &m_context;
    WebSocketConnectorObserver *m_observer; // null: it has been notified
    WebSocketClientHandshake m_handshake;
    HttpAnswerParser m_answer;
    QTcpSocket *m_socket = nullptr; // a child until the stream takes it
    QString m_tlsText;
    bool m_isDirect = false; // no proxy, no TLS
};

} // namespace EngineIo::detail

#endif
