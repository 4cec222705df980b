// SPDX-License-Identifier: MIT
#include "websockets/websocketlink_p.h"

#include "base/utf8text_p.h"
#include "engineio/server/serveraccess_p.h"
#include "net/http/httprequestwriter_p.h"

#include <QtCore/qurl.h>
#include <QtNetwork/qnetworkrequest.h>
#include <QtNetwork/qsslcertificate.h>
#include <QtNetwork/qsslconfiguration.h>
#include <QtNetwork/qsslsocket.h>
#include <QtWebSockets/qwebsocket.h>

namespace EngineIo::detail {

using namespace Qt::StringLiterals;

namespace {
// What one turn of the event loop reads, as a QWebSocket reports all that has come.
constexpr qint64 ReadBufferSize = 256 * 1024;

// Returns the sender of the signal that object is handling, and emits one of its own for.
const QObject *senderTo(const QObject *object)
{
    struct Access : QObject
    {
        using QObject::sender;
    };
    return (object->*(&Access::sender))();
}
} // namespace

void WebSocketLink::serve(Server *server, QWebSocket *socket, bool secure)
{
    const ServerOptions options = server->options();
    const HttpRequest request = handshake(*socket, secure);
    ServerAccess::addMessageSocket(
        server, request,
        new WebSocketLink(socket, options.maxHttpBufferSize, options.maxReceiveBufferSize));
}

HttpRequest WebSocketLink::handshake(const QWebSocket &socket, bool secure)
{
    const QNetworkRequest opening = socket.request();
    HttpHeaders headers;
    const QList<QByteArray> names = opening.rawHeaderList();
    for (const QByteArray &name : names)
        headers.append(name, opening.rawHeader(name));
    const QUrl url = socket.requestUrl();
    HttpRequest request(
        "GET"_ba, url.toEncoded(QUrl::RemoveScheme | QUrl::RemoveAuthority | QUrl::RemoveFragment),
        headers);
    request.setRemote(socket.peerAddress(), socket.peerPort());
    const QSslCertificate certificate = socket.sslConfiguration().peerCertificate();
    if (!certificate.isNull())
        HttpRequestWriter(request).setSecure(certificate);
    else
        request.setSecure(secure || url.scheme() == "wss"_L1);
    return request;
}

WebSocketLink::WebSocketLink(QWebSocket *socket, qsizetype maxMessageSize, qsizetype maxWaiting)
    : MessageSocket(maxWaiting)
    , m_socket(socket)
{
    socket->setParent(this);
    socket->setMaxAllowedIncomingMessageSize(quint64(maxMessageSize));
    socket->setMaxAllowedIncomingFrameSize(quint64(maxMessageSize));
    socket->setReadBufferSize(ReadBufferSize);
    connect(socket, &QWebSocket::textMessageReceived, this, [this](const QString &text) {
        noteReceived({false, text.toUtf8()});
    });
    connect(socket, &QWebSocket::binaryMessageReceived, this, [this](const QByteArray &bytes) {
        noteReceived({true, bytes});
    });
    connect(socket, &QWebSocket::bytesWritten, this, &WebSocketLink::written);
    connect(socket, &QWebSocket::disconnected, this,
            [this] { noteEnded(m_socket->errorString()); });
    if (socket->state() != QAbstractSocket::ConnectedState)
        noteEnded(socket->errorString());
}

// A QWebSocket over TLS counts bytes as written when they are encrypted. Those that the system has
// not taken are known to its QSslSocket only, whose signal this one comes from.
void WebSocketLink::written()
{
    if (!m_tls) {
        m_tls = qobject_cast<QSslSocket *>(const_cast<QObject *>(senderTo(m_socket)));
        if (m_tls) {
            connect(m_tls, &QSslSocket::encryptedBytesWritten, this, &WebSocketLink::noteWritten);
        }
    }
    noteWritten();
}

void WebSocketLink::send(const Message &message)
{
    if (message.binary)
        m_socket->sendBinaryMessage(message.bytes);
    else
        m_socket->sendTextMessage(EngineIo::detail::utf8Text(message.bytes));
}

void WebSocketLink::close(int code, const QString &reason)
{
    m_socket->close(QWebSocketProtocol::CloseCode(code), reason);
}

void WebSocketLink::abort()
{
    m_socket->abort();
}

qsizetype WebSocketLink::unwritten() const
{
    const qint64 encrypted = m_tls ? m_tls->encryptedBytesToWrite() : 0;
    return qsizetype(m_socket->bytesToWrite() + encrypted);
}

} // namespace EngineIo::detail
