// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_ERROR_H
#define SOCKETIO_ERROR_H

#include <SocketIo/socketioglobal.h>

#include <QtCore/qmetatype.h>
#include <QtCore/qshareddata.h>
#include <QtCore/qstring.h>
#include <QtCore/qvariant.h>

namespace SocketIo {

class ErrorData;

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

    Error();
    Error(const QString &message, const QVariantMap &data);
    explicit Error(const QString &message);
    Error(Type type, const QString &message, const QVariant &data = {});
    Error(const Error &other);
    Error(Error &&other) noexcept;
    Error &operator=(const Error &other);
    Error &operator=(Error &&other) noexcept;
    ~Error();

    Type type() const;
    QString message() const;
    QVariant data() const;
    QString hint() const; // what may help
    void setHint(const QString &hint);
    bool isError() const;
    explicit operator bool() const { return isError(); }

    static Error timeout();      // "operation has timed out"
    static Error disconnected(); // "socket has been disconnected"

private:
    QSharedDataPointer<ErrorData> d; // null: no error
};

} // namespace SocketIo

Q_DECLARE_METATYPE(SocketIo::Error)

#endif
