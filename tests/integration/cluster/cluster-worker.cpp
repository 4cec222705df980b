// SPDX-License-Identifier: MIT
// A worker of a ClusterPrimary, or a primary with such workers if no other has started it:
//   cluster-worker [recovers] [numbers] [stays] [tls CERTIFICATE KEY]
// recovers: with connection state recovery. numbers: each worker emits "number", its process and
// 1, 2, 3... to all clients. stays: the process goes on without its server when that is closed. tls:
// the workers' servers encrypt. A primary prints "listening PORT" and the processes of its workers.
#include "support/quitonsignals.h"

#include <SocketIo/Adapter>
#include <SocketIo/ClusterPrimary>
#include <SocketIo/ClusterWorker>
#include <SocketIo/Server>

#include <QtCore/qcoreapplication.h>
#include <QtCore/qfile.h>
#include <QtCore/qfuturewatcher.h>
#include <QtCore/qtimer.h>
#include <QtNetwork/qsslcertificate.h>
#include <QtNetwork/qsslconfiguration.h>
#include <QtNetwork/qsslkey.h>
#include <QtNetwork/qsslsocket.h>

#include <cstdio>

using namespace SocketIo;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

void serve(Server *io, QTimer *numbers)
{
    QObject::connect(io, &Server::connected, io, [io](Socket *socket) {
        const qint64 process = QCoreApplication::applicationPid();
        socket->on(u"who"_s, socket, [process](const Ack &ack) { ack(process); });
        socket->on(u"join"_s, socket, [socket](const QString &room, const Ack &ack) {
            socket->join(room);
            socket->setDataValue(u"room"_s, room);
            ack();
        });
        socket->on(u"data"_s, socket,
                   [socket](const Ack &ack) { ack(socket->data(), QStringList(socket->rooms())); });
        socket->on(u"emit"_s, socket,
                   [io](const QVariant &value) { io->emitEvent(u"news"_s, value); });
        socket->on(u"emit to"_s, socket, [io](const QString &room, const QVariant &value) {
            io->to(room).emitEvent(u"news"_s, value);
        });
        socket->on(u"ask all"_s, socket, [io](const Ack &ack) {
            PendingAck *const asked = io->timeout(10s).emitWithAck(u"question"_s);
            asked->then(asked, [ack](const QVariantList &answers) { ack(answers.size()); });
        });
        socket->on(u"fetch"_s, socket, [io](const Ack &ack) {
            auto *watcher = new QFutureWatcher<QList<RemoteSocket>>;
            QObject::connect(watcher, &QFutureWatcherBase::finished, watcher, [watcher, ack] {
                watcher->deleteLater();
                ack(watcher->result().size());
            });
            watcher->setFuture(io->fetchSockets());
        });
        socket->on(u"join all"_s, socket, [io](const QString &room) { io->socketsJoin(room); });
        socket->on(u"leave all"_s, socket, [io](const QString &room) { io->socketsLeave(room); });
        socket->on(u"disconnect others"_s, socket, [io, socket] {
            io->except(socket->id()).disconnectSockets(CloseConnection::Yes);
        });
        socket->on(u"ask servers"_s, socket, [io](const Ack &ack) {
            PendingAck *const asked = io->serverSideEmitWithAck(u"process"_s);
            asked->then(asked, [ack](const QVariantList &answers) { ack(answers); });
        });
        socket->on(u"servers"_s, socket, [io](const Ack &ack) {
            io->mainNamespace()->adapter()->serverCount([ack](int count) { ack(count); });
        });
        socket->on(u"stop"_s, socket, [io] {
            io->serverSideEmit(u"stop"_s);
            QMetaObject::invokeMethod(io, [io] { io->setProperty("stop", true); });
        });
        socket->on(u"leave"_s, socket, [io, socket] {
            socket->emitEvent(u"news"_s, u"bye"_s);
            io->emitEvent(u"news"_s, u"bye all"_s);
            socket->disconnectSocket();
        });
        socket->on(u"quit"_s, socket, [] { QCoreApplication::quit(); });
        socket->on(u"crash"_s, socket, [] { ::raise(SIGKILL); });
    });
    io->mainNamespace()->on(u"process"_s, io,
                            [](const Ack &ack) { ack(QCoreApplication::applicationPid()); });
    io->mainNamespace()->on(u"stop"_s, io, [io] { io->setProperty("stop", true); });
    QObject::connect(numbers, &QTimer::timeout, io, [io, number = 0]() mutable {
        if (!io->property("stop").toBool())
            io->emitEvent(u"number"_s, QCoreApplication::applicationPid(), ++number);
    });
}

QSslConfiguration tlsConfiguration(const QString &certificate, const QString &key)
{
    QSslConfiguration configuration = QSslConfiguration::defaultConfiguration();
    configuration.setLocalCertificate(QSslCertificate::fromPath(certificate).value(0));
    QFile file(key);
    if (file.open(QIODevice::ReadOnly))
        configuration.setPrivateKey(QSslKey(&file, QSsl::Rsa));
    configuration.setPeerVerifyMode(QSslSocket::VerifyNone);
    return configuration;
}

int runPrimary(QCoreApplication *app)
{
    ClusterPrimaryOptions options;
    options.workerCount = 2;
    ClusterPrimary primary(options);
    QObject::connect(&primary, &ClusterPrimary::workerReady, app, [](int, qint64 process) {
        printf("worker %lld\n", static_cast<long long>(process));
        fflush(stdout);
    });
    if (!primary.listen(QHostAddress::LocalHost))
        return 1;
    printf("listening %d\n", int(primary.serverPort()));
    fflush(stdout);
    return QCoreApplication::exec();
}

int runWorker()
{
    const QStringList arguments = QCoreApplication::arguments();
    ServerOptions options;
    options.serveClient = false;
    options.adapter = ClusterWorker::adapterFactory();
    if (arguments.contains(u"recovers"_s))
        options.connectionStateRecovery = RecoveryOptions();
    Server io(options);
    if (const qsizetype tls = arguments.indexOf(u"tls"_s); tls > 0)
        io.setSslConfiguration(
            tlsConfiguration(arguments.value(tls + 1), arguments.value(tls + 2)));
    QTimer numbers;
    serve(&io, &numbers);
    ClusterWorker worker(&io);
    if (arguments.contains(u"numbers"_s))
        numbers.start(100ms);
    QObject::connect(&worker, &ClusterWorker::drainingChanged, &numbers, &QTimer::stop);
    return QCoreApplication::exec();
}

} // namespace

int main(int argc, char *argv[])
{
    QCoreApplication app(argc, argv);
    quitOnSignals(&app);
    if (!ClusterWorker::isWorker())
        return runPrimary(&app);
    const int result = runWorker();
    return app.arguments().contains(u"stays"_s) ? QCoreApplication::exec() : result;
}
