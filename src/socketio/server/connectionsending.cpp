// SPDX-License-Identifier: MIT
// What goes to a client: packets, and the answers to those that are not let in.
#include "socketio/server/connection_p.h"

#include "base/homethread_p.h"
#include "base/logtext_p.h"
#include "socketio/parser/nesting_p.h"
#include "socketio/parser/packettext_p.h"
#include "socketio/server/packetsource_p.h"
#include "socketio/server/server_p.h"
#include "socketio/server/serverlogging_p.h"
#include "socketio/server/socket_p.h"

#include <QtCore/qpointer.h>

#include <utility>

namespace SocketIo::detail {

using namespace Qt::StringLiterals;
using EngineIo::detail::SessionAccess;
using EngineIo::detail::shortened;

namespace {

// The event will never be answered, as it has not been sent.
void failAck(Socket *socket, qint64 id, const QString &event)
{
    if (socket && SocketPrivate::get(socket)->acks)
        SocketPrivate::get(socket)->acks->fail(id, notEncodedError(event));
}

} // namespace

// What log messages call the connection.
QString Connection::text() const
{
    return m_session ? u"client "_s + m_session->id() : u"a client that is gone"_s;
}

void Connection::logPacket(const char *what, const Packet &packet) const
{
    qCDebug(lcServerPackets).noquote() << text() << what << packetText(packet);
}

void Connection::send(Packet &&packet, EngineIo::SendFlags flags)
{
    if (!isOpen() || !m_server)
        return;
    if (lcServerPackets().isDebugEnabled())
        logPacket("is sent", packet);
    const std::shared_ptr<const Parser> parser = m_server->parser;
    if (m_server->encodesInIoThreads && !hasOwnTypes(packet)) {
        std::function<void()> failed;
        if (packet.id != Packet::NoId && packet.type == PacketType::Event) {
            failed = EngineIo::detail::callableInAnyThread(
                [socket = QPointer<Socket>(socketOf(packet.nsp)), id = packet.id,
                 event = packet.args.value(0).toString()] { failAck(socket, id, event); });
        }
        SessionAccess::send(
            m_session, std::make_unique<PacketSource>(parser, std::move(packet), std::move(failed)),
            flags);
        return;
    }
    // The parser may be the application's.
    const auto self = shared_from_this();
    const EngineIo::FrameList frames = parser->encode(packet);
    if (!frames.isEmpty() && isOpen())
        SessionAccess::send(m_session, frames, flags);
    else if (frames.isEmpty() && packet.id != Packet::NoId && packet.type == PacketType::Event)
        failAck(socketOf(packet.nsp), packet.id, packet.args.value(0).toString());
}

Socket *Connection::socketOf(const QString &nsp)
{
    const Membership *membership = find(nsp);
    return membership ? membership->socket : nullptr;
}

void Connection::refuse(const QString &nsp, const Error &error)
{
    sendRefusal(nsp, error.message(), m_protocol.refusal(error));
}

void Connection::refuseInvalid(const QString &nsp)
{
    refuseNamespace(nsp, u"Invalid namespace"_s);
}

// As Node.js answers the clients of all versions.
void Connection::refuseNamespace(const QString &nsp, const QString &reason)
{
    sendRefusal(nsp, reason, QVariantMap{{u"message"_s, reason}});
}

void Connection::sendRefusal(const QString &nsp, const QString &reason, const QVariant &data)
{
    qCDebug(lcServer).noquote() << text() << "is not let into" << shortened(nsp)
                                << "because:" << reason;
    Packet packet;
    packet.type = PacketType::ConnectError;
    packet.nsp = nsp;
    packet.data = data;
    send(std::move(packet));
}

} // namespace SocketIo::detail
