// SPDX-License-Identifier: MIT
#include <EngineIo/clienterror.h>

#include "engineio/client/clienterrorwriter_p.h"

namespace EngineIo {

using namespace Qt::StringLiterals;

class ClientErrorData : public QSharedData
{
public:
    ClientError::Type type = ClientError::Type::NoError;
    QString message;
    QString description;
    QString hint;
    QByteArray httpBody;
    int httpStatus = 0;
    int closeCode = 0;
};

/*!
    \class EngineIo::ClientError
    \inmodule QtSocketIo
    \inheaderfile EngineIo/ClientError
    \since QtSocketIo 0.1
    \brief Describes why a Client's connection failed or ended (Engine.IO: \c TransportError).

    A default-constructed ClientError represents no error. ClientError is an implicitly shared value
    class; all its functions are reentrant.

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

/*! Constructs a ClientError that represents no error. */
ClientError::ClientError() = default;

/*! Constructs an error of the given \a type with a \a message and an optional \a description. */
ClientError::ClientError(Type type, const QString &message, const QString &description)
    : d(new ClientErrorData)
{
    d->type = type;
    d->message = message;
    d->description = description;
}

/*! Constructs a copy of \a other. */
ClientError::ClientError(const ClientError &other) = default;

/*! Moves \a other into this object. */
ClientError::ClientError(ClientError &&other) noexcept = default;

/*! Assigns \a other to this object. */
ClientError &ClientError::operator=(const ClientError &other) = default;

/*! Moves \a other into this object. */
ClientError &ClientError::operator=(ClientError &&other) noexcept = default;

/*! Destroys the object. */
ClientError::~ClientError() = default;

/*!
    \property EngineIo::ClientError::type
    \brief the kind of the error.
*/
ClientError::Type ClientError::type() const
{
    return d ? d->type : Type::NoError;
}

/*!
    \property EngineIo::ClientError::message
    \brief a text that describes what happened, with the server's address and the reason, for
    example "cannot connect to http://localhost:3000: connection refused". It can be shown to the
    users of an application. Engine.IO has short texts instead, such as "xhr poll error" and
    "websocket error".
*/
QString ClientError::message() const
{
    return d ? d->message : QString();
}

/*!
    \property EngineIo::ClientError::description
    \brief the reason alone, for developers; if possible, in the words of the system or of Qt.
*/
QString ClientError::description() const
{
    return d ? d->description : QString();
}

/*!
    \property EngineIo::ClientError::httpStatus
    \brief the status code of the HTTP response, or 0 if there was none.
*/
int ClientError::httpStatus() const
{
    return d ? d->httpStatus : 0;
}

/*!
    \property EngineIo::ClientError::httpBody
    \brief the body of the HTTP response. If the server refused the request, it is a JSON object
    with \c code and \c message.
*/
QByteArray ClientError::httpBody() const
{
    return d ? d->httpBody : QByteArray();
}

/*!
    \property EngineIo::ClientError::closeCode
    \brief the code of the WebSocket's close frame, for example 1009 for a message that is too
    large; 0 if there was none.
*/
int ClientError::closeCode() const
{
    return d ? d->closeCode : 0;
}

/*!
    \property EngineIo::ClientError::hint
    \brief a sentence that suggests a solution, for developers and logs, or an empty string if none
    is known.
*/
QString ClientError::hint() const
{
    return d ? d->hint : QString();
}

/*! Returns \c true if an error occurred, and \c false for a default-constructed ClientError. */
bool ClientError::isError() const
{
    return type() != Type::NoError;
}

/*!
    Returns a human-readable text: message() or, if that is empty, description().
*/
QString ClientError::text() const
{
    const QString text = message();
    return text.isEmpty() ? description() : text;
}

ClientErrorData &detail::ClientErrorWriter::data()
{
    if (!m_error.d)
        m_error.d = new ClientErrorData;
    return *m_error.d;
}

void detail::ClientErrorWriter::setHttpAnswer(int status, const QByteArray &body)
{
    data().httpStatus = status;
    data().httpBody = body;
}

void detail::ClientErrorWriter::setCloseCode(int code)
{
    data().closeCode = code;
}

void detail::ClientErrorWriter::setHint(const QString &hint)
{
    data().hint = hint;
}

} // namespace EngineIo

#include "moc_clienterror.cpp"
