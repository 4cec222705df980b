// SPDX-License-Identifier: MIT
#include "engineio/client/clientcookiejar_p.h"

#include "base/logging_p.h"
#include "engineio/client/serveraddress_p.h"

#include <QtNetwork/qnetworkcookie.h>

#include <utility>

namespace EngineIo::detail {

namespace {

// What browsers allow a site.
constexpr qsizetype MostCookies = 180;
constexpr qsizetype LongestCookie = 4096; // bytes of name and value

} // namespace

bool ClientCookieJar::setCookiesFromUrl(const QList<QNetworkCookie> &cookies, const QUrl &url)
{
    QList<QNetworkCookie> kept = cookies;
    bool tooMuch = kept.removeIf([](const QNetworkCookie &cookie) {
        return cookie.name().size() + cookie.value().size() > LongestCookie;
    }) > 0;
    const bool changed = QNetworkCookieJar::setCookiesFromUrl(kept, url);
    // The oldest come first.
    if (const QList<QNetworkCookie> all = allCookies(); all.size() > MostCookies) {
        setAllCookies(all.last(MostCookies));
        tooMuch = true;
    }
    if (tooMuch && !std::exchange(m_warned, true)) {
        qCWarning(lcEngine).noquote() << displayAddress(url) << "sets more than" << MostCookies
                                      << "cookies, or some of more than" << LongestCookie
                                      << "bytes: the oldest and the long ones are dropped";
    }
    return changed;
}

} // namespace EngineIo::detail
