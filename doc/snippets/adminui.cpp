// SPDX-License-Identifier: MIT
#include "snippets.h"

//! [minimal]
#include <SocketIo/AdminUi>
#include <SocketIo/Server>
//! [minimal]

#include <QtCore/QCoreApplication>

#ifdef WITH_REDIS
#include <SocketIo/RedisConnection>
#endif

//! [minimal]
using namespace Qt::StringLiterals;

SocketIo::AdminUi *watch(SocketIo::Server *io)
{
    SocketIo::AdminUiOptions options;
    options.username = u"admin"_s;
    // Of "changeit": htpasswd -nBC 10 admin
    options.passwordHash = "$2y$10$QtSocketIoAdminUi0123uyIO7NQ2R9nX9hNyblJcPRkzmGSVDN9q";
    return new SocketIo::AdminUi(io, options, io);
}
//! [minimal]

//! [pages]
SocketIo::AdminUi *watchWithPages(SocketIo::Server *io, SocketIo::AdminUiOptions options)
{
    options.pageFolder = u"/srv/node_modules/@socket.io/admin-ui/ui/dist"_s;
    auto *ui = new SocketIo::AdminUi(io, options, io);
    io->engine()->setRequestHandler(
        [ui](const EngineIo::HttpRequest &request, const EngineIo::HttpResponder &respond) {
            if (!ui->handleRequest(request, respond))
                respond(EngineIo::HttpResponse(404)); // or other pages of the application
        });
    return ui;
}
//! [pages]

namespace {

void askDirectory(const QString &, const QString &, const std::function<void(bool)> &done)
{
    done(false);
}

} // namespace

//! [production]
SocketIo::AdminUiOptions forProduction()
{
    SocketIo::AdminUiOptions options;
    options.mode = SocketIo::AdminUiOptions::Mode::Production;
    options.readOnly = true;
    options.authenticator = [](const QString &username, const QString &password,
                               const std::function<void(bool)> &done) {
        askDirectory(username, password, done); // which answers later
    };
    return options;
}
//! [production]

//! [origin]
SocketIo::ServerOptions forHostedPages()
{
    SocketIo::ServerOptions options;
    options.cors = EngineIo::CorsOptions();
    options.cors->origin = EngineIo::CorsOrigin(u"https://admin.socket.io"_s);
    options.cors->credentials = true;
    return options;
}
//! [origin]

#ifdef WITH_REDIS
//! [store]
class RedisSessionStore : public SocketIo::AdminUiSessionStore
{
public:
    explicit RedisSessionStore(SocketIo::RedisConnection *redis)
        : m_redis(redis)
    {
    }
    void saveSession(const QString &id, std::chrono::seconds duration) override
    {
        m_redis->command({"SET", "socket.io-admin#" + id.toLatin1(), "1", "EX",
                          QByteArray::number(qint64(duration.count()))});
    }
    void doesSessionExist(const QString &id, const Found &found) override
    {
        const bool asked = m_redis->command(
            {"EXISTS", "socket.io-admin#" + id.toLatin1()},
            [found](const SocketIo::RedisReply &reply) { found(reply.integer == 1); });
        if (!asked)
            found(false);
    }

private:
    SocketIo::RedisConnection *m_redis;
};
//! [store]

std::shared_ptr<SocketIo::AdminUiSessionStore> sharedSessions(SocketIo::RedisConnection *redis)
{
    return std::make_shared<RedisSessionStore>(redis);
}
#endif
