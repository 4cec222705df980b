// SPDX-License-Identifier: MIT
#include "busadapter.h"

#include "socketio/server/namespace_p.h"
#include "support/testmain.h"
#include "support/warnings.h"

#include <SocketIo/ClientSocket>
#include <SocketIo/Manager>
#include <SocketIo/Server>

#include <QtCore/qfuturewatcher.h>
#include <QtCore/qtimer.h>
#include <QtTest/qsignalspy.h>
#include <QtTest/qtest.h>

#include <memory>

using namespace SocketIo;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

// A server of the cluster, with a client.
class Node : public QObject
{
public:
    explicit Node(const ClusterOptions &options)
    {
        ServerOptions serverOptions;
        serverOptions.adapter = [this, options](Namespace *nsp) {
            auto made = std::make_unique<BusAdapter>(nsp, options);
            if (nsp->name() == "/"_L1)
                adapter = made.get();
            return made;
        };
        server = std::make_unique<Server>(serverOptions);
        QObject::connect(server.get(), &Server::connected, this, [this](Socket *s) {
            socket = s;
            s->join(u"all"_s);
        });
        listening = server->listen(QHostAddress::LocalHost, 0);
        ClientOptions options2;
        options2.transports = {EngineIo::TransportType::WebSocket};
        options2.reconnection = false;
        manager = std::make_unique<Manager>(
            QUrl(u"http://127.0.0.1:%1"_s.arg(server->serverPort())), options2);
        client = manager->socket();
        client->onAny(this, [this](const QString &event, const QVariantList &args) {
            events.append(QVariantList{event} + args);
        });
    }
    bool isConnected() const { return listening && client->isConnected() && socket; }

    std::unique_ptr<Server> server;
    std::unique_ptr<Manager> manager;
    BusAdapter *adapter = nullptr;
    QPointer<Socket> socket; // the server's side of the client
    ClientSocket *client = nullptr;
    QList<QVariantList> events;
    bool listening = false;
};

class Answer : public QObject
{
public:
    explicit Answer(PendingAck *ack)
    {
        ack->then(this,
                  [this](const QVariantList &args) {
                      arguments = args;
                      answered = true;
                  })
            ->onFailed(this, [this, ack](const Error &why) {
                arguments = ack->arguments();
                error = why;
                failed = true;
            });
    }

    QVariantList arguments;
    Error error;
    bool answered = false;
    bool failed = false;
};

QList<RemoteSocket> fetched(const QFuture<QList<RemoteSocket>> &future)
{
    return future.isFinished() ? future.result() : QList<RemoteSocket>();
}

} // namespace

class tst_ClusterAdapter : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup() { m_nodes.clear(); }

    void serversFindEachOther();
    void broadcastsReachAllServers();
    void broadcastsToRoomsAndExceptRooms();
    void localStaysHere();
    void binaryReachesAllServers();
    void answersOfAllClientsAreCollected();
    void answersAreCollectedUntilTheTimeout();
    void answersEndWhateverTheNumberOfServers_data();
    void answersEndWhateverTheNumberOfServers();
    void answersOfThisServerAloneAreCollected();
    void parentsCollectAnswersOfAllServers();
    void whatClientsDoNotAnswerIsNotKept();
    void socketsOfAllServersAreFetched();
    void remoteSocketsAreManaged();
    void socketsOfAllServersJoinAndLeave();
    void socketsOfAllServersAreDisconnected();
    void serversTalkToEachOther();
    void mistakesOfAnotherServerDoNotFillTheLog();
    void serversAnswerEachOther();
    void otherNamespacesAreNotMeant();
    void serverThatClosesIsGone();
    void silentServerIsLostAndNobodyWaitsForIt();
    void silentServerLetsRequestsTimeOut();
    void requestsEndWithTheirNamespace();
    void greatestTimesAreNoLimit();
    void emitterIsNoServer();
    void numberOfServersIsLimited();
    void malformedMessagesAreIgnored_data();
    void malformedMessagesAreIgnored();
    void messagesSurviveJson();
    void depthIsBounded();

private:
    void makeNodes(const ClusterOptions &options, int count = 3);
    Node &node(int index) { return *m_nodes[size_t(index)]; }
    int serverCount(Node &of)
    {
        int result = 0;
        of.adapter->serverCount([&result](int count) { result = count; });
        return result;
    }

    std::vector<std::unique_ptr<Node>> m_nodes;
};

