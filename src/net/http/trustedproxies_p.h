// SPDX-License-Identifier: MIT
#ifndef ENGINEIO_TRUSTEDPROXIES_P_H
#define ENGINEIO_TRUSTEDPROXIES_P_H

#include <EngineIo/engineioglobal.h>
#include <EngineIo/httpheaders.h>

#include <QtCore/qlist.h>
#include <QtCore/qstringlist.h>
#include <QtNetwork/qhostaddress.h>

#include <optional>
#include <utility>

namespace EngineIo::detail {

// The origin of a request as reported by the proxies in front of this server.
struct ForwardedClient
{
    QHostAddress address;
    quint16 port = 0; // 0: not known
    std::optional<bool> secure;
};

// The proxies that are trusted, and what they report. A proxy adds what it knows at the end, so a
// report is read from its end, and only as far as the proxies that wrote it are trusted: the client
// may have made up everything before that.
class ENGINEIO_AUTOTEST_EXPORT TrustedProxies
{
public:
    // A client can send both headers, and a proxy overwrites only the one that it knows, so one has
    // to be chosen.
    enum class Header { XForwarded, Forwarded };

    // Addresses, subnets ("10.0.0.0/8") and the names "loopback", "linklocal" and "uniquelocal".
    // Other names are ignored, and added to invalid.
    explicit TrustedProxies(const QStringList &names, Header header = Header::XForwarded,
                            QStringList *invalid = nullptr);

    bool isEmpty() const noexcept { return m_subnets.isEmpty(); }
    bool contains(const QHostAddress &address) const;

    // Returns the client of a request that has come from peer, which is trusted.
    ForwardedClient client(const QHostAddress &peer, quint16 peerPort,
                           const HttpHeaders &headers) const;

private:
    bool add(const QString &name);

    QList<std::pair<QHostAddress, int>> m_subnets;
    Header m_header;
};

} // namespace EngineIo::detail

#endif
