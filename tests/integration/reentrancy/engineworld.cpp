// SPDX-License-Identifier: MIT
#include "engineworld.h"

#include "engineio/client/clientaccess_p.h"

#include <QtNetwork/qtcpsocket.h>

using namespace EngineIo;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

class EngineWorld::Observer final : public detail::ClientObserver
{
public:
    explicit Observer(EngineWorld *world)
        : m_world(world)
    {
    }
    void messageReceived(const Message &) override { m_world->at("client receiver"); }

private:
    EngineWorld *const m_world;
};

EngineWorld::EngineWorld(const Combination &combination)
    : World(combination)
    , m_observer(std::make_unique<Observer>(this))
{
}

EngineWorld::~EngineWorld()
{
    EngineWorld::tearDown();
}

QList<Hook> EngineWorld::hooks()
{
    return Hook::signalsOf(Server::staticMetaObject, "EngineServer")
        + Hook::signalsOf(Session::staticMetaObject, "Session")
        + Hook::signalsOf(Client::staticMetaObject, "Client")
        + Hook::named({"client receiver", "allowRequest", "allowRequest answered", "generateId",
                       "generateId answered", "middleware", "middleware passed on",
                       "later middleware", "cors origin", "cors origin answered", "request handler",
                       "request handler answered"});
}

QByteArrayList EngineWorld::actions()
{
    const QByteArrayList plain = {"delete the emitter",
                                  "delete the client",
                                  "delete the session",
                                  "delete the server",
                                  "close the client",
                                  "abort the client",
                                  "close the session",
                                  "abort the session",
                                  "close the server",
                                  "emit",
                                  "throw"};
    return withLoops(plain);
}

QByteArray EngineWorld::unreachable(const Combination &combination)
{
    const QByteArray &hook = combination.hook.name;
    const bool upgrades = combination.carrier == Carrier::Upgrade;
    if (!upgrades && (hook.contains("::upgrad")))
        return "there is no upgrade";
    return {};
}

bool EngineWorld::build()
{
    ServerOptions options;
    options.pingInterval = 30ms;
    options.pingTimeout = 10s;
    options.cors.emplace();
    options.cors->origin =
        CorsOrigin::Decide([this](const QString &, const std::function<void(bool)> &done) {
            at("cors origin", m_server);
            done(true);
            at("cors origin answered", m_server);
        });
    m_server = new Server(options);
    m_server->setIoThreadCount(combination().ioThreads);
    hookRequests();
    if (wants("Client::upgradeFailed"))
        m_server->use([](const HttpRequest &request, HttpHeaders *, const HttpResponder &,
                         const Server::Next &next) {
            const bool isMain = request.queryValue(u"who") == u"main"_s;
            next(isMain && request.isUpgrade() ? u"no"_s : QString());
        });
    // The hook comes after the world's own slots: what it deletes, these do not see.
    connect(m_server, &Server::connection, this, &EngineWorld::serve);
    watch(m_server, "EngineServer");
    if (!m_server->listen(QHostAddress::LocalHost))
        return false;
    m_url = QUrl(u"http://127.0.0.1:%1"_s.arg(m_server->serverPort()));
    ClientOptions otherOptions;
    otherOptions.transports = {TransportType::WebSocket};
    m_other = new Client(m_url, otherOptions);
    watch(m_other, "");
    connect(m_other, &Client::messageReceived, this, [this](const Message &message) {
        if (message.bytes() == "echo")
            ++m_otherEchoes;
    });
    m_other->open();
    if (!waitFor([this] { return m_other->state() == Client::State::Open; }))
        return false;
    createClient();
    return true;
}

