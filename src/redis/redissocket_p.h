// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_REDISSOCKET_P_H
#define SOCKETIO_REDISSOCKET_P_H

#include "redis/redisoptions.h"

#include <QtCore/qiodevice.h>
#include <QtCore/qobject.h>

#include <memory>

namespace SocketIo::detail {

// Transfers the bytes of one connection to Redis, over TCP, TLS or a local socket, depending on the
// URL. Its signals are emitted from events of their own, with no code of Qt's sockets on the stack,
// so that it may be deleted in their slots.
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
    // Sends what has been written even if the event loop does not run again.
    void flush();
    // Returns what may be wrong if the server has sent nothing and the time is over or the
    // connection has failed; empty if it does not look like a mistake about TLS.
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
