// SPDX-License-Identifier: MIT
#include <SocketIo/serveroptions.h>

namespace SocketIo {

/*!
    \class SocketIo::ServerOptions
    \inmodule QtSocketIo
    \inheaderfile SocketIo/ServerOptions
    \since QtSocketIo 0.1
    \brief The settings of a Server, with Socket.IO's names and defaults.

    The settings of EngineIo::ServerOptions are inherited. Only \c path has a different default
    here: "/socket.io".

    The options are passed to the server's constructor:

    \snippet reference.cpp ServerOptions
*/
/*!
    \fn SocketIo::ServerOptions::ServerOptions()
    Constructs the default options.
*/
/*!
    \typealias SocketIo::AdapterFactory
    \since QtSocketIo 0.1

    A function that creates the adapter of a namespace. The namespace takes ownership of the
    adapter.
*/
/*!
    \variable SocketIo::ServerOptions::serveClient
    \brief whether the files in clientFolder are served; \c true by default.
*/
/*!
    \variable SocketIo::ServerOptions::clientFolder
    \brief the folder with the client's JavaScript files, for example
    \c node_modules/socket.io/client-dist; none by default.

    The files are part of the npm packages \c socket.io (folder \c client-dist) and
    \c socket.io-client (folder \c dist): \c{npm install socket.io-client} installs them below
    \c node_modules. If no folder is set, requests for these files are answered with status 404 and
    a text that says so, and a warning is logged for the first request. Set serveClient to \c false
    if no page loads the script from this server. If the folder does not contain the files, a
    warning is logged when the server starts.

    The following files are served below \c path if they exist: socket.io.js, socket.io.min.js,
    socket.io.esm.min.js, socket.io.msgpack.min.js and their source maps (.map).
*/
/*!
    \variable SocketIo::ServerOptions::connectTimeout
    \brief the time within which a client has to join a namespace before it is disconnected; 45
    seconds by default.
*/
/*!
    \variable SocketIo::ServerOptions::parser
    \brief the wire format of packets, shared by both ends; JsonParser by default.
*/
/*!
    \variable SocketIo::ServerOptions::adapter
    \brief the function that creates the adapter of each namespace. By default, the adapter is an
    InMemoryAdapter or, with connectionStateRecovery, a SessionAwareAdapter.
*/
/*!
    \variable SocketIo::ServerOptions::connectionStateRecovery
    \brief whether and how the socket of a client that reconnects is recovered, with its id, rooms
    and data and the events that it missed; disabled by default.

    If recovery is enabled, an offset is appended as an additional string argument to each event
    that is neither volatile nor requests an acknowledgement.

    If a client reconnects before the loss of its old connection has been detected, it takes over
    its session: the old socket is disconnected with Socket::DisconnectReason::SessionTakenOver.
    Socket.IO creates a new session in this case.
*/
/*!
    \variable SocketIo::ServerOptions::cleanupEmptyChildNamespaces
    \brief whether a namespace that was created by a client's CONNECT packet is deleted when its
    last socket leaves; \c false by default. With connectionStateRecovery, it is deleted when none
    of its sessions can be recovered any more.
*/

/*!
    \variable SocketIo::ServerOptions::maxNamespacesPerClient
    \brief the maximum number of namespaces that a client can be in, or request, at the same time;
    1000 by default, and 0 for no limit. Further ones are refused with "Too many namespaces"; the
    connection stays open.
*/
/*!
    \variable SocketIo::ServerOptions::maxAuthSizePerClient
    \brief the maximum amount of memory, in bytes and estimated, for the \c auth payloads of all
    namespaces that a client is in or requests; 64 MiB by default, and 0 for no limit. A socket
    stores the payload in its handshake. A namespace whose payload would exceed the limit is refused
    with "Too much auth data"; the connection stays open.
*/
/*!
    \variable SocketIo::ServerOptions::maxChildNamespaces
    \brief the maximum number of namespaces that clients can create from one pattern or function;
    100,000 by default, and 0 for no limit. Further ones are refused with "Invalid namespace", and a
    warning is logged.
*/
/*!
    \variable SocketIo::ServerOptions::maxRoomsPerSocket
    \brief the maximum number of rooms that a socket can be in, not counting its own; 100,000 by
    default, and 0 for no limit. The socket does not join further rooms, and a warning is logged.
*/
/*!
    \variable SocketIo::ServerOptions::maxPendingAcksPerSocket
    \brief the maximum number of pending acknowledgements of a socket's client; 100,000 by default,
    and 0 for no limit. Further events that request an acknowledgement are not sent, a warning is
    logged, and their PendingAck fails. Events for several clients are still sent, but the
    acknowledgement of this client is not awaited.
*/
/*!
    \variable SocketIo::ServerOptions::maxRoomsLeftPerTurn
    \brief the maximum number of rooms that a disconnected socket leaves in one iteration of the
    event loop; 1000 by default, and 0 for no limit. The socket receives no events meanwhile.
    Namespace::roomLeft() and Namespace::roomDeleted() are emitted as the rooms are left.
*/

/*!
    \class SocketIo::RecoveryOptions
    \inmodule QtSocketIo
    \inheaderfile SocketIo/RecoverableSession
    \since QtSocketIo 0.1
    \brief The settings of connection state recovery.

    The limits apply to each namespace.

    They are set as an option of the server:

    \snippet reference.cpp RecoveryOptions
*/
/*!
    \variable SocketIo::RecoveryOptions::maxDisconnectionDuration
    \brief the time for which the session of a disconnected client is kept; 2 minutes by default.
    Events are kept for this time plus the time that it can take to detect that a connection has
    been lost.
*/
/*!
    \variable SocketIo::RecoveryOptions::skipMiddlewares
    \brief whether a recovered socket joins without running the namespace's middlewares;
    \c true by default.
*/
/*!
    \variable SocketIo::RecoveryOptions::maxSessions
    \brief the maximum number of sessions of disconnected clients; 100,000 by default, and 0 for no
    limit. If there are more, the oldest are dropped and their clients start a new session.
*/
/*!
    \variable SocketIo::RecoveryOptions::maxLogSize
    \brief the maximum size, in bytes and estimated, of the events that are kept; 64 MiB by default,
    and 0 for no limit. If there are more, the oldest are dropped, and clients that have missed one
    of them start a new session.
*/

} // namespace SocketIo
