// SPDX-License-Identifier: MIT
// Code on the pages of the classes.
#include "reference.h"
#include "snippets.h"

#include <EngineIo/Client>
#include <SocketIo/Adapter>
#include <SocketIo/ClusterMessage>
#include <SocketIo/InMemoryAdapter>
#include <SocketIo/Parser>
#include <SocketIo/SessionAwareAdapter>
#include <SocketIo/Slot>

#include <QtCore/QRegularExpression>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

void engineClient(EngineIo::Client *client, QObject *context)
{
    //! [ClientError]
    QObject::connect(client, &EngineIo::Client::errorOccurred, context,
                     [](const EngineIo::ClientError &error) {
                         if (error.type() == EngineIo::ClientError::Type::Http)
                             qWarning() << "HTTP status" << error.httpStatus();
                         qWarning() << error.text() << error.hint();
                     });
    //! [ClientError]
    //! [Packet]
    QObject::connect(client, &EngineIo::Client::packetReceived, context,
                     [](const EngineIo::Packet &packet) {
                         qDebug() << packet.type << (packet.binary ? "binary" : "text")
                                  << packet.data.size() << "bytes";
                     });
    //! [Packet]
}

void engineServer(EngineIo::Server *server, QObject *context)
{
    //! [Session]
    QObject::connect(server, &EngineIo::Server::connection, context,
                     [](EngineIo::Session *session) {
                         QObject::connect(session, &EngineIo::Session::messageReceived, session,
                                          [session](const EngineIo::Message &message) {
                                              session->send(message); // an echo
                                          });
                         QObject::connect(session, &EngineIo::Session::closed, session,
                                          [session](EngineIo::CloseReason reason) {
                                              qInfo() << session->id() << "has ended:" << reason;
                                          });
                     });
    //! [Session]
    //! [Frame]
    const EngineIo::Frame frame = EngineIo::Frame::fromText("hello");
    const QList<EngineIo::Session *> sessions = server->sessions();
    for (EngineIo::Session *session : sessions)
        session->send(EngineIo::FrameList{frame}); // encoded once for all of them
    //! [Frame]
    //! [TextFrameWriter]
    EngineIo::TextFrameWriter writer;
    writer.buffer().append("the text of ").append("a message");
    const EngineIo::Frame written = std::move(writer).finish();
    //! [TextFrameWriter]
    for (EngineIo::Session *session : sessions)
        session->send(EngineIo::FrameList{written});
    //! [Message]
    const auto text = EngineIo::Message::fromText(u"grüß dich"_s);
    const auto bytes = EngineIo::Message::fromBinary(QByteArray("\x00\x01", 2));
    qInfo() << text.text() << bytes.isBinary() << bytes.bytes().size(); // "grüß dich" true 2
    //! [Message]
    //! [HttpResponse]
    server->setRequestHandler(
        [](const EngineIo::HttpRequest &request, const EngineIo::HttpResponder &respond) {
            if (request.path() != "/time")
                return respond(EngineIo::HttpResponse(404));
            const QByteArray now = QDateTime::currentDateTimeUtc().toString(Qt::ISODate).toUtf8();
            EngineIo::HttpResponse response(200, "text/plain", now);
            response.headers().set("Cache-Control", "no-store");
            respond(response);
        });
    //! [HttpResponse]
    //! [HttpRequest]
    server->setAllowRequest([](const EngineIo::HttpRequest &request,
                               const EngineIo::Server::AllowDone &done) {
        const bool isOurs = request.remoteAddress().isLoopback()
            || request.queryValue(u"token") == "secret"_L1 || request.header("X-Token") == "secret";
        done(isOurs, u"The token is missing"_s);
    });
    //! [HttpRequest]
}

EngineIo::HttpHeaders engineHeaders()
{
    //! [HttpHeaders]
    EngineIo::HttpHeaders headers{{"X-Version", "7"}};
    headers.append("Accept", "text/html");
    headers.append("Accept", "text/plain");
    qInfo() << headers.value("x-version") << headers.values("accept").size(); // "7" 2
    //! [HttpHeaders]
    //! [HttpHeaders iterate]
    for (const auto &[name, value] : std::as_const(headers))
        qInfo() << name << value; // "X-Version" "7", then twice "Accept"
    //! [HttpHeaders iterate]
    return headers;
}

