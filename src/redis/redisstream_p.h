// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_REDISSTREAM_P_H
#define SOCKETIO_REDISSTREAM_P_H

#include "redis/redisstreamsadapter.h"
#include "redis/streamentry_p.h"

#include <QtCore/qelapsedtimer.h>
#include <QtCore/qhash.h>
#include <QtCore/qset.h>
#include <QtCore/qtimer.h>

#include <deque>

namespace SocketIo::detail {

// Receives the entries of a stream for a namespace, in the same order on all servers.
class RedisStreamObserver
{
public:
    // May delete everything.
    virtual void messageRead(const ClusterMessage &message, const StreamEntry &entry,
                             const QString &offset) = 0;
    // A message of this server, which it has to carry out now.
    virtual void ownMessage(const ClusterMessage &message, quint64 sequence,
                            const QString &offset) = 0;
    // From now on the observer receives all entries.
    virtual void positioned() = 0;
    virtual void messagesDropped(int count) = 0;
    virtual void streamError(const Error &error) = 0;

protected:
    ~RedisStreamObserver() = default;
};

// One server's view of a stream: reads what all servers write, and writes its own messages. These
// wait while Redis cannot be reached, and each is written exactly once, even if a connection breaks
// before Redis has answered.
class RedisStream : public QObject
{
public:
    enum class Delivery {
        Done,     // the sender has done its part
        WhenRead, // when the message comes back, or Redis takes too long
    };
    struct Own
    {
        ClusterMessage message;
        quint64 sequence = 0;
        QByteArrayList fields;
        qsizetype size = 0;
        qint64 time = 0;          // in ms of the clock
        bool isDelivered = false; // this server's clients have it
        bool isEarly = false;     // before it was read
        bool isSent = false;      // on this connection
        bool isConfirmed = false; // Redis has it
    };

    RedisStream(RedisConnection *publisher, const RedisStreamsAdapterOptions &options,
                const QByteArray &name);

    const QByteArray &name() const { return m_name; }
    const QByteArray &source() const { return m_source; }
    void addObserver(const QString &nsp, RedisStreamObserver *observer);
    void removeObserver(const QString &nsp) { m_observers.remove(nsp); }
    bool hasObservers() const { return !m_observers.isEmpty(); }

    void publish(const ClusterMessage &message, Delivery delivery);
    // The offset for a client that joins now.
    StreamOffset position() const;
    bool isPositioned() const { return m_isPositioned; }
    bool isDuplicate(const StreamId &id) const { return m_duplicates.contains(id.toBytes()); }
    // Of the namespace: what its clients have got early and the stream has yet to bring.
    QList<Own> earlyMessages(const QString &nsp) const;
    // What its clients have not got yet.
    QList<ClusterMessage> undelivered(const QString &nsp) const;

private:
    void readerReady();
    void findPosition();
    void begin(const StreamId &id);
    void poll();
    void polled(const RedisReply &reply);
    void handle(const RedisReply &reply);
    void handleOwn(const StreamEntry &entry);
    // Returns whether the stream has had the message of this entry before.
    bool isRepeated(const StreamEntry &entry);
    void publisherChanged(RedisConnection::State state);
    // Which of those sent on the last connection has Redis got?
    void checkSent(const StreamId &from);
    void renumber();
    void sendWaiting();
    void refused(quint64 sequence, const QByteArray &why);
    bool isAway() const;
    void deliverEarly();
    void checkLate();
    void report(const QString &text);

    RedisConnection *const m_publisher;
    const RedisStreamsAdapterOptions m_options;
    const QByteArray m_name;
    const QByteArray m_source; // of this server's entries
    RedisConnection m_reader;
    QHash<QString, RedisStreamObserver *> m_observers;
    std::deque<Own> m_own; // that have not been read yet
    qsizetype m_ownSize = 0;
    quint64 m_lastSequence = 0;
    quint64 m_earlyUpTo = 0;                // the last that was delivered early, or 0
    StreamId m_last;                        // read
    QHash<QByteArray, quint64> m_sequences; // last of each source
    QSet<QByteArray> m_duplicates;          // ids
    QElapsedTimer m_clock;
    QTimer m_late;
    QTimer m_retry;
    bool m_isPositioned = false;
    bool m_isChecking = false;
    bool m_isPolling = false;
    bool m_isFull = false;
};

} // namespace SocketIo::detail

#endif
