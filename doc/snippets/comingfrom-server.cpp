// SPDX-License-Identifier: MIT
#include "snippets.h"

#include <SocketIo/Adapter>

#include <QtCore/QRegularExpression>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using SocketIo::Ack;
using SocketIo::CloseConnection;
using SocketIo::Namespace;
using SocketIo::Next;
using SocketIo::Socket;

void serverCalls(QObject *context);

// clang-format off: one call a line, as the table shows them

void serverCalls(QObject *context)
{
    //! [new Server]
    SocketIo::ServerOptions options;
    options.pingInterval = 10s;
    SocketIo::Server io(options);
    io.listen(QHostAddress::Any, 3000);
    //! [new Server]

    //! [connection]
    QObject::connect(&io, &SocketIo::Server::connected, context,
                     [](Socket *socket) { qInfo() << socket->id(); });
    //! [connection]

    //! [use]
    io.use([](Socket *socket, const Next &next) {
        if (socket->handshake().auth().value(u"token"_s) == u"secret"_s)
            next();
        else
            next(SocketIo::Error(u"not authorized"_s, {{u"retry"_s, false}}));
    });
    //! [use]

    //! [emit all]
    io.emitEvent(u"hello"_s, 1);
    //! [emit all]
    //! [to]
    io.to(u"room"_s).except(u"muted"_s).emitEvent(u"hello"_s);
    //! [to]
    //! [modifiers]
    io.local().asVolatile().compress(SocketIo::Compression::Off).emitEvent(u"hello"_s);
    //! [modifiers]
    //! [ack all]
    io.timeout(5s)
        .emitWithAck(u"ask"_s)
        ->then(context, [](const QVariantList &answers) { qInfo() << answers; })
        ->onFailed(context, [](const SocketIo::Error &error) { qInfo() << error.message(); });
    //! [ack all]
    //! [fetchSockets]
    io.fetchSockets().then(
        context, [](const QList<SocketIo::RemoteSocket> &sockets) { qInfo() << sockets.size(); });
    //! [fetchSockets]
    //! [socketsJoin]
    io.in(u"room"_s).socketsJoin(u"other"_s);
    //! [socketsJoin]
    //! [socketsLeave]
    io.in(u"room"_s).socketsLeave(u"other"_s);
    //! [socketsLeave]
    //! [disconnectSockets]
    io.in(u"room"_s).disconnectSockets(CloseConnection::Yes);
    //! [disconnectSockets]
    //! [serverSideEmit]
    io.serverSideEmit(u"hello"_s);
    //! [serverSideEmit]
    //! [on serverSideEmit]
    io.mainNamespace()->on(u"hello"_s, context, [] { qInfo() << "hello"; });
    //! [on serverSideEmit]
    //! [close]
    io.close();
    //! [close]
}

void namespaceCalls(SocketIo::Server &io, QObject *context)
{
    //! [of]
    Namespace *admin = io.of(u"/admin"_s);
    //! [of]
    admin->emitEvent(u"hello"_s);
    //! [of pattern]
    Namespace *parent = io.of(QRegularExpression(u"^/room-\\d+$"_s));
    //! [of pattern]
    parent->emitEvent(u"hello"_s);
    //! [of function]
    io.of([](const QString &name, const QVariantMap &, const std::function<void(bool)> &allow) {
        allow(name == u"/admin");
    });
    //! [of function]
    //! [sockets]
    qInfo() << io.mainNamespace()->socketsCount() << io.mainNamespace()->sockets();
    //! [sockets]
    //! [rooms of]
    qInfo() << io.mainNamespace()->adapter()->rooms();
    //! [rooms of]
    //! [create-room]
    QObject::connect(io.mainNamespace(), &Namespace::roomCreated, context,
                     [](const QString &room) { qInfo() << room; });
    //! [create-room]
    //! [new_namespace]
    QObject::connect(&io, &SocketIo::Server::newNamespace, context,
                     [](Namespace *nsp) { qInfo() << nsp->name(); });
    //! [new_namespace]
}

