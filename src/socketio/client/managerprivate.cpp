// SPDX-License-Identifier: MIT
#include "socketio/client/manager_p.h"

#include "socketio/client/clientsocket_p.h"
#include "socketio/client/managerregistry_p.h"
#include "socketio/client/networkwatcher_p.h"

#include <QtNetwork/qnetworkaccessmanager.h>

#include <algorithm>
#include <utility>

namespace SocketIo {

using namespace Qt::StringLiterals;
using EngineIo::CloseReason;

namespace {

Error toError(const EngineIo::ClientError &error)
{
    if (!error.isError())
        return {};
    QVariantMap data;
    if (!error.description().isEmpty())
        data.insert(u"description"_s, error.description());
    if (error.httpStatus() != 0) {
        data.insert(u"status"_s, error.httpStatus());
        data.insert(u"body"_s, QString::fromUtf8(error.httpBody()));
    }
    if (error.closeCode() != 0)
        data.insert(u"code"_s, error.closeCode());
    const Error::Type type = error.type() == EngineIo::ClientError::Type::Protocol
        ? Error::Type::Protocol
        : Error::Type::Transport;
    const QString message = error.message().isEmpty() ? error.description() : error.message();
    return Error(type, message, data.isEmpty() ? QVariant() : QVariant(data));
}

ClientSocket::DisconnectReason toDisconnectReason(CloseReason reason)
{
    using Reason = ClientSocket::DisconnectReason;
    switch (reason) {
    case CloseReason::PingTimeout:
        return Reason::PingTimeout;
    case CloseReason::TransportError:
        return Reason::TransportError;
    case CloseReason::ParseError:
        return Reason::ParseError;
    case CloseReason::ForcedClose:
        return Reason::ForcedClose;
    default:
        return Reason::TransportClose;
    }
}

} // namespace

ManagerPrivate::ManagerPrivate(Manager *manager, const QUrl &serverUrl,
                               const ClientOptions &clientOptions)
    : q(manager)
    , url(serverUrl)
    , options(clientOptions)
    , parser(clientOptions.parser ? clientOptions.parser : std::make_shared<JsonParser>())
    , openTimer(manager)
    , waitTimer(manager)
{
    backoff.setMinimum(options.reconnectionDelay);
    backoff.setMaximum(options.reconnectionDelayMax);
    backoff.setJitter(options.randomizationFactor);
    openTimer.setSingleShot(true);
    QObject::connect(&openTimer, &QTimer::timeout, &openTimer, [this] { openTimedOut(); });
    waitTimer.setSingleShot(true);
    QObject::connect(&waitTimer, &QTimer::timeout, &waitTimer, [this] { attempt(); });
}

ManagerPrivate::~ManagerPrivate() = default;

ClientSocket *ManagerPrivate::socket(const QString &name, const ClientOptions &socketOptions)
{
    const QString nsp = name.startsWith(u'/') ? name : u'/' + name;
    ClientSocket *socket = byName.value(nsp);
    if (!socket) {
        socket = ClientSocketPrivate::create(this, nsp, socketOptions);
        byName.insert(nsp, socket);
        sockets.append(socket);
    }
    if (options.autoConnect && !socket->isActive())
        socket->connect();
    return socket;
}

template<typename Call>
void ManagerPrivate::forEachSocket(Call call)
{
    QList<QPointer<ClientSocket>> all;
    all.reserve(sockets.size());
    for (ClientSocket *socket : std::as_const(sockets))
        all.append(socket);
    const QPointer<Manager> guard(q);
    for (const QPointer<ClientSocket> &socket : std::as_const(all)) {
        if (socket)
            call(ClientSocketPrivate::get(socket));
        if (!guard)
            return;
    }
}

bool ManagerPrivate::hasActiveSocket() const
{
    return std::any_of(sockets.cbegin(), sockets.cend(),
                       [](const ClientSocket *socket) { return socket->isActive(); });
}

void ManagerPrivate::setState(State newState)
{
    if (state == newState)
        return;
    state = newState;
    Q_EMIT q->stateChanged(newState);
}

void ManagerPrivate::open()
{
    if (state == State::Open || state == State::Opening)
        return;
    skipReconnection = false;
    if (state == State::Waiting)
        attempt();
    else
        openEngine();
}

// While the manager waits for the time of an attempt, a socket waits with it.
void ManagerPrivate::openForSocket()
{
    if (state == State::Closed)
        open();
}

void ManagerPrivate::openEngine()
{
    waitTimer.stop();
    if (!network) {
        network = new QNetworkAccessManager(q);
        if (options.proxy)
            network->setProxy(*options.proxy);
    }
    auto *client = new EngineIo::Client(url, options, q);
    engine = client;
    client->setNetworkAccessManager(network);
    client->setReceiver(this);
    QObject::connect(client, &EngineIo::Client::opened, q, [this] { engineOpened(); });
    QObject::connect(client, &EngineIo::Client::errorOccurred, q,
                     [this](const EngineIo::ClientError &error) { engineFailed(error); });
    QObject::connect(client, &EngineIo::Client::closed, q,
                     [this](CloseReason reason, const EngineIo::ClientError &details) {
                         engineClosed(reason, details);
                     });
    QObject::connect(client, &EngineIo::Client::pinged, q, &Manager::pinged);
    QObject::connect(client, &EngineIo::Client::transportChanged, q, &Manager::transportChanged);
    QObject::connect(client, &EngineIo::Client::latencyChanged, q, &Manager::latencyChanged);
    if (options.timeout)
        openTimer.start(*options.timeout);
    const QPointer<Manager> guard(q);
    setState(State::Opening);
    if (guard && engine == client)
        client->open();
}

void ManagerPrivate::engineOpened()
{
    openTimer.stop();
    decoder = parser->createDecoder();
    packet = std::make_unique<Packet>();
    const bool again = std::exchange(reconnecting, false);
    const int attempts = backoff.attempts();
    backoff.reset();
    const QPointer<Manager> guard(q);
    setState(State::Open);
    if (guard && isOpen())
        Q_EMIT q->opened();
    if (guard && isOpen())
        forEachSocket([](ClientSocketPrivate *socket) { socket->managerOpened(); });
    if (guard && isOpen() && again)
        Q_EMIT q->reconnected(attempts);
}

void ManagerPrivate::engineFailed(const EngineIo::ClientError &error)
{
    if (state == State::Opening)
        failOpening(toError(error));
    else if (state == State::Open)
        Q_EMIT q->errorOccurred(toError(error)); // it closes next
}

void ManagerPrivate::openTimedOut()
{
    if (state == State::Opening)
        failOpening(Error(Error::Type::Timeout, u"timeout"_s));
}

void ManagerPrivate::failOpening(const Error &error)
{
    const bool again = std::exchange(reconnecting, false);
    const QPointer<Manager> guard(q);
    enterClosed(Release::Abort);
    if (guard)
        Q_EMIT q->errorOccurred(error);
    if (guard)
        forEachSocket([&error](ClientSocketPrivate *socket) { socket->managerFailed(error); });
    if (guard && again)
        Q_EMIT q->reconnectError(error);
    if (guard && (again || backoff.attempts() == 0))
        scheduleAttempt();
}

void ManagerPrivate::engineClosed(CloseReason reason, const EngineIo::ClientError &details)
{
    if (state == State::Opening)
        failOpening(Error(Error::Type::Transport, EngineIo::closeReasonText(reason)));
    else if (state == State::Open)
        loseConnection(reason, toError(details));
}

void ManagerPrivate::loseConnection(CloseReason reason, const Error &details)
{
    backoff.reset();
    const QPointer<Manager> guard(q);
    enterClosed(Release::Close);
    if (guard)
        Q_EMIT q->closed(reason, details);
    if (guard) {
        forEachSocket([reason, &details](ClientSocketPrivate *socket) {
            socket->managerClosed(toDisconnectReason(reason), details);
        });
    }
    if (guard)
        scheduleAttempt();
}

void ManagerPrivate::enterClosed(Release how)
{
    const bool hadTransport = engine && engine->transport();
    releaseEngine(how);
    const QPointer<Manager> guard(q);
    setState(State::Closed);
    if (guard && hadTransport)
        Q_EMIT q->transportChanged(q->transport());
    if (guard && hadTransport)
        Q_EMIT q->latencyChanged(q->latency());
}

// The engine finishes on its own: it delivers what was sent before it closes.
void ManagerPrivate::releaseEngine(Release how)
{
    openTimer.stop();
    EngineIo::Client *client = engine;
    engine.clear();
    if (!client)
        return;
    client->disconnect(q);
    client->setReceiver(nullptr);
    ++closingEngines;
    QObject::connect(client, &EngineIo::Client::closed, client, &QObject::deleteLater);
    QObject::connect(client, &QObject::destroyed, q, [this] {
        --closingEngines;
        deleteWhenUnused();
    });
    if (client->state() == EngineIo::Client::State::Closed)
        client->deleteLater();
    else if (how == Release::Abort)
        client->abort();
    else
        client->close();
}

void ManagerPrivate::scheduleAttempt()
{
    if (!options.reconnection || skipReconnection || reconnecting || state != State::Closed)
        return;
    if (options.reconnectionAttempts >= 0 && backoff.attempts() >= options.reconnectionAttempts) {
        backoff.reset();
        Q_EMIT q->reconnectFailed();
        return;
    }
    reconnecting = true;
    if (detail::NetworkWatcher *watcher = detail::NetworkWatcher::instance();
        watcher && !std::exchange(watchesNetwork, true)) {
        QObject::connect(watcher, &detail::NetworkWatcher::networkCameBack, q, [this] {
            if (state == State::Waiting)
                attempt();
        });
    }
    waitTimer.start(backoff.next());
    setState(State::Waiting);
}

void ManagerPrivate::attempt()
{
    waitTimer.stop();
    if (state != State::Waiting)
        return;
    const QPointer<Manager> guard(q);
    Q_EMIT q->reconnectAttempted(backoff.attempts());
    if (guard && state == State::Waiting)
        openEngine();
}

void ManagerPrivate::close()
{
    skipReconnection = true;
    reconnecting = false;
    waitTimer.stop();
    backoff.reset();
    if (state == State::Waiting) {
        setState(State::Closed); // closed() was emitted when the connection broke
    } else if (state != State::Closed) {
        loseConnection(CloseReason::ForcedClose, {});
    }
}

void ManagerPrivate::setReconnection(bool on)
{
    if (options.reconnection == on)
        return;
    options.reconnection = on;
    const QPointer<Manager> guard(q);
    Q_EMIT q->reconnectionChanged(on);
    if (!guard || options.reconnection || state != State::Waiting)
        return;
    reconnecting = false;
    waitTimer.stop();
    backoff.reset();
    setState(State::Closed);
}

bool ManagerPrivate::send(const Packet &toSend, EngineIo::SendFlags flags)
{
    if (!engine)
        return false;
    const EngineIo::FrameList frames = parser->encode(toSend);
    return !frames.isEmpty() && engine->send(frames, flags);
}

void ManagerPrivate::socketDeactivated()
{
    if (!hasActiveSocket())
        close();
}

void ManagerPrivate::removeSocket(ClientSocket *socket)
{
    byName.remove(socket->nsp());
    sockets.removeAll(socket);
    const QPointer<Manager> guard(q);
    if (!hasActiveSocket())
        close();
    if (guard)
        deleteWhenUnused();
}

void ManagerPrivate::deleteWhenUnused()
{
    if (!registry || !sockets.isEmpty())
        return;
    registry->retire(q);
    if (closingEngines == 0)
        q->deleteLater();
}

void ManagerPrivate::deleteSockets()
{
    QList<QPointer<ClientSocket>> all;
    for (ClientSocket *socket : std::as_const(sockets)) {
        ClientSocketPrivate::get(socket)->manager = nullptr;
        all.append(socket);
    }
    sockets.clear();
    byName.clear();
    for (const QPointer<ClientSocket> &socket : std::as_const(all))
        delete socket;
}

void ManagerPrivate::messageReceived(const EngineIo::Message &message)
{
    using Status = Decoder::Status;
    const Status status = message.isBinary() ? decoder->addBinary(message.bytes(), packet.get())
                                             : decoder->addText(message.bytes(), packet.get());
    if (status == Status::NeedMore)
        return;
    if (status == Status::Error) {
        loseConnection(CloseReason::ParseError,
                       Error(Error::Type::Protocol, QString::fromUtf8(decoder->errorString())));
        return;
    }
    // The next packet may come while this one is being handled.
    const Packet received = std::exchange(*packet, Packet());
    const QPointer<Manager> guard(q);
    Q_EMIT q->packetReceived(received);
    if (!guard)
        return;
    if (ClientSocket *socket = byName.value(received.nsp))
        ClientSocketPrivate::get(socket)->handlePacket(received);
}

} // namespace SocketIo
