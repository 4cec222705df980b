// SPDX-License-Identifier: MIT
#include <SocketIo/serveroptions.h>

namespace SocketIo {

/*!
    \class SocketIo::ServerOptions
    \inmodule QtSocketIo
    \since 0.1
    \brief The settings of a Server, with Socket.IO's names and defaults.

    They come on top of those of EngineIo::ServerOptions, of which only \c path has another
    default here: "/socket.io".
*/
/*!
    \fn SocketIo::ServerOptions::ServerOptions()
    Constructs the default options.
*/
/*!
    \typealias SocketIo::AdapterFactory
    \since 0.1

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
    requests for these files are answered 404, and the server warns when it starts; set
    serveClient to \c false if no page loads the script from this server.

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
*/
/*!
    \variable SocketIo::ServerOptions::cleanupEmptyChildNamespaces
    \brief whether a namespace that a client's CONNECT has made is deleted when its last socket
    leaves; \c false by default.
*/

/*!
    \class SocketIo::RecoveryOptions
    \inmodule QtSocketIo
    \since 0.1
    \brief The settings of connection state recovery.
*/
/*!
    \variable SocketIo::RecoveryOptions::maxDisconnectionDuration
    \brief how long sessions and events are kept; 2 minutes by default.
*/
/*!
    \variable SocketIo::RecoveryOptions::skipMiddlewares
    \brief whether a recovered socket joins without running the namespace's middlewares;
    \c true by default.
*/

} // namespace SocketIo
