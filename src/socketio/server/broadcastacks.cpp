// SPDX-License-Identifier: MIT
#include "socketio/server/broadcastacks_p.h"

#include <algorithm>

namespace SocketIo::detail {

void BroadcastAcks::add(qint64 id, const QList<Socket *> &sockets, const BroadcastReplies &replies,
                        std::optional<std::chrono::milliseconds> timeout)
{
    if (sockets.isEmpty())
        return;
    m_broadcasts.insert(id,
                        std::make_shared<Broadcast>(Broadcast{sockets, sockets.size(), replies}));
    for (const Socket *socket : sockets)
        m_debts[socket].insert(id);
    if (timeout) {
        m_timeouts.add(
            id, AckRegistry::Kind::ErrorAware,
            [this, id](const Error &, const QVariantList &) { timedOut(id); }, timeout);
    }
}

bool BroadcastAcks::acknowledge(qint64 id, const Socket *socket, const QVariantList &args)
{
    if (!takeDebt(socket, id))
        return false;
    settle(id)->replies.answer(args.value(0));
    return true;
}

void BroadcastAcks::fail(qint64 id, const Error &why)
{
    const std::shared_ptr<Broadcast> broadcast = m_broadcasts.take(id);
    if (!broadcast)
        return;
    m_timeouts.remove(id);
    for (const Socket *socket : std::as_const(broadcast->sockets))
        takeDebt(socket, id);
    if (broadcast->replies.failed)
        broadcast->replies.failed(why);
    broadcast->replies.lost(int(broadcast->owing));
}

void BroadcastAcks::socketLost(const Socket *socket)
{
    const QSet<qint64> debts = m_debts.take(socket);
    QList<qint64> ids(debts.cbegin(), debts.cend());
    std::sort(ids.begin(), ids.end()); // in the order of sending
    std::vector<std::shared_ptr<Broadcast>> concerned;
    concerned.reserve(size_t(ids.size()));
    for (const qint64 id : std::as_const(ids))
        concerned.push_back(settle(id));
    for (const std::shared_ptr<Broadcast> &broadcast : concerned)
        broadcast->replies.lost(1);
}

qsizetype BroadcastAcks::owedBy(const Socket *socket) const
{
    const auto debts = m_debts.constFind(socket);
    return debts == m_debts.cend() ? 0 : debts->size();
}

bool BroadcastAcks::takeDebt(const Socket *socket, qint64 id)
{
    const auto debts = m_debts.find(socket);
    if (debts == m_debts.end() || !debts->remove(id))
        return false;
    if (debts->isEmpty())
        m_debts.erase(debts);
    return true;
}

// For a broadcast that one socket fewer has to answer.
std::shared_ptr<BroadcastAcks::Broadcast> BroadcastAcks::settle(qint64 id)
{
    const auto it = m_broadcasts.constFind(id);
    std::shared_ptr<Broadcast> broadcast = *it;
    if (--broadcast->owing == 0) {
        m_broadcasts.erase(it);
        m_timeouts.remove(id);
    }
    return broadcast;
}

void BroadcastAcks::timedOut(qint64 id)
{
    const std::shared_ptr<Broadcast> broadcast = m_broadcasts.take(id);
    for (const Socket *socket : std::as_const(broadcast->sockets))
        takeDebt(socket, id);
}

} // namespace SocketIo::detail
