// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_REDISSOCKET_P_H
#define SOCKETIO_REDISSOCKET_P_H

#include "redis/redisoptions.h"

#include <QtCore/qiodevice.h>
#include <QtCore/qobject.h>

#include <memory>

namespace SocketIo::detail {

// The bytes of one connection to Redis, over TCP, TLS or a local socket, as the URL says. Its
// signals are emitted from events of their own, with nothing of Qt's sockets on the stack, so it
// may be deleted in them.
class RedisSocket final : public QObject
{
    Q_OBJECT

public:
    static constexpr quint16 DefaultPort = 6379;
    static bool isLocal(const QUrl &url);

    void open(const QUrl &url, const RedisOptions &options);
    void write(const QByteArray &bytes) { m_device->write(bytes); }
    QByteArray readAll() { return m_device->readAll(); }
    qint64 bytesToWrite() const { return m_device->bytesToWrite(); }
    // So that what has been written leaves even if the event loop does not run again.
    void flush();
    // What may be wrong with a server that has said nothing and lets the time pass or has failed;
    // empty if it does not look like a mistake with TLS.
    QString doubt() const;

Q_SIGNALS:
    void connected();
    void readyRead();
    void failed(const QString &reason);

private:
    template<typename Socket>
    void adopt(Socket *socket);
    void openTcp(const QUrl &url, const RedisOptions &options);
    void openLocal(const QString &path);

    enum class Progress { None, Connected, Encrypted };

    std::unique_ptr<QIODevice> m_device;
    Progress m_progress = Progress::None;
};

} // namespace SocketIo::detail

#endif
