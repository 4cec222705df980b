// SPDX-License-Identifier: MIT
#include <EngineIo/clienterror.h>

namespace EngineIo {

using namespace Qt::StringLiterals;

/*!
    \class EngineIo::ClientError
    \inmodule QtSocketIo
    \inheaderfile EngineIo/ClientError
    \since QtSocketIo 0.1
    \brief Why a Client's connection failed or ended (Engine.IO: \c TransportError).

    A default constructed ClientError means that nothing went wrong. It is a value and can be used
    in any thread.

    A program shows what happened and what may help:

    \snippet reference.cpp ClientError
*/

/*!
    \enum EngineIo::ClientError::Type

    \value NoError      nothing went wrong
    \value NoTransport  ClientOptions::transports is empty
    \value Network      no connection can be made, or it broke
    \value Http         a request was answered with another status than 200; see httpStatus()
    \value Protocol     the server broke the protocol
    \value MessageTooBig  a message was bigger than the side that got it takes: the server, which
                          says so by httpStatus() 413 or closeCode() 1009, or this client, by
                          ClientOptions::maxReceiveSize
*/

/*!
    \fn EngineIo::ClientError::ClientError()
    Constructs the error that means that nothing went wrong.
*/
/*!
    \fn EngineIo::ClientError::ClientError(Type type, const QString &message,
                                           const QString &description)

    Constructs an error of \a type with \a message and, if there is more to say, a \a description.
*/
/*!
    \property EngineIo::ClientError::type
    \brief the kind of the error.
*/
/*!
    \property EngineIo::ClientError::message
    \brief what happened, with the server's address and the reason, for example
    "cannot connect to http://localhost:3000: connection refused". It can be shown to the users of
    an application. Engine.IO has short texts instead, such as "xhr poll error" and "websocket
    error".
*/
/*!
    \property EngineIo::ClientError::description
    \brief the reason alone, where possible as the system or Qt puts it, for developers.
*/
/*!
    \property EngineIo::ClientError::httpStatus
    \brief the status of the HTTP answer, or 0 if there was none.
*/
/*!
    \property EngineIo::ClientError::httpBody
    \brief the body of the HTTP answer: of a refused request, a JSON object with \c code and
    \c message.
*/
/*!
    \property EngineIo::ClientError::closeCode
    \brief the code of the WebSocket's close frame, for example 1009 for a message that is too big;
    0 if there was none.
*/
/*!
    \property EngineIo::ClientError::hint
    \brief a sentence that says what may help, for developers and logs; empty if nothing is known.
*/
/*!
    \fn void EngineIo::ClientError::setHint(const QString &hint)
    Sets the sentence that says what may help to \a hint.
*/
/*!
    \fn bool EngineIo::ClientError::isError() const
    Returns \c false for a default constructed ClientError only.
*/

/*!
    Notes the HTTP answer with \a status and \a body that caused the error.
*/
void ClientError::setHttpAnswer(int status, const QByteArray &body)
{
    m_httpStatus = status;
    m_httpBody = body;
}

/*!
    Notes the \a code of the WebSocket's close frame.
*/
void ClientError::setCloseCode(int code)
{
    m_closeCode = code;
}

/*!
    Returns a text for people: message(), or description() where there is no message.
*/
QString ClientError::text() const
{
    return m_message.isEmpty() ? m_description : m_message;
}

} // namespace EngineIo

#include "moc_clienterror.cpp"
