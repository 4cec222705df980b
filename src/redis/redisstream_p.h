// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_REDISSTREAM_P_H
#define SOCKETIO_REDISSTREAM_P_H

#include "base/warninglimit_p.h"
#include "redis/redisstreamsadapter.h"
#include "redis/streamentry_p.h"

#include <QtCore/qelapsedtimer.h>
#include <QtCore/qhash.h>
#include <QtCore/qset.h>
#include <QtCore/qtimer.h>

#include <algorithm>
#include <deque>

namespace SocketIo::detail {

// Receives the entries of a stream that belong to a namespace, in the same order on all servers.
class RedisStreamObserver
{
public:
    // May delete the stream and its adapters.
    virtual void messageRead(const ClusterMessage &message, const StreamEntry &entry,
                             const QString &offset) = 0;
    // A message of this server, which has to carry it out now.
    virtual void ownMessage(const ClusterMessage &message, quint64 sequence,
                            const QString &offset) = 0;
    // From now on the observer receives all entries.
    virtual void positioned() = 0;
    virtual void messagesDropped(int count) = 0;
    virtual void streamError(const Error &error) = 0;

protected:
    ~RedisStreamObserver() = default;
};

// A server's access to a stream: reads what all servers write, and writes the server's own
// messages. They wait while Redis cannot be reached, and each is written exactly once, even if a
// connection breaks before Redis has answered.
class RedisStream : public QObject
{
public:
    enum class Delivery {
        Done,     // the sender has delivered the message to this server's clients
        WhenRead, // deliver it when it is read from the stream, or Redis takes too long
    };
    struct Own
    {
        ClusterMessage message;
        quint64 sequence = 0;
        QByteArrayList fields;
        qsizetype size = 0;
        qint64 time = 0; // in ms of the clock
        Delivery delivery = Delivery::Done;
    };

    RedisStream(RedisConnection *publisher, const RedisStreamsAdapterOptions &options,
                const QByteArray &name);

    const QByteArray &name() const { return m_name; }
    const QByteArray &source() const { return m_source; }
    void addObserver(const QString &nsp, RedisStreamObserver *observer);
    // Only if it is that observer: a namespace may have been made anew meanwhile.
    void removeObserver(const QString &nsp, const RedisStreamObserver *observer);

    void publish(const ClusterMessage &message, Delivery delivery);
    // The offset for a client that joins now.
    StreamOffset position() const;
    bool isPositioned() const { return m_isPositioned; }
    bool isDuplicate(const StreamId &id) const { return m_duplicates.contains(id.toBytes()); }
    // The messages of a namespace that its clients have received early and the stream still has to
    // bring.
    QList<Own> earlyMessages(const QString &nsp) const;
    // The messages of a namespace that its clients have not received yet.
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
    void readingRefused(const QByteArray &why);
    void publisherChanged(RedisConnection::State state);
    void checkSent(const StreamId &from);
    void write();
    // What was sent, up to a number.
    void refused(quint64 upTo, const QByteArray &why);
    void scriptRefused(const QByteArray &why);
    void drop(quint64 upTo);
    bool isAway() const;
    bool isUndelivered(const Own &own) const
    {
        return own.delivery == Delivery::WhenRead && own.sequence > m_deliveredUpTo;
    }
    std::deque<Own>::const_iterator nextUndelivered() const;
    template<typename Messages>
    static auto firstAfter(Messages &messages, quint64 sequence)
    {
        return std::upper_bound(
            messages.begin(), messages.end(), sequence,
            [](quint64 number, const Own &own) { return number < own.sequence; });
    }
    void deliverEarly();
    void checkLate();
    void report(const QString &text);

    static constexpr std::chrono::milliseconds RetryDelay{500}; // after a temporary refusal

    RedisConnection *const m_publisher;
    const RedisStreamsAdapterOptions m_options;
    const QByteArray m_name;
    const QByteArray m_source; // of this server's entries
    RedisConnection m_reader;
    QHash<QString, RedisStreamObserver *> m_observers;
    // Messages that have not been read from the stream yet, by number. What is known of each follows
    // from the numbers below: many may wait.
    std::deque<Own> m_own;
    qsizetype m_ownSize = 0;
    quint64 m_lastSequence = 0;
    quint64 m_settledUpTo = 0;              // Redis has accepted them, or refused them for good
    quint64 m_sentUpTo = 0;                 // the later ones of these have not been answered yet
    quint64 m_deliveredUpTo = 0;            // to this server's clients, before they were read
    quint64 m_earlyUpTo = 0;                // the number of the last message delivered early, or 0
    StreamId m_last;                        // read
    QHash<QByteArray, quint64> m_sequences; // the last one of each source
    QSet<QByteArray> m_duplicates;          // ids
    QElapsedTimer m_clock;
    QTimer m_late;
    QTimer m_readAgain;
    QTimer m_writeAgain;
    bool m_isPositioned = false;
    bool m_isUnsure = false; // the connection was lost before Redis had answered
    bool m_isChecking = false;
    int m_connection = 0;     // tells replies that are due to an earlier one
    bool m_isRefused = false; // for a while
    bool m_hasScripts = true; // the server runs them for us
    bool m_isPolling = false;
    bool m_isFull = false;
    EngineIo::detail::WarningLimit m_warnings{EngineIo::detail::WarningLimit::Many};
};

} // namespace SocketIo::detail

#endif
