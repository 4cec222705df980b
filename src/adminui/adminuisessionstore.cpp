// SPDX-License-Identifier: MIT
#include <SocketIo/adminuisessionstore.h>

namespace SocketIo {

/*!
    \class SocketIo::AdminUiSessionStore
    \inmodule QtSocketIo
    \inheaderfile SocketIo/AdminUiSessionStore
    \since QtSocketIo 0.1
    \brief Keeps the sessions of an AdminUi, for servers that share them (Socket.IO: \c Store of
    \@socket.io/admin-ui).

    A user who has logged in gets a session, so that the page can be loaded again without asking for
    the password. An AdminUi keeps sessions in memory unless AdminUiOptions::sessionStore has
    another place for them. Servers of a cluster need a common one if a client's connections do not
    always go to the same server. The following store uses the keys of the npm package's
    \c RedisStore:

    \snippet adminui.cpp store
*/

/*! Constructs a store. */
AdminUiSessionStore::AdminUiSessionStore() = default;

/*! Destroys the store. */
AdminUiSessionStore::~AdminUiSessionStore() = default;

/*!
    \typealias SocketIo::AdminUiSessionStore::Found

    A function that takes whether a session exists.
*/

/*!
    \fn void AdminUiSessionStore::saveSession(const QString &id, std::chrono::seconds duration)
    Keeps the session \a id for \a duration.
*/

/*!
    \fn void AdminUiSessionStore::doesSessionExist(const QString &id, const Found &found)
    Calls \a found once, immediately or later, in the server's thread, with whether the session
    \a id exists. The id comes from a client: it has up to 64 letters and digits, and may be a
    guess.
*/

} // namespace SocketIo
