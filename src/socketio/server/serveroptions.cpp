// SPDX-License-Identifier: MIT
#include <SocketIo/serveroptions.h>

namespace SocketIo {

/*!
    \class SocketIo::ServerOptions
    \inmodule QtSocketIo
    \inheaderfile SocketIo/ServerOptions
    \since QtSocketIo 0.1
    \brief The settings of a Server, with Socket.IO's names and defaults.

    They come on top of those of EngineIo::ServerOptions, of which only \c path has another
    default here: "/socket.io".

    They are given to the server:

    \snippet reference.cpp ServerOptions
*/
/*!
    \fn SocketIo::ServerOptions::ServerOptions()
    Constructs the default options.
*/
/*!
    \typealias SocketIo::AdapterFactory
    \since QtSocketIo 0.1

    Makes the adapter of a namespace, which then owns it.
*/
/*!
    \variable SocketIo::ServerOptions::serveClient
    \brief whether the files in clientFolder are served; \c true by default.
*/
/*!
    \variable SocketIo::ServerOptions::clientFolder
    \brief the folder with the client's JavaScript files, for example
    \c node_modules/socket.io/client-dist; none by default.

    It comes with the npm packages \c socket.io (folder \c client-dist) and \c socket.io-client
    (folder \c dist): \c{npm install socket.io-client} puts it below \c node_modules. Without it
    requests for these files are answered 404 with a text that says so, and the first one is a
    warning; set serveClient to \c false if no page loads the script from this server. A folder that
    does not have them is a warning when the server starts.

    Served are, below \c path, those that exist of socket.io.js, socket.io.min.js,
    socket.io.esm.min.js, socket.io.msgpack.min.js and their source maps (.map).
*/
/*!
    \variable SocketIo::ServerOptions::connectTimeout
    \brief how long a client may stay without joining a namespace before it is disconnected;
    45 seconds by default.
*/
/*!
    \variable SocketIo::ServerOptions::parser
    \brief the wire format of packets, shared by both ends; JsonParser by default.
*/
/*!
    \variable SocketIo::ServerOptions::adapter
    \brief makes the adapter of each namespace. By default it is an InMemoryAdapter, or a
    SessionAwareAdapter with connectionStateRecovery.
*/
/*!
    \variable SocketIo::ServerOptions::connectionStateRecovery
    \brief whether and how a client whose connection broke gets its socket back: its id, rooms and
    data, and the events that it missed; off by default.

    Each event that is neither volatile nor wants an acknowledgement then has one argument more,
    its offset, a string at the end.

    A client that comes back before its old connection was found to be broken takes its session
    over: the old socket is disconnected for Socket::DisconnectReason::SessionTakenOver. Socket.IO
    gives such a client a new session instead.
*/
/*!
    \variable SocketIo::ServerOptions::cleanupEmptyChildNamespaces
    \brief whether a namespace that a client's CONNECT has made is deleted when its last socket
    leaves; \c false by default. With connectionStateRecovery it is deleted when no client can come
    back to a session in it.
*/

/*!
    \variable SocketIo::ServerOptions::maxNamespacesPerClient
    \brief how many namespaces a client may be in, or ask for, at once; 1000 by default, and 0 for
    any number. More are refused with "Too many namespaces"; the connection stays.
*/
/*!
    \variable SocketIo::ServerOptions::maxAuthSizePerClient
    \brief how many bytes of memory, as estimated, what a client has sent as \c auth for all the
    namespaces that it is in, or asks for, may take; 64 MiB by default, and 0 for any number. A
    socket keeps it in its handshake. A namespace for which there is no room is refused with "Too
    much auth data"; the connection stays.
*/
/*!
    \variable SocketIo::ServerOptions::maxChildNamespaces
    \brief how many namespaces clients may have made of one pattern or function; 100,000 by default,
    and 0 for any number. More are refused with "Invalid namespace", with a warning.
*/
/*!
    \variable SocketIo::ServerOptions::maxRoomsPerSocket
    \brief how many rooms a socket may be in, beside its own; 100,000 by default, and 0 for any
    number. It does not join more, with a warning.
*/
/*!
    \variable SocketIo::ServerOptions::maxPendingAcksPerSocket
    \brief how many acknowledgements may be awaited from a socket's client at once; 100,000 by
    default, and 0 for any number. Further events that want one are not sent, with a warning, and
    their PendingAck fails. Events for several clients are sent, and this one is not waited for.
*/
/*!
    \variable SocketIo::ServerOptions::maxRoomsLeftPerTurn
    \brief how many rooms a socket that has disconnected leaves before other clients get their turn;
    1000 by default, and 0 for any number. It gets no event meanwhile. Namespace::roomLeft() and
    Namespace::roomDeleted() are emitted as the rooms are left.
*/

/*!
    \class SocketIo::RecoveryOptions
    \inmodule QtSocketIo
    \inheaderfile SocketIo/RecoverableSession
    \since QtSocketIo 0.1
    \brief The settings of connection state recovery.

    The limits are those of each namespace.

    They are an option of the server:

    \snippet reference.cpp RecoveryOptions
*/
/*!
    \variable SocketIo::RecoveryOptions::maxDisconnectionDuration
    \brief how long the session of a client that is gone is kept; 2 minutes by default. Events are
    kept for that time and the time that it may take to notice that a connection is broken.
*/
/*!
    \variable SocketIo::RecoveryOptions::skipMiddlewares
    \brief whether a recovered socket joins without running the namespace's middlewares;
    \c true by default.
*/
/*!
    \variable SocketIo::RecoveryOptions::maxSessions
    \brief how many sessions of clients that are gone are kept; 100,000 by default, and 0 for any
    number. Beyond that the oldest are dropped: their clients start anew.
*/
/*!
    \variable SocketIo::RecoveryOptions::maxLogSize
    \brief how many bytes the events that are kept may take, as estimated; 64 MiB by default, and 0
    for any number. Beyond that the oldest are dropped: a client that has missed one of them starts
    anew.
*/

} // namespace SocketIo
