// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_CLUSTERREQUESTS_P_H
#define SOCKETIO_CLUSTERREQUESTS_P_H

#include <SocketIo/adapter.h>

#include <QtCore/qhash.h>
#include <QtCore/qset.h>

#include <functional>

namespace SocketIo::detail {

// The servers from which a response is awaited: those that are known, and a number of others.
class AwaitedServers
{
public:
    AwaitedServers() = default;
    explicit AwaitedServers(const QSet<QString> &known)
        : m_known(known)
    {
    }
    explicit AwaitedServers(qsizetype unknown)
        : m_unknown(unknown)
        , m_anonymous(true)
    {
    }

    bool isEmpty() const noexcept { return size() == 0; }
    qsizetype size() const noexcept { return m_known.size() + m_unknown; }
    // Returns whether an answer of the server was awaited.
    bool remove(const QString &server);
    bool isAnonymous() const noexcept { return m_anonymous; }
    bool removeKnown(const QString &server) { return m_known.remove(server); }

private:
    QSet<QString> m_known;
    qsizetype m_unknown = 0;
    QSet<QString> m_heard; // of the unknown ones
    bool m_anonymous = false;
};

// The pending requests of a server to the others: each of the others responds once, is lost, or
// exceeds the timeout. A request is removed before its reply is called, because the reply may
// delete everything.
class ClusterRequests
{
public:
    // complete() is called with the responses received and the number of servers that did not
    // respond in time.
    using Complete = std::function<void(const QVariantList &answers, qsizetype missing)>;

    void add(const QString &id, const AwaitedServers &servers, const Complete &complete);
    // Calls replies.allCounted() as soon as no server is awaited any more.
    void addBroadcast(const QString &id, const AwaitedServers &servers,
                      const BroadcastReplies &replies);

    // Each ignores requests and servers that it does not know.
    void answered(const QString &id, const QString &server, const QVariant &answer);
    void clientsCounted(const QString &id, const QString &server, int count);
    void clientAnswered(const QString &id, const QString &server, const QVariant &answer);
    void serverLost(const QString &server);
    void timedOut(const QString &id);

private:
    struct Request
    {
        AwaitedServers awaited;
        QVariantList answers;
        Complete complete;
    };
    struct Broadcast
    {
        AwaitedServers awaited;    // for the number of their clients
        QHash<QString, int> owing; // clients that have not answered, of the others
        BroadcastReplies replies;
    };

    void finish(const QString &id, qsizetype missing);

    QHash<QString, Request> m_requests;
    QHash<QString, Broadcast> m_broadcasts;
};

} // namespace SocketIo::detail

#endif
