// SPDX-License-Identifier: MIT
#ifndef ENGINEIO_SESSION_P_H
#define ENGINEIO_SESSION_P_H

#include "base/task_p.h"
#include "engineio/session/sessionaccess_p.h"
#include "engineio/session/sessioncore_p.h"

#include <EngineIo/session.h>

#include <QtCore/qpointer.h>

#include <list>

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
    void messageReceived(std::unique_ptr<detail::DecodedMessage> message);
    void packetReceived(const Packet &packet);
    void packetCreated(const Packet &packet);
    void heartbeat();
    void upgrading();
    void upgraded();
    void drained();
    // The session's own code does not touch it after this: it may have been deleted.
    void closed(CloseReason reason, const QString &description);

    // Calls function(facade) of the core's facade, for what comes from the I/O thread. While one
    // such call runs, that is in a nested event loop of a slot, those that follow wait, in order.
    template<typename Function>
    static void report(const std::shared_ptr<detail::SessionCore> &core, Function &&function)
    {
        SessionPrivate *d = core->facade;
        if (!d)
            return;
        if (d->reporting && !d->endsItself) {
            d->waiting.emplace_back([core, function = std::forward<Function>(function)]() mutable {
                if (core->facade)
                    function(*core->facade);
            });
            return;
        }
        const bool outermost = !std::exchange(d->reporting, true);
        function(*d);
        if (outermost && core->facade)
            reportWaiting(core);
    }
    static void reportWaiting(const std::shared_ptr<detail::SessionCore> &core);
    // The application ends the session and may wait for that in a slot of it.
    void endItself();

    void watch(const QMetaMethod &signal);
    void send(const FrameList &frames, SendFlags flags);

    Session *q = nullptr;
    const std::shared_ptr<detail::SessionCore> core;
    detail::SessionObserver *observer = nullptr;
    Session::State state = Session::State::Open;
    TransportType transport;
    bool isUpgraded = false;
    detail::Watches watches;
    std::list<detail::Task> waiting; // until the slot that runs has returned; mostly there is none
    bool reporting = false;
    bool endsItself = false;
};

template<typename Function>
void detail::SessionCore::tellFacade(Function &&function)
{
    if (bridge().isDirect()) {
        if (facade)
            function(*facade);
        return;
    }
    bridge().tellServer(
        [core = shared_from_this(), function = std::forward<Function>(function)]() mutable {
            SessionPrivate::report(core, std::move(function));
        });
}

} // namespace EngineIo

#endif
