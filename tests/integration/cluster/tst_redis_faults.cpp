// SPDX-License-Identifier: MIT
#include "clusternode.h"
#include "redisserver.h"

#include "support/testmain.h"

#include <SocketIo/BroadcastOperator>
#include <SocketIo/MsgPack>
#include <SocketIo/RedisAdapter>
#include <SocketIo/RedisConnection>
#include <SocketIo/RedisStreamsAdapter>
#include <SocketIo/ShardedRedisAdapter>

#include <QtCore/qregularexpression.h>
#include <QtTest/qsignalspy.h>
#include <QtTest/qtest.h>

#include <memory>

using namespace SocketIo;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

#define TRY_VERIFY(condition) QTRY_VERIFY_WITH_TIMEOUT(condition, Patience)
#define TRY_COMPARE(actual, expected) QTRY_COMPARE_WITH_TIMEOUT(actual, expected, Patience)

namespace {

constexpr int Patience = 15000; // ms

AdapterFactory adapterFor(const QString &kind, const QUrl &url)
{
    const auto fill = [&url](auto options) {
        options.url = url;
        options.reconnectionDelay = 10ms;
        options.reconnectionDelayMax = 100ms;
        return options;
    };
    if (kind == "redis"_L1)
        return RedisAdapter::factory(fill(RedisAdapterOptions()));
    if (kind == "sharded"_L1)
        return ShardedRedisAdapter::factory(fill(ShardedRedisAdapterOptions()));
    return RedisStreamsAdapter::factory(fill(RedisStreamsAdapterOptions()));
}

ServerOptions serverOptions(const AdapterFactory &adapter)
{
    ServerOptions options;
    options.adapter = adapter;
    options.serveClient = false;
    return options;
}

// A client of one namespace, which keeps the first arguments of the events "n".
class Client
{
public:
    Client(const Server &server, const QString &nsp)
        : m_manager(QUrl(u"http://127.0.0.1:%1"_s.arg(server.serverPort())), options())
        , m_socket(m_manager.socket(nsp))
    {
        m_socket->on(u"n"_s, m_socket,
                     [this](const QVariantList &args) { received.append(args.value(0).toInt()); });
    }
    bool isConnected() const { return m_socket->isConnected(); }
    void disconnect() { m_socket->close(); }

    QList<int> received;

private:
    static ClientOptions options()
    {
        ClientOptions options;
        options.transports = {EngineIo::TransportType::WebSocket};
        options.reconnection = false;
        return options;
    }
    Manager m_manager;
    ClientSocket *m_socket;
};

} // namespace

// Adapters for Redis where the application, or Redis, does what is unusual.
class tst_RedisFaults : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void isDeletedWithinItsOwnCall_data();
    void isDeletedWithinItsOwnCall();
    void isDeletedWhenItTellsOfARefusal();
    void keepsOrderWhileRedisRefuses_data();
    void keepsOrderWhileRedisRefuses();
    void writesWithoutTheRightToScripts();
    void writesWhileASlotWaits();
    void namespacesAreApart_data();
    void namespacesAreApart();
    void takesBroadcastsThatNameNoNamespace();
    void keepsSessionsWithoutALimit();

private:
    void command(const QList<QByteArray> &words);
    // Waits until what is emitted reaches the client, and lets it forget that.
    static bool arrives(Namespace *nsp, Client &client);
    // Ends the connections whose commands Redis holds back, as soon as there is one.
    bool killBlocked();

    RedisServer m_redis;
    std::unique_ptr<RedisConnection> m_admin;
};

void tst_RedisFaults::initTestCase()
{
    if (!RedisServer::isInstalled())
        QSKIP("redis-server is not installed: tools/install-packages cluster");
    QVERIFY(m_redis.start());
    RedisOptions options;
    options.url = m_redis.url();
    m_admin = std::make_unique<RedisConnection>(options);
    m_admin->open();
}

void tst_RedisFaults::command(const QList<QByteArray> &words)
{
    std::optional<RedisReply> reply;
    m_admin->command(words, [&reply](const RedisReply &answer) { reply = answer; });
    TRY_VERIFY(reply);
    QVERIFY2(!reply->isError(), reply->text.constData());
}

