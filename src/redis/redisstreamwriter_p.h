// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_REDISSTREAMWRITER_P_H
#define SOCKETIO_REDISSTREAMWRITER_P_H

#include "base/warninglimit_p.h"
#include "redis/ownmessages_p.h"
#include "redis/redisstreamreader_p.h"
#include "redis/redisstreamsadapter.h"
#include "redis/streamentry_p.h"

#include <QtCore/qtimer.h>

namespace SocketIo::detail {

// Its functions may delete the writer.
class RedisStreamWriterObserver
{
public:
    virtual void writingFailed(const QString &text) = 0;
    // Messages are dropped next, as Redis will never accept them.
    virtual void messagesRefused() = 0;
    virtual void messagesDropped(const QString &nsp, int count) = 0;

protected:
    ~RedisStreamWriterObserver() = default;
};

// Writes a server's messages to a stream, in order. They wait while Redis cannot be reached, and each
// is written exactly once, even if a connection breaks before Redis has answered.
class RedisStreamWriter : public QObject
{
public:
    // Writes nothing before the reader has its position: what is written is to be read.
    RedisStreamWriter(RedisStreamWriterObserver *observer, RedisConnection *publisher,
                      const RedisStreamReader *reader, OwnMessages *messages, qint64 maxLen,
                      const QByteArray &name, const QByteArray &source);

    // Writes what waits.
    void write();
    // All messages up to this number were read from the stream.
    void read(quint64 sequence);

private:
    void publisherChanged(BrokerState state);
    void checkSent(const StreamId &from);
    void answered(const RedisReply &reply, bool isScript, quint64 upTo);
    // What was sent, up to a number.
    void refused(quint64 upTo, const QByteArray &why);
    void scriptRefused(const QByteArray &why);
    void drop(quint64 upTo);

    RedisStreamWriterObserver *const m_observer;
    RedisConnection *const m_publisher;
    const RedisStreamReader *const m_reader;
    OwnMessages *const m_messages;
    const qint64 m_maxLen;
    const QByteArray m_name;
    const QByteArray m_source; // of this server's entries
    quint64 m_settledUpTo = 0; // Redis has accepted them, or refused them for good
    quint64 m_sentUpTo = 0;    // the later ones of these have not been answered yet
    bool m_isUnsure = false;   // the connection was lost before Redis had answered
    bool m_isChecking = false;
    int m_connection = 0;     // tells replies that are due to an earlier one
    bool m_isRefused = false; // for a while
    bool m_hasScripts = true; // the server runs them for us
    QTimer m_again;
    EngineIo::detail::WarningLimit m_warnings{EngineIo::detail::WarningLimit::Many};
};

} // namespace SocketIo::detail

#endif
