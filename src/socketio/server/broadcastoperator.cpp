// SPDX-License-Identifier: MIT
#include <SocketIo/broadcastoperator.h>

#include "base/threadcheck_p.h"
#include "socketio/adapter/broadcastoptions_p.h"
#include "socketio/events/pendingack_p.h"
#include "socketio/events/reservednames_p.h"
#include "socketio/server/namespace_p.h"
#include "socketio/server/server_p.h"
#include "socketio/server/serverlogging_p.h"
#include "socketio/server/servertally_p.h"
#include "socketio/server/socket_p.h"

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

// Gathers the answers to one broadcast. The adapter's functions share it.
class AnswerCollector : public std::enable_shared_from_this<AnswerCollector>
{
public:
    AnswerCollector(NamespacePrivate *nsp, const QString &event)
        : m_nsp(nsp->q)
        , m_ack(PendingAckPrivate::create(
              nsp->q, event, QStringLiteral("all receivers in namespace %1").arg(nsp->name),
              nsp->ackWarnings))
        , m_id(nsp->nextTimeoutId++)
    {
    }

    PendingAck *start(const Packet &packet, const BroadcastOptions &options)
    {
        const auto self = shared_from_this();
        const QPointer<PendingAck> ack = m_ack;
        NamespacePrivate *nsp = NamespacePrivate::get(m_nsp);
        if (options.timeout != BroadcastOptions::NoTimeout) {
            nsp->timeouts().add(
                m_id, detail::AckRegistry::Kind::ErrorAware,
                [self](const Error &error, const QVariantList &) { self->fail(error); },
                options.timeout);
        }
        const BroadcastReplies replies{
            [self](int count) {
                self->m_clients += count;
                ++self->m_tally.counted;
                self->check();
            },
            [self](const QVariant &answer) {
                if (!self->m_finished)
                    self->m_answers.append(answer);
                self->check();
            },
            [self](int count) {
                self->m_lost += count;
                self->check();
            },
            [self] {
                self->m_tally.allCounted = true;
                self->check();
            },
            [self](const Error &error) { self->m_error = error; },
        };
        const auto noteServers = [self](int count) {
            self->m_tally.expected = std::max(count, 1);
            self->check();
        };
        if (nsp->callAdapter(
                [&](Adapter &adapter) { adapter.broadcastWithAck(packet, options, replies); })) {
            self->m_tally.isSent = true;
            nsp->callAdapter([&](Adapter &adapter) { adapter.serverCount(noteServers); });
            self->check();
        }
        return PendingAckPrivate::handOut(ack);
    }

private:
    void check()
    {
        if (!m_tally.isComplete() || m_answers.size() + m_lost < m_clients)
            return;
        if (m_lost > 0) {
            fail(m_error ? m_error : lostError());
        } else if (finish()) {
            PendingAckPrivate::acknowledge(m_ack, m_answers);
        }
    }

    Error lostError() const
    {
        Error error = Error::disconnected();
        // When the application closes the server, it knows that.
        const ServerPrivate *server = m_nsp ? NamespacePrivate::get(m_nsp)->server : nullptr;
        if (!server || server->isClosed())
            return error;
        const QString text = QStringLiteral("%1 of %2 clients left before they answered")
                                 .arg(QString::number(m_lost), QString::number(m_clients));
        error = Error(error.type(), error.message(),
                      QVariantMap{{QStringLiteral("description"), text}});
        error.setHint(QStringLiteral("Handle this with onFailed(): arguments() has the answers "
                                     "that came."));
        return error;
    }

    void fail(const Error &error)
    {
        if (finish())
            PendingAckPrivate::fail(m_ack, error, m_answers);
    }

    bool finish()
    {
        if (m_finished)
            return false;
        m_finished = true;
        if (m_nsp)
            NamespacePrivate::get(m_nsp)->timeouts().remove(m_id);
        return m_ack != nullptr;
    }

    const QPointer<Namespace> m_nsp;
    const QPointer<PendingAck> m_ack;
    const qint64 m_id;
    QVariantList m_answers;
    Error m_error; // why it could not be sent to all
    qsizetype m_clients = 0;
    qsizetype m_lost = 0;
    detail::ServerTally m_tally;
    bool m_finished = false;
};

} // namespace

/*!
    \class SocketIo::BroadcastOperator
    \inmodule QtSocketIo
    \inheaderfile SocketIo/BroadcastOperator
    \since QtSocketIo 0.1
    \brief Emits to many sockets of a namespace, or does something else to them all (Socket.IO:
    \c BroadcastOperator).

    \code
    io.to(u"news"_s).except(u"muted"_s).emitEvent(u"headline"_s, text);
    io.in(u"lobby"_s).socketsJoin(u"game 1"_s);
    \endcode

    It is a value that is made by the functions to(), in(), except(), local() and so on of Server,
    Namespace and Socket; each further step gives a new operator and leaves the old one alone. To
    several rooms means to the sockets in any of them, each once. The event is encoded once.
*/

/*! Constructs an operator for the sockets of \a nsp that \a options mean. */
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

