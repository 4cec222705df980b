// SPDX-License-Identifier: MIT
#include <SocketIo/clientoptions.h>

namespace SocketIo {

/*!
    \class SocketIo::ClientOptions
    \inmodule QtSocketIo
    \inheaderfile SocketIo/ClientOptions
    \since QtSocketIo 0.1
    \brief The settings of a Manager and its sockets, with Socket.IO's names and defaults.

    The settings of EngineIo::ClientOptions are inherited. Only \c path has a different default
    here: "/socket.io". The options are copied; changing a ClientOptions object afterwards has no
    effect on existing managers and sockets.

    Options are passed to Manager::connectTo() or to the constructor of Manager:

    \snippet reference.cpp ClientOptions
*/
/*!
    \fn SocketIo::ClientOptions::ClientOptions()
    Constructs the default options.
*/
/*!
    \variable SocketIo::ClientOptions::Unlimited
    \brief the value of reconnectionAttempts, maxBufferedEvents and maxEarlyEvents that means no
    limit.
*/
/*!
    \variable SocketIo::ClientOptions::forceNew
    \brief whether Manager::connectTo() always creates a new connection; \c false by default.
*/
/*!
    \variable SocketIo::ClientOptions::multiplex
    \brief whether Manager::connectTo() may reuse an existing connection; \c true by default.
*/
/*!
    \variable SocketIo::ClientOptions::autoConnect
    \brief whether a manager and its sockets connect as soon as they are created; \c true by
    default. If \c false, they connect when ClientSocket::open() is called.
*/
/*!
    \variable SocketIo::ClientOptions::reconnection
    \brief whether the client reconnects after the connection was lost or could not be established;
    \c true by default.
*/
/*!
    \variable SocketIo::ClientOptions::reconnectionAttempts
    \brief the maximum number of attempts to reconnect; ClientOptions::Unlimited by default.
*/
/*!
    \variable SocketIo::ClientOptions::reconnectionDelay
    \brief the approximate delay before the first attempt to reconnect; 1 second by default. It
    doubles with each further attempt.
*/
/*!
    \variable SocketIo::ClientOptions::reconnectionDelayMax
    \brief the maximum delay between two attempts to reconnect; 5 seconds by default.
*/
/*!
    \variable SocketIo::ClientOptions::randomizationFactor
    \brief the factor by which the delays are randomly increased or decreased, from 0 to 1; 0.5 by
    default. Values outside this range are treated as 0.
*/
/*!
    \variable SocketIo::ClientOptions::timeout
    \brief the maximum duration of an attempt to connect; 20 seconds by default. Without a value
    there is no limit. With 0, each attempt fails immediately.
*/
/*!
    \variable SocketIo::ClientOptions::parser
    \brief the wire format of packets, which must be the same as the server's; JsonParser by
    default.
*/
/*!
    \variable SocketIo::ClientOptions::auth
    \brief the data that the socket sends to the server when it connects, which the server receives
    as Handshake::auth(); empty by default.
*/
/*!
    \variable SocketIo::ClientOptions::authFunction
    \brief a function that provides the data to send, used instead of \c auth; none by default. It
    is called in the socket's thread each time the socket connects or reconnects, and calls the
    function that it receives once, immediately or later.
*/
/*!
    \variable SocketIo::ClientOptions::ackTimeout
    \brief the maximum time to wait for an acknowledgement, unless ClientSocket::timeout() is used;
    no limit by default.
*/
/*!
    \variable SocketIo::ClientOptions::retries
    \brief the maximum number of times that an event is sent again if it is not acknowledged within
    \c ackTimeout. With 0, the default, each event is sent once, without waiting for an
    acknowledgement.

    With any other value, the events of the socket are sent strictly one after another, each after
    the previous one has been acknowledged, so the server must acknowledge all events. An event may
    then arrive more than once, but is not lost as long as the application runs. Set \c ackTimeout
    as well: without it, an event that is not acknowledged blocks all others until the client
    reconnects, and a warning is logged after 10 seconds.
*/
/*!
    \variable SocketIo::ClientOptions::maxBufferedEvents
    \brief the maximum number of events of a socket that wait for the connection or, with
    \c retries, for their acknowledgement; ClientOptions::Unlimited by default, as in
    socket.io-client.

    emitEvent() drops further events, returns \c false and logs a warning. The limit does not apply
    to volatile events and to events that can be sent immediately. Set a limit, or use
    ClientSocket::asVolatile(), in programs that emit events for a long time while the server is
    unavailable.
*/
/*!
    \variable SocketIo::ClientOptions::maxEarlyEvents
    \brief the maximum number of events that a server may send to a socket before the socket has
    joined the namespace; 1000 by default. Servers only do this when they recover a session. If
    there are more events, or if they take more memory than \c maxReceiveBufferSize, the connection
    is closed with "parse error". ClientOptions::Unlimited removes the limit.
*/
/*!
    \variable SocketIo::ClientOptions::quitTimeout
    \brief the maximum time for which the end of the application, or of the connection's thread, is
    delayed to deliver pending packets; 2 seconds by default. With 0, they are lost. See
    \l {Quitting}.
*/

/*!
    \typedef SocketIo::AuthFunction
    A function that provides the data that a socket sends to the server when it connects, by calling
    the AuthDone that is passed to it.
*/
/*!
    \typedef SocketIo::AuthDone
    A function that receives the data that a socket sends to the server when it connects. It can be
    called in any thread; only the first call has an effect.
*/

} // namespace SocketIo
