// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_QMLERROR_H
#define SOCKETIO_QMLERROR_H

#include <SocketIo/Error>

#include <QtCore/qobject.h>
#include <QtCore/qstring.h>
#include <QtCore/qvariant.h>
#include <QtQml/qqml.h>

namespace SocketIo {

// The enumerations of errors in QML: SocketIoError.Timeout.
namespace QmlErrorType {
Q_NAMESPACE
QML_NAMED_ELEMENT(SocketIoError)

enum Type {
    NoError = int(Error::Type::NoError),
    Refused = int(Error::Type::Refused),
    Timeout = int(Error::Type::Timeout),
    Disconnected = int(Error::Type::Disconnected),
    Transport = int(Error::Type::Transport),
    Protocol = int(Error::Type::Protocol),
    Argument = int(Error::Type::Argument),
};
Q_ENUM_NS(Type)

} // namespace QmlErrorType

// The QML value type socketIoError.
class QmlError
{
    Q_GADGET
    QML_VALUE_TYPE(socketIoError)
    Q_PROPERTY(SocketIo::QmlErrorType::Type type READ type)
    Q_PROPERTY(QString message READ message)
    Q_PROPERTY(QString hint READ hint)
    Q_PROPERTY(QVariant data READ data)

public:
    QmlError() = default;
    QmlError(const Error &error)
        : m_error(error)
    {
    }

    QmlErrorType::Type type() const { return QmlErrorType::Type(m_error.type()); }
    QString message() const { return m_error.message(); }
    QString hint() const { return m_error.hint(); }
    QVariant data() const { return m_error.data(); }
    Q_INVOKABLE QString toString() const { return m_error.message(); }

private:
    Error m_error;
};

} // namespace SocketIo

#endif
