// SPDX-License-Identifier: MIT
//! [main]
#include <SocketIo/ClusterPrimary>
#include <SocketIo/ClusterWorker>
#include <SocketIo/Server>

#include <QtCore/QCoreApplication>

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

static int runPrimary()
{
    SocketIo::ClusterPrimary primary;
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
