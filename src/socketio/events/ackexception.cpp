// SPDX-License-Identifier: MIT
#include <SocketIo/ackexception.h>

namespace SocketIo {

/*!
    \class SocketIo::AckException
    \inmodule QtSocketIo
    \inheaderfile SocketIo/AckException
    \since QtSocketIo 0.1
    \brief Carries the Error of an acknowledgement that failed through a QFuture.

    Only a QFuture throws it, from \c result() or into \c onFailed():

    \code
    socket->emitWithAck(u"save"_s, text)->future()
        .then(this, [](const QVariantList &reply) { ... })
        .onFailed(this, [](const SocketIo::AckException &e) { qWarning() << e.error().message(); });
    \endcode
*/

/*!
    An exception that carries \a error.
*/
AckException::AckException(const Error &error)
    : m_error(error)
    , m_what(error.message().toUtf8())
{
}

AckException::~AckException() = default;

/*!
    \fn const SocketIo::Error &SocketIo::AckException::error() const
    Why the acknowledgement failed.
*/

/*!
    The message of error() as UTF-8.
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
