// SPDX-License-Identifier: MIT
#include "socketio/client/manager_p.h"

#include "base/callapplication_p.h"
#include "base/callout_p.h"
#include "base/movecheck_p.h"
#include "base/timelimits_p.h"
#include "engineio/client/serveraddress_p.h"
#include "socketio/client/clienterrors_p.h"
#include "socketio/client/clientlogging_p.h"
#include "socketio/client/clientsocket_p.h"
#include "socketio/client/managerregistry_p.h"
#include "socketio/client/networkwatcher_p.h"

#include <QtCore/qcoreapplication.h>
#include <QtCore/qmetaobject.h>
#include <QtNetwork/qnetworkaccessmanager.h>

#include <utility>

// How a manager gets its connection, keeps it, gets it back and ends it.
namespace SocketIo {

using namespace Qt::StringLiterals;
using detail::lcClient;
using EngineIo::CloseReason;
using EngineIo::detail::callApplication;
using EngineIo::detail::CallOut;

ManagerPrivate::ManagerPrivate(Manager *manager, const QUrl &serverUrl,
                               const ClientOptions &clientOptions)
    : slotWatch(manager, [this] { return address(); })
    , lossReport(manager, [this](const QString &text) { warn(text); })
    , q(manager)
    , options(clientOptions)
    , protocol(detail::ServerProtocol::of(clientOptions.protocol))
    , m_mainNamespace(manager, protocol.joinsMainNamespace(),
                      [this](const Packet &refusal) { refuseOthers(refusal); })
    , m_partings(manager, this, protocol.joinsMainNamespace())
    , m_parser(clientOptions.parser ? clientOptions.parser : std::make_shared<JsonParser>())
    , m_openTimer(manager)
    , m_waitTimer(manager)
{
    new EngineIo::detail::MoveCheck(
        q, "before open(), which needs ClientOptions::autoConnect to be false",
        [this] { return registry || m_ownNetwork || state != State::Closed; });
    setUrl(serverUrl);
    backoff.setMinimum(options.reconnectionDelay);
    backoff.setMaximum(options.reconnectionDelayMax);
    backoff.setJitter(options.randomizationFactor);
    m_openTimer.setSingleShot(true);
    QObject::connect(&m_openTimer, &QTimer::timeout, &m_openTimer, [this] { openTimedOut(); });
    m_waitTimer.setSingleShot(true);
    // The coarse timers of all processes end at the same moments of each second: clients that the
    // back-off has spread would come back together.
    m_waitTimer.setTimerType(Qt::PreciseTimer);
    QObject::connect(&m_waitTimer, &QTimer::timeout, &m_waitTimer, [this] { attempt(); });
}

ManagerPrivate::~ManagerPrivate() = default;

// Returns whether it is another one.
bool ManagerPrivate::setUrl(const QUrl &newUrl)
{
    const EngineIo::detail::ServerAddress serverAddress(newUrl);
    const QUrl normalized = serverAddress.isValid() ? serverAddress.url() : newUrl;
    urlError = serverAddress.errorString();
    return std::exchange(url, normalized) != normalized;
}

// While there is a connection, that is where it leads to: setUrl() is for the next one.
QString ManagerPrivate::address() const
{
    if (engine)
        return EngineIo::detail::displayAddress(engine->url());
    if (urlError.isEmpty())
        return EngineIo::detail::displayAddress(url);
    const QString given = EngineIo::detail::givenAddress(url);
    return given.isEmpty() ? u"a server without an address"_s : u'"' + given + u'"';
}

void ManagerPrivate::setState(State newState)
{
    if (state == newState)
        return;
    state = newState;
    callApplication([&] { Q_EMIT q->stateChanged(newState); });
}

void ManagerPrivate::open()
{
    if (state == State::Open || state == State::Opening)
        return;
    CallOut out(q);
    // The connection before finishes on its own.
    if (state == State::Closing)
        finishClosing(CloseReason::ForcedClose, {});
    if (!out)
        return;
    m_skipReconnection = false;
    if (state == State::Waiting)
        attempt();
    else if (state == State::Closed)
        openEngine();
}

// While the manager waits for the time of an attempt, a socket waits with it.
void ManagerPrivate::openForSocket()
{
    if (state == State::Closed || state == State::Closing)
        open();
}

void ManagerPrivate::close()
{
    m_skipReconnection = true;
    m_reconnecting = false;
    m_waitTimer.stop();
    backoff.reset();
    CallOut out(q, [wasTrying = isTrying()] { return wasTrying; });
    if (state == State::Waiting || (state == State::Opening && !engine))
        setState(State::Closed); // closed() was emitted when the connection broke
    else if (state == State::Opening)
        loseConnection(CloseReason::ForcedClose, {}); // nothing was sent
    else if (state == State::Open)
        closeGracefully();
    if (out)
        noteWaiting();
}

// Nobody makes a connection any more.
void ManagerPrivate::noteWaiting()
{
    for (const auto &[number, socket] : m_sockets)
        ClientSocketPrivate::get(socket)->noteWaiting();
}

// The sockets have left at once; closed() follows when all that they have sent has gone out.
void ManagerPrivate::closeGracefully()
{
    qCDebug(lcClient).noquote() << "Closing the connection to" << address();
    for (const auto &[number, socket] : m_sockets)
        ClientSocketPrivate::get(socket)->connectionLost(
            ClientSocket::DisconnectReason::ForcedClose, {}, {},
            detail::joinError(CloseReason::ForcedClose, {}, address(), socket->nsp()));
    m_partings.end(); // nothing is joined on this connection any more
    EngineIo::Client *client = engine;
    EngineIo::detail::ClientAccess::setObserver(client, nullptr);
    CallOut out(q);
    setState(State::Closing);
    out.call([this] { forEachSocket([](ClientSocketPrivate *socket) { socket->reportLoss(); }); });
    if (out && state == State::Closing && engine == client)
        client->close();
}

void ManagerPrivate::finishClosing(CloseReason reason, const Error &details)
{
    qCDebug(lcClient).noquote() << "Closed the connection to"
                                << address() + (details ? u": "_s + details.message() : QString());
    const bool isRefusal = details.data().toMap().contains(u"code"_s); // by a close frame
    if (details && engine
        && (isRefusal
            || EngineIo::detail::ClientAccess::undeliveredCount(engine) > farewellCount()))
        logFailure(q->receivers(SIGNAL(closed(EngineIo::CloseReason, SocketIo::Error))) > 0,
                   details);
    m_unflushed.clear();
    CallOut out(q);
    enterClosed(Release::Close);
    out.emitSignal(&Manager::closed, reason, details);
    if (out)
        deleteWhenUnused();
}

void ManagerPrivate::setReconnection(bool on)
{
    if (options.reconnection == on)
        return;
    options.reconnection = on;
    CallOut out(q);
    out.emitSignal(&Manager::reconnectionChanged, on);
    if (!out || options.reconnection || state != State::Waiting)
        return;
    m_reconnecting = false;
    m_waitTimer.stop();
    backoff.reset();
    setState(State::Closed);
    if (out)
        noteWaiting();
}

void ManagerPrivate::openEngine()
{
    m_waitTimer.stop();
    m_attemptDue = false;
    if (!urlError.isEmpty()) {
        // As with all errors, the caller must be able to connect to the signal first.
        QMetaObject::invokeMethod(
            q, [this] { refuseUrl(); }, Qt::QueuedConnection);
        setState(State::Opening);
        return;
    }
    if (!registry) {
        registry = detail::ManagerRegistry::ofThread();
        registry->add(q);
    }
    if (!network) {
        m_ownNetwork = EngineIo::detail::ClientAccess::createNetwork(options);
        network = m_ownNetwork.get();
    }
    qCDebug(lcClient).noquote() << "Connecting to" << address();
    auto *client = new EngineIo::Client(url, options, q);
    engine = client;
    client->setNetworkAccessManager(network);
    connectEngine(client);
    if (options.timeout)
        m_openTimer.start(EngineIo::detail::timerTime(*options.timeout));
    CallOut out(q, [this, client] { return engine == client; });
    setState(State::Opening);
    out.call([client] { client->open(); });
}

void ManagerPrivate::connectEngine(EngineIo::Client *client)
{
    using EngineIo::Client;
    EngineIo::detail::ClientAccess::setObserver(client, this);
    QObject::connect(client, &Client::opened, q, [this] { engineOpened(); });
    QObject::connect(client, &Client::errorOccurred, q,
                     [this](const EngineIo::ClientError &error) { engineFailed(error); });
    QObject::connect(client, &Client::closed, q,
                     [this](CloseReason reason, const EngineIo::ClientError &details) {
                         engineClosed(reason, details);
                     });
    // A change of the transport may be the end of what held back the last packets.
    QObject::connect(client, &Client::drained, q, [this] { engineDrained(); });
    QObject::connect(client, &Client::upgraded, q, [this] { engineDrained(); });
    QObject::connect(client, &Client::upgradeFailed, q, [this] { engineDrained(); });
    QObject::connect(client, &Client::pinged, q, &Manager::pinged);
    QObject::connect(client, &Client::transportChanged, q, [this](const QString &name) {
        CallOut out(q);
        out.emitSignal(&Manager::transportChanged, name);
        out.call([&] {
            forEachSocket([&](ClientSocketPrivate *socket) {
                callApplication([&] { Q_EMIT socket->q->transportChanged(name); });
            });
        });
    });
    QObject::connect(client, &Client::latencyChanged, q, [this](double latency) {
        CallOut out(q);
        m_reportedLatency = latency;
        out.call([this] { m_partings.confirmed(); });
        out.emitSignal(&Manager::latencyChanged, latency);
        out.call([&] {
            forEachSocket([&](ClientSocketPrivate *socket) {
                callApplication([&] { Q_EMIT socket->q->latencyChanged(latency); });
            });
        });
    });
}

void ManagerPrivate::refuseUrl()
{
    if (state != State::Opening || engine || urlError.isEmpty())
        return;
    Error error(Error::Type::Argument, urlError);
    error.setHint(EngineIo::detail::addressHint());
    const bool again = std::exchange(m_reconnecting, false);
    backoff.reset();
    logFailure(isConnectErrorHeard(), error);
    CallOut out(q);
    setState(State::Closed);
    out.emitSignal(&Manager::errorOccurred, error);
    out.call([&] {
        forEachSocket([&error](ClientSocketPrivate *socket) { socket->managerRefused(error); });
    });
    if (again) {
        out.emitSignal(&Manager::reconnectError, error);
        out.emitSignal(&Manager::reconnectFailed);
    }
}

void ManagerPrivate::engineOpened()
{
    m_openTimer.stop();
    m_decoder = m_parser->createDecoder();
    m_packet = std::make_shared<Packet>();
    m_failureReported = false;
    m_mainNamespace.begin();
    m_partings.begin(engine);
    m_heartbeat = engine->pingInterval() + engine->pingTimeout();
    const bool again = std::exchange(m_reconnecting, false);
    const int attempts = backoff.attempts();
    backoff.reset();
    qCDebug(lcClient).noquote() << "Connected to" << address() << "over"
                                << engine->transportName() + u", session "_s + engine->id();
    CallOut out(q, [this, client = engine.data()] { return engine == client && isOpen(); });
    setState(State::Open);
    out.emitSignal(&Manager::opened);
    out.call(
        [this] { forEachSocket([](ClientSocketPrivate *socket) { socket->managerOpened(); }); });
    if (again)
        out.emitSignal(&Manager::reconnected, attempts);
}

void ManagerPrivate::engineFailed(const EngineIo::ClientError &error)
{
    if (state == State::Opening)
        failOpening(detail::connectError(error, address()));
    else if (state == State::Open)
        callApplication([&] { // it closes next
            Q_EMIT q->errorOccurred(detail::connectionError(error, address()));
        });
}

void ManagerPrivate::openTimedOut()
{
    if (state == State::Opening && engine)
        failOpening(detail::openTimeoutError(address(), *options.timeout));
}

void ManagerPrivate::failOpening(const Error &error)
{
    // Applications that handle no errors, or not yet, get a hint; one is enough.
    logFailure(isConnectErrorHeard() || std::exchange(m_failureReported, true), error);
    const bool again = std::exchange(m_reconnecting, false);
    m_attemptDue = true;
    CallOut out(q);
    enterClosed(Release::Abort);
    out.emitSignal(&Manager::errorOccurred, error);
    out.call([&] {
        forEachSocket([&error](ClientSocketPrivate *socket) { socket->managerFailed(error); });
    });
    if (again)
        out.emitSignal(&Manager::reconnectError, error);
    if (!out)
        return;
    if (again || backoff.attempts() == 0)
        scheduleAttempt();
    else
        m_attemptDue = false;
}

void ManagerPrivate::engineClosed(CloseReason reason, const EngineIo::ClientError &details)
{
    const auto closeDetails = [&] {
        return detail::closeError(reason, details, address(), m_heartbeat);
    };
    if (state == State::Opening)
        failOpening(detail::connectError(
            details.isError() ? details
                              : EngineIo::ClientError(EngineIo::ClientError::Type::Network,
                                                      EngineIo::closeReasonText(reason)),
            address()));
    else if (state == State::Closing)
        finishClosing(reason, closeDetails());
    else if (state == State::Open)
        loseConnection(reason, closeDetails());
}

void ManagerPrivate::loseConnection(CloseReason reason, const Error &details)
{
    backoff.reset();
    logLoss(reason, details);
    // All sockets change before the application hears of anything: it may connect again at once.
    for (const auto &[number, socket] : m_sockets) {
        ClientSocketPrivate::get(socket)->connectionLost(
            detail::toDisconnectReason(reason), details.message(), details,
            detail::joinError(reason, details, address(), socket->nsp()));
    }
    m_unflushed.clear();
    m_attemptDue = true;
    CallOut out(q);
    enterClosed(Release::Close);
    out.emitSignal(&Manager::closed, reason, details);
    out.call([this] { forEachSocket([](ClientSocketPrivate *socket) { socket->reportLoss(); }); });
    if (out)
        scheduleAttempt();
}

void ManagerPrivate::enterClosed(Release how)
{
    const bool hadTransport = engine && engine->transport();
    CallOut out(q);
    if (!out.call([this, how] { releaseEngine(how); }))
        return;
    setState(State::Closed);
    if (hadTransport && out) {
        out.emitSignal(&Manager::transportChanged, q->transportName());
        out.call([this] {
            forEachSocket([](ClientSocketPrivate *socket) {
                callApplication(
                    [&] { Q_EMIT socket->q->transportChanged(socket->q->transportName()); });
            });
        });
    }
    if (out && std::exchange(m_reportedLatency, -1) >= 0) {
        out.emitSignal(&Manager::latencyChanged, q->latency());
        out.call([this] {
            forEachSocket([](ClientSocketPrivate *socket) {
                callApplication([&] { Q_EMIT socket->q->latencyChanged(socket->q->latency()); });
            });
        });
    }
}

// The engine finishes on its own: it delivers what was sent before it closes.
void ManagerPrivate::releaseEngine(Release how)
{
    m_openTimer.stop();
    m_partings.end();
    m_mainNamespace.end();
    EngineIo::Client *client = engine;
    engine.clear();
    if (!client)
        return;
    client->disconnect(q);
    EngineIo::detail::ClientAccess::setObserver(client, nullptr);
    const bool closed = client->state() == EngineIo::Client::State::Closed;
    if (how == Release::Close && !closed && registry && QCoreApplication::instance()) {
        registry->close(client, m_ownNetwork, options.quitTimeout, farewellCount());
        return;
    }
    CallOut out(client); // which the application may know, and its slots may delete the manager
    if (!closed)
        out.call([client] { client->abort(); });
    if (out)
        client->deleteLater();
}

bool ManagerPrivate::hasAttemptsLeft() const
{
    return options.reconnection && !m_skipReconnection
        && (options.reconnectionAttempts < 0 || backoff.attempts() < options.reconnectionAttempts);
}

void ManagerPrivate::scheduleAttempt()
{
    m_attemptDue = false;
    if (!options.reconnection || m_skipReconnection || m_reconnecting || state != State::Closed) {
        noteWaiting();
        return;
    }
    if (!hasAttemptsLeft()) {
        backoff.reset();
        Error error(Error::Type::Transport,
                    (options.reconnectionAttempts == 1
                         ? u"giving up connecting to %1 after %2 attempt"_s
                         : u"giving up connecting to %1 after %2 attempts"_s)
                        .arg(address(), QString::number(options.reconnectionAttempts)));
        error.setHint(u"Call open() to try again, or raise the option reconnectionAttempts."_s);
        logFailure(isReconnectFailedHeard(), error);
        noteWaiting();
        callApplication([&] { Q_EMIT q->reconnectFailed(); });
        return;
    }
    m_reconnecting = true;
    if (detail::NetworkWatcher *watcher = detail::NetworkWatcher::instance();
        watcher && !std::exchange(m_watchesNetwork, true)) {
        QObject::connect(watcher, &detail::NetworkWatcher::networkCameBack, q, [this] {
            if (state == State::Waiting)
                attempt();
        });
    }
    const std::chrono::milliseconds delay = backoff.next();
    qCDebug(lcClient).noquote() << "Attempt" << backoff.attempts() << "to connect to" << address()
                                << "again in" << delay.count() << "ms";
    m_waitTimer.start(EngineIo::detail::timerTime(delay));
    nextAttempt = QDateTime::currentDateTimeUtc().addMSecs(delay.count());
    setState(State::Waiting);
}

void ManagerPrivate::attempt()
{
    m_waitTimer.stop();
    if (state != State::Waiting)
        return;
    CallOut out(q, [this] { return state == State::Waiting; });
    out.emitSignal(&Manager::reconnectAttempted, backoff.attempts());
    if (out)
        openEngine();
}

} // namespace SocketIo
