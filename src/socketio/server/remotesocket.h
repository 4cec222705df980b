// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_REMOTESOCKET_H
#define SOCKETIO_REMOTESOCKET_H

#include <SocketIo/broadcastoptions.h>
#include <SocketIo/emitter.h>
#include <SocketIo/handshake.h>
#include <SocketIo/socketioglobal.h>

#include <QtCore/qmetatype.h>
#include <QtCore/qpointer.h>
#include <QtCore/qstring.h>
#include <QtCore/qstringlist.h>
#include <QtCore/qvariant.h>

#include <chrono>
#include <optional>

namespace SocketIo {

class Namespace;
class Socket;

// A socket that was returned by fetchSockets(), on this server or another server of the cluster:
// its state at that time, and functions to act on it.
class SOCKETIO_EXPORT RemoteSocket : public Emitter<RemoteSocket>
{
public:
    RemoteSocket();
    explicit RemoteSocket(Socket *socket);
    RemoteSocket(Namespace *nsp, const QString &id, const Handshake &handshake,
                 const QStringList &rooms, const QVariantMap &data);
    ~RemoteSocket();
    RemoteSocket(const RemoteSocket &other);
    RemoteSocket(RemoteSocket &&other) noexcept;
    RemoteSocket &operator=(const RemoteSocket &other);
    RemoteSocket &operator=(RemoteSocket &&other) noexcept;

    const QString &id() const noexcept { return m_id; }
    const Handshake &handshake() const noexcept { return m_handshake; }
    const QStringList &rooms() const noexcept { return m_rooms; }
    const QVariantMap &data() const noexcept { return m_data; }
    Socket *socket() const; // on this server and still there, else nullptr

    RemoteSocket timeout(std::chrono::milliseconds timeout) const;
    bool emitEventList(const QString &event, const QVariantList &args) const;
    PendingAck *emitWithAckList(const QString &event, const QVariantList &args) const;

    void join(const QString &room) const;
    void join(const QStringList &rooms) const;
    void leave(const QString &room) const;
    void disconnectSocket() const;
    void disconnectClient() const;

private:
    BroadcastOptions target() const;

    QPointer<Namespace> m_nsp;
    QPointer<Socket> m_socket;
    QString m_id;
    Handshake m_handshake;
    QStringList m_rooms;
    QVariantMap m_data;
    std::optional<std::chrono::milliseconds> m_timeout;
};

} // namespace SocketIo

Q_DECLARE_METATYPE(SocketIo::RemoteSocket)

#endif
