// SPDX-License-Identifier: MIT
#include "engineio/client/websocketclienttransport_p.h"

#include "engineio/payloadcodec_p.h"

#include <QtNetwork/qnetworkaccessmanager.h>
#include <QtNetwork/qnetworkcookie.h>
#include <QtNetwork/qnetworkcookiejar.h>
#include <QtWebSockets/qwebsockethandshakeoptions.h>

namespace EngineIo::detail {

using namespace Qt::StringLiterals;

WebSocketClientTransport::WebSocketClientTransport(const RequestUrl &url,
                                                   const ClientOptions &options,
                                                   QNetworkAccessManager *network,
                                                   ClientTransportListener *listener)
    : ClientTransport(TransportType::WebSocket, listener)
    , m_url(url)
    , m_options(options)
    , m_network(network)
{
    m_socket.setMaxAllowedIncomingFrameSize(quint64(options.maxReceiveSize));
    m_socket.setMaxAllowedIncomingMessageSize(quint64(options.maxReceiveSize));
    if (options.proxy)
        m_socket.setProxy(*options.proxy);
    if (options.sslConfiguration)
        m_socket.setSslConfiguration(*options.sslConfiguration);
    connect(&m_socket, &QWebSocket::connected, this, &WebSocketClientTransport::connected);
    connect(&m_socket, &QWebSocket::disconnected, this, &WebSocketClientTransport::disconnected);
#if QT_VERSION >= QT_VERSION_CHECK(6, 5, 0)
    connect(&m_socket, &QWebSocket::errorOccurred, this, &WebSocketClientTransport::failed);
#else
    connect(&m_socket, qOverload<QAbstractSocket::SocketError>(&QWebSocket::error), this,
            &WebSocketClientTransport::failed);
#endif
    connect(&m_socket, &QWebSocket::textMessageReceived, this,
            &WebSocketClientTransport::textReceived);
    connect(&m_socket, &QWebSocket::binaryMessageReceived, this,
            &WebSocketClientTransport::binaryReceived);
    connect(&m_socket, &QWebSocket::bytesWritten, this, &WebSocketClientTransport::bytesWritten);
    connect(&m_socket, &QWebSocket::pong, this,
            [this](quint64, const QByteArray &payload) { pongReceived(payload); });
}

WebSocketClientTransport::~WebSocketClientTransport() = default;

void WebSocketClientTransport::stop()
{
    m_socket.disconnect(this);
    m_socket.abort();
}

QNetworkRequest WebSocketClientTransport::request() const
{
    QNetworkRequest request(m_url.url(TransportType::WebSocket, m_sid));
    if (m_options.withCredentials && m_network) {
        QUrl url = request.url();
        url.setScheme(url.scheme() == "wss"_L1 ? u"https"_s : u"http"_s);
        QByteArray cookies;
        const auto list = m_network->cookieJar()->cookiesForUrl(url);
        for (const QNetworkCookie &cookie : list) {
            if (!cookies.isEmpty())
                cookies.append("; ");
            cookies.append(cookie.toRawForm(QNetworkCookie::NameAndValueOnly));
        }
        if (!cookies.isEmpty())
            request.setRawHeader("Cookie", cookies);
    }
    for (const HttpHeaders::Field &field : m_options.extraHeaders.fields())
        request.setRawHeader(field.first, m_options.extraHeaders.combinedValue(field.first));
    return request;
}

void WebSocketClientTransport::open()
{
    // From the event loop, as QWebSocket reports some errors at once.
    QMetaObject::invokeMethod(
        this,
        [this] {
            if (isRetired())
                return;
            const Callback callback(this);
            QWebSocketHandshakeOptions handshake;
            handshake.setSubprotocols(m_options.protocols);
            m_socket.open(request(), handshake);
        },
        Qt::QueuedConnection);
}

void WebSocketClientTransport::connected()
{
    const Callback callback(this);
    setWritable(true);
    listener()->transportOpened(this);
}

void WebSocketClientTransport::textReceived(const QString &text)
{
    const Callback callback(this);
    std::optional<Packet> packet = decodePacket(text.toUtf8());
    if (packet && packet->type == PacketType::Close) {
        listener()->transportClosed(
            this, ClientError(ClientError::Type::Network, {}, u"transport closed by the server"_s));
    } else if (packet) {
        listener()->transportPacket(this, std::move(*packet));
    } else {
        listener()->transportFailed(
            this,
            ClientError(ClientError::Type::Protocol, u"server error"_s, u"undecodable packet"_s));
    }
}

void WebSocketClientTransport::binaryReceived(const QByteArray &bytes)
{
    const Callback callback(this);
    listener()->transportPacket(this, Packet{PacketType::Message, true, bytes});
}

void WebSocketClientTransport::send(const OutgoingPackets &packets)
{
    // The writes only fill the socket's buffer; it is written out from the event loop.
    setWritable(false);
    const Callback callback(this);
    for (const OutgoingPacket &packet : packets) {
        if (!packet.isBinary())
            m_socket.sendTextMessage(QString::fromUtf8(packet.text()));
        else if (m_options.forceBase64)
            m_socket.sendTextMessage(u'b' + QString::fromLatin1(packet.binary().toBase64()));
        else
            m_socket.sendBinaryMessage(packet.binary());
        if (isRetired())
            return;
    }
}

void WebSocketClientTransport::bytesWritten()
{
    if (isWritable() || m_closing || m_socket.bytesToWrite() > 0)
        return;
    const Callback callback(this);
    setWritable(true);
    listener()->transportDrained(this);
}

void WebSocketClientTransport::measureLatency()
{
    const Callback callback(this);
    m_pingTime.start();
    m_socket.ping(QByteArray::number(++m_pingNumber));
}

void WebSocketClientTransport::pongReceived(const QByteArray &payload)
{
    if (payload != QByteArray::number(m_pingNumber) || !m_pingTime.isValid())
        return;
    const Callback callback(this);
    const std::chrono::nanoseconds latency(m_pingTime.nsecsElapsed());
    m_pingTime.invalidate();
    listener()->transportLatency(this, latency);
}

void WebSocketClientTransport::close()
{
    const Callback callback(this);
    m_closing = true;
    setWritable(false);
    if (m_socket.state() == QAbstractSocket::ConnectedState) {
        m_socket.close();
    } else {
        // Nothing of this connection is known to the server.
        m_socket.disconnect(this);
        m_socket.abort();
        QMetaObject::invokeMethod(
            this,
            [this] {
                if (isRetired())
                    return;
                const Callback inner(this);
                listener()->transportClosed(this, {});
            },
            Qt::QueuedConnection);
    }
}

void WebSocketClientTransport::failed(QAbstractSocket::SocketError error)
{
    // When the server just goes away, disconnected() follows.
    const bool opened = m_socket.state() == QAbstractSocket::ConnectedState
        || m_socket.state() == QAbstractSocket::ClosingState;
    if (m_closing || (opened && error == QAbstractSocket::RemoteHostClosedError))
        return;
    const Callback callback(this);
    listener()->transportFailed(
        this,
        ClientError(ClientError::Type::Network, u"websocket error"_s, m_socket.errorString()));
}

void WebSocketClientTransport::disconnected()
{
    const Callback callback(this);
    if (m_closing) {
        listener()->transportClosed(this, {});
        return;
    }
    const int code = m_socket.closeCode();
    const QString reason = m_socket.closeReason();
    ClientError details(ClientError::Type::Network, {},
                        u"websocket connection closed, code %1"_s.arg(code)
                            + (reason.isEmpty() ? QString() : u": "_s + reason));
    details.setCloseCode(code);
    listener()->transportClosed(this, details);
}

} // namespace EngineIo::detail

#include "moc_websocketclienttransport_p.cpp"