void socketCalls(Socket *socket, QObject *context)
{
    //! [on]
    socket->on(u"price"_s, context,
               [](const QString &symbol, double value) { qInfo() << symbol << value; });
    //! [on]
    //! [once]
    socket->once(u"ready"_s, context, [] { qInfo() << "ready"; });
    //! [once]
    //! [off]
    socket->off(u"price"_s);
    //! [off]
    //! [onAny]
    socket->onAny(context,
                  [](const QString &event, const QVariantList &args) { qInfo() << event << args; });
    //! [onAny]
    //! [prependAny]
    socket->prependAny(context, [](const QString &event) { qInfo() << "first:" << event; });
    //! [prependAny]
    //! [offAny]
    socket->offAny();
    //! [offAny]
    //! [onAnyOutgoing]
    socket->onAnyOutgoing(context, [](const QString &event) { qInfo() << "sent:" << event; });
    //! [onAnyOutgoing]
    //! [emit]
    socket->emitEvent(u"hello"_s, 1, u"two"_s, QByteArray("\x01\x02"));
    //! [emit]
    //! [send]
    socket->send(u"text"_s);
    //! [send]
    //! [emit ack]
    socket->emitWithAck(u"ask"_s, 42)->then(context, [](const QString &answer) {
        qInfo() << answer;
    });
    //! [emit ack]
    //! [timeout]
    socket->timeout(5s)
        .emitWithAck(u"ask"_s)
        ->then(context, [](const QString &answer) { qInfo() << answer; })
        ->onFailed(context, [](const SocketIo::Error &error) { qInfo() << error.message(); });
    //! [timeout]
    //! [broadcast]
    socket->broadcast().emitEvent(u"hello"_s);
    //! [broadcast]
    //! [socket to]
    socket->to(u"room"_s).emitEvent(u"hello"_s);
    //! [socket to]
    //! [volatile]
    socket->asVolatile().emitEvent(u"position"_s, 3, 4);
    //! [volatile]
    //! [compress]
    socket->compress(SocketIo::Compression::Off).emitEvent(u"hello"_s);
    //! [compress]
    //! [join]
    socket->join(u"room"_s);
    //! [join]
    //! [leave]
    socket->leave(u"room"_s);
    //! [leave]
    //! [rooms]
    qInfo() << socket->rooms();
    //! [rooms]
    //! [data]
    socket->setDataValue(u"user"_s, u"ada"_s);
    //! [data]
    //! [handshake]
    qInfo() << socket->handshake().auth().value(u"token"_s);
    //! [handshake]
    //! [ids]
    qInfo() << socket->id() << socket->conn()->id();
    //! [ids]
    //! [socket use]
    socket->use([](QVariantList &event, const Next &next) {
        if (event.value(0) == u"forbidden"_s)
            next(SocketIo::Error(u"not this"_s));
        else
            next();
    });
    //! [socket use]
    //! [disconnect]
    socket->disconnectClient();
    //! [disconnect]
    //! [on disconnect]
    QObject::connect(socket, &Socket::disconnected, context, [](Socket::DisconnectReason reason) {
        qInfo() << Socket::disconnectReasonText(reason);
    });
    //! [on disconnect]
    //! [on disconnecting]
    QObject::connect(socket, &Socket::disconnecting, context,
                     [socket] { qInfo() << socket->rooms(); });
    //! [on disconnecting]
}

void engineCalls(SocketIo::Server &io, QObject *context)
{
    //! [clientsCount]
    qInfo() << io.engine()->clientsCount();
    //! [clientsCount]
    //! [connection_error]
    QObject::connect(
        io.engine(), &EngineIo::Server::connectionError, context,
        [](EngineIo::ConnectionError code, const QString &message) { qInfo() << code << message; });
    //! [connection_error]
    //! [headers]
    QObject::connect(io.engine(), &EngineIo::Server::initialHeaders, context,
                     [](EngineIo::HttpHeaders *headers) { headers->set("X-Served-By", "qt"); });
    //! [headers]
    //! [allowRequest]
    io.engine()->setAllowRequest(
        [](const EngineIo::HttpRequest &request, const EngineIo::Server::AllowDone &done) {
            done(request.remoteAddress().isLoopback(), {});
        });
    //! [allowRequest]
    //! [generateId]
    io.engine()->setIdGenerator(
        [](const EngineIo::HttpRequest &, const std::function<void(QString)> &done) {
            done(EngineIo::Server::generateId());
        });
    //! [generateId]
    //! [options]
    SocketIo::ServerOptions settings;
    settings.cors.emplace().origin = u"https://example.com"_s;
    settings.maxHttpBufferSize = 1'000'000;
    //! [options]
    io.setOptions(settings);
}
