// SPDX-License-Identifier: MIT
#include <SocketIo/Manager>

#include <QtCore/qcoreapplication.h>
#include <QtCore/qthread.h>
#include <QtCore/qtimer.h>

#include <cstdio>
#include <cstdlib>
#include <functional>
#include <memory>

using namespace SocketIo;
using namespace Qt::StringLiterals;

// A program that emits 20 events and ends in the way that its arguments say, as programs do:
// client-quitter URL TRANSPORTS MOMENT WAY
namespace {

constexpr int Count = 20;
constexpr int Much = 700'000; // bytes of an event, so that the system does not take them all

void emitAll(ClientSocket *socket, int size = 1000)
{
    for (int i = 0; i < Count; ++i)
        socket->emitEvent(u"record"_s, i, QByteArray(size, 'x'));
}

ClientOptions optionsFor(const QString &transports)
{
    ClientOptions options;
    options.transports.clear();
    if (transports.contains(u"polling"_s))
        options.transports.append(EngineIo::TransportType::Polling);
    if (transports.contains(u"websocket"_s))
        options.transports.append(EngineIo::TransportType::WebSocket);
    // The tests' certificate has no name.
    QSslConfiguration tls = QSslConfiguration::defaultConfiguration();
    tls.setPeerVerifyMode(QSslSocket::VerifyNone);
    options.sslConfiguration = tls;
    return options;
}

// Calls function when the connection has come as far as moment says.
void at(const QString &moment, ClientSocket *socket, const std::function<void()> &function)
{
    if (moment == u"start"_s) {
        function();
    } else if (moment == u"upgrading"_s) {
        QObject::connect(socket->manager(), &Manager::opened, socket, [socket, function] {
            QObject::connect(socket->manager()->engine(), &EngineIo::Client::upgrading, socket,
                             [socket, function] {
                                 if (socket->isConnected())
                                     function();
                                 else // nothing can have been sent before
                                     QObject::connect(socket, &ClientSocket::connected, socket,
                                                      function);
                             });
        });
    } else if (moment == u"failed"_s) {
        QObject::connect(socket, &ClientSocket::connectError, socket, function);
    } else {
        QObject::connect(socket, &ClientSocket::connected, socket, function);
    }
}

int quitInThread(const QUrl &url, const ClientOptions &options)
{
    QThread thread;
    QObject context;
    context.moveToThread(&thread);
    QObject::connect(&thread, &QThread::started, &context, [&] {
        ClientSocket *socket = Manager::connectTo(url, options);
        QObject::connect(socket, &ClientSocket::connected, &context, [&thread, socket] {
            emitAll(socket);
            thread.quit();
        });
    });
    QObject::connect(&thread, &QThread::finished, qApp, &QCoreApplication::quit);
    thread.start();
    const int status = QCoreApplication::exec();
    thread.wait();
    return status;
}

void end(const QString &way, ClientSocket *socket)
{
    Manager *manager = socket->manager();
    if (way == u"disconnected"_s) {
        QObject::connect(socket, &ClientSocket::disconnected, qApp, &QCoreApplication::quit);
        emitAll(socket);
        socket->close();
    } else if (way == u"closed"_s || way == u"closed at once"_s) {
        // The process ends inside the signal: nothing can be delivered after it.
        QObject::connect(manager, &Manager::closed, qApp, [] { std::_Exit(0); });
        emitAll(socket);
        if (way == u"closed"_s)
            socket->close();
        else
            manager->close();
    } else if (way == u"flushed"_s) {
        QObject::connect(socket, &ClientSocket::flushed, qApp, &QCoreApplication::quit);
        emitAll(socket);
    } else if (way == u"manager flushed"_s) {
        QObject::connect(manager, &Manager::flushed, qApp, &QCoreApplication::quit);
        emitAll(socket);
    } else if (way == u"quit"_s) {
        emitAll(socket);
        QCoreApplication::quit();
    } else if (way == u"quit with much"_s) {
        emitAll(socket, Much);
        QCoreApplication::quit();
    } else if (way == u"closed with much"_s) {
        emitAll(socket, Much);
        manager->close();
        QObject::connect(manager, &Manager::stateChanged, qApp, &QCoreApplication::quit);
    } else if (way == u"delete manager with much"_s) {
        emitAll(socket, Much);
        delete manager;
        // Not before the connection, which nobody has any more, has ended.
        QTimer::singleShot(8000, qApp, &QCoreApplication::quit);
    } else if (way == u"delete socket"_s) {
        emitAll(socket);
        delete socket;
        QCoreApplication::quit();
    } else if (way == u"delete manager"_s) {
        emitAll(socket);
        delete manager;
        QCoreApplication::quit();
    } else if (way == u"about to quit"_s) {
        QObject::connect(qApp, &QCoreApplication::aboutToQuit, socket,
                         [socket] { emitAll(socket); });
        QCoreApplication::quit();
    }
}

} // namespace

int main(int argc, char *argv[])
{
    std::unique_ptr<Manager> outliving; // the application
    QCoreApplication app(argc, argv);
    const QStringList arguments = QCoreApplication::arguments();
    if (arguments.size() != 6)
        return 1;
    const QUrl url(arguments.at(1));
    const ClientOptions options = optionsFor(arguments.at(2));
    const QString moment = arguments.at(3);
    const QString owner = arguments.at(4);
    const QString way = arguments.at(5);
    if (owner == u"thread"_s)
        return quitInThread(url, options);

    std::unique_ptr<Manager> own;
    ClientSocket *socket = nullptr;
    if (owner == u"module"_s) {
        socket = Manager::connectTo(url, options);
    } else {
        auto *manager = new Manager(url, options, owner == u"application"_s ? &app : nullptr);
        if (owner == u"main"_s)
            own.reset(manager);
        if (owner == u"outliving"_s)
            outliving.reset(manager);
        socket = manager->socket();
    }
    at(moment, socket, [&own, way, socket] {
        if (way.startsWith(u"delete manager"_s))
            (void)own.release(); // NOLINT(bugprone-unused-return-value): end() deletes it
        end(way, socket);
    });
    return QCoreApplication::exec();
}
