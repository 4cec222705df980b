// SPDX-License-Identifier: MIT
#include <SocketIo/error.h>

namespace SocketIo {

using namespace Qt::StringLiterals;

class ErrorData : public QSharedData
{
public:
    Error::Type type = Error::Type::NoError;
    QString message;
    QVariant data;
    QString hint; // if it is another than the type's
};

/*!
    \class SocketIo::Error
    \inmodule QtSocketIo
    \inheaderfile SocketIo/Error
    \since QtSocketIo 0.1
    \brief Describes an error, with a type, a human-readable message, and data for a client.

    A default-constructed Error represents no error. A middleware refuses a client by passing an
    Error to \c next(); the client then receives the message and the data, if any, as its
    connect_error (Socket.IO: \c Error with a \c data property).

    Error is an implicitly shared value class; all its functions are reentrant.

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

/*! Constructs an Error that represents no error. */
Error::Error() = default;

/*! Constructs an error of type Refused with \a message and \a data, for use in a middleware. */
Error::Error(const QString &message, const QVariantMap &data)
    : Error(Type::Refused, message, data)
{
}

/*!
    \overload
    Constructs an error of type Refused with \a message and without data: the error that the client
    receives has no \c data.
*/
Error::Error(const QString &message)
    : Error(Type::Refused, message)
{
}

/*!
    \overload
    Constructs an error of the given \a type with \a message and \a data. If \a data is invalid, the
    error has no data.
*/
Error::Error(Type type, const QString &message, const QVariant &data)
    : d(new ErrorData)
{
    d->type = type;
    d->message = message;
    d->data = data;
}

/*! Constructs a copy of \a other. */
Error::Error(const Error &other) = default;

/*! Moves \a other into this object. */
Error::Error(Error &&other) noexcept = default;

/*! Assigns \a other to this object. */
Error &Error::operator=(const Error &other) = default;

/*! Moves \a other into this object. */
Error &Error::operator=(Error &&other) noexcept = default;

/*! Destroys the object. */
Error::~Error() = default;

/*! Returns the kind of the error. */
Error::Type Error::type() const
{
    return d ? d->type : Type::NoError;
}

/*!
    Returns an English text that describes the error. If Socket.IO has a text for it, the message
    begins with that text. Programs should use type() instead.
*/
QString Error::message() const
{
    return d ? d->message : QString();
}

/*!
    Returns the data of the error, for example from the peer's middleware, or an invalid QVariant if
    there is none.
*/
QVariant Error::data() const
{
    return d ? d->data : QVariant();
}

/*! Returns \c true if an error occurred, and \c false for a default-constructed Error. */
bool Error::isError() const
{
    return type() != Type::NoError;
}

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
    if (d && !d->hint.isEmpty())
        return d->hint;
    switch (type()) {
    case Type::NoError:
        break;
    case Type::Refused:
        return u"A middleware of the server refused the client or its event: check the auth data "
               "that the client sends, or the arguments of the event."_s;
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
    Sets the hint to \a hint. If no hint is set, hint() returns the usual solution for errors of
    this type.
*/
void Error::setHint(const QString &hint)
{
    if (!d)
        d = new ErrorData;
    d->hint = hint;
}

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
