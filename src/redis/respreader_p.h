// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_RESPREADER_P_H
#define SOCKETIO_RESPREADER_P_H

#include "redis/redisglobal.h"
#include "redis/redisreply.h"

#include <QtCore/qbytearrayview.h>

#include <memory>
#include <optional>

struct redisReader;

namespace SocketIo::detail {

// Turns the bytes that Redis sends into replies, with the reader of hiredis. Nothing is allocated
// for sizes that the bytes merely claim, and what waits for the end of a reply is bounded.
class SOCKETIO_REDIS_AUTOTEST_EXPORT RespReader
{
public:
    explicit RespReader(qsizetype maxSize);
    ~RespReader();
    Q_DISABLE_COPY_MOVE(RespReader)

    void feed(QByteArrayView bytes);
    // Returns the next complete reply, if there is one and no error has occurred before.
    std::optional<RedisReply> next();
    // Not empty if the stream cannot be read any further.
    const QByteArray &errorString() const { return m_error; }

private:
    struct Free
    {
        void operator()(redisReader *reader) const;
    };

    const qsizetype m_maxSize;
    qsizetype m_pending = 0; // bytes since the last complete reply
    std::unique_ptr<redisReader, Free> m_reader;
    QByteArray m_error;
};

// Returns the bytes of a command.
SOCKETIO_REDIS_AUTOTEST_EXPORT QByteArray respCommand(const QList<QByteArray> &words);

// Whether the same command may succeed later, as the cause of the error goes away by itself.
SOCKETIO_REDIS_AUTOTEST_EXPORT bool isPassing(const QByteArray &error);

} // namespace SocketIo::detail

#endif
