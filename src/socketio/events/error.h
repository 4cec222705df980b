// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_ERROR_H
#define SOCKETIO_ERROR_H

#include <SocketIo/socketioglobal.h>

#include <QtCore/qmetatype.h>
#include <QtCore/qstring.h>
#include <QtCore/qvariant.h>

namespace SocketIo {

// An error with a text and, from a middleware, data for the client.
class SOCKETIO_EXPORT Error
{
    Q_GADGET
    Q_PROPERTY(Type type READ type)
    Q_PROPERTY(QString message READ message)
    Q_PROPERTY(QVariant data READ data)
    Q_PROPERTY(QString hint READ hint)

public:
    enum class Type {
        NoError,
        Refused,      // by a middleware, or an unknown namespace
        Timeout,      // no acknowledgement or no connection in time
        Disconnected, // the connection went away before the acknowledgement came
        Transport,    // the connection cannot be made or broke
        Protocol,     // the peer broke the protocol
        Argument,     // an argument cannot be converted or an event name is reserved
    };
    Q_ENUM(Type)

    Error() = default;
    Error(const QString &message, const QVariantMap &data)
        : Error(Type::Refused, message, data)
    {
    }
    explicit Error(const QString &message)
        : Error(Type::Refused, message)
    {
    }
    Error(Type type, const QString &message, const QVariant &data = {})
        : m_type(type)
        , m_message(message)
        , m_data(data)
    {
    }

    Type type() const noexcept { return m_type; }
    const QString &message() const noexcept { return m_message; }
    const QVariant &data() const noexcept { return m_data; }
    QString hint() const; // what may help
    void setHint(const QString &hint) { m_hint = hint; }
    bool isError() const noexcept { return m_type != Type::NoError; }
    explicit operator bool() const noexcept { return isError(); }

    static Error timeout();      // "operation has timed out"
    static Error disconnected(); // "socket has been disconnected"

private:
    Type m_type = Type::NoError;
    QString m_message;
    QVariant m_data;
    QString m_hint; // if it is another than the type's
};

} // namespace SocketIo

Q_DECLARE_METATYPE(SocketIo::Error)

#endif
