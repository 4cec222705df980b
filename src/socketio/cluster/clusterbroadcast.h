// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_CLUSTERBROADCAST_H
#define SOCKETIO_CLUSTERBROADCAST_H

#include <SocketIo/broadcastoptions.h>
#include <SocketIo/clustermessage.h>
#include <SocketIo/compression.h>
#include <SocketIo/emitter.h>
#include <SocketIo/socketioglobal.h>

#include <QtCore/qstringlist.h>

#include <memory>

namespace SocketIo {

// Sends the messages of an emitter to the servers.
class SOCKETIO_EXPORT ClusterPublisher
{
public:
    virtual ~ClusterPublisher();
    // Returns whether the message will be sent.
    virtual bool publish(const ClusterMessage &message) = 0;
};

// Emits events to the clients of servers in other programs. A value class: each call of a chain
// returns a new operator.
class SOCKETIO_EXPORT ClusterBroadcast : public Emitter<ClusterBroadcast>
{
public:
    ClusterBroadcast(const std::shared_ptr<ClusterPublisher> &publisher, const QString &nsp);
    ~ClusterBroadcast();
    ClusterBroadcast(const ClusterBroadcast &other);
    ClusterBroadcast(ClusterBroadcast &&other) noexcept;
    ClusterBroadcast &operator=(const ClusterBroadcast &other);
    ClusterBroadcast &operator=(ClusterBroadcast &&other) noexcept;

    ClusterBroadcast to(const QString &room) const { return to(QStringList{room}); }
    ClusterBroadcast to(const QStringList &rooms) const;
    ClusterBroadcast in(const QString &room) const { return to(room); }
    ClusterBroadcast in(const QStringList &rooms) const { return to(rooms); }
    ClusterBroadcast except(const QString &room) const { return except(QStringList{room}); }
    ClusterBroadcast except(const QStringList &rooms) const;
    ClusterBroadcast asVolatile() const;
    ClusterBroadcast compress(Compression compression) const;

    bool emitEventList(const QString &event, const QVariantList &args) const;
    template<typename... Args>
    bool serverSideEmit(const QString &event, const Args &...args) const
    {
        return serverSideEmitList(event, toArguments(args...));
    }
    bool serverSideEmitList(const QString &event, const QVariantList &args) const;
    bool socketsJoin(const QString &room) const { return socketsJoin(QStringList{room}); }
    bool socketsJoin(const QStringList &rooms) const;
    bool socketsLeave(const QString &room) const { return socketsLeave(QStringList{room}); }
    bool socketsLeave(const QStringList &rooms) const;
    bool disconnectSockets(CloseConnection close = CloseConnection::No) const;

private:
    // Publishes a message for the selected sockets, unless no sockets can be selected.
    bool publish(ClusterMessage::Type type, const QString &name, const QVariant &value) const;

    std::shared_ptr<ClusterPublisher> m_publisher;
    QString m_nsp;
    BroadcastOptions m_options;
    bool m_choosesRooms = false; // to() was called, with whatever rooms
};

} // namespace SocketIo

#endif
