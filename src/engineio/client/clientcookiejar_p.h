// SPDX-License-Identifier: MIT
#ifndef ENGINEIO_CLIENTCOOKIEJAR_P_H
#define ENGINEIO_CLIENTCOOKIEJAR_P_H

#include <QtNetwork/qnetworkcookiejar.h>

namespace EngineIo::detail {

// The cookies of a client for which the application has not set an access manager. As in browsers,
// the number of cookies that a server can set is limited, because each request contains them.
class ClientCookieJar final : public QNetworkCookieJar
{
public:
    bool setCookiesFromUrl(const QList<QNetworkCookie> &cookies, const QUrl &url) override;

private:
    bool m_warned = false;
};

} // namespace EngineIo::detail

#endif
