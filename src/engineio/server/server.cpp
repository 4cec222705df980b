// SPDX-License-Identifier: MIT
#include "engineio/server/server_p.h"

#include "base/functioncheck_p.h"
#include "base/logging_p.h"
#include "base/systemrandom_p.h"
#include "base/threadcheck_p.h"
#include "engineio/protocol/pingtimes_p.h"
#include "engineio/server/acceptor_p.h"
#include "engineio/server/acceptretry_p.h"
#include "engineio/server/ioworker_p.h"

#include <EngineIo/server.h>

#include <QtCore/qmetaobject.h>
#include <QtNetwork/qsslconfiguration.h>
#include <QtNetwork/qtcpsocket.h>

namespace EngineIo {

using detail::lcEngine;

/*!
    \class EngineIo::Server
    \inmodule QtSocketIo
    \inheaderfile EngineIo/Server
    \since QtSocketIo 0.1
    \brief Accepts Engine.IO clients over HTTP long-polling and WebSocket (Engine.IO: Server).

    One port serves both transports, with or without TLS. The connection() signal is emitted with a
    Session for each client that completes the handshake. Requests outside ServerOptions::path are
    passed to the request handler or, if there is none, answered with status 404.

    \code
    EngineIo::Server server;
    QObject::connect(&server, &EngineIo::Server::connection, [](EngineIo::Session *session) {
        QObject::connect(session, &EngineIo::Session::messageReceived, session,
                         [session](const EngineIo::Message &message) { session->send(message); });
    });
    server.listen(QHostAddress::Any, 3000);
    \endcode

    The server and its sessions live in the thread that the server was created in, and all functions
    passed to the server are called in that thread. With setIoThreadCount(), connections are served
    in additional threads; nothing else changes for the application.
*/

/*!
    \typealias EngineIo::Server::AllowDone
    A function that receives the result of an AllowRequest function: whether the client is allowed
    and, if it is not, a message for it; "Forbidden" if the message is empty. It must be called
    once.
*/
/*!
    \typealias EngineIo::Server::AllowRequest
    A function that decides whether the client that sent a handshake may open a session. It calls
    \c done with the result, immediately or later.
*/
/*!
    \typealias EngineIo::Server::IdGenerator
    A function that generates the id of the session that a request opens. It calls \c done with the
    id, immediately or later. If the id is empty or in use, the client is refused with
    ConnectionError::BadRequest.
*/
/*!
    \typealias EngineIo::Server::Next
    A function that a Middleware calls once when it is done: with an empty error to continue with
    the request, otherwise to refuse it.
*/
/*!
    \typealias EngineIo::Server::Middleware
    A function that is called for each request to the server's path. It calls either \c next or
    \c respond once, immediately or later. Headers that it adds to \c responseHeaders during the
    call are added to the response in any case. Attributes that it sets with
    HttpRequest::setAttribute() before it calls \c next are available to the following middlewares
    and to the session.
*/
/*!
    \typealias EngineIo::Server::RequestHandler
    A function that answers a request outside the server's path by calling \c respond once,
    immediately or later.
*/

/*! Constructs a server with the default options and the given \a parent. */
Server::Server(QObject *parent)
    : Server(ServerOptions(), parent)
{
}

/*! Constructs a server with \a options and the given \a parent. */
Server::Server(const ServerOptions &options, QObject *parent)
    : QObject(parent)
    , d(std::make_unique<ServerPrivate>(this))
{
    d->config->options = detail::withCheckedPingTimes(options);
}

/*!
    Destroys the server, closes all connections and deletes all sessions. The server may be
    destroyed after the QCoreApplication.
*/
Server::~Server() = default;

/*! Returns the options in use. */
ServerOptions Server::options() const
{
    return d->config->options;
}

/*!
    Sets the options to \a options. Call this function before the first connection can arrive, that
    is, before listen(), attach() and similar functions; afterwards it has no effect, and a warning
    is logged.
*/
void Server::setOptions(const ServerOptions &options)
{
    if (!detail::isInThreadOf(this, "EngineIo::Server::setOptions()"))
        return;
    if (d->isStarted())
        qCWarning(lcEngine, "Options set after the server has started have no effect");
    else
        d->config->options = detail::withCheckedPingTimes(options);
}

/*! Returns the number of I/O threads. */
int Server::ioThreadCount() const
{
    return d->ioThreadCount;
}

/*!
    Sets the number of additional threads that serve connections to \a count. With 0, the default,
    connections are served in the server's thread. Call this function before the first connection
    can arrive.

    The threads are started by listen(), which returns \c false if the system cannot start them.
    They end with the QCoreApplication. If another QCoreApplication is created, listen() starts them
    again. The sessions of the first QCoreApplication are deleted, with or without I/O threads.
*/
void Server::setIoThreadCount(int count)
{
    if (!detail::isInThreadOf(this, "EngineIo::Server::setIoThreadCount()"))
        return;
    if (d->isStarted())
        qCWarning(lcEngine, "The I/O threads of a started server cannot be changed");
    else
        d->ioThreadCount = qMax(0, count);
}

/*!
    Enables TLS with \a configuration, which contains the server's certificate and private key and
    defines whether clients must present a certificate. Call this function before listen().
*/
void Server::setSslConfiguration(const QSslConfiguration &configuration)
{
    if (!detail::isInThreadOf(this, "EngineIo::Server::setSslConfiguration()"))
        return;
    if (d->isStarted())
        qCWarning(lcEngine, "The TLS configuration of a started server cannot be changed");
    else
        d->config->tls = std::make_shared<QSslConfiguration>(configuration);
}

/*!
    Listens for connections on \a address and \a port. If \a port is 0, the system chooses a port.
    Returns \c true on success; otherwise returns \c false, and errorString() describes the error.
    Returns \c false if \a address is null, for example because it was constructed from a string
    that is not an IP address (Engine.IO: \c listen).
*/
bool Server::listen(const QHostAddress &address, quint16 port)
{
    return detail::isInThreadOf(this, "EngineIo::Server::listen()") && d->listen({address, port});
}

/*!
    Accepts connections from the socket \a descriptor, which must already be listening, for example
    because it was opened by systemd. The server takes ownership of the descriptor. Returns \c true
    on success; otherwise returns \c false, and errorString() describes the error (Node.js:
    \c{listen({fd})}).
*/
bool Server::listenOnDescriptor(qintptr descriptor)
{
    return detail::isInThreadOf(this, "EngineIo::Server::listenOnDescriptor()")
        && d->listen({QHostAddress(), 0, descriptor});
}

/*!
    \property EngineIo::Server::listening
    \brief whether the server is listening: listen() has succeeded, and close() has not been called
    since.
*/
bool Server::isListening() const
{
    return d->isListening;
}

/*! Returns the address that the server listens on. */
QHostAddress Server::serverAddress() const
{
    return d->isListening ? d->address : QHostAddress();
}

/*! Returns the port that the server listens on, or 0 if it is not listening. */
quint16 Server::serverPort() const
{
    return d->isListening ? d->port : quint16(0);
}

/*! Returns a description of the error that the last call of listen() failed with. */
QString Server::errorString() const
{
    return d->error;
}

/*!
    Serves the connections that \a server, a QTcpServer or QSslServer of the application, accepts
    from now on. The application keeps the ownership of \a server and is responsible for closing it
    (Engine.IO: \c attach).

    A QTcpServer stops accepting connections when the process runs out of descriptors. It is then
    resumed every 100 milliseconds, and a warning is logged once a minute.
*/
void Server::attach(QTcpServer *server)
{
    if (!detail::isInThreadOf(this, "EngineIo::Server::attach()"))
        return;
    d->start();
    const auto take = [this, server] {
        while (QTcpSocket *socket = server->nextPendingConnection())
            d->addSocket(socket);
    };
    connect(server, &QTcpServer::pendingConnectionAvailable, this, take);
    detail::retryAfterErrors(server, this);
    take();
}

/*!
    Serves the connected socket \a descriptor and takes ownership of it. Returns \c false, and
    leaves the ownership with the caller, if the descriptor is not valid or if the system has no
    threads or descriptors left for the I/O threads.

    \a firstBytes contains the bytes that have already been read from the socket, for example by a
    program that inspects the beginning of a request to choose a server for it. With TLS, it must be
    empty.
*/
bool Server::handleSocketDescriptor(qintptr descriptor, const QByteArray &firstBytes)
{
    if (!detail::isInThreadOf(this, "EngineIo::Server::handleSocketDescriptor()"))
        return false;
    if (descriptor < 0)
        return false;
    return d->addDescriptor(descriptor, firstBytes);
}

/*! Serves the connected \a socket and takes ownership of it. */
void Server::handleConnection(QTcpSocket *socket)
{
    if (!detail::isInThreadOf(this, "EngineIo::Server::handleConnection()"))
        return;
    if (socket)
        d->addSocket(socket);
}

/*!
    \property EngineIo::Server::clientsCount
    \brief the number of open sessions (Engine.IO: \c clientsCount).
*/
int Server::clientsCount() const
{
    return int(d->sessions.size());
}

/*! Returns the open session with the given \a id, or \c nullptr if there is none. */
Session *Server::session(const QString &id) const
{
    return d->sessions.value(id);
}

/*! Returns all open sessions (Engine.IO: \c clients). */
QList<Session *> Server::sessions() const
{
    QList<Session *> sessions;
    sessions.reserve(d->sessions.size());
    for (const QPointer<Session> &session : std::as_const(d->sessions)) {
        if (session)
            sessions.append(session);
    }
    return sessions;
}

/*!
    Adds \a middleware, which is called for each request to the server's path, including WebSocket
    handshakes, before the request is checked (Engine.IO: \c use). Middlewares are called in the
    order in which they were added.

    As in Node.js, the request has no body at that time: the body is read after the middlewares have
    accepted the head of the request.
*/
void Server::use(const Middleware &middleware)
{
    if (detail::isInThreadOf(this, "EngineIo::Server::use()")
        && detail::isCallable(middleware, "EngineIo::Server::use()")) {
        d->hooks.use(middleware);
    }
}

/*!
    Sets the function that is called for each valid handshake to \a allowRequest. A handshake that
    it refuses is answered with ConnectionError::Forbidden (Engine.IO: \c allowRequest).
*/
void Server::setAllowRequest(const AllowRequest &allowRequest)
{
    if (!detail::isInThreadOf(this, "EngineIo::Server::setAllowRequest()"))
        return;
    d->hooks.setAllowRequest(allowRequest);
}

/*!
    Sets the function that generates the id of each new session to \a generator. The id must be
    unique and hard to guess (Engine.IO: \c generateId).
*/
void Server::setIdGenerator(const IdGenerator &generator)
{
    if (!detail::isInThreadOf(this, "EngineIo::Server::setIdGenerator()"))
        return;
    d->hooks.setIdGenerator(generator);
}

/*!
    Sets the function that answers requests outside the server's path to \a handler. Without a
    handler, they are answered with status 404.
*/
void Server::setRequestHandler(const RequestHandler &handler)
{
    if (!detail::isInThreadOf(this, "EngineIo::Server::setRequestHandler()"))
        return;
    d->hooks.setRequestHandler(handler);
}

void detail::ServerAccess::setMessageDecoderFactory(Server *server,
                                                    const MessageDecoderFactory &factory)
{
    if (server->d->isStarted())
        qCWarning(lcEngine, "The message decoder of a started server cannot be changed");
    else
        server->d->config->decoderFactory = factory;
}

void detail::ServerAccess::setMetricsWriter(Server *server, const MetricsWriter &writer)
{
    server->d->extraMetrics = writer;
}

bool detail::ServerAccess::isStarted(const Server *server)
{
    return server->d->isStarted();
}

bool detail::ServerAccess::setHttp2(Server *server,
                                    const std::shared_ptr<const Http2Protocol> &protocol)
{
    if (server->d->isStarted()) {
        qCWarning(lcEngine, "HTTP/2 cannot be enabled on a started server");
        return false;
    }
    server->d->config->http2 = protocol;
    return true;
}

void detail::ServerAccess::setSessionRouter(Server *server,
                                            const std::shared_ptr<SessionRouter> &router)
{
    if (server->d->isStarted())
        qCWarning(lcEngine, "The session router of a started server cannot be changed");
    else
        server->d->config->router = router;
}

void detail::ServerAccess::setFileHandler(Server *server, const FileHandler &handler)
{
    server->d->hooks.setFileHandler(handler);
}

/*!
    Returns a new session id of 20 characters, which encode 15 bytes from the system's secure random
    number generator.
*/
QString Server::generateId()
{
    const detail::SystemRandom random = detail::systemRandom();
    const auto bytes = QByteArray::fromRawData(reinterpret_cast<const char *>(random.data()), 15);
    return QString::fromLatin1(bytes.toBase64(QByteArray::Base64UrlEncoding));
}

/*!
    Stops listening, closes all sessions with \a reason, and closes all other connections, without
    waiting for any client. Messages for a WebSocket or for a pending poll are still sent; all
    others are lost. Use drain() to wait for the clients. closed() is emitted when the server is
    closed; without I/O threads, this happens during the call. The server can listen again
    afterwards. A drain() in progress ends (Engine.IO: \c close).
*/
void Server::close(CloseReason reason)
{
    if (detail::isInThreadOf(this, "EngineIo::Server::close()"))
        d->close(reason);
}

/*!
    Moves the clients to other servers within \a deadline and then closes this server, for example
    when a new version is going to replace it.

    No new sessions are opened: handshakes are answered with status 503 and \c Retry-After, and
    requests to ServerOptions::healthPath with status 503, so that load balancers send clients to
    other servers. The server continues to listen. Its sessions are closed one after another during
    three quarters of the time, each after its pending messages have been sent. Socket.IO clients
    treat this as a lost connection and reconnect, which allows a proxy to route them to another
    server.

    When all sessions have ended, or at the deadline, the server is closed as by close(); closed()
    and then drained() are emitted. If drain() is called several times, the earliest deadline
    applies.
*/
void Server::drain(std::chrono::milliseconds deadline)
{
    if (detail::isInThreadOf(this, "EngineIo::Server::drain()"))
        d->drain.start(deadline);
}

/*! Returns whether drain() has been called and has not finished yet. */
bool Server::isDraining() const
{
    return d->config->draining;
}

/*!
    \internal Headers of responses are reported only if a slot is connected to one of these signals.
*/
void Server::connectNotify(const QMetaMethod &signal)
{
    if (signal == QMetaMethod::fromSignal(&Server::initialHeaders)
        || signal == QMetaMethod::fromSignal(&Server::headers))
        d->watchHeaders();
}

/*!
    \fn void EngineIo::Server::connection(EngineIo::Session *session)
    This signal is emitted when a client has completed the handshake. \a session is the new session
    (Engine.IO: \c connection).
*/
/*!
    \fn void EngineIo::Server::initialHeaders(EngineIo::HttpHeaders *headers,
                                              const EngineIo::HttpRequest &request)

    This signal is emitted when the first response of a session, to \a request, is about to be sent.
    Slots can change its \a headers and must therefore use a direct connection (Engine.IO:
    \c initial_headers).
*/
/*!
    \fn void EngineIo::Server::headers(EngineIo::HttpHeaders *headers,
                                       const EngineIo::HttpRequest &request)

    This signal is emitted when a response of a session, to \a request, is about to be sent,
    including the response to a WebSocket handshake. Slots can change its \a headers and must
    therefore use a direct connection (Engine.IO: \c headers).
*/
/*!
    \fn void EngineIo::Server::connectionError(EngineIo::ConnectionError code,
                                               const QString &message,
                                               const EngineIo::HttpRequest &request,
                                               const QVariantMap &context)

    This signal is emitted when \a request has been refused with \a code and \a message. \a context
    describes the problem, with the names that Engine.IO uses (Engine.IO: \c connection_error).
*/
/*!
    \fn void EngineIo::Server::clientsCountChanged(int count)
    This signal is emitted when the number of open sessions has changed to \a count.
*/
/*!
    \fn void EngineIo::Server::listeningChanged(bool listening)
    This signal is emitted when the server has started or stopped listening. \a listening is the new
    state.
*/
/*!
    \fn void EngineIo::Server::closed()
    This signal is emitted when the server has been closed by close() or drain().
*/
/*!
    \fn void EngineIo::Server::drained()
    This signal is emitted when drain() has finished and the server is closed.
*/

} // namespace EngineIo

#include "moc_server.cpp"