bool tst_RedisFaults::arrives(Namespace *nsp, Client &client)
{
    int number = 0;
    const auto reaches = [&] {
        nsp->emitEvent(u"n"_s, --number);
        return QTest::qWaitFor([&] { return client.received.contains(number); }, 100);
    };
    const bool isReached = QTest::qWaitFor(reaches, Patience)
        && QTest::qWaitFor([&] { return client.received.size() == -number; }, Patience);
    client.received.clear();
    return isReached;
}

bool tst_RedisFaults::killBlocked()
{
    return QTest::qWaitFor(
        [this] {
            std::optional<QByteArray> clients;
            m_admin->command({"CLIENT", "LIST"},
                             [&clients](const RedisReply &reply) { clients = reply.text; });
            if (!QTest::qWaitFor([&clients] { return clients.has_value(); }))
                return false;
            for (const QByteArray &client : clients->split('\n')) {
                if (!client.contains(" cmd=xadd ") || !client.contains(" flags=b "))
                    continue;
                const QByteArray id = client.mid(3, client.indexOf(' ') - 3);
                m_admin->command({"CLIENT", "KILL", "ID", id});
                return true;
            }
            return false;
        },
        Patience);
}

void tst_RedisFaults::isDeletedWithinItsOwnCall_data()
{
    QTest::addColumn<QString>("adapter");
    QTest::addColumn<QString>("call");
    for (const char *adapter : {"redis", "sharded", "streams"}) {
        for (const char *call : {"connect", "join", "leave", "disconnect", "socketsJoin"}) {
            QTest::addRow("%s, %s", adapter, call)
                << QString::fromLatin1(adapter) << QString::fromLatin1(call);
        }
    }
}

void tst_RedisFaults::isDeletedWithinItsOwnCall()
{
    QFETCH(const QString, adapter);
    QFETCH(const QString, call);
    ServerOptions options = serverOptions(adapterFor(adapter, m_redis.url()));
    options.connectionStateRecovery = RecoveryOptions(); // own messages come back with streams
    QPointer<Server> server = new Server(options);
    options = {}; // the adapter has the last reference to its connections
    QVERIFY(server->listen(QHostAddress::LocalHost, 0));
    Namespace *const nsp = server->of(u"/"_s);
    const auto end = [server] { delete server.data(); };
    const auto endAtRoom = [end](const QString &room) {
        if (room == "room"_L1)
            end();
    };
    QPointer<Socket> socket;
    connect(nsp, &Namespace::connected, this, [&socket](Socket *joined) { socket = joined; });
    if (call == "connect"_L1)
        connect(nsp, &Namespace::roomJoined, this, end);
    else if (call == "join"_L1 || call == "socketsJoin"_L1)
        connect(nsp, &Namespace::roomJoined, this, endAtRoom);
    else
        connect(nsp, &Namespace::roomLeft, this, endAtRoom);
    Client client(*server, u"/"_s);
    if (call != "connect"_L1)
        TRY_VERIFY(socket && client.isConnected());
    if (call == "socketsJoin"_L1) {
        nsp->socketsJoin(u"room"_s);
    } else if (socket) {
        socket->join(u"room"_s);
        if (socket && call == "leave"_L1)
            socket->leave(u"room"_s);
        else if (socket && call == "disconnect"_L1)
            client.disconnect();
    }
    TRY_VERIFY(!server);
}

