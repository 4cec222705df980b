// SPDX-License-Identifier: MIT
#include "support/quitonsignals.h"

#include <SocketIo/AdminUi>
#include <SocketIo/Server>
#ifdef WITH_REDIS
#include <SocketIo/RedisAdapter>
#endif

#include <QtCore/qcoreapplication.h>
#include <QtCore/qjsondocument.h>
#include <QtCore/qjsonobject.h>
#include <QtCore/qurl.h>

#include <cstdio>

using namespace SocketIo;
using namespace Qt::StringLiterals;

namespace {

void serve(Socket *socket)
{
    socket->emitEvent(u"hello"_s, 1, u"2"_s, QVariantMap{{u"three"_s, 3}});
    socket->on(u"join"_s, socket, [socket](const QString &room) { socket->join(room); });
    socket->on(u"leave"_s, socket, [socket](const QString &room) { socket->leave(room); });
    socket->on(u"set"_s, socket,
               [socket](const QVariant &value) { socket->setDataValue(u"value"_s, value); });
    socket->on(u"ask"_s, socket, [](const QVariant &value, const Ack &ack) { ack(value); });
}

AdminUiOptions adminOptions(const QJsonObject &config)
{
    AdminUiOptions options;
    if (config.value("auth"_L1).toBool()) {
        options.username = u"admin"_s;
        options.passwordHash = config.value("hash"_L1).toString().toLatin1();
    } else {
        options.allowAnyone = true;
    }
    if (config.value("mode"_L1) == "production"_L1)
        options.mode = AdminUiOptions::Mode::Production;
    options.readOnly = config.value("readonly"_L1).toBool();
    options.serverId = config.value("serverId"_L1).toString(u"one"_s);
    options.pageFolder = config.value("pages"_L1).toString();
    options.maxFailedLogins = config.value("maxFailedLogins"_L1).toInt(options.maxFailedLogins);
    return options;
}

} // namespace

// The server whose pages the Node tests look at. The slots of the application are connected first:
// what they do is told all the same.
int main(int argc, char *argv[])
{
    QCoreApplication app(argc, argv);
    const QJsonObject config = QJsonDocument::fromJson(app.arguments().value(1).toUtf8()).object();
    ServerOptions serverOptions;
    serverOptions.cors = EngineIo::CorsOptions();
    serverOptions.cors->origin = EngineIo::CorsOrigin::reflect();
    serverOptions.cors->credentials = true;
    serverOptions.serveClient = false;
#ifdef WITH_REDIS
    if (config.contains("redis"_L1)) {
        RedisAdapterOptions redis;
        redis.url = QUrl(config.value("redis"_L1).toString());
        redis.requestsTimeout = std::chrono::minutes(10); // what waits for it comes too late
        serverOptions.adapter = RedisAdapter::factory(redis);
    }
#endif
    Server io(serverOptions);
    io.setIoThreadCount(config.value("ioThreads"_L1).toInt());
    QObject::connect(&io, &Server::connected, serve);
    QObject::connect(io.of(u"/chat"_s), &Namespace::connected, serve);
    AdminUi ui(&io, adminOptions(config));
    if (!ui.isActive())
        return 1;
    io.engine()->setRequestHandler(
        [&ui](const EngineIo::HttpRequest &request, const EngineIo::HttpResponder &respond) {
            if (!ui.handleRequest(request, respond))
                respond(EngineIo::HttpResponse(404));
        });
    if (!io.listen(QHostAddress::LocalHost)) {
        fprintf(stderr, "%s\n", qPrintable(io.errorString()));
        return 1;
    }
    quitOnSignals(&app);
    printf("listening %d\n", int(io.serverPort()));
    fflush(stdout);
    return app.exec();
}
