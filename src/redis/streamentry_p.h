// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_STREAMENTRY_P_H
#define SOCKETIO_STREAMENTRY_P_H

#include "redis/redisglobal.h"
#include "redis/redisreply.h"

#include <SocketIo/clustermessage.h>

#include <QtCore/qbytearray.h>
#include <QtCore/qlist.h>

#include <optional>

namespace SocketIo::detail {

// The id of an entry of a stream: "<ms>-<number>".
struct SOCKETIO_REDIS_AUTOTEST_EXPORT StreamId
{
    quint64 time = 0;
    quint64 number = 0;

    static std::optional<StreamId> fromBytes(QByteArrayView bytes);
    QByteArray toBytes() const;
    StreamId next() const;

    friend bool operator==(const StreamId &a, const StreamId &b)
    {
        return a.time == b.time && a.number == b.number;
    }
    friend bool operator<(const StreamId &a, const StreamId &b)
    {
        return a.time < b.time || (a.time == b.time && a.number < b.number);
    }
};

// What a client has received: all entries up to an id and, if its server could not write to Redis
// for a while, that server's messages up to a number. It is written as "<id>" or
// "<id>:<source>:<sequence>".
struct SOCKETIO_REDIS_AUTOTEST_EXPORT StreamOffset
{
    StreamId id;
    QByteArray source;
    quint64 sequence = 0;

    static std::optional<StreamOffset> fromString(const QString &text);
    QString toString() const;
    bool includes(const QByteArray &entrySource, quint64 entrySequence) const
    {
        return !source.isEmpty() && entrySource == source && entrySequence <= sequence;
    }
};

// An entry. Its last two fields, unknown to Node.js servers, identify the writer and its message,
// so that a message that was sent twice is recognized.
struct SOCKETIO_REDIS_AUTOTEST_EXPORT StreamEntry
{
    StreamId id;
    QByteArray uid;
    QByteArray nsp;
    QByteArray type;
    QByteArray data;
    QByteArray source;
    quint64 sequence = 0;

    static std::optional<StreamEntry> fromReply(const RedisReply &reply);
    // Returns nothing, and logs a warning, if the entry is not a message.
    std::optional<ClusterMessage> message() const;
    // Returns whom the message is for (its "opts"), without decoding the rest of it; nothing if that
    // is not possible.
    std::optional<QVariantMap> options() const;
};

// Returns the value of a member of the JSON object, as it is written there. The object is not
// checked: of one that is malformed, the result is anything or nothing.
SOCKETIO_REDIS_AUTOTEST_EXPORT std::optional<QByteArray> jsonMember(const QByteArray &object,
                                                                    QByteArrayView name);

enum class EntryData : bool { Any, PlainText };

// Returns the fields of a message; an empty list if it cannot be written.
SOCKETIO_REDIS_AUTOTEST_EXPORT QList<QByteArray> streamFields(const ClusterMessage &message,
                                                              EntryData data,
                                                              const QByteArray &source,
                                                              quint64 sequence);
// Returns the name of the stream that has the messages of a namespace.
SOCKETIO_REDIS_AUTOTEST_EXPORT QByteArray streamFor(const QString &name, int count,
                                                    const QString &nsp);

} // namespace SocketIo::detail

#endif
