// SPDX-License-Identifier: MIT
#include <SocketIo/adminuioptions.h>

/*!
    \class SocketIo::AdminUiOptions
    \inmodule QtSocketIo
    \inheaderfile SocketIo/AdminUiOptions
    \since QtSocketIo 0.1
    \brief The settings of an AdminUi.

    The options must define who may log in. Set \l username and \l passwordHash, or
    \l authenticator, or, if nobody else can reach the server, \l allowAnyone.

    For production:

    \snippet adminui.cpp production
*/
/*!
    \enum SocketIo::AdminUiOptions::Mode
    This enum describes what is reported to the pages (Socket.IO: \c mode).

    \value Development all sockets, rooms and events
    \value Production totals only
*/
/*!
    \typealias SocketIo::AdminUiOptions::Authenticator

    A function that decides whether a user may log in. It takes the name, the password, and a
    function that it calls once with the result, immediately or later, in any thread.
*/
/*!
    \variable SocketIo::AdminUiOptions::username
    \brief the name to log in with (Socket.IO: \c auth.username). Empty by default.
*/
/*!
    \variable SocketIo::AdminUiOptions::passwordHash
    \brief the bcrypt hash of the password for \l username, as \c{htpasswd -nBC 10 admin} or
    \c{mkpasswd -m bcrypt} prints it (Socket.IO: \c auth.password). Empty by default. Passwords are
    checked in a separate thread. Requires AdminUi::hasBcrypt().
*/
/*!
    \variable SocketIo::AdminUiOptions::authenticator
    \brief a function that decides who may log in, used instead of \l username and \l passwordHash.
    None by default.
*/
/*!
    \variable SocketIo::AdminUiOptions::allowAnyone
    \brief whether anyone can log in without a password (Socket.IO: \c{auth: false}); \c false by
    default.
*/
/*!
    \variable SocketIo::AdminUiOptions::namespaceName
    \brief the namespace that the pages connect to; "/admin" by default (Socket.IO:
    \c namespaceName).
*/
/*!
    \variable SocketIo::AdminUiOptions::mode
    \brief what is reported to the pages; \c Development by default (Socket.IO: \c mode).
*/
/*!
    \variable SocketIo::AdminUiOptions::readOnly
    \brief whether the pages are read-only and cannot execute commands; \c false by default
    (Socket.IO: \c readonly).
*/
/*!
    \variable SocketIo::AdminUiOptions::serverId
    \brief the name of this server on the pages, which must differ from those of the other servers
    of a cluster. If it is empty, which is the default, the name of the host is used, followed by
    the id of the process if the server is part of a cluster (Socket.IO: \c serverId).
*/
/*!
    \variable SocketIo::AdminUiOptions::sessionStore
    \brief where the sessions of users who have logged in are stored (Socket.IO: \c store). By
    default (\c nullptr), they are stored in memory, for this server only.
*/
/*!
    \variable SocketIo::AdminUiOptions::pageFolder
    \brief the folder whose files AdminUi::handleRequest() serves: \c ui/dist of the npm package
    \@socket.io/admin-ui. Files whose names begin with a dot are not served. Empty by default.
*/
/*!
    \variable SocketIo::AdminUiOptions::pagePath
    \brief the path of the pages on this server; "/admin-ui/" by default.
*/
/*!
    \variable SocketIo::AdminUiOptions::statisticsInterval
    \brief the interval at which statistics are sent to the pages; 2 seconds by default. A page
    shows a server as unhealthy after 10 seconds without statistics. With 0, statistics are sent
    only once.
*/
/*!
    \variable SocketIo::AdminUiOptions::sessionDuration
    \brief the time for which a page can be reloaded without the password; 24 hours by default.
*/
/*!
    \variable SocketIo::AdminUiOptions::maxSessions
    \brief the maximum number of sessions that are stored in memory; 1,000 by default. If there are
    more, the oldest ones end.
*/
/*!
    \variable SocketIo::AdminUiOptions::maxFailedLogins
    \brief the maximum number of wrong passwords from an address within a minute; 10 by default.
    Further attempts from that address are refused without checking the password. 0 means no limit.
    IPv6 addresses with the same first 64 bits are treated as one address.

    If the server is behind a proxy, set EngineIo::ServerOptions::trustedProxies; otherwise all
    users have the address of the proxy.
*/
/*!
    \variable SocketIo::AdminUiOptions::maxWaitingLogins
    \brief the maximum number of logins whose password is waiting to be checked; 16 by default.
    Further attempts are refused.
*/
/*!
    \variable SocketIo::AdminUiOptions::maxNamespaces
    \brief the maximum number of namespaces that commands from the pages can create on this server;
    100 by default. A command for a namespace that this server does not have creates it, because
    other servers of the cluster may have sockets in it.
*/