/*! Returns an operator that also means the sockets in \a room (Socket.IO: \c to). */
BroadcastOperator BroadcastOperator::to(const QString &room) const
{
    BroadcastOperator next = *this;
    detail::appendOnce(&next.m_options.rooms, QStringList{room});
    next.m_choosesRooms = true;
    return next;
}

/*!
    \overload
    Returns an operator that also means the sockets in any of \a rooms. If the list is empty that is
    no socket: an operator that no other to() or in() has given a room means nobody then, unlike
    Socket.IO's, which means everybody.
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

/*! Returns an operator that leaves out the sockets in \a room (Socket.IO: \c except). */
BroadcastOperator BroadcastOperator::except(const QString &room) const
{
    BroadcastOperator next = *this;
    detail::appendOnce(&next.m_options.except, QStringList{room});
    return next;
}

/*!
    \overload
    Returns an operator that leaves out the sockets in any of \a rooms: none if the list is empty.
*/
BroadcastOperator BroadcastOperator::except(const QStringList &rooms) const
{
    BroadcastOperator next = *this;
    detail::appendOnce(&next.m_options.except, rooms);
    return next;
}

/*! Returns an operator that means this server's sockets only (Socket.IO: \c local). */
BroadcastOperator BroadcastOperator::local() const
{
    BroadcastOperator next = *this;
    next.m_options.flags |= BroadcastFlag::Local;
    return next;
}

/*!
    Returns an operator that leaves out the clients whose transport cannot take the event now
    (Socket.IO: \c volatile, which is a keyword of C++).
*/
BroadcastOperator BroadcastOperator::asVolatile() const
{
    BroadcastOperator next = *this;
    next.m_options.flags |= BroadcastFlag::Volatile;
    return next;
}

/*!
    Returns an operator that sends with or without compression, as \a compression says; with it by
    default (Socket.IO: \c compress).
*/
BroadcastOperator BroadcastOperator::compress(Compression compression) const
{
    BroadcastOperator next = *this;
    next.m_options.flags.setFlag(BroadcastFlag::NoCompression, compression == Compression::Off);
    return next;
}

/*!
    Returns an operator that waits for acknowledgements for at most \a timeout; without, it waits
    until all clients have answered or gone (Socket.IO: \c timeout).
*/
BroadcastOperator BroadcastOperator::timeout(std::chrono::milliseconds timeout) const
{
    BroadcastOperator next = *this;
    next.m_options.timeout = std::max(timeout, std::chrono::milliseconds(0));
    return next;
}

/*!
    Sends \a event with \a args. Returns \c false, with a warning, if the name is reserved, as with
    Socket::emitEventList(). Most convenient through emitEvent() (Socket.IO: \c emit).
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
    Sends \a event with \a args and collects the acknowledgements: PendingAck::arguments() is the
    list of the first argument of each client's answer, in the order in which they came. If the
    timeout passes, or all that have not answered are gone, it fails, and the list holds the answers
    so far. Without receivers it succeeds with an empty list. Most convenient through emitWithAck()
    (Socket.IO: \c emitWithAck).

    The namespace owns the returned object, which deletes itself.
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
    return std::make_shared<AnswerCollector>(NamespacePrivate::get(nsp), event)
        ->start(detail::eventPacket(event, args), m_options);
}

/*!
    Finds the sockets, on all servers of the cluster unless local(). The future finishes when
    control is back in the event loop, or later: take its result with \c then(), as waiting for
    it would block the event loop. If the namespace is deleted before, the future is canceled; if
    it is gone already, the list is empty (Socket.IO: \c fetchSockets).
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

/*! Puts the sockets into \a room (Socket.IO: \c socketsJoin). */
void BroadcastOperator::socketsJoin(const QString &room) const
{
    socketsJoin(QStringList{room});
}

/*! \overload Puts the sockets into \a rooms. */
void BroadcastOperator::socketsJoin(const QStringList &rooms) const
{
    if (Namespace *nsp = target("socketsJoin()"))
        call(nsp, [rooms, options = m_options](Adapter &adapter) {
            adapter.addSockets(options, rooms);
        });
}

/*! Takes the sockets out of \a room (Socket.IO: \c socketsLeave). */
void BroadcastOperator::socketsLeave(const QString &room) const
{
    socketsLeave(QStringList{room});
}

/*! \overload Takes the sockets out of \a rooms. */
void BroadcastOperator::socketsLeave(const QStringList &rooms) const
{
    if (Namespace *nsp = target("socketsLeave()"))
        call(nsp, [rooms, options = m_options](Adapter &adapter) {
            adapter.delSockets(options, rooms);
        });
}

/*!
    Disconnects the sockets, with their clients' connections if \a close says so (Socket.IO:
    \c disconnectSockets).
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
    Returns whether the operator means no socket at all, because to() or in() was called with an
    empty list, and no rooms. What options() says means all sockets then.
*/
/*!
    \fn const BroadcastOptions &SocketIo::BroadcastOperator::options() const
    Returns which sockets the operator means and how it sends to them.
*/

} // namespace SocketIo
