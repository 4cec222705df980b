// SPDX-License-Identifier: MIT
// A page that shows who is connected to which server of a cluster.
//   cluster-server [--workers N] [--port P]          several processes on one port
//   cluster-server --redis URL --name NAME --port P  one server of several, joined over Redis
#include "gathering.h"
#include "webpage.h"

#include <EngineIo/EpollDispatcher>
#include <SocketIo/ClusterPrimary>
#include <SocketIo/ClusterWorker>
#include <SocketIo/Server>
#ifdef HAS_REDIS
#include <SocketIo/RedisStreamsAdapter>
#endif

#include <QtCore/qcommandlineparser.h>
#include <QtCore/qcoreapplication.h>
#include <QtCore/qsocketnotifier.h>
#include <QtCore/qtextstream.h>

#include <csignal>

#include <sys/socket.h>
#include <unistd.h>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

int signalSockets[2];

// Calls function() in the event loop when the process gets the signal.
template<typename Function>
void onSignal(QCoreApplication *app, int signal, Function function)
{
    static const bool isReady = ::socketpair(AF_UNIX, SOCK_STREAM, 0, signalSockets) == 0;
    if (!isReady)
        return;
    auto *notifier = new QSocketNotifier(signalSockets[1], QSocketNotifier::Read, app);
    QObject::connect(notifier, &QSocketNotifier::activated, app, [function] {
        char byte = 0;
        (void)!::read(signalSockets[1], &byte, 1);
        function();
    });
    std::signal(signal, [](int) {
        const char byte = 1;
        (void)!::write(signalSockets[0], &byte, 1);
    });
}

SocketIo::ServerOptions serverOptions()
{
    SocketIo::ServerOptions options;
    options.clientFolder = QStringLiteral(CLUSTER_CLIENT_FOLDER);
    options.connectionStateRecovery.emplace();
    options.pingInterval = 5s;
    options.pingTimeout = 5s;
    return options;
}

int runWorker()
{
    SocketIo::ServerOptions options = serverOptions();
    options.adapter = SocketIo::ClusterWorker::adapterFactory();
    SocketIo::Server io(options);
    SocketIo::ClusterWorker worker(&io);
    const Gathering gathering(
        &io, u"worker %1, process %2"_s.arg(worker.slot()).arg(QCoreApplication::applicationPid()));
    servePage(io.engine(), QStringLiteral(CLUSTER_PAGE_FOLDER));
    std::signal(SIGHUP, SIG_IGN); // it is for the primary
    return QCoreApplication::exec();
}

int runPrimary(QCoreApplication *app, int workers, quint16 port)
{
    SocketIo::ClusterPrimaryOptions options;
    options.workerCount = workers;
    options.drainTimeout = 5s;
    SocketIo::ClusterPrimary primary(options);
    QTextStream out(stdout);
    QObject::connect(&primary, &SocketIo::ClusterPrimary::workerReady, app,
                     [&out](int slot, qint64 process) {
                         out << "worker " << slot << " is process " << process << Qt::endl;
                     });
    onSignal(app, SIGHUP, [&primary] { primary.restartWorkers(); });
    if (!primary.listen(QHostAddress::LocalHost, port)) {
        QTextStream(stderr) << primary.errorString() << Qt::endl;
        return 1;
    }
    out << "Open http://127.0.0.1:" << primary.serverPort() << "/ in several tabs\n"
        << "Replace all workers while they are connected: kill -HUP "
        << QCoreApplication::applicationPid() << "\nlistening " << primary.serverPort() << Qt::endl;
    return QCoreApplication::exec();
}

#ifdef HAS_REDIS
int runServer(const QUrl &redis, const QString &name, quint16 port)
{
    SocketIo::RedisStreamsAdapterOptions adapter;
    adapter.url = redis;
    SocketIo::ServerOptions options = serverOptions();
    options.adapter = SocketIo::RedisStreamsAdapter::factory(adapter);
    SocketIo::Server io(options);
    const Gathering gathering(&io, name);
    servePage(io.engine(), QStringLiteral(CLUSTER_PAGE_FOLDER));
    if (!io.listen(QHostAddress::LocalHost, port)) {
        QTextStream(stderr) << io.errorString() << Qt::endl;
        return 1;
    }
    QTextStream(stdout) << "listening " << io.serverPort() << Qt::endl;
    return QCoreApplication::exec();
}
#endif

} // namespace

int main(int argc, char *argv[])
{
    EngineIo::installEpollDispatcher();
    QCoreApplication app(argc, argv);
    if (SocketIo::ClusterWorker::isWorker())
        return runWorker();
    QCommandLineParser parser;
    const QCommandLineOption port(u"port"_s, u"Port to listen on; 0: the system's choice."_s,
                                  u"port"_s, u"3000"_s);
    const QCommandLineOption workers(u"workers"_s, u"Number of worker processes."_s, u"number"_s,
                                     u"3"_s);
    const QCommandLineOption redis(u"redis"_s, u"Join other servers over Redis instead."_s,
                                   u"url"_s);
    const QCommandLineOption name(u"name"_s, u"Name of this server, with --redis."_s, u"name"_s,
                                  u"Qt"_s);
    parser.addOptions({port, workers, redis, name});
    parser.addHelpOption();
    parser.process(app);
    const auto portNumber = parser.value(port).toUShort();
    if (!parser.isSet(redis))
        return runPrimary(&app, parser.value(workers).toInt(), portNumber);
#ifdef HAS_REDIS
    return runServer(QUrl(parser.value(redis)), parser.value(name), portNumber);
#else
    QTextStream(stderr) << "This program was built without hiredis" << Qt::endl;
    return 1;
#endif
}
