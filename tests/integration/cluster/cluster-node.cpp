// SPDX-License-Identifier: MIT
// A server of a cluster on Qt in a process of its own, as cluster-server.mjs is one on Node.js:
//   cluster-node '{"adapter":"streams","redis":"redis://127.0.0.1:6379","recovers":true}'
//   cluster-node '{"adapter":"postgres","postgres":"postgresql://127.0.0.1:5432"}'
// Prints "listening PORT"; ends when its standard input does.
#include "clusterserver.h"
#include "redisadapters.h"

#ifdef CLUSTER_NODE_POSTGRES
#include <SocketIo/PostgresAdapter>
#endif

#include <QtCore/qcoreapplication.h>
#include <QtCore/qjsondocument.h>
#include <QtCore/qsocketnotifier.h>

#include <cstdio>
#include <unistd.h>

namespace {

SocketIo::AdapterFactory adapterOf(const QJsonObject &config)
{
#ifdef CLUSTER_NODE_POSTGRES
    if (config.contains(QLatin1String("postgres"))) {
        SocketIo::PostgresAdapterOptions options;
        options.url = QUrl(config[QLatin1String("postgres")].toString());
        return SocketIo::PostgresAdapter::factory(options);
    }
#endif
    return clusterAdapter(config);
}

} // namespace

int main(int argc, char *argv[])
{
    QCoreApplication app(argc, argv);
    const QJsonObject config = QJsonDocument::fromJson(app.arguments().value(1).toUtf8()).object();
    ClusterServer server;
    const bool recovers = config[QLatin1String("recovers")].toBool();
    const bool quick = config[QLatin1String("quickPings")].toBool();
    if (!server.start(adapterOf(config), recovers ? Recovers::Yes : Recovers::No,
                      quick ? Pings::Quick : Pings::Usual))
        return 1;
    QSocketNotifier input(STDIN_FILENO, QSocketNotifier::Read);
    QObject::connect(&input, &QSocketNotifier::activated, &app, [&server, &input] {
        char buffer[256];
        const auto size = ::read(STDIN_FILENO, buffer, sizeof(buffer));
        if (size > 0)
            return;
        input.setEnabled(false);
        server.server()->close();
        QCoreApplication::quit();
    });
    printf("listening %d\n", int(server.server()->serverPort()));
    fflush(stdout);
    return QCoreApplication::exec();
}
