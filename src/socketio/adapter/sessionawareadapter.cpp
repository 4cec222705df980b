// SPDX-License-Identifier: MIT
#include <SocketIo/sessionawareadapter.h>

#include "base/callout_p.h"
#include "base/timelimits_p.h"
#include "socketio/adapter/inmemoryadapter_p.h"
#include "socketio/adapter/packetlog_p.h"

#include <QtCore/qdatetime.h>
#include <QtCore/qhash.h>
#include <QtCore/qtimer.h>

#include <algorithm>
#include <deque>
#include <limits>

namespace SocketIo {

using namespace std::chrono_literals;
using detail::LogPosition;
using detail::Offset;
using detail::RoomMember;
using EngineIo::detail::CallOut;
using EngineIo::detail::LongestTime;

class SessionAwareAdapterPrivate
{
public:
    SessionAwareAdapterPrivate(const RecoveryOptions &recoveryOptions,
                               std::chrono::milliseconds longestNoticeTime)
        : options(bounded(recoveryOptions))
        , noticeTime(std::min(longestNoticeTime, LongestTime))
        , log(options.maxLogSize > 0 ? options.maxLogSize : detail::PacketLog::NoLimit)
    {
    }

    // Times that can be added to others.
    static RecoveryOptions bounded(RecoveryOptions options)
    {
        options.maxDisconnectionDuration = std::min(options.maxDisconnectionDuration, LongestTime);
        return options;
    }

    struct Kept
    {
        RecoverableSession session;
        LogPosition position;
        Offset closed; // the last event before the disconnection
        qint64 time;   // of the disconnection
    };

    static qint64 now() { return QDateTime::currentMSecsSinceEpoch(); }

    // A client may have missed events that were sent before the server detected that it had
    // disconnected.
    void trimLog(qint64 time)
    {
        log.dropOlderThan(time - (options.maxDisconnectionDuration + noticeTime).count());
    }

    void sweep()
    {
        const qint64 time = now();
        trimLog(time);
        const qint64 oldest = time - options.maxDisconnectionDuration.count();
        while (!order.empty() && order.front().second < oldest)
            dropOldest();
        if (log.isEmpty() && order.empty())
            timer.stop();
    }

    void dropOldest()
    {
        const auto [pid, time] = order.front();
        order.pop_front();
        const auto it = sessions.constFind(pid);
        if (it != sessions.cend() && it->time == time)
            sessions.erase(it);
    }

    void keep(const Kept &kept)
    {
        sessions.insert(kept.session.pid, kept);
        order.emplace_back(kept.session.pid, kept.time);
        while (options.maxSessions > 0 && sessions.size() > options.maxSessions)
            dropOldest();
        if (order.size() > 64 && order.size() > 2 * size_t(sessions.size())) {
            const auto isTaken = [this](const auto &entry) {
                const auto it = sessions.constFind(entry.first);
                return it == sessions.cend() || it->time != entry.second;
            };
            order.erase(std::remove_if(order.begin(), order.end(), isTaken), order.end());
        }
        startTimer();
    }

    void startTimer()
    {
        if (!timer.isActive())
            timer.start();
    }

