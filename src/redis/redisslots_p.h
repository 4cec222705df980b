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

// Returns the host in a node's address, which is "host:port".
inline QByteArray hostOf(const QByteArray &address)
{
    return address.left(address.lastIndexOf(':'));
}

// Returns the slot of a key or a sharded channel: that of the part in braces, if there is one.
SOCKETIO_REDIS_AUTOTEST_EXPORT int redisSlot(const QByteArray &key);

// The key that decides which node gets a command; empty if any node will do. The first argument of
// an unknown command is used as its key: if that is wrong, the node redirects the command.
SOCKETIO_REDIS_AUTOTEST_EXPORT QByteArray redisKey(const QList<QByteArray> &words);

// "MOVED slot address" and "ASK slot address": another node has the slot, or some of its keys.
struct SOCKETIO_REDIS_AUTOTEST_EXPORT RedisRedirection
{
    enum class Kind { Moved, Ask };

    Kind kind = Kind::Moved;
    int slot = 0;
    QByteArray address; // host:port

    // An address without a host means the host of the sender.
    static std::optional<RedisRedirection> fromError(const QByteArray &text,
                                                     const QByteArray &host);
};

// Which node has which slots.
class SOCKETIO_REDIS_AUTOTEST_EXPORT RedisTopology
{
public:
    // Reads the answer to CLUSTER SLOTS that a node on host has given. Returns nothing if the reply
    // is no such answer or contains no node.
    static std::optional<RedisTopology> fromReply(const RedisReply &reply, const QByteArray &host);

    bool isEmpty() const { return m_masters.isEmpty(); }
    // Returns the address of the node that has the slot; empty if no node has it.
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
