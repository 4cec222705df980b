// SPDX-License-Identifier: MIT
#include <EngineIo/EpollDispatcher>
#include <SocketIo/Server>

#ifdef BENCH_WITH_CLUSTER
#include <SocketIo/ClusterPrimary>
#include <SocketIo/ClusterWorker>
#endif
#ifdef BENCH_WITH_MSGPACK
#include <SocketIo/MsgPackParser>
#endif

#include <QtCore/qabstracteventdispatcher.h>
#include <QtCore/qcommandlineparser.h>
#include <QtCore/qcoreapplication.h>
#include <QtCore/qdeadlinetimer.h>
#include <QtCore/qeventloop.h>
#include <QtCore/qfile.h>
#include <QtNetwork/qsslcertificate.h>
#include <QtNetwork/qsslconfiguration.h>
#include <QtNetwork/qsslkey.h>
#include <QtNetwork/qsslsocket.h>

#include <algorithm>
#include <cstdio>
#include <memory>
#include <utility>

#ifdef Q_OS_UNIX
#include <ctime>
#endif

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

QByteArray contents(const QString &path)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        qFatal("%s: %s", qPrintable(path), qPrintable(file.errorString()));
    return file.readAll();
}

QSslConfiguration sslConfiguration(const QString &folder)
{
    QSslConfiguration configuration = QSslConfiguration::defaultConfiguration();
    configuration.setPrivateKey(QSslKey(contents(folder + "/key.pem"_L1), QSsl::Ec));
    configuration.setLocalCertificate(QSslCertificate(contents(folder + "/certificate.pem"_L1)));
    configuration.setPeerVerifyMode(QSslSocket::VerifyNone);
    return configuration;
}

void serve(SocketIo::Server *io)
{
    QObject::connect(io, &SocketIo::Server::connected, [io](SocketIo::Socket *socket) {
        socket->on(u"echo"_s, socket,
                   [](const QVariant &value, const SocketIo::Ack &ack) { ack(value); });
        socket->on(u"work"_s, socket, [](const QVariant &value, const SocketIo::Ack &ack) {
            const QDeadlineTimer end(10us, Qt::PreciseTimer);
            while (!end.hasExpired()) { }
            ack(value);
        });
        socket->on(u"join"_s, socket, [socket](const QString &room, const SocketIo::Ack &ack) {
            socket->join(room);
            ack();
        });
        socket->on(u"bcast"_s, socket,
                   [io](const QVariant &value) { io->emitEvent(u"b"_s, value); });
        socket->on(u"burst"_s, socket, [socket](int count, const QVariant &value) {
            for (int i = 0; i < count; ++i)
                socket->emitEvent(u"b"_s, value);
        });
        socket->on(u"room"_s, socket, [io](const QString &room, const QVariant &value) {
            io->to(room).emitEvent(u"b"_s, value);
        });
    });
}

// What the other servers do not have. As each listener of a socket takes memory, only on request.
void serveMore(SocketIo::Server *io)
{
    QObject::connect(io, &SocketIo::Server::connected, [](SocketIo::Socket *socket) {
        socket->on(u"leave"_s, socket, [socket](const QString &room, const SocketIo::Ack &ack) {
            socket->leave(room);
            ack();
        });
        socket->on(u"rows"_s, socket, [socket](int count) {
            // Neighbours in time are far from each other in a list of 1,000.
            for (int i = 0; i < count; ++i) {
                socket->emitEvent(u"row"_s,
                                  QVariantMap{{u"id"_s, u"row %1"_s.arg(i * 7LL % 1000)},
                                              {u"count"_s, i},
                                              {u"value"_s, i / 8.0}});
            }
            socket->emitEvent(u"end"_s);
        });
    });
}

#ifdef Q_OS_UNIX
// How long the turns of the thread's event loop take: what comes in during one waits for the next.
// Processor time, since neither waiting for events nor what else the machine does is the loop's.
class Turns
{
public:
    void count()
    {
        QObject::connect(QAbstractEventDispatcher::instance(), &QAbstractEventDispatcher::awake,
                         &m_context, [this] {
                             const double milliseconds = threadTime();
                             const double turn = milliseconds - m_last;
                             m_last = milliseconds;
                             m_longest = std::max(m_longest, turn);
                             m_long += turn > 5 ? 1 : 0;
                         });
        m_last = threadTime();
    }
    // The longest turn in milliseconds, and how many took more than five, since the last call.
    QVariantList take() { return {std::exchange(m_longest, 0), std::exchange(m_long, 0)}; }

private:
    static double threadTime()
    {
        timespec time{};
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
        return double(time.tv_sec) * 1e3 + double(time.tv_nsec) / 1e6;
    }

    QObject m_context;
    double m_last = 0;
    double m_longest = 0;
    int m_long = 0;
};
#endif

// Names the event dispatcher that is used, whatever was asked for: not every system has epoll.
int listening(quint16 port)
{
    printf("listening %d with %s\n", int(port),
           QAbstractEventDispatcher::instance()->metaObject()->className());
    fflush(stdout);
    return QCoreApplication::exec();
}

