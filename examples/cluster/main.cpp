// SPDX-License-Identifier: MIT
// A page that shows who is connected to which server of a cluster.
//   cluster-server [--workers N] [--port P]          several processes on one port
//   cluster-server --redis URL --name NAME --port P  one server of several, joined over Redis
#include "gathering.h"
#include "numberoption.h"
#include "service.h"
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
#include <QtCore/qtextstream.h>

#include <csignal>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

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
    for (const int signal : {SIGHUP, SIGTERM, SIGINT})
        std::signal(signal, SIG_IGN); // they are for the primary, which ends its workers
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
    onSignal(SIGHUP, app, [&primary] { primary.restartWorkers(); });
    QObject::connect(&primary, &SocketIo::ClusterPrimary::closed, app, &QCoreApplication::quit);
    for (const int signal : {SIGTERM, SIGINT})
        onSignal(signal, app, [&primary] { primary.close(); });
    if (!primary.listen(QHostAddress::LocalHost, port)) {
        QTextStream(stderr) << primary.errorString() << ". Choose another --port." << Qt::endl;
        return 1;
    }
    out << "Open http://127.0.0.1:" << primary.serverPort() << "/ in several tabs\n"
        << "Replace all workers while they are connected: kill -HUP "
        << QCoreApplication::applicationPid() << "\nlistening " << primary.serverPort() << Qt::endl;
    return QCoreApplication::exec();
}

#ifdef HAS_REDIS
int runServer(QCoreApplication *app, const QUrl &redis, const QString &name, quint16 port)
{
    SocketIo::RedisStreamsAdapterOptions adapter;
    adapter.url = redis;
    SocketIo::ServerOptions options = serverOptions();
    options.adapter = SocketIo::RedisStreamsAdapter::factory(adapter);
    SocketIo::Server io(options);
    const Gathering gathering(&io, name);
    servePage(io.engine(), QStringLiteral(CLUSTER_PAGE_FOLDER));
    if (!io.listen(QHostAddress::LocalHost, port)) {
        QTextStream(stderr) << io.errorString() << ". Choose another --port." << Qt::endl;
        return 1;
    }
    endOnSignals(app, &io);
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
    const QCommandLineOption port(
        u"port"_s, u"Port to listen on; 0 to let the system choose one."_s, u"port"_s, u"3000"_s);
    const QCommandLineOption workers(u"workers"_s, u"Number of worker processes."_s, u"number"_s,
                                     u"3"_s);
    const QCommandLineOption redis(u"redis"_s, u"Join other servers over Redis instead."_s,
                                   u"url"_s);
    const QCommandLineOption name(u"name"_s, u"Name of this server, with --redis."_s, u"name"_s,
                                  u"Qt"_s);
    parser.addOptions({port, workers, redis, name});
    parser.addHelpOption();
    parser.process(app);
    const auto portNumber = portOf(parser, port);
    if (!parser.isSet(redis))
        return runPrimary(&app, numberOf(parser, workers, 1, 100), portNumber);
#ifdef HAS_REDIS
    return runServer(&app, QUrl(parser.value(redis)), parser.value(name), portNumber);
#else
    QTextStream(stderr) << "This program was built without hiredis" << Qt::endl;
    return 1;
#endif
}
