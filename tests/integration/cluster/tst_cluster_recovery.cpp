// SPDX-License-Identifier: MIT
#include "clusternode.h"
#include "redisadapters.h"
#include "redisserver.h"
#include "tcpproxy.h"

#include "support/testmain.h"

#include <SocketIo/BroadcastOperator>
#include <SocketIo/MsgPack>
#include <SocketIo/RedisConnection>
#include <SocketIo/RedisStreamsAdapter>
#include <SocketIo/Socket>

#include <QtCore/qregularexpression.h>
#include <QtTest/qtest.h>

#include <optional>

using namespace SocketIo;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

constexpr int Patience = 15000; // ms

// A client behind a proxy, which leads it to one server or another.
class Client : public QObject
{
public:
    explicit Client(quint16 port)
        : m_proxy(port)
        , m_manager(QUrl(u"http://127.0.0.1:%1"_s.arg(m_proxy.port())), options())
        , m_socket(m_manager.socket(u"/"_s))
    {
        m_socket->onAny(this, [this](const QString &event, const QVariantList &args) {
            events.append(QVariantList{event} + args);
        });
    }
    // Loses its connection, and finds the other server at its address.
    void moveTo(quint16 port)
    {
        loseConnection();
        m_proxy.setTarget(port);
    }
    void loseConnection()
    {
        m_proxy.cut();
        QVERIFY(QTest::qWaitFor([this] { return !m_socket->isConnected(); }, Patience));
    }
    void comeBack() { m_proxy.mend(); }
    ClientSocket *socket() const { return m_socket; }
    // As its server knows it: id, rooms, data.
    QVariantList me()
    {
        QVariantList answer;
        m_socket->timeout(10s)
            .emitWithAckList(u"run"_s, {u"me"_s, QVariantMap()})
            ->then(this, [&answer](const QVariantList &args) { answer = args.value(1).toList(); });
        return QTest::qWaitFor([&] { return !answer.isEmpty(); }, Patience) ? answer
                                                                            : QVariantList();
    }
    QStringList names() const
    {
        QStringList list;
        for (const QVariantList &event : events)
            list.append(event.first().toString());
        return list;
    }

    QList<QVariantList> events;

private:
    static ClientOptions options()
    {
        ClientOptions options;
        options.transports = {EngineIo::TransportType::WebSocket};
        options.reconnectionDelay = 20ms;
        options.reconnectionDelayMax = 100ms;
        return options;
    }
    TcpProxy m_proxy;
    Manager m_manager;
    ClientSocket *m_socket;
};

QJsonObject config(const RedisServer &redis)
{
    return {{u"redis"_s, redis.url().toString()},
            {u"prefix"_s, u"recovery"_s},
            {u"adapter"_s, u"streams"_s},
            {u"recovers"_s, true}};
}

// A client of the first, whose session Redis has.
struct TwoServers
{
    ClusterNode first; // another process
    ClusterNode second;
    std::optional<Client> client;
    QString id;
};

} // namespace

// Clients whose server is gone come back to another.
class tst_ClusterRecovery : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void comesBackToAnotherServer_data();
    void comesBackToAnotherServer();
    void comesBackWithoutAnyEvent();
    void keepsWhatChanges();
    void stoppedServerLetsGo();
    void isNotRecoveredWhenTooMuchIsGone();
    void getsWhatWasEmittedBeforeItIsDisconnected_data();
    void getsWhatWasEmittedBeforeItIsDisconnected();
    void getsWhatWasEmittedWhileRedisWasAway();
    void nothingIsLeftOfAClientThatLeaves();
    void malformedSessionsAreReported_data();
    void malformedSessionsAreReported();

private:
    bool start(ClusterNode *node, const QString &kind);
    bool start(TwoServers *both);
    RedisReply ask(const QList<QByteArray> &words);
    QByteArrayList sessionKeys();
    QVariantMap session(const QString &id);

    RedisServer m_redis{{u"--appendonly"_s, u"yes"_s, u"--appendfsync"_s, u"always"_s}};
};

#define TRY_VERIFY(condition) QTRY_VERIFY_WITH_TIMEOUT(condition, Patience)
#define TRY_COMPARE(actual, expected) QTRY_COMPARE_WITH_TIMEOUT(actual, expected, Patience)

void tst_ClusterRecovery::initTestCase()
{
    if (!RedisServer::isInstalled())
        QSKIP("redis-server is not installed: tools/install-packages cluster");
    QVERIFY(m_redis.start());
}

