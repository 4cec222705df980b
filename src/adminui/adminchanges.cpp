// SPDX-License-Identifier: MIT
#include "adminui/adminchanges_p.h"

#include "adminui/adminobjects_p.h"
#include "base/callout_p.h"

#include <SocketIo/Namespace>
#include <SocketIo/RemoteSocket>
#include <SocketIo/Server>
#include <SocketIo/Socket>

#include <EngineIo/Session>

#include <QtCore/qdatetime.h>

#include <memory>

namespace SocketIo::detail {

using namespace Qt::StringLiterals;
using EngineIo::detail::CallOut;

namespace {

QDateTime now()
{
    return QDateTime::currentDateTimeUtc();
}

// Returns the name and the arguments, as they are shown, as one list.
QVariantList listOf(const QString &event, const QVariantList &args)
{
    QVariantList list;
    list.reserve(args.size() + 1);
    list.append(event);
    for (const QVariant &arg : args)
        list.append(AdminObjects::shown(arg));
    return list;
}

} // namespace

AdminChanges::AdminChanges(Server *server, Namespace *admin)
    : m_server(server)
    , m_admin(admin)
{
    const QList<Namespace *> namespaces = server->namespaces();
    for (Namespace *nsp : namespaces)
        watch(nsp);
    connect(server, &Server::newNamespace, this, [this](Namespace *nsp) { watch(nsp); });
}

AdminChanges::~AdminChanges() = default;

void AdminChanges::tell(const QString &event, const QVariantList &args)
{
    if (m_admin)
        m_admin->emitEventList(event, args);
}

void AdminChanges::watch(Namespace *nsp)
{
    if (nsp->isParent())
        return;
    connect(nsp, &Namespace::roomJoined, this,
            [this, nsp = QPointer<Namespace>(nsp)](const QString &room, const QString &id) {
                CallOut out(this);
                if (!out.call([&] { tell(u"room_joined"_s, {nsp->name(), room, id, now()}); }))
                    return;
                // A new socket joins its own room before the application learns of it, so that what
                // the application's slots do with it is reported as well.
                if (nsp && room == id) {
                    if (Socket *socket = nsp->socket(id))
                        watch(socket);
                }
            });
    // Reported after the end of the socket, as in Socket.IO: a page forgets the socket's rooms
    // together with the socket.
    connect(nsp, &Namespace::roomLeft, this,
            [this, name = nsp->name()](const QString &room, const QString &id) {
                QMetaObject::invokeMethod(
                    this,
                    [this, name, room, id] {
                        tell(u"room_left"_s, {name, room, id, now()});
                    },
                    Qt::QueuedConnection);
            });
    // Recovered sockets were in their rooms before, and an adapter may not report rooms at all.
    connect(nsp, &Namespace::connected, this, [this](Socket *socket) { watch(socket); });
    const QList<Socket *> sockets = nsp->sockets();
    for (Socket *socket : sockets)
        watch(socket);
}

void AdminChanges::watch(Socket *socket)
{
    if (!socket->isConnected() || m_watched.contains(socket))
        return;
    m_watched.insert(socket);
    connect(socket, &QObject::destroyed, this,
            [this](const QObject *gone) { m_watched.remove(gone); });
    connect(socket, &Socket::disconnected, this, [this, socket](Socket::DisconnectReason reason) {
        tell(u"socket_disconnected"_s,
             {socket->nsp()->name(), socket->id(), Socket::disconnectReasonText(reason), now()});
    });
    connect(socket, &Socket::dataChanged, this, [this, socket] { dataChanged(socket); });
    if (EngineIo::Session *session = socket->conn()) {
        // Until the socket goes: a client may join and leave again and again in one session.
        connect(session, &EngineIo::Session::upgraded, socket,
                [guard = QPointer<AdminChanges>(this), socket] {
                    if (guard)
                        guard->upgraded(socket);
                });
    }
    if (socket->nsp() != m_admin)
        watchEvents(socket);
    CallOut out(this);
    const QPointer<Socket> guard = socket;
    out.call([&] { shareConnection(socket); });
    if (out && guard)
        tell(u"socket_connected"_s, {AdminObjects::fromSocket(*socket), now()});
}

void AdminChanges::watchEvents(Socket *socket)
{
    socket->onAny(this, [this, socket](const QString &event, const QVariantList &args) {
        tell(u"event_received"_s,
             {socket->nsp()->name(), socket->id(), QVariant(listOf(event, args)), now()});
    });
    socket->onAnyOutgoing(this, [this, socket](const QString &event, const QVariantList &args) {
        tell(u"event_sent"_s,
             {socket->nsp()->name(), socket->id(), QVariant(listOf(event, args)), now()});
    });
}

// Stores the connection in the socket's data. The other servers of a cluster, also those on
// Node.js, read it there when their pages ask for all sockets.
void AdminChanges::shareConnection(Socket *socket)
{
    CallOut out(this);
    m_sharing = socket;
    socket->setDataValue(AdminObjects::adminKey(), AdminObjects::connectionOf(*socket));
    if (out)
        m_sharing = nullptr;
}

void AdminChanges::dataChanged(Socket *socket)
{
    if (m_sharing == socket)
        return;
    CallOut out(this);
    const QPointer<Socket> guard = socket;
    // The application has replaced the data as a whole.
    if (!socket->data().contains(AdminObjects::adminKey()))
        out.call([&] { shareConnection(socket); });
    if (out && guard) {
        tell(u"socket_updated"_s,
             {QVariantMap{{u"id"_s, socket->id()},
                          {u"nsp"_s, socket->nsp()->name()},
                          {u"data"_s, AdminObjects::dataOf(socket->data())}}});
    }
}

void AdminChanges::upgraded(Socket *socket)
{
    if (!socket->isConnected() || !socket->conn())
        return;
    CallOut out(this);
    const QPointer<Socket> guard = socket;
    out.call([&] { shareConnection(socket); });
    if (out && guard && guard->conn()) {
        tell(u"socket_updated"_s,
             {QVariantMap{{u"id"_s, socket->id()},
                          {u"nsp"_s, socket->nsp()->name()},
                          {u"transport"_s, socket->conn()->transportName()}}});
    }
}

namespace {

// Collects the sockets of all namespaces, and sends them when the last namespace has answered or is
// gone.
struct AllSockets
{
    explicit AllSockets(Socket *receiver)
        : page(receiver)
    {
    }
    Q_DISABLE_COPY_MOVE(AllSockets)
    // This runs inside the future's own code, so the sockets are sent from a new event. The page
    // may be gone by then.
    ~AllSockets()
    {
        if (!page)
            return;
        QMetaObject::invokeMethod(
            page, [page = page, sockets = sockets] { page->emitEvent(u"all_sockets"_s, sockets); },
            Qt::QueuedConnection);
    }

    const QPointer<Socket> page;
    QVariantList sockets;
};

} // namespace

void AdminChanges::sendAllSockets(Socket *page)
{
    if (!m_server)
        return;
    const auto all = std::make_shared<AllSockets>(page);
    const QList<Namespace *> namespaces = m_server->namespaces();
    const QList<QPointer<Namespace>> asked(namespaces.cbegin(), namespaces.cend());
    CallOut out(this);
    for (const QPointer<Namespace> &nsp : asked) {
        if (!nsp)
            continue;
        const QString name = nsp->name();
        QFuture<QList<RemoteSocket>> found;
        if (!out.call([&] { found = nsp->fetchSockets(); })) // may call the application's adapter
            return;
        // Without a context object: Qt 6.4 treats it as an error if that is destroyed before the
        // future finishes. The future keeps the function when it has been called, in a cluster until
        // the time-out of the request, so all is let go here.
        found.then([all = all, name](const QList<RemoteSocket> &sockets) mutable {
            for (const RemoteSocket &socket : sockets)
                all->sockets.append(AdminObjects::fromSocket(name, socket));
            all.reset();
        });
    }
}

} // namespace SocketIo::detail
