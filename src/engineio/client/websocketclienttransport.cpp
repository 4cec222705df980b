// SPDX-License-Identifier: MIT
#include "engineio/client/websocketclienttransport_p.h"

#include <QtCore/qabstracteventdispatcher.h>
#include <QtCore/qregularexpression.h>
#include <QtNetwork/qnetworkcookie.h>
#include <QtNetwork/qnetworkcookiejar.h>
#include <QtWebSockets/qwebsockethandshakeoptions.h>

#if defined(Q_OS_LINUX)
#include <linux/sockios.h>
#include <sys/ioctl.h>
#endif

#include <utility>

namespace EngineIo::detail {

using namespace Qt::StringLiterals;

namespace {

// Headers of the handshake that QWebSocket writes itself.
bool isReserved(const QByteArray &name)
{
    return name.compare("connection", Qt::CaseInsensitive) == 0
        || name.compare("content-length", Qt::CaseInsensitive) == 0
        || name.compare("transfer-encoding", Qt::CaseInsensitive) == 0
        || name.compare("upgrade", Qt::CaseInsensitive) == 0
        || name.toLower().startsWith("sec-websocket-");
}

} // namespace

WebSocketClientTransport::WebSocketClientTransport(const RequestUrl &url,
                                                   const ClientOptions &options,
                                                   ClientNetwork *network,
                                                   ClientTransportObserver *observer)
    : ClientTransport(TransportType::WebSocket, observer)
    , m_url(url)
    , m_options(options)
    , m_protocol(WireProtocol::of(options.protocol))
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
    connect(&m_socket, &QWebSocket::sslErrors, this,
            [this](const QList<QSslError> &errors) { m_tlsText = tlsText(errors); });
    connect(&m_socket, &QWebSocket::proxyAuthenticationRequired, this,
            &WebSocketClientTransport::askForProxy);
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
    const QUrl &base = m_url.base();
    if (!base.userName().isEmpty() || !base.password().isEmpty()) {
        const QString credentials =
            base.userName(QUrl::FullyDecoded) + u':' + base.password(QUrl::FullyDecoded);
        request.setRawHeader("Authorization", "Basic " + credentials.toUtf8().toBase64());
    }
    if (m_options.withCredentials && m_network) {
        QByteArray cookies;
        const auto list =
            m_network->cookiesForUrl(base.adjusted(QUrl::RemoveUserInfo | QUrl::RemoveQuery));
        for (const QNetworkCookie &cookie : list) {
            if (!cookies.isEmpty())
                cookies.append("; ");
            cookies.append(cookie.toRawForm(QNetworkCookie::NameAndValueOnly));
        }
        if (!cookies.isEmpty())
            request.setRawHeader("Cookie", cookies);
    }
    for (const HttpHeaders::Field &field : m_options.extraHeaders.fields()) {
        if (!isReserved(field.first))
            request.setRawHeader(field.first, m_options.extraHeaders.combinedValue(field.first));
    }
    return request;
}

void WebSocketClientTransport::open()
{
    // From the event loop, as QWebSocket reports some errors at once.
    QMetaObject::invokeMethod(this, &WebSocketClientTransport::openSocket, Qt::QueuedConnection);
}

void WebSocketClientTransport::openSocket()
{
    if (isRetired() || m_ended)
        return;
    QWebSocketHandshakeOptions handshake;
    handshake.setSubprotocols(m_options.protocols);
    m_socket.open(request(), handshake);
    watchTcpSocket();
}

// QWebSocket tells of whole frames only. The socket that it has made as its child shows that a
// part of one has come. Without such a child only whole frames are signs of life.
void WebSocketClientTransport::watchTcpSocket()
{
    m_tcpSocket = m_socket.findChild<QTcpSocket *>(QString(), Qt::FindDirectChildrenOnly);
    if (!m_tcpSocket)
        return;
    connect(m_tcpSocket, &QTcpSocket::readyRead, this, [this] { noteSignOfLife(); });
}

// What the kernel has not yet brought to the server shows that a long message is on its way.
bool WebSocketClientTransport::isDelivering()
{
#if defined(Q_OS_LINUX)
    int unsent = 0;
    if (m_tcpSocket && m_tcpSocket->socketDescriptor() >= 0
        && ::ioctl(int(m_tcpSocket->socketDescriptor()), SIOCOUTQ, &unsent) == 0) {
        return std::exchange(m_unsent, unsent) != unsent && unsent > 0;
    }
#endif
    return false;
}

void WebSocketClientTransport::connected()
{
    m_opened = true;
    noteSignOfLife();
    setWritable(true);
    tellOpened();
}

void WebSocketClientTransport::textReceived(const QString &text)
{
    noteSignOfLife();
    std::optional<Packet> packet = m_protocol.decodeText(text.toUtf8());
    if (packet && packet->type == PacketType::Close)
        tellClosed(networkError(Stage::Connected, m_url.base(), u"the server ended the session"_s));
    else if (packet)
        tellPacket(std::move(*packet));
    else
        tellFailed(protocolError(m_url.base(), u"undecodable packet"_s));
}

void WebSocketClientTransport::binaryReceived(QByteArray bytes)
{
    noteSignOfLife();
    const QByteArrayView prefix = m_protocol.binaryPrefix();
    if (!bytes.startsWith(prefix)) {
        tellFailed(protocolError(m_url.base(), u"undecodable packet"_s));
        return;
    }
    if (!prefix.isEmpty())
        bytes.remove(0, prefix.size());
    tellPacket(Packet{PacketType::Message, true, bytes});
}

