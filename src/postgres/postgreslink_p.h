// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_POSTGRESLINK_P_H
#define SOCKETIO_POSTGRESLINK_P_H

#include "base/warninglimit_p.h"
#include "postgres/postgresconnection_p.h"

#include <SocketIo/clusterbroadcast.h>

#include <QtCore/qhash.h>
#include <QtCore/qpointer.h>
#include <QtCore/qset.h>

#include <memory>

namespace SocketIo::detail {

// What the adapters of a server share: the connection, and the conversion between messages and
// notifications.
class SOCKETIO_POSTGRES_AUTOTEST_EXPORT PostgresLink
    : public QObject,
      public ClusterPublisher,
      public std::enable_shared_from_this<PostgresLink>
{
public:
    using Observer = std::function<void(const ClusterMessage &message)>;

    static std::shared_ptr<PostgresLink> make(const PostgresOptions &options);

    PostgresConnection &connection() { return m_connection; }
    QByteArray channelOf(const QString &nsp) const;

    bool publish(const ClusterMessage &message) override;
    // Calls observer(message) for each message that others publish in the namespace, until the
    // context is destroyed or removeObserver() is called. The observer may call the application.
    void addObserver(const QString &nsp, QObject *context, const Observer &observer);
    void removeObserver(const QString &nsp, QObject *context);
    // Removes rows that are older than interval from the table, at that interval.
    void startCleanup(std::chrono::milliseconds interval);

private:
    struct Subscriber
    {
        QPointer<QObject> context;
        Observer observer;
    };
    struct Incoming
    {
        QByteArray channel;
        qsizetype size = 0;
        bool waits = false; // for its attachment
        std::optional<QVariantMap> map;
    };

    explicit PostgresLink(const PostgresOptions &options);
    bool hasChannel(const QString &nsp);
    enum class MissingTable { Create, Report };
    void checkTable(MissingTable action);
    void received(const QByteArray &channel, const QByteArray &payload, bool isOwn);
    void fetch(const std::shared_ptr<Incoming> &message, qint64 id);
    void drop(const QByteArray &channel, const QString &why) const;
    void warnOfDepth(const QByteArray &channel) const;
    void deliverLater();
    void deliver();
    void deliverOne(const Incoming &message);

    const PostgresOptions m_options;
    PostgresConnection m_connection;
    QHash<QByteArray, QList<Subscriber>> m_subscribers; // by channel
    std::deque<std::shared_ptr<Incoming>> m_incoming;   // in the order of their notifications
    qsizetype m_incomingBytes = 0;
    bool m_isDeliveryDue = false;
    bool m_warned = false;    // about dropped notifications
    QSet<QString> m_warnedOf; // namespaces without a channel
    EngineIo::detail::WarningLimit m_ignoredWarnings{EngineIo::detail::WarningLimit::Many};
    QTimer m_cleanup;
};

} // namespace SocketIo::detail

#endif
