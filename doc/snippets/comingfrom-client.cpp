// SPDX-License-Identifier: MIT
#include "snippets.h"

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using SocketIo::ClientSocket;
using SocketIo::Manager;

void clientCalls(QObject *context);

// clang-format off: one call a line, as the table shows them

void clientCalls(QObject *context)
{
    //! [io]
    ClientSocket *socket = Manager::connectTo(QUrl(u"http://localhost:3000/chat"_s));
    //! [io]
    //! [options]
    SocketIo::ClientOptions options;
    options.auth = {{u"token"_s, u"secret"_s}};
    options.transports = {EngineIo::TransportType::WebSocket};
    options.reconnectionDelayMax = 10s;
    //! [options]
    Manager::connectTo(QUrl(u"http://localhost:3000/other"_s), options);
    //! [connect]
    QObject::connect(socket, &ClientSocket::connected, context,
                     [socket] { qInfo() << socket->id() << socket->isRecovered(); });
    //! [connect]
    //! [connect_error]
    QObject::connect(
        socket, &ClientSocket::connectError, context,
        [](const SocketIo::Error &error) { qInfo() << error.message() << error.data(); });
    //! [connect_error]
    //! [disconnect event]
    QObject::connect(socket, &ClientSocket::disconnected, context,
                     [](ClientSocket::DisconnectReason reason) { qInfo() << reason; });
    //! [disconnect event]
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
                  [](const QString &name, const QVariantList &args) { qInfo() << name << args; });
    //! [onAny]
    //! [prependAny]
    socket->prependAny(context, [](const QString &name) { qInfo() << "first:" << name; });
    //! [prependAny]
    //! [offAny]
    socket->offAny();
    //! [offAny]
    //! [onAnyOutgoing]
    socket->onAnyOutgoing(context, [](const QString &name) { qInfo() << "sent:" << name; });
    //! [onAnyOutgoing]
    //! [emit]
    socket->emitEvent(u"hello"_s, 1, u"two"_s);
    //! [emit]
    //! [send]
    socket->send(u"text"_s);
    //! [send]
    //! [ack]
    socket->emitWithAck(u"ask"_s, 42)->then(context, [](const QString &answer) {
        qInfo() << answer;
    });
    //! [ack]
    //! [timeout]
    socket->timeout(5s)
        .emitWithAck(u"ask"_s)
        ->then(context, [](const QString &answer) { qInfo() << answer; })
        ->onFailed(context, [](const SocketIo::Error &error) { qInfo() << error.message(); });
    //! [timeout]
    //! [volatile]
    socket->asVolatile().emitEvent(u"position"_s, 3, 4);
    //! [volatile]
    //! [compress]
    socket->compress(SocketIo::Compression::Off).emitEvent(u"hello"_s);
    //! [compress]
    //! [retries]
    SocketIo::ClientOptions patient;
    patient.retries = 3;
    patient.ackTimeout = 10s;
    //! [retries]
    Manager::connectTo(QUrl(u"http://localhost:3000/third"_s), patient);
    //! [state]
    qInfo() << socket->id() << socket->isConnected() << socket->isActive();
    //! [state]
    //! [auth]
    socket->setAuth({{u"token"_s, u"new"_s}});
    //! [auth]
    //! [auth function]
    socket->setAuthFunction([](const SocketIo::AuthDone &done) { done({{u"token"_s, 1}}); });
    //! [auth function]
    //! [open]
    socket->open();
    //! [open]
    //! [close]
    socket->close();
    //! [close]
    //! [buffer]
    qInfo() << socket->bufferedCount();
    //! [buffer]
}

void managerCalls(ClientSocket *socket, QObject *context)
{
    //! [transport]
    qInfo() << socket->transportName();
    //! [transport]
    //! [reconnect]
    QObject::connect(socket->manager(), &Manager::reconnected, context,
                     [](int attempt) { qInfo() << attempt; });
    //! [reconnect]
    //! [reconnect_attempt]
    QObject::connect(socket->manager(), &Manager::reconnectAttempted, context,
                     [](int attempt) { qInfo() << attempt; });
    //! [reconnect_attempt]
    //! [reconnect_error]
    QObject::connect(socket->manager(), &Manager::reconnectError, context,
                     [](const SocketIo::Error &error) { qInfo() << error.message(); });
    //! [reconnect_error]
    //! [reconnect_failed]
    QObject::connect(socket->manager(), &Manager::reconnectFailed, context,
                     [] { qInfo() << "no connection"; });
    //! [reconnect_failed]
    //! [reconnection]
    socket->manager()->setReconnection(false);
    //! [reconnection]
    //! [manager]
    Manager manager(QUrl(u"http://localhost:3000"_s));
    //! [manager]
    //! [ping]
    QObject::connect(&manager, &Manager::pinged, context, [] { qInfo() << "ping"; });
    //! [ping]
}
