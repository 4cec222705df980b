// SPDX-License-Identifier: MIT
#ifndef ENGINEIO_SESSION_P_H
#define ENGINEIO_SESSION_P_H

#include "engineio/session/sessioncore_p.h"

#include <EngineIo/session.h>

#include <QtCore/qpointer.h>

namespace EngineIo {

class ServerPrivate;

// The server's-thread side of a session. Changes of the core arrive here as calls, in order.
class SessionPrivate
{
public:
    SessionPrivate(std::shared_ptr<detail::SessionCore> sessionCore, TransportType type);
    ~SessionPrivate();

    static Session *create(std::shared_ptr<detail::SessionCore> core, TransportType transport);
    static SessionPrivate *get(Session *session) { return session->d.get(); }

    void messageReceived(const Message &message);
    void messageReceived(std::unique_ptr<DecodedMessage> message);
    void packetReceived(const Packet &packet);
    void packetCreated(const Packet &packet);
    void heartbeat();
    void upgrading();
    void upgraded();
    void drained();
    // The session's own code does not touch it after this: it may have been deleted.
    void closed(CloseReason reason, const QString &description);

    void watch(const QMetaMethod &signal);
    void send(const FrameList &frames, SendFlags flags);

    Session *q = nullptr;
    const std::shared_ptr<detail::SessionCore> core;
    SessionReceiver *receiver = nullptr;
    Session::State state = Session::State::Open;
    TransportType transport;
    bool isUpgraded = false;
    detail::Watches watches;
};

} // namespace EngineIo

#endif
