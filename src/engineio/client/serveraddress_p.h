// SPDX-License-Identifier: MIT
#ifndef ENGINEIO_SERVERADDRESS_P_H
#define ENGINEIO_SERVERADDRESS_P_H

#include <EngineIo/engineioglobal.h>

#include <QtCore/qstring.h>
#include <QtCore/qurl.h>

namespace EngineIo::detail {

// The address of a server as specified by an application or a user. The scheme is optional and
// defaults to http: "192.168.1.5:3000", "[::1]:3000", "my_host:3000/chat", "//host", "host". QUrl
// does not accept such texts, or parses them as URLs with the scheme "my_host"; this class supports
// them.
class ENGINEIO_EXPORT ServerAddress
{
public:
    explicit ServerAddress(const QUrl &url);

    // With the scheme http, https, ws or wss and a host; empty if that is not possible.
    const QUrl &url() const noexcept { return m_url; }
    bool isValid() const noexcept { return m_error.isEmpty(); }
    // Why there is no URL, with the address as it was given.
    const QString &errorString() const noexcept { return m_error; }

private:
    QUrl m_url;
    QString m_error;
};

// Whether connections to the server are encrypted: https, wss.
ENGINEIO_EXPORT bool usesTls(const QUrl &url);

// The address as specified, for display, even if QUrl cannot parse it.
ENGINEIO_EXPORT QString givenAddress(const QUrl &url);
QString invalidAddressText(const QUrl &url);
QString unsupportedSchemeText(const QUrl &url);
// What may help with either.
ENGINEIO_EXPORT QString addressHint();

// The server of url as people write it: "http://host:3000", without user information, path and
// query.
ENGINEIO_EXPORT QString displayAddress(const QUrl &url);

} // namespace EngineIo::detail

#endif
