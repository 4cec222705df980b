// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_BROADCASTACKS_P_H
#define SOCKETIO_BROADCASTACKS_P_H

#include "socketio/events/ackregistry_p.h"

#include <SocketIo/adapter.h>

#include <QtCore/qhash.h>
#include <QtCore/qset.h>

#include <chrono>
#include <memory>
#include <optional>
#include <vector>

namespace SocketIo::detail {

// The broadcasts of a namespace with pending acknowledgements from sockets of this server. A reply
// may delete this object.
class SOCKETIO_AUTOTEST_EXPORT BroadcastAcks
{
public:
    explicit BroadcastAcks(EngineIo::detail::TimerQueue &timers)
        : m_timeouts(timers)
    {
    }

    void add(qint64 id, const QList<Socket *> &sockets, const BroadcastReplies &replies,
             std::optional<std::chrono::milliseconds> timeout);
    // Returns whether the socket owed that acknowledgement.
    bool acknowledge(qint64 id, const Socket *socket, const QVariantList &args);
    // The event has not been sent.
    void fail(qint64 id, const Error &why);
    void socketLost(const Socket *socket);
    qsizetype owedBy(const Socket *socket) const;

private:
    struct Broadcast
    {
        QList<Socket *> sockets; // all that were asked
        qsizetype owing;         // how many of them have not answered
        BroadcastReplies replies;
    };

    bool takeDebt(const Socket *socket, qint64 id);
    std::shared_ptr<Broadcast> settle(qint64 id);
    void timedOut(qint64 id);

    QHash<qint64, std::shared_ptr<Broadcast>> m_broadcasts;
    QHash<const Socket *, QSet<qint64>> m_debts; // what each socket owes
    AckRegistry m_timeouts;
};

} // namespace SocketIo::detail

#endif
