// SPDX-License-Identifier: MIT
#include "engineio/server/server_p.h"

#include "base/addresstext_p.h"
#include "base/functioncheck_p.h"
#include "base/logging_p.h"
#include "base/systemrandom_p.h"
#include "base/threadcheck_p.h"
#include "engineio/protocol/pingtimes_p.h"
#include "engineio/server/acceptor_p.h"
#include "engineio/server/acceptretry_p.h"
#include "engineio/server/worker_p.h"

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

    One port serves both transports, with or without TLS. Each client that completes the handshake
    becomes a Session, announced by connection(). Requests outside ServerOptions::path go to the
    request handler, or are answered 404.

    \code
    EngineIo::Server server;
    QObject::connect(&server, &EngineIo::Server::connection, [](EngineIo::Session *session) {
        QObject::connect(session, &EngineIo::Session::messageReceived, session,
                         [session](const EngineIo::Message &message) { session->send(message); });
    });
    server.listen(QHostAddress::Any, 3000);
    \endcode

    The server, its sessions, and all functions given to it live in one thread, the one the server
    was made in. With setIoThreadCount() the connections are served in threads of their own;
    nothing else changes for the application.
*/

/*!
    \typealias EngineIo::Server::AllowDone
    Takes the answer of an AllowRequest function, once: whether the client is allowed and, if not,
    a message for it; "Forbidden" if that is empty.
*/
/*!
    \typealias EngineIo::Server::AllowRequest
    Decides whether the client that sent a handshake may open a session, and calls \c done with the
    answer, at once or later.
*/
/*!
    \typealias EngineIo::Server::IdGenerator
    Makes the id of the session that a request opens and calls \c done with it, at once or later.
    An empty id, or one that is in use, refuses the client with ConnectionError::BadRequest.
*/
/*!
    \typealias EngineIo::Server::Next
    Ends a Middleware, once: with an empty error the request goes on, otherwise it is refused.
*/
/*!
    \typealias EngineIo::Server::Middleware
    Sees a request to the server's path. It calls either \c next or \c respond, once, at once or
    later. The headers that it adds to \c responseHeaders during the call stay on the answer,
    whatever that is. What it notes with HttpRequest::setAttribute(), before it calls \c next, is
    there for the middlewares that follow and stays with the session.
*/
/*!
    \typealias EngineIo::Server::RequestHandler
    Answers a request outside the server's path by calling \c respond once, at once or later.
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

/*! Ends all connections and deletes all sessions, also after the end of the QCoreApplication. */
Server::~Server() = default;

/*! Returns the options in use. */
ServerOptions Server::options() const
{
    return d->config->options;
}

/*!
    Sets the \a options. To be called before the first connection can come, that is before
    listen(), attach() and their like; later it has no effect, and a warning is logged.
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
    Serves the connections in \a count threads of their own. With 0, the default, they are served
    in the server's thread. To be called before the first connection can come.

    The threads start with listen(), which returns \c false if the system does not let them. They
    end with the QCoreApplication; under another one, listen() starts them again, and the sessions
    of the first are deleted. So it is without threads.
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
    Serves TLS with \a configuration, which has the certificate and its key, and says whether
    clients must show a certificate. To be called before listen().
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
    Listens on \a address and \a port; with port 0 the system chooses one. Returns false, with
    errorString(), if that is not possible, also if \a address is null, as it is if it was made of a text
    that is no IP address. (Engine.IO: \c listen)
*/
bool Server::listen(const QHostAddress &address, quint16 port)
{
    return detail::isInThreadOf(this, "EngineIo::Server::listen()") && d->listen({address, port});
}

/*!
    Listens on the socket \a descriptor, which listens already and which the server takes over: for
    example one that systemd has opened. Returns false, with errorString(), if that is not possible.
    (Node.js: \c{listen({fd})})
*/
bool Server::listenOnDescriptor(qintptr descriptor)
{
    return detail::isInThreadOf(this, "EngineIo::Server::listenOnDescriptor()")
        && d->listen({QHostAddress(), 0, descriptor});
}

/*!
    \property EngineIo::Server::listening
    \brief whether listen() has been called with success, and close() not since.
*/
bool Server::isListening() const
{
    return d->isListening;
}

/*! Returns the address the server listens on. */
QHostAddress Server::serverAddress() const
{
    return d->isListening ? d->address : QHostAddress();
}

/*! Returns the port the server listens on; 0 if it does not. */
quint16 Server::serverPort() const
{
    return d->isListening ? d->port : quint16(0);
}

/*! Returns why the last listen() failed. */
QString Server::errorString() const
{
    return d->error;
}

/*!
    Serves the connections that \a server accepts from now on: a QTcpServer of the application, or
    a QSslServer. The application keeps it, and stops it. (Engine.IO: \c attach)

    A QTcpServer that runs out of descriptors stops accepting. It is resumed after 100 milliseconds,
    again and again, with a warning once a minute.
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
    Serves the connected socket \a descriptor, which the server takes over. Returns \c false, and
    leaves the descriptor to the caller, if it is not valid, and when the system has no thread or
    descriptor left for the I/O threads.

    \a firstBytes are those that have been read from the socket already, by a program that looks at
    the beginning of a request to choose who serves it. Over TLS there can be none.
*/
bool Server::handleSocketDescriptor(qintptr descriptor, const QByteArray &firstBytes)
{
    if (!detail::isInThreadOf(this, "EngineIo::Server::handleSocketDescriptor()"))
        return false;
    if (descriptor < 0)
        return false;
    return d->addDescriptor(descriptor, firstBytes);
}

