// SPDX-License-Identifier: MIT
#include <SocketIo/error.h>

namespace SocketIo {

using namespace Qt::StringLiterals;

/*!
    \class SocketIo::Error
    \inmodule QtSocketIo
    \inheaderfile SocketIo/Error
    \since QtSocketIo 0.1
    \brief Describes an error, with a type, a human-readable message, and data for a client.

    A default-constructed Error represents no error. A middleware refuses a client by passing an
    Error to \c next(); the client then receives the message and the data, if any, as its
    connect_error (Socket.IO: \c Error with a \c data property).

    The following client shows the user why it is not connected:

    \snippet reference.cpp Error
*/

/*!
    \enum SocketIo::Error::Type

    \value NoError no error occurred
    \value Refused a middleware refused the client or the event, or the namespace is unknown
    \value Timeout an acknowledgement was not received, or a connection not established, in time
    \value Disconnected the connection was lost before the acknowledgement was received
    \value Transport the connection could not be established, or it was lost
    \value Protocol the peer violated the protocol
    \value Argument an argument cannot be converted, or an event name is reserved
*/

/*!
    \fn SocketIo::Error::Error()
    Constructs an Error that represents no error.
*/

/*!
    \fn SocketIo::Error::Error(const QString &message, const QVariantMap &data)

    Constructs an error of type Refused with \a message and \a data, for use in a middleware.
*/

/*!
    \fn SocketIo::Error::Error(const QString &message)
    \overload

    Constructs an error of type Refused with \a message and without data: the error that the client
    receives has no \c data.
*/

/*!
    \fn SocketIo::Error::Error(Type type, const QString &message, const QVariant &data)
    \overload

    Constructs an error of the given \a type with \a message and \a data. If \a data is invalid, the
    error has no data.
*/

/*!
    \fn SocketIo::Error::Type SocketIo::Error::type() const
    Returns the kind of the error.
*/

/*!
    \fn const QString &SocketIo::Error::message() const
    Returns an English text that describes the error. If Socket.IO has a text for it, the message
    begins with that text. Programs should use type() instead.
*/

/*!
    \fn const QVariant &SocketIo::Error::data() const
    Returns the data of the error, for example from the peer's middleware, or an invalid QVariant if
    there is none.
*/

/*!
    \fn bool SocketIo::Error::isError() const
    Returns \c true if an error occurred, and \c false for a default-constructed Error.
*/

/*!
    \fn SocketIo::Error::operator bool() const
    Returns isError().
*/

/*!
    Returns a sentence that suggests a solution, for developers and logs, or an empty string if none
    is known. It is not sent to clients.
*/
QString Error::hint() const
{
    if (!m_hint.isEmpty())
        return m_hint;
    switch (m_type) {
    case Type::NoError:
        break;
    case Type::Refused:
        return u"A middleware of the server refused the client: check what it sends as auth."_s;
    case Type::Timeout:
        return u"The listener of the event did not acknowledge it in time: check that it does, "
               "or allow more time."_s;
    case Type::Disconnected:
        return u"Emit the event again when there is a connection, or let the option retries do "
               "it."_s;
    case Type::Transport:
        return u"Check that the server is running at this address and can be reached."_s;
    case Type::Protocol:
        return u"Check that the other side is the kind and version of program that is meant, and "
               "that both use the same parser."_s;
    case Type::Argument:
        return u"Check that the parameters of the listener fit the arguments of the event."_s;
    }
    return {};
}

/*!
    \fn void SocketIo::Error::setHint(const QString &hint)
    Sets the hint to \a hint. If no hint is set, hint() returns the usual solution for errors of
    this type.
*/

/*!
    Returns the error for an acknowledgement that was not received within its timeout: type Timeout,
    "operation has timed out".
*/
Error Error::timeout()
{
    return {Type::Timeout, u"operation has timed out"_s};
}

/*!
    Returns the error for an acknowledgement whose connection was lost before it was received: type
    Disconnected, "socket has been disconnected".
*/
Error Error::disconnected()
{
    return {Type::Disconnected, u"socket has been disconnected"_s};
}

} // namespace SocketIo