void tst_ClusterAdapter::makeNodes(const ClusterOptions &options, int count)
{
    for (int i = 0; i < count; ++i)
        m_nodes.push_back(std::make_unique<Node>(options));
    for (const auto &made : m_nodes) {
        QTRY_VERIFY(made->isConnected());
        QTRY_COMPARE(serverCount(*made), count);
    }
}

void tst_ClusterAdapter::init()
{
    makeNodes({});
}

void tst_ClusterAdapter::serversFindEachOther()
{
    for (const auto &made : m_nodes) {
        QCOMPARE(made->adapter->servers().size(), 2);
        QVERIFY(!made->adapter->servers().contains(made->adapter->uid()));
        QCOMPARE(made->adapter->uid().size(), 16);
    }
    QSignalSpy found(node(0).adapter, &ClusterAdapter::newServer);
    Node late({});
    QTRY_COMPARE(found.count(), 1);
    QCOMPARE(found[0][0].toString(), late.adapter->uid());
    QTRY_COMPARE(serverCount(late), 4);
}

void tst_ClusterAdapter::broadcastsReachAllServers()
{
    node(1).server->emitEvent(u"hello"_s, 1, u"two"_s, QVariantMap{{u"a"_s, true}});
    const QVariantList event{u"hello"_s, 1LL, u"two"_s, QVariantMap{{u"a"_s, true}}};
    for (const auto &made : m_nodes)
        QTRY_COMPARE(made->events, QList<QVariantList>{event});
}

void tst_ClusterAdapter::broadcastsToRoomsAndExceptRooms()
{
    node(0).socket->join(u"red"_s);
    node(1).socket->join(QStringList{u"red"_s, u"blue"_s});
    node(2).server->to(u"red"_s).except(u"blue"_s).emitEvent(u"a"_s);
    node(0).socket->to(u"all"_s).emitEvent(u"b"_s); // not to itself
    node(2).server->to(node(1).socket->id()).emitEvent(u"c"_s);
    node(0).server->emitEvent(u"end"_s);
    const QVariantList end{u"end"_s};
    QTRY_VERIFY(node(0).events.contains(end) && node(1).events.contains(end)
                && node(2).events.contains(end));
    QTRY_COMPARE(node(0).events.size(), 2);
    QTRY_COMPARE(node(1).events.size(), 3);
    QCOMPARE(node(0).events.count({u"a"_s}), 1);
    QCOMPARE(node(1).events.count({u"b"_s}), 1);
    QCOMPARE(node(1).events.count({u"c"_s}), 1);
    QCOMPARE(node(2).events, QList<QVariantList>({{u"b"_s}, end}));
}

void tst_ClusterAdapter::localStaysHere()
{
    node(0).server->local().emitEvent(u"here"_s);
    node(0).server->emitEvent(u"everywhere"_s);
    QTRY_COMPARE(node(0).events, QList<QVariantList>({{u"here"_s}, {u"everywhere"_s}}));
    QTRY_COMPARE(node(1).events, QList<QVariantList>({{u"everywhere"_s}}));
    QFuture<QList<RemoteSocket>> future = node(0).server->local().fetchSockets();
    QTRY_VERIFY(future.isFinished());
    QCOMPARE(future.result().size(), 1);
}

void tst_ClusterAdapter::binaryReachesAllServers()
{
    node(0).server->emitEvent(u"image"_s, QByteArray("\0\1\2", 3));
    const QVariantList event{u"image"_s, QByteArray("\0\1\2", 3)};
    for (const auto &made : m_nodes)
        QTRY_COMPARE(made->events, QList<QVariantList>{event});
}

void tst_ClusterAdapter::answersOfAllClientsAreCollected()
{
    for (int i = 0; i < 3; ++i)
        node(i).client->on(u"who"_s, this, [i](const Ack &ack) { ack(i, u"second"_s); });
    Answer answer(node(1).server->timeout(10s).emitWithAck(u"who"_s));
    QTRY_VERIFY(answer.answered);
    QVariantList sorted = answer.arguments;
    std::sort(sorted.begin(), sorted.end(),
              [](const QVariant &a, const QVariant &b) { return a.toInt() < b.toInt(); });
    QCOMPARE(sorted, QVariantList({0LL, 1LL, 2LL}));
}

