// SPDX-License-Identifier: MIT
#include "redis/redisslots_p.h"

#include <algorithm>
#include <array>

namespace SocketIo::detail {

namespace {

constexpr qsizetype MaxNodes = 16384; // one for each slot

constexpr std::array<quint16, 256> makeCrcTable()
{
    std::array<quint16, 256> table{};
    for (unsigned i = 0; i < 256; ++i) {
        unsigned crc = i << 8;
        for (int bit = 0; bit < 8; ++bit)
            crc = (crc << 1) ^ (crc & 0x8000 ? 0x1021 : 0);
        table[i] = quint16(crc);
    }
    return table;
}

// CRC16/XMODEM, as in the specification of Redis Cluster.
quint16 crc16(QByteArrayView bytes)
{
    static constexpr std::array<quint16, 256> Table = makeCrcTable();
    quint16 crc = 0;
    for (const char c : bytes)
        crc = quint16(crc << 8) ^ Table[(crc >> 8) ^ quint8(c)];
    return crc;
}

bool isOneOf(const QByteArray &word, std::initializer_list<const char *> names)
{
    return std::any_of(names.begin(), names.end(),
                       [&word](const char *name) { return word == name; });
}

std::optional<QByteArray> addressOf(const RedisReply &node, const QByteArray &host)
{
    if (node.elements.size() < 2 || node.elements[1].type != RedisReply::Type::Integer)
        return std::nullopt;
    const QByteArray &name = node.elements[0].text;
    const qint64 port = node.elements[1].integer;
    // "?": the node does not know its own name.
    if (port <= 0 || port > 65535 || name == "?")
        return std::nullopt;
    return (name.isEmpty() ? host : name) + ':' + QByteArray::number(port);
}

} // namespace

int redisSlot(const QByteArray &key)
{
    const qsizetype open = key.indexOf('{');
    const qsizetype close = open < 0 ? -1 : key.indexOf('}', open + 1);
    const bool isTagged = close > open + 1;
    const QByteArrayView part =
        isTagged ? QByteArrayView(key).sliced(open + 1, close - open - 1) : QByteArrayView(key);
    return crc16(part) % RedisSlotCount;
}

QByteArray redisKey(const QList<QByteArray> &words)
{
    const QByteArray name = words.value(0).toUpper();
    if (name == "XREAD" || name == "XREADGROUP") {
        const auto streams = std::find_if(words.cbegin(), words.cend(), [](const QByteArray &word) {
            return word.toUpper() == "STREAMS";
        });
        return words.value(std::distance(words.cbegin(), streams) + 1);
    }
    if (isOneOf(name, {"EVAL", "EVALSHA", "EVAL_RO", "EVALSHA_RO", "FCALL", "FCALL_RO"}))
        return words.value(2) == "0" ? QByteArray() : words.value(3);
    if (name == "PUBSUB")
        return words.value(1).toUpper() == "SHARDNUMSUB" ? words.value(2) : QByteArray();
    if (isOneOf(name, {"XINFO", "XGROUP", "OBJECT", "MEMORY", "BITOP"}))
        return words.value(2);
    if (isOneOf(name, {"PUBLISH",  "PING",   "ECHO",   "CLUSTER", "CONFIG",  "CLIENT",
                       "INFO",     "SCRIPT", "TIME",   "ROLE",    "DBSIZE",  "KEYS",
                       "SCAN",     "WAIT",   "ACL",    "COMMAND", "FLUSHDB", "FLUSHALL",
                       "LASTSAVE", "SAVE",   "BGSAVE", "FUNCTION"}))
        return {};
    return words.value(1);
}

std::optional<RedisRedirection> RedisRedirection::fromError(const QByteArray &text,
                                                            const QByteArray &host)
{
    const QByteArrayList parts = text.split(' ');
    const bool isMoved = parts[0] == "MOVED";
    if (parts.size() < 3 || (!isMoved && parts[0] != "ASK"))
        return std::nullopt;
    RedisRedirection result;
    result.kind = isMoved ? Kind::Moved : Kind::Ask;
    bool isNumber = false;
    result.slot = parts[1].toInt(&isNumber);
    const qsizetype colon = parts[2].lastIndexOf(':');
    bool isPort = false;
    const int port = parts[2].mid(colon + 1).toInt(&isPort);
    if (!isNumber || result.slot < 0 || result.slot >= RedisSlotCount || colon < 0 || !isPort
        || port <= 0 || port > 65535)
        return std::nullopt;
    result.address = colon == 0 ? host + parts[2] : parts[2];
    return result;
}

std::optional<RedisTopology> RedisTopology::fromReply(const RedisReply &reply,
                                                      const QByteArray &host)
{
    RedisTopology result;
    qint64 slots = 0;
    for (const RedisReply &range : reply.elements) {
        const QList<RedisReply> &parts = range.elements;
        if (parts.size() < 3 || parts[0].type != RedisReply::Type::Integer
            || parts[1].type != RedisReply::Type::Integer)
            return std::nullopt;
        const qint64 first = parts[0].integer;
        const qint64 last = parts[1].integer;
        slots += last - first + 1;
        if (first < 0 || last < first || last >= RedisSlotCount || slots > RedisSlotCount)
            return std::nullopt;
        if (const std::optional<QByteArray> address = addressOf(parts[2], host)) {
            for (qint64 slot = first; slot <= last; ++slot)
                result.setMaster(int(slot), *address);
        }
        for (qsizetype i = 3; i < parts.size() && result.m_replicas.size() < MaxNodes; ++i) {
            const std::optional<QByteArray> replica = addressOf(parts[i], host);
            if (replica && !result.m_replicas.contains(*replica))
                result.m_replicas.append(*replica);
        }
    }
    if (result.isEmpty())
        return std::nullopt;
    return result;
}

QByteArray RedisTopology::master(int slot) const
{
    const qint16 index = m_slots[size_t(slot)];
    return index < 0 ? QByteArray() : m_masters[index];
}

void RedisTopology::setMaster(int slot, const QByteArray &address)
{
    qsizetype index = m_masters.indexOf(address);
    if (index < 0) {
        if (m_masters.size() >= MaxNodes)
            return;
        index = m_masters.size();
        m_masters.append(address);
    }
    m_slots[size_t(slot)] = qint16(index);
}

} // namespace SocketIo::detail