#ifdef BENCH_WITH_CLUSTER
int runWorker()
{
    SocketIo::ServerOptions options;
    options.adapter = SocketIo::ClusterWorker::adapterFactory();
    SocketIo::Server io(options);
    serve(&io);
    const SocketIo::ClusterWorker worker(&io);
    return QCoreApplication::exec();
}

int runPrimary(int workers, quint16 port)
{
    SocketIo::ClusterPrimaryOptions options;
    options.workerCount = workers;
    SocketIo::ClusterPrimary primary(options);
    QEventLoop untilReady;
    QObject::connect(&primary, &SocketIo::ClusterPrimary::workerReady, &untilReady,
                     [&workers, &untilReady] {
                         if (--workers == 0)
                             untilReady.quit();
                     });
    if (!primary.listen(QHostAddress::Any, port)) {
        fprintf(stderr, "%s\n", qPrintable(primary.errorString()));
        return 1;
    }
    untilReady.exec();
    return listening(primary.serverPort());
}
#endif

} // namespace

// The server that the benchmarks load: event echo(x) is acknowledged with x, work(x) as well but
// after 10 microseconds of work, event bcast(x) is emitted to everybody as b(x), burst(n, x) n
// times to the client that asks for it, and rows(n) is answered with n changes of rows and end().
int main(int argc, char *argv[])
{
    // The dispatcher is chosen before there is an application.
    const auto isQtDispatcher = [](const char *argument) {
        return qstrcmp(argument, "--qt-dispatcher") == 0;
    };
    if (std::none_of(argv + 1, argv + argc, isQtDispatcher))
        EngineIo::installEpollDispatcher();
    QCoreApplication app(argc, argv);
#ifdef BENCH_WITH_CLUSTER
    if (SocketIo::ClusterWorker::isWorker())
        return runWorker();
#endif
    QCommandLineParser parser;
    const QCommandLineOption portOption(
        u"port"_s, u"Port to listen on; 0 to let the system choose one."_s, u"port"_s, u"0"_s);
    const QCommandLineOption threadsOption(u"io-threads"_s, u"Number of I/O threads."_s, u"count"_s,
                                           u"0"_s);
    const QCommandLineOption deflateOption(u"deflate"_s, u"Compress WebSocket messages."_s);
    const QCommandLineOption tlsOption(
        u"tls"_s, u"Serve over TLS, with key.pem and certificate.pem of this folder."_s,
        u"folder"_s);
    const QCommandLineOption workersOption(u"workers"_s, u"Serve by so many worker processes."_s,
                                           u"count"_s, u"0"_s);
    const QCommandLineOption msgpackOption(u"msgpack"_s, u"With the MessagePack parser."_s);
    const QCommandLineOption recoveryOption(u"recovery"_s, u"With connection state recovery."_s);
    const QCommandLineOption dispatcherOption(
        u"qt-dispatcher"_s,
        u"With Qt's own event dispatcher, not that of installEpollDispatcher()."_s);
    const QCommandLineOption turnsOption(
        u"turns"_s, u"Measure the turns of the event loop; event turns(ack) asks for them."_s);
    const QCommandLineOption moreOption(
        u"more-events"_s, u"Also serve leave(room, ack) and rows(n), which other servers lack."_s);
    parser.addOptions({moreOption, turnsOption, dispatcherOption, portOption, threadsOption,
                       deflateOption, tlsOption, workersOption, msgpackOption, recoveryOption});
    parser.addHelpOption();
    parser.process(app);
    const quint16 port = parser.value(portOption).toUShort();

    if (const int workers = parser.value(workersOption).toInt(); workers > 0) {
#ifdef BENCH_WITH_CLUSTER
        return runPrimary(workers, port);
#else
        fprintf(stderr, "built without QtSocketIo::Cluster, which --workers needs\n");
        return 1;
#endif
    }
    SocketIo::ServerOptions options;
    if (parser.isSet(deflateOption))
        options.perMessageDeflate = EngineIo::PerMessageDeflateOptions();
    if (parser.isSet(recoveryOption))
        options.connectionStateRecovery = SocketIo::RecoveryOptions();
    if (parser.isSet(msgpackOption)) {
#ifdef BENCH_WITH_MSGPACK
        options.parser = std::make_shared<SocketIo::MsgPackParser>();
#else
        fprintf(stderr, "built without QtSocketIo::MsgPack, which --msgpack needs\n");
        return 1;
#endif
    }
    SocketIo::Server io(options);
    if (parser.isSet(tlsOption))
        io.setSslConfiguration(sslConfiguration(parser.value(tlsOption)));
    io.setIoThreadCount(parser.value(threadsOption).toInt());
    serve(&io);
    if (parser.isSet(moreOption))
        serveMore(&io);
#ifdef Q_OS_UNIX
    Turns turns;
    if (parser.isSet(turnsOption)) {
        turns.count();
        QObject::connect(&io, &SocketIo::Server::connected, [&turns](SocketIo::Socket *socket) {
            socket->on(u"turns"_s, socket, [&turns](const SocketIo::Ack &ack) {
                const QVariantList figures = turns.take();
                ack(figures.at(0), figures.at(1));
            });
        });
    }
#endif
    if (!io.listen(QHostAddress::Any, port)) {
        fprintf(stderr, "%s\n", qPrintable(io.errorString()));
        return 1;
    }
    return listening(io.serverPort());
}
