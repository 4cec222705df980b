// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_BROADCASTOPERATOR_H
#define SOCKETIO_BROADCASTOPERATOR_H

#include <SocketIo/broadcastoptions.h>
#include <SocketIo/compression.h>
#include <SocketIo/emitter.h>
#include <SocketIo/socketioglobal.h>

#include <QtCore/qfuture.h>
#include <QtCore/qlist.h>
#include <QtCore/qpointer.h>
#include <QtCore/qstring.h>
#include <QtCore/qstringlist.h>
#include <QtCore/qvariant.h>

#include <chrono>

namespace SocketIo {

class Namespace;
class RemoteSocket;

// Emits events to many sockets of a namespace, or performs other operations on them. A value class:
// each call of a chain returns a new operator.
class SOCKETIO_EXPORT BroadcastOperator : public Emitter<BroadcastOperator>
{
public:
    explicit BroadcastOperator(Namespace *nsp, const BroadcastOptions &options = {});
    ~BroadcastOperator();
    BroadcastOperator(const BroadcastOperator &other);
    BroadcastOperator(BroadcastOperator &&other) noexcept;
    BroadcastOperator &operator=(const BroadcastOperator &other);
    BroadcastOperator &operator=(BroadcastOperator &&other) noexcept;

    BroadcastOperator to(const QString &room) const;
    BroadcastOperator to(const QStringList &rooms) const;
    BroadcastOperator in(const QString &room) const { return to(room); }
    BroadcastOperator in(const QStringList &rooms) const { return to(rooms); }
    BroadcastOperator except(const QString &room) const;
    BroadcastOperator except(const QStringList &rooms) const;
    BroadcastOperator local() const;
    BroadcastOperator asVolatile() const;
    BroadcastOperator compress(Compression compression) const;
    BroadcastOperator timeout(std::chrono::milliseconds timeout) const;

    bool emitEventList(const QString &event, const QVariantList &args) const;
    PendingAck *emitWithAckList(const QString &event, const QVariantList &args) const;

    QFuture<QList<RemoteSocket>> fetchSockets() const;
    void socketsJoin(const QString &room) const;
    void socketsJoin(const QStringList &rooms) const;
    void socketsLeave(const QString &room) const;
    void socketsLeave(const QStringList &rooms) const;
    void disconnectSockets(CloseConnection close = CloseConnection::No) const;

    const BroadcastOptions &options() const noexcept { return m_options; }
    bool meansNobody() const noexcept { return m_choosesRooms && m_options.rooms.isEmpty(); }

private:
    // Null if there is nothing to do, or in another thread.
    Namespace *target(const char *function) const;

    QPointer<Namespace> m_nsp;
    BroadcastOptions m_options;
    bool m_choosesRooms = false; // to() was called, with whatever rooms
};

} // namespace SocketIo

#endif
