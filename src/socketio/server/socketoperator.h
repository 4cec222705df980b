// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_SOCKETOPERATOR_H
#define SOCKETIO_SOCKETOPERATOR_H

#include <SocketIo/broadcastoperator.h>
#include <SocketIo/broadcastoptions.h>
#include <SocketIo/compression.h>
#include <SocketIo/emitter.h>
#include <SocketIo/socketioglobal.h>

#include <QtCore/qpointer.h>
#include <QtCore/qstring.h>
#include <QtCore/qstringlist.h>
#include <QtCore/qvariant.h>

#include <chrono>
#include <optional>

namespace SocketIo {

class Socket;

// Emits events with modifiers: socket->asVolatile().emitEvent(...). A value class: each call of a
// chain returns a new operator.
class SOCKETIO_EXPORT SocketOperator : public Emitter<SocketOperator>
{
public:
    explicit SocketOperator(Socket *socket);
    ~SocketOperator();
    SocketOperator(const SocketOperator &other);
    SocketOperator(SocketOperator &&other) noexcept;
    SocketOperator &operator=(const SocketOperator &other);
    SocketOperator &operator=(SocketOperator &&other) noexcept;

    SocketOperator asVolatile() const;
    SocketOperator compress(Compression compression) const;
    SocketOperator timeout(std::chrono::milliseconds timeout) const;

    // To other sockets, with the modifiers given so far.
    BroadcastOperator to(const QString &room) const;
    BroadcastOperator to(const QStringList &rooms) const;
    BroadcastOperator in(const QString &room) const { return to(room); }
    BroadcastOperator in(const QStringList &rooms) const { return to(rooms); }
    BroadcastOperator except(const QString &room) const;
    BroadcastOperator except(const QStringList &rooms) const;
    BroadcastOperator broadcast() const;
    BroadcastOperator local() const;

    bool emitEventList(const QString &event, const QVariantList &args) const;
    PendingAck *emitWithAckList(const QString &event, const QVariantList &args) const;

private:
    QPointer<Socket> m_socket;
    BroadcastFlags m_flags;
    std::optional<std::chrono::milliseconds> m_timeout;
};

} // namespace SocketIo

#endif
