// SPDX-License-Identifier: MIT
#include <SocketIo/error.h>

namespace SocketIo {

using namespace Qt::StringLiterals;

namespace {

// Of a connection that cannot be made or broke; data holds what the HTTP answer was, if any.
QString transportHint(const QString &message, const QVariantMap &data)
{
    const QString details = message + data.value(u"description"_s).toString();
    switch (data.value(u"status"_s).toInt()) {
    case 0:
        break;
    case 400:
        if (data.value(u"body"_s).toString().contains("Unsupported protocol version"_L1)) {
            return u"The server speaks another revision of the protocol: set the option protocol, "
                   "or allowEIO3 at the server."_s;
        }
        return u"The server refused the request; its answer is in data.body."_s;
    case 401:
    case 403:
        return u"The server refused the request: check its allowRequest and CORS options, and "
               "what the client sends in extraHeaders."_s;
    case 404:
        return u"There is no Socket.IO server at this path: the option path has to be the same on "
               "both sides."_s;
    case 502:
    case 503:
    case 504:
        return u"The server, or what is behind its proxy, does not serve now: check that it is "
               "running and has room for more connections."_s;
    default:
        return u"This is not the answer of a Socket.IO server: check the address and the option "
               "path."_s;
    }
    if (details.contains("certificate"_L1, Qt::CaseInsensitive)) {
        return u"The server's certificate is not trusted, or not made for this address: give the "
               "authority that issued it to the client's sslConfiguration."_s;
    }
    return u"Check that the server is running at this address and can be reached."_s;
}

} // namespace

/*!
    \class SocketIo::Error
    \inmodule QtSocketIo
    \since 0.1
    \brief What went wrong: a kind for the program, a text for people, and data for a client.

    A default constructed Error means that nothing went wrong. A middleware refuses a client by
    passing an Error to \c next(); the client then receives the message and the data, if any, as
    its connect_error (Socket.IO: \c Error with a \c data property).
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
    Returns a text in English that says what happened. Where Socket.IO has one, it is the same
    text.
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
    switch (m_type) {
    case Type::NoError:
        break;
    case Type::Refused:
        if (m_message == "Invalid namespace"_L1)
            return u"The server has no namespace of this name: check the path of the URL."_s;
        return u"A middleware of the server refused the client: check what it sends as auth."_s;
    case Type::Timeout:
        if (m_message == timeout().m_message) {
            return u"The listener of the event did not acknowledge it in time: check that it does, "
                   "or allow more time."_s;
        }
        return u"Check that the server is running and that no firewall drops its packets."_s;
    case Type::Disconnected:
        return u"Emit the event again, or let the option retries do it."_s;
    case Type::Transport:
        return transportHint(m_message, m_data.toMap());
    case Type::Protocol:
        return u"Check that both sides speak Socket.IO and use the same parser."_s;
    case Type::Argument:
        return u"Check the name of the event, and that the parameters of the listener fit its "
               "arguments."_s;
    }
    return {};
}

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