void engineOptions()
{
    //! [EngineIo::ServerOptions]
    EngineIo::ServerOptions options;
    options.maxHttpBufferSize = 10'000'000; // the biggest message, in bytes
    options.pingInterval = 10s;
    options.maxConnections = 20'000;
    EngineIo::Server server(options);
    //! [EngineIo::ServerOptions]
    //! [CookieOptions]
    options.cookie.emplace();
    options.cookie->name = u"io"_s;
    options.cookie->secure = true;
    options.cookie->sameSite = EngineIo::CookieOptions::SameSite::Strict;
    //! [CookieOptions]
    //! [CorsOptions]
    options.cors.emplace();
    options.cors->origin = u"https://example.org"_s;
    options.cors->credentials = true; // cookies may be sent
    //! [CorsOptions]
    //! [CorsOrigin]
    options.cors->origin = QRegularExpression(u"\\.example\\.org$"_s);
    options.cors->origin = QStringList{u"https://example.org"_s, u"https://example.com"_s};
    options.cors->origin = EngineIo::CorsOrigin::Decide(
        [](const QString &origin, const std::function<void(bool)> &done) {
            done(origin.endsWith(".example.org"_L1));
        });
    //! [CorsOrigin]
    //! [PerMessageDeflateOptions]
    options.perMessageDeflate.emplace();
    options.perMessageDeflate->threshold = 4096; // bytes; smaller messages are sent as they are
    options.perMessageDeflate->serverNoContextTakeover = true; // less memory for each client
    //! [PerMessageDeflateOptions]
    server.setOptions(options);
    //! [EngineIo::ClientOptions]
    EngineIo::ClientOptions clientOptions;
    clientOptions.transports = {EngineIo::TransportType::WebSocket};
    clientOptions.extraHeaders.set("X-Token", "secret");
    EngineIo::Client client(QUrl(u"http://localhost:3000"_s), clientOptions);
    //! [EngineIo::ClientOptions]
}

void options()
{
    //! [ServerOptions]
    SocketIo::ServerOptions options;
    options.pingInterval = 10s;
    options.maxHttpBufferSize = 10'000'000; // bytes
    options.cors.emplace().origin = u"https://example.org"_s;
    options.connectionStateRecovery.emplace();
    SocketIo::Server io(options);
    //! [ServerOptions]
    //! [RecoveryOptions]
    SocketIo::RecoveryOptions recovery;
    recovery.maxDisconnectionDuration = 30s;
    recovery.skipMiddlewares = false; // they decide again who may come back
    options.connectionStateRecovery = recovery;
    //! [RecoveryOptions]
    //! [SessionAwareAdapter]
    options.adapter = [recovery](SocketIo::Namespace *nsp) {
        return std::make_unique<SocketIo::SessionAwareAdapter>(nsp, recovery);
    };
    //! [SessionAwareAdapter]
    //! [JsonParser]
    SocketIo::JsonParser::Limits limits;
    limits.maxAttachments = 100;
    limits.maxDepth = 64;
    options.parser = std::make_shared<SocketIo::JsonParser>(limits);
    //! [JsonParser]
    io.setOptions(options);
    //! [ClientOptions]
    SocketIo::ClientOptions clientOptions;
    clientOptions.auth = {{u"token"_s, u"secret"_s}};
    clientOptions.reconnectionDelayMax = 30s;
    clientOptions.ackTimeout = 10s;
    SocketIo::ClientSocket *socket =
        SocketIo::Manager::connectTo(QUrl(u"https://example.org"_s), clientOptions);
    //! [ClientOptions]
    socket->close();
}

