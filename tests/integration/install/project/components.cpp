// SPDX-License-Identifier: MIT
#include <SocketIo/Server>
#ifdef WITH_ADMINUI
#include <SocketIo/AdminUi>
#endif
#ifdef WITH_CLUSTER
#include <SocketIo/ClusterWorker>
#endif
#ifdef WITH_HTTP2
#include <EngineIo/Http2>
#endif
#ifdef WITH_MSGPACK
#include <SocketIo/MsgPackParser>
#endif
#ifdef WITH_POSTGRES
#include <SocketIo/PostgresAdapter>
#endif
#ifdef WITH_REDIS
#include <SocketIo/RedisAdapter>
#endif

#include <QtCore/qcoreapplication.h>

// An outside program with a server that has all that the package has for it. It needs no other server.
int main(int argc, char *argv[])
{
    QCoreApplication app(argc, argv);
    SocketIo::ServerOptions options;
#ifdef WITH_MSGPACK
    options.parser = std::make_shared<SocketIo::MsgPackParser>();
#endif
#ifdef WITH_CLUSTER
    if (SocketIo::ClusterWorker::isWorker())
        return 1;
#endif
#ifdef WITH_POSTGRES
    if (!SocketIo::PostgresAdapter::factory())
        return 2;
#endif
#ifdef WITH_REDIS
    if (!SocketIo::RedisAdapter::factory())
        return 3;
#endif
    SocketIo::Server io(options);
#ifdef WITH_HTTP2
    if (!EngineIo::Http2::enable(io.engine()))
        return 4;
#endif
#ifdef WITH_ADMINUI
    SocketIo::AdminUiOptions adminOptions;
    adminOptions.allowAnyone = true;
    const SocketIo::AdminUi adminUi(&io, adminOptions);
    if (!adminUi.isActive())
        return 5;
#endif
    return io.listen(QHostAddress::LocalHost) ? 0 : 6;
}
