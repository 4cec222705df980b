// SPDX-License-Identifier: MIT
#ifndef REDISCLUSTERSERVERS_H
#define REDISCLUSTERSERVERS_H

#include "redisserver.h"

#include "support/certificates.h"

#include <SocketIo/RedisConnection>

#include <vector>

// A Redis Cluster of the test's own: three masters, each with a third of the slots, and behind them
// a replica of the first one if the test wants it.
class RedisClusterServers
{
public:
    enum class Replica : bool { No, Yes };

    static constexpr size_t Masters = 3;

    // With certificates, which must outlive it, all connections are encrypted, and the nodes call
    // each other "localhost", which is the name in the certificates.
    explicit RedisClusterServers(const Certificates *certificates = nullptr)
        : m_certificates(certificates)
    {
    }

    // Answers whether all nodes serve the cluster.
    bool start(Replica replica = Replica::No);
    RedisServer &node(size_t index) { return *m_nodes[index].server; }
    QList<QUrl> urls() const;
    QStringList urlTexts() const;
    // The answer of a node, as text; "no answer" if there is none.
    QByteArray ask(size_t node, const QList<QByteArray> &words);
    // The master that has the slot of a key, as long as none is moved.
    size_t ownerOf(const QByteArray &key);
    // Has another node take the slot of a key, as redis-cli does it. Between the two, the key is at
    // the other node, and the first one says so for each command (ASK).
    bool beginMove(const QByteArray &key, size_t from, size_t to);
    bool endMove(const QByteArray &key, size_t from, size_t to);

private:
    struct Node
    {
        std::unique_ptr<RedisServer> server;
        std::unique_ptr<SocketIo::RedisConnection> admin;
        QByteArray id;
    };
    bool startNode(Replica replica);
    QUrl urlOf(const RedisServer &server) const;
    bool isServing(size_t node, qsizetype nodes);

    const Certificates *m_certificates;
    std::vector<Node> m_nodes;
};

#endif