void namespaceOf(SocketIo::Server &io, QObject *context)
{
    //! [Namespace]
    SocketIo::Namespace *chat = io.of(u"/chat"_s);
    QObject::connect(chat, &SocketIo::Namespace::connected, context,
                     [](SocketIo::Socket *socket) { socket->join(u"lobby"_s); });
    chat->to(u"lobby"_s).emitEvent(u"news"_s, u"It rains"_s);
    //! [Namespace]
    //! [Adapter]
    const SocketIo::Adapter *adapter = chat->adapter();
    qInfo() << "rooms on this server:" << adapter->rooms();
    //! [Adapter]
    //! [BroadcastOptions]
    SocketIo::BroadcastOptions lobby;
    lobby.rooms = QStringList{u"lobby"_s};
    lobby.except = QStringList{u"muted"_s};
    qInfo() << adapter->sockets(lobby).size() << "sockets would be reached";
    //! [BroadcastOptions]
    //! [RemoteSocket]
    io.in(u"lobby"_s)
        .fetchSockets()
        .then(context, [](const QList<SocketIo::RemoteSocket> &sockets) {
            for (SocketIo::RemoteSocket socket : sockets) {
                qInfo() << socket.id() << socket.rooms() << socket.data().value(u"name"_s);
                socket.emitEvent(u"ping"_s); // on whichever server it is
            }
        });
    //! [RemoteSocket]
}

void sockets(SocketIo::Server &io, SocketIo::ClientSocket *client, QObject *context)
{
    //! [Socket]
    QObject::connect(&io, &SocketIo::Server::connected, context, [](SocketIo::Socket *socket) {
        socket->on(u"join"_s, socket, [socket](const QString &room, const SocketIo::Ack &ack) {
            const QString name = u"room:"_s + room; // not the id of another socket
            socket->join(name);
            socket->to(name).emitEvent(u"joined"_s, socket->id()); // the others there
            ack(socket->rooms());
        });
    });
    //! [Socket]
    //! [Emitter]
    io.emitEvent(u"news"_s, u"It rains"_s, 7, QByteArray("\x00\x01", 2)); // to all
    client->emitWithAck(u"save"_s, u"draft"_s)->then(context, [](int version) {
        qInfo() << "saved as version" << version;
    });
    //! [Emitter]
    //! [EventListeners]
    const SocketIo::ListenerId id =
        client->on(u"price"_s, context,
                   [](const QString &symbol, double value) { qInfo() << symbol << value; });
    client->once(u"ready"_s, context, [] { qInfo() << "once only"; });
    client->onAny(
        context, [](const QString &event, const QVariantList &args) { qDebug() << event << args; });
    client->off(id);
    //! [EventListeners]
    //! [Error]
    QObject::connect(client, &SocketIo::ClientSocket::connectError, context,
                     [](const SocketIo::Error &error) {
                         if (error.type() == SocketIo::Error::Type::Refused)
                             qWarning() << "not let in:" << error.message() << error.data();
                         else
                             qWarning() << error.message() << error.hint();
                     });
    //! [Error]
    //! [Handshake]
    io.use([](SocketIo::Socket *socket, const SocketIo::Next &next) {
        const SocketIo::Handshake handshake = socket->handshake();
        qInfo() << handshake.address() << handshake.queryValue(u"room") << handshake.isSecure();
        if (handshake.auth().value(u"token"_s) == u"secret"_s)
            next();
        else
            next(SocketIo::Error(u"not authorized"_s, {{u"retry"_s, false}}));
    });
    //! [Handshake]
}

void values()
{
    //! [Arguments]
    const QVariant argument = SocketIo::toArgument(QList<int>{1, 2, 3});
    QList<int> numbers;
    if (SocketIo::fromArgument(argument, &numbers))
        qInfo() << numbers;
    //! [Arguments]
    //! [Parser]
    const auto parser = std::make_shared<SocketIo::JsonParser>();
    SocketIo::ServerOptions serverOptions;
    serverOptions.parser = parser;
    SocketIo::ClientOptions clientOptions;
    clientOptions.parser = parser; // both ends need the same
    //! [Parser]
    //! [Decoder]
    const std::unique_ptr<SocketIo::Decoder> decoder = parser->createDecoder();
    SocketIo::Packet packet;
    if (decoder->addText(R"(2["hello","Ada"])", &packet) == SocketIo::Decoder::Status::Complete)
        qInfo() << packet.args; // "hello", "Ada"
    else
        qWarning() << decoder->errorString();
    //! [Decoder]
    //! [Packet of Socket.IO]
    SocketIo::Packet event;
    event.nsp = u"/chat"_s;
    event.args = {u"hello"_s, u"Ada"_s};
    const EngineIo::FrameList frames = parser->encode(event); // 2/chat,["hello","Ada"]
    //! [Packet of Socket.IO]
    qInfo() << frames.size();
}

