// SPDX-License-Identifier: MIT
#include "sioworld.h"

#include "hookedparts.h"

#include <EngineIo/Client>
#include <EngineIo/ServerMetrics>

#include <utility>

using namespace SocketIo;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

SioWorld::SioWorld(const Combination &combination)
    : World(combination)
{
}

SioWorld::~SioWorld()
{
    SioWorld::tearDown();
}

ServerOptions SioWorld::serverOptions()
{
    ServerOptions options;
    options.pingInterval = wants("heartbeat") || wantsSignalOf("Session") || wantsSignalOf("Client")
            || wantsSignalOf("Manager")
        ? 30ms
        : 10s;
    options.pingTimeout = 10s;
    if (wantsSignalOf("ClientSocket") || combination().hook.name.startsWith("adapter "))
        options.connectionStateRecovery = RecoveryOptions();
    if (wants("cors")) {
        options.cors.emplace();
        options.cors->origin = EngineIo::CorsOrigin(EngineIo::CorsOrigin::Decide(
            [this, kept = std::make_shared<int>()](const QString &,
                                                   const std::function<void(bool)> &done) {
                at("cors");
                ++*kept;
                done(true);
            }));
    }
    hookParts(&options, this, combination().hook.name);
    return options;
}

ClientOptions SioWorld::clientOptions() const
{
    ClientOptions options;
    options.autoConnect = false;
    options.transports = combination().transports();
    options.reconnectionDelay = 1ms;
    options.reconnectionDelayMax = 5ms;
    return options;
}

void SioWorld::createServer()
{
    m_server = new Server(serverOptions());
    m_server->setIoThreadCount(combination().ioThreads);
    m_nsp = m_server->mainNamespace();
    connect(m_server, &Server::newNamespace, this,
            [this](Namespace *nsp) { watch(nsp, "Namespace"); });
    connect(m_server->engine(), &EngineIo::Server::connection, this,
            [this](EngineIo::Session *session) {
                const bool isMain = session->request().queryValue(u"who") == u"main"_s;
                watch(session, isMain ? "Session" : "");
                if (isMain)
                    m_session = session;
            });
    connect(m_nsp, &Namespace::connected, this, &SioWorld::serve);
    // The hooks come after the world's own slots: what they delete, these do not see.
    watch(m_server, "Server");
    watch(m_server->engine(), "EngineServer");
    if (wantsSignalOf("ServerMetrics")) {
        auto *metrics = new EngineIo::ServerMetrics(m_server->engine(), m_server);
        metrics->setInterval(20ms);
        watch(metrics, "ServerMetrics");
    }
    watch(m_nsp, "Namespace");
    installServerCallbacks();
}

void SioWorld::installServerCallbacks()
{
    EngineIo::Server *const engine = m_server->engine();
    const auto kept = std::make_shared<int>();
    if (wants("allowRequest") || wantsSignalOf("EngineServer"))
        engine->setAllowRequest([this, kept](const EngineIo::HttpRequest &request,
                                             const EngineIo::Server::AllowDone &done) {
            at("allowRequest");
            ++*kept;
            done(request.header("x-refused").isEmpty(), u"refused"_s);
        });
    if (wants("generateId"))
        engine->setIdGenerator(
            [this, kept](const EngineIo::HttpRequest &, const std::function<void(QString)> &done) {
                at("generateId");
                ++*kept;
                done(EngineIo::Server::generateId());
            });
    if (wants("engine middleware"))
        engine->use([this, kept](const EngineIo::HttpRequest &, EngineIo::HttpHeaders *headers,
                                 const EngineIo::HttpResponder &,
                                 const EngineIo::Server::Next &next) {
            at("engine middleware");
            ++*kept;
            headers->set("x-used"_ba, "yes"_ba);
            next({});
        });
    if (wants("Client::upgradeFailed"))
        engine->use([](const EngineIo::HttpRequest &request, EngineIo::HttpHeaders *,
                       const EngineIo::HttpResponder &, const EngineIo::Server::Next &next) {
            const bool isMain = request.queryValue(u"who") == u"main"_s;
            next(isMain && request.isUpgrade() ? u"no"_s : QString());
        });
    if (wants("request handler"))
        engine->setRequestHandler(
            [this, kept](const EngineIo::HttpRequest &, const EngineIo::HttpResponder &respond) {
                at("request handler");
                ++*kept;
                respond(EngineIo::HttpResponse(200));
            });
    if (wants("namespace middleware"))
        m_nsp->use([this, kept](Socket *socket, const Next &next) {
            at("namespace middleware", socket);
            ++*kept;
            next();
        });
    if (wants("later namespace middleware")) {
        m_nsp->use([this, kept](Socket *, const Next &next) {
            QMetaObject::invokeMethod(
                this, [next, kept] { next(); }, Qt::QueuedConnection);
        });
        m_nsp->use([this, kept](Socket *socket, const Next &next) {
            at("later namespace middleware", socket);
            ++*kept;
            next();
        });
    }
    m_server->of(NamespaceFilter([this, kept](const QString &name, const QVariantMap &,
                                              const std::function<void(bool)> &allow) {
        at("namespace filter");
        ++*kept;
        allow(name.startsWith(u"/dynamic"_s));
    }));
    m_server->of(u"/closed"_s)->use([](Socket *, const Next &next) { next(Error(u"closed"_s)); });
}

