// SPDX-License-Identifier: MIT
#include "engineio/server/serverconfig_p.h"

#include "base/logging_p.h"

#include <QtNetwork/qsslcertificate.h>
#include <QtNetwork/qsslkey.h>

namespace EngineIo::detail {

using namespace Qt::StringLiterals;

void ServerConfig::complete()
{
    QString prefix = options.path;
    if (prefix.endsWith(u'/'))
        prefix.chop(1);
    path = prefix.toUtf8();
    if (options.addTrailingSlash)
        path += '/';
    metricsPath = options.metricsPath.toUtf8();
    healthPath = options.healthPath.toUtf8();
    trustProxies();
    offerHttp2();
}

// What keeps each client from connecting over TLS; empty: nothing that can be seen.
QString ServerConfig::tlsMistake() const
{
    if (!tls)
        return {};
    const QSslCertificate certificate = tls->localCertificate();
    const QSslKey key = tls->privateKey();
    if (certificate.isNull())
        return u"the TLS configuration has no certificate (QSslConfiguration::setLocalCertificate())"_s;
    if (key.isNull())
        return u"the TLS configuration has no private key (QSslConfiguration::setPrivateKey())"_s;
    const QSslKey itsKey = certificate.publicKey();
    if (key.algorithm() != QSsl::Opaque && !itsKey.isNull() // else Qt does not know its kind
        && (key.algorithm() != itsKey.algorithm() || key.length() != itsKey.length()))
        return u"the private key of the TLS configuration is not that of its certificate"_s;
    return {};
}

void ServerConfig::offerHttp2()
{
    if (!http2)
        return;
    if (router) {
        qCWarning(lcEngine,
                  "A worker of a cluster serves HTTP/1.1 only: requests of one HTTP/2 connection "
                  "may be for sessions of several processes");
        http2.reset();
    } else if (tls && tls->allowedNextProtocols().isEmpty()) {
        auto offering = std::make_shared<QSslConfiguration>(*tls);
        offering->setAllowedNextProtocols(
            {QSslConfiguration::ALPNProtocolHTTP2, QSslConfiguration::NextProtocolHttp1_1});
        tls = std::move(offering);
    }
}

void ServerConfig::trustProxies()
{
    QStringList invalid;
    const auto header = options.forwardedHeader == ForwardedHeader::Forwarded
        ? TrustedProxies::Header::Forwarded
        : TrustedProxies::Header::XForwarded;
    auto proxies = std::make_shared<const TrustedProxies>(options.trustedProxies, header, &invalid);
    for (const QString &name : std::as_const(invalid)) {
        qCWarning(lcEngine).noquote().nospace()
            << "\"" << name
            << "\" in ServerOptions::trustedProxies is ignored: it must be an address, "
            << "a subnet such as 10.0.0.0/8, or loopback, linklocal or uniquelocal";
    }
    if (!proxies->isEmpty())
        trustedProxies = std::move(proxies);
    else if (options.proxyProtocol != ProxyProtocol::Off)
        qCWarning(lcEngine,
                  "ServerOptions::proxyProtocol has no effect without trustedProxies: "
                  "name the addresses of the proxies there");
}

} // namespace EngineIo::detail
