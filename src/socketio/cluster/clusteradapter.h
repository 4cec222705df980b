// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_CLUSTERADAPTER_H
#define SOCKETIO_CLUSTERADAPTER_H

#include <SocketIo/clustermessage.h>
#include <SocketIo/sessionawareadapter.h>

#include <QtCore/qobject.h>

#include <chrono>
#include <memory>

namespace SocketIo {

struct ClusterOptions
{
    // Where the sessions of lost connections and the events that they miss are stored.
    enum class Recovery : quint8 {
        InMemory, // this server, as SessionAwareAdapter does
        Derived,  // the derived class
    };

    std::chrono::milliseconds heartbeatInterval{5000}; // 0: none are sent
    std::chrono::milliseconds heartbeatTimeout{10000};
    std::chrono::milliseconds requestTimeout{5000};
    int maxServers = 1000;
    Recovery recovery = Recovery::InMemory;
};

class ClusterAdapterPrivate;

// The base class of adapters that join several servers. Derived classes transport the messages.
class SOCKETIO_EXPORT ClusterAdapter : public QObject, public SessionAwareAdapter
{
    Q_OBJECT

public:
    explicit ClusterAdapter(Namespace *nsp, const ClusterOptions &options = {});
    ~ClusterAdapter() override;

    QString uid() const;
    QStringList servers() const;

    void init() override;
    void close() override;
    void broadcast(Packet packet, const BroadcastOptions &options) override;
    void broadcastWithAck(Packet packet, const BroadcastOptions &options,
                          const BroadcastReplies &replies) override;
    void flush(Socket *socket) override;
    void serverCount(const CountReply &reply) override;
    void fetchSockets(const BroadcastOptions &options, const SocketsReply &reply) override;
    void addSockets(const BroadcastOptions &options, const QStringList &rooms) override;
    void delSockets(const BroadcastOptions &options, const QStringList &rooms) override;
    void disconnectSockets(const BroadcastOptions &options, CloseConnection close) override;
    void serverSideEmit(const QVariantList &event, const ServerSideReply &reply) override;

Q_SIGNALS:
    void newServer(const QString &uid);
    void serverLost(const QString &uid);

protected:
    virtual void publishMessage(const ClusterMessage &message) = 0;
    virtual void publishResponse(const QString &requesterUid, const ClusterMessage &response) = 0;
    virtual bool deliversOwnMessages() const;
    virtual QList<ClusterMessage> pendingOwnMessages() const;
    void handleMessage(const ClusterMessage &message, const QString &offset = {});
    void handleOwnMessage(const ClusterMessage &message, const QString &offset);

private:
    friend class ClusterAdapterPrivate;
    std::unique_ptr<ClusterAdapterPrivate> d;
};

} // namespace SocketIo

#endif
