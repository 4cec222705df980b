// SPDX-License-Identifier: MIT
#include "support/testmain.h"

#include <EngineIo/Client>
#include <EngineIo/Server>
#include <SocketIo/ClientSocket>
#include <SocketIo/Manager>
#include <SocketIo/Server>
#include <SocketIo/Socket>

#include <QtCore/qdeadlinetimer.h>
#include <QtCore/qeventloop.h>
#include <QtCore/qpointer.h>
#include <QtCore/qrandom.h>
#include <QtCore/qtimer.h>
#include <QtTest/qtest.h>

#include <algorithm>
#include <iterator>
#include <memory>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using EngineIo::TransportType;

namespace {

constexpr int Clients = 4;
constexpr int Ended = 2;    // the first ones, by the server
constexpr int Numbers = 20; // sent to each client
constexpr int UntilEnd = 8; // to one that ends

// A server and its clients, in one thread.
class World
{
public:
    virtual ~World() = default;

    virtual bool isReady() const = 0;
    virtual void send(int client, int number) = 0;
    virtual void end(int client) = 0; // by the server

    // What an application does when something has come, or has ended.
    std::function<void(int client, int number)> clientGot;
    std::function<void(int client, int number)> serverGot;
    int ends[Clients] = {};
};

class EngineWorld : public World
{
public:
    explicit EngineWorld(const QList<TransportType> &transports)
        : m_last(transports.constLast())
    {
        QObject::connect(&m_server, &EngineIo::Server::connection, &m_server,
                         [this](EngineIo::Session *session) {
                             QObject::connect(session, &EngineIo::Session::messageReceived, session,
                                              [this, id = session->id()](const auto &message) {
                                                  serverGot(clientOf(id), message.text().toInt());
                                              });
                         });
        if (!m_server.listen(QHostAddress::LocalHost))
            return;
        EngineIo::ClientOptions options;
        options.transports = transports;
        for (int i = 0; i < Clients; ++i) {
            m_clients[i] = std::make_unique<EngineIo::Client>(
                QUrl(u"http://127.0.0.1:%1"_s.arg(m_server.serverPort())), options);
            EngineIo::Client *client = m_clients[i].get();
            QObject::connect(client, &EngineIo::Client::messageReceived, client,
                             [=, this](const EngineIo::Message &message) {
                                 client->send(message);
                                 clientGot(i, message.text().toInt());
                             });
            QObject::connect(client, &EngineIo::Client::closed, client, [=, this] { ++ends[i]; });
            client->open();
        }
    }

    bool isReady() const override
    {
        return std::all_of(std::cbegin(m_clients), std::cend(m_clients),
                           [this](const auto &client) {
                               return client && client->state() == EngineIo::Client::State::Open
                                   && client->transport() == m_last;
                           });
    }
    void send(int client, int number) override
    {
        sessionOf(client)->send(EngineIo::Message::fromText(QString::number(number)));
    }
    void end(int client) override { sessionOf(client)->close(); }

private:
    // The id is empty when the client has ended.
    int clientOf(const QString &id)
    {
        for (int i = 0; i < Clients; ++i) {
            if (m_clients[i]->id() == id)
                m_ids[i] = id;
            if (m_ids[i] == id)
                return i;
        }
        return 0;
    }
    EngineIo::Session *sessionOf(int client)
    {
        if (m_ids[client].isEmpty())
            m_ids[client] = m_clients[client]->id();
        return m_server.session(m_ids[client]);
    }

