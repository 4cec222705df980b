// SPDX-License-Identifier: MIT
#include "client/measurement.h"
#if defined(BENCH_WITH_QML)
#include "client/listmodel.h"
#endif

#include <EngineIo/EpollDispatcher>
#include <SocketIo/ClientSocket>
#include <SocketIo/Manager>
#if defined(BENCH_WITH_MSGPACK)
#include <SocketIo/MsgPackParser>
#endif

#include <QtCore/qcommandlineparser.h>
#include <QtCore/qcoreapplication.h>
#include <QtCore/qurl.h>

#include <algorithm>
#include <cstdio>
#include <functional>
#include <memory>
#include <vector>

using namespace Qt::StringLiterals;

namespace {

// Emits events that the server sends back, so many at a time.
void roundTrips(SocketIo::ClientSocket *socket, const char *row, const QVariant &value, int count,
                int window)
{
    Measurement measurement(row, count);
    int emitted = 0;
    const auto emitOne = [&] {
        ++emitted;
        socket->emitEvent(u"bcast"_s, value);
    };
    const auto connection =
        QObject::connect(socket, &SocketIo::ClientSocket::eventReceived, socket, [&] {
            measurement.done();
            if (emitted < count)
                emitOne();
        });
    for (int i = 0; i < std::min(window, count); ++i)
        emitOne();
    measurement.wait();
    QObject::disconnect(connection);
}

void acknowledgements(SocketIo::ClientSocket *socket, const char *row, const QVariant &value,
                      int count, int window)
{
    Measurement measurement(row, count);
    int emitted = 0;
    std::function<void()> emitOne = [&] {
        ++emitted;
        socket->emitWithAck(u"echo"_s, value)->then(socket, [&](const QVariant &) {
            measurement.done();
            if (emitted < count)
                emitOne();
        });
    };
    for (int i = 0; i < std::min(window, count); ++i)
        emitOne();
    measurement.wait();
}

// The server emits, the client only listens.
void reception(SocketIo::ClientSocket *socket, const char *row, const QVariant &value, int count,
               int burst)
{
    Measurement measurement(row, count);
    int missing = burst;
    socket->on(u"b"_s, socket, [&](const QVariant &) {
        measurement.done();
        if (--missing == 0 && measurement.missing() > 0) {
            missing = std::min(burst, measurement.missing());
            socket->emitEvent(u"burst"_s, missing, value);
        }
    });
    socket->emitEvent(u"burst"_s, burst, value);
    measurement.wait();
    socket->off(u"b"_s);
}

// The server emits changes of rows, the client takes each into a slot.
void changes(SocketIo::ClientSocket *socket, const char *row, int count, int burst)
{
    Measurement measurement(row, count);
    const auto ask = [&] { socket->emitEvent(u"rows"_s, std::min(burst, measurement.missing())); };
    socket->on(u"row"_s, socket, [&](const QVariantMap &) { measurement.done(); });
    socket->on(u"end"_s, socket, [&] {
        if (measurement.missing() > 0)
            ask();
    });
    ask();
    measurement.wait();
    socket->off(u"row"_s);
    socket->off(u"end"_s);
}

// Clients with a connection each.
void manyClients(const QUrl &url, const SocketIo::ClientOptions &options, int count)
{
    std::vector<std::unique_ptr<SocketIo::Manager>> managers;
    Measurement measurement("clients", count);
    for (int i = 0; i < count; ++i) {
        managers.push_back(std::make_unique<SocketIo::Manager>(url, options));
        SocketIo::ClientSocket *socket = managers.back()->socket();
        QObject::connect(socket, &SocketIo::ClientSocket::connected, socket,
                         [&measurement] { measurement.done(); });
        socket->open();
    }
    measurement.wait(true);
}

SocketIo::ClientOptions clientOptions(bool polling)
{
    SocketIo::ClientOptions options;
    options.transports = {polling ? EngineIo::TransportType::Polling
                                  : EngineIo::TransportType::WebSocket};
    options.reconnection = false;
    return options;
}

} // namespace

// What a client costs: events to a server with the events of bench-server and back, one at a time
// and many at a time, events that only arrive, and many clients in this process. The time is that
// of the client's process alone.
int main(int argc, char *argv[])
{
    for (int i = 1; i < argc; ++i) {
        if (qstrcmp(argv[i], "--epoll") == 0)
            EngineIo::installEpollDispatcher();
    }
    QCoreApplication app(argc, argv);
    QCommandLineParser parser;
    parser.addHelpOption();
    const QCommandLineOption countOption(u"count"_s, u"Events of each kind."_s, u"count"_s,
                                         u"50000"_s);
    const QCommandLineOption clientsOption(u"clients"_s, u"Clients in this process."_s, u"count"_s,
                                           u"1000"_s);
    const QCommandLineOption epollOption(u"epoll"_s, u"With the epoll event dispatcher."_s);
    const QCommandLineOption pollingOption(u"polling"_s, u"Over HTTP long-polling."_s);
    const QCommandLineOption msgpackOption(u"msgpack"_s, u"With the MessagePack parser."_s);
    parser.addOptions({countOption, clientsOption, epollOption, pollingOption, msgpackOption});
    parser.addPositionalArgument(u"url"_s, u"Of the server."_s);
    parser.process(app);

    const QUrl url(parser.positionalArguments().value(0));
    SocketIo::ClientOptions options = clientOptions(parser.isSet(pollingOption));
    if (parser.isSet(msgpackOption)) {
#if defined(BENCH_WITH_MSGPACK)
        options.parser = std::make_shared<SocketIo::MsgPackParser>();
#else
        fprintf(stderr, "built without QtSocketIo::MsgPack, which --msgpack needs\n");
        return 1;
#endif
    }
    SocketIo::Manager manager(url, options);
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
            const QString text(100, u'x');
            const QVariantMap object = {{u"id"_s, 12345},
                                        {u"name"_s, u"sensor of the first hall"_s},
                                        {u"value"_s, 21.5},
                                        {u"tags"_s, QVariantList{u"a"_s, u"b"_s, true}}};
            manyClients(url, options, parser.value(clientsOption).toInt());
            roundTrips(socket, "text", text, count / 5, 1);
            roundTrips(socket, "texts", text, count, 100);
            roundTrips(socket, "objects", object, count, 100);
            acknowledgements(socket, "acknowledgements", text, count, 100);
            reception(socket, "received", text, count * 2, 10'000);
            changes(socket, "rows", count * 2, 10'000);
#if defined(BENCH_WITH_QML)
            changesOfAListModel(url, parser.isSet(pollingOption) ? u"polling"_s : u"websocket"_s,
                                parser.isSet(msgpackOption) ? u"msgpack"_s : u"json"_s,
                                "list-model", count * 2, 10'000);
#endif
            roundTrips(socket, "long-texts", QString(10'000, u'x'), count / 5, 10);
            roundTrips(socket, "binary", QByteArray(100'000, 'x'), count / 50, 10);
            QCoreApplication::exit();
        },
        Qt::QueuedConnection);
    socket->open();
    return QCoreApplication::exec();
}
