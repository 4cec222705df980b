// SPDX-License-Identifier: MIT
#include <SocketIo/broadcastoperator.h>

#include "base/threadcheck_p.h"
#include "socketio/adapter/broadcastoptions_p.h"
#include "socketio/events/pendingack_p.h"
#include "socketio/events/reservednames_p.h"
#include "socketio/server/answercollector_p.h"
#include "socketio/server/namespace_p.h"
#include "socketio/server/outgoingevent_p.h"
#include "socketio/server/serverlogging_p.h"

#include <SocketIo/remotesocket.h>

#include <QtCore/qpromise.h>

#include <algorithm>
#include <memory>

namespace SocketIo {

namespace {

template<typename Function>
void call(Namespace *nsp, Function &&function)
{
    NamespacePrivate::get(nsp)->callAdapter(std::forward<Function>(function));
}

} // namespace

/*!
    \class SocketIo::BroadcastOperator
    \inmodule QtSocketIo
    \inheaderfile SocketIo/BroadcastOperator
    \since QtSocketIo 0.1
    \brief Emits events to many sockets of a namespace, or performs other operations on them
    (Socket.IO: \c BroadcastOperator).

    \code
    io.to(u"news"_s).except(u"muted"_s).emitEvent(u"headline"_s, text);
    io.in(u"lobby"_s).socketsJoin(u"game 1"_s);
    \endcode

    BroadcastOperator is a value class. It is returned by functions such as to(), in(), except() and
    local() of Server, Namespace and Socket. Its own functions return a new operator and do not
    change the existing one. With several rooms, the operator selects the sockets that are in any of
    them, each once. An event is encoded only once for all sockets.
*/

/*! Constructs an operator for the sockets of \a nsp that \a options select. */
BroadcastOperator::BroadcastOperator(Namespace *nsp, const BroadcastOptions &options)
    : m_nsp(nsp)
    , m_options(options)
{
}

/*! Destroys the operator. */
BroadcastOperator::~BroadcastOperator() = default;
/*! Copy-constructs the operator from \a other. */
BroadcastOperator::BroadcastOperator(const BroadcastOperator &other) = default;
/*! Move-constructs the operator from \a other. */
BroadcastOperator::BroadcastOperator(BroadcastOperator &&other) noexcept = default;
/*! Assigns \a other to the operator. */
BroadcastOperator &BroadcastOperator::operator=(const BroadcastOperator &other) = default;
/*! Move-assigns \a other to the operator. */
BroadcastOperator &BroadcastOperator::operator=(BroadcastOperator &&other) noexcept = default;

/*! Returns an operator that also selects the sockets in \a room (Socket.IO: \c to). */
BroadcastOperator BroadcastOperator::to(const QString &room) const
{
    BroadcastOperator next = *this;
    detail::appendOnce(&next.m_options.rooms, QStringList{room});
    next.m_choosesRooms = true;
    return next;
}

/*!
    \overload
    Returns an operator that also selects the sockets in any of \a rooms. An empty list selects no
    sockets: if no room is set by another call of to() or in(), the operator selects no sockets at
    all, whereas Socket.IO's selects all sockets.
*/
BroadcastOperator BroadcastOperator::to(const QStringList &rooms) const
{
    BroadcastOperator next = *this;
    detail::appendOnce(&next.m_options.rooms, rooms);
    next.m_choosesRooms = true;
    return next;
}

/*!
    \fn BroadcastOperator SocketIo::BroadcastOperator::in(const QString &room) const
    Same as to() with \a room (Socket.IO: \c in).
*/
/*!
    \fn BroadcastOperator SocketIo::BroadcastOperator::in(const QStringList &rooms) const
    \overload
    Same as to() with \a rooms.
*/

/*! Returns an operator that excludes the sockets in \a room (Socket.IO: \c except). */
BroadcastOperator BroadcastOperator::except(const QString &room) const
{
    BroadcastOperator next = *this;
    detail::appendOnce(&next.m_options.except, QStringList{room});
    return next;
}

/*!
    \overload
    Returns an operator that excludes the sockets in any of \a rooms. If the list is empty, no
    sockets are excluded.
*/
BroadcastOperator BroadcastOperator::except(const QStringList &rooms) const
{
    BroadcastOperator next = *this;
    detail::appendOnce(&next.m_options.except, rooms);
    return next;
}

/*! Returns an operator that selects only sockets on this server (Socket.IO: \c local). */
BroadcastOperator BroadcastOperator::local() const
{
    BroadcastOperator next = *this;
    next.m_options.flags |= BroadcastFlag::Local;
    return next;
}

/*!
    Returns an operator that drops the event for clients whose transport cannot send it immediately
    (Socket.IO: \c volatile, which is a C++ keyword).
*/
BroadcastOperator BroadcastOperator::asVolatile() const
{
    BroadcastOperator next = *this;
    next.m_options.flags |= BroadcastFlag::Volatile;
    return next;
}

/*!
    Returns an operator that sends events with or without compression, depending on \a compression.
    By default, events may be compressed (Socket.IO: \c compress).
*/
BroadcastOperator BroadcastOperator::compress(Compression compression) const
{
    BroadcastOperator next = *this;
    next.m_options.flags.setFlag(BroadcastFlag::NoCompression, compression == Compression::Off);
    return next;
}

/*!
    Returns an operator that waits for acknowledgements for at most \a timeout. Without a timeout,
    it waits until all clients have either responded or disconnected (Socket.IO: \c timeout).
*/
BroadcastOperator BroadcastOperator::timeout(std::chrono::milliseconds timeout) const
{
    BroadcastOperator next = *this;
    next.m_options.timeout = std::max(timeout, std::chrono::milliseconds(0));
    return next;
}

/*!
    Sends \a event with \a args and returns \c true. Returns \c false and logs a warning if the name
    is reserved, see Socket::emitEventList(). emitEvent() is usually more convenient (Socket.IO:
    \c emit).
*/
bool BroadcastOperator::emitEventList(const QString &event, const QVariantList &args) const
{
    if (!detail::isAllowedEvent(event))
        return false;
    const QPointer<Namespace> nsp = target("emitEvent()");
    if (nsp && detail::cannotBeEncoded(nsp, event, args))
        return false;
    if (nsp)
        call(nsp, [&, options = m_options](Adapter &adapter) {
            adapter.broadcast(detail::eventPacket(event, args), options);
        });
    return nsp || !m_nsp || meansNobody();
}

/*!
    Sends \a event with \a args and collects the acknowledgements. PendingAck::arguments() is a list
    of the first argument of each client's response, in the order of their arrival. The PendingAck
    fails if the timeout expires, or if all clients that have not responded have disconnected; the
    list then contains the responses received so far. Without receivers, it succeeds with an empty
    list. emitWithAck() is usually more convenient (Socket.IO: \c emitWithAck).

    The returned object is owned by the namespace and deletes itself.
*/
PendingAck *BroadcastOperator::emitWithAckList(const QString &event, const QVariantList &args) const
{
    if (detail::isReservedEvent(event))
        return PendingAckPrivate::createMistake(m_nsp, detail::reservedEventError(event),
                                                detail::lcServer());
    if (meansNobody() && m_nsp && m_nsp->thread() == QThread::currentThread()) {
        const QPointer<PendingAck> ack = PendingAckPrivate::create(m_nsp, event);
        PendingAckPrivate::acknowledge(ack, {});
        return PendingAckPrivate::handOut(ack);
    }
    const QPointer<Namespace> nsp = target("emitWithAck()");
    if (nsp) {
        const Error error = detail::encodingError(nsp, event, args);
        if (error)
            return PendingAckPrivate::createMistake(nsp, error, detail::lcServer());
    }
    if (!nsp)
        return PendingAckPrivate::createFailed(nullptr, Error::disconnected());
    return std::make_shared<detail::AnswerCollector>(NamespacePrivate::get(nsp), event)
        ->start(detail::eventPacket(event, args), m_options);
}

/*!
    Returns a future for the selected sockets on all servers of the cluster or, with local(), on
    this server. The future finishes at the earliest when control returns to the event loop. Use
    \c then() to get its result; waiting for it would block the event loop. If the namespace is
    deleted before the future finishes, the future is canceled. If it has already been deleted, the
    list is empty (Socket.IO: \c fetchSockets).
*/
QFuture<QList<RemoteSocket>> BroadcastOperator::fetchSockets() const
{
    const auto promise = std::make_shared<QPromise<QList<RemoteSocket>>>();
    QFuture<QList<RemoteSocket>> future = promise->future();
    promise->start();
    const auto finish = [promise](const QList<RemoteSocket> &sockets) {
        promise->addResult(sockets);
        promise->finish();
    };
    if (!m_nsp) {
        finish({});
        return future;
    }
    const auto asking = std::make_shared<bool>(true);
    const auto reply = [finish, asking, nsp = m_nsp](const QList<RemoteSocket> &sockets) {
        if (!*asking) {
            finish(sockets);
        } else if (nsp) { // not before this function has returned
            QMetaObject::invokeMethod(
                nsp.data(), [finish, sockets] { finish(sockets); }, Qt::QueuedConnection);
        }
    };
    if (Namespace *nsp = target("fetchSockets()"))
        call(nsp,
             [&, options = m_options](Adapter &adapter) { adapter.fetchSockets(options, reply); });
    else
        reply({});
    *asking = false;
    return future;
}

/*! Adds the sockets to \a room (Socket.IO: \c socketsJoin). */
void BroadcastOperator::socketsJoin(const QString &room) const
{
    socketsJoin(QStringList{room});
}

/*! \overload Adds the sockets to \a rooms. */
void BroadcastOperator::socketsJoin(const QStringList &rooms) const
{
    if (Namespace *nsp = target("socketsJoin()"))
        call(nsp, [rooms, options = m_options](Adapter &adapter) {
            adapter.addSockets(options, rooms);
        });
}

/*! Removes the sockets from \a room (Socket.IO: \c socketsLeave). */
void BroadcastOperator::socketsLeave(const QString &room) const
{
    socketsLeave(QStringList{room});
}

/*! \overload Removes the sockets from \a rooms. */
void BroadcastOperator::socketsLeave(const QStringList &rooms) const
{
    if (Namespace *nsp = target("socketsLeave()"))
        call(nsp, [rooms, options = m_options](Adapter &adapter) {
            adapter.delSockets(options, rooms);
        });
}

/*!
    Disconnects the sockets. If \a close is CloseConnection::Yes, the connections of their clients
    are closed as well (Socket.IO: \c disconnectSockets).
*/
void BroadcastOperator::disconnectSockets(CloseConnection close) const
{
    if (Namespace *nsp = target("disconnectSockets()"))
        call(nsp, [&, options = m_options](Adapter &adapter) {
            adapter.disconnectSockets(options, close);
        });
}

Namespace *BroadcastOperator::target(const char *function) const
{
    if (!m_nsp || meansNobody() || !EngineIo::detail::isInThreadOf(m_nsp, function))
        return nullptr;
    return m_nsp;
}

/*!
    \fn bool SocketIo::BroadcastOperator::meansNobody() const
    Returns whether the operator selects no sockets at all, because to() or in() was called with an
    empty list and no room was set. In that case, options() must not be used, because without rooms
    they select all sockets.
*/
/*!
    \fn const BroadcastOptions &SocketIo::BroadcastOperator::options() const
    Returns the options that define which sockets the operator selects and how it sends to them.
*/

} // namespace SocketIo