    const TransportType m_last;
    EngineIo::Server m_server;
    QString m_ids[Clients];
    std::unique_ptr<EngineIo::Client> m_clients[Clients];
};

class SocketWorld : public World
{
public:
    explicit SocketWorld(const QList<TransportType> &transports)
        : m_last(EngineIo::transportName(transports.constLast()))
    {
        QObject::connect(
            &m_server, &SocketIo::Server::connected, &m_server, [this](SocketIo::Socket *socket) {
                // Each client says who it is.
                socket->on(u"hello"_s, socket,
                           [=, this](int client) { m_sockets[client] = socket; });
                socket->on(u"got"_s, socket,
                           [=, this](int client, int number) { serverGot(client, number); });
            });
        if (!m_server.listen(QHostAddress::LocalHost))
            return;
        SocketIo::ClientOptions options;
        options.transports = transports;
        for (int i = 0; i < Clients; ++i) {
            m_managers[i] = std::make_unique<SocketIo::Manager>(
                QUrl(u"http://127.0.0.1:%1"_s.arg(m_server.serverPort())), options);
            SocketIo::ClientSocket *client = m_managers[i]->socket();
            m_clients[i] = client;
            client->on(u"number"_s, client, [=, this](int number) {
                client->emitEvent(u"got"_s, i, number);
                clientGot(i, number);
            });
            QObject::connect(client, &SocketIo::ClientSocket::disconnected, client,
                             [=, this] { ++ends[i]; });
            client->open();
            client->emitEvent(u"hello"_s, i);
        }
    }

    bool isReady() const override
    {
        for (int i = 0; i < Clients; ++i) {
            if (!m_sockets[i] || !m_clients[i]->isConnected()
                || m_managers[i]->transportName() != m_last) {
                return false;
            }
        }
        return true;
    }
    void send(int client, int number) override
    {
        m_sockets[client]->emitEvent(u"number"_s, number);
    }
    void end(int client) override { m_sockets[client]->disconnectClient(); }

private:
    static SocketIo::ServerOptions serverOptions()
    {
        SocketIo::ServerOptions options;
        options.serveClient = false;
        return options;
    }

    const QString m_last;
    SocketIo::Server m_server{serverOptions()};
    QPointer<SocketIo::Socket> m_sockets[Clients];
    QPointer<SocketIo::ClientSocket> m_clients[Clients];
    std::unique_ptr<SocketIo::Manager> m_managers[Clients];
};

} // namespace

// Slots of several clients and of their server that run event loops within each other, all in one
// thread.
class tst_Client_Nesting : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void loopsWithinLoopsComeToAnEnd_data();
    void loopsWithinLoopsComeToAnEnd();
    void aLoopEndsAfterTheLoopsWithinIt_data();
    void aLoopEndsAfterTheLoopsWithinIt();

private:
    static void addRows();
    std::unique_ptr<World> createWorld() const;
};

void tst_Client_Nesting::addRows()
{
    QTest::addColumn<QList<TransportType>>("transports");
    QTest::addColumn<bool>("engine");
    QTest::addColumn<quint32>("seed");
}

std::unique_ptr<World> tst_Client_Nesting::createWorld() const
{
    QFETCH(QList<TransportType>, transports);
    QFETCH(bool, engine);
    if (engine)
        return std::make_unique<EngineWorld>(transports);
    return std::make_unique<SocketWorld>(transports);
}

void tst_Client_Nesting::loopsWithinLoopsComeToAnEnd_data()
{
    addRows();
    const std::pair<const char *, QList<TransportType>> carriers[] = {
        {"polling", {TransportType::Polling}},
        {"websocket", {TransportType::WebSocket}},
        {"upgrade", {TransportType::Polling, TransportType::WebSocket}}};
    for (const bool engine : {true, false}) {
        for (const auto &[name, transports] : carriers) {
            for (const quint32 seed : {1U, 2U, 3U}) {
                QTest::addRow("%s, %s, seed %u", engine ? "engine" : "socket", name, seed)
                    << transports << engine << seed;
            }
        }
    }
}

