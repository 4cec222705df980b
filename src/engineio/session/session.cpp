// SPDX-License-Identifier: MIT
#include "engineio/session/session_p.h"

#include "base/callapplication_p.h"
#include "base/callout_p.h"
#include "base/threadcheck_p.h"

#include <QtCore/qmetaobject.h>
#include <QtNetwork/qsslcertificate.h>

namespace EngineIo {

using detail::SessionCore;
using detail::Watch;

SessionObserver::~SessionObserver() = default;

// The private side

SessionPrivate::SessionPrivate(std::shared_ptr<SessionCore> sessionCore, TransportType type)
    : core(std::move(sessionCore))
    , transport(type)
{
    core->facade = this;
}

SessionPrivate::~SessionPrivate()
{
    core->facade = nullptr;
    if (state != Session::State::Closed)
        core->tell([](SessionCore &c) { c.abort(CloseReason::ForcedClose); });
}

Session *SessionPrivate::create(std::shared_ptr<SessionCore> core, TransportType transport)
{
    auto d = std::make_unique<SessionPrivate>(std::move(core), transport);
    SessionPrivate *p = d.get();
    p->q = new Session(std::move(d), nullptr);
    return p->q;
}

void SessionPrivate::reportWaiting(const std::shared_ptr<SessionCore> &core)
{
    // Each may delete the facade.
    while (core->facade && !core->facade->waiting.empty()) {
        detail::Task task = std::move(core->facade->waiting.front());
        core->facade->waiting.pop_front();
        task.run();
    }
    if (core->facade)
        core->facade->reporting = false;
}

void SessionPrivate::endItself()
{
    if (std::exchange(endsItself, true) || waiting.empty())
        return;
    // Its end may be among what waits.
    QMetaObject::invokeMethod(
        q, [core = core] { reportWaiting(core); }, Qt::QueuedConnection);
}

// Nothing comes after abort(), although the end of what that cuts off may still be on its way.
void SessionPrivate::messageReceived(const Message &message)
{
    if (state == Session::State::Open && !endsItself)
        detail::callApplication([&] { Q_EMIT q->messageReceived(message); });
}

void SessionPrivate::messageReceived(std::unique_ptr<DecodedMessage> message)
{
    if (observer && state == Session::State::Open && !endsItself)
        observer->messageReceived(std::move(message));
}

void SessionPrivate::packetReceived(const Packet &packet)
{
    detail::callApplication([&] { Q_EMIT q->packetReceived(packet); });
}

void SessionPrivate::packetCreated(const Packet &packet)
{
    detail::callApplication([&] { Q_EMIT q->packetCreated(packet); });
}

void SessionPrivate::heartbeat()
{
    detail::callApplication([&] { Q_EMIT q->heartbeat(); });
}

void SessionPrivate::upgrading()
{
    detail::callApplication([&] { Q_EMIT q->upgrading(); });
}

void SessionPrivate::upgraded()
{
    transport = TransportType::WebSocket;
    isUpgraded = true;
    detail::callApplication([&] { Q_EMIT q->upgraded(); });
}

void SessionPrivate::drained()
{
    detail::callApplication([&] { Q_EMIT q->drained(); });
}

void SessionPrivate::closed(CloseReason reason, const QString &description)
{
    state = Session::State::Closed;
    detail::CallOut out(q);
    if (SessionObserver *r = std::exchange(observer, nullptr))
        out.call([&] { r->sessionClosed(reason, description); });
    out.emitSignal(&Session::stateChanged, Session::State::Closed);
    if (out.emitSignal(&Session::closed, reason, description))
        out.object()->deleteLater();
}

void SessionPrivate::watch(const QMetaMethod &signal)
{
    if (signal == QMetaMethod::fromSignal(&Session::packetReceived))
        watches |= Watch::PacketReceived;
    else if (signal == QMetaMethod::fromSignal(&Session::packetCreated))
        watches |= Watch::PacketCreated;
    else if (signal == QMetaMethod::fromSignal(&Session::heartbeat))
        watches |= Watch::Heartbeat;
    else if (signal == QMetaMethod::fromSignal(&Session::drained))
        watches |= Watch::Drained;
    core->setWatches(watches);
}

void SessionPrivate::send(const FrameList &frames, SendFlags flags)
{
    if (state != Session::State::Open)
        return;
    if (watches.testFlag(Watch::PacketCreated)) {
        detail::CallOut out(q);
        for (const Frame &frame : frames) {
            const Message message = frame.message();
            if (!out.emitSignal(&Session::packetCreated,
                                {PacketType::Message, message.isBinary(), message.bytes()}))
                return;
        }
    }
    detail::ThreadBridge &bridge = core->bridge();
    const quint32 turn = bridge.serverTurn();
    if (bridge.isDirect())
        core->send(frames, flags, turn);
    else
        core->tell([frames, flags, turn](SessionCore &c) { c.send(frames, flags, turn); });
}

// The public side

/*!
    \enum EngineIo::Session::State
    \value Open     messages go both ways
    \value Closing  close() was called; what was sent before leaves
    \value Closed   the session has ended
*/

/*!
    \class EngineIo::Session
    \inmodule QtSocketIo
    \inheaderfile EngineIo/Session
    \since QtSocketIo 0.1
    \brief One client's connection, whatever transports carry it (Engine.IO: Socket).

    A Server makes a session for each client that completes the handshake and hands it out with
    Server::connection(). It lives in the server's thread and deletes itself (deleteLater()) after
    closed(). Deleting it earlier closes the connection.

    Nothing of a session may be used from another thread.

    A server that sends back what it receives:

    \snippet reference.cpp Session
*/

Session::Session(std::unique_ptr<SessionPrivate> p, QObject *parent)
    : QObject(parent)
    , d(std::move(p))
{
}

/*! Closes the session if it is still open; closed() is not emitted then. */
Session::~Session()
{
    if (SessionObserver *observer = std::exchange(d->observer, nullptr))
        observer->sessionDeleted();
}

/*!
    \property EngineIo::Session::id
    \brief the session's id (Engine.IO: \c id, on the wire \c sid).

    Anyone who knows it can act as the client: do not show it to other clients.
*/
QString Session::id() const
{
    return d->core->id();
}

/*!
    \property EngineIo::Session::state
    \brief whether the session is open, waits for its last packets to leave, or has ended
    (Engine.IO: \c readyState).
*/
Session::State Session::state() const
{
    return d->state;
}

/*! Returns the transport in use. */
TransportType Session::transport() const
{
    return d->transport;
}

/*!
    \property EngineIo::Session::transportName
    \brief "polling" or "websocket" (Engine.IO: \c transport.name).
*/
QString Session::transportName() const
{
    return EngineIo::transportName(d->transport);
}

/*! Returns whether the session began with polling and has moved to a WebSocket. */
bool Session::isUpgraded() const
{
    return d->isUpgraded;
}

/*!
    Returns the version of the Engine.IO protocol that the client speaks: 4, or 3 where
    ServerOptions::allowEIO3 lets old clients in (Engine.IO: \c protocol).
*/
int Session::protocol() const
{
    return d->core->protocol().revision();
}

/*! Returns the first request of the session, without its body (Engine.IO: \c request). */
HttpRequest Session::request() const
{
    return d->core->request();
}

/*! Returns the address of the TCP peer, which may be a proxy (Engine.IO: \c remoteAddress). */
QHostAddress Session::remoteAddress() const
{
    return d->core->request().remoteAddress();
}

/*! Returns the client's certificate, where TLS was told to ask for one; else a null one. */
QSslCertificate Session::peerCertificate() const
{
    return d->core->request().peerCertificate();
}

/*!
    Sends \a message. Packets leave in the order they were sent, at the end of the current turn of
    the event loop. With SendFlag::Volatile in \a flags the message is dropped unless the
    transport can take it at once. After close() nothing is sent. (Engine.IO: \c send, \c write)
*/
void Session::send(const Message &message, SendFlags flags)
{
    send(FrameList{Frame::fromMessage(message)}, flags);
}

/*!
    \overload
    Sends \a frames, which were encoded before and may be shared with other sessions: all of them,
    or none.
*/
void Session::send(const FrameList &frames, SendFlags flags)
{
    if (detail::isInThreadOf(this, "EngineIo::Session::send()"))
        d->send(frames, flags);
}

// See SessionAccess.
void Session::sendNow(const FrameList &frames, SendFlags flags)
{
    d->send(frames, flags);
}

// See SessionAccess.
void Session::send(std::unique_ptr<FrameSource> source, SendFlags flags)
{
    detail::ThreadBridge &bridge = d->core->bridge();
    if (bridge.isDirect() || d->watches.testFlag(Watch::PacketCreated)) {
        detail::CallOut out(this);
        FrameList frames; // which may come from the application
        if (out.call([&] { frames = source->frames(); }))
            d->send(frames, flags);
    } else if (d->state == State::Open) {
        d->core->tell(
            [source = std::move(source), flags, turn = bridge.serverTurn()](SessionCore &core) {
                if (core.isOpen())
                    core.send(source->frames(), flags, turn);
            });
    }
}

// See SessionAccess.
void Session::sendToAll(const QList<Session *> &sessions, const FrameList &frames, SendFlags flags)
{
    struct Group // the sessions of one I/O thread
    {
        detail::ThreadBridge *bridge;
        std::vector<std::shared_ptr<SessionCore>> cores;
    };
    std::vector<Group> groups;        // as few as there are threads
    QList<QPointer<Session>> watched; // a slot may delete any of them: after the others
    for (Session *session : sessions) {
        SessionPrivate *d = session->d.get();
        detail::ThreadBridge &own = d->core->bridge();
        if (d->watches.testFlag(Watch::PacketCreated)) {
            watched.append(session);
            continue;
        }
        if (own.isDirect()) {
            d->send(frames, flags); // which calls nobody
            continue;
        }
        auto group = std::find_if(groups.begin(), groups.end(),
                                  [&own](const Group &each) { return each.bridge == &own; });
        if (group == groups.end())
            group = groups.insert(group, Group{&own, {}});
        group->cores.push_back(d->core);
    }
    for (Group &group : groups) {
        group.bridge->tellIo(
            [cores = std::move(group.cores), frames, flags, turn = group.bridge->serverTurn()] {
                for (const std::shared_ptr<SessionCore> &core : cores)
                    core->send(frames, flags, turn);
            });
    }
    for (const QPointer<Session> &session : std::as_const(watched)) {
        if (session)
            session->d->send(frames, flags);
    }
}

// See SessionAccess.
void Session::setObserver(SessionObserver *observer)
{
    d->observer = observer;
}

/*!
    Closes the session when all that was sent before has left (Engine.IO: \c close). A polling
    client hears of it with its next poll, for which the session waits up to 30 seconds; state() is
    State::Closing meanwhile. The reason is CloseReason::ForcedClose.
*/
void Session::close()
{
    if (!detail::isInThreadOf(this, "EngineIo::Session::close()") || d->state != State::Open)
        return;
    d->state = State::Closing;
    d->endItself();
    if (detail::CallOut(this).emitSignal(&Session::stateChanged, State::Closing))
        d->core->tell([](SessionCore &core) { core.close(); });
}

/*! Closes the session now, for \a reason; what has not left yet is lost. */
void Session::abort(CloseReason reason)
{
    abortBecause(reason, {});
}

/*! \internal */
void Session::abortBecause(CloseReason reason, const QString &description)
{
    if (!detail::isInThreadOf(this, "EngineIo::Session::abort()") || d->state == State::Closed)
        return;
    d->endItself();
    d->core->tell([reason, description](SessionCore &core) { core.abort(reason, description); });
}

/*! \internal Starts to watch what a connected signal needs. */
void Session::connectNotify(const QMetaMethod &signal)
{
    d->watch(signal);
}

/*!
    \fn void EngineIo::Session::messageReceived(const EngineIo::Message &message)
    This signal is emitted when \a message has come in (Engine.IO: \c message), unless the server
    has a MessageDecoder.
*/
/*!
    \fn void EngineIo::Session::packetReceived(const EngineIo::Packet &packet)
    This signal is emitted when \a packet, of whatever type, has come in (Engine.IO: \c packet).
*/
/*!
    \fn void EngineIo::Session::packetCreated(const EngineIo::Packet &packet)
    This signal is emitted when \a packet, of whatever type, is about to be sent (Engine.IO:
    \c packetCreate).
*/
/*!
    \fn void EngineIo::Session::heartbeat()
    This signal is emitted when the client has answered a ping (Engine.IO: \c heartbeat).
*/
/*!
    \fn void EngineIo::Session::upgrading()
    This signal is emitted when the client tries a WebSocket (Engine.IO: \c upgrading).
*/
/*!
    \fn void EngineIo::Session::upgraded()
    This signal is emitted when the WebSocket has taken over from polling (Engine.IO: \c upgrade).
*/
/*!
    \fn void EngineIo::Session::drained()
    This signal is emitted when all packets sent so far have been handed to the system (Engine.IO:
    \c drain).
*/
/*!
    \fn void EngineIo::Session::closed(EngineIo::CloseReason reason, const QString &description)
    This signal is emitted, once, when the session has ended for \a reason, with a \a description
    where there is more to say (Engine.IO: \c close). The session is deleted later.
*/

} // namespace EngineIo

#include "moc_session.cpp"
