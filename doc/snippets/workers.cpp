// SPDX-License-Identifier: MIT
//! [main]
#include <SocketIo/ClusterPrimary>
#include <SocketIo/ClusterWorker>
#include <SocketIo/Server>

#include <QtCore/QCoreApplication>
#include <QtCore/QDebug>

using namespace Qt::StringLiterals;

static int runWorker()
{
    SocketIo::ServerOptions options;
    options.adapter = SocketIo::ClusterWorker::adapterFactory();
    options.connectionStateRecovery.emplace();
    SocketIo::Server io(options);
    QObject::connect(&io, &SocketIo::Server::connected, &io, [&io](SocketIo::Socket *socket) {
        socket->on(u"say"_s, &io, [&io](const QString &text) {
            io.emitEvent(u"said"_s, text); // to the clients of all workers
        });
    });
    SocketIo::ClusterWorker worker(&io); // in place of io.listen()
    return QCoreApplication::exec();
}

static void restartOnHangup(SocketIo::ClusterPrimary *primary);

static int runPrimary()
{
    SocketIo::ClusterPrimaryOptions options;
    options.workerCount = 4; // by default as many as there are processors
    SocketIo::ClusterPrimary primary(options);
    restartOnHangup(&primary);
    if (!primary.listen(QHostAddress::Any, 3000)) {
        qCritical("%ls", qUtf16Printable(primary.errorString()));
        return 1;
    }
    return QCoreApplication::exec();
}

int main(int argc, char *argv[])
{
    QCoreApplication app(argc, argv);
    return SocketIo::ClusterWorker::isWorker() ? runWorker() : runPrimary();
}
//! [main]

//! [restart]
#include <QtCore/QSocketNotifier>

#include <csignal>
#include <unistd.h>

static int hangups[2]; // a pipe: a signal's handler may do little more than write

// "kill -HUP", or ExecReload= of a systemd service, replaces all workers.
static void restartOnHangup(SocketIo::ClusterPrimary *primary)
{
    if (pipe(hangups) != 0)
        return;
    auto *notifier = new QSocketNotifier(hangups[0], QSocketNotifier::Read, primary);
    QObject::connect(notifier, &QSocketNotifier::activated, primary, [primary] {
        char byte = 0;
        if (read(hangups[0], &byte, 1) == 1)
            primary->restartWorkers();
    });
    std::signal(SIGHUP, [](int) {
        const char byte = 0;
        [[maybe_unused]] const auto written = write(hangups[1], &byte, 1);
    });
}
//! [restart]

[[maybe_unused]] static void showWorkers(const SocketIo::ClusterPrimary &primary)
{
    //! [workers]
    const QList<SocketIo::ClusterPrimary::Worker> workers = primary.workers();
    for (const SocketIo::ClusterPrimary::Worker &worker : workers)
        qInfo() << worker.slot << worker.processId << worker.state << worker.sessions;
    //! [workers]
}
