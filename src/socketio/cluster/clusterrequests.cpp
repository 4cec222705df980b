// SPDX-License-Identifier: MIT
#include "socketio/cluster/clusterrequests_p.h"

#include <utility>

namespace SocketIo::detail {

namespace {

void tellAllCounted(const BroadcastReplies &replies)
{
    if (replies.allCounted)
        replies.allCounted();
}

} // namespace

bool AwaitedServers::remove(const QString &server)
{
    if (m_known.remove(server))
        return true;
    if (m_unknown == 0 || m_heard.contains(server))
        return false;
    m_heard.insert(server);
    --m_unknown;
    return true;
}

void ClusterRequests::add(const QString &id, const AwaitedServers &servers,
                          const Complete &complete)
{
    m_requests.insert(id, {servers, {}, complete});
}

void ClusterRequests::addBroadcast(const QString &id, const AwaitedServers &servers,
                                   const BroadcastReplies &replies)
{
    if (servers.isEmpty())
        tellAllCounted(replies);
    else
        m_broadcasts.insert(id, {servers, {}, replies});
}

void ClusterRequests::answered(const QString &id, const QString &server, const QVariant &answer)
{
    const auto it = m_requests.find(id);
    if (it == m_requests.end() || !it->awaited.remove(server))
        return;
    it->answers.append(answer);
    if (it->awaited.isEmpty())
        finish(id, 0);
}

void ClusterRequests::clientsCounted(const QString &id, const QString &server, int count)
{
    const auto it = m_broadcasts.find(id);
    if (it == m_broadcasts.end() || count < 0 || !it->awaited.remove(server))
        return;
    if (count > 0)
        it->owing.insert(server, count);
    const BroadcastReplies replies = it->replies;
    const bool isLast = it->awaited.isEmpty();
    if (isLast && it->owing.isEmpty())
        m_broadcasts.erase(it);
    replies.clients(count);
    if (isLast)
        tellAllCounted(replies);
}

void ClusterRequests::clientAnswered(const QString &id, const QString &server,
                                     const QVariant &answer)
{
    const auto it = m_broadcasts.find(id);
    if (it == m_broadcasts.end())
        return;
    auto owing = it->owing.find(server);
    // Where answers do not say which server they come from, it does not matter which.
    if (owing == it->owing.end() && it->awaited.isAnonymous())
        owing = it->owing.begin();
    if (owing == it->owing.end())
        return;
    if (--*owing == 0)
        it->owing.erase(owing);
    const auto reply = it->replies.answer;
    if (it->awaited.isEmpty() && it->owing.isEmpty())
        m_broadcasts.erase(it);
    reply(answer);
}

void ClusterRequests::serverLost(const QString &server)
{
    QList<std::function<void()>> calls;
    for (auto it = m_broadcasts.begin(); it != m_broadcasts.end();) {
        if (it->awaited.removeKnown(server)) {
            calls.append([replies = it->replies, isLast = it->awaited.isEmpty()] {
                replies.clients(0);
                if (isLast)
                    tellAllCounted(replies);
            });
        } else if (const int count = it->owing.take(server); count > 0) {
            calls.append([lost = it->replies.lost, count] { lost(count); });
        }
        it = it->awaited.isEmpty() && it->owing.isEmpty() ? m_broadcasts.erase(it) : std::next(it);
    }
    for (auto it = m_requests.begin(); it != m_requests.end();) {
        if (it->awaited.removeKnown(server) && it->awaited.isEmpty()) {
            calls.append(
                [complete = it->complete, answers = it->answers] { complete(answers, 0); });
            it = m_requests.erase(it);
        } else {
            ++it;
        }
    }
    for (const std::function<void()> &call : std::as_const(calls))
        call();
}

void ClusterRequests::timedOut(const QString &id)
{
    if (const auto it = m_requests.constFind(id); it != m_requests.cend()) {
        finish(id, it->awaited.size());
        return;
    }
    const Broadcast broadcast = m_broadcasts.take(id);
    for (qsizetype i = 0; i < broadcast.awaited.size(); ++i)
        broadcast.replies.clients(0);
    if (!broadcast.awaited.isEmpty())
        tellAllCounted(broadcast.replies);
    for (const int count : broadcast.owing)
        broadcast.replies.lost(count);
}

void ClusterRequests::finish(const QString &id, qsizetype missing)
{
    const Request request = m_requests.take(id);
    request.complete(request.answers, missing);
}

} // namespace SocketIo::detail
