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
    \brief Selects the sockets of a namespace for an operation, and how it is performed (Socket.IO:
    \c BroadcastOptions).

    A socket is selected if it is in any of \l rooms, or if \l rooms is empty, unless it is in any
    of \l except. The own room of each socket, whose name is the socket's id, can be used as well.

    For example, to select all sockets in one room except those in another:

    \snippet reference.cpp BroadcastOptions
*/
/*!
    \variable SocketIo::BroadcastOptions::rooms
    \brief the rooms whose sockets are selected; empty for all sockets.
*/
/*!
    \variable SocketIo::BroadcastOptions::except
    \brief the rooms whose sockets are excluded.
*/
/*!
    \variable SocketIo::BroadcastOptions::flags
    \brief how the packet is sent.
*/
/*!
    \variable SocketIo::BroadcastOptions::timeout
    \brief the maximum time to wait for acknowledgements and for responses of other servers;
    \c std::nullopt, the default, means that there is no limit.
*/
/*!
    \variable SocketIo::BroadcastOptions::socket
    \brief the socket if it sends the packet to its own client, or \c nullptr, the default. In that
    case, \l rooms contains its id, and the packet is sent even while the middlewares of the
    namespace are running.
*/
/*!
    \enum SocketIo::BroadcastFlag
    \since QtSocketIo 0.1

    \value Volatile The packet is dropped for clients whose transport cannot send it immediately.
    \value NoCompression  The packet is not compressed (Socket.IO: \c{compress(false)}).
    \value Local Only sockets on this server are selected.
*/
/*!
    \enum SocketIo::CloseConnection
    \since QtSocketIo 0.1

    \value No The client leaves the namespace. Its connection stays open.
    \value Yes The client leaves all its namespaces, and its connection is closed.
*/
/*!
    \class SocketIo::RecoverableSession
    \inmodule QtSocketIo
    \inheaderfile SocketIo/RecoverableSession
    \since QtSocketIo 0.1
    \brief Contains the data of a socket whose connection was lost (Socket.IO: \c SessionToPersist).

    The following adapter stores sessions itself:

    \snippet reference.cpp sessions
*/
/*!
    \variable SocketIo::RecoverableSession::sid
    \brief the socket's id.
*/
/*!
    \variable SocketIo::RecoverableSession::pid
    \brief the private id with which the client requests the session. It is known only to the
    client.
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
    \brief Contains a stored session and the events that its client has missed (Socket.IO:
    \c Session).

    The following adapter stores sessions itself:

    \snippet reference.cpp sessions
*/
/*!
    \variable SocketIo::RestoredSession::missedEvents
    \brief the events that the client has missed, starting with the oldest. Each is a list of the
    event's name and its arguments.
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
