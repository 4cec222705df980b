// SPDX-License-Identifier: MIT
#include <EngineIo/EpollDispatcher>
#include <SocketIo/ClientSocket>
#include <SocketIo/Manager>

#include <QtCore/qcommandlineparser.h>
#include <QtCore/qcoreapplication.h>
#include <QtCore/qelapsedtimer.h>
#include <QtCore/qurl.h>

#include <algorithm>
#include <cstdio>

#if defined(Q_OS_UNIX)
#include <sys/resource.h>
#endif

using namespace Qt::StringLiterals;

namespace {

// Of this process, in microseconds.
double cpuTime()
{
#if defined(Q_OS_UNIX)
    rusage usage = {};
    getrusage(RUSAGE_SELF, &usage);
    return double(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1e6
        + double(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
#else
    return 0;
#endif
}

// Emits events that the server sends back, so many at a time.
class RoundTrips
{
public:
    RoundTrips(SocketIo::ClientSocket *socket, const QVariant &value, int count, int window)
        : m_socket(socket)
        , m_value(value)
        , m_count(count)
        , m_window(window)
    {
    }

    // Whether all came back.
    bool run(const char *name)
    {
        QEventLoop loop;
        m_loop = &loop;
        QMetaObject::Connection connection = QObject::connect(
            m_socket, &SocketIo::ClientSocket::eventReceived, m_socket, [this] { received(); });
        const double start = cpuTime();
        QElapsedTimer timer;
        timer.start();
        for (int i = 0; i < std::min(m_window, m_count); ++i)
            emitOne();
        loop.exec();
        const double used = cpuTime() - start;
        QObject::disconnect(connection);
        printf("%-32s %8.1f us of CPU, %8.1f us in all, for each event emitted and received\n",
               name, used / m_count, double(timer.nsecsElapsed()) / 1e3 / m_count);
        fflush(stdout);
        return m_received == m_count;
    }

private:
    void emitOne()
    {
        ++m_emitted;
        m_socket->emitEvent(u"bcast"_s, m_value);
    }
    void received()
    {
        if (++m_received == m_count)
            m_loop->quit();
        else if (m_emitted < m_count)
            emitOne();
    }

    SocketIo::ClientSocket *m_socket;
    const QVariant m_value;
    const int m_count;
    const int m_window;
    QEventLoop *m_loop = nullptr;
    int m_emitted = 0;
    int m_received = 0;
};

} // namespace

// What a client costs: events to bench-server and back, one at a time and many at a time. The time
// is that of the client's process alone.
int main(int argc, char *argv[])
{
    QCommandLineParser parser;
    parser.addHelpOption();
    const QCommandLineOption countOption(u"count"_s, u"Events of each kind."_s, u"count"_s,
                                         u"50000"_s);
    const QCommandLineOption epollOption(u"epoll"_s, u"With the epoll event dispatcher."_s);
    const QCommandLineOption transportOption(u"transport"_s, u"polling or websocket."_s, u"name"_s,
                                             u"websocket"_s);
    parser.addOptions({countOption, epollOption, transportOption});
    parser.addPositionalArgument(u"url"_s, u"Of bench-server."_s);
    for (int i = 1; i < argc; ++i) {
        if (qstrcmp(argv[i], "--epoll") == 0)
            EngineIo::installEpollDispatcher();
    }
    QCoreApplication app(argc, argv);
    parser.process(app);

    SocketIo::ClientOptions options;
    options.transports = {parser.value(transportOption) == "polling"_L1
                              ? EngineIo::TransportType::Polling
                              : EngineIo::TransportType::WebSocket};
    options.reconnection = false;
    SocketIo::Manager manager(QUrl(parser.positionalArguments().value(0)), options);
    SocketIo::ClientSocket *socket = manager.socket();
    QObject::connect(socket, &SocketIo::ClientSocket::connectError, &app,
                     [](const SocketIo::Error &error) {
                         fprintf(stderr, "%s\n", qPrintable(error.message()));
                         QCoreApplication::exit(1);
                     });
    QObject::connect(
        socket, &SocketIo::ClientSocket::connected, &app,
        [&] {
            const int count = std::max(100, parser.value(countOption).toInt());
            const bool ok =
                RoundTrips(socket, QString(100, u'x'), count, 1).run("100 characters, in turn")
                && RoundTrips(socket, QString(100, u'x'), count, 100)
                       .run("100 characters, 100 at a time")
                && RoundTrips(socket, QString(10'000, u'x'), count / 5, 10)
                       .run("10,000 characters, 10 at a time")
                && RoundTrips(socket, QByteArray(100'000, 'x'), count / 50, 10)
                       .run("100,000 bytes, 10 at a time");
            QCoreApplication::exit(ok ? 0 : 1);
        },
        Qt::QueuedConnection);
    socket->open();
    return app.exec();
}
