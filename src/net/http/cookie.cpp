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
    \brief The attributes of the cookie with the session id, which load balancers use (Engine.IO:
    \c cookie).

    The cookie is sent with the response that opens a session over polling. The options are those of
    the npm package \c cookie. If a value is not valid in a cookie, no cookie is sent and a warning
    is logged.

    To set a cookie:

    \snippet reference.cpp CookieOptions
*/

/*!
    \variable EngineIo::CookieOptions::name
    \brief the name of the cookie; "io" by default.
*/

/*!
    \variable EngineIo::CookieOptions::path
    \brief the path that the browser sends the cookie for; "/" by default. If it is empty, the
    cookie has no \c Path attribute.
*/

/*!
    \variable EngineIo::CookieOptions::domain
    \brief the domain that the browser sends the cookie to. If it is empty, which is the default,
    the cookie is sent only to the server's host.
*/

/*!
    \variable EngineIo::CookieOptions::httpOnly
    \brief whether scripts of the page cannot access the cookie; \c true by default.
*/

/*!
    \variable EngineIo::CookieOptions::secure
    \brief whether the cookie is sent only over encrypted connections; \c false by default.
*/

/*!
    \variable EngineIo::CookieOptions::sameSite
    \brief whether the cookie is sent with requests from other sites; SameSite::Lax by default.
*/

/*!
    \variable EngineIo::CookieOptions::maxAge
    \brief the time in seconds after which the browser deletes the cookie; not set by default.
*/

/*!
    \variable EngineIo::CookieOptions::expires
    \brief the time at which the browser deletes the cookie, in any time zone; not set by default.
    If neither this nor \l maxAge is set, the browser deletes the cookie when it is closed.
*/

/*!
    \enum EngineIo::CookieOptions::SameSite

    \value Unset the cookie has no \c SameSite attribute
    \value Lax the cookie is sent with requests from other sites only when a link is followed
    \value Strict the cookie is not sent with requests from other sites
    \value None the cookie is sent with all requests; browsers require \c secure as well
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