void SioWorld::sawAdapter(QObject *adapter)
{
    watch(adapter, "ClusterAdapter");
    if (!m_adapter)
        m_adapter = adapter; // of the main namespace, the first one
}

// What a client gets on the server.
void SioWorld::serve(Socket *socket)
{
    const bool isMain = socket->request().queryValue(u"who") == u"main"_s;
    watch(socket, isMain ? "Socket" : "");
    socket->on(u"echo"_s, socket,
               [](const QVariantList &args, const Ack &ack) { ack.acknowledge(args); });
    const QPointer<Socket> alive = socket;
    socket->join(u"all"_s);
    if (!isMain || !alive)
        return;
    m_serverSocket = socket;
    m_served.append(socket);
    socket->on(u"number"_s, this, [this](int number) { m_toServer.receive(number); });
    socket->on(u"mute"_s, this, [] {});
    socket->on(u"typed"_s, this, [](int, const QVariantMap &) {});
    const auto kept = std::make_shared<int>();
    const auto hook = [this, socket, kept](const char *name) {
        return [this, socket, kept, name] {
            at(name, socket);
            ++*kept;
        };
    };
    if (wants("Socket on"))
        socket->on(u"number"_s, this, hook("Socket on"));
    if (wants("Socket once"))
        socket->once(u"number"_s, this, hook("Socket once"));
    if (wants("Socket on with acknowledgement"))
        socket->on(u"question"_s, this, [this, socket, kept](const Ack &ack) {
            at("Socket on with acknowledgement", socket);
            ++*kept;
            ack(1);
        });
    else
        socket->on(u"question"_s, this, [](const Ack &ack) { ack(1); });
    if (wants("Socket onAny"))
        socket->onAny(this, hook("Socket onAny"));
    if (wants("Socket prependAny"))
        socket->prependAny(this, hook("Socket prependAny"));
    if (wants("Socket onAnyOutgoing"))
        socket->onAnyOutgoing(this, hook("Socket onAnyOutgoing"));
    if (wants("Socket prependAnyOutgoing"))
        socket->prependAnyOutgoing(this, hook("Socket prependAnyOutgoing"));
    if (wants("socket middleware"))
        socket->use([this, socket, kept](QVariantList &, const Next &next) {
            at("socket middleware", socket);
            ++*kept;
            next();
        });
    socket->use([](QVariantList &event, const Next &next) {
        if (event.constFirst().toString() == u"forbidden"_s)
            next(Error(u"forbidden"_s));
        else
            next();
    });
    socket->join(u"room"_s);
    if (alive)
        socket->leave(u"room"_s);
    if (alive)
        socket->setDataValue(u"name"_s, u"main"_s);
}

// The one beside.
void SioWorld::createOther()
{
    ClientOptions options = clientOptions();
    options.transports = {EngineIo::TransportType::WebSocket};
    m_otherManager = new Manager(url(), options);
    m_other = m_otherManager->socket();
    watch(m_otherManager, "");
    watch(m_other, "");
    connect(m_other, &ClientSocket::disconnected, this, [this] { ++m_otherLost; });
    m_other->on(u"tick"_s, this, [this](int number) { m_otherTicks.append(number); });
    m_other->on(u"question"_s, this, [](const Ack &ack) { ack(1); });
    m_other->open();
}

void SioWorld::createClient()
{
    ClientOptions options = clientOptions();
    options.query = {{u"who"_s, u"main"_s}};
    if (wants("cors"))
        options.extraHeaders.set("Origin"_ba, "http://example.com"_ba);
    hookParts(&options, this, combination().hook.name);
    m_manager = new Manager(url(), options);
    m_socket = m_manager->socket();
    watchManager(m_manager);
    watch(m_socket, "ClientSocket");
    listenOnClient();
}

