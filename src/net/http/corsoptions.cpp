// SPDX-License-Identifier: MIT
#include "net/http/corsoptions.h"

namespace EngineIo {

/*!
    \class EngineIo::CorsOrigin
    \inmodule QtSocketIo
    \inheaderfile EngineIo/CorsOptions
    \since QtSocketIo 0.1
    \brief Which origins may use the server from a web page. Engine.IO: \c cors.origin.

    An origin is the scheme, host and port of a page, such as \c{https://example.com:8080}. Origins
    are case sensitive, and a QRegularExpression matches anywhere in an origin unless it is
    anchored.

    CORS makes a browser withhold a response from the page. It does not withhold a request from the
    server, and does not apply to WebSockets; to refuse clients, use the server's \c allowRequest
    function.

    A pattern, a list and a function, which may answer later:

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

    A function that decides about an origin. It is called in the server's thread for each request
    with its origin, empty if the request has none, and calls \c done once, immediately or later,
    with whether the origin is allowed. The request waits until then.
*/

/*!
    \fn EngineIo::CorsOrigin::CorsOrigin()

    Allows any origin: Engine.IO's \c{"*"}.
*/

/*!
    Allows \a origin. \c{"*"} allows any origin; an empty string means no CORS headers.
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
    Allows the origins that are among \a origins.
*/
CorsOrigin::CorsOrigin(const QStringList &origins)
    : m_kind(Kind::List)
    , m_patterns(origins.cbegin(), origins.cend())
{
}

/*!
    \fn EngineIo::CorsOrigin::CorsOrigin(const QRegularExpression &pattern)

    Allows the origins that \a pattern matches.
*/

/*!
    \fn EngineIo::CorsOrigin::CorsOrigin(const QList<EngineIo::CorsOrigin::Pattern> &patterns)

    Allows the origins that are among \a patterns or match one of them.
*/

/*!
    \fn EngineIo::CorsOrigin::CorsOrigin(const EngineIo::CorsOrigin::Decide &decide)

    Asks \a decide about each origin. A refused origin gets no CORS headers at all, and its
    preflight is handled like any other request.
*/

/*!
    \fn EngineIo::CorsOrigin EngineIo::CorsOrigin::any()

    Allows any origin. With credentials, use reflect() instead, as browsers do not accept \c{*}
    then.
*/

/*!
    Allows any origin and reports it to the browser by its name. Engine.IO: \c true.
*/
CorsOrigin CorsOrigin::reflect()
{
    CorsOrigin origin;
    origin.m_kind = Kind::Reflect;
    return origin;
}

/*!
    Switches CORS headers off. Engine.IO: \c false.
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
    \brief Cross-origin resource sharing: how pages of other origins may use the server. Engine.IO:
    \c cors.

    The answers are those of the npm package \c cors. Values that are not valid in a header are left
    out.

    To let the pages of one other origin in:

    \snippet reference.cpp CorsOptions
*/

/*!
    \variable EngineIo::CorsOptions::origin
    Which origins are allowed; any by default.
*/

/*!
    \variable EngineIo::CorsOptions::methods
    The methods that the answer to a preflight lists; \c{GET,HEAD,PUT,PATCH,POST,DELETE} by default.
*/

/*!
    \variable EngineIo::CorsOptions::allowedHeaders
    The request headers that the answer to a preflight lists. If unset, the default, they are those
    that the preflight asks for.
*/

/*!
    \variable EngineIo::CorsOptions::exposedHeaders
    The response headers that a page may read in addition to those that it may always read; none by
    default.
*/

/*!
    \variable EngineIo::CorsOptions::credentials
    Whether a page may send cookies; \c false by default.
*/

/*!
    \variable EngineIo::CorsOptions::maxAge
    How many seconds a browser may keep the answer to a preflight. Unset, the default, leaves it to
    the browser.
*/

/*!
    \variable EngineIo::CorsOptions::preflightContinue
    Whether a preflight is handled like any other request, with CORS headers added to its response,
    rather than answered at once; \c false by default.
*/

/*!
    \variable EngineIo::CorsOptions::optionsSuccessStatus
    The status that a preflight is answered with; 204 by default.
*/

} // namespace EngineIo
