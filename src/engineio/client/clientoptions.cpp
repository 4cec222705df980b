// SPDX-License-Identifier: MIT
#include <EngineIo/clientoptions.h>

namespace EngineIo {

/*!
    \class EngineIo::ClientOptions
    \inmodule QtSocketIo
    \inheaderfile EngineIo/ClientOptions
    \since QtSocketIo 0.1
    \brief The settings of a Client, with Engine.IO's names and defaults.

    A Client copies the options; changing a ClientOptions object afterwards has no effect on the
    Client.

    Options are passed to the client's constructor:

    \snippet reference.cpp EngineIo::ClientOptions
*/
/*!
    \variable EngineIo::ClientOptions::path
    \brief the path of the server's endpoint; "/engine.io" by default.
*/
/*!
    \variable EngineIo::ClientOptions::protocol
    \brief the revision of the protocol that the server speaks; ProtocolRevision::Revision4 by
    default. With Revision3 the client can connect to servers of Socket.IO 1 and 2, and to newer
    ones with \c allowEIO3 enabled. The revision cannot be detected: with the wrong one, the
    connection fails with an error that says so.
*/
/*!
    \variable EngineIo::ClientOptions::addTrailingSlash
    \brief whether a trailing slash is added to the path; \c true by default.
*/
/*!
    \variable EngineIo::ClientOptions::transports
    \brief the transports to use, in order of preference; polling, then WebSocket by default.
*/
/*!
    \variable EngineIo::ClientOptions::tryAllTransports
    \brief whether the next transport is tried if the connection cannot be opened with one; \c false
    by default.
*/
/*!
    \variable EngineIo::ClientOptions::upgrade
    \brief whether a connection that was opened with polling is upgraded to WebSocket if the server
    offers it and \c transports contains it; \c true by default.
*/
/*!
    \variable EngineIo::ClientOptions::rememberUpgrade
    \brief whether to start with WebSocket if the previous connection of this process was able to
    use it; \c false by default. If WebSocket fails this time, the client falls back to the first of
    \c transports.
*/
/*!
    \variable EngineIo::ClientOptions::query
    \brief the query parameters that are sent with each request, which the server finds in the
    handshake. If empty, which is the default, the query of the URL is sent instead. The names
    \c EIO, \c transport and \c sid, and the name in \c timestampParam, are reserved: if the URL
    contains them, their values are replaced.
*/
/*!
    \variable EngineIo::ClientOptions::extraHeaders
    \brief additional headers for each HTTP request and for the WebSocket handshake; none by
    default. Headers that control the transfer of a request are ignored, such as \c Accept-Encoding,
    \c Connection, \c{Content-Length}, \c{Content-Type}, \c{Keep-Alive}, \c{Transfer-Encoding} and
    \c Upgrade. The headers are not sent to another server that a redirect leads to, see
    \c redirectPolicy.
*/
/*!
    \variable EngineIo::ClientOptions::withCredentials
    \brief whether cookies are kept and sent; \c false by default, as in npm's client for Node.js.
    This is required if a proxy uses a cookie to route each client to one of several servers, unless
    \c transports contains only WebSocket. Cookies are stored in the cookie jar of the network
    access manager, see Client::setNetworkAccessManager().
*/
/*!
    \variable EngineIo::ClientOptions::forceBase64
    \brief whether binary data is sent and received as base64 text on all transports; \c false by
    default.
*/
/*!
    \variable EngineIo::ClientOptions::http2
    \brief whether polling uses HTTP/2 if the server supports it, which is negotiated during the TLS
    handshake; \c false by default. All requests then share one connection. Without TLS, and for the
    WebSocket, HTTP/1.1 is used.
*/
/*!
    \variable EngineIo::ClientOptions::timestampRequests
    \brief which requests have a query parameter with a unique value, so that they are not answered
    from a cache; \c Polling by default.
*/
/*!
    \variable EngineIo::ClientOptions::timestampParam
    \brief the name of that parameter; "t" by default.
*/
/*!
    \variable EngineIo::ClientOptions::protocols
    \brief the subprotocols that the client requests for the WebSocket; none by default. A server
    may select one of them or none.
*/
/*!
    \variable EngineIo::ClientOptions::perMessageDeflate
    \brief how WebSocket messages are compressed (RFC 7692) if the server agrees. As in Socket.IO's
    client, compression is offered by default, with the defaults of PerMessageDeflateOptions.

    The server decides: Socket.IO's does not compress unless it is configured to. Compression takes
    up to 300 KiB for the connection, or less with \c clientNoContextTakeover,
    \c serverNoContextTakeover or smaller windows, which the client then requests from the server.
    With an empty value, or in a build without zlib, compression is not offered.
*/

/*!
    \variable EngineIo::ClientOptions::requestTimeout
    \brief the maximum time without progress of an HTTP request; 0, the default, means no limit. A
    polling request waits for the server's next message, so this must be longer than the server's
    \c pingInterval.
*/
/*!
    \variable EngineIo::ClientOptions::sslConfiguration
    \brief the TLS settings: certificate authorities, the client's certificate and key, whether the
    server's certificate is verified, and more. The default is
    QSslConfiguration::defaultConfiguration(), with verification.
*/
/*!
    \variable EngineIo::ClientOptions::proxy
    \brief the HTTP or SOCKS5 proxy to connect through. By default, it is the one set with
    QNetworkProxy::setApplicationProxy() or returned by a QNetworkProxyFactory.
*/
/*!
    \variable EngineIo::ClientOptions::redirectPolicy
    \brief whether the response to the first polling request may redirect the client. By default
    redirects are followed, but not from HTTPS to HTTP. With QNetworkRequest::ManualRedirectPolicy
    or QNetworkRequest::UserVerifiedRedirectPolicy, a redirect is an error. After a redirect, all
    further requests and the WebSocket use the new location.

    If the new location is a different host or port, neither \c extraHeaders nor the user name and
    password of the URL are sent to it, and a warning is logged; they are kept if the redirect leads
    from port 80 to TLS on port 443 of the same host. The \c query, Socket.IO's \c auth and, with
    \c withCredentials, the cookies for the new host are sent.
*/
/*!
    \variable EngineIo::ClientOptions::upgradeTimeout
    \brief the maximum time for the upgrade to WebSocket; 10 seconds by default. After that, the
    upgrade is aborted and the connection continues with polling.
*/
/*!
    \variable EngineIo::ClientOptions::transportTimeout
    \brief the maximum time for a transport to open the connection while there is another transport
    to try; 10 seconds by default.

    This applies with \c tryAllTransports, and if the client starts with WebSocket because of
    \c rememberUpgrade. Some proxies accept a WebSocket handshake but never respond. The client then
    tries the next transport, and starts with that one the next time.
*/
/*!
    \variable EngineIo::ClientOptions::maxReceiveSize
    \brief the maximum size in bytes of an HTTP response or WebSocket message; 100 MiB by default. A
    larger one ends the connection. For compressed data, the size after decompression counts.
*/
/*!
    \variable EngineIo::ClientOptions::maxReceiveBufferSize
    \brief the maximum number of bytes, including the overhead of each packet, that are buffered
    while a slot connected to messageReceived() runs a nested event loop; 100 MiB by default. When
    the limit is reached, the client stops polling or reading from the WebSocket, so that the server
    has to wait, until the slot has returned and all buffered messages have been delivered.
*/
/*!
    \variable EngineIo::ClientOptions::maxPacketsPerRequest
    \brief the maximum number of packets in one polling request; 16 by default, which is the limit
    of python-engineio. 0 means as many as the server's \c maxPayload allows.
*/
/*!
    \variable EngineIo::ClientOptions::maxPacketsPerTurn
    \brief the maximum number of received packets that are processed in one iteration of the event
    loop; 64 by default. Further packets are processed in the next iterations, in order. Until then
    the client does not poll or read from the WebSocket, and the server is not considered silent.
    Fewer packets are processed if the application takes more than two milliseconds for them. Values
    below 1 are treated as 1.
*/

/*!
    \enum EngineIo::TimestampRequests
    This enum describes which requests have a parameter that prevents them from being answered by
    caches.

    \value Never    none
    \value Polling  HTTP requests
    \value Always   HTTP requests and the WebSocket's
*/

} // namespace EngineIo
