// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_CLIENTSOCKETOPERATOR_H
#define SOCKETIO_CLIENTSOCKETOPERATOR_H

#include <SocketIo/compression.h>
#include <SocketIo/emitter.h>
#include <SocketIo/socketioglobal.h>

#include <EngineIo/enums.h>

#include <QtCore/qpointer.h>
#include <QtCore/qstring.h>
#include <QtCore/qvariant.h>

#include <chrono>
#include <optional>

namespace SocketIo {

class ClientSocket;

// Emits events with modifiers: socket->timeout(5s).emitWithAck(...). A value class: each call of a
// chain returns a new operator.
class SOCKETIO_EXPORT ClientSocketOperator : public Emitter<ClientSocketOperator>
{
public:
    explicit ClientSocketOperator(ClientSocket *socket);
    ~ClientSocketOperator();
    ClientSocketOperator(const ClientSocketOperator &other);
    ClientSocketOperator(ClientSocketOperator &&other) noexcept;
    ClientSocketOperator &operator=(const ClientSocketOperator &other);
    ClientSocketOperator &operator=(ClientSocketOperator &&other) noexcept;

    ClientSocketOperator asVolatile() const;
    ClientSocketOperator compress(Compression compression) const;
    ClientSocketOperator timeout(std::chrono::milliseconds timeout) const;

    bool emitEventList(const QString &event, const QVariantList &args) const;
    PendingAck *emitWithAckList(const QString &event, const QVariantList &args) const;

private:
    QPointer<ClientSocket> m_socket;
    EngineIo::SendFlags m_flags;
    std::optional<std::chrono::milliseconds> m_timeout;
};

} // namespace SocketIo

#endif
