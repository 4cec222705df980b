// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_REDISSTREAMSADAPTER_P_H
#define SOCKETIO_REDISSTREAMSADAPTER_P_H

#include "base/callapplication_p.h"
#include "redis/redislink_p.h"
#include "redis/redissessions_p.h"
#include "redis/redisstream_p.h"

#include <QtCore/qpointer.h>
#include <QtCore/qset.h>

#include <list>
#include <map>

namespace SocketIo {

namespace detail {

// What the adapters of a server share: the connections, and the streams.
class RedisStreamsLink : public RedisLink
{
public:
    explicit RedisStreamsLink(const RedisStreamsAdapterOptions &options)
        : RedisLink(options)
        , m_options(options)
    {
    }
    RedisStream *stream(const QString &nsp);

private:
    const RedisStreamsAdapterOptions m_options;
    std::map<QByteArray, std::unique_ptr<RedisStream>> m_streams; // by name
};

// The state of a lookup of a session and the events that it has missed.
struct StreamRestore
{
    RestoredSession session;
    StreamOffset from;
    StreamId until; // later entries are in the tail
    struct Late
    {
        ClusterMessage message;
        QByteArray source;
        quint64 sequence = 0;
        QString offset;
    };
    QList<Late> tail;
    QSet<QString> rooms;
    Adapter::RestoreReply reply;
    bool isFirstPage = true;
    bool isDone = false;
};

} // namespace detail

class RedisStreamsAdapterPrivate final : public detail::RedisStreamObserver
{
public:
    using Restore = std::shared_ptr<detail::StreamRestore>;

    void messageRead(const ClusterMessage &message, const detail::StreamEntry &entry,
                     const QString &offset) override;
    void ownMessage(const ClusterMessage &message, quint64 sequence,
                    const QString &offset) override;
    void positioned() override;
    void messagesDropped(int count) override
    {
        EngineIo::detail::callApplication([&] { Q_EMIT q->messagesDropped(count); });
    }
    void streamError(const Error &error) override
    {
        EngineIo::detail::callApplication([&] { Q_EMIT q->errorOccurred(error); });
    }

    void received(const QByteArray &name, const QByteArray &bytes);
    void publish(const QByteArray &to, const ClusterMessage &message);
    QByteArray channelOf(const QString &uid) const { return channel + uid.toUtf8() + '#'; }
    bool isSharded() const { return options.pubSub == RedisStreamsAdapterOptions::PubSub::Sharded; }

    bool recovers() const { return lifetime.count() > 0; }
    bool keepsWhileConnected() const
    {
        return recovers()
            && options.sessionStorage == RedisStreamsAdapterOptions::SessionStorage::WhileConnected;
    }
    void sessionChanged(Socket *socket);
    void updateSessions();
    void refreshSessions();

    void readMissed(const Restore &restore, const detail::StreamId &from);
    bool addMissed(const Restore &restore, const detail::StreamEntry &entry);
    void addMissed(const Restore &restore, const ClusterMessage &message, const QString &offset);
    // Whether a message with these options is for the session, and to be kept for it.
    static bool isMissedBy(const Restore &restore, const QVariantMap &messageOptions);
    void finish(const Restore &restore, bool found);

    RedisStreamsAdapter *q = nullptr;
    QString nspName; // kept, as the namespace may be gone while the adapter is called
    RedisStreamsAdapterOptions options;
    std::shared_ptr<detail::RedisStreamsLink> link;
    detail::RedisStream *stream = nullptr;
    std::unique_ptr<detail::RedisSessions> sessions;
    std::chrono::milliseconds lifetime{0};   // how long a session is kept without a connection
    std::chrono::milliseconds noticeTime{0}; // how long a broken connection may stay unnoticed
    QByteArray channel;
    QMetaObject::Connection listening;
    // By socket id, the offset at which the socket joined; empty as long as the server has no
    // position in the stream.
    QHash<QString, QString> begins;
    QHash<QString, QPointer<Socket>> changed;
    QTimer update;
    QTimer refresh;
    std::list<Restore> restores;
};

} // namespace SocketIo

#endif
