// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_CLUSTEREMITTER_H
#define SOCKETIO_CLUSTEREMITTER_H

#include <SocketIo/clusterbroadcast.h>

#include <QtCore/qobject.h>
#include <QtCore/qstringlist.h>

#include <memory>

namespace SocketIo {

// What the emitters share: with them, programs that are not servers emit to clients of servers.
class SOCKETIO_EXPORT ClusterEmitter : public QObject
{
    Q_OBJECT

public:
    ~ClusterEmitter() override;

    ClusterBroadcast of(const QString &nsp) const;
    ClusterBroadcast to(const QString &room) const { return mainNamespace().to(room); }
    ClusterBroadcast to(const QStringList &rooms) const { return mainNamespace().to(rooms); }
    ClusterBroadcast in(const QString &room) const { return mainNamespace().to(room); }
    ClusterBroadcast in(const QStringList &rooms) const { return mainNamespace().to(rooms); }
    ClusterBroadcast except(const QString &room) const { return mainNamespace().except(room); }
    ClusterBroadcast except(const QStringList &rooms) const
    {
        return mainNamespace().except(rooms);
    }
    ClusterBroadcast asVolatile() const { return mainNamespace().asVolatile(); }
    ClusterBroadcast compress(Compression compression) const
    {
        return mainNamespace().compress(compression);
    }

    template<typename... Args>
    bool emitEvent(const QString &event, const Args &...args) const
    {
        return mainNamespace().emitEvent(event, args...);
    }
    template<typename... Args>
    bool serverSideEmit(const QString &event, const Args &...args) const
    {
        return mainNamespace().serverSideEmit(event, args...);
    }
    bool socketsJoin(const QString &room) const { return mainNamespace().socketsJoin(room); }
    bool socketsJoin(const QStringList &rooms) const { return mainNamespace().socketsJoin(rooms); }
    bool socketsLeave(const QString &room) const { return mainNamespace().socketsLeave(room); }
    bool socketsLeave(const QStringList &rooms) const
    {
        return mainNamespace().socketsLeave(rooms);
    }
    bool disconnectSockets(CloseConnection close = CloseConnection::No) const
    {
        return mainNamespace().disconnectSockets(close);
    }

protected:
    explicit ClusterEmitter(const std::shared_ptr<ClusterPublisher> &publisher,
                            QObject *parent = nullptr);

private:
    ClusterBroadcast mainNamespace() const { return of(QStringLiteral("/")); }

    const std::shared_ptr<ClusterPublisher> m_publisher;
};

} // namespace SocketIo

#endif
