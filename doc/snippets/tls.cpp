// SPDX-License-Identifier: MIT
#include "snippets.h"

#include <QtCore/QFile>
#include <QtNetwork/QSslCertificate>
#include <QtNetwork/QSslConfiguration>
#include <QtNetwork/QSslKey>
#include <QtNetwork/QSslSocket>

using namespace Qt::StringLiterals;

//! [server]
QSslConfiguration withCertificate(const QString &certificate, const QString &key)
{
    QSslConfiguration tls = QSslConfiguration::defaultConfiguration();
    tls.setLocalCertificateChain(QSslCertificate::fromPath(certificate));
    QFile file(key);
    if (file.open(QIODevice::ReadOnly))
        tls.setPrivateKey(QSslKey(&file, QSsl::Rsa));
    return tls;
}

bool listenWithTls(SocketIo::Server *io, const QString &certificate, const QString &key)
{
    io->setSslConfiguration(withCertificate(certificate, key));
    return io->listen(QHostAddress::LocalHost);
}
//! [server]

//! [client]
SocketIo::ClientSocket *connectWithTls(const QUrl &url, const QString &authority)
{
    QSslConfiguration tls = QSslConfiguration::defaultConfiguration();
    tls.setCaCertificates(QSslCertificate::fromPath(authority));
    SocketIo::ClientOptions options;
    options.sslConfiguration = tls;
    return SocketIo::Manager::connectTo(url, options);
}
//! [client]

//! [verifying server]
bool listenForKnownClients(SocketIo::Server *io, const QString &certificate, const QString &key,
                           const QString &authority)
{
    QSslConfiguration tls = withCertificate(certificate, key);
    tls.setCaCertificates(QSslCertificate::fromPath(authority));
    tls.setPeerVerifyMode(QSslSocket::VerifyPeer);
    io->setSslConfiguration(tls);
    return io->listen(QHostAddress::LocalHost);
}
//! [verifying server]

//! [client with certificate]
SocketIo::ClientSocket *connectWithCertificate(const QUrl &url, const QString &certificate,
                                               const QString &key, const QString &authority)
{
    QSslConfiguration tls = withCertificate(certificate, key);
    tls.setCaCertificates(QSslCertificate::fromPath(authority));
    SocketIo::ClientOptions options;
    options.sslConfiguration = tls;
    return SocketIo::Manager::connectTo(url, options);
}
//! [client with certificate]

//! [peer certificate]
void nameByCertificate(SocketIo::Socket *socket, const SocketIo::Next &next)
{
    const QSslCertificate certificate = socket->request().peerCertificate();
    socket->setDataValue(u"name"_s,
                         certificate.subjectInfo(QSslCertificate::CommonName).join(u' '));
    next();
}
//! [peer certificate]
