// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_CLIENTPROTOCOL_P_H
#define SOCKETIO_CLIENTPROTOCOL_P_H

#include <SocketIo/error.h>
#include <SocketIo/packet.h>

#include <QtCore/qstring.h>
#include <QtCore/qvariant.h>

namespace EngineIo {
class Session;
}

namespace SocketIo::detail {

// How the clients of different Socket.IO versions join namespaces. Events, acknowledgements and
// DISCONNECT packets are the same for all of them.
class ClientProtocol
{
public:
    static const ClientProtocol &of(const EngineIo::Session *session);

    // Whether the client is in the main namespace without having asked for it.
    virtual bool joinsMainNamespace() const = 0;
    // Whether the client can come back after a broken connection and get what it has missed.
    virtual bool recovers() const = 0;
    // Brings a packet into the form that the newest clients send.
    virtual void normalize(Packet *packet) const = 0;
    virtual QString newSocketId(const QString &nsp, const QString &sessionId) const = 0;
    // What a CONNECT carries that tells a client that it has joined; no pid: it cannot come back.
    virtual QVariant welcome(const QString &socketId, const QString &pid) const = 0;
    // What a CONNECT_ERROR carries after a middleware has refused the client.
    virtual QVariant refusal(const Error &error) const = 0;

protected:
    ClientProtocol() = default;
    ~ClientProtocol() = default;
};

} // namespace SocketIo::detail

#endif
