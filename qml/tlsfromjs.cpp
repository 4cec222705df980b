// SPDX-License-Identifier: MIT
#include "tlsfromjs_p.h"

#include "optionreader_p.h"
#include "qmlwarnings_p.h"

#include <QtCore/qfile.h>
#include <QtCore/qurl.h>
#include <QtNetwork/qsslcertificate.h>
#include <QtNetwork/qsslkey.h>
#include <QtNetwork/qsslsocket.h>
#include <QtQml/qqmlcontext.h>
#include <QtQml/qqmlengine.h>

namespace SocketIo::detail {

namespace {

// Whether a warning may name the file: a key may stand in its place, without the lines around it.
enum class FileName : quint8 { Public, MaybeSecret };

// What an option is set to: a file, or the text in PEM itself. A relative path begins at the QML
// file. Nothing if the file cannot be read, with a warning.
std::optional<QByteArray> takePem(OptionReader *reader, const QString &option, FileName name)
{
    const std::optional<QVariant> value = reader->take(option);
    if (!value)
        return std::nullopt;
    const QString text = value->toString();
    if (text.contains("-----BEGIN"_L1))
        return text.toLatin1();
    QUrl url(text);
    const QQmlContext *context = qmlContext(reader->object());
    if (context && url.isRelative() && !text.startsWith(u'/'))
        url = context->resolvedUrl(url);
    const QString path = url.scheme() == "qrc"_L1 ? u':' + url.path()
        : url.isLocalFile()                       ? url.toLocalFile()
                                                  : text;
    QFile file(path);
    if (file.open(QIODevice::ReadOnly))
        return file.readAll();
    detail::warn(
        reader->object(),
        u"The option \"%1\" has a wrong value. The file%2 cannot be read: %3"_s.arg(
            option, name == FileName::Public ? u' ' + path : QString(), file.errorString()));
    return std::nullopt;
}

} // namespace

// The members have the names that Node.js has for them.
QSslConfiguration sslConfigurationFromJs(const QVariantMap &map, TlsEnd end, const QObject *object)
{
    QSslConfiguration configuration = QSslConfiguration::defaultConfiguration();
    OptionReader reader(map, object);
    const auto wrong = [&reader](const char *name) {
        reader.warnOfValue(
            QLatin1StringView(name),
            u"a file in the format PEM, or the text of one; a key needs its passphrase"_s);
    };
    if (const auto ca = takePem(&reader, u"ca"_s, FileName::Public)) {
        const auto certificates = QSslCertificate::fromData(*ca);
        if (certificates.isEmpty())
            wrong("ca");
        else
            configuration.setCaCertificates(certificates);
    }
    if (const auto cert = takePem(&reader, u"cert"_s, FileName::Public)) {
        const auto certificates = QSslCertificate::fromData(*cert);
        if (certificates.isEmpty())
            wrong("cert");
        else
            configuration.setLocalCertificateChain(certificates);
    }
    const QByteArray passphrase =
        reader.take(u"passphrase"_s).value_or(QVariant()).toString().toUtf8();
    if (const auto key = takePem(&reader, u"key"_s, FileName::MaybeSecret)) {
        for (const auto algorithm : {QSsl::Rsa, QSsl::Ec, QSsl::Dsa}) {
            const QSslKey privateKey(*key, algorithm, QSsl::Pem, QSsl::PrivateKey, passphrase);
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
