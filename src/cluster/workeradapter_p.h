// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_WORKERADAPTER_P_H
#define SOCKETIO_WORKERADAPTER_P_H

#include "cluster/workerlink_p.h"

#include <SocketIo/clusteradapter.h>

#include <QtCore/qpointer.h>

#include <deque>
#include <map>

namespace SocketIo::detail {

// Joins the workers of a cluster through their primary. With connection state recovery, the primary
// keeps sessions and events, and puts all events into one order.
class WorkerAdapter final : public ClusterAdapter, private NamespaceLinkObserver
{
    Q_OBJECT

public:
    WorkerAdapter(Namespace *nsp, std::shared_ptr<WorkerLink> link);
    ~WorkerAdapter() override;

    void init() override;
    void close() override;
    void addAll(Socket *socket, const QStringList &rooms) override;
    void del(Socket *socket, const QString &room) override;
    void delAll(Socket *socket) override;
    void persistSession(const RecoverableSession &session) override;
    void restoreSession(const QString &pid, const QString &offset,
                        const RestoreReply &reply) override;

protected:
    bool deliversOwnMessages() const override { return recovers(); }
    QList<ClusterMessage> pendingOwnMessages() const override
    {
        QList<ClusterMessage> messages;
        for (const Own &own : m_own)
            messages.append(own.message);
        return messages;
    }
    void publishMessage(const ClusterMessage &message) override;
    void publishResponse(const QString &requesterUid, const ClusterMessage &response) override;

private:
    void messageReceived(const ClusterMessage &message, quint64 number) override;
    void ownMessageOrdered(const QString &uid, quint64 sequence, quint64 number) override;
    void sessionRestored(quint64 request, bool found, const KeptSession &kept,
                         const QList<std::pair<quint64, QByteArray>> &messages) override;
    void sessionStale(const QString &sid) override;

    bool recovers() const { return m_lifetime.count() > 0; }
    Delivery deliveryOf(const ClusterMessage &message) const;
    void sessionChanged(Socket *socket);
    void sendChanged();

    struct Own
    {
        ClusterMessage message;
        quint64 sequence = 0;
    };
    struct Joined
    {
        QString pid;
        std::optional<quint64> begin; // the number of the last message before it joined
    };

    const std::shared_ptr<WorkerLink> m_link;
    const QString m_name; // of the namespace, which may be gone before this object
    std::chrono::milliseconds m_lifetime{0}; // how long a session is kept without a connection
    std::chrono::milliseconds m_noticeTime{0};
    std::deque<Own> m_own; // own messages that have no number yet
    quint64 m_lastSequence = 0;
    QHash<QString, Joined> m_joined; // by socket id
    QHash<QString, QPointer<Socket>> m_changed;
    std::map<quint64, RestoreReply> m_restores;
    quint64 m_lastRequest = 0;
};

} // namespace SocketIo::detail

#endif
