// SPDX-License-Identifier: MIT
#include "net/http/cookie_p.h"

#include "base/logging_p.h"

#include <EngineIo/httpheaders.h>

#include <QtCore/qlocale.h>
#include <QtCore/qregularexpression.h>
#include <QtCore/qurl.h>

#include <algorithm>

/*!
    \class EngineIo::CookieOptions
    \inmodule QtSocketIo
    \inheaderfile EngineIo/CookieOptions
    \since QtSocketIo 0.1
    \brief The cookie that carries the session id, for load balancers. Engine.IO: \c cookie.

    It is sent with the response that opens a session over polling. Its attributes are those of the
    npm package \c cookie. If an option is not valid in a cookie, no cookie is sent and a warning is
    logged.

    A server with such options sets a cookie:

    \snippet reference.cpp CookieOptions
*/

/*!
    \variable EngineIo::CookieOptions::name
    The name; \c io by default.
*/

/*!
    \variable EngineIo::CookieOptions::path
    The path that the browser sends the cookie for; \c{/} by default. If empty there is no Path
    attribute.
*/

/*!
    \variable EngineIo::CookieOptions::domain
    The domain that the browser sends the cookie to. Empty, the default, means only the server's
    host.
*/

/*!
    \variable EngineIo::CookieOptions::httpOnly
    Whether the cookie is hidden from the page's scripts; \c true by default.
*/

/*!
    \variable EngineIo::CookieOptions::secure
    Whether the cookie is sent over encrypted connections only; \c false by default.
*/

/*!
    \variable EngineIo::CookieOptions::sameSite
    Whether requests from other sites carry the cookie; SameSite::Lax by default.
*/

/*!
    \variable EngineIo::CookieOptions::maxAge
    After how many seconds the browser drops the cookie. Unset by default.
*/

/*!
    \variable EngineIo::CookieOptions::expires
    When the browser drops the cookie, in any time zone. With neither maxAge nor this, which is the
    default, the browser drops it when it is closed.
*/

/*!
    \enum EngineIo::CookieOptions::SameSite

    \value Unset no SameSite attribute
    \value Lax only following a link from another site carries the cookie
    \value Strict no request from another site carries it
    \value None every request carries it; browsers require \c secure as well
*/

namespace EngineIo::detail {

using namespace Qt::StringLiterals;

namespace {

bool isDomain(const QString &domain)
{
    static const QRegularExpression pattern(
        u"\\A\\.?[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*\\z"_s,
        QRegularExpression::CaseInsensitiveOption);
    return pattern.match(domain).hasMatch();
}

bool isPath(const QString &path)
{
    return std::all_of(path.cbegin(), path.cend(), [](QChar character) {
        return character >= u' ' && character <= u'~' && character != u';' && character != u'<';
    });
}

const char *invalidOption(const CookieOptions &options)
{
    if (!HttpHeaders::isValidName(options.name.toUtf8()))
        return "name";
    if (!options.domain.isEmpty() && !isDomain(options.domain))
        return "domain";
    if (!isPath(options.path))
        return "path";
    if (!options.expires.isNull() && !options.expires.isValid())
        return "expires";
    return nullptr;
}

QByteArray sameSiteAttribute(CookieOptions::SameSite sameSite)
{
    switch (sameSite) {
    case CookieOptions::SameSite::Lax:
        return "; SameSite=Lax"_ba;
    case CookieOptions::SameSite::Strict:
        return "; SameSite=Strict"_ba;
    case CookieOptions::SameSite::None:
        return "; SameSite=None"_ba;
    case CookieOptions::SameSite::Unset:
        break;
    }
    return {};
}

} // namespace

QByteArray sessionCookie(const CookieOptions &options, const QString &sid)
{
    if (const char *option = invalidOption(options)) {
        qCWarning(lcEngine, "The cookie is not sent: invalid %s", option);
        return {};
    }
    // The characters that JavaScript's encodeURIComponent() leaves alone.
    QByteArray cookie = options.name.toLatin1() + '=' + QUrl::toPercentEncoding(sid, "!'()*"_ba);
    if (options.maxAge)
        cookie += "; Max-Age=" + QByteArray::number(options.maxAge->count());
    if (!options.domain.isEmpty())
        cookie += "; Domain=" + options.domain.toLatin1();
    if (!options.path.isEmpty())
        cookie += "; Path=" + options.path.toLatin1();
    if (options.expires.isValid()) {
        cookie += "; Expires="
            + QLocale::c()
                  .toString(options.expires.toUTC(), u"ddd, dd MMM yyyy HH:mm:ss 'GMT'")
                  .toLatin1();
    }
    if (options.httpOnly)
        cookie += "; HttpOnly";
    if (options.secure)
        cookie += "; Secure";
    return cookie + sameSiteAttribute(options.sameSite);
}

} // namespace EngineIo::detail
