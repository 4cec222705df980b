// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_REDISSLOTS_P_H
#define SOCKETIO_REDISSLOTS_P_H

#include "redis/redisglobal.h"
#include "redis/redisreply.h"

#include <QtCore/qbytearray.h>
#include <QtCore/qbytearraylist.h>

#include <optional>
#include <vector>

namespace SocketIo::detail {

constexpr int RedisSlotCount = 16384;

// Of a node's address, "host:port".
inline QByteArray hostOf(const QByteArray &address)
{
    return address.left(address.lastIndexOf(':'));
}

// The slot of a key or a sharded channel: of the part in braces if there is one.
SOCKETIO_REDIS_AUTOTEST_EXPORT int redisSlot(const QByteArray &key);

// The key that decides which node gets a command; empty if any node will do. The first argument of
// an unknown command is taken for its key: if that is wrong, the node redirects us.
SOCKETIO_REDIS_AUTOTEST_EXPORT QByteArray redisKey(const QList<QByteArray> &words);

// "MOVED slot address" and "ASK slot address": another node has the slot, or part of its keys.
struct SOCKETIO_REDIS_AUTOTEST_EXPORT RedisRedirection
{
    enum class Kind { Moved, Ask };

    Kind kind = Kind::Moved;
    int slot = 0;
    QByteArray address; // host:port

    // In an address without a host, the sender means its own.
    static std::optional<RedisRedirection> fromError(const QByteArray &text,
                                                     const QByteArray &host);
};

// Which node has which slots.
class SOCKETIO_REDIS_AUTOTEST_EXPORT RedisTopology
{
public:
    // Of the answer to CLUSTER SLOTS, which a node on the host has given. Nothing for what is not
    // such an answer, or knows no node.
    static std::optional<RedisTopology> fromReply(const RedisReply &reply, const QByteArray &host);

    bool isEmpty() const { return m_masters.isEmpty(); }
    // Empty for a slot that no node has.
    QByteArray master(int slot) const;
    void setMaster(int slot, const QByteArray &address);
    const QByteArrayList &masters() const { return m_masters; }
    const QByteArrayList &replicas() const { return m_replicas; }

private:
    QByteArrayList m_masters;
    QByteArrayList m_replicas;
    std::vector<qint16> m_slots = std::vector<qint16>(RedisSlotCount, -1); // indexes of masters
};

} // namespace SocketIo::detail

#endif
