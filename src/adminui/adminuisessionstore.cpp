// SPDX-License-Identifier: MIT
#include <SocketIo/adminuisessionstore.h>

namespace SocketIo {

/*!
    \class SocketIo::AdminUiSessionStore
    \inmodule QtSocketIo
    \inheaderfile SocketIo/AdminUiSessionStore
    \since QtSocketIo 0.1
    \brief The base class of stores for the sessions of an AdminUi, with which servers can share
    them (Socket.IO: \c Store of \@socket.io/admin-ui).

    When a user logs in, a session is created, so that the page can be reloaded without asking for
    the password. Sessions are stored in memory unless AdminUiOptions::sessionStore is set. The
    servers of a cluster must share a store if the connections of a client do not always reach the
    same server. The following store uses the same keys as \c RedisStore of the npm package:

    \snippet adminui.cpp store
*/

/*! Constructs a store. */
AdminUiSessionStore::AdminUiSessionStore() = default;

/*! Destroys the store. */
AdminUiSessionStore::~AdminUiSessionStore() = default;

/*!
    \typealias SocketIo::AdminUiSessionStore::Found

    A function that receives \c true if a session exists, and \c false otherwise.
*/

/*!
    \fn void AdminUiSessionStore::saveSession(const QString &id, std::chrono::seconds duration)
    Stores the session \a id for \a duration.
*/

/*!
    \fn void AdminUiSessionStore::doesSessionExist(const QString &id, const Found &found)
    Calls \a found once, immediately or later, in the server's thread, with \c true if the session
    \a id exists, and \c false otherwise. The id is received from a client and may be invalid; it
    consists of up to 64 letters and digits.
*/

} // namespace SocketIo
