// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_BROADCASTACKS_P_H
#define SOCKETIO_BROADCASTACKS_P_H

#include "socketio/events/ackregistry_p.h"

#include <SocketIo/adapter.h>

#include <QtCore/qhash.h>
#include <QtCore/qset.h>

#include <memory>

namespace SocketIo::detail {

// The broadcasts of a namespace whose acknowledgements this server's sockets still owe. A reply
// may end with all of it deleted.
class BroadcastAcks
{
public:
    void add(qint64 id, const QList<Socket *> &sockets, const BroadcastReplies &replies,
             std::chrono::milliseconds timeout);
    // Answers whether the socket owed that acknowledgement.
    bool acknowledge(qint64 id, const Socket *socket, const QVariantList &args);
    void socketLost(const Socket *socket);
    bool isEmpty() const noexcept { return m_broadcasts.isEmpty(); }

private:
    struct Broadcast
    {
        QSet<const Socket *> owing;
        BroadcastReplies replies;
    };

    QHash<qint64, std::shared_ptr<Broadcast>> m_broadcasts;
    AckRegistry m_timeouts;
};

} // namespace SocketIo::detail

#endif
