// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_SERVERPROTOCOL_P_H
#define SOCKETIO_SERVERPROTOCOL_P_H

#include <SocketIo/packet.h>

#include <EngineIo/enums.h>

#include <QtCore/qstring.h>
#include <QtCore/qvariant.h>

namespace SocketIo::detail {

// How servers of different Socket.IO versions let a client into their namespaces. Events,
// acknowledgements and DISCONNECT packets are the same for all of them.
class ServerProtocol
{
public:
    static const ServerProtocol &of(EngineIo::ProtocolRevision revision);

    // Whether a new connection is in the main namespace without having asked for it. A refusal of
    // that is one of the whole connection.
    virtual bool joinsMainNamespace() const = 0;
    // Asks for a namespace with credentials, which may be nothing.
    virtual Packet connectPacket(const QString &nsp, const QVariant &auth) const = 0;
    // Removes from a received namespace what does not belong to its name.
    virtual void normalize(QString *nsp) const = 0;
    // The id of the socket that the server has welcomed; empty if its answer is of another version.
    virtual QString socketId(const QVariantMap &welcome, const QString &nsp,
                             const QString &sessionId) const = 0;

protected:
    ServerProtocol() = default;
    ~ServerProtocol() = default;
};

} // namespace SocketIo::detail

#endif