    const RecoveryOptions options;
    const std::chrono::milliseconds noticeTime;
    detail::PacketLog log;
    QHash<QString, Kept> sessions;                // by pid
    std::deque<std::pair<QString, qint64>> order; // pid and time; may name sessions long taken
    QHash<QString, LogPosition> restored;         // by socket id, until the socket joins
    QTimer timer;                                 // frees what has expired while nothing happens
};

/*!
    \class SocketIo::SessionAwareAdapter
    \inmodule QtSocketIo
    \inheaderfile SocketIo/SessionAwareAdapter
    \since QtSocketIo 0.1
    \brief The in-memory adapter with connection state recovery (Socket.IO:
    \c SessionAwareAdapter).

    It stores the sessions of lost connections, and all events that are neither volatile nor request
    an acknowledgement, for RecoveryOptions::maxDisconnectionDuration. An offset is appended as an
    additional string argument to each of these events. If the duration is 0, nothing is stored or
    appended.

    A client receives each event that was sent to it while it was disconnected once, in order.
    Unlike Socket.IO's, this adapter also recovers a client that has not received any event yet,
    whose last event is older than the given duration, or that reconnects before the loss of its old
    connection has been detected.

    A server creates this adapter automatically if the option \c connectionStateRecovery is set. To
    create one explicitly:

    \snippet reference.cpp SessionAwareAdapter
*/

/*!
    Constructs the adapter of \a nsp, which stores events and sessions according to \a options.
    \a noticeTime is the maximum time until the loss of a connection is detected: the sum of
    ServerOptions::pingInterval and ServerOptions::pingTimeout.
*/
SessionAwareAdapter::SessionAwareAdapter(Namespace *nsp, const RecoveryOptions &options,
                                         std::chrono::milliseconds noticeTime)
    : InMemoryAdapter(nsp)
    , d(std::make_unique<SessionAwareAdapterPrivate>(options, noticeTime))
{
    d->timer.setTimerType(Qt::VeryCoarseTimer);
    d->timer.setInterval(
        std::clamp<std::chrono::milliseconds>(options.maxDisconnectionDuration, 1s, 60s));
    QObject::connect(&d->timer, &QTimer::timeout, &d->timer, [p = d.get()] { p->sweep(); });
}

/*! Destroys the adapter and all stored sessions and events. */
SessionAwareAdapter::~SessionAwareAdapter() = default;

/*! \reimp */
void SessionAwareAdapter::addAll(Socket *socket, const QStringList &rooms)
{
    detail::AdapterSocket *s = InMemoryAdapterPrivate::get(this)->host->socketOf(socket);
    std::unique_ptr<LogPosition> &position = s->member.position;
    const auto restored = d->restored.constFind(s->socketId());
    if (restored != d->restored.cend()) {
        position = std::make_unique<LogPosition>(*restored);
        d->restored.erase(restored);
    } else if (!position) {
        position = std::make_unique<LogPosition>(LogPosition{d->log.last(), d->log.last()});
    } else if (rooms.contains(s->socketId()) && !s->member.inOwnRoom
               && position->sent == position->joined) {
        *position = {d->log.last(), d->log.last()}; // only now it connects
    }
    InMemoryAdapter::addAll(socket, rooms);
}

/*! \reimp */
void SessionAwareAdapter::broadcast(Packet packet, const BroadcastOptions &options)
{
    const bool isKept = packet.type == PacketType::Event && packet.id == Packet::NoId
        && !options.flags.testFlag(BroadcastFlag::Volatile)
        && d->options.maxDisconnectionDuration > 0ms;
    if (!isKept) {
        InMemoryAdapter::broadcast(std::move(packet), options);
        return;
    }
    const detail::AdapterHost *host = InMemoryAdapterPrivate::get(this)->host;
    const qint64 now = SessionAwareAdapterPrivate::now();
    d->trimLog(now);
    const Offset before = d->log.last();
    packet.args.append(d->log.nextOffset(now));
    detail::PacketLog::Target target;
    if (options.socket)
        target.socketId = host->socketOf(options.socket)->socketId();
    else
        target = {options.rooms, options.except, {}};
    d->log.append(packet.args, target, now);
    d->startTimer();
    if (!options.socket) {
        InMemoryAdapterPrivate::get(this)->broadcast(
            std::move(packet), options, InMemoryAdapterPrivate::Pending::Hold, d->log.last());
        return;
    }
    RoomMember &member = host->socketOf(options.socket)->member;
    if (!member.position)
        member.position = std::make_unique<LogPosition>(LogPosition{before, before});
    member.position->sent = d->log.last();
    InMemoryAdapter::broadcast(std::move(packet), options);
}

/*! \reimp */
void SessionAwareAdapter::persistSession(const RecoverableSession &session)
{
    // A socket that is not known here may have missed the whole log.
    LogPosition position{{}, d->log.last()};
    const detail::AdapterSocket *socket =
        InMemoryAdapterPrivate::get(this)->host->recoverableSocket(session.pid);
    if (socket && socket->member.position)
        position = *socket->member.position;
    d->keep({session, position, d->log.last(), SessionAwareAdapterPrivate::now()});
}

/*! \reimp
    The session is then removed; it is stored again when its new connection is lost.
*/
void SessionAwareAdapter::restoreSession(const QString &pid, const QString &offset,
                                         const RestoreReply &reply)
{
    const auto it = d->sessions.constFind(pid);
    if (it == d->sessions.cend()) {
        reply(std::nullopt);
        return;
    }
    const auto age = SessionAwareAdapterPrivate::now() - it->time;
    if (age > d->options.maxDisconnectionDuration.count()) {
        d->sessions.erase(it);
        reply(std::nullopt);
        return;
    }
    RestoredSession session;
    static_cast<RecoverableSession &>(session) = it->session;
    const std::optional<Offset> from = d->log.find(offset, it->position);
    if (!from
        || !d->log.missedEvents(it->session, it->position, *from, it->closed,
                                &session.missedEvents)) {
        reply(std::nullopt);
        return;
    }
    d->sessions.erase(it);
    // The client has yet to receive the events that it has missed.
    d->restored.insert(session.sid,
                       {*from, session.missedEvents.isEmpty() ? *from : d->log.last()});
    CallOut out(InMemoryAdapterPrivate::get(this)->host->object());
    if (out.call([&] { reply(session); }))
        d->restored.remove(session.sid);
}

} // namespace SocketIo
