// SPDX-License-Identifier: MIT
#ifndef ENGINEIO_WEBSOCKETLINK_P_H
#define ENGINEIO_WEBSOCKETLINK_P_H

#include "net/websocket/messagesocket_p.h"

#include <EngineIo/httprequest.h>
#include <EngineIo/websocketsglobal.h>

#include <QtCore/qpointer.h>

QT_BEGIN_NAMESPACE
class QSslSocket;
class QWebSocket;
QT_END_NAMESPACE

namespace EngineIo {

class Server;

namespace detail {

// A QWebSocket of the application, as the engine uses it.
class ENGINEIO_WEBSOCKETS_EXPORT WebSocketLink final : public MessageSocket
{
public:
    // Takes the socket over. secure: it is known to be encrypted.
    static void serve(Server *server, QWebSocket *socket, bool secure);

    // The request that opened the socket.
    static HttpRequest handshake(const QWebSocket &socket, bool secure);

protected:
    void send(const Message &message) override;
    void close(int code, const QString &reason) override;
    void abort() override;
    qsizetype unwritten() const override;

private:
    WebSocketLink(QWebSocket *socket, qsizetype maxMessageSize, qsizetype maxWaiting);

    void written();

    QWebSocket *m_socket; // a child
    QPointer<QSslSocket> m_tls;
};

} // namespace detail
} // namespace EngineIo

#endif
