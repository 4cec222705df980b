// SPDX-License-Identifier: MIT
#include <SocketIo/clientoptions.h>

namespace SocketIo {

/*!
    \class SocketIo::ClientOptions
    \inmodule QtSocketIo
    \inheaderfile SocketIo/ClientOptions
    \since QtSocketIo 0.1
    \brief The settings of a Manager and its sockets, with Socket.IO's names and defaults.

    They come on top of those of EngineIo::ClientOptions, of which only \c path has another default
    here: "/socket.io". They are copied: changing a ClientOptions afterwards changes nothing.

    They are given to Manager::connectTo() or to a Manager:

    \snippet reference.cpp ClientOptions
*/
/*!
    \fn SocketIo::ClientOptions::ClientOptions()
    Constructs the default options.
*/
/*!
    \variable SocketIo::ClientOptions::Unlimited
    \brief the number of reconnectionAttempts that never end.
*/
/*!
    \variable SocketIo::ClientOptions::forceNew
    \brief whether Manager::connectTo() makes a new connection in any case; \c false by default.
*/
/*!
    \variable SocketIo::ClientOptions::multiplex
    \brief whether Manager::connectTo() may use a connection that it has made before; \c true by
    default.
*/
/*!
    \variable SocketIo::ClientOptions::autoConnect
    \brief whether a manager and its sockets connect as soon as they are made; \c true by default.
    Otherwise they do when ClientSocket::open() is called.
*/
/*!
    \variable SocketIo::ClientOptions::reconnection
    \brief whether a connection that broke, or that cannot be made, is tried again; \c true by
    default.
*/
/*!
    \variable SocketIo::ClientOptions::reconnectionAttempts
    \brief how often it is tried before giving up; ClientOptions::Unlimited by default.
*/
/*!
    \variable SocketIo::ClientOptions::reconnectionDelay
    \brief how long to wait before the first try, approximately; 1 second by default. It doubles
    with each further one.
*/
/*!
    \variable SocketIo::ClientOptions::reconnectionDelayMax
    \brief the longest wait between two tries; 5 seconds by default.
*/
/*!
    \variable SocketIo::ClientOptions::randomizationFactor
    \brief the part of the wait by which it is made shorter or longer at random, from 0 to 1; 0.5 by
    default. Values out of that range count as 0.
*/
/*!
    \variable SocketIo::ClientOptions::timeout
    \brief how long the server may take to open a connection; 20 seconds by default. Without a value
    there is no limit; with 0 each attempt fails at once.
*/
/*!
    \variable SocketIo::ClientOptions::parser
    \brief the wire format of packets, which must be the server's; JsonParser by default.
*/
/*!
    \variable SocketIo::ClientOptions::auth
    \brief what the socket sends to the server when it connects, as the server sees it in
    Handshake::auth(); nothing by default.
*/
/*!
    \variable SocketIo::ClientOptions::authFunction
    \brief gives what to send instead of \c auth. It is called at each connection, also when the
    connection is made again, and calls the function that it gets once, at once or later; in the
    socket's thread.
*/
/*!
    \variable SocketIo::ClientOptions::ackTimeout
    \brief how long an acknowledgement may take if ClientSocket::timeout() does not say otherwise;
    without limit by default.
*/
/*!
    \variable SocketIo::ClientOptions::retries
    \brief how often an event is sent again if it is not acknowledged within \c ackTimeout; 0 by
    default, and then events are sent once and nothing waits for their acknowledgement.

    With another value the socket's events are sent strictly one after the other, each when the one
    before was acknowledged, so the server must acknowledge them all. An event may then arrive more
    than once, but it does not get lost as long as the application runs. Set \c ackTimeout, too:
    without it an event that is not acknowledged holds up all others until the connection is made
    anew, which a warning tells after 10 seconds.
*/
/*!
    \variable SocketIo::ClientOptions::maxBufferedEvents
    \brief how many events of a socket may wait, for the connection or, with \c retries, for their
    acknowledgement; ClientOptions::Unlimited by default, as in socket.io-client.

    emitEvent() drops further ones, returns \c false and prints a warning; what can be sent at once,
    and volatile events, are not counted against it. Set it in programs that
    emit for a long time while the server cannot be reached, or use ClientSocket::asVolatile().
*/
/*!
    \variable SocketIo::ClientOptions::maxEarlyEvents
    \brief how many events a server may send to a socket before it has let it into the namespace;
    1000 by default. Servers send none unless they recover a session. With one more, the connection
    is closed with "parse error", as it is when they take more memory than \c maxReceiveBufferSize.
    ClientOptions::Unlimited removes the limit.
*/
/*!
    \variable SocketIo::ClientOptions::quitTimeout
    \brief for how long the end of the application, or of the connection's thread, is put off to
    deliver what was sent before; 2 seconds by default. With 0 it is lost. See \l {Quitting}.
*/

/*!
    \typedef SocketIo::AuthFunction
    Gives what a socket sends to the server when it connects, to the AuthDone that it is called
    with.
*/
/*!
    \typedef SocketIo::AuthDone
    Takes what a socket sends to the server when it connects. It may be called in any thread; the
    first call counts.
*/

} // namespace SocketIo