void tst_RedisFaults::isDeletedWhenItTellsOfARefusal()
{
    command({"DEL", "socket.io"});
    QPointer<Server> server = new Server(serverOptions(adapterFor(u"streams"_s, m_redis.url())));
    Namespace *const nsp = server->of(u"/"_s);
    auto *const adapter = dynamic_cast<RedisStreamsAdapter *>(nsp->adapter());
    QVERIFY(adapter);
    connect(adapter, &RedisStreamsAdapter::errorOccurred, this, [server] { delete server.data(); });
    // Its place in the stream is known once it has written something.
    std::optional<qint64> length;
    nsp->emitEvent(u"n"_s, 0);
    QVERIFY(QTest::qWaitFor(
        [&] {
            length.reset();
            m_admin->command({"XLEN", "socket.io"},
                             [&length](const RedisReply &reply) { length = reply.integer; });
            return QTest::qWaitFor([&length] { return length.has_value(); }) && *length >= 2;
        },
        Patience));
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"does not accept what is written"_s));
    command({"CONFIG", "SET", "maxmemory", "1"});
    nsp->emitEvent(u"n"_s, 1);
    nsp->emitEvent(u"n"_s, 2);
    TRY_VERIFY(!server);
    command({"CONFIG", "SET", "maxmemory", "0"});
}

void tst_RedisFaults::keepsOrderWhileRedisRefuses_data()
{
    QTest::addColumn<bool>("recovers");
    QTest::addColumn<QByteArray>("setting"); // refuses with 1, and not with 0
    QTest::addColumn<QString>("code");
    QTest::newRow("without recovery") << false << QByteArray("maxmemory") << u"OOM"_s;
    QTest::newRow("with recovery") << true << QByteArray("maxmemory") << u"OOM"_s;
    QTest::newRow("too few replicas")
        << false << QByteArray("min-replicas-to-write") << u"NOREPLICAS"_s;
}

void tst_RedisFaults::keepsOrderWhileRedisRefuses()
{
    QFETCH(const bool, recovers);
    QFETCH(const QByteArray, setting);
    QFETCH(const QString, code);
    ServerOptions options;
    options.serveClient = false;
    if (recovers)
        options.connectionStateRecovery = RecoveryOptions();
    options.adapter = adapterFor(u"streams"_s, m_redis.url());
    Server first(options);
    options.adapter = adapterFor(u"streams"_s, m_redis.url());
    Server second(options);
    QVERIFY(first.listen(QHostAddress::LocalHost, 0));
    QVERIFY(second.listen(QHostAddress::LocalHost, 0));
    Client near(first, u"/"_s);
    Client far(second, u"/"_s);
    TRY_VERIFY(near.isConnected() && far.isConnected());
    Namespace *const nsp = first.of(u"/"_s);
    QList<int> all;
    const auto emitNext = [&all, nsp] {
        nsp->emitEvent(u"n"_s, int(all.size()));
        all.append(int(all.size()));
    };
    // The other one has found its place in the stream.
    QVERIFY(QTest::qWaitFor(
        [&] {
            emitNext();
            return QTest::qWaitFor([&] { return !far.received.isEmpty(); }, 50);
        },
        Patience));
    TRY_COMPARE(far.received.last(), all.last());
    TRY_COMPARE(near.received.last(), all.last());
    near.received.clear();
    far.received.clear();
    all.clear();
    QSignalSpy errors(dynamic_cast<RedisStreamsAdapter *>(nsp->adapter()),
                      &RedisStreamsAdapter::errorOccurred);
    command({"CONFIG", "SET", setting, "1"});
    QTest::ignoreMessage(
        QtWarningMsg,
        QRegularExpression(u"Redis at 127.0.0.1:%1 does not accept what is written to the stream "
                           "\"socket.io\": .*%2.*It is sent again"_s.arg(m_redis.port())
                               .arg(code)));
    for (int i = 0; i < 20; ++i)
        emitNext();
    TRY_VERIFY(!errors.isEmpty());
    emitNext();
    command({"CONFIG", "SET", setting, "0"});
    for (int i = 0; i < 20; ++i) {
        emitNext(); // would be accepted at once
        QCoreApplication::processEvents();
    }
    TRY_COMPARE(far.received.size(), all.size());
    TRY_COMPARE(near.received.size(), all.size());
    QCOMPARE(far.received, all);
    QCOMPARE(near.received, all);
}

