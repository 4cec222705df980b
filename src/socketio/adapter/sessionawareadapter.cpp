// SPDX-License-Identifier: MIT
#include <SocketIo/sessionawareadapter.h>

#include "socketio/adapter/packetlog_p.h"

#include <SocketIo/socket.h>

#include <QtCore/qdatetime.h>
#include <QtCore/qhash.h>
#include <QtCore/qtimer.h>

#include <algorithm>
#include <deque>
#include <limits>

namespace SocketIo {

using namespace std::chrono_literals;

class SessionAwareAdapterPrivate
{
public:
    struct Kept
    {
        RecoverableSession session;
        qint64 time; // of the disconnection
    };

    static qint64 now() { return QDateTime::currentMSecsSinceEpoch(); }

    void sweep()
    {
        const qint64 oldest = now() - maxDuration.count();
        log.dropOlderThan(oldest);
        while (!order.empty() && order.front().second < oldest) {
            const auto [pid, time] = order.front();
            order.pop_front();
            const auto it = sessions.constFind(pid);
            if (it != sessions.cend() && it->time == time)
                sessions.erase(it);
        }
        if (log.isEmpty() && order.empty())
            timer.stop();
    }

    void startTimer()
    {
        if (!timer.isActive())
            timer.start();
    }

    std::chrono::milliseconds maxDuration;
    detail::PacketLog log;
    QHash<QString, Kept> sessions;                // by pid
    std::deque<std::pair<QString, qint64>> order; // pid and time; may name sessions long taken
    QTimer timer;                                 // frees what has expired while nothing happens
};

/*!
    \class SocketIo::SessionAwareAdapter
    \inmodule QtSocketIo
    \since 0.1
    \brief The in-memory adapter with connection state recovery (Socket.IO:
    \c SessionAwareAdapter).

    It keeps each event that is neither volatile nor wants an acknowledgement, and the sessions of
    broken connections, for the time given. The event is sent with its offset, a string, as a
    further argument. With a time of 0 nothing is kept or added.
*/

/*!
    Constructs the adapter of \a nsp, which keeps events and sessions for
    \a maxDisconnectionDuration.
*/
SessionAwareAdapter::SessionAwareAdapter(Namespace *nsp,
                                         std::chrono::milliseconds maxDisconnectionDuration)
    : InMemoryAdapter(nsp)
    , d(std::make_unique<SessionAwareAdapterPrivate>())
{
    d->maxDuration = maxDisconnectionDuration;
    d->timer.setTimerType(Qt::VeryCoarseTimer);
    d->timer.setInterval(std::clamp<std::chrono::milliseconds>(maxDisconnectionDuration, 1s, 60s));
    QObject::connect(&d->timer, &QTimer::timeout, &d->timer, [p = d.get()] { p->sweep(); });
}

/*! Destroys the adapter and all that it keeps. */
SessionAwareAdapter::~SessionAwareAdapter() = default;

/*! \reimp */
void SessionAwareAdapter::broadcast(Packet packet, const BroadcastOptions &options)
{
    const bool isKept = packet.type == PacketType::Event && packet.id == Packet::NoId
        && !options.flags.testFlag(BroadcastFlag::Volatile) && d->maxDuration > 0ms;
    if (isKept) {
        const qint64 now = SessionAwareAdapterPrivate::now();
        d->log.dropOlderThan(now - d->maxDuration.count());
        packet.args.append(d->log.nextOffset(now));
        detail::PacketLog::Target target;
        if (options.socket)
            target.socketId = options.socket->id();
        else
            target = {options.rooms, options.except, {}};
        d->log.append(packet.args, target, now);
        d->startTimer();
    }
    InMemoryAdapter::broadcast(std::move(packet), options);
}

/*! \reimp */
void SessionAwareAdapter::persistSession(const RecoverableSession &session)
{
    const qint64 now = SessionAwareAdapterPrivate::now();
    d->sessions.insert(session.pid, {session, now});
    d->order.emplace_back(session.pid, now);
    d->startTimer();
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
    const bool expired = it->time + d->maxDuration.count() < SessionAwareAdapterPrivate::now();
    RestoredSession restored;
    static_cast<RecoverableSession &>(restored) = it->session;
    if (expired || !d->log.missedEvents(it->session, offset, &restored.missedEvents)) {
        if (expired)
            d->sessions.erase(it);
        reply(std::nullopt);
        return;
    }
    d->sessions.erase(it);
    reply(restored);
}

} // namespace SocketIo
