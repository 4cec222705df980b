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

#include <algorithm>
#include <cstdio>
#include <memory>
#include <optional>

#ifdef Q_OS_LINUX
#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>
#include <vector>
#endif

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

// With the server of an application that has ended, whose client it may still have.
int runSecondApplication()
{
    int ends = 0;
    QObject::connect(serverInUse, &Server::closed, qApp, [&ends] { ++ends; });
    serverInUse->close();
    if (serverInUse->isListening() || serverInUse->engine()->clientsCount() != 0 || ends != 1)
        return 3;
    if (!serverInUse->listen(QHostAddress::LocalHost))
        return 4;
    Manager manager(QUrl(u"http://127.0.0.1:%1"_s.arg(serverInUse->serverPort())));
    manager.socket()->on(u"echo"_s, qApp, [] { QCoreApplication::quit(); });
    QObject::connect(serverInUse, &Server::connected, qApp,
                     [](Socket *socket) { socket->emitEvent(u"echo"_s); });
    return QCoreApplication::exec();
}

#ifdef Q_OS_LINUX
// As a user who is not root, whom no limit binds.
void setLimit(__rlimit_resource resource, rlim_t limit)
{
    rlimit limits;
    getrlimit(resource, &limits);
    limits.rlim_cur = std::min(limit, limits.rlim_max);
    setrlimit(resource, &limits);
}

// A server that is refused its threads says so, and gets them when they are there.
int runStarved(const QString &of)
{
    Server server;
    server.setIoThreadCount(2);
    std::vector<int> taken;
    if (of == u"threads") {
        if (geteuid() == 0 && setuid(65534) != 0)
            return 3;
        setLimit(RLIMIT_NPROC, 1);
    } else {
        setLimit(RLIMIT_NOFILE, 100);
        for (int next = 0; (next = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0)) >= 0;)
            taken.push_back(next);
    }
    if (server.listen(QHostAddress::LocalHost)
        || !server.errorString().contains(u"Cannot start I/O thread 1 of 2"_s))
        return 4;
    if (server.engine()->handleSocketDescriptor(STDIN_FILENO))
        return 5;
    for (int descriptor : taken)
        close(descriptor);
    setLimit(RLIMIT_NPROC, RLIM_INFINITY);
    return server.listen(QHostAddress::LocalHost) ? 0 : 6;
}
#else
int runStarved(const QString &)
{
    return 0;
}
#endif

} // namespace

int main(int argc, char *argv[])
{
    // Above the application, as events come until its end.
    Survivors ofMain;
    std::optional<Program> program;
    QCommandLineParser arguments;
    for (const char *name :
         {"owner", "threads", "transport", "tls", "unsent", "redis", "postgres", "starved"})
        arguments.addOption({QString::fromLatin1(name), QString(), u"value"_s});
    for (const char *name :
         {"http2", "cluster", "recovery", "busy", "close", "server-last", "second"})
        arguments.addOption(QCommandLineOption(QString::fromLatin1(name)));

    std::optional<QCoreApplication> app(std::in_place, argc, argv);
    arguments.process(*app);
    if (arguments.isSet(u"starved"_s))
        return runStarved(arguments.value(u"starved"_s));
    program.emplace(arguments,
                    arguments.value(u"owner"_s) == u"main"_s ? &ofMain : &globalSurvivors);
    const int result = program->start() ? QCoreApplication::exec() : 2;
    if (!arguments.isSet(u"second"_s))
        return result;
    app.reset();
    app.emplace(argc, argv);
    return runSecondApplication();
}