// What the server asks before a client has a session, and about other requests.
void EngineWorld::hookRequests()
{
    m_server->setAllowRequest([this](const HttpRequest &request, const Server::AllowDone &done) {
        const bool isMain = request.queryValue(u"who") == u"main"_s;
        if (isMain)
            at("allowRequest", m_server);
        done(request.queryValue(u"refused").isEmpty(), u"refused"_s);
        if (isMain)
            at("allowRequest answered", m_server);
    });
    m_server->setIdGenerator(
        [this](const HttpRequest &request, const std::function<void(QString)> &done) {
            const bool isMain = request.queryValue(u"who") == u"main"_s;
            if (isMain)
                at("generateId", m_server);
            done(Server::generateId());
            if (isMain)
                at("generateId answered", m_server);
        });
    m_server->use([this](const HttpRequest &, HttpHeaders *headers, const HttpResponder &,
                         const Server::Next &next) {
        at("middleware", m_server);
        if (!hasActed())
            headers->append("x-test"_ba, "1"_ba);
        next({});
        at("middleware passed on", m_server);
    });
    m_server->use([this](const HttpRequest &, HttpHeaders *, const HttpResponder &,
                         const Server::Next &next) {
        at("later middleware", m_server);
        next({});
    });
    m_server->setRequestHandler([this](const HttpRequest &, const HttpResponder &respond) {
        at("request handler", m_server);
        respond(HttpResponse(204));
        at("request handler answered", m_server);
    });
}

void EngineWorld::createClient()
{
    ClientOptions options;
    options.transports = combination().transports();
    options.query = {{u"who"_s, u"main"_s}};
    m_client = new Client(m_url, options);
    if (wants("client receiver"))
        EngineIo::detail::ClientAccess::setObserver(m_client, m_observer.get());
    connect(m_client, &Client::messageReceived, this, [this](const Message &message) {
        if (message.bytes().startsWith("number "))
            m_toClient.receive(message.bytes().sliced(7).toInt());
    });
    watch(m_client, "Client");
}

void EngineWorld::serve(Session *session)
{
    const bool isMain = session->request().queryValue(u"who") == u"main"_s;
    const bool isThrown = combination().action.endsWith("throw"); // the slots behind are not called
    if (!isThrown)
        watch(session, isMain ? "Session" : "");
    connect(session, &Session::messageReceived, this, [this, session](const Message &message) {
        const QPointer<Session> alive = session;
        if (message.bytes().startsWith("number "))
            m_toServer.receive(message.bytes().sliced(7).toInt());
        else if (alive)
            alive->send(message);
    });
    if (isThrown)
        watch(session, isMain ? "Session" : "");
    if (isMain)
        m_session = session;
}

bool EngineWorld::isOpen() const
{
    return m_client && m_client->state() == Client::State::Open && m_session
        && m_session->state() == Session::State::Open && m_session->id() == m_client->id();
}

