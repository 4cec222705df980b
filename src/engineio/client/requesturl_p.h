// SPDX-License-Identifier: MIT
#ifndef ENGINEIO_REQUESTURL_P_H
#define ENGINEIO_REQUESTURL_P_H

#include <EngineIo/clientoptions.h>
#include <EngineIo/engineioglobal.h>
#include <EngineIo/enums.h>

#include <QtCore/qbytearray.h>
#include <QtCore/qstring.h>
#include <QtCore/qurl.h>

namespace EngineIo::detail {

// Whether passwords and headers that are meant for a server may be sent to the other URL: it is the
// same server, or leads to its TLS port, where many send those that come without TLS.
bool isSameServer(const QUrl &server, const QUrl &other);

// Makes the URLs of a connection's requests.
class ENGINEIO_AUTOTEST_EXPORT RequestUrl
{
public:
    RequestUrl() = default;
    // url: with the scheme http, https, ws or wss; without one, http. Its path means nothing here.
    RequestUrl(const QUrl &url, const ClientOptions &options);

    bool isValid() const { return m_base.isValid() && !m_base.host().isEmpty(); }
    // Whether the scheme is one of those.
    bool isSupported() const { return m_supported; }
    // Where the server is, with the scheme http or https.
    const QUrl &base() const { return m_base; }
    // Whether that is still the server that the application has named, or the URL is of that one.
    bool isAtHome() const { return isAtHome(m_base); }
    bool isAtHome(const QUrl &url) const;
    // Where a redirect has led: the scheme, host, port and path to use from now on.
    void setBase(const QUrl &url);
    // Without the user name and password.
    QUrl url(TransportType transport, const QString &sid) const;

private:
    QUrl m_base;        // with scheme http or https
    QUrl m_home;        // without a password
    QByteArray m_query; // percent-encoded, the application's part
    ClientOptions m_options;
    bool m_supported = true;
};

} // namespace EngineIo::detail

#endif
