// SPDX-License-Identifier: MIT
#include <SocketIo/Manager>
#include <SocketIo/Server>
#ifdef HAS_CLUSTER
#include <SocketIo/ClusterPrimary>
#include <SocketIo/ClusterWorker>
#endif
#ifdef HAS_HTTP2
#include <EngineIo/Http2>
#endif
#ifdef HAS_POSTGRES
#include <SocketIo/PostgresAdapter>
#endif
#ifdef HAS_REDIS
#include <SocketIo/RedisAdapter>
#endif

#include <QtCore/qcommandlineparser.h>
#include <QtCore/qcoreapplication.h>
#include <QtCore/qfile.h>
#include <QtCore/qtimer.h>
#include <QtNetwork/qsslconfiguration.h>
#include <QtNetwork/qsslkey.h>

#include <cstdio>
#include <memory>
#include <optional>

using namespace SocketIo;
using namespace Qt::StringLiterals;

// A program whose server and client are destroyed when its QCoreApplication is gone. Its options
// say what they were doing then.
namespace {

struct Survivors
{
    std::unique_ptr<Server> server;
    std::unique_ptr<Manager> manager;
#ifdef HAS_CLUSTER
    std::unique_ptr<ClusterPrimary> primary;
    std::unique_ptr<ClusterWorker> worker;
#endif
    bool closes = false;
    bool isServerLast = false;

    ~Survivors()
    {
        if (closes) {
            if (server) {
                server->emitEvent(u"end"_s);
                server->close();
            }
            if (manager) {
                manager->socket()->emitEvent(u"end"_s);
                manager->close();
            }
        }
        if (isServerLast)
            manager.reset();
        server.reset();
        std::fputs("destroyed\n", stdout);
    }
};

Survivors globalSurvivors; // destroyed after all that the libraries have made
Server globalServer;       // made before all of it as well
Server *serverInUse = nullptr;

QSslConfiguration tlsOf(const QString &folder)
{
    QSslConfiguration tls = QSslConfiguration::defaultConfiguration();
    tls.setPeerVerifyMode(QSslSocket::VerifyNone);
    tls.setLocalCertificate(QSslCertificate::fromPath(folder + u"/server.pem"_s).value(0));
    QFile file(folder + u"/server.key"_s);
    if (file.open(QIODevice::ReadOnly))
        tls.setPrivateKey(QSslKey(&file, QSsl::Rsa));
    return tls;
}

class Program
{
public:
    Program(const QCommandLineParser &arguments, Survivors *survivors)
        : m_arguments(arguments)
        , m_survivors(*survivors)
    {
        m_survivors.closes = isSet("close");
        m_survivors.isServerLast = isSet("server-last");
    }

    // Whether there is something to wait for.
    bool start()
    {
#ifdef HAS_CLUSTER
        if (ClusterWorker::isWorker())
            return startWorker();
        if (isSet("cluster"))
            return startPrimary();
#endif
        if (isSet("unsent"))
            return startLonelyClient();
        return startServer() && startClient();
    }

private:
    bool isSet(const char *name) const
    {
        return m_arguments.isSet(QString::fromLatin1(name));
    }
    QString value(const char *name) const
    {
        return m_arguments.value(QString::fromLatin1(name));
    }

#ifdef HAS_CLUSTER
    bool startPrimary()
    {
        ClusterPrimaryOptions options;
        options.workerCount = 1;
        m_survivors.primary = std::make_unique<ClusterPrimary>(options);
        QObject::connect(m_survivors.primary.get(), &ClusterPrimary::workerReady, qApp,
                         &QCoreApplication::quit);
        return m_survivors.primary->listen(QHostAddress::LocalHost);
    }

    bool startWorker()
    {
        m_survivors.server = std::make_unique<Server>();
        ServerOptions options;
        options.adapter = ClusterWorker::adapterFactory();
        m_survivors.server->setOptions(options);
        m_survivors.server->setIoThreadCount(value("threads").toInt());
        m_survivors.worker = std::make_unique<ClusterWorker>(m_survivors.server.get());
        return true;
    }
#endif

