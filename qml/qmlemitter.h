// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_QMLEMITTER_H
#define SOCKETIO_QMLEMITTER_H

#include "pendingacktojs_p.h"

#include <QtCore/qobject.h>
#include <QtCore/qstring.h>
#include <QtCore/qvariant.h>
#include <QtQml/qjsvalue.h>
#include <QtQml/qqml.h>

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

public:
    QJSValue emitEventFunction() { return function(&m_emitEvent, Kind::Event); }
    QJSValue emitVolatileFunction() { return function(&m_emitVolatile, Kind::Volatile); }
    QJSValue emitWithAckFunction() { return function(&m_emitWithAck, Kind::WithAck); }

    Q_INVOKABLE bool emitEventList(const QString &name, const QJSValue &args);
    Q_INVOKABLE QJSValue emitWithAckList(const QString &name, const QJSValue &args);

protected:
    enum class Delivery { Reliable, Volatile };

    explicit QmlEmitter(QObject *parent = nullptr)
        : QObject(parent)
    {
    }

    virtual bool sendEvent(const QString &name, const QVariantList &args, Delivery delivery) = 0;
    // Null if there is nothing to send it with.
    virtual PendingAck *sendWithAck(const QString &name, const QVariantList &args) = 0;
    virtual detail::Answers answers() const = 0;

private:
    enum class Kind { Event, Volatile, WithAck };

    QJSValue function(QJSValue *made, Kind kind);
    QJSValue call(Kind kind, const QJSValueList &args);

    QJSValue m_emitEvent;
    QJSValue m_emitVolatile;
    QJSValue m_emitWithAck;
};

} // namespace SocketIo

#endif