void tst_RedisFaults::writesWithoutTheRightToScripts()
{
    command({"ACL", "SETUSER", "writer", "on", ">secret", "~*", "&*", "+@all", "-@scripting"});
    QUrl url = m_redis.url();
    url.setUserName(u"writer"_s);
    url.setPassword(u"secret"_s);
    Server first(serverOptions(adapterFor(u"streams"_s, url)));
    Server second(serverOptions(adapterFor(u"streams"_s, m_redis.url())));
    QVERIFY(second.listen(QHostAddress::LocalHost, 0));
    Client far(second, u"/"_s);
    TRY_VERIFY(far.isConnected());
    Namespace *const nsp = first.of(u"/"_s);
    QVERIFY(arrives(nsp, far));
    QSignalSpy dropped(dynamic_cast<RedisStreamsAdapter *>(nsp->adapter()),
                       &RedisStreamsAdapter::messagesDropped);
    QTest::failOnWarning(QRegularExpression(u"It is dropped"_s));
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"one at a time.*NOPERM.*\\+eval"_s));
    QList<int> all;
    for (int round = 0; round < 2; ++round) {
        for (int i = 0; i < 20; ++i) {
            all.append(int(all.size()) + 1);
            nsp->emitEvent(u"n"_s, all.last());
        }
        TRY_COMPARE(far.received.size(), all.size());
        QCOMPARE(far.received, all);
    }
    QCOMPARE(dropped.size(), 0);
}

// A slot that is told of the lost connection lets events be processed until Redis is back, before
// the stream has been told that a command got no answer.
void tst_RedisFaults::writesWhileASlotWaits()
{
    Server first(serverOptions(adapterFor(u"streams"_s, m_redis.url())));
    Server second(serverOptions(adapterFor(u"streams"_s, m_redis.url())));
    QVERIFY(second.listen(QHostAddress::LocalHost, 0));
    Client far(second, u"/"_s);
    TRY_VERIFY(far.isConnected());
    Namespace *const nsp = first.of(u"/"_s);
    QVERIFY(arrives(nsp, far));
    std::optional<bool> isWritten;
    connect(dynamic_cast<RedisStreamsAdapter *>(nsp->adapter()), &RedisStreamsAdapter::stateChanged,
            this, [&](BrokerState state) {
                if (state != BrokerState::Waiting || isWritten)
                    return;
                isWritten = false;
                command({"CLIENT", "UNPAUSE"});
                isWritten = QTest::qWaitFor([&] { return far.received.size() == 2; }, Patience);
            });
    command({"CLIENT", "PAUSE", QByteArray::number(2 * Patience), "WRITE"});
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"cannot use Redis"_s));
    nsp->emitEvent(u"n"_s, 1);
    nsp->emitEvent(u"n"_s, 2);
    QVERIFY(killBlocked());
    TRY_VERIFY(isWritten.has_value());
    TRY_COMPARE(far.received, QList<int>({1, 2}));
    QVERIFY(*isWritten);
}

void tst_RedisFaults::namespacesAreApart_data()
{
    QTest::addColumn<QString>("adapter");
    for (const char *adapter : {"redis", "sharded", "streams"})
        QTest::newRow(adapter) << QString::fromLatin1(adapter);
}

