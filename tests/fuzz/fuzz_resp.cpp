// SPDX-License-Identifier: MIT
// What a Redis server sends, in pieces of any size: replies, and the entries of streams, the
// topology of a cluster and its redirections in them.
#include "redis/redisslots_p.h"
#include "redis/respreader_p.h"
#include "redis/streamentry_p.h"

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>

using namespace SocketIo;
using namespace SocketIo::detail;

namespace {

void require(bool condition, const char *what)
{
    if (!condition) {
        fprintf(stderr, "not so: %s\n", what);
        abort();
    }
}

// About how much of the input a reply accounts for.
qsizetype sizeOf(const RedisReply &reply)
{
    qsizetype size = reply.text.size() + 1;
    for (const RedisReply &element : reply.elements)
        size += sizeOf(element);
    return size;
}

void useTopology(const RedisReply &reply)
{
    if (const auto topology = RedisTopology::fromReply(reply, "here")) {
        require(!topology->isEmpty(), "a topology has a node");
        for (int slot = 0; slot < RedisSlotCount; slot += 1000) {
            const QByteArray address = topology->master(slot);
            require(address.isEmpty() || topology->masters().contains(address),
                    "who has a slot is a master");
        }
    }
    if (const auto redirection = RedisRedirection::fromError(reply.text, "here")) {
        require(redirection->slot >= 0 && redirection->slot < RedisSlotCount, "a slot exists");
        require(redirection->address.contains(':'), "an address has a port");
    }
}

void useEntries(const RedisReply &reply)
{
    if (const auto entry = StreamEntry::fromReply(reply)) {
        const auto id = StreamId::fromBytes(entry->id.toBytes());
        require(id && *id == entry->id, "an id is the same when it is read again");
        if (const auto message = entry->message()) {
            const auto fields =
                streamFields(*message, EntryData::Any, entry->source, entry->sequence);
            require(!fields.isEmpty(), "a message that was read can be written");
        }
    }
    for (const RedisReply &element : reply.elements)
        useEntries(element);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    const qsizetype step = 1 + data[0];
    const QByteArrayView input(data + 1, qsizetype(size) - 1);
    RespReader reader(16 * 1024);
    qsizetype found = 0;
    for (qsizetype at = 0; at < input.size() && reader.errorString().isEmpty(); at += step) {
        reader.feed(input.sliced(at, std::min(step, input.size() - at)));
        while (const auto reply = reader.next()) {
            found += sizeOf(*reply);
            require(found <= input.size(), "no more comes out than has gone in");
            useEntries(*reply);
            useTopology(*reply);
        }
    }
    const int slot = redisSlot(input.toByteArray());
    require(slot >= 0 && slot < RedisSlotCount, "a key has a slot");
    const QString text = QString::fromUtf8(input);
    if (const auto offset = StreamOffset::fromString(text)) {
        const auto again = StreamOffset::fromString(offset->toString());
        require(again && again->id == offset->id && again->source == offset->source
                    && again->sequence == offset->sequence,
                "an offset is the same when it is read again");
    }
    return 0;
}
