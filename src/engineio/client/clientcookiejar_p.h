// SPDX-License-Identifier: MIT
#ifndef ENGINEIO_CLIENTCOOKIEJAR_P_H
#define ENGINEIO_CLIENTCOOKIEJAR_P_H

#include <QtNetwork/qnetworkcookiejar.h>

namespace EngineIo::detail {

// The cookies of a client to which the application has given no access manager. As in browsers, a
// server cannot make it keep any number of them, which each request would carry.
class ClientCookieJar final : public QNetworkCookieJar
{
public:
    bool setCookiesFromUrl(const QList<QNetworkCookie> &cookies, const QUrl &url) override;

private:
    bool m_warned = false;
};

} // namespace EngineIo::detail

#endif
