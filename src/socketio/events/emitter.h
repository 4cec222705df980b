// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_EMITTER_H
#define SOCKETIO_EMITTER_H

#include <SocketIo/arguments.h>
#include <SocketIo/pendingack.h>

#include <QtCore/qobject.h>
#include <QtCore/qstring.h>
#include <QtCore/qvariant.h>

#include <type_traits>

namespace SocketIo {

// The functions for sending events that Server, Namespace, BroadcastOperator, Socket and
// ClientSocket share. Derived implements
//     bool emitEventList(const QString &event, const QVariantList &args);
//     PendingAck *emitWithAckList(const QString &event, const QVariantList &args);
// (const if it is a value class). For a reserved event name, they return false or an
// acknowledgement that has already failed, respectively.
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
    // Emits event each time sender emits signal, with the signal's arguments.
    template<typename Sender, typename Class, typename... Args>
    QMetaObject::Connection forward(Sender *sender, void (Class::*signal)(Args...),
                                    const QString &event)
    {
        static_assert(std::is_base_of_v<QObject, Derived>,
                      "forward() needs an object that lives on: a socket, a namespace or a server, "
                      "not an operator such as to() and timeout() return. Connect the signal to a "
                      "lambda that calls emitEvent() on the operator.");
        return QObject::connect(sender, signal, self(), [this, event](const Args &...args) {
            QVariantList list;
            (appendArgument(&list, args), ...);
            self()->emitEventList(event, list);
        });
    }
    // Socket.IO: send, write
    template<typename... Args>
    bool send(const Args &...args)
    {
        return emitEvent(QStringLiteral("message"), args...);
    }

private:
    Derived *self() { return static_cast<Derived *>(this); }

    template<typename T>
    static void appendArgument(QVariantList *list, const T &value)
    {
        // A private signal's last parameter is an empty marker.
        if constexpr (!std::is_empty_v<T>)
            list->append(toArgument(value));
    }
};

} // namespace SocketIo

#endif
