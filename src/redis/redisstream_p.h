// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_REDISSTREAM_P_H
#define SOCKETIO_REDISSTREAM_P_H

#include "redis/ownmessages_p.h"
#include "redis/redisstreamreader_p.h"
#include "redis/redisstreamsadapter.h"
#include "redis/redisstreamwriter_p.h"
#include "redis/streamentry_p.h"

#include <QtCore/qelapsedtimer.h>
#include <QtCore/qhash.h>
#include <QtCore/qtimer.h>

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

// A server's access to a stream: gives the namespaces' adapters what the reader reads, and the
// server's own messages to the writer. Those that are to be delivered in the order of the stream, and
// that Redis does not bring in time, are delivered early.
class RedisStream : public QObject,
                    private RedisStreamReaderObserver,
                    private RedisStreamWriterObserver
{
public:
    using Delivery = OwnMessage::Delivery;

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
    bool isPositioned() const { return m_reader.isPositioned(); }
    bool isDuplicate(const StreamId &id) const { return m_reader.isDuplicate(id); }
    const OwnMessages &ownMessages() const { return m_own; }

private:
    void readerPositioned() override;
    void entryRead(const StreamEntry &entry) override;
    void readingFailed(const QString &text) override { report(text); }
    void readerDisconnected() override { deliverEarly(); }
    void writingFailed(const QString &text) override { report(text); }
    void messagesRefused() override { deliverEarly(); }
    void messagesDropped(const QString &nsp, int count) override;

    void handleOwn(const StreamEntry &entry);
    bool deliver(const OwnMessage &own);
    OwnMessage ownMessage(const ClusterMessage &message, Delivery delivery);
    void deliverUnqueued(const OwnMessage &own);
    bool isAway() const;
    void deliverEarly();
    void checkLate();
    void report(const QString &text);

    RedisConnection *const m_publisher;
    const RedisStreamsAdapterOptions m_options;
    const QByteArray m_name;
    const QByteArray m_source; // of this server's entries
    QHash<QString, RedisStreamObserver *> m_observers;
    OwnMessages m_own;
    RedisStreamReader m_reader;
    RedisStreamWriter m_writer;
    QElapsedTimer m_clock;
    QTimer m_late;
};

} // namespace SocketIo::detail

#endif
