// SPDX-License-Identifier: MIT
#include "socketio/server/broadcastacks_p.h"

namespace SocketIo::detail {

void BroadcastAcks::add(qint64 id, const QList<Socket *> &sockets, const BroadcastReplies &replies,
                        std::chrono::milliseconds timeout)
{
    if (sockets.isEmpty())
        return;
    auto broadcast = std::make_shared<Broadcast>();
    broadcast->owing = QSet<const Socket *>(sockets.cbegin(), sockets.cend());
    broadcast->replies = replies;
    m_broadcasts.insert(id, std::move(broadcast));
    if (timeout != AckRegistry::NoTimeout) {
        m_timeouts.add(
            id, AckRegistry::Kind::ErrorAware,
            [this, id](const Error &, const QVariantList &) { m_broadcasts.remove(id); }, timeout);
    }
}

bool BroadcastAcks::acknowledge(qint64 id, const Socket *socket, const QVariantList &args)
{
    const auto it = m_broadcasts.constFind(id);
    if (it == m_broadcasts.cend() || !it.value()->owing.remove(socket))
        return false;
    const std::shared_ptr<Broadcast> broadcast = it.value();
    if (broadcast->owing.isEmpty()) {
        m_broadcasts.erase(it);
        m_timeouts.remove(id);
    }
    broadcast->replies.answer(args.value(0));
    return true;
}

void BroadcastAcks::socketLost(const Socket *socket)
{
    QList<std::shared_ptr<Broadcast>> concerned;
    for (auto it = m_broadcasts.cbegin(); it != m_broadcasts.cend();) {
        const std::shared_ptr<Broadcast> broadcast = it.value();
        if (broadcast->owing.remove(socket))
            concerned.append(broadcast);
        if (broadcast->owing.isEmpty()) {
            m_timeouts.remove(it.key());
            it = m_broadcasts.erase(it);
        } else {
            ++it;
        }
    }
    for (const std::shared_ptr<Broadcast> &broadcast : std::as_const(concerned))
        broadcast->replies.lost(1);
}

} // namespace SocketIo::detail