// "/a" and its room "b" have the channel that "/a#b" has.
void tst_RedisFaults::namespacesAreApart()
{
    QFETCH(const QString, adapter);
    const QString inner = u"/a"_s;
    const QString outer = u"/a#b"_s;
    Server first(serverOptions(adapterFor(adapter, m_redis.url())));
    Server second(serverOptions(adapterFor(adapter, m_redis.url())));
    for (Server *server : {&first, &second}) {
        server->of(inner);
        server->of(outer);
        QVERIFY(server->listen(QHostAddress::LocalHost, 0));
    }
    QPointer<Socket> socket;
    connect(second.of(inner), &Namespace::connected, this,
            [&socket](Socket *joined) { socket = joined; });
    Client ofInner(second, inner);
    Client ofOuter(second, outer);
    TRY_VERIFY(ofInner.isConnected() && ofOuter.isConnected() && socket);
    int number = 0;
    const auto reaches = [&](const QString &nsp, const Client &client) {
        first.of(nsp)->emitEvent(u"n"_s, ++number);
        return QTest::qWaitFor([&] { return client.received.contains(number); }, 200);
    };
    QVERIFY(QTest::qWaitFor([&] { return reaches(inner, ofInner) && reaches(outer, ofOuter); },
                            Patience));
    socket->join(u"b"_s);
    QVERIFY(QTest::qWaitFor(
        [&] {
            first.of(inner)->to(u"b"_s).emitEvent(u"n"_s, ++number);
            return QTest::qWaitFor([&] { return ofInner.received.contains(number); }, 200);
        },
        Patience));
    ofInner.received.clear();
    ofOuter.received.clear();
    first.of(outer)->emitEvent(u"n"_s, 1);
    first.of(inner)->to(u"b"_s).emitEvent(u"n"_s, 2);
    first.of(inner)->emitEvent(u"n"_s, 3);
    first.of(outer)->emitEvent(u"n"_s, 4);
    TRY_VERIFY(ofInner.received.contains(3) && ofOuter.received.contains(4));
    QCOMPARE(ofInner.received, QList<int>({2, 3}));
    QCOMPARE(ofOuter.received, QList<int>({1, 4}));
    // The room is gone, the namespace is not.
    socket->leave(u"b"_s);
    first.of(inner)->emitEvent(u"n"_s, 5);
    TRY_VERIFY(ofInner.received.contains(5));
    first.of(outer)->emitEvent(u"n"_s, 6);
    TRY_COMPARE(ofOuter.received, QList<int>({1, 4, 6}));
}

// Those of some emitters.
void tst_RedisFaults::takesBroadcastsThatNameNoNamespace()
{
    Server server(serverOptions(adapterFor(u"redis"_s, m_redis.url())));
    server.of(u"/a"_s);
    QVERIFY(server.listen(QHostAddress::LocalHost, 0));
    Client client(server, u"/a"_s);
    TRY_VERIFY(client.isConnected());
    const QVariantMap packet{{u"type"_s, 2}, {u"data"_s, QVariantList{u"n"_s, 7}}};
    const QVariantMap options{{u"rooms"_s, QVariantList()}, {u"except"_s, QVariantList()}};
    const auto bytes = MsgPack::encode(QVariantList{u"emitter"_s, packet, options});
    QVERIFY(bytes);
    QVERIFY(QTest::qWaitFor(
        [&] {
            m_admin->command({"PUBLISH", "socket.io#/a#", *bytes});
            return QTest::qWaitFor([&] { return !client.received.isEmpty(); }, 100);
        },
        Patience));
    QCOMPARE(client.received.first(), 7);
}

void tst_RedisFaults::keepsSessionsWithoutALimit()
{
    ServerOptions options = serverOptions(adapterFor(u"streams"_s, m_redis.url()));
    options.connectionStateRecovery = RecoveryOptions();
    options.connectionStateRecovery->maxDisconnectionDuration = std::chrono::milliseconds::max();
    Server server(options);
    QVERIFY(server.listen(QHostAddress::LocalHost, 0));
    QPointer<Socket> socket;
    connect(server.of(u"/"_s), &Namespace::connected, this,
            [&socket](Socket *joined) { socket = joined; });
    Client client(server, u"/"_s);
    TRY_VERIFY(client.isConnected() && socket);
    const auto isKept = [this] {
        std::optional<RedisReply> reply;
        m_admin->command({"EVAL",
                          "local keys = redis.call('KEYS', 'sio:session:*') "
                          "if #keys ~= 1 then return -2 end "
                          "return redis.call('PTTL', keys[1])",
                          "0"},
                         [&reply](const RedisReply &answer) { reply = answer; });
        constexpr qint64 Year = std::chrono::milliseconds(24h * 365).count();
        return QTest::qWaitFor([&reply] { return reply.has_value(); }) && reply->integer > Year;
    };
    TRY_VERIFY(isKept());
}

QTSOCKETIO_TEST(tst_RedisFaults)

#include "tst_redis_faults.moc"
