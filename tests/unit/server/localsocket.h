// SPDX-License-Identifier: MIT
#ifndef LOCALSOCKET_H
#define LOCALSOCKET_H

#include "socketio/server/namespace_p.h"
#include "socketio/server/socket_p.h"

// A connected socket without a connection: it is in its own room and sends nowhere.
inline SocketIo::Socket *addSocket(SocketIo::Namespace *nsp, const QString &id,
                                   const QStringList &rooms = {}, const QString &pid = {})
{
    using namespace SocketIo;
    NamespacePrivate *d = NamespacePrivate::get(nsp);
    Socket *socket = SocketPrivate::create(d, nullptr, id, pid, Handshake());
    SocketPrivate::get(socket)->setState(SocketPrivate::State::Connected);
    d->setConnected(socket);
    socket->join(QStringList{id} + rooms);
    return socket;
}

inline QStringList idsOf(const QList<SocketIo::Socket *> &sockets)
{
    QStringList ids;
    for (const SocketIo::Socket *socket : sockets)
        ids.append(socket->id());
    ids.sort();
    return ids;
}

#endif
