// SPDX-License-Identifier: MIT
#include "engineio/server/serverconfig_p.h"

#include "base/logging_p.h"
#include "base/paths_p.h"

#include <QtCore/qurl.h>
#include <QtNetwork/qsslcertificate.h>
#include <QtNetwork/qsslkey.h>

namespace EngineIo::detail {

using namespace Qt::StringLiterals;

namespace {

// What browsers send as the Origin header in place of given; empty: given itself, or nothing like it.
QString meantOrigin(const QString &given)
{
    if (given == u"null") // of pages that have no origin
        return {};
    const QUrl url(given.contains(u"://"_s) ? given : u"https://"_s + given);
    // That of pages in an application has no host, such as "file://".
    const bool isOfTheWeb = url.scheme() == u"http" || url.scheme() == u"https";
    if (!isOfTheWeb && url.isValid() && !given.contains(u'*'))
        return {};
    if (given.isEmpty() || !url.isValid() || url.host().isEmpty() || url.host().contains(u'*'))
        return u"https://example.com"_s;
    QUrl origin;
    origin.setScheme(url.scheme());
    origin.setHost(url.host());
    const int usual = url.scheme() == u"https" ? 443 : url.scheme() == u"http" ? 80 : -1;
    if (url.port() != usual)
        origin.setPort(url.port());
    const QString meant = QString::fromLatin1(origin.toEncoded());
    return meant.compare(given, Qt::CaseInsensitive) == 0 ? QString() : meant;
}

QByteArray pathIfSet(const QString &path)
{
    return path.isEmpty() ? QByteArray() : withLeadingSlash(path).toUtf8();
}

} // namespace

// One that no browser sends keeps out all that it is meant to let in.
void ServerConfig::checkOrigins() const
{
    for (const QString &origin : options.allowedOrigins) {
        if (origin == u"*") {
            qCWarning(lcEngine,
                      "ServerOptions::allowedOrigins has \"*\", which is no origin: leave the list "
                      "empty to let pages of all origins connect");
            continue;
        }
        const QString meant = meantOrigin(origin);
        if (!meant.isEmpty()) {
            qCWarning(lcEngine).noquote()
                << u"ServerOptions::allowedOrigins has \"%1\", which no browser sends: an origin "
                   u"is a "
                   "scheme, a host and, unless it is the usual one, a port, such as \"%2\""_s.arg(
                       origin, meant);
        }
    }
}

void ServerConfig::complete()
{
    checkOrigins();
    path = pathPrefix(options.path).toUtf8();
    if (options.addTrailingSlash)
        path += '/';
    metricsPath = pathIfSet(options.metricsPath);
    healthPath = pathIfSet(options.healthPath);
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
    const QSslKey certificateKey = certificate.publicKey();
    // Qt does not know the kind of each key.
    if (key.algorithm() != QSsl::Opaque && !certificateKey.isNull()
        && (key.algorithm() != certificateKey.algorithm()
            || key.length() != certificateKey.length())) {
        return u"the private key of the TLS configuration is not that of its certificate"_s;
    }
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