void WebSocketClientTransport::send(const OutgoingPackets &packets)
{
    // The writes only fill the socket's buffer; it is written out from the event loop.
    setWritable(false);
    if (!canWrite())
        return; // the news of its end are on their way
    for (const OutgoingPacket &packet : packets) {
        if (!packet.isBinary())
            m_socket.sendTextMessage(QString::fromUtf8(packet.text()));
        else if (m_options.forceBase64)
            m_socket.sendTextMessage(QString::fromLatin1(m_protocol.base64Prefix())
                                     + QString::fromLatin1(packet.binary().toBase64()));
        else
            m_socket.sendBinaryMessage(m_protocol.binaryPrefix().toByteArray() + packet.binary());
    }
}

void WebSocketClientTransport::bytesWritten()
{
    noteSignOfLife();
    if (!m_opened || isWritable() || m_closing || m_ended || m_socket.bytesToWrite() > 0)
        return;
    setWritable(true);
    tellDrained();
}

void WebSocketClientTransport::measureLatency()
{
    if (!canWrite())
        return;
    m_pingTime.start();
    m_socket.ping(QByteArray::number(++m_pingNumber));
}

void WebSocketClientTransport::pongReceived(const QByteArray &payload)
{
    if (payload != QByteArray::number(m_pingNumber) || !m_pingTime.isValid())
        return;
    const std::chrono::nanoseconds latency(m_pingTime.nsecsElapsed());
    m_pingTime.invalidate();
    tellLatency(latency);
}

void WebSocketClientTransport::askForProxy(const QNetworkProxy &proxy,
                                           QAuthenticator *authenticator)
{
    if (!m_network)
        return;
    std::shared_ptr<ClientTransport> self = hold();
    m_network->answerProxy(proxy, authenticator);
    // The socket goes on after this, also if the application has ended the client meanwhile.
    if (isRetired()) {
        QMetaObject::invokeMethod(
            QAbstractEventDispatcher::instance(), [self = std::move(self)] {},
            Qt::QueuedConnection);
    }
}

void WebSocketClientTransport::close()
{
    m_closing = true;
    setWritable(false);
    if (m_socket.state() == QAbstractSocket::ConnectedState) {
        m_socket.close();
        return;
    }
    // Nothing of this connection is known to the server.
    m_ended = true;
    m_socket.disconnect(this);
    m_socket.abort();
    tellClosed();
}

void WebSocketClientTransport::failed(QAbstractSocket::SocketError error)
{
    // When the server just goes away, disconnected() follows.
    if (m_closing || m_ended || (m_opened && error == QAbstractSocket::RemoteHostClosedError))
        return;
    m_ended = true;
    const bool connected = m_tcpSocket && m_tcpSocket->state() != QAbstractSocket::UnconnectedState;
    if (error == QAbstractSocket::SslHandshakeFailedError && !m_tlsText.isEmpty()) {
        tellFailed(networkError(stage(), m_url.base(), m_tlsText, m_socket.errorString()));
    } else if (error == QAbstractSocket::ConnectionRefusedError && connected && !m_opened) {
        tellFailed(handshakeError());
    } else if (error == QAbstractSocket::ConnectionRefusedError) {
        tellFailed(networkError(stage(), m_url.base(), u"connection refused"_s));
    } else {
        const QString text = m_socket.errorString();
        tellFailed(networkError(stage(), m_url.base(), reasonText(error, text), text));
    }
}

// The server has not answered with a WebSocket. QWebSocket tells the status in its text only, and
// leaves the body in the buffer.
ClientError WebSocketClientTransport::handshakeError()
{
    static const QRegularExpression statusText(u"\\b(\\d{3}) \\(([^)]*)\\)"_s);
    const QString text = m_socket.errorString();
    QByteArray body;
    if (m_tcpSocket)
        body = m_tcpSocket->peek(m_options.maxReceiveSize);
    const QString message = serverMessage(body);
    const QRegularExpressionMatch match = statusText.match(text);
    if (match.hasMatch()) {
        return httpError(Stage::Connecting, m_url.base(), match.captured(1).toInt(),
                         match.captured(2), body);
    }
    if (!message.isEmpty()) // the status that QWebSocket has no text for
        return httpError(Stage::Connecting, m_url.base(), 400, u"Bad Request"_s, body);
    return networkError(Stage::Connecting, m_url.base(), u"no WebSocket handshake: %1"_s.arg(text));
}

void WebSocketClientTransport::disconnected()
{
    if (m_ended)
        return;
    if (!m_opened && !m_closing) {
        // The error comes next.
        QMetaObject::invokeMethod(
            this,
            [this] {
                if (!std::exchange(m_ended, true)) {
                    tellFailed(
                        networkError(Stage::Connecting, m_url.base(),
                                     u"the server closed the connection without an answer"_s));
                }
            },
            Qt::QueuedConnection);
        return;
    }
    m_ended = true;
    if (m_closing) {
        tellClosed();
        return;
    }
    // QWebSocket's code is 1000 when there was no close frame at all, which no server sends that
    // ends a session.
    const int code = m_socket.closeCode();
    const QString reason = m_socket.closeReason();
    const bool closeFrame =
        m_tcpSocket && m_tcpSocket->error() != QAbstractSocket::RemoteHostClosedError;
    QString text = u"the server closed the connection"_s;
    if (closeFrame)
        text += u" (code %1)"_s.arg(code);
    if (!reason.isEmpty())
        text += u": "_s + reason;
    ClientError details = networkError(Stage::Connected, m_url.base(), text);
    if (closeFrame)
        details.setCloseCode(code);
    tellClosed(details);
}

} // namespace EngineIo::detail

#include "moc_websocketclienttransport_p.cpp"
