// SPDX-License-Identifier: MIT
#ifndef CERTIFICATES_H
#define CERTIFICATES_H

#include <QtCore/qfile.h>
#include <QtCore/qtemporarydir.h>
#include <QtNetwork/qsslcertificate.h>
#include <QtNetwork/qsslconfiguration.h>
#include <QtNetwork/qsslkey.h>
#include <QtNetwork/qsslsocket.h>

#include <cstdlib>

// The test's own certificate authority, with certificates for a server and a client. Needs
// the program openssl.
class Certificates
{
public:
    Certificates()
    {
        m_valid = m_folder.isValid() && make(QStringLiteral("authority"), true)
            && make(QStringLiteral("server"), false) && make(QStringLiteral("client"), false);
    }
    bool isValid() const { return m_valid; }

    QSslCertificate certificate(const QString &name) const
    {
        return QSslCertificate::fromPath(path(name, QStringLiteral("pem"))).value(0);
    }
    QSslKey key(const QString &name) const
    {
        QFile file(path(name, QStringLiteral("key")));
        return file.open(QIODevice::ReadOnly) ? QSslKey(&file, QSsl::Rsa) : QSslKey();
    }
    QString path(const QString &name, const QString &suffix) const
    {
        return m_folder.filePath(name + QLatin1Char('.') + suffix);
    }

    QSslConfiguration forServer(QSslSocket::PeerVerifyMode mode = QSslSocket::VerifyNone) const
    {
        QSslConfiguration configuration = forClient(QStringLiteral("server"));
        configuration.setPeerVerifyMode(mode);
        return configuration;
    }
    // name: whose certificate to show; empty: none.
    QSslConfiguration forClient(const QString &name = {}) const
    {
        QSslConfiguration configuration = QSslConfiguration::defaultConfiguration();
        configuration.setCaCertificates({certificate(QStringLiteral("authority"))});
        if (!name.isEmpty()) {
            configuration.setLocalCertificate(certificate(name));
            configuration.setPrivateKey(key(name));
        }
        return configuration;
    }

private:
    bool make(const QString &name, bool authority)
    {
        using namespace Qt::StringLiterals;
        QStringList args = {u"req"_s,
                            u"-x509"_s,
                            u"-newkey"_s,
                            u"rsa:2048"_s,
                            u"-nodes"_s,
                            u"-days"_s,
                            u"2"_s,
                            u"-subj"_s,
                            u"/CN="_s + name,
                            u"-keyout"_s,
                            path(name, u"key"_s),
                            u"-out"_s,
                            path(name, u"pem"_s)};
        if (!authority) {
            args += {u"-addext"_s, u"subjectAltName=DNS:localhost"_s,
                     u"-addext"_s, u"basicConstraints=CA:FALSE"_s,
                     u"-CA"_s,     path(u"authority"_s, u"pem"_s),
                     u"-CAkey"_s,  path(u"authority"_s, u"key"_s)};
        }
        // QProcess would confuse ThreadSanitizer, as its child shares the parent's memory.
        const QString command = u"openssl '"_s + args.join(u"' '"_s) + u"' >/dev/null 2>&1"_s;
        return std::system(QFile::encodeName(command).constData()) == 0;
    }

    QTemporaryDir m_folder;
    bool m_valid = false;
};

#endif