void tst_ClusterAdapter::answersAreCollectedUntilTheTimeout()
{
    node(0).client->on(u"who"_s, this, [](const Ack &ack) { ack(0); });
    node(1).client->on(u"who"_s, this, [](const Ack &ack) { ack(1); });
    Answer answer(node(2).server->timeout(300ms).emitWithAck(u"who"_s));
    QTRY_VERIFY(answer.failed);
    QCOMPARE(answer.error.type(), Error::Type::Timeout);
    QCOMPARE(answer.arguments.size(), 2);
}

// A broker may not count this server, as it has lost its subscription, or may count others that come
// and go.
void tst_ClusterAdapter::answersEndWhateverTheNumberOfServers_data()
{
    QTest::addColumn<QList<int>>("counts");
    QTest::addColumn<int>("answers");
    QTest::newRow("none") << QList<int>{0} << 1;
    QTest::newRow("this one") << QList<int>{1} << 1;
    QTest::newRow("all") << QList<int>{3} << 3;
    QTest::newRow("more than answer") << QList<int>{5} << 3;
    QTest::newRow("one more meanwhile") << QList<int>{3, 4} << 3;
    QTest::newRow("others only meanwhile") << QList<int>{0, 3} << 1;
}

void tst_ClusterAdapter::answersEndWhateverTheNumberOfServers()
{
    QFETCH(const QList<int>, counts);
    QFETCH(const int, answers);
    m_nodes.clear();
    ClusterOptions options;
    options.heartbeatInterval = 0ms;
    options.requestTimeout = 200ms;
    for (int i = 0; i < 3; ++i)
        m_nodes.push_back(std::make_unique<Node>(options));
    for (const auto &made : m_nodes) {
        QTRY_VERIFY(made->isConnected());
        made->client->on(u"who"_s, this, [](const Ack &ack) { ack(1); });
    }
    node(0).adapter->setServerCounts(counts);
    Answer answer(node(0).server->of(u"/"_s)->emitWithAck(u"who"_s));
    QTRY_VERIFY(answer.answered);
    QCOMPARE(answer.arguments.size(), answers);
}

void tst_ClusterAdapter::answersOfThisServerAloneAreCollected()
{
    for (const auto &made : m_nodes)
        made->client->on(u"who"_s, this, [](const Ack &ack) { ack(1); });
    Answer answer(node(0).server->local().emitWithAck(u"who"_s));
    QTRY_VERIFY(answer.answered);
    QCOMPARE(answer.arguments, QVariantList{1LL});
}

void tst_ClusterAdapter::parentsCollectAnswersOfAllServers()
{
    QList<QPointer<Namespace>> parents;
    for (const auto &made : m_nodes) {
        parents.append(made->server->of(QRegularExpression(u"^/child"_s)));
        for (const QString &name : {u"/child 1"_s, u"/child 2"_s}) {
            ClientSocket *const client = made->manager->socket(name);
            client->on(u"who"_s, this, [](const Ack &ack) { ack(1); });
            QTRY_VERIFY(client->isConnected());
        }
    }
    for (BusAdapter *adapter : BusAdapter::all())
        QTRY_COMPARE(adapter->servers().size(), 2);
    Answer answer(parents[0]->emitWithAck(u"who"_s));
    QTRY_VERIFY(answer.answered);
    QCOMPARE(answer.arguments.size(), 6);
}

// A server that asks without a time-out of its own waits for ClusterOptions::requestTimeout, and the
// others no longer.
void tst_ClusterAdapter::whatClientsDoNotAnswerIsNotKept()
{
    m_nodes.clear();
    ClusterOptions options;
    options.requestTimeout = 300ms;
    makeNodes(options, 2);
    // The first event is passed on as it is, as it contains bytes, and nothing of it is kept.
    const auto witness = std::make_shared<int>();
    const QVariantMap packet{{u"data"_s, QVariantList{u"who"_s, QByteArray("bytes")}},
                             {u"witness"_s, QVariant::fromValue(witness)}};
    node(1).adapter->receive({node(0).adapter->uid(),
                              u"/"_s,
                              ClusterMessage::Type::Broadcast,
                              {{u"requestId"_s, u"1"_s}, {u"packet"_s, packet}}});
    NamespacePrivate *nsp = NamespacePrivate::get(node(1).server->mainNamespace());
    const auto owed = [&] { return nsp->acks().owedBy(node(1).socket); };
    QTRY_COMPARE(owed(), 1);
    QTRY_COMPARE(witness.use_count(), 2L); // here and in packet
    QTRY_COMPARE(owed(), 0);
    Answer answer(node(0).server->of(u"/"_s)->emitWithAck(u"who"_s));
    QTRY_COMPARE(owed(), 1);
    QTRY_COMPARE(owed(), 0);
}

