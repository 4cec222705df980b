// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_REDISSTREAMREADER_P_H
#define SOCKETIO_REDISSTREAMREADER_P_H

#include "redis/redisstreamsadapter.h"
#include "redis/streamentry_p.h"

#include <QtCore/qhash.h>
#include <QtCore/qset.h>
#include <QtCore/qtimer.h>

namespace SocketIo::detail {

class RedisStreamReaderObserver
{
public:
    // From now on all entries are read.
    virtual void readerPositioned() = 0;
    // These may delete the reader.
    virtual void entryRead(const StreamEntry &entry) = 0;
    virtual void readingFailed(const QString &text) = 0;
    // The reader was positioned, and has lost its connection.
    virtual void readerDisconnected() = 0;

protected:
    ~RedisStreamReaderObserver() = default;
};

// Reads the entries of a stream by a connection of its own, from the last one that was there, in
// order, and each message once, even if it stands in the stream twice.
class RedisStreamReader : public QObject
{
public:
    RedisStreamReader(RedisStreamReaderObserver *observer,
                      const RedisStreamsAdapterOptions &options, const QByteArray &name,
                      const QByteArray &source);

    void open();
    bool isReady() const { return m_connection.state() == BrokerState::Ready; }
    bool isPositioned() const { return m_isPositioned; }
    StreamId last() const { return m_last; }
    bool isDuplicate(const StreamId &id) const { return m_duplicates.contains(id.toBytes()); }

private:
    void readNext();
    void findPosition();
    void begin(const StreamId &id);
    void poll();
    void polled(const RedisReply &reply);
    void handle(const RedisReply &reply);
    // Returns whether the stream has had the message of this entry before.
    bool isRepeated(const StreamEntry &entry);
    void refused(const QByteArray &why);

    RedisStreamReaderObserver *const m_observer;
    const RedisStreamsAdapterOptions m_options;
    const QByteArray m_name;
    const QByteArray m_source; // of this server's entries
    RedisConnection m_connection;
    StreamId m_last;
    QHash<QByteArray, quint64> m_sequences; // the last one of each source
    QSet<QByteArray> m_duplicates;          // ids
    QTimer m_again;
    bool m_isPositioned = false;
    bool m_isPolling = false;
};

} // namespace SocketIo::detail

#endif
