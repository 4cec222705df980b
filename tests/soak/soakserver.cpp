// SPDX-License-Identifier: MIT
#include "countingdispatcher.h"
#include "support/quitonsignals.h"
#include "support/residentmemory.h"

#include <EngineIo/EpollDispatcher>
#include <EngineIo/Server>
#include <SocketIo/Adapter>
#include <SocketIo/Namespace>
#include <SocketIo/Server>
#include <SocketIo/Socket>

#include <QtCore/qcommandlineparser.h>
#include <QtCore/qcoreapplication.h>
#include <QtCore/qdeadlinetimer.h>
#include <QtCore/qdir.h>
#include <QtCore/qfile.h>
#include <QtCore/qtimer.h>

#include <cstdio>
#include <memory>
#include <utility>

using namespace SocketIo;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

qint64 openDescriptors()
{
    return QDir(u"/proc/self/fd"_s).entryList(QDir::Files | QDir::System).size();
}

ServerOptions options()
{
    ServerOptions options;
    options.pingInterval = 2s;
    options.pingTimeout = 4s;
    options.maxSendBufferSize = 256 * 1024;
    options.serveClient = false;
    options.connectionStateRecovery = RecoveryOptions();
    options.connectionStateRecovery->maxDisconnectionDuration = 10s;
    return options;
}

// Of a client that has not been deleted.
constexpr auto MostSilence = 2min;

} // namespace

// Says a number to everybody ten times a second, and remembers what its clients have said.
int main(int argc, char *argv[])
{
    std::unique_ptr<QAbstractEventDispatcher> dispatcher(EngineIo::createEventDispatcher());
    CountingDispatcher *counting = nullptr;
    if (dispatcher) {
        counting = new CountingDispatcher(std::move(dispatcher));
        QCoreApplication::setEventDispatcher(counting); // which takes the ownership
    }
    QCoreApplication app(argc, argv);
    QCommandLineParser parser;
    const QCommandLineOption port(u"port"_s, u"Port; 0 to let the system choose one."_s, u"port"_s,
                                  u"0"_s);
    const QCommandLineOption threads(u"io-threads"_s, u"Number of I/O threads."_s, u"count"_s,
                                     u"0"_s);
    parser.addOptions({port, threads});
    parser.process(app);

    Server io(options());
    io.setIoThreadCount(parser.value(threads).toInt());
    struct Said
    {
        int last;
        QDeadlineTimer until; // after which the client will not come back
    };
    QHash<QString, Said> said; // of each client
    int missed = 0;
    QObject::connect(&io, &Server::connected, [&](Socket *socket) {
        // What a client says comes in order; after a lost acknowledgement once more.
        socket->on(u"say"_s, socket, [&](const QString &who, int number, const Ack &ack) {
            // A server that has just been started knows nobody.
            auto entry = said.find(who);
            if (entry == said.end())
                entry = said.insert(who, {number - 1, {}});
            if (number > entry->last + 1)
                missed += number - entry->last - 1;
            entry->last = std::max(entry->last, number);
            entry->until.setRemainingTime(MostSilence);
            ack(entry->last);
        });
        socket->on(u"join"_s, socket, [socket](const QString &room) { socket->join(room); });
        socket->on(u"leave"_s, socket, [socket](const QString &room) { socket->leave(room); });
        socket->on(u"state"_s, socket, [&](const Ack &ack) {
            ack(QVariantMap{{u"resident"_s, residentBytes()},
                            {u"descriptors"_s, openDescriptors()},
                            {u"timers"_s, counting ? counting->timers() : 0},
                            {u"clients"_s, io.engine()->clientsCount()},
                            {u"sockets"_s, io.mainNamespace()->socketsCount()},
                            {u"rooms"_s, io.mainNamespace()->adapter()->rooms().size()},
                            {u"remembered"_s, said.size()},
                            {u"missed"_s, missed}});
        });
    });
    if (!io.listen(QHostAddress::LocalHost, parser.value(port).toUShort())) {
        fprintf(stderr, "%s\n", qPrintable(io.errorString()));
        return 1;
    }
    printf("listening %d\n", int(io.serverPort()));
    fflush(stdout);

    int number = 0;
    const QString epoch = QString::number(QCoreApplication::applicationPid());
    QTimer ticks;
    ticks.callOnTimeout([&] { io.emitEvent(u"tick"_s, epoch, ++number); });
    ticks.start(100);
    QTimer forgetting;
    forgetting.callOnTimeout([&said] {
        said.removeIf([](QHash<QString, Said>::iterator it) { return it->until.hasExpired(); });
    });
    forgetting.start(10s);
    quitOnSignals(&app);
    const int code = app.exec();
    io.close();
    return code;
}