void tst_ClusterAdapter::socketsOfAllServersAreFetched()
{
    node(1).socket->setData({{u"name"_s, u"Ada"_s}});
    QFuture<QList<RemoteSocket>> future = node(0).server->fetchSockets();
    QTRY_VERIFY(future.isFinished());
    const QList<RemoteSocket> sockets = fetched(future);
    QCOMPARE(sockets.size(), 3);
    QStringList ids;
    for (const RemoteSocket &socket : sockets) {
        ids.append(socket.id());
        QVERIFY(socket.rooms().contains(u"all"_s));
        QVERIFY(socket.rooms().contains(socket.id()));
        QCOMPARE(socket.handshake().address(), u"127.0.0.1"_s);
        QVERIFY(socket.handshake().headers().contains("Host"));
        QCOMPARE(socket.data().value(u"name"_s).toString(),
                 socket.id() == node(1).socket->id() ? u"Ada"_s : QString());
        QCOMPARE(socket.socket(), socket.id() == node(0).socket->id() ? node(0).socket : nullptr);
    }
    for (const auto &made : m_nodes)
        QVERIFY(ids.contains(made->socket->id()));
}

void tst_ClusterAdapter::remoteSocketsAreManaged()
{
    QFuture<QList<RemoteSocket>> future = node(0).server->in(node(2).socket->id()).fetchSockets();
    QTRY_VERIFY(future.isFinished());
    QCOMPARE(fetched(future).size(), 1);
    RemoteSocket remote = fetched(future).constFirst();
    remote.join(u"far"_s);
    QTRY_VERIFY(node(2).socket->rooms().contains(u"far"_s));
    remote.emitEvent(u"for you"_s);
    QTRY_COMPARE(node(2).events, QList<QVariantList>({{u"for you"_s}}));
    node(2).client->on(u"ask"_s, this, [](int number, const Ack &ack) { ack(number + 1); });
    Answer answer(remote.timeout(10s).emitWithAck(u"ask"_s, 41));
    QTRY_VERIFY(answer.answered);
    QCOMPARE(answer.arguments, QVariantList{42LL});
    remote.leave(u"far"_s);
    QTRY_VERIFY(!node(2).socket->rooms().contains(u"far"_s));
    remote.disconnectSocket();
    QTRY_VERIFY(!node(2).client->isConnected());
    QVERIFY(node(1).client->isConnected());
}

void tst_ClusterAdapter::socketsOfAllServersJoinAndLeave()
{
    node(0).server->socketsJoin(u"new"_s);
    for (const auto &made : m_nodes)
        QTRY_VERIFY(made->socket->rooms().contains(u"new"_s));
    node(1).server->in(u"new"_s).except(node(2).socket->id()).socketsLeave(u"new"_s);
    QTRY_VERIFY(!node(0).socket->rooms().contains(u"new"_s));
    QVERIFY(!node(1).socket->rooms().contains(u"new"_s));
    QVERIFY(node(2).socket->rooms().contains(u"new"_s));
}

void tst_ClusterAdapter::socketsOfAllServersAreDisconnected()
{
    node(0).server->except(node(1).socket->id()).disconnectSockets(CloseConnection::Yes);
    QTRY_VERIFY(!node(0).client->isConnected());
    QTRY_VERIFY(!node(2).client->isConnected());
    QVERIFY(node(1).client->isConnected());
}

void tst_ClusterAdapter::serversTalkToEachOther()
{
    QList<QVariantList> heard[3];
    for (int i = 0; i < 3; ++i) {
        node(i).server->of(u"/"_s)->on(
            u"news"_s, this, [&heard, i](const QVariantList &args) { heard[i].append(args); });
    }
    QVERIFY(node(0).server->serverSideEmit(u"news"_s, 1, u"two"_s));
    QTRY_COMPARE(heard[1], QList<QVariantList>({{1LL, u"two"_s}}));
    QTRY_COMPARE(heard[2], QList<QVariantList>({{1LL, u"two"_s}}));
    QVERIFY(heard[0].isEmpty());
}

