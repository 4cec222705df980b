// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_EVENTDELIVERY_P_H
#define SOCKETIO_EVENTDELIVERY_P_H

#include "socketio/adapter/adapterhost_p.h"

#include <EngineIo/Session>
#include <EngineIo/enums.h>

#include <QtCore/qlist.h>
#include <QtCore/qpointer.h>

#include <memory>

namespace SocketIo::detail {

EngineIo::SendFlags sendFlags(BroadcastFlags flags);

// The delivery of an event to many sockets of a server. First the event is encoded, possibly by the
// application's parser; then the receivers are collected, without calling the application; then the
// event is sent to them.
class EventDelivery
{
public:
    // Whether the last argument is an offset, which is only for clients that may come back.
    enum class Offset : bool { Absent, Present };

    EventDelivery(const AdapterHost *host, Packet &&packet, Offset offset = Offset::Absent);

    // Returns false if the namespace is gone, or there is nothing to send: acknowledgements have
    // failed then.
    bool encode();
    void add(AdapterSocket &socket);
    // May end with the namespace, its adapter and all its sockets deleted.
    void send(BroadcastFlags flags);

private:
    const AdapterHost *const m_host; // as long as m_nsp
    const QPointer<QObject> m_nsp;
    const std::shared_ptr<const Parser> m_parser;
    Packet m_packet;
    const Offset m_offset;
    EngineIo::FrameList m_frames;
    QList<EngineIo::Session *> m_sessions;
    QList<QPointer<EngineIo::Session>> m_withoutOffset; // of clients that cannot come back
    QList<GuardedSocket> m_watched; // those with listeners for what is sent to them
};

} // namespace SocketIo::detail

#endif
