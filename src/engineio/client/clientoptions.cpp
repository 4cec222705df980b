// SPDX-License-Identifier: MIT
#include <EngineIo/clientoptions.h>

namespace EngineIo {

/*!
    \class EngineIo::ClientOptions
    \inmodule QtSocketIo
    \inheaderfile EngineIo/ClientOptions
    \since QtSocketIo 0.1
    \brief The settings of a Client, with Engine.IO's names and defaults.

    A Client copies them; changing a ClientOptions afterwards does not change the Client.

    They are given to the client:

    \snippet reference.cpp EngineIo::ClientOptions
*/
/*!
    \variable EngineIo::ClientOptions::path
    \brief the path at which the server answers; "/engine.io" by default.
*/
/*!
    \variable EngineIo::ClientOptions::protocol
    \brief the revision of the protocol that the server speaks; ProtocolRevision::Revision4 by
    default. With Revision3 the client can talk to servers of Socket.IO 1 and 2, and to newer ones
    that have \c allowEIO3 switched on. There is no way to find out: with the wrong revision the
    connection fails with an error that says so.
*/
/*!
    \variable EngineIo::ClientOptions::addTrailingSlash
    \brief whether the path is sent with a slash at its end; \c true by default.
*/
/*!
    \variable EngineIo::ClientOptions::transports
    \brief the transports to use, the first one first; polling, then WebSocket by default.
*/
/*!
    \variable EngineIo::ClientOptions::tryAllTransports
    \brief whether the next transport is tried when one cannot open the connection; \c false by
    default.
*/
/*!
    \variable EngineIo::ClientOptions::upgrade
    \brief whether a connection that was opened with polling goes on over WebSocket if the server
    offers it and \c transports has it; \c true by default.
*/
/*!
    \variable EngineIo::ClientOptions::rememberUpgrade
    \brief whether to start with WebSocket when the last connection of this process that could use
    it did; \c false by default. If it does not work this time, the client goes on with the first of
    \c transports.
*/
/*!
    \variable EngineIo::ClientOptions::query
    \brief names and values that are sent with each request, as a server sees them in its
    handshake. If empty, which is the default, the query of the URL is sent instead. The names
    \c EIO, \c transport and \c sid, and \c timestampParam, are the client's own: those of a URL
    that was copied from somewhere are replaced.
*/
/*!
    \variable EngineIo::ClientOptions::extraHeaders
    \brief headers that are sent with each HTTP request and with the WebSocket's; none by default.
    Those that say how a request is transferred are left out: \c Accept-Encoding, \c Connection,
    \c{Content-Length}, \c{Content-Type}, \c{Transfer-Encoding}, \c Upgrade and the like. None is
    sent to another server that a redirect leads to, see \c redirectPolicy.
*/
/*!
    \variable EngineIo::ClientOptions::withCredentials
    \brief whether cookies are kept and sent; \c false by default, as in npm's client for Node.js. A
    proxy that keeps each client at one of several servers by a cookie needs it, unless transports
    is WebSocket alone. They are kept in the cookie jar of the network access manager, see
    Client::setNetworkAccessManager().
*/
/*!
    \variable EngineIo::ClientOptions::forceBase64
    \brief whether binary data travels as base64 text on all transports, both ways; \c false by
    default.
*/
/*!
    \variable EngineIo::ClientOptions::http2
    \brief whether polling uses HTTP/2 where the server speaks it, which is agreed upon during the
    TLS handshake; \c false by default. All requests then share one connection. Without TLS, and for
    the WebSocket, it is HTTP/1.1 as before.
*/
/*!
    \variable EngineIo::ClientOptions::timestampRequests
    \brief which requests have a parameter with an ever new value, so that no cache answers them;
    those for polling by default.
*/
/*!
    \variable EngineIo::ClientOptions::timestampParam
    \brief the name of that parameter; "t" by default.
*/
/*!
    \variable EngineIo::ClientOptions::protocols
    \brief the subprotocols that the WebSocket asks for; none by default. A server may take one of
    them or none.
*/
/*!
    \variable EngineIo::ClientOptions::perMessageDeflate
    \brief how WebSocket messages are compressed (RFC 7692) where the server agrees; with the
    defaults of PerMessageDeflateOptions by default, as in Socket.IO's client.

    The server decides: that of Socket.IO does not compress unless it is configured to. If it does,
    this takes up to 300 KiB for the connection, less with \c clientNoContextTakeover,
    \c serverNoContextTakeover or smaller windows, which the server is then asked for. With an
    empty value, or in a build without zlib, compression is not offered.
*/

/*!
    \variable EngineIo::ClientOptions::requestTimeout
    \brief how long an HTTP request may go without any progress; without limit (0) by default. A
    polling request waits for the server's next message, so keep this above the server's
    \c pingInterval.
*/
/*!
    \variable EngineIo::ClientOptions::sslConfiguration
    \brief the TLS settings: certificate authorities, the client's certificate and key, whether the
    server's certificate is verified, and more. By default those of
    QSslConfiguration::defaultConfiguration(), with verification.
*/
/*!
    \variable EngineIo::ClientOptions::proxy
    \brief the HTTP or SOCKS5 proxy to connect through; by default the one that
    QNetworkProxy::setApplicationProxy() or a QNetworkProxyFactory says.
*/
/*!
    \variable EngineIo::ClientOptions::redirectPolicy
    \brief whether the answer to the first polling request may send the client elsewhere. By
    default it may, but not from HTTPS to HTTP; with QNetworkRequest::ManualRedirectPolicy a
    redirect is an error, and so it is with QNetworkRequest::UserVerifiedRedirectPolicy. All later
    requests, the WebSocket's too, then go to the new place.

    Another server, that is another host or port, gets neither \c extraHeaders nor the user name and
    password of the URL, and a warning says so; from port 80 to TLS at port 443 of the same host
    they are kept. It does get the \c query, what Socket.IO sends as \c auth and, with
    \c withCredentials, the cookies that are for its host.
*/
/*!
    \variable EngineIo::ClientOptions::upgradeTimeout
    \brief how long the change to WebSocket may take before it is given up and polling goes on; 10
    seconds by default.
*/
/*!
    \variable EngineIo::ClientOptions::transportTimeout
    \brief how long a transport may take to open the connection while there is another to try; 10
    seconds by default.

    That is so with \c tryAllTransports, and when \c rememberUpgrade has made the client start with
    WebSocket. Some proxies take a request for a WebSocket and never answer. The client then goes on
    with the next transport, and starts with that the next time.
*/
/*!
    \variable EngineIo::ClientOptions::maxReceiveSize
    \brief the size in bytes of the biggest HTTP answer or WebSocket message that is accepted;
    100 MiB by default. A bigger one ends the connection. It counts for compressed answers after
    they have been inflated.
*/
/*!
    \variable EngineIo::ClientOptions::maxReceiveBufferSize
    \brief how many bytes may wait while a slot that was called for a message runs an event loop,
    including the overhead of each packet; 100 MiB by default. When there are more, polling asks for
    no more and a WebSocket is not read from, so that the server waits, until the slot has returned
    and all that waited has been handed over.
*/
/*!
    \variable EngineIo::ClientOptions::maxPacketsPerRequest
    \brief how many packets are sent in one polling request; 16 by default, which is what
    python-engineio takes. 0 means as many as the server's \c maxPayload allows.
*/
/*!
    \variable EngineIo::ClientOptions::maxPacketsPerTurn
    \brief how many packets of the server are handled in a turn of the event loop, before other
    events have their turn; 64 by default. What is over it is handled in the next turns, in order;
    until then polling asks for no more, a WebSocket is not read from, and the server does not count
    as silent. It is less when the application takes more than two milliseconds for them. A number
    below 1 counts as 1.
*/

/*!
    \enum EngineIo::TimestampRequests
    Which requests get a parameter that keeps caches from answering them.

    \value Never    none
    \value Polling  HTTP requests
    \value Always   HTTP requests and the WebSocket's
*/

} // namespace EngineIo