void tst_ClusterAdapter::mistakesOfAnotherServerDoNotFillTheLog()
{
    int last = 0;
    node(1).server->of(u"/"_s)->on(u"news"_s, this, [&last](int number) { last = number; });
    const Warnings warnings;
    for (int i = 0; i < 200; ++i)
        QVERIFY(node(0).server->serverSideEmit(u"news"_s, u"no number"_s));
    QVERIFY(node(0).server->serverSideEmit(u"news"_s, 1));
    QTRY_COMPARE(last, 1);
    QCOMPARE(warnings.all().size(), 100);
    QVERIFY2(warnings.all().first().contains(
                 u"\"news\" from another server, in namespace /, was not called: argument 1 "_s),
             qPrintable(warnings.all().first()));
}

void tst_ClusterAdapter::serversAnswerEachOther()
{
    for (int i = 0; i < 3; ++i)
        node(i).server->of(u"/"_s)->on(u"load"_s, this, [i](const Ack &ack) { ack(i * 10); });
    Answer answer(node(0).server->serverSideEmitWithAck(u"load"_s));
    QTRY_VERIFY(answer.answered);
    QCOMPARE(answer.arguments.size(), 2);
    QVERIFY(answer.arguments.contains(10LL) && answer.arguments.contains(20LL));
}

void tst_ClusterAdapter::otherNamespacesAreNotMeant()
{
    QList<QVariantList> seen;
    ClientSocket *other = node(1).manager->socket(u"/other"_s);
    Namespace *nsp = node(1).server->of(u"/other"_s);
    node(0).server->of(u"/other"_s);
    other->onAny(this,
                 [&seen](const QString &event, const QVariantList &) { seen.append({event}); });
    connect(nsp, &Namespace::connected, this, [] {});
    QTRY_VERIFY(other->isConnected() || other->lastError());
    if (!other->isConnected()) { // the namespace came into being after the first try
        other->open();
        QTRY_VERIFY(other->isConnected());
    }
    node(0).server->emitEvent(u"main"_s);
    QTRY_COMPARE(node(1).events, QList<QVariantList>({{u"main"_s}}));
    node(0).server->of(u"/other"_s)->emitEvent(u"other"_s);
    QTRY_COMPARE(seen, QList<QVariantList>({{u"other"_s}}));
    QCOMPARE(node(1).events.size(), 1);
}

void tst_ClusterAdapter::serverThatClosesIsGone()
{
    QSignalSpy lost(node(0).adapter, &ClusterAdapter::serverLost);
    const QString uid = node(2).adapter->uid();
    m_nodes.pop_back();
    QTRY_COMPARE(lost.count(), 1);
    QCOMPARE(lost[0][0].toString(), uid);
    QCOMPARE(serverCount(node(0)), 2);
}

void tst_ClusterAdapter::silentServerIsLostAndNobodyWaitsForIt()
{
    m_nodes.clear();
    ClusterOptions options;
    options.heartbeatInterval = 50ms;
    options.heartbeatTimeout = 400ms;
    options.requestTimeout = 60s;
    makeNodes(options);
    for (int i = 0; i < 3; ++i) {
        node(i).client->on(u"who"_s, this, [i](const Ack &ack) { ack(i); });
        node(i).server->of(u"/"_s)->on(u"load"_s, this, [i](const Ack &ack) { ack(i); });
    }
    QSignalSpy lost(node(0).adapter, &ClusterAdapter::serverLost);
    node(2).adapter->setSilent(true);
    Answer clients(node(0).server->timeout(60s).emitWithAck(u"who"_s));
    Answer servers(node(0).server->serverSideEmitWithAck(u"load"_s));
    QFuture<QList<RemoteSocket>> sockets = node(0).server->fetchSockets();
    QTRY_COMPARE(lost.count(), 1);
    QTRY_VERIFY(clients.answered);
    QCOMPARE(clients.arguments.size(), 2);
    QTRY_VERIFY(servers.answered);
    QCOMPARE(servers.arguments, QVariantList{1LL});
    QTRY_VERIFY(sockets.isFinished());
    QCOMPARE(fetched(sockets).size(), 2);
    // It is heard of again.
    QSignalSpy found(node(0).adapter, &ClusterAdapter::newServer);
    node(2).adapter->setSilent(false);
    QTRY_COMPARE(found.count(), 1);
}

