// SPDX-License-Identifier: MIT
#include <SocketIo/adminuioptions.h>

/*!
    \class SocketIo::AdminUiOptions
    \inmodule QtSocketIo
    \inheaderfile SocketIo/AdminUiOptions
    \since QtSocketIo 0.1
    \brief The settings of an AdminUi.

    They must say who may log in: with username and passwordHash, with authenticator, or, where
    nobody else can reach the server, with allowAnyone.

    For production:

    \snippet adminui.cpp production
*/
/*!
    \enum SocketIo::AdminUiOptions::Mode
    What is reported to the pages (Socket.IO: \c mode).

    \value Development all sockets, rooms and events
    \value Production totals only
*/
/*!
    \typealias SocketIo::AdminUiOptions::Authenticator

    A function that takes the user's name and password, and a function to call once, immediately or
    later, with whether the user may log in.
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
    \brief a function that decides who may log in, instead of username and passwordHash. None by
    default.
*/
/*!
    \variable SocketIo::AdminUiOptions::allowAnyone
    \brief whether no password is needed (Socket.IO: \c{auth: false}); \c false by default.
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
    \brief whether the pages can only look; \c false by default (Socket.IO: \c readonly).
*/
/*!
    \variable SocketIo::AdminUiOptions::serverId
    \brief the name of this server on the pages, which must differ from those of the other servers
    of a cluster. Empty by default, which means the name of the host, followed in a cluster by the
    id of the process (Socket.IO: \c serverId).
*/
/*!
    \variable SocketIo::AdminUiOptions::sessionStore
    \brief where the sessions of users who have logged in are kept; in memory by default, for this
    server alone (Socket.IO: \c store).
*/
/*!
    \variable SocketIo::AdminUiOptions::pageFolder
    \brief the folder whose files AdminUi::handleRequest() serves: \c ui/dist of the npm package
    \@socket.io/admin-ui. Empty by default.
*/
/*!
    \variable SocketIo::AdminUiOptions::pagePath
    \brief the path of the pages on this server; "/admin-ui/" by default.
*/
/*!
    \variable SocketIo::AdminUiOptions::statisticsInterval
    \brief the time between two reports to the pages; 2 seconds by default. A page shows a server as
    unhealthy after 10 seconds without a report. With 0 there is one report only.
*/
/*!
    \variable SocketIo::AdminUiOptions::sessionDuration
    \brief how long a page can be loaded again without the password; 24 hours by default.
*/
/*!
    \variable SocketIo::AdminUiOptions::maxSessions
    \brief how many sessions are kept in memory; 1,000 by default. When there are more, the oldest
    ones end.
*/
/*!
    \variable SocketIo::AdminUiOptions::maxFailedLogins
    \brief how many wrong passwords an address may try in a minute; 10 by default. Further attempts
    from that address are refused without checking the password. 0 means no limit. IPv6 addresses
    with the same first 64 bits count as one.

    Behind a proxy, set EngineIo::ServerOptions::trustedProxies, otherwise all users share the
    proxy's address.
*/
/*!
    \variable SocketIo::AdminUiOptions::maxWaitingLogins
    \brief how many passwords may wait to be checked; 16 by default. Further attempts are refused.
*/
/*!
    \variable SocketIo::AdminUiOptions::maxNamespaces
    \brief how many namespaces the pages may create on this server by commands for names that it
    does not have; 100 by default. Other servers of the cluster may have sockets there.
*/
