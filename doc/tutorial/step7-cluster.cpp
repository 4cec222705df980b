// SPDX-License-Identifier: MIT
#include <SocketIo/ClusterPrimary>
#include <SocketIo/ClusterWorker>
#include <SocketIo/Server>

#include <QtCore/QCoreApplication>

using namespace Qt::StringLiterals;

namespace {

//! [worker]
int runWorker()
{
    SocketIo::ServerOptions options;
    options.adapter = SocketIo::ClusterWorker::adapterFactory();
    SocketIo::Server io(options);
    QObject::connect(&io, &SocketIo::Server::connected, [&io](SocketIo::Socket *socket) {
        socket->on(u"chat message"_s, socket, [&io](const QString &nick, const QString &text) {
            io.emitEvent(u"chat message"_s, nick, text); // to the clients of all workers
        });
    });
    SocketIo::ClusterWorker worker(&io); // in place of io.listen()
    return QCoreApplication::exec();
}
//! [worker]

//! [primary]
int runPrimary(quint16 port)
{
    SocketIo::ClusterPrimary primary;
    if (!primary.listen(QHostAddress::Any, port)) {
        qCritical("%ls", qUtf16Printable(primary.errorString()));
        return 1;
    }
    qInfo("Listening on port %d", primary.serverPort());
    return QCoreApplication::exec();
}

} // namespace

int main(int argc, char *argv[])
{
    QCoreApplication app(argc, argv);
    if (SocketIo::ClusterWorker::isWorker())
        return runWorker();
    return runPrimary(app.arguments().value(1, u"3000"_s).toUShort());
}
//! [primary]
