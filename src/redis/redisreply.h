// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_REDISREPLY_H
#define SOCKETIO_REDISREPLY_H

#include <SocketIo/redisglobal.h>

#include <QtCore/qbytearray.h>
#include <QtCore/qlist.h>
#include <QtCore/qmetatype.h>

namespace SocketIo {

// A reply of Redis to a command, or a message to a subscriber.
struct RedisReply
{
    enum class Type : quint8 { Nil, Text, Error, Integer, Array };

    Type type = Type::Nil;
    qint64 integer = 0;
    QByteArray text; // also that of an error
    QList<RedisReply> elements;

    bool isError() const noexcept { return type == Type::Error; }
};

} // namespace SocketIo

Q_DECLARE_METATYPE(SocketIo::RedisReply)

#endif