bool tst_ClusterRecovery::start(ClusterNode *node, const QString &kind)
{
    if (kind == u"node")
        return node->startNode(config(m_redis));
    if (kind == u"process")
        return node->startQtProcess(config(m_redis));
    return node->startQt(clusterAdapter(config(m_redis)), Recovers::Yes);
}

bool tst_ClusterRecovery::start(TwoServers *both)
{
    if (!start(&both->first, u"process"_s) || !start(&both->second, u"qt"_s))
        return false;
    both->client.emplace(both->first.port());
    if (!QTest::qWaitFor([&] { return both->client->socket()->isConnected(); }, Patience))
        return false;
    both->id = both->client->me().value(0).toString();
    return QTest::qWaitFor([&] { return !session(both->id).isEmpty(); }, Patience);
}

RedisReply tst_ClusterRecovery::ask(const QList<QByteArray> &words)
{
    RedisOptions options;
    options.url = m_redis.url();
    RedisConnection redis(options);
    redis.open();
    std::optional<RedisReply> answer;
    redis.command(words, [&answer](const RedisReply &reply) { answer = reply; });
    return QTest::qWaitFor([&] { return answer.has_value(); }, Patience) ? *answer : RedisReply();
}

QByteArrayList tst_ClusterRecovery::sessionKeys()
{
    QByteArrayList keys;
    const RedisReply reply = ask({"KEYS", "sio:session:*"});
    for (const RedisReply &key : reply.elements)
        keys.append(key.text);
    return keys;
}

// What Redis keeps of a socket.
QVariantMap tst_ClusterRecovery::session(const QString &id)
{
    const QByteArrayList keys = sessionKeys();
    for (const QByteArray &key : keys) {
        const QVariant value =
            MsgPack::decode(QByteArray::fromBase64(ask({"GET", key}).text)).value_or(QVariant());
        if (value.toMap().value(u"sid"_s) == id)
            return value.toMap();
    }
    return {};
}

void tst_ClusterRecovery::comesBackToAnotherServer_data()
{
    QTest::addColumn<QString>("from");
    QTest::addColumn<QString>("to");
    QTest::newRow("Qt to Qt") << u"process"_s << u"qt"_s;
    QTest::newRow("Qt to Node") << u"process"_s << u"node"_s;
    QTest::newRow("Node to Qt") << u"node"_s << u"qt"_s;
}

void tst_ClusterRecovery::comesBackToAnotherServer()
{
    QFETCH(const QString, from);
    QFETCH(const QString, to);
    ClusterNode first;
    ClusterNode second;
    QVERIFY(start(&first, from) && start(&second, to));
    second.connectClient();
    TRY_VERIFY(second.isConnected());
    const auto emitAll = [&](const QString &event, const QVariantList &args,
                             const QVariantMap &options = {{u"to"_s, u"all"_s}}) {
        second.client()->emitEventList(u"run"_s, QVariantList{u"emit"_s, options, event} + args);
    };
    Client client(first.port());
    TRY_VERIFY(client.socket()->isConnected());
    const QVariantList before = client.me();
    emitAll(u"before"_s, {1});
    TRY_COMPARE(client.names(), QStringList{u"before"_s});
    // Node.js keeps a session only when it sees the connection break.
    if (from == u"node")
        client.loseConnection();
    TRY_VERIFY(!session(before[0].toString()).isEmpty());
    first.kill();
    client.moveTo(second.port());
    emitAll(u"text"_s, {u"missed €"_s});
    emitAll(u"binary"_s, {QByteArray("\0\xff", 2)});
    emitAll(u"not for it"_s, {}, {{u"to"_s, u"another room"_s}});
    emitAll(u"own"_s, {}, {{u"to"_s, before[0].toString()}});
    emitAll(u"end"_s, {});
    TRY_VERIFY(second.events.contains(QVariantList{u"end"_s}));
    client.comeBack();
    TRY_VERIFY(client.names().contains(u"end"_s));
    QVERIFY(client.socket()->isRecovered());
    QCOMPARE(client.names(),
             QStringList({u"before"_s, u"text"_s, u"binary"_s, u"own"_s, u"end"_s}));
    QCOMPARE(client.events[1][1], QVariant(u"missed €"_s));
    QCOMPARE(client.events[2][1], QVariant(QByteArray("\0\xff", 2)));
    const QVariantList after = client.me();
    QCOMPARE(after[0], before[0]);
    QStringList rooms = after[1].toStringList();
    QStringList roomsBefore = before[1].toStringList();
    rooms.sort();
    roomsBefore.sort();
    QCOMPARE(rooms, roomsBefore);
    QCOMPARE(after[2], before[2]);
    // It goes on as any other.
    emitAll(u"later"_s, {});
    TRY_COMPARE(client.names().last(), u"later"_s);
    QCOMPARE(client.names().size(), 6);
}