void tst_ClusterAdapter::silentServerLetsRequestsTimeOut()
{
    m_nodes.clear();
    ClusterOptions options;
    options.requestTimeout = 200ms;
    makeNodes(options);
    node(1).server->of(u"/"_s)->on(u"load"_s, this, [](const Ack &ack) { ack(1); });
    node(1).client->on(u"who"_s, this, [](const Ack &ack) { ack(1); });
    node(0).client->on(u"who"_s, this, [](const Ack &ack) { ack(0); });
    node(2).adapter->setSilent(true);
    Answer servers(node(0).server->serverSideEmitWithAck(u"load"_s));
    QTRY_VERIFY(servers.failed);
    const QString text = u"timeout reached: missing 1 responses: the event \"load\""_s;
    QVERIFY2(servers.error.message().startsWith(text), qPrintable(servers.error.message()));
    QCOMPARE(servers.arguments, QVariantList{1LL});
    // A broadcast without a time-out of its own is not awaited for ever.
    Answer clients(node(0).server->of(u"/"_s)->emitWithAck(u"who"_s));
    QTRY_VERIFY(clients.answered);
    QCOMPARE(clients.arguments.size(), 2);
    QTest::ignoreMessage(QtWarningMsg,
                         "fetchSockets() in \"/\" lacks the sockets of 1 servers that did not "
                         "answer in time");
    QFuture<QList<RemoteSocket>> sockets = node(0).server->fetchSockets();
    QTRY_VERIFY(sockets.isFinished());
    QCOMPARE(fetched(sockets).size(), 2);
}

// Also those of an adapter that is kept, as it is calling a slot.
void tst_ClusterAdapter::requestsEndWithTheirNamespace()
{
    m_nodes.clear();
    ClusterOptions options;
    options.requestTimeout = 100ms;
    makeNodes(options, 2);
    node(1).adapter->setSilent(true);
    QFuture<QList<RemoteSocket>> sockets;
    bool isThere = true;
    connect(node(0).server->mainNamespace(), &Namespace::roomJoined, this, [&] {
        sockets = node(0).server->fetchSockets();
        const QPointer<BusAdapter> adapter = node(0).adapter;
        node(0).server.reset();
        (void)QTest::qWaitFor([&] { return sockets.isFinished(); }, TestSupport::Patience);
        isThere = adapter != nullptr;
    });
    node(0).socket->join(u"red"_s);
    QVERIFY(isThere);
    QVERIFY(sockets.isCanceled());
}

void tst_ClusterAdapter::greatestTimesAreNoLimit()
{
    QTest::failOnWarning(QRegularExpression(u"negative|[Tt]imer"_s));
    m_nodes.clear();
    ClusterOptions options;
    options.heartbeatInterval = std::chrono::milliseconds::max();
    options.heartbeatTimeout = std::chrono::milliseconds::max();
    options.requestTimeout = std::chrono::milliseconds::max();
    makeNodes(options, 2);
    for (const auto &made : m_nodes)
        made->client->on(u"who"_s, this, [](const Ack &ack) { ack(1); });
    Answer answer(node(0).server->of(u"/"_s)->emitWithAck(u"who"_s));
    QFuture<QList<RemoteSocket>> sockets = node(0).server->fetchSockets();
    QTRY_VERIFY(answer.answered && sockets.isFinished());
    QCOMPARE(answer.arguments.size(), 2);
    QCOMPARE(fetched(sockets).size(), 2);
}

void tst_ClusterAdapter::emitterIsNoServer()
{
    const ClusterMessage message{
        u"emitter"_s,
        u"/"_s,
        ClusterMessage::Type::Broadcast,
        {{u"opts"_s,
          QVariantMap{{u"rooms"_s, QStringList{u"all"_s}}, {u"except"_s, QStringList()}}},
         {u"packet"_s, QVariantMap{{u"type"_s, 2}, {u"data"_s, QVariantList{u"from outside"_s}}}}}};
    for (BusAdapter *adapter : BusAdapter::all())
        adapter->receive(message);
    for (const auto &made : m_nodes)
        QTRY_COMPARE(made->events, QList<QVariantList>({{u"from outside"_s}}));
    QCOMPARE(serverCount(node(0)), 3);
}

void tst_ClusterAdapter::numberOfServersIsLimited()
{
    m_nodes.clear();
    ClusterOptions options;
    options.maxServers = 3;
    makeNodes(options);
    QTest::ignoreMessage(QtWarningMsg,
                         "More than 3 other servers: further ones are ignored "
                         "(ClusterOptions::maxServers)");
    for (int i = 0; i < 100; ++i) {
        node(0).adapter->receive({QString::number(i), u"/"_s, ClusterMessage::Type::Heartbeat, {}});
    }
    QTRY_COMPARE(serverCount(node(0)), 4);
    node(1).server->emitEvent(u"end"_s);
    QTRY_COMPARE(node(0).events, QList<QVariantList>({{u"end"_s}}));
    QCOMPARE(serverCount(node(0)), 4);
}

