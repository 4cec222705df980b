// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_ADAPTERHOST_P_H
#define SOCKETIO_ADAPTERHOST_P_H

#include "socketio/adapter/roomtable_p.h"

#include <SocketIo/adapter.h>
#include <SocketIo/packet.h>

#include <QtCore/qlist.h>
#include <QtCore/qobject.h>
#include <QtCore/qpointer.h>

#include <chrono>
#include <memory>
#include <optional>
#include <vector>

namespace EngineIo {
class Session;
}

namespace SocketIo {
class Parser;
}

namespace SocketIo::detail {

// The interface of a socket for the adapters of this module. It is implemented by the server's
// sockets.
class AdapterSocket
{
public:
    // How an event is delivered to the socket: not at all, when its recovery is complete, or
    // immediately.
    enum class Reception : quint8 { None, Held, Direct };

    virtual Socket *socket() const = 0;
    virtual QObject *object() const = 0; // the same, to be guarded
    virtual const QString &socketId() const = 0;
    virtual Reception reception() const = 0;
    virtual EngineIo::Session *session() const = 0; // null: it sends nowhere
    virtual bool isRecoverable() const = 0;         // its client may come back to its session
    virtual void hold(const Packet &packet) = 0;    // until the recovery is complete
    virtual void send(Packet &&packet, BroadcastFlags flags) = 0;
    virtual bool hasOutgoingListeners() const = 0;
    virtual void notifyOutgoing(const QVariantList &event) = 0;

    virtual bool canJoin() const = 0;
    // Keeps a socket that is gone until it is released, so that it can be taken out of its rooms
    // little by little. Returns false if it is not gone or is being deleted.
    virtual bool holdForRooms() = 0;
    virtual void releaseForRooms() = 0;

    virtual void join(const QStringList &rooms) = 0;
    virtual void leave(const QString &room) = 0;
    virtual void disconnect(CloseConnection close) = 0;

    RoomMember member;

protected:
    AdapterSocket() = default;
    ~AdapterSocket() = default;
    Q_DISABLE_COPY_MOVE(AdapterSocket)
};

// A socket that may be deleted by functions that are called meanwhile.
class GuardedSocket
{
public:
    explicit GuardedSocket(AdapterSocket *socket)
        : m_socket(socket)
        , m_object(socket->object())
    {
    }
    explicit operator bool() const { return !m_object.isNull(); }
    AdapterSocket *operator->() const { return m_socket; }
    AdapterSocket &operator*() const { return *m_socket; }

private:
    AdapterSocket *m_socket;
    QPointer<QObject> m_object;
};

// The interface of the namespace and its server for the adapters of this module.
class SOCKETIO_AUTOTEST_EXPORT AdapterHost
{
public:
    // Defined by the server, which is a layer above: the public Adapter is made with a Namespace, as
    // in Socket.IO, and this is the way from there to what implements this interface. It is the only
    // function that the layers define further up (tests/style/links).
    static AdapterHost *of(Namespace *nsp);
    virtual AdapterSocket *socketOf(const Socket *socket) const = 0;

    virtual Namespace *nsp() const = 0;  // null once it is gone, and only the adapter goes on
    virtual QObject *object() const = 0; // the same, to be guarded
    virtual const QString &namespaceName() const = 0;
    // In whatever state, in no particular order.
    virtual const std::vector<AdapterSocket *> &allSockets() const = 0;
    // The socket in whose own room, called by its id, events for that room go; else null.
    virtual AdapterSocket *ownerOf(const QString &room) const = 0;
    virtual AdapterSocket *recoverableSocket(const QString &pid) const = 0;

    virtual int maxRooms() const = 0; // of a socket; 0: no limit
    virtual qsizetype roomsLeftPerTurn() const = 0;
    virtual void roomLimitReached(const AdapterSocket &socket) = 0;

    // May be the application's.
    virtual std::shared_ptr<const Parser> parser() const = 0;
    // Returns the id of a broadcast that receivers have to acknowledge, and removes those with too
    // many pending acknowledgements from receivers: the event is sent to them without an
    // acknowledgement.
    virtual qint64 expectAcks(QList<Socket *> *receivers, const BroadcastReplies &replies,
                              std::optional<std::chrono::milliseconds> timeout) = 0;
    // Fails the acknowledgements of that broadcast, which has not been sent to any client.
    virtual void failAcks(qint64 id, const Error &why) const = 0;
    virtual RecoverableSession sessionOf(const Socket *socket) const = 0;
    virtual void describe(const QList<Socket *> &sockets, const Adapter::SocketsReply &reply) = 0;

    // What follows runs user code.
    virtual void roomCreated(const QString &room) = 0;
    virtual void roomJoined(const QString &room, QString id) = 0;
    virtual void roomLeft(const QString &room, QString id) = 0;
    virtual void roomDeleted(const QString &room) = 0;
    virtual void deliverServerSideEvent(const QVariantList &event, const Ack &ack) = 0;

protected:
    AdapterHost() = default;
    ~AdapterHost() = default;
    Q_DISABLE_COPY_MOVE(AdapterHost)
};

} // namespace SocketIo::detail

#endif