// On Node.js such a client would be a new one.
void tst_ClusterRecovery::comesBackWithoutAnyEvent()
{
    TwoServers both;
    QVERIFY(start(&both));
    both.first.kill();
    both.client->moveTo(both.second.port());
    both.second.server()->of(u"/"_s)->emitEvent(u"missed"_s);
    both.client->comeBack();
    TRY_COMPARE(both.client->names(), QStringList{u"missed"_s});
    QCOMPARE(both.client->me()[0].toString(), both.id);
}

void tst_ClusterRecovery::keepsWhatChanges()
{
    TwoServers both;
    QVERIFY(start(&both));
    both.second.server()->of(u"/"_s)->to(both.id).socketsJoin(u"late"_s);
    TRY_VERIFY(session(both.id).value(u"rooms"_s).toStringList().contains(u"late"_s));
    both.first.kill();
    both.client->moveTo(both.second.port());
    both.client->comeBack();
    TRY_VERIFY(both.client->socket()->isConnected());
    QVERIFY(both.client->socket()->isRecovered());
    QVERIFY(both.client->me()[1].toStringList().contains(u"late"_s));
}

// A server that stood still for a while does not take the client back, nor overwrites its session.
void tst_ClusterRecovery::stoppedServerLetsGo()
{
    TwoServers both;
    QVERIFY(start(&both));
    both.first.pause();
    both.client->moveTo(both.second.port());
    both.client->comeBack();
    TRY_VERIFY(both.client->socket()->isConnected());
    QVERIFY(both.client->socket()->isRecovered());
    both.second.server()->of(u"/"_s)->to(both.id).socketsJoin(u"new"_s);
    TRY_VERIFY(session(both.id).value(u"rooms"_s).toStringList().contains(u"new"_s));
    both.first.resume();
    both.first.connectClient();
    TRY_VERIFY(both.first.isConnected());
    const auto onFirst = [&] {
        int count = -1;
        both.first.client()
            ->timeout(10s)
            .emitWithAckList(u"run"_s,
                             {u"fetch"_s, QVariantMap{{u"local"_s, true}, {u"to"_s, both.id}}})
            ->then(this,
                   [&](const QVariantList &args) { count = int(args.value(1).toList().size()); });
        return QTest::qWaitFor([&] { return count >= 0; }, Patience) ? count : -1;
    };
    TRY_COMPARE(onFirst(), 0);
    QVERIFY(session(both.id).value(u"rooms"_s).toStringList().contains(u"new"_s));
}

void tst_ClusterRecovery::isNotRecoveredWhenTooMuchIsGone()
{
    TwoServers both;
    QVERIFY(start(&both));
    both.second.server()->of(u"/"_s)->emitEvent(u"got"_s);
    TRY_COMPARE(both.client->names(), QStringList{u"got"_s});
    both.first.kill();
    both.client->moveTo(both.second.port());
    both.second.server()->of(u"/"_s)->emitEvent(u"missed"_s);
    both.second.server()->of(u"/"_s)->emitEvent(u"last"_s);
    TRY_COMPARE(ask({"XTRIM", "recovery", "MAXLEN", "1"}).type, RedisReply::Type::Integer);
    both.client->comeBack();
    TRY_VERIFY(both.client->socket()->isConnected());
    QVERIFY(!both.client->socket()->isRecovered());
    QVERIFY(both.client->me()[0] != both.id);
    QCOMPARE(both.client->names(), QStringList{u"got"_s});
}

void tst_ClusterRecovery::getsWhatWasEmittedBeforeItIsDisconnected_data()
{
    QTest::addColumn<QString>("way");
    QTest::newRow("one socket") << u"socket"_s;
    QTest::newRow("its connection") << u"connection"_s;
    QTest::newRow("the sockets of a room") << u"sockets"_s;
    QTest::newRow("all sockets") << u"all"_s;
}