void tst_Client_Nesting::loopsWithinLoopsComeToAnEnd()
{
    QFETCH(quint32, seed);
    QRandomGenerator random(seed);
    QList<int> atClient[Clients];
    QList<int> atServer[Clients];
    int progress = 0;
    int depth = 0;
    int greatestDepth = 0;
    const auto runLoop = [&] {
        greatestDepth = std::max(greatestDepth, ++depth);
        QEventLoop loop;
        QTimer timer;
        QDeadlineTimer patience(15ms);
        const int wanted = random.bounded(2) ? progress + 3 : -1;
        const int time = random.bounded(5);
        connect(&timer, &QTimer::timeout, &loop, [&] {
            if (wanted < 0 || progress >= wanted || patience.hasExpired())
                loop.quit();
        });
        timer.start(wanted < 0 ? time : 1);
        loop.exec();
        --depth;
    };
    const std::unique_ptr<World> world = createWorld();
    world->clientGot = [&](int client, int number) {
        atClient[client].append(number);
        ++progress;
        if (random.bounded(2))
            runLoop();
    };
    world->serverGot = [&](int client, int number) {
        atServer[client].append(number);
        ++progress;
        if (random.bounded(4) == 0)
            runLoop();
    };
    QTRY_VERIFY_WITH_TIMEOUT(world->isReady(), 30000);

    int sent[Clients] = {};
    QTimer feeder;
    connect(&feeder, &QTimer::timeout, this, [&] {
        const int client = random.bounded(Clients);
        const int most = client < Ended ? UntilEnd : Numbers;
        if (sent[client] == most)
            return;
        world->send(client, sent[client]++);
        if (client < Ended && sent[client] == most)
            world->end(client);
    });
    feeder.start(1);
    const auto hasSettled = [&] {
        for (int i = 0; i < Clients; ++i) {
            const qsizetype number = i < Ended ? UntilEnd : Numbers;
            if (atClient[i].size() < number || (i < Ended && world->ends[i] == 0)
                || (i >= Ended && atServer[i].size() < number)) {
                return false;
            }
        }
        return true;
    };
    QTRY_VERIFY_WITH_TIMEOUT(hasSettled(), 30000);
    QCOMPARE(depth, 0);
    // Nothing of a connection is told while a slot of it runs: each may be there once.
    QVERIFY2(greatestDepth <= 2 * Clients, qPrintable(QString::number(greatestDepth)));
    for (int i = 0; i < Clients; ++i) {
        QCOMPARE(world->ends[i], i < Ended ? 1 : 0);
        QCOMPARE(atClient[i].size(), i < Ended ? UntilEnd : Numbers);
        for (const QList<int> &got : {atClient[i], atServer[i]}) {
            for (int number = 0; number < got.size(); ++number)
                QCOMPARE(got[number], number);
        }
    }
}

void tst_Client_Nesting::aLoopEndsAfterTheLoopsWithinIt_data()
{
    addRows();
    for (const bool engine : {true, false}) {
        QTest::newRow(engine ? "engine" : "socket")
            << QList<TransportType>{TransportType::WebSocket} << engine << quint32(0);
    }
}

// As the guide says: that is so with any two slots of a thread.
void tst_Client_Nesting::aLoopEndsAfterTheLoopsWithinIt()
{
    QStringList steps;
    QEventLoop outer;
    const std::unique_ptr<World> world = createWorld();
    world->serverGot = [](int, int) {};
    world->clientGot = [&](int client, int) {
        steps.append(u"begin %1"_s.arg(client));
        if (client == 0) {
            world->send(1, 0);
            outer.exec();
        } else {
            outer.quit();
            QEventLoop inner;
            QTimer::singleShot(20ms, &inner, &QEventLoop::quit);
            inner.exec();
        }
        steps.append(u"end %1"_s.arg(client));
    };
    QTRY_VERIFY_WITH_TIMEOUT(world->isReady(), 30000);
    world->send(0, 0);
    QTRY_COMPARE_WITH_TIMEOUT(
        steps, (QStringList{u"begin 0"_s, u"begin 1"_s, u"end 1"_s, u"end 0"_s}), 30000);
}

QTSOCKETIO_TEST(tst_Client_Nesting)
#include "tst_client_nesting.moc"
