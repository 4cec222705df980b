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
void namespaceCalls(SocketIo::Server &io, QObject *context);
void socketCalls(Socket *socket, QObject *context);
void engineCalls(SocketIo::Server &io, QObject *context);

// clang-format off: one call a line, as the table shows them

void serverCalls(QObject *context)
{
    //! [new Server]
    SocketIo::Server io;
    io.listen(QHostAddress::Any, 3000);
    //! [new Server]

    //! [connection]
    QObject::connect(&io, &SocketIo::Server::connected, context,
                     [](Socket *socket) { qInfo() << socket->id(); });
    //! [connection]

    //! [use]
    io.use([](Socket *socket, const Next &next) {
        socket->isRecovered() ? next() : next(SocketIo::Error(u"no"_s));
    });
    //! [use]

    //! [emit all]
    io.emitEvent(u"news"_s, 1, u"two"_s);
    //! [emit all]
    //! [to]
    io.to(u"a"_s).to(u"b"_s).except(u"c"_s).emitEvent(u"news"_s);
    //! [to]
    //! [modifiers]
    io.local().asVolatile().compress(SocketIo::Compression::Off).emitEvent(u"news"_s);
    //! [modifiers]
    //! [ack all]
    io.timeout(5s).emitWithAck(u"vote"_s)->then(
        context, [](const QVariantList &answers) { qInfo() << answers; });
    //! [ack all]
    //! [fetchSockets]
    io.in(u"a"_s).fetchSockets().then(
        context, [](const QList<SocketIo::RemoteSocket> &sockets) { qInfo() << sockets.size(); });
    //! [fetchSockets]
    //! [socketsJoin]
    io.in(u"a"_s).socketsJoin(u"b"_s);
    //! [socketsJoin]
    //! [socketsLeave]
    io.in(u"a"_s).socketsLeave(u"b"_s);
    //! [socketsLeave]
    //! [disconnectSockets]
    io.in(u"a"_s).disconnectSockets(CloseConnection::Yes);
    //! [disconnectSockets]
    //! [serverSideEmit]
    io.serverSideEmit(u"hello"_s, u"cluster"_s);
    //! [serverSideEmit]
    //! [on serverSideEmit]
    io.mainNamespace()->on(u"hello"_s, context, [](const QString &text) { qInfo() << text; });
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
    io.of([](const QString &name, const QVariantMap &auth, const std::function<void(bool)> &allow) {
        allow(name.startsWith(u"/team-") && auth.contains(u"token"_s));
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
    socket->on(u"move"_s, context, [](int x, double y, const Ack &ack) { ack(x, y); });
    //! [on]
    //! [once]
    socket->once(u"ready"_s, context, [] { qInfo() << "ready"; });
    //! [once]
    //! [off]
    socket->off(u"move"_s);
    //! [off]
    //! [onAny]
    socket->onAny(context,
                  [](const QString &event, const QVariantList &args) { qInfo() << event << args; });
    //! [onAny]
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
    socket->timeout(5s).emitWithAck(u"ask"_s)->onFailed(
        context, [](const SocketIo::Error &error) { qInfo() << error.message(); });
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
    qInfo() << socket->handshake().auth().value(u"token"_s) << socket->handshake().address();
    //! [handshake]
    //! [ids]
    qInfo() << socket->id() << socket->conn()->id() << socket->conn()->transportName();
    //! [ids]
    //! [socket use]
    socket->use([](QVariantList &event, const Next &next) {
        event.size() < 5 ? next() : next(SocketIo::Error(u"too much"_s));
    });
    //! [socket use]
    //! [disconnect]
    socket->disconnectSocket(); // leaves the namespace
    socket->disconnectClient(); // closes the connection
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
    SocketIo::ServerOptions options;
    options.pingInterval = 10s;
    options.maxHttpBufferSize = 5'000'000;
    options.cors.emplace().origin = u"https://example.org"_s;
    options.connectionStateRecovery = SocketIo::RecoveryOptions{};
    //! [options]
    io.setOptions(options);
}