// Events take their way over Redis, and the disconnection of one socket does not.
void tst_ClusterRecovery::getsWhatWasEmittedBeforeItIsDisconnected()
{
    QFETCH(const QString, way);
    ClusterNode node;
    QVERIFY(start(&node, u"qt"_s));
    Client client(node.port());
    TRY_VERIFY(client.socket()->isConnected());
    Namespace *const nsp = node.server()->of(u"/"_s);
    Socket *const socket = nsp->socket(client.socket()->id());
    QVERIFY(socket);
    nsp->emitEvent(u"before"_s);
    TRY_COMPARE(client.names(), QStringList{u"before"_s});
    socket->emitEvent(u"own"_s, QByteArray("b"));
    nsp->to(u"nobody"_s).emitEvent(u"none"_s);
    nsp->to(socket->id()).socketsJoin(u"late"_s);
    nsp->to(u"late"_s).emitEvent(u"late"_s);
    nsp->except(u"late"_s).emitEvent(u"none"_s);
    nsp->to(socket->id()).socketsLeave(u"late"_s);
    nsp->to(u"late"_s).emitEvent(u"none"_s);
    nsp->emitEvent(u"bye"_s);
    if (way == u"socket")
        socket->disconnectSocket();
    else if (way == u"connection")
        socket->disconnectClient();
    else if (way == u"sockets")
        nsp->to(socket->id()).disconnectSockets();
    else
        nsp->disconnectSockets(CloseConnection::Yes);
    nsp->emitEvent(u"none"_s);
    TRY_VERIFY(!client.socket()->isConnected());
    QCOMPARE(client.names(), QStringList({u"before"_s, u"own"_s, u"late"_s, u"bye"_s}));
    QCOMPARE(client.events[1].value(1), QVariant(QByteArray("b")));
}

void tst_ClusterRecovery::getsWhatWasEmittedWhileRedisWasAway()
{
    ClusterNode first;
    ClusterNode second;
    QVERIFY(start(&first, u"qt"_s) && start(&second, u"qt"_s));
    second.connectClient();
    Client client(first.port());
    TRY_VERIFY(client.socket()->isConnected() && second.isConnected());
    const QVariant id = client.me()[0];
    Namespace *const nsp = first.server()->of(u"/"_s);
    nsp->emitEvent(u"before"_s);
    TRY_COMPARE(client.names(), QStringList{u"before"_s});
    TRY_COMPARE(second.events.size(), 1);
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"cannot use Redis at 127.0.0.1"_s));
    m_redis.stop();
    nsp->emitEvent(u"early 1"_s);
    nsp->emitEvent(u"early 2"_s);
    // Its own client gets them at once.
    TRY_COMPARE(client.names(), QStringList({u"before"_s, u"early 1"_s, u"early 2"_s}));
    QCOMPARE(second.events, QList<QVariantList>({{u"before"_s}}));
    QVERIFY(m_redis.start());
    TRY_COMPARE(second.events,
                QList<QVariantList>({{u"before"_s}, {u"early 1"_s}, {u"early 2"_s}}));
    // The other server knows from its offset what it has got.
    client.moveTo(second.port());
    second.server()->of(u"/"_s)->emitEvent(u"after"_s);
    TRY_COMPARE(second.events.size(), 4);
    client.comeBack();
    TRY_COMPARE(client.names().last(), u"after"_s);
    QVERIFY(client.socket()->isRecovered());
    QCOMPARE(client.me()[0], id);
    QCOMPARE(client.names(), QStringList({u"before"_s, u"early 1"_s, u"early 2"_s, u"after"_s}));
}

void tst_ClusterRecovery::nothingIsLeftOfAClientThatLeaves()
{
    ClusterNode node;
    QVERIFY(start(&node, u"qt"_s));
    Client client(node.port());
    TRY_VERIFY(client.socket()->isConnected());
    const QString id = client.me()[0].toString();
    TRY_VERIFY(!session(id).isEmpty());
    client.socket()->close();
    TRY_VERIFY(session(id).isEmpty());
}

void tst_ClusterRecovery::malformedSessionsAreReported_data()
{
    QTest::addColumn<QByteArray>("value");
    QTest::newRow("not base 64") << QByteArray("\xff%");
    QTest::newRow("not MessagePack") << QByteArray("//8=");
    QTest::newRow("a number") << QByteArray("AQ==");
    QTest::newRow("of somebody else")
        << MsgPack::encode(QVariantMap{{u"sid"_s, u"x"_s}, {u"pid"_s, u"y"_s}})->toBase64();
}

void tst_ClusterRecovery::malformedSessionsAreReported()
{
    QFETCH(const QByteArray, value);
    TwoServers both;
    QVERIFY(start(&both));
    both.first.kill();
    both.client->moveTo(both.second.port());
    const QByteArrayList keys = sessionKeys();
    for (const QByteArray &key : keys)
        ask({"SET", key, value});
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"A session at Redis is ignored"_s));
    both.client->comeBack();
    TRY_VERIFY(both.client->socket()->isConnected());
    QVERIFY(!both.client->socket()->isRecovered());
}

QTSOCKETIO_TEST(tst_ClusterRecovery)

#include "tst_cluster_recovery.moc"
