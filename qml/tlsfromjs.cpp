// SPDX-License-Identifier: MIT
#include "tlsfromjs_p.h"

#include "optionreader_p.h"

#include <QtCore/qfile.h>
#include <QtCore/qurl.h>
#include <QtNetwork/qsslcertificate.h>
#include <QtNetwork/qsslkey.h>
#include <QtNetwork/qsslsocket.h>
#include <QtQml/qqmlcontext.h>
#include <QtQml/qqmlengine.h>

namespace SocketIo::detail {

namespace {

// Of a file, or the text in PEM itself. A relative path begins at the QML file.
QByteArray pemFromJs(const QVariant &value, const QObject *object)
{
    const QString text = value.toString();
    if (text.contains("-----BEGIN"_L1))
        return text.toLatin1();
    QUrl url(text);
    const QQmlContext *context = qmlContext(object);
    if (context && url.isRelative() && !text.startsWith(u'/'))
        url = context->resolvedUrl(url);
    const QString path = url.scheme() == "qrc"_L1 ? u':' + url.path()
        : url.isLocalFile()                       ? url.toLocalFile()
                                                  : text;
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

} // namespace

// A URL such as "http://user:password@proxy:3128" or "socks5://proxy"; false: none.
std::optional<QNetworkProxy> proxyFromJs(const QVariant &value)
{
    if (value.typeId() == QMetaType::Bool && !value.toBool())
        return QNetworkProxy(QNetworkProxy::NoProxy);
    const QUrl url(value.toString());
    const bool isHttp = url.scheme() == "http"_L1;
    if (url.host().isEmpty() || (!isHttp && url.scheme() != "socks5"_L1))
        return std::nullopt;
    return QNetworkProxy(isHttp ? QNetworkProxy::HttpProxy : QNetworkProxy::Socks5Proxy, url.host(),
                         quint16(url.port(isHttp ? 8080 : 1080)), url.userName(), url.password());
}

// With the names that Node.js has for them.
QSslConfiguration sslConfigurationFromJs(const QVariantMap &map, TlsEnd end, const QObject *object)
{
    QSslConfiguration configuration = QSslConfiguration::defaultConfiguration();
    OptionReader reader(map, object);
    const auto wrong = [&reader](const char *name) {
        reader.warnOfValue(
            QLatin1StringView(name),
            u"a file in the format PEM, or the text of one; a key needs its passphrase"_s);
    };
    if (const std::optional<QVariant> ca = reader.take(u"ca"_s)) {
        const auto certificates = QSslCertificate::fromData(pemFromJs(*ca, object));
        if (certificates.isEmpty())
            wrong("ca");
        else
            configuration.setCaCertificates(certificates);
    }
    if (const std::optional<QVariant> cert = reader.take(u"cert"_s)) {
        const auto certificates = QSslCertificate::fromData(pemFromJs(*cert, object));
        if (certificates.isEmpty())
            wrong("cert");
        else
            configuration.setLocalCertificateChain(certificates);
    }
    const QByteArray passphrase =
        reader.take(u"passphrase"_s).value_or(QVariant()).toString().toUtf8();
    if (const std::optional<QVariant> key = reader.take(u"key"_s)) {
        const QByteArray pem = pemFromJs(*key, object);
        for (const auto algorithm : {QSsl::Rsa, QSsl::Ec, QSsl::Dsa}) {
            const QSslKey privateKey(pem, algorithm, QSsl::Pem, QSsl::PrivateKey, passphrase);
            if (!privateKey.isNull())
                configuration.setPrivateKey(privateKey);
        }
        if (configuration.privateKey().isNull())
            wrong("key");
    }
    bool rejectUnauthorized = true;
    reader.read(u"rejectUnauthorized"_s, &rejectUnauthorized);
    bool requestCert = end == TlsEnd::Client;
    if (end == TlsEnd::Server)
        reader.read(u"requestCert"_s, &requestCert);
    if (!requestCert)
        configuration.setPeerVerifyMode(QSslSocket::VerifyNone);
    else if (!rejectUnauthorized)
        configuration.setPeerVerifyMode(end == TlsEnd::Server ? QSslSocket::QueryPeer
                                                              : QSslSocket::VerifyNone);
    else
        configuration.setPeerVerifyMode(QSslSocket::VerifyPeer);
    if (end == TlsEnd::Server && configuration.localCertificate().isNull())
        detail::warn(object, u"A server with TLS needs the options \"cert\" and \"key\""_s);
    return configuration;
}

} // namespace SocketIo::detail
