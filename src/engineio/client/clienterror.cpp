// SPDX-License-Identifier: MIT
#include <EngineIo/clienterror.h>

namespace EngineIo {

using namespace Qt::StringLiterals;

/*!
    \class EngineIo::ClientError
    \inmodule QtSocketIo
    \inheaderfile EngineIo/ClientError
    \since QtSocketIo 0.1
    \brief Describes why a Client's connection failed or ended (Engine.IO: \c TransportError).

    A default-constructed ClientError represents no error. ClientError is a value class; all its
    functions are reentrant.

    The following code shows the error and a hint:

    \snippet reference.cpp ClientError
*/

/*!
    \enum EngineIo::ClientError::Type

    \value NoError no error occurred
    \value NoTransport  ClientOptions::transports is empty
    \value Network the connection could not be established, or it was lost
    \value Http a request was answered with a status other than 200; see httpStatus()
    \value Protocol the server violated the protocol
    \value MessageTooBig a message exceeded the limit of its receiver: either of the server, which
                          then reports httpStatus() 413 or closeCode() 1009, or of this client, see
                          ClientOptions::maxReceiveSize
*/

/*!
    \fn EngineIo::ClientError::ClientError()
    Constructs a ClientError that represents no error.
*/
/*!
    \fn EngineIo::ClientError::ClientError(Type type, const QString &message,
                                           const QString &description)

    Constructs an error of the given \a type with a \a message and an optional \a description.
*/
/*!
    \property EngineIo::ClientError::type
    \brief the kind of the error.
*/
/*!
    \property EngineIo::ClientError::message
    \brief a text that describes what happened, with the server's address and the reason, for
    example "cannot connect to http://localhost:3000: connection refused". It can be shown to the
    users of an application. Engine.IO has short texts instead, such as "xhr poll error" and
    "websocket error".
*/
/*!
    \property EngineIo::ClientError::description
    \brief the reason alone, for developers; if possible, in the words of the system or of Qt.
*/
/*!
    \property EngineIo::ClientError::httpStatus
    \brief the status code of the HTTP response, or 0 if there was none.
*/
/*!
    \property EngineIo::ClientError::httpBody
    \brief the body of the HTTP response. If the server refused the request, it is a JSON object
    with \c code and \c message.
*/
/*!
    \property EngineIo::ClientError::closeCode
    \brief the code of the WebSocket's close frame, for example 1009 for a message that is too
    large; 0 if there was none.
*/
/*!
    \property EngineIo::ClientError::hint
    \brief a sentence that suggests a solution, for developers and logs, or an empty string if none
    is known.
*/
/*!
    \fn void EngineIo::ClientError::setHint(const QString &hint)
    Sets the sentence that suggests a solution to \a hint.
*/
/*!
    \fn bool EngineIo::ClientError::isError() const
    Returns \c true if an error occurred, and \c false for a default-constructed ClientError.
*/

/*!
    Sets the \a status and \a body of the HTTP response that caused the error.
*/
void ClientError::setHttpAnswer(int status, const QByteArray &body)
{
    m_httpStatus = status;
    m_httpBody = body;
}

/*!
    Sets the \a code of the WebSocket's close frame.
*/
void ClientError::setCloseCode(int code)
{
    m_closeCode = code;
}

/*!
    Returns a human-readable text: message() or, if that is empty, description().
*/
QString ClientError::text() const
{
    return m_message.isEmpty() ? m_description : m_message;
}

} // namespace EngineIo

#include "moc_clienterror.cpp"
