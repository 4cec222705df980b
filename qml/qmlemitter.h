// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_QMLEMITTER_H
#define SOCKETIO_QMLEMITTER_H

#include "jslimits_p.h"
#include "pendingacktojs_p.h"

#include <SocketIo/BroadcastOptions>
#include <SocketIo/Compression>
#include <SocketIo/Error>

#include <QtCore/qobject.h>
#include <QtCore/qpointer.h>
#include <QtCore/qstring.h>
#include <QtCore/qvariant.h>
#include <QtQml/qjsvalue.h>
#include <QtQml/qqml.h>

#include <array>
#include <optional>

namespace SocketIo {

class PendingAck;

// The QML type SocketIoEmitter: what all that send events have in common. Derived classes name
// their base with its namespace, without which Qt's tools do not find it.
class QmlEmitter : public QObject
{
    Q_OBJECT
    QML_NAMED_ELEMENT(SocketIoEmitter)
    QML_UNCREATABLE("The base of the types that send events")
    // Functions of JavaScript: the arguments of a function of C++ are as many as it declares, and
    // the engine takes an undefined at their end for none. qmltypes.cmake makes methods of them for
    // the tools.
    Q_PROPERTY(QJSValue emitEvent READ emitEventFunction CONSTANT)
    Q_PROPERTY(QJSValue emitVolatile READ emitVolatileFunction CONSTANT)
    Q_PROPERTY(QJSValue emitWithAck READ emitWithAckFunction CONSTANT)
    Q_PROPERTY(QJSValue send READ sendFunction CONSTANT)

public:
    enum Compression { CompressionOff, CompressionOn };
    Q_ENUM(Compression)
    enum Disconnection { KeepConnection, CloseConnection };
    Q_ENUM(Disconnection)

    const detail::JsLimits &limits() const { return m_limits; }
    void setLimits(const detail::JsLimits &limits) { m_limits = limits; }

    // What is declared in QML: this, or what has made it. Warnings name its place.
    const QObject *element() const { return m_element ? m_element.data() : this; }
    void setElement(const QObject *maker);

    // Why there is nothing to send an event with.
    virtual Error notSent(const QString &event) const;

    QJSValue emitEventFunction() { return function(Kind::Event); }
    QJSValue emitVolatileFunction() { return function(Kind::Volatile); }
    QJSValue emitWithAckFunction() { return function(Kind::WithAck); }
    QJSValue sendFunction() { return function(Kind::Message); }

    Q_INVOKABLE bool emitEventList(const QJSValue &name = {}, const QJSValue &args = {});
    Q_INVOKABLE QJSValue emitWithAckList(const QJSValue &name = {}, const QJSValue &args = {});

protected:
    enum class Delivery { Reliable, Volatile };
    enum class Kind { Event, Volatile, WithAck, Message, ServerSide, ServerSideWithAck, Count };

    explicit QmlEmitter(QObject *parent = nullptr)
        : QObject(parent)
    {
    }

    // Made at the first call, and the same from then on.
    QJSValue function(Kind kind);

    virtual bool sendEvent(const QString &name, const QVariantList &args, Delivery delivery) = 0;
    // By a socket, a namespace or a copy of an operator: a listener for outgoing events may have the
    // object that holds the operator collected.
    template<typename Sender>
    static bool sendBy(Sender &&sender, const QString &name, const QVariantList &args,
                       Delivery delivery)
    {
        return delivery == Delivery::Volatile ? sender.asVolatile().emitEventList(name, args)
                                              : sender.emitEventList(name, args);
    }
    // Null if there is nothing to send it with.
    virtual PendingAck *sendWithAck(const QString &name, const QVariantList &args,
                                    Delivery delivery) = 0;
    template<typename Sender>
    static PendingAck *askBy(Sender &&sender, const QString &name, const QVariantList &args,
                             Delivery delivery)
    {
        return delivery == Delivery::Volatile ? sender.asVolatile().emitWithAckList(name, args)
                                              : sender.emitWithAckList(name, args);
    }
    virtual detail::Answers answers() const = 0;
    // To the other servers of a cluster.
    virtual bool sendServerSide(const QString &name, const QVariantList &args);
    virtual PendingAck *sendServerSideWithAck(const QString &name, const QVariantList &args);

    static SocketIo::Compression toCompression(Compression compression)
    {
        return compression == CompressionOff ? SocketIo::Compression::Off
                                             : SocketIo::Compression::On;
    }
    static SocketIo::CloseConnection toCloseConnection(Disconnection disconnection)
    {
        return disconnection == CloseConnection ? SocketIo::CloseConnection::Yes
                                                : SocketIo::CloseConnection::No;
    }

private:
    static QString nameOf(Kind kind);
    static Delivery deliveryOf(Kind kind)
    {
        return kind == Kind::Volatile ? Delivery::Volatile : Delivery::Reliable;
    }
    QJSValue call(Kind kind, const QJSValueList &args);
    // Sends an event and has the callbacks told of the answer, or that nothing was sent.
    bool ask(Kind kind, const QString &name, const QVariantList &args,
             const detail::AckCallbacks &callbacks);
    static bool isServerSide(Kind kind);
    std::optional<QString> nameToSend(Kind kind, const QJSValue &value, const QString &function,
                                      Error *error);

    std::array<QJSValue, std::size_t(Kind::Count)> m_functions;
    detail::JsLimits m_limits;
    QPointer<const QObject> m_element;
};

} // namespace SocketIo

#endif