    bool startServer()
    {
        if (value("owner") == u"value"_s) {
            serverInUse = &globalServer;
        } else {
            m_survivors.server = std::make_unique<Server>();
            serverInUse = m_survivors.server.get();
        }
        ServerOptions options;
        options.adapter = adapter();
        if (isSet("recovery"))
            options.connectionStateRecovery = RecoveryOptions();
        serverInUse->setOptions(options);
        serverInUse->setIoThreadCount(value("threads").toInt());
        if (isSet("tls"))
            serverInUse->setSslConfiguration(tlsOf(value("tls")));
#ifdef HAS_HTTP2
        if (isSet("http2"))
            EngineIo::Http2::enable(serverInUse->engine());
#endif
        return serverInUse->listen(QHostAddress::LocalHost);
    }

    AdapterFactory adapter() const
    {
#ifdef HAS_REDIS
        if (isSet("redis")) {
            RedisAdapterOptions options;
            options.url = QUrl(value("redis"));
            return RedisAdapter::factory(options);
        }
#endif
#ifdef HAS_POSTGRES
        if (isSet("postgres")) {
            PostgresAdapterOptions options;
            options.url = QUrl(value("postgres"));
            return PostgresAdapter::factory(options);
        }
#endif
        return {};
    }

    bool startClient()
    {
        if (!isSet("transport")) {
            QTimer::singleShot(0, qApp, &QCoreApplication::quit);
            return true;
        }
        ClientOptions options;
        options.transports = {value("transport") == u"polling"_s
                                  ? EngineIo::TransportType::Polling
                                  : EngineIo::TransportType::WebSocket};
        if (isSet("tls"))
            options.sslConfiguration = tlsOf(value("tls"));
        const QString url = u"%1://127.0.0.1:%2"_s.arg(isSet("tls") ? u"https"_s : u"http"_s)
                                .arg(serverInUse->serverPort());
        m_survivors.manager = std::make_unique<Manager>(QUrl(url), options);
        ClientSocket *socket = m_survivors.manager->socket();
        // What the two go on doing when the application ends.
        QObject::connect(serverInUse, &Server::connected, qApp, [this](Socket *peer) {
            peer->on(u"echo"_s, peer, [this, peer](int number) {
                if (number == 0)
                    peer->emitWithAck(u"asked"_s)
                        ->then(peer, [](const QVariantList &) {})
                        ->onFailed(peer, [](const Error &) {});
                if (isSet("busy"))
                    emitMany();
                QCoreApplication::quit();
            });
        });
        QObject::connect(socket, &ClientSocket::connected, qApp, [this, socket] {
            for (int i = 0; i < (isSet("busy") ? 100 : 1); ++i)
                socket->emitEvent(u"echo"_s, i, QByteArray(1000, 'x'));
        });
        return true;
    }

    // With events for a server that is not there.
    bool startLonelyClient()
    {
        m_survivors.manager = std::make_unique<Manager>(QUrl(value("unsent")));
        ClientSocket *socket = m_survivors.manager->socket();
        QObject::connect(socket, &ClientSocket::connectError, qApp, &QCoreApplication::quit);
        for (int i = 0; i < 3; ++i)
            socket->emitEvent(u"echo"_s, i);
        return true;
    }

    void emitMany()
    {
        for (int i = 0; i < 20; ++i)
            serverInUse->emitEvent(u"much"_s, QByteArray(1000, 'x'));
    }

    const QCommandLineParser &m_arguments;
    Survivors &m_survivors;
};

} // namespace

int main(int argc, char *argv[])
{
    // Above the application, as events come until its end.
    Survivors ofMain;
    std::optional<Program> program;
    QCommandLineParser arguments;
    for (const char *name : {"owner", "threads", "transport", "tls", "unsent", "redis", "postgres"})
        arguments.addOption({QString::fromLatin1(name), QString(), u"value"_s});
    for (const char *name : {"http2", "cluster", "recovery", "busy", "close", "server-last"})
        arguments.addOption(QCommandLineOption(QString::fromLatin1(name)));

    QCoreApplication app(argc, argv);
    arguments.process(app);
    program.emplace(arguments,
                    arguments.value(u"owner"_s) == u"main"_s ? &ofMain : &globalSurvivors);
    return program->start() ? QCoreApplication::exec() : 2;
}
