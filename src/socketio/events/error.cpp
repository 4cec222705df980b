// SPDX-License-Identifier: MIT
#include <SocketIo/error.h>

namespace SocketIo {

using namespace Qt::StringLiterals;

/*!
    \class SocketIo::Error
    \inmodule QtSocketIo
    \inheaderfile SocketIo/Error
    \since QtSocketIo 0.1
    \brief What went wrong: a kind for the program, a text for people, and data for a client.

    A default constructed Error means that nothing went wrong. A middleware refuses a client by
    passing an Error to \c next(); the client then receives the message and the data, if any, as
    its connect_error (Socket.IO: \c Error with a \c data property).

    A client that tells its user why it has no connection:

    \snippet reference.cpp Error
*/

/*!
    \enum SocketIo::Error::Type

    \value NoError nothing went wrong
    \value Refused a middleware refused the client or the event, or the namespace is unknown
    \value Timeout no acknowledgement, or no connection, came in time
    \value Disconnected the connection went away before the acknowledgement came
    \value Transport the connection cannot be made or broke
    \value Protocol the peer broke the protocol
    \value Argument an argument cannot be converted, or an event name is reserved
*/

/*!
    \fn SocketIo::Error::Error()
    Constructs the error that means that nothing went wrong.
*/

/*!
    \fn SocketIo::Error::Error(const QString &message, const QVariantMap &data)

    Constructs an error of type Refused with \a message and \a data, as a middleware gives it.
*/

/*!
    \fn SocketIo::Error::Error(const QString &message)
    \overload

    Constructs an error of type Refused with \a message and without data: the client's error has no
    \c data then.
*/

/*!
    \fn SocketIo::Error::Error(Type type, const QString &message, const QVariant &data)
    \overload

    Constructs an error of any \a type with \a message. An invalid \a data means that there is
    none.
*/

/*!
    \fn SocketIo::Error::Type SocketIo::Error::type() const
    Returns the kind of the error.
*/

/*!
    \fn const QString &SocketIo::Error::message() const
    Returns a text in English that says what happened. Where Socket.IO has one, the text begins
    with it: programs should look at type().
*/

/*!
    \fn const QVariant &SocketIo::Error::data() const
    Returns what came with the error, for example from the peer's middleware; invalid if nothing
    did.
*/

/*!
    \fn bool SocketIo::Error::isError() const
    Returns \c false for a default constructed Error only.
*/

/*!
    \fn SocketIo::Error::operator bool() const
    Returns isError().
*/

/*!
    Returns a sentence that says what may help, for developers and logs; empty if nothing is known.
    It is no part of what is sent to a client.
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
    Has hint() return \a hint. Without one it returns what mostly helps with errors of this type.
*/

/*!
    Returns the error of an acknowledgement that did not come within its timeout: type Timeout,
    "operation has timed out".
*/
Error Error::timeout()
{
    return {Type::Timeout, u"operation has timed out"_s};
}

/*!
    Returns the error of an acknowledgement whose connection went away before it came: type
    Disconnected,
    "socket has been disconnected".
*/
Error Error::disconnected()
{
    return {Type::Disconnected, u"socket has been disconnected"_s};
}

} // namespace SocketIo
