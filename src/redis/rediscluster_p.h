// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_REDISCLUSTER_P_H
#define SOCKETIO_REDISCLUSTER_P_H

#include "base/warninglimit_p.h"
#include "redis/redisconnection.h"
#include "redis/redisslots_p.h"
#include "redis/redissubscriptions_p.h"

#include <QtCore/qelapsedtimer.h>
#include <QtCore/qtimer.h>

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <vector>

namespace SocketIo {

class RedisConnectionPrivate;

namespace detail {

// Implements RedisConnection for a Redis Cluster, with one connection for each node in use. The
// cluster says which node owns a key or a sharded channel; a node that has lost a slot redirects us
// to the new owner. Commands keep their order even if they have to be sent again. Commands that
// belong to no slot go to one node, the home, so that their order is kept as well.
//
// Slots of a connection's signals, and replies, may delete this object.
class RedisCluster final : public QObject
{
public:
    using Reply = RedisConnection::Reply;

    explicit RedisCluster(RedisConnectionPrivate *connection);

    void open();
    void flush();
    // Returns whether the command will be sent. If not, *why is the reason.
    bool send(const QList<QByteArray> &words, std::chrono::milliseconds blocksFor,
              const Reply &reply, const char **why);
    // Call these after changing the subscriptions of the connection.
    void subscribe(RedisSubscriptions::Kind kind, const QByteArray &name);
    void unsubscribe(RedisSubscriptions::Kind kind, const QByteArray &name);

private:
    struct Command
    {
        QList<QByteArray> words;
        std::chrono::milliseconds blocksFor{0};
        Reply reply;
        quint64 number = 0;
        qsizetype size = 0;
        int attempts = 0;
        QByteArray askAt; // the node to which the slot is being moved
    };
    struct Node
    {
        QByteArray address;
        std::unique_ptr<RedisConnection> connection;
        int unanswered = 0; // commands, without those that block
        int blocked = 0;
        bool isAway = false;        // it cannot be reached, or the connection to it was lost
        bool isRedirecting = false; // some unanswered commands may have to be sent again
        bool wasRefused = false;    // a subscription was refused for a temporary reason
        std::vector<std::function<void()>> settled;
    };
    using NodePtr = std::shared_ptr<Node>;
    struct Count;
    // Commands for a slot that is being moved to a node that is not there. The others do not wait
    // for them.
    struct Parked
    {
        QByteArray address;
        std::deque<Command> commands; // in order
    };

    RedisOptions optionsFor(const QByteArray &address) const;
    NodePtr open(const QByteArray &address);
    NodePtr nodeFor(const Command &command);
    NodePtr ownerOf(const QByteArray &key);
    void chooseHome();
    void nodeChanged(const NodePtr &node, BrokerState state);

    bool isHeld() const;
    bool transmit(const NodePtr &node, Command command);
    void answered(const NodePtr &node, Command command, const RedisReply &reply);
    bool repeats(const NodePtr &node, Command *command, const QByteArray &error);
    void putBack(Command command);
    void insert(Command command);
    void drain();
    void park(const NodePtr &node);
    void unpark(int slot);
    bool isAskedAt(const QByteArray &address) const;
    void countSubscribers(const QList<QByteArray> &words, const Reply &reply);

    void placeSubscriptions();
    void subscriptionRefused(const NodePtr &node, const QByteArray &error);

    void refreshSoon(const QByteArray &askFirst = {});
    void refresh();
    void ask(qsizetype index);
    void asked(qsizetype index, const QByteArray &address, const RedisReply &reply);
    void askingFailed(const QByteArray &why);
    void apply(const RedisTopology &topology);
    bool isMasterAway() const;
    void evaluate();

    RedisConnectionPrivate *const d;
    const RedisOptions m_options;
    RedisTopology m_topology;
    std::map<QByteArray, NodePtr> m_nodes; // by address
    NodePtr m_home;
    std::deque<Command> m_waiting;  // in order
    std::map<int, Parked> m_parked; // by slot
    qsizetype m_waitingSize = 0;    // of all these
    quint64 m_lastNumber = 0;
    QTimer m_pause; // before commands are tried again

    std::unique_ptr<RedisConnection> m_asker;
    QByteArrayList m_candidates;
    QByteArray m_askFirst;
    QByteArray m_askError;
    QTimer m_refresh;
    QElapsedTimer m_lastRefresh;
    int m_refreshes = 0; // in quick succession
    bool m_isReported = false;
    EngineIo::detail::WarningLimit m_warnings{EngineIo::detail::WarningLimit::Many};
};

} // namespace detail
} // namespace SocketIo

#endif
