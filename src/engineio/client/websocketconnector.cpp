// SPDX-License-Identifier: MIT
#include "engineio/client/websocketconnector_p.h"

#include "engineio/client/transporterror_p.h"
#include "engineio/client/transportreasons_p.h"
#include "net/stream/tcpstream_p.h"
#if defined(Q_OS_UNIX) && !defined(QTSOCKETIO_PORTABLE)
#include "net/stream/nativestream_p.h"
#include <fcntl.h>
#endif

#include <QtNetwork/qauthenticator.h>
#include <QtNetwork/qnetworkcookie.h>
#include <QtNetwork/qnetworkproxy.h>
#include <QtNetwork/qsslsocket.h>
#include <QtNetwork/qtcpsocket.h>

#include <utility>

namespace EngineIo::detail {

using namespace Qt::StringLiterals;

namespace {

// How much of a refusal's body is read: enough for the message of a server or proxy.
constexpr qsizetype MaxRefusalSize = 64 * 1024;

} // namespace

WebSocketConnector::WebSocketConnector(const QUrl &base, const QUrl &url,
                                       const ClientOptions &options, ClientNetwork *network,
                                       IoContext &context, WebSocketConnectorObserver *observer)
    : m_base(base)
    , m_url(url)
    , m_options(options)
    , m_network(network)
    , m_context(context)
    , m_observer(observer)
    , m_handshake(url, headers(), options.protocols, options.perMessageDeflate)
    , m_answer(MaxRefusalSize)
{
}

WebSocketConnector::~WebSocketConnector() = default;

QByteArray WebSocketConnector::cookies() const
{
    QByteArray cookies;
    if (!m_options.withCredentials || !m_network)
        return cookies;
    const auto list =
        m_network->cookiesForUrl(m_base.adjusted(QUrl::RemoveUserInfo | QUrl::RemoveQuery));
    for (const QNetworkCookie &cookie : list) {
        if (!cookies.isEmpty())
            cookies.append("; ");
        cookies.append(cookie.toRawForm(QNetworkCookie::NameAndValueOnly));
    }
    return cookies;
}

void WebSocketConnector::keepCookies()
{
    if (!m_options.withCredentials || !m_network)
        return;
    QList<QNetworkCookie> list;
    for (const QByteArray &value : m_answer.headers().values("set-cookie"))
        list += QNetworkCookie::parseCookies(value);
    if (!list.isEmpty()) {
        m_network->setCookiesFromUrl(list,
                                     m_base.adjusted(QUrl::RemoveUserInfo | QUrl::RemoveQuery));
    }
}

HttpHeaders WebSocketConnector::headers() const
{
    HttpHeaders headers;
    if (!m_base.userName().isEmpty() || !m_base.password().isEmpty()) {
        const QString credentials =
            m_base.userName(QUrl::FullyDecoded) + u':' + m_base.password(QUrl::FullyDecoded);
        headers.set("Authorization"_ba, "Basic " + credentials.toUtf8().toBase64());
    }
    if (const QByteArray value = cookies(); !value.isEmpty())
        headers.set("Cookie"_ba, value);
    for (const HttpHeaders::FieldView &field : m_options.extraHeaders)
        headers.set(field.first, m_options.extraHeaders.combinedValue(field.first));
    return headers;
}

QTcpSocket *WebSocketConnector::createSocket()
{
    if (m_url.scheme() != "wss"_L1)
        return new QTcpSocket(this);
    auto *socket = new QSslSocket(this);
    QSslConfiguration configuration =
        m_options.sslConfiguration.value_or(QSslConfiguration::defaultConfiguration());
    // A WebSocket begins with HTTP/1.1. A server that was offered more could choose another.
    configuration.setAllowedNextProtocols({QSslConfiguration::NextProtocolHttp1_1});
    socket->setSslConfiguration(configuration);
    connect(socket, &QSslSocket::encrypted, this, &WebSocketConnector::sendRequest);
    connect(socket, &QSslSocket::sslErrors, this,
            [this](const QList<QSslError> &errors) { m_tlsText = tlsText(errors); });
    return socket;
}

// Chooses the proxy as QTcpSocket does.
QNetworkProxy WebSocketConnector::proxy() const
{
    if (m_options.proxy && m_options.proxy->type() != QNetworkProxy::DefaultProxy)
        return *m_options.proxy;
    const bool secure = m_url.scheme() == "wss"_L1;
    const QNetworkProxyQuery query(m_url.host(), m_url.port(secure ? 443 : 80),
                                   secure ? u"https"_s : u"http"_s);
    const QList<QNetworkProxy> proxies = QNetworkProxyFactory::proxyForQuery(query);
    for (const QNetworkProxy &candidate : proxies) {
        if (candidate.capabilities().testFlag(QNetworkProxy::TunnelingCapability))
            return candidate;
    }
    return QNetworkProxy(); // an error
}

void WebSocketConnector::open()
{
    m_socket = createSocket();
    m_socket->setReadBufferSize(2 * IoContext::ReadBuffer::Size);
    const bool secure = m_url.scheme() == "wss"_L1;
    const QNetworkProxy chosen = proxy();
    m_socket->setProxy(chosen);
    m_isDirect = !secure && chosen.type() == QNetworkProxy::NoProxy;
    connect(m_socket, &QTcpSocket::readyRead, this, &WebSocketConnector::read);
    connect(m_socket, &QTcpSocket::errorOccurred, this, &WebSocketConnector::failed);
    // The error may come after it.
    connect(m_socket, &QTcpSocket::disconnected, this, &WebSocketConnector::failed,
            Qt::QueuedConnection);
    connect(m_socket, &QTcpSocket::proxyAuthenticationRequired, this,
            &WebSocketConnector::askForProxy);
    if (secure) {
        static_cast<QSslSocket *>(m_socket)->connectToHostEncrypted(m_url.host(),
                                                                    quint16(m_url.port(443)));
    } else {
        connect(m_socket, &QTcpSocket::connected, this, &WebSocketConnector::sendRequest);
        m_socket->connectToHost(m_url.host(), quint16(m_url.port(80)));
    }
}

void WebSocketConnector::abort()
{
    m_observer = nullptr;
    if (m_socket) {
        m_socket->disconnect(this);
        m_socket->abort();
    }
}

void WebSocketConnector::sendRequest()
{
    m_socket->setSocketOption(QAbstractSocket::LowDelayOption, 1);
    m_socket->write(m_handshake.request());
}

void WebSocketConnector::read()
{
    if (!m_observer)
        return;
    const QByteArray bytes = m_socket->readAll();
    QByteArrayView data = bytes;
    switch (m_answer.parse(data)) {
    case HttpAnswerParser::Status::NeedMore:
        break;
    case HttpAnswerParser::Status::Error:
        if (isTlsRecord(bytes))
            refuse(tlsServerReason());
        else
            refuse(foreignServerError(m_base, m_url.path(),
                                      QString::fromLatin1(m_answer.errorString())));
        break;
    case HttpAnswerParser::Status::Complete:
        keepCookies();
        if (m_answer.status() != 101 || !m_handshake.accept(m_answer.headers())) {
            answered();
            break;
        }
        OpenedWebSocket opened;
        opened.rest = data.toByteArray() + m_socket->readAll();
        opened.deflate = m_handshake.deflate();
        opened.stream = takeStream();
        std::exchange(m_observer, nullptr)->webSocketOpened(std::move(opened));
        break;
    }
}

// The server has not answered with a WebSocket.
void WebSocketConnector::answered()
{
    if (m_answer.status() == 101) {
        refuse(Reason{
            u"no WebSocket handshake: %1"_s.arg(m_handshake.errorString()),
            u"Check that a Socket.IO server runs at this address, and that a proxy in front of it "
            "passes the headers of a WebSocket on."_s});
    } else {
        QUrl url = m_base;
        url.setPath(m_url.path());
        refuse(httpError(Stage::Connecting, url, m_answer.status(),
                         QString::fromLatin1(m_answer.reason()), m_answer.body(),
                         m_answer.headers().value("location")));
    }
}

// A plain connection goes on without the socket, whose reading and writing costs more than all
// else that is done for a message.
std::unique_ptr<Stream> WebSocketConnector::takeStream()
{
    m_socket->disconnect(this);
#if defined(Q_OS_UNIX) && !defined(QTSOCKETIO_PORTABLE)
    if (m_isDirect && m_socket->state() == QAbstractSocket::ConnectedState) {
        const int descriptor = ::fcntl(int(m_socket->socketDescriptor()), F_DUPFD_CLOEXEC, 0);
        if (descriptor >= 0) {
            m_socket->abort(); // closes its own descriptor, not the connection
            return std::make_unique<NativeStream>(descriptor, m_context);
        }
    }
#endif
    return std::make_unique<TcpStream>(std::exchange(m_socket, nullptr), m_context);
}

void WebSocketConnector::failed()
{
    if (!m_observer)
        return;
    // The answer may have come with the end of the connection.
    if (m_socket->bytesAvailable() > 0) {
        read();
        if (!m_observer)
            return;
    }
    const QAbstractSocket::SocketError error = m_socket->error();
    const QString text = m_socket->errorString();
    if (error == QAbstractSocket::RemoteHostClosedError && m_answer.status() != 0
        && m_answer.finish() == HttpAnswerParser::Status::Complete) {
        keepCookies();
        answered();
    } else if (error == QAbstractSocket::SslHandshakeFailedError && !m_tlsText.isEmpty()) {
        refuse(certificateReason(m_tlsText), text);
    } else if (error == QAbstractSocket::RemoteHostClosedError
               || error == QAbstractSocket::UnknownSocketError) { // it is only closed
        refuse(m_answer.hasBegun() ? cutAnswerReason() : noAnswerReason(m_base), text);
    } else {
        refuse(reasonOf(error, text, m_base, m_socket->proxy()), text);
    }
}

void WebSocketConnector::askForProxy(const QNetworkProxy &proxy, QAuthenticator *authenticator)
{
    if (!m_network)
        return;
    // The socket goes on after this, also if the application has ended the client meanwhile.
    const IoContext::Scope scope(m_context);
    m_network->answerProxy(proxy, authenticator);
}

void WebSocketConnector::refuse(const Reason &reason, const QString &description)
{
    refuse(networkError(Stage::Connecting, m_base, reason.text, description, reason.hint));
}

void WebSocketConnector::refuse(const ClientError &error)
{
    WebSocketConnectorObserver *observer = std::exchange(m_observer, nullptr);
    m_socket->disconnect(this);
    observer->webSocketRefused(error);
}

} // namespace EngineIo::detail

#include "moc_websocketconnector_p.cpp"