//! [Slot]
// An object that hands events of any name to slots that it keeps itself.
class Router
{
public:
    template<typename Context, typename Function>
    void route(const QString &event, Context *context, Function &&function)
    {
        m_slots.insert(event, SocketIo::Slot::create(context, std::forward<Function>(function)));
    }

private:
    QHash<QString, SocketIo::Slot> m_slots;
};
//! [Slot]

void routeEvents(QObject *context)
{
    Router router;
    router.route(u"price"_s, context, [](const QString &, double) {});
}

//! [InMemoryAdapter]
// Logs what is broadcast, and else behaves as the adapter of a server that stands alone.
class LoggingAdapter : public SocketIo::InMemoryAdapter
{
public:
    using InMemoryAdapter::InMemoryAdapter;

    void broadcast(SocketIo::Packet packet, const SocketIo::BroadcastOptions &options) override
    {
        qInfo() << packet.args.value(0) << "to" << options.rooms;
        InMemoryAdapter::broadcast(std::move(packet), options);
    }
};
//! [InMemoryAdapter]

SocketIo::ServerOptions withLog()
{
    SocketIo::ServerOptions options;
    options.adapter = [](SocketIo::Namespace *nsp) {
        return std::make_unique<LoggingAdapter>(nsp);
    };
    return options;
}

//! [sessions]
// Keeps the sessions of broken connections in a table of its own.
class TableAdapter : public SocketIo::InMemoryAdapter
{
public:
    using InMemoryAdapter::InMemoryAdapter;

    void persistSession(const SocketIo::RecoverableSession &session) override
    {
        m_sessions.insert(session.pid, session);
    }
    void restoreSession(const QString &pid, const QString &, const RestoreReply &reply) override
    {
        if (!m_sessions.contains(pid))
            return reply(std::nullopt);
        SocketIo::RestoredSession restored;
        static_cast<SocketIo::RecoverableSession &>(restored) = m_sessions.take(pid);
        reply(restored); // with no missed events
    }

private:
    QHash<QString, SocketIo::RecoverableSession> m_sessions;
};
//! [sessions]

SocketIo::ServerOptions withTable()
{
    SocketIo::ServerOptions options;
    options.adapter = [](SocketIo::Namespace *nsp) { return std::make_unique<TableAdapter>(nsp); };
    return options;
}

//! [BroadcastReplies]
// Asks this server's sockets, and reports each of their answers.
void ask(SocketIo::Adapter *adapter, const SocketIo::Packet &event)
{
    SocketIo::BroadcastReplies replies;
    replies.clients = [](int count) { qInfo() << count << "clients were asked"; };
    replies.answer = [](const QVariant &answer) { qInfo() << "one has answered" << answer; };
    replies.lost = [](int count) { qInfo() << count << "have gone without an answer"; };
    adapter->broadcastWithAck(event, {}, replies);
}
//! [BroadcastReplies]

//! [ClusterPublisher]
// Writes what an emitter sends to a log, in place of sending it.
class LoggingPublisher : public SocketIo::ClusterPublisher
{
public:
    bool publish(const SocketIo::ClusterMessage &message) override
    {
        qInfo() << message.nsp << message.toJson();
        return true;
    }
};
//! [ClusterPublisher]

void publish(SocketIo::ClusterPublisher *publisher)
{
    //! [ClusterMessage]
    SocketIo::ClusterMessage message;
    message.uid = u"emitter"_s;
    message.nsp = u"/"_s;
    message.type = SocketIo::ClusterMessage::Type::DisconnectSockets;
    message.data = {{u"close"_s, true}};
    const QByteArray json = message.toJson();
    if (const auto received = SocketIo::ClusterMessage::fromJson(json))
        publisher->publish(*received);
    //! [ClusterMessage]
    LoggingPublisher().publish(message);
}
