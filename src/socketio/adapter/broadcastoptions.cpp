// SPDX-License-Identifier: MIT
#include "socketio/adapter/broadcastoptions_p.h"

#include <SocketIo/broadcastoptions.h>

#include <QtCore/qset.h>

namespace SocketIo {

/*!
    \class SocketIo::BroadcastOptions
    \inmodule QtSocketIo
    \inheaderfile SocketIo/BroadcastOptions
    \since QtSocketIo 0.1
    \brief Which sockets of a namespace an operation means, and how it is done (Socket.IO:
    \c BroadcastOptions).

    A socket is meant if it is in any of rooms, or if rooms is empty, unless it is in any of
    except. Each socket's own room, called by its id, counts as well.

    For example, all in one room but those who are in another:

    \snippet reference.cpp BroadcastOptions
*/
/*!
    \variable SocketIo::BroadcastOptions::NoTimeout
    \brief the timeout that never passes.
*/
/*!
    \variable SocketIo::BroadcastOptions::rooms
    \brief the rooms whose sockets are meant; empty for all sockets.
*/
/*!
    \variable SocketIo::BroadcastOptions::except
    \brief the rooms whose sockets are left out.
*/
/*!
    \variable SocketIo::BroadcastOptions::flags
    \brief how the packet is sent.
*/
/*!
    \variable SocketIo::BroadcastOptions::timeout
    \brief how long acknowledgements and other servers' answers are waited for; NoTimeout by
    default.
*/
/*!
    \variable SocketIo::BroadcastOptions::socket
    \brief the socket that sends the packet to its own client, if that is what happens. rooms is
    then its id, and the packet reaches it even while it is in its namespace's middlewares.
*/
/*!
    \enum SocketIo::BroadcastFlag
    \since QtSocketIo 0.1

    \value Volatile       The packet is dropped for a client whose transport cannot take it now.
    \value NoCompression  The packet is not compressed (Socket.IO: \c{compress(false)}).
    \value Local          Only this server's sockets are meant.
*/
/*!
    \enum SocketIo::CloseConnection
    \since QtSocketIo 0.1

    \value No   The client leaves the namespace and keeps its connection.
    \value Yes  The client's connection is closed, and with it all its namespaces.
*/
/*!
    \class SocketIo::RecoverableSession
    \inmodule QtSocketIo
    \inheaderfile SocketIo/RecoverableSession
    \since QtSocketIo 0.1
    \brief What is kept of a socket whose connection broke (Socket.IO: \c SessionToPersist).

    An adapter that keeps sessions itself:

    \snippet reference.cpp sessions
*/
/*!
    \variable SocketIo::RecoverableSession::sid
    \brief the socket's id.
*/
/*!
    \variable SocketIo::RecoverableSession::pid
    \brief the id by which the client, and nobody else, can ask for the session.
*/
/*!
    \variable SocketIo::RecoverableSession::rooms
    \brief the rooms that the socket was in.
*/
/*!
    \variable SocketIo::RecoverableSession::data
    \brief the socket's data.
*/
/*!
    \class SocketIo::RestoredSession
    \inmodule QtSocketIo
    \inheaderfile SocketIo/RecoverableSession
    \since QtSocketIo 0.1
    \brief A kept session and what its client has missed (Socket.IO: \c Session).

    An adapter that keeps sessions itself:

    \snippet reference.cpp sessions
*/
/*!
    \variable SocketIo::RestoredSession::missedEvents
    \brief the events that the client has missed, the oldest first: each a name and its arguments.
*/

void detail::appendOnce(QStringList *list, const QStringList &rooms)
{
    constexpr qsizetype Few = 8;
    if (list->size() + rooms.size() <= Few) {
        for (const QString &room : rooms) {
            if (!list->contains(room))
                list->append(room);
        }
        return;
    }
    QSet<QString> known(list->cbegin(), list->cend());
    for (const QString &room : rooms) {
        const qsizetype before = known.size();
        known.insert(room);
        if (known.size() > before)
            list->append(room);
    }
}

} // namespace SocketIo
