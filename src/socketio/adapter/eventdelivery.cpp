// SPDX-License-Identifier: MIT
#include "socketio/adapter/eventdelivery_p.h"

#include "base/callout_p.h"
#include "engineio/session/sessionaccess_p.h"
#include "socketio/parser/nesting_p.h"

#include <SocketIo/parser.h>

namespace SocketIo::detail {

using EngineIo::detail::CallOut;
using EngineIo::detail::SessionAccess;

EngineIo::SendFlags sendFlags(BroadcastFlags flags)
{
    EngineIo::SendFlags result;
    result.setFlag(EngineIo::SendFlag::Volatile, flags.testFlag(BroadcastFlag::Volatile));
    result.setFlag(EngineIo::SendFlag::NoCompression, flags.testFlag(BroadcastFlag::NoCompression));
    return result;
}

EventDelivery::EventDelivery(const AdapterHost *host, Packet &&packet, Offset offset)
    : m_host(host)
    , m_nsp(host->object())
    , m_parser(host->parser())
    , m_packet(std::move(packet))
    , m_offset(offset)
{
    m_packet.nsp = host->namespaceName();
}

bool EventDelivery::encode()
{
    CallOut out(m_nsp.data());
    if (!out.call([this] { m_frames = m_parser->encode(m_packet); }))
        return false;
    if (!m_frames.isEmpty())
        return true;
    if (m_packet.id != Packet::NoId)
        m_host->failAcks(m_packet.id, notEncodedError(m_packet.args.value(0).toString()));
    return false;
}

void EventDelivery::add(AdapterSocket &socket)
{
    switch (socket.reception()) {
    case AdapterSocket::Reception::None:
        return;
    case AdapterSocket::Reception::Held:
        socket.hold(m_packet);
        return;
    case AdapterSocket::Reception::Direct:
        break;
    }
    if (EngineIo::Session *session = socket.session()) {
        if (m_offset == Offset::Absent || socket.isRecoverable())
            m_sessions.append(session);
        else
            m_withoutOffset.append(session);
    }
    if (socket.hasOutgoingListeners())
        m_watched.append(GuardedSocket(&socket));
}

void EventDelivery::send(BroadcastFlags flags)
{
    if (!m_sessions.isEmpty())
        SessionAccess::sendToAll(m_sessions, m_frames, sendFlags(flags));
    if (!m_withoutOffset.isEmpty()) {
        Packet plain = m_packet;
        plain.args.removeLast();
        const EngineIo::FrameList frames = m_parser->encode(plain);
        QList<EngineIo::Session *> sessions;
        sessions.reserve(m_withoutOffset.size());
        for (const QPointer<EngineIo::Session> &session : std::as_const(m_withoutOffset)) {
            if (session)
                sessions.append(session);
        }
        SessionAccess::sendToAll(sessions, frames, sendFlags(flags));
    }
    // The slots of a client that was cut off by that may have deleted anything.
    for (const GuardedSocket &socket : std::as_const(m_watched)) {
        if (socket)
            socket->notifyOutgoing(m_packet.args);
    }
}

} // namespace SocketIo::detail
