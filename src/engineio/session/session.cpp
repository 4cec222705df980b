// SPDX-License-Identifier: MIT
#include "engineio/session/session_p.h"

#include "base/callapplication_p.h"
#include "base/callout_p.h"
#include "base/threadcheck_p.h"

#include <QtCore/qmetaobject.h>
#include <QtNetwork/qsslcertificate.h>

namespace EngineIo {

using detail::SessionCore;
using detail::SessionObserver;
using detail::Watch;

detail::SessionObserver::~SessionObserver() = default;

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

void SessionPrivate::messageReceived(std::unique_ptr<detail::DecodedMessage> message)
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
    \value Open messages can be sent and received
    \value Closing close() was called; messages sent before are still being delivered
    \value Closed   the session has ended
*/

/*!
    \class EngineIo::Session
    \inmodule QtSocketIo
    \inheaderfile EngineIo/Session
    \since QtSocketIo 0.1
    \brief Represents the connection of one client, independent of its transport (Engine.IO:
    Socket).

    A Server creates a session for each client that completes the handshake and emits
    Server::connection() with it. The session is owned by the server and deletes itself with
    deleteLater() after closed() has been emitted. Deleting it earlier closes the connection.

    A session lives in the server's thread and must not be used from any other thread.

    A server that sends back what it receives:

    \snippet reference.cpp Session
*/

Session::Session(std::unique_ptr<SessionPrivate> p, QObject *parent)
    : QObject(parent)
    , d(std::move(p))
{
}

/*! Destroys the session. If it is still open, it is closed without emitting closed(). */
Session::~Session()
{
    if (SessionObserver *observer = std::exchange(d->observer, nullptr))
        observer->sessionDeleted();
}

/*!
    \property EngineIo::Session::id
    \brief the session's id (Engine.IO: \c id, on the wire \c sid).

    Anyone who knows the id can act as the client, so do not disclose it to other clients.
*/
QString Session::id() const
{
    return d->core->id();
}

/*!
    \property EngineIo::Session::state
    \brief whether the session is open, is waiting for its last packets to be sent, or has ended
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

/*! Returns whether the session started with polling and has been upgraded to WebSocket. */
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

/*!
    Returns the client's certificate, or a null certificate if the TLS configuration does not
    request one.
*/
QSslCertificate Session::peerCertificate() const
{
    return d->core->request().peerCertificate();
}

/*!
    Sends \a message. Packets are sent in the order of the calls, at the end of the current
    iteration of the event loop. If \a flags contains SendFlag::Volatile, the message is dropped
    unless the transport can send it immediately. After close(), nothing is sent (Engine.IO:
    \c send, \c write).
*/
void Session::send(const Message &message, SendFlags flags)
{
    send(FrameList{Frame::fromMessage(message)}, flags);
}

/*!
    \overload
    Sends the encoded \a frames, which may be shared with other sessions. Either all frames are sent
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
void Session::send(std::unique_ptr<detail::FrameSource> source, SendFlags flags)
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
    std::vector<SessionCore *> own;   // of this thread
    QList<QPointer<Session>> watched; // a slot may delete any of them: after the others
    own.reserve(size_t(sessions.size()));
    for (Session *session : sessions) {
        SessionPrivate *d = session->d.get();
        if (d->state != State::Open)
            continue;
        if (d->watches.testFlag(Watch::PacketCreated)) {
            watched.append(session);
            continue;
        }
        detail::ThreadBridge &bridge = d->core->bridge();
        if (bridge.isDirect()) {
            own.push_back(d->core.get());
            continue;
        }
        auto group = std::find_if(groups.begin(), groups.end(),
                                  [&bridge](const Group &each) { return each.bridge == &bridge; });
        if (group == groups.end())
            group = groups.insert(group, Group{&bridge, {}});
        group->cores.push_back(d->core);
    }
    // Most of this is waiting for memory. As the loops are apart, the processor waits for that of
    // several sessions at the same time. The calls call nobody who could delete a session.
    for (SessionCore *core : own)
        core->send(frames, flags, core->bridge().serverTurn());
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
    Closes the session with CloseReason::ForcedClose after all pending messages have been sent
    (Engine.IO: \c close). A polling client is notified with its next poll, for which the session
    waits up to 30 seconds. Until then, state() is State::Closing.
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

/*!
    Closes the session immediately; closed() is then emitted with CloseReason::ForcedClose. Messages
    that have not been sent yet are lost.
*/
void Session::abort()
{
    abortBecause(CloseReason::ForcedClose, {});
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
    This signal is emitted when \a message has been received (Engine.IO: \c message), but not for
    the sessions of a SocketIo::Server.
*/
/*!
    \fn void EngineIo::Session::packetReceived(const EngineIo::Packet &packet)
    This signal is emitted when \a packet, of any type, has been received (Engine.IO: \c packet).
*/
/*!
    \fn void EngineIo::Session::packetCreated(const EngineIo::Packet &packet)
    This signal is emitted when \a packet, of any type, is about to be sent (Engine.IO:
    \c packetCreate).
*/
/*!
    \fn void EngineIo::Session::heartbeat()
    This signal is emitted when the client has answered a ping (Engine.IO: \c heartbeat).
*/
/*!
    \fn void EngineIo::Session::upgrading()
    This signal is emitted when the client starts an upgrade to WebSocket (Engine.IO: \c upgrading).
*/
/*!
    \fn void EngineIo::Session::upgraded()
    This signal is emitted when the session has been upgraded to WebSocket (Engine.IO: \c upgrade).
*/
/*!
    \fn void EngineIo::Session::drained()
    This signal is emitted when all packets sent so far have been passed to the operating system
    (Engine.IO: \c drain).
*/
/*!
    \fn void EngineIo::Session::closed(EngineIo::CloseReason reason, const QString &description)
    This signal is emitted once, when the session has ended for \a reason (Engine.IO: \c close).
    \a description contains details, if there are any. The session is deleted when control returns
    to the event loop.
*/

} // namespace EngineIo

#include "moc_session.cpp"
