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
    ClusterBroadcast all() const { return of(QStringLiteral("/")); }
    ClusterBroadcast to(const QString &room) const { return all().to(room); }
    ClusterBroadcast to(const QStringList &rooms) const { return all().to(rooms); }
    ClusterBroadcast in(const QString &room) const { return all().to(room); }
    ClusterBroadcast in(const QStringList &rooms) const { return all().to(rooms); }
    ClusterBroadcast except(const QString &room) const { return all().except(room); }
    ClusterBroadcast except(const QStringList &rooms) const { return all().except(rooms); }

    template<typename... Args>
    bool emitEvent(const QString &event, const Args &...args)
    {
        return all().emitEvent(event, args...);
    }

protected:
    explicit ClusterEmitter(const std::shared_ptr<ClusterPublisher> &publisher,
                            QObject *parent = nullptr);

private:
    const std::shared_ptr<ClusterPublisher> m_publisher;
};

} // namespace SocketIo

#endif
