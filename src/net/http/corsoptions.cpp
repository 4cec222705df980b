// SPDX-License-Identifier: MIT
#include "net/http/corsoptions.h"

namespace EngineIo {

/*!
    \class EngineIo::CorsOrigin
    \inmodule QtSocketIo
    \inheaderfile EngineIo/CorsOptions
    \since QtSocketIo 0.1
    \brief The origins whose web pages may use the server (Engine.IO: \c cors.origin).

    An origin consists of the scheme, host and port of a page, such as \c{https://example.com:8080}.
    Origins are case sensitive, and a QRegularExpression matches anywhere in an origin unless it is
    anchored.

    CORS makes a browser withhold responses from a page. It does not prevent requests from being
    sent to the server, and does not apply to WebSockets. To refuse clients, use the server's
    \c allowRequest function or ServerOptions::allowedOrigins.

    The following code uses a pattern, a list, and a function that can answer later:

    \snippet reference.cpp CorsOrigin

    \sa CorsOptions
*/

/*!
    \enum EngineIo::CorsOrigin::Kind

    \value Any every origin, reported to the browser as \c{*}
    \value Reflect every origin, reported to the browser by its name
    \value None no CORS headers
    \value Fixed one origin, reported to the browser whichever origin asks
    \value List the origins that are in a list or match a regular expression
    \value Function the origins that a function allows
*/

/*!
    \typealias EngineIo::CorsOrigin::Pattern

    An origin, or a regular expression that matches origins.
*/

/*!
    \typealias EngineIo::CorsOrigin::Decide

    A function that decides whether an origin is allowed. It is called in the server's thread for
    each request with the request's origin, which is empty if the request has none. It calls \c done
    once with the result, immediately or later. The request waits until then.
*/

/*!
    \fn EngineIo::CorsOrigin::CorsOrigin()

    Constructs a CorsOrigin that allows any origin (Engine.IO: \c{"*"}).
*/

/*!
    Constructs a CorsOrigin that allows \a origin. \c{"*"} allows any origin. If \a origin is empty,
    no CORS headers are sent.
*/
CorsOrigin::CorsOrigin(const QString &origin)
{
    if (origin.isEmpty()) {
        m_kind = Kind::None;
    } else if (origin != QLatin1String("*")) {
        m_kind = Kind::Fixed;
        m_patterns = {origin};
    }
}

/*!
    Constructs a CorsOrigin that allows the given \a origins.
*/
CorsOrigin::CorsOrigin(const QStringList &origins)
    : m_kind(Kind::List)
    , m_patterns(origins.cbegin(), origins.cend())
{
}

/*!
    \fn EngineIo::CorsOrigin::CorsOrigin(const QRegularExpression &pattern)

    Constructs a CorsOrigin that allows the origins that match \a pattern.
*/

/*!
    \fn EngineIo::CorsOrigin::CorsOrigin(const QList<EngineIo::CorsOrigin::Pattern> &patterns)

    Constructs a CorsOrigin that allows the origins that are contained in \a patterns or match one
    of them.
*/

/*!
    \fn EngineIo::CorsOrigin::CorsOrigin(const EngineIo::CorsOrigin::Decide &decide)

    Constructs a CorsOrigin that calls \a decide for each origin. No CORS headers are sent to
    refused origins, and their preflight requests are handled like any other request.
*/

/*!
    \fn EngineIo::CorsOrigin EngineIo::CorsOrigin::any()

    Returns a CorsOrigin that allows any origin. With credentials, use reflect() instead, because
    browsers do not accept \c{*} in that case.
*/

/*!
    Returns a CorsOrigin that allows any origin and reports it to the browser by its name
    (Engine.IO: \c true).
*/
CorsOrigin CorsOrigin::reflect()
{
    CorsOrigin origin;
    origin.m_kind = Kind::Reflect;
    return origin;
}

/*!
    Returns a CorsOrigin that disables CORS headers (Engine.IO: \c false).
*/
CorsOrigin CorsOrigin::none()
{
    CorsOrigin origin;
    origin.m_kind = Kind::None;
    return origin;
}

/*!
    \fn EngineIo::CorsOrigin::Kind EngineIo::CorsOrigin::kind() const

    Returns how the allowed origins are determined.
*/

/*!
    \fn const QList<EngineIo::CorsOrigin::Pattern> &EngineIo::CorsOrigin::patterns() const

    Returns the origins and expressions of Kind::Fixed and Kind::List.
*/

/*!
    \fn const EngineIo::CorsOrigin::Decide &EngineIo::CorsOrigin::decide() const

    Returns the function of Kind::Function.
*/

/*!
    \class EngineIo::CorsOptions
    \inmodule QtSocketIo
    \inheaderfile EngineIo/CorsOptions
    \since QtSocketIo 0.1
    \brief The settings of cross-origin resource sharing, which define how pages of other origins
    may use the server (Engine.IO: \c cors).

    The responses are the same as those of the npm package \c cors. Values that are not valid in a
    header are omitted.

    To allow the pages of one other origin:

    \snippet reference.cpp CorsOptions
*/

/*!
    \variable EngineIo::CorsOptions::origin
    \brief the origins that are allowed; any by default.
*/

/*!
    \variable EngineIo::CorsOptions::methods
    \brief the methods in the response to a preflight request; \c{GET,HEAD,PUT,PATCH,POST,DELETE} by
    default.
*/

/*!
    \variable EngineIo::CorsOptions::allowedHeaders
    \brief the request headers in the response to a preflight request. If not set, which is the
    default, the headers that the preflight request asks for are listed.
*/

/*!
    \variable EngineIo::CorsOptions::exposedHeaders
    \brief the response headers that a page may read in addition to those that are always readable;
    none by default.
*/

/*!
    \variable EngineIo::CorsOptions::credentials
    \brief whether a page may send cookies; \c false by default.
*/

/*!
    \variable EngineIo::CorsOptions::maxAge
    \brief the time in seconds for which a browser may cache the response to a preflight request. If
    not set, which is the default, the browser decides.
*/

/*!
    \variable EngineIo::CorsOptions::preflightContinue
    \brief whether a preflight request is handled like any other request, with CORS headers added to
    its response, instead of being answered immediately; \c false by default.
*/

/*!
    \variable EngineIo::CorsOptions::optionsSuccessStatus
    \brief the status code of the response to a preflight request; 204 by default.
*/

} // namespace EngineIo