void tst_ClusterAdapter::malformedMessagesAreIgnored_data()
{
    QTest::addColumn<int>("type");
    QTest::addColumn<QVariantMap>("data");

    const QVariantMap opts{{u"rooms"_s, 5}, {u"except"_s, u"x"_s}, {u"flags"_s, u"y"_s}};
    for (int type = 1; type <= 13; ++type) {
        QTest::addRow("%d without data", type) << type << QVariantMap();
        QTest::addRow("%d with other types", type)
            << type << QVariantMap{{u"opts"_s, opts},           {u"packet"_s, 7},
                                   {u"rooms"_s, QVariantMap()}, {u"sockets"_s, 1},
                                   {u"clientCount"_s, -5},      {u"requestId"_s, QVariantList{1}}};
    }
}

void tst_ClusterAdapter::malformedMessagesAreIgnored()
{
    QFETCH(const int, type);
    QFETCH(const QVariantMap, data);
    QTest::failOnWarning(QRegularExpression(u"ASSERT|QVariant|QString"_s));
    node(0).adapter->receive({u"forged"_s, u"/"_s, ClusterMessage::Type(type), data});
    node(1).server->emitEvent(u"end"_s);
    // Sockets may have been disconnected, which is what some of these ask for.
    if (ClusterMessage::Type(type) != ClusterMessage::Type::DisconnectSockets)
        QTRY_COMPARE(node(0).events, QList<QVariantList>({{u"end"_s}}));
    else
        QTRY_COMPARE(node(1).events, QList<QVariantList>({{u"end"_s}}));
}

void tst_ClusterAdapter::messagesSurviveJson()
{
    const ClusterMessage message{u"0123456789abcdef"_s,
                                 u"/chat"_s,
                                 ClusterMessage::Type::FetchSockets,
                                 {{u"requestId"_s, u"x"_s}, {u"big"_s, 9007199254740993LL}}};
    const auto again = ClusterMessage::fromJson(message.toJson());
    QVERIFY(again);
    QCOMPARE(again->toVariantMap(), message.toVariantMap());
    QVERIFY(!message.hasBinary());
    QVERIFY((ClusterMessage{u"a"_s,
                            u"/"_s,
                            ClusterMessage::Type::Broadcast,
                            {{u"packet"_s, QVariantList{QByteArray("x")}}}}
                 .hasBinary()));
    for (const char *bad :
         {"", "[]", "{}", "{\"uid\":1,\"nsp\":\"/\",\"type\":1}",
          "{\"uid\":\"a\",\"nsp\":\"/\",\"type\":14}", "{\"uid\":\"a\",\"nsp\":\"/\",\"type\":0}",
          "{\"uid\":\"a\",\"nsp\":null,\"type\":1}", "{\"uid\":\"\",\"nsp\":\"/\",\"type\":1}",
          "{\"uid\":\"a\",\"nsp\":\"/\",\"type\":3,\"data\":[]}"})
        QVERIFY2(!ClusterMessage::fromJson(bad), bad);
    QVERIFY(ClusterMessage::fromJson("{\"uid\":\"a\",\"nsp\":\"/\",\"type\":\"3\"}"));
}

void tst_ClusterAdapter::depthIsBounded()
{
    const auto nested = [](int levels) {
        QVariant value = u"text"_s;
        for (int i = 0; i < levels; ++i)
            value = QVariantList{value};
        return QVariantMap{{u"data"_s, value}};
    };
    const QVariantMap deepest = nested(1031);
    const std::optional<QVariantMap> back =
        ClusterMessage::mapFromJson(ClusterMessage::mapToJson(deepest));
    QVERIFY(back == deepest);
    QCOMPARE(ClusterMessage::mapToJson(nested(1032)), QByteArray());
    const QByteArray json = "{\"data\":" + QByteArray(1032, '[') + QByteArray(1032, ']') + '}';
    QVERIFY(!ClusterMessage::mapFromJson(json));
}

QTSOCKETIO_TEST(tst_ClusterAdapter)

#include "tst_cluster_adapter.moc"
