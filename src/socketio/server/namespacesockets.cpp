// SPDX-License-Identifier: MIT
// The sockets that a namespace owns, until the last one has gone.
#include "socketio/server/namespace_p.h"

#include "base/callout_p.h"
#include "base/timelimits_p.h"
#include "socketio/server/connection_p.h"
#include "socketio/server/server_p.h"
#include "socketio/server/serverlogging_p.h"
#include "socketio/server/socket_p.h"

#include <QtCore/qtimer.h>

#include <utility>

namespace SocketIo {

using detail::Connection;
using EngineIo::detail::CallOut;

NamespacePrivate::NamespacePrivate(ServerPrivate *owner, const QString &fullName,
                                   Kind namespaceKind)
    : server(owner)
    , name(fullName)
    , kind(namespaceKind)
{
}

NamespacePrivate::~NamespacePrivate() = default;

QPointer<Namespace> NamespacePrivate::create(ServerPrivate *server, const QString &name, Kind kind)
{
    const std::shared_ptr<NamespacePrivate> d(new NamespacePrivate(server, name, kind));
    d->q = new Namespace(d, server->q);
    QPointer<Namespace> nsp = d->q;
    d->createAdapter();
    return nsp;
}

void NamespacePrivate::addSocket(Socket *socket)
{
    SocketPrivate *s = SocketPrivate::get(socket);
    s->index = all.size();
    all.push_back(s);
}

void NamespacePrivate::setConnected(Socket *socket)
{
    const SocketPrivate *s = SocketPrivate::get(socket);
    recovering.remove(s->id);
    connected.insert(s->id, socket);
    if (!s->pid.isEmpty())
        recoverable.insert(s->pid, socket);
}

void NamespacePrivate::setDisconnected(Socket *socket)
{
    const auto it = connected.constFind(SocketPrivate::get(socket)->id);
    if (it != connected.cend() && it.value() == socket)
        connected.erase(it);
    forgetSession(socket);
}

void NamespacePrivate::forgetSession(Socket *socket)
{
    const SocketPrivate *s = SocketPrivate::get(socket);
    const auto remove = [socket](QHash<QString, Socket *> *hash, const QString &key) {
        const auto it = hash->constFind(key);
        if (it != hash->cend() && it.value() == socket)
            hash->erase(it);
    };
    remove(&recovering, s->id);
    remove(&recoverable, s->pid);
}

void NamespacePrivate::persist(Socket *socket)
{
    const SocketPrivate *s = SocketPrivate::get(socket);
    qCDebug(detail::lcServer).noquote() << "The session of socket" << s->id << "is kept";
    const auto duration = server->options.connectionStateRecovery->maxDisconnectionDuration;
    m_keptUntil.setRemainingTime(
        std::min<std::chrono::milliseconds>(duration, EngineIo::detail::LongestTime));
    callAdapter([&](Adapter &keeper) {
        keeper.persistSession({s->id, s->pid, keeper.socketRooms(socket), s->data});
    });
}

void NamespacePrivate::removeSocket(Socket *socket)
{
    const size_t index = SocketPrivate::get(socket)->index;
    auto *last = static_cast<SocketPrivate *>(all.back());
    all[index] = last;
    last->index = index;
    all.pop_back();
}

void NamespacePrivate::retire(Socket *socket, Session session, const Error &why)
{
    SocketPrivate *s = SocketPrivate::get(socket);
    CallOut out(socket);
    CallOut space(q);
    s->setState(SocketPrivate::State::Disconnected);
    if (s->recovered && session == Session::Kept && !out.call([&] { persist(socket); }))
        return;
    forgetSession(socket);
    if (Connection *connection = s->connection)
        connection->remove(socket);
    changeRooms(socket, [&](Adapter &left) { left.delAll(socket); });
    if (out && s->acks)
        out.call([&] { s->acks->failAll(why); });
    if (out)
        s->deleteWhenFree();
    if (space)
        closeIfEmpty();
}

void NamespacePrivate::closeSockets(Socket::DisconnectReason reason)
{
    QList<QPointer<Socket>> sockets;
    sockets.reserve(connected.size());
    for (Socket *socket : std::as_const(connected))
        sockets.append(socket);
    for (const QPointer<Socket> &socket : std::as_const(sockets)) {
        if (socket)
            SocketPrivate::get(socket)->close(reason);
    }
}

// Returns whether answers are still to come, as from other servers of the cluster.
bool NamespacePrivate::waitsForAnswers()
{
    const auto *pending = q->findChild<PendingAck *>(QString(), Qt::FindDirectChildrenOnly);
    if (pending && !std::exchange(m_answersAwaited, true)) {
        QObject::connect(
            pending, &QObject::destroyed, q,
            [this] {
                m_answersAwaited = false;
                closeIfEmpty();
            },
            Qt::QueuedConnection);
    }
    return pending;
}

// Returns whether a client may still come to this namespace without asking for a new one.
bool NamespacePrivate::waitsForClients()
{
    if (m_joining > 0 || pendingCount > 0 || !connected.isEmpty())
        return true;
    if (!server->recovers() || m_keptUntil.hasExpired())
        return false;
    if (!std::exchange(m_waitsToClose, true)) {
        const std::chrono::milliseconds left(m_keptUntil.remainingTime() + 1);
        QTimer::singleShot(EngineIo::detail::timerTime(left), q, [this] {
            m_waitsToClose = false;
            closeIfEmpty();
        });
    }
    return true;
}

void NamespacePrivate::closeIfEmpty()
{
    if (dying || !parent || !server->options.cleanupEmptyChildNamespaces || waitsForClients()
        || waitsForAnswers())
        return;
    qCDebug(detail::lcServer).noquote() << "The empty namespace" << name << "is deleted";
    dying = true;
    server->namespaces.remove(q);
    closeAdapter();
    q->deleteLater();
}

} // namespace SocketIo
