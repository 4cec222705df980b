// SPDX-License-Identifier: MIT
#include "redis/redissocket_p.h"

#include <QtCore/qmetaobject.h>
#include <QtNetwork/qlocalsocket.h>
#include <QtNetwork/qsslsocket.h>

namespace SocketIo::detail {

using namespace Qt::StringLiterals;

bool RedisSocket::isLocal(const QUrl &url)
{
    return url.scheme() == "unix"_L1;
}

void RedisSocket::open(const QUrl &url, const RedisOptions &options)
{
    const QString scheme = url.scheme();
    if (isLocal(url)) {
        openLocal(url.path());
    } else if (scheme == "redis"_L1 || scheme == "rediss"_L1) {
        openTcp(url, options);
    } else {
        const QString reason = u"the scheme \"%1\" is not redis, rediss or unix"_s.arg(scheme);
        QMetaObject::invokeMethod(
            this, [this, reason] { Q_EMIT failed(reason); }, Qt::QueuedConnection);
    }
}

template<typename Socket>
void RedisSocket::adopt(Socket *socket)
{
    m_device.reset(socket);
    connect(
        socket, &Socket::errorOccurred, this,
        [this, socket] { Q_EMIT failed(socket->errorString()); }, Qt::QueuedConnection);
    connect(socket, &QIODevice::readyRead, this, &RedisSocket::readyRead, Qt::QueuedConnection);
}

void RedisSocket::openTcp(const QUrl &url, const RedisOptions &options)
{
    auto *socket = new QSslSocket;
    adopt(socket);
    const quint16 port = quint16(url.port(DefaultPort));
    connect(socket, &QAbstractSocket::connected, this,
            [this] { m_progress = Progress::Connected; });
    connect(socket, &QSslSocket::encrypted, this, [this] { m_progress = Progress::Encrypted; });
    if (url.scheme() == "rediss"_L1) {
        if (options.sslConfiguration)
            socket->setSslConfiguration(*options.sslConfiguration);
        connect(socket, &QSslSocket::encrypted, this, &RedisSocket::connected,
                Qt::QueuedConnection);
        socket->connectToHostEncrypted(url.host(), port);
    } else {
        connect(socket, &QAbstractSocket::connected, this, &RedisSocket::connected,
                Qt::QueuedConnection);
        socket->connectToHost(url.host(), port);
    }
}

void RedisSocket::openLocal(const QString &path)
{
    auto *socket = new QLocalSocket;
    adopt(socket);
    connect(socket, &QLocalSocket::connected, this, &RedisSocket::connected, Qt::QueuedConnection);
    socket->connectToServer(path);
}

QString RedisSocket::doubt() const
{
    const auto *const tcp = qobject_cast<const QSslSocket *>(m_device.get());
    if (!tcp || m_progress != Progress::Connected)
        return {};
    using Failure = QAbstractSocket::SocketError;
    const Failure failure = tcp->error();
    if (tcp->mode() == QSslSocket::UnencryptedMode) {
        return failure == Failure::RemoteHostClosedError
            ? u"perhaps it speaks TLS at this port: use a URL that begins with rediss:"_s
            : QString();
    }
    // Errors about certificates need no further explanation.
    const bool isMute = failure == Failure::UnknownSocketError
        || failure == Failure::RemoteHostClosedError
        || tcp->errorString().contains(u"wrong version number"_s);
    return isMute
        ? u"perhaps it does not speak TLS at this port: use a URL that begins with redis:"_s
        : QString();
}

void RedisSocket::flush()
{
    if (auto *tcp = qobject_cast<QSslSocket *>(m_device.get()))
        tcp->flush();
    else if (auto *local = qobject_cast<QLocalSocket *>(m_device.get()))
        local->flush();
}

} // namespace SocketIo::detail
