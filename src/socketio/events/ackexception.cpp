// SPDX-License-Identifier: MIT
#include <SocketIo/ackexception.h>

namespace SocketIo {

/*!
    \class SocketIo::AckException
    \inmodule QtSocketIo
    \inheaderfile SocketIo/AckException
    \since QtSocketIo 0.1
    \brief The exception of a QFuture whose acknowledgement has failed.

    It is thrown only by \c result() of a QFuture, or passed to \c onFailed():

    \code
    socket->emitWithAck(u"save"_s, text)->future()
        .then(this, [](const QVariantList &reply) { ... })
        .onFailed(this, [](const SocketIo::AckException &e) { qWarning() << e.error().message(); });
    \endcode
*/

/*!
    Constructs an exception with \a error.
*/
AckException::AckException(const Error &error)
    : m_error(error)
    , m_what(error.message().toUtf8())
{
}

AckException::~AckException() = default;

/*!
    \fn const SocketIo::Error &SocketIo::AckException::error() const
    Returns the error with which the acknowledgement failed.
*/

/*!
    Returns the message of error() as UTF-8.
*/
const char *AckException::what() const noexcept
{
    return m_what.constData();
}

/*!
    \reimp
*/
void AckException::raise() const
{
    throw *this;
}

/*!
    \reimp
*/
AckException *AckException::clone() const
{
    return new AckException(*this);
}

} // namespace SocketIo
