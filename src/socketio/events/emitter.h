// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_EMITTER_H
#define SOCKETIO_EMITTER_H

#include <SocketIo/arguments.h>
#include <SocketIo/pendingack.h>

#include <QtCore/qstring.h>
#include <QtCore/qvariant.h>

namespace SocketIo {

// The sending calls that Server, Namespace, BroadcastOperator, Socket and ClientSocket share.
// Derived implements
//     bool emitEventList(const QString &event, const QVariantList &args);
//     PendingAck *emitWithAckList(const QString &event, const QVariantList &args);
// (const where the class is a value), which return false and an already failed acknowledgement
// for a reserved event name.
template<typename Derived>
class Emitter
{
public:
    template<typename... Args>
    bool emitEvent(const QString &event, const Args &...args)
    {
        return self()->emitEventList(event, toArguments(args...));
    }
    template<typename... Args>
    PendingAck *emitWithAck(const QString &event, const Args &...args)
    {
        return self()->emitWithAckList(event, toArguments(args...));
    }
    // Socket.IO: send, write
    template<typename... Args>
    bool send(const Args &...args)
    {
        return emitEvent(QStringLiteral("message"), args...);
    }

private:
    Derived *self() { return static_cast<Derived *>(this); }
};

} // namespace SocketIo

#endif