// It makes an engine for each connection.
void SioWorld::watchManager(Manager *manager)
{
    connect(manager, &Manager::stateChanged, this, [this, manager](Manager::State state) {
        if (state == Manager::State::Opening)
            watch(manager->engine(), "Client");
    });
    watch(manager, "Manager");
}

void SioWorld::listenOnClient()
{
    ClientSocket *const socket = m_socket;
    socket->on(u"number"_s, this, [this](int number) { m_toClient.receive(number); });
    socket->on(u"question"_s, this, [](const Ack &ack) { ack(1); });
    socket->on(u"mute"_s, this, [] {});
    socket->on(u"typed"_s, this, [](int, const QVariantMap &) {});
    const auto kept = std::make_shared<int>();
    const auto hook = [this, socket, kept](const char *name) {
        return [this, socket, kept, name] {
            at(name, socket);
            ++*kept;
        };
    };
    if (wants("ClientSocket on"))
        socket->on(u"number"_s, this, hook("ClientSocket on"));
    if (wants("ClientSocket once"))
        socket->once(u"number"_s, this, hook("ClientSocket once"));
    if (wants("ClientSocket on with acknowledgement")) {
        socket->off(u"question"_s);
        socket->on(u"question"_s, this, [this, socket, kept](const Ack &ack) {
            at("ClientSocket on with acknowledgement", socket);
            ++*kept;
            ack(1);
        });
    }
    if (wants("ClientSocket onAny"))
        socket->onAny(this, hook("ClientSocket onAny"));
    if (wants("ClientSocket prependAny"))
        socket->prependAny(this, hook("ClientSocket prependAny"));
    if (wants("ClientSocket onAnyOutgoing"))
        socket->onAnyOutgoing(this, hook("ClientSocket onAnyOutgoing"));
    if (wants("ClientSocket prependAnyOutgoing"))
        socket->prependAnyOutgoing(this, hook("ClientSocket prependAnyOutgoing"));
    if (wants("authFunction"))
        socket->setAuthFunction([this, socket, kept](const AuthDone &done) {
            at("authFunction", socket);
            ++*kept;
            done({{u"who"_s, u"main"_s}});
        });
}

bool SioWorld::build()
{
    createServer();
    if (!m_server->listen(QHostAddress::LocalHost))
        return false;
    m_url = QUrl(u"http://127.0.0.1:%1"_s.arg(m_server->serverPort()));
    createOther();
    if (!waitFor([this] { return m_other->isConnected(); }))
        return false;
    createClient();
    return true;
}

void SioWorld::tearDown()
{
    m_extraManager.reset();
    if (combination().number % 2 == 0) {
        delete m_server;
        delete m_manager;
        delete m_otherManager;
    } else {
        delete m_manager;
        delete m_otherManager;
        delete m_server;
    }
}

// Sending

QString SioWorld::connectionToServer() const
{
    if (!m_socket || !m_socket->isConnected() || !m_manager->engine())
        return {};
    return m_manager->engine()->id() + m_socket->id();
}

void SioWorld::sendToServer()
{
    if (!m_socket)
        return;
    // By the connection: what was on its way when that broke is not repeated, although the client
    // may get its session back.
    const int number = m_toServer.send(connectionToServer());
    m_socket->emitEvent(u"number"_s, number);
}

void SioWorld::sendToClient()
{
    if (!m_serverSocket || !m_serverSocket->isConnected())
        return;
    const int number = m_toClient.send(m_serverSocket->id());
    m_serverSocket->emitEvent(u"number"_s, number);
}

void SioWorld::peersSend()
{
    for (int i = 0; i < 3; ++i) {
        sendToServer();
        sendToClient();
    }
}

PendingAck *SioWorld::track(PendingAck *ack, const char *hook)
{
    ++m_acksToCome;
    watch(ack, "PendingAck");
    const QPointer<PendingAck> alive = ack;
    ack->then(this, [this, alive, hook, kept = std::make_shared<int>()] {
        at(hook, alive);
        ++*kept;
        --m_acksToCome;
    });
    ack->onFailed(this, [this, alive, kept = std::make_shared<int>()] {
        at("PendingAck onFailed", alive);
        ++*kept;
        --m_acksToCome;
    });
    return ack;
}

void SioWorld::emitAgain()
{
    peersSend();
    if (m_socket)
        m_socket->emitWithAck(u"echo"_s, "bytes"_ba)->then(this, [] {});
    if (m_serverSocket)
        m_serverSocket->emitWithAck(u"question"_s)->then(this, [] {});
    if (m_server)
        m_server->to(u"all"_s).emitWithAck(u"question"_s, "bytes"_ba)->then(this, [] {});
}