/*! Serves \a socket, which is connected; the server takes it over. */
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

/*! Returns the open session with \a id, or null. */
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
    Lets \a middleware see every request to the server's path, WebSocket handshakes included,
    before it is checked (Engine.IO: \c use). Middlewares are called in the order they were added.

    The request has no body yet: as in Node.js, that is read once the head has passed.
*/
void Server::use(const Middleware &middleware)
{
    if (detail::isInThreadOf(this, "EngineIo::Server::use()")
        && detail::isCallable(middleware, "EngineIo::Server::use()")) {
        d->hooks.use(middleware);
    }
}

/*!
    Asks \a allowRequest about every handshake that is correct otherwise; a refused one is answered
    with ConnectionError::Forbidden (Engine.IO: \c allowRequest).
*/
void Server::setAllowRequest(const AllowRequest &allowRequest)
{
    if (!detail::isInThreadOf(this, "EngineIo::Server::setAllowRequest()"))
        return;
    d->hooks.setAllowRequest(allowRequest);
}

/*!
    Asks \a generator for the id of each new session. It must be new, and hard to guess
    (Engine.IO: \c generateId).
*/
void Server::setIdGenerator(const IdGenerator &generator)
{
    if (!detail::isInThreadOf(this, "EngineIo::Server::setIdGenerator()"))
        return;
    d->hooks.setIdGenerator(generator);
}

/*! Gives the requests outside the server's path to \a handler instead of answering 404. */
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

/*! Returns a new session id: 15 bytes of the system's secure random source, 20 characters. */
QString Server::generateId()
{
    const detail::SystemRandom random = detail::systemRandom();
    const auto bytes = QByteArray::fromRawData(reinterpret_cast<const char *>(random.data()), 15);
    return QString::fromLatin1(bytes.toBase64(QByteArray::Base64UrlEncoding));
}

/*!
    Stops listening and closes all sessions, for \a reason, and all other connections, without
    waiting for any client: what was sent to a WebSocket, or to a poll that waits, still leaves; the
    rest is lost. To wait for the clients, use drain(). closed() is emitted when that is done:
    during the call without I/O threads. The server can listen again. A drain() that is under way
    ends with this. (Engine.IO: \c close)
*/
void Server::close(CloseReason reason)
{
    if (detail::isInThreadOf(this, "EngineIo::Server::close()"))
        d->close(reason);
}

/*!
    Lets the clients go to other servers before this one ends, within \a deadline, for example when
    a new version is to take over.

    From now on no client gets a new session: handshakes are answered 503, with \c Retry-After, and
    ServerOptions::healthPath says 503, too, so that load balancers send clients elsewhere. The
    server goes on listening. Its sessions are closed one after the other, over three quarters of
    the time, when what has been sent to them has left. Socket.IO clients take this for a broken
    connection and connect again, which is what the proxy needs to send them elsewhere.

    When all have gone, or at the deadline, the rest is closed as by close(), closed() is emitted,
    and then drained(). Of several calls the earliest deadline counts.
*/
void Server::drain(std::chrono::milliseconds deadline)
{
    if (detail::isInThreadOf(this, "EngineIo::Server::drain()"))
        d->drain.start(deadline);
}

/*! Returns whether drain() has been called and has not done its work yet. */
bool Server::isDraining() const
{
    return d->config->draining;
}

/*! \internal The headers of answers are only shown to somebody who has asked. */
void Server::connectNotify(const QMetaMethod &signal)
{
    if (signal == QMetaMethod::fromSignal(&Server::initialHeaders)
        || signal == QMetaMethod::fromSignal(&Server::headers))
        d->watchHeaders();
}

/*!
    \fn void EngineIo::Server::connection(EngineIo::Session *session)
    This signal is emitted when a client has completed the handshake; \a session serves it
    (Engine.IO: \c connection).
*/
/*!
    \fn void EngineIo::Server::initialHeaders(EngineIo::HttpHeaders *headers,
                                              const EngineIo::HttpRequest &request)

    This signal is emitted when the first answer of a session, to \a request, is about to be sent.
    Its \a headers may be changed during the call, so connect directly (Engine.IO:
    \c initial_headers).
*/
/*!
    \fn void EngineIo::Server::headers(EngineIo::HttpHeaders *headers,
                                       const EngineIo::HttpRequest &request)

    This signal is emitted when an answer of a session, to \a request, is about to be sent, that of
    a WebSocket handshake included. Its \a headers may be changed during the call, so connect
    directly (Engine.IO: \c headers).
*/
/*!
    \fn void EngineIo::Server::connectionError(EngineIo::ConnectionError code,
                                               const QString &message,
                                               const EngineIo::HttpRequest &request,
                                               const QVariantMap &context)

    This signal is emitted when \a request has been refused with \a code and \a message. \a context
    has what was wrong with it, as Engine.IO names it (Engine.IO: \c connection_error).
*/
/*!
    \fn void EngineIo::Server::clientsCountChanged(int count)
    This signal is emitted when the number of open sessions has changed, to \a count.
*/
/*!
    \fn void EngineIo::Server::listeningChanged(bool listening)
    This signal is emitted when the server has begun to listen or has stopped, as \a listening says.
*/
/*!
    \fn void EngineIo::Server::closed()
    This signal is emitted when close() has done its work.
*/
/*!
    \fn void EngineIo::Server::drained()
    This signal is emitted when drain() has done its work: the server is closed.
*/

} // namespace EngineIo

#include "moc_server.cpp"