QList<World::Step> EngineWorld::script()
{
    return {
        {"open", [this] { m_client->open(); },
         [this] {
             return isOpen()
                 && (combination().carrier != Carrier::Upgrade || wants("Client::upgradeFailed")
                     || m_client->transport() == TransportType::WebSocket);
         }},
        {"messages",
         [this] {
             peersSend();
             if (!hasActed() && m_client)
                 m_client->send(Message::fromBinary("binary"_ba));
         },
         [this] { return m_toClient.hasAllReceived() && m_toServer.hasAllReceived(); }},
        {"heartbeat",
         [this] {
             if (m_client)
                 connect(m_client, &Client::pinged, step(), [this] { m_done = true; });
         },
         // The answer to a ping is on its way to the server then.
         [this] { return m_done && !wants("Session::heartbeat"); }},
        {"request",
         [this] {
             m_requester = std::make_unique<QTcpSocket>();
             m_requester->connectToHost(m_url.host(), quint16(m_url.port()));
             m_requester->write("GET /other HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
         },
         [this] { return m_requester->state() == QAbstractSocket::UnconnectedState; }},
        {"url", [this] { m_client->setUrl(QUrl(m_url.toString() + u"/?who=main"_s)); },
         [] { return true; }},
        {"lost",
         [this] {
             ClientOptions options;
             options.transports = combination().transports();
             options.query = {{u"refused"_s, u"yes"_s}};
             m_lost = std::make_unique<Client>(m_url, options);
             watch(m_lost.get(), "Client");
             connect(m_lost.get(), &Client::closed, step(), [this] { m_done = true; });
             m_lost->open();
         },
         [this] { return m_done; }},
        {"drain",
         [this] {
             if (wants("EngineServer::drained"))
                 m_server->drain(50ms);
         },
         [this] { return !wants("EngineServer::drained"); }},
        {"end", [this] { m_session->close(); },
         [this] { return m_client->state() == Client::State::Closed && !m_session; }},
        {"close", [this] { m_server->close(); }, [] { return false; }},
    };
}

void EngineWorld::peersSend()
{
    for (int i = 0; i < 3; ++i) {
        if (m_client && m_client->state() == Client::State::Open)
            m_client->send(
                Message::fromUtf8("number " + QByteArray::number(m_toServer.send(m_client->id()))));
        if (m_session && m_session->state() == Session::State::Open)
            m_session->send(Message::fromUtf8(
                "number " + QByteArray::number(m_toClient.send(m_session->id()))));
    }
}

void EngineWorld::perform(const QByteArray &action, QObject *emitter)
{
    if (action == "emit") {
        peersSend();
    } else if (action == "delete the emitter") {
        if (emitter && emitter == m_lost.get())
            m_lost.reset();
        else
            delete emitter;
    } else if (action == "delete the client") {
        m_lost.reset();
        delete m_client;
    } else if (action == "delete the session") {
        delete m_session;
    } else if (action == "delete the server") {
        delete m_server;
    } else if (action == "close the client") {
        if (m_lost)
            m_lost->close();
        if (m_client)
            m_client->close();
    } else if (action == "abort the client") {
        if (m_lost)
            m_lost->abort();
        if (m_client)
            m_client->abort();
    } else if (action == "close the session") {
        if (m_session)
            m_session->close();
    } else if (action == "abort the session") {
        if (m_session)
            m_session->abort();
    } else if (action == "close the server") {
        if (m_server)
            m_server->close();
    } else {
        qFatal("unknown action: %s", action.constData());
    }
}

QByteArray EngineWorld::check()
{
    if (!m_server || !m_server->isListening() || combination().action.endsWith("close the server"))
        return {};
    const int before = m_otherEchoes;
    if (m_other->state() != Client::State::Open)
        return "the other client has lost its connection";
    m_other->send(Message::fromUtf8("echo"));
    if (!waitFor([&] { return m_otherEchoes > before; }))
        return "the other client is not answered";
    if (!m_client)
        return {};
    if (!waitFor(
            [this] { return isOpen() || !m_client || m_client->state() == Client::State::Closed; }))
        return "the client's state is not that of its session";
    if (!m_client)
        return {};
    if (m_client->state() == Client::State::Closed)
        m_client->open();
    if (!waitFor([this] { return isOpen(); }))
        return "the client does not come back";
    peersSend();
    if (!waitFor([this] { return m_toClient.hasAllReceived() && m_toServer.hasAllReceived(); }))
        return "messages do not arrive";
    const QByteArray toServer = m_toServer.problem(m_client->id(), !isBeforeSending());
    if (!toServer.isEmpty())
        return "to the server, " + toServer;
    const QByteArray toClient = m_toClient.problem(m_client->id(), !isBeforeSending());
    if (!toClient.isEmpty())
        return "to the client, " + toClient;
    return {};
}

void EngineWorld::tearDown()
{
    m_lost.reset();
    m_requester.reset();
    if (combination().number % 2 == 0) {
        delete m_server;
        delete m_client;
        delete m_other;
    } else {
        delete m_client;
        delete m_other;
        delete m_server;
    }
}
