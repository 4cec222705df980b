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
                               std::chrono::milliseconds itsNoticeTime)
        : options(bounded(recoveryOptions))
        , noticeTime(std::min(itsNoticeTime, LongestTime))
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

    // A client may have missed what was sent before the server noticed that it is gone.
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

    It keeps each event that is neither volatile nor wants an acknowledgement, and the sessions of
    broken connections, for the time given. The event is sent with its offset, a string, as a
    further argument. With a time of 0 nothing is kept or added.

    A client gets each event that was sent to it while it was away once, in order. Unlike the one
    of Socket.IO this adapter also recovers a client that got no event yet, one whose last event is
    older than the time given, and one that is back before its old connection was found to be
    broken.

    A server with the option \c connectionStateRecovery makes one by itself. To make one of your own:

    \snippet reference.cpp SessionAwareAdapter
*/

/*!
    Constructs the adapter of \a nsp, which keeps events and sessions as \a options say.
    \a noticeTime is how long a broken connection may go unnoticed: the sum of
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

/*! Destroys the adapter and all that it keeps. */
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
    The session is no longer kept afterwards: it is persisted again when its new connection breaks.
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
    // The client still has to get what it missed.
    d->restored.insert(session.sid,
                       {*from, session.missedEvents.isEmpty() ? *from : d->log.last()});
    CallOut out(InMemoryAdapterPrivate::get(this)->host->object());
    if (out.call([&] { reply(session); }))
        d->restored.remove(session.sid);
}

} // namespace SocketIo
