// SPDX-License-Identifier: MIT
#include "rawclient.h"
#include "support/testmain.h"

#include <SocketIo/Adapter>
#include <SocketIo/Parser>

#include <atomic>

using namespace SocketIo;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

// Counts what is encoded.
class CountingParser final : public Parser
{
public:
    EngineIo::FrameList encode(const Packet &packet) const override
    {
        ++encoded;
        return m_json.encode(packet);
    }
    std::unique_ptr<Decoder> createDecoder() const override { return m_json.createDecoder(); }

    mutable std::atomic<int> encoded = 0;

private:
    JsonParser m_json;
};

} // namespace

class tst_Sio_Rooms : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();

    void toAll();
    void toOneRoom();
    void toSeveralRoomsWithoutDuplicates();
    void toAllButTheSender();
    void toARoomButTheSender();
    void exceptRoomsAndIds();
    void toASocketsId();
    void binaryBroadcast();
    void oneEncodingForAll();
    void oneFrameForPollingAndWebSocket();
    void oneEncodingForOldAndNewClients();
    void roomsSignalRealChanges();
    void ownRoomIsSharedWithOthers();
    void acksOfABroadcast();
    void acksOfNobody();
    void acksOfABroadcastTimeOut();
    void acksOfABroadcastWhenAClientLeaves();
    void strangersCannotAnswerABroadcast();
    void fetchSockets();
    void socketsJoinAndLeave();
    void disconnectSockets();
    void disconnectSocketsWithTheirConnections();
    void serverSideEmitHasNobodyToReach();
    void serverSideEmitNeedsAName();

private:
    // Each client has got exactly the packets named by now.
    void compare(const QList<QByteArrayList> &expected);

    std::unique_ptr<SioServer> io;
    std::unique_ptr<SocketCatcher<Server>> catcher;
    std::vector<std::unique_ptr<RawClient>> clients;
    std::shared_ptr<CountingParser> parser;
};

void tst_Sio_Rooms::init()
{
    parser = std::make_shared<CountingParser>();
    ServerOptions options;
    options.parser = parser;
    options.allowEIO3 = true;
    io = std::make_unique<SioServer>(options);
    catcher = std::make_unique<SocketCatcher<Server>>(io.get());
    for (int i = 0; i < 3; ++i) {
        clients.push_back(std::make_unique<RawClient>(io->port()));
        clients.back()->join();
    }
    QCOMPARE(catcher->count(), 3);
}

void tst_Sio_Rooms::cleanup()
{
    clients.clear();
    catcher.reset();
    io.reset();
}

void tst_Sio_Rooms::compare(const QList<QByteArrayList> &expected)
{
    for (const auto &socket : catcher->sockets)
        socket->emitEvent(u"end"_s);
    for (size_t i = 0; i < clients.size(); ++i) {
        QByteArrayList packets;
        QByteArray packet;
        while (packet = clients[i]->wait(), !packet.isEmpty() && packet != "42[\"end\"]")
            packets.append(packet);
        QCOMPARE(packets, expected.at(qsizetype(i)));
    }
}

void tst_Sio_Rooms::toAll()
{
    io->emitEvent(u"a"_s, 1);
    io->of(u"/other"_s)->emitEvent(u"elsewhere"_s);
    compare({{"42[\"a\",1]"_ba}, {"42[\"a\",1]"_ba}, {"42[\"a\",1]"_ba}});
}

void tst_Sio_Rooms::toOneRoom()
{
    catcher->sockets[1]->join(u"room"_s);
    io->to(u"room"_s).emitEvent(u"a"_s);
    io->in(u"room"_s).emitEvent(u"b"_s);
    io->to(u"empty"_s).emitEvent(u"c"_s);
    catcher->sockets[1]->leave(u"room"_s);
    io->to(u"room"_s).emitEvent(u"d"_s);
    compare({{}, {"42[\"a\"]"_ba, "42[\"b\"]"_ba}, {}});
}

void tst_Sio_Rooms::toSeveralRoomsWithoutDuplicates()
{
    catcher->sockets[0]->join({u"a"_s, u"b"_s});
    catcher->sockets[1]->join(u"b"_s);
    io->to(u"a"_s).to(u"b"_s).emitEvent(u"x"_s);
    io->to({u"a"_s, u"b"_s, u"nowhere"_s}).emitEvent(u"y"_s);
    compare({{"42[\"x\"]"_ba, "42[\"y\"]"_ba}, {"42[\"x\"]"_ba, "42[\"y\"]"_ba}, {}});
}

void tst_Sio_Rooms::toAllButTheSender()
{
    catcher->sockets[0]->broadcast().emitEvent(u"x"_s);
    catcher->sockets[0]->local().emitEvent(u"y"_s);
    compare({{}, {"42[\"x\"]"_ba, "42[\"y\"]"_ba}, {"42[\"x\"]"_ba, "42[\"y\"]"_ba}});
}

void tst_Sio_Rooms::toARoomButTheSender()
{
    catcher->sockets[0]->join(u"room"_s);
    catcher->sockets[1]->join(u"room"_s);
    catcher->sockets[0]->to(u"room"_s).emitEvent(u"x"_s);
    compare({{}, {"42[\"x\"]"_ba}, {}});
}

void tst_Sio_Rooms::exceptRoomsAndIds()
{
    catcher->sockets[0]->join(u"a"_s);
    catcher->sockets[1]->join({u"a"_s, u"b"_s});
    io->except(u"a"_s).emitEvent(u"1"_s);
    io->to(u"a"_s).except(u"b"_s).emitEvent(u"2"_s);
    io->except(catcher->sockets[2]->id()).emitEvent(u"3"_s);
    io->except({u"b"_s, catcher->sockets[2]->id()}).emitEvent(u"4"_s);
    catcher->sockets[0]->except(u"b"_s).emitEvent(u"5"_s);
    compare({{"42[\"2\"]"_ba, "42[\"3\"]"_ba, "42[\"4\"]"_ba},
             {"42[\"3\"]"_ba},
             {"42[\"1\"]"_ba, "42[\"5\"]"_ba}});
}

void tst_Sio_Rooms::toASocketsId()
{
    io->to(catcher->sockets[1]->id()).emitEvent(u"x"_s);
    catcher->sockets[0]->to(catcher->sockets[0]->id()).emitEvent(u"not to itself"_s);
    catcher->sockets[1]->leave(catcher->sockets[1]->id());
    io->to(catcher->sockets[1]->id()).emitEvent(u"left"_s);
    compare({{}, {"42[\"x\"]"_ba}, {}});
}

void tst_Sio_Rooms::binaryBroadcast()
{
    io->emitEvent(u"x"_s, "\x01\x02"_ba);
    for (const auto &client : clients) {
        QCOMPARE(client->wait(), "451-[\"x\",{\"_placeholder\":true,\"num\":0}]"_ba);
        QCOMPARE(client->wait(), "b:\x01\x02"_ba);
    }
}

void tst_Sio_Rooms::oneEncodingForAll()
{
    const int before = parser->encoded;
    io->emitEvent(u"x"_s);
    QCOMPARE(parser->encoded - before, 1);
    io->to(u"nobody"_s).emitEvent(u"x"_s);
    QCOMPARE(parser->encoded - before, 1);
    for (const auto &client : clients)
        QCOMPARE(client->wait(), "42[\"x\"]"_ba);
}

void tst_Sio_Rooms::oneFrameForPollingAndWebSocket()
{
    RawPollingClient polling(io->port());
    polling.send("40");
    QVERIFY(polling.receive().body.startsWith("40{"));
    const int before = parser->encoded;
    io->emitEvent(u"x"_s, u"\u00e4"_s, "b"_ba);
    QCOMPARE(parser->encoded - before, 1);
    QCOMPARE(polling.receive().body,
             "451-[\"x\",\"\xc3\xa4\",{\"_placeholder\":true,\"num\":0}]\x1e"
             "bYg=="_ba);
    QCOMPARE(clients[0]->wait(), "451-[\"x\",\"\xc3\xa4\",{\"_placeholder\":true,\"num\":0}]"_ba);
}

// Those of Socket.IO 2 differ in what is around a packet.
void tst_Sio_Rooms::oneEncodingForOldAndNewClients()
{
    RawWebSocket webSocket(io->port(), "/socket.io/?EIO=3&transport=websocket");
    QVERIFY(webSocket.waitForText().startsWith("0{"));
    QCOMPARE(webSocket.waitForText(), "40"_ba);
    RawConnection polling(io->port());
    QByteArray target = "/socket.io/?EIO=3&transport=polling";
    QByteArray opening = polling.request("GET", target).body;
    const qsizetype at = opening.indexOf("\"sid\":\"") + 7;
    target += "&sid=" + opening.mid(at, opening.indexOf('"', at) - at);
    if (!opening.endsWith("2:40"))
        QCOMPARE(polling.request("GET", target).body, "2:40"_ba);

    const int before = parser->encoded;
    io->emitEvent(u"x"_s, u"\u00e4"_s, "b"_ba);
    QCOMPARE(parser->encoded - before, 1);
    const QByteArray text = "451-[\"x\",\"\xc3\xa4\",{\"_placeholder\":true,\"num\":0}]";
    QCOMPARE(clients[0]->wait(), text);
    QCOMPARE(clients[0]->wait(), "b:b"_ba);
    QCOMPARE(webSocket.waitForText(), text);
    const RawWebSocket::Frame binary = webSocket.waitForFrame();
    QCOMPARE(binary.opcode, 2);
    QCOMPARE(binary.payload, "\4b"_ba);
    QCOMPARE(text.size(), 44);
    QCOMPARE(polling.request("GET", target).body,
             QByteArray("\0\4\4\xff", 4) + text + QByteArray("\1\2\xff\4b", 5));
}

void tst_Sio_Rooms::roomsSignalRealChanges()
{
    QStringList log;
    Namespace *nsp = io->mainNamespace();
    const QString id0 = catcher->sockets[0]->id();
    const QString id1 = catcher->sockets[1]->id();
    const QHash<QString, QString> names{{id0, u"0"_s}, {id1, u"1"_s}};
    const auto name = [names](const QString &room) { return names.value(room, room); };
    connect(nsp, &Namespace::roomCreated, this,
            [&](const QString &room) { log += u"create "_s + name(room); });
    connect(nsp, &Namespace::roomJoined, this, [&](const QString &room, const QString &id) {
        log += u"join %1 %2"_s.arg(name(room), name(id));
    });
    connect(nsp, &Namespace::roomLeft, this, [&](const QString &room, const QString &id) {
        log += u"leave %1 %2"_s.arg(name(room), name(id));
    });
    connect(nsp, &Namespace::roomDeleted, this,
            [&](const QString &room) { log += u"delete "_s + name(room); });

    catcher->sockets[0]->join(u"r"_s);
    catcher->sockets[0]->join(u"r"_s);
    catcher->sockets[0]->join(id0);
    catcher->sockets[1]->join(u"r"_s);
    catcher->sockets[0]->leave(u"r"_s);
    catcher->sockets[0]->leave(u"r"_s);
    catcher->sockets[0]->leave(u"never"_s);
    QCOMPARE(log, (QStringList{u"create r"_s, u"join r 0"_s, u"join r 1"_s, u"leave r 0"_s}));
    log.clear();
    catcher->sockets[1]->disconnectSocket();
    QCOMPARE(log, (QStringList{u"leave r 1"_s, u"delete r"_s, u"leave 1 1"_s, u"delete 1"_s}));

    log.clear();
    RawClient more(io->port());
    const QString id = more.join();
    QCOMPARE(log, (QStringList{u"create "_s + id, u"join %1 %1"_s.arg(id)}));
}

void tst_Sio_Rooms::ownRoomIsSharedWithOthers()
{
    const QString id = catcher->sockets[0]->id();
    QSignalSpy created(io->mainNamespace(), &Namespace::roomCreated);
    QSignalSpy deleted(io->mainNamespace(), &Namespace::roomDeleted);
    catcher->sockets[1]->join(id);
    io->to(id).emitEvent(u"x"_s);
    io->except(id).emitEvent(u"y"_s);
    QCOMPARE(created.size(), 0);
    catcher->sockets[1]->leave(id);
    QCOMPARE(deleted.size(), 0);
    compare({{"42[\"x\"]"_ba}, {"42[\"x\"]"_ba}, {"42[\"y\"]"_ba}});
}

void tst_Sio_Rooms::acksOfABroadcast()
{
    QVariantList answers;
    int calls = 0;
    io->timeout(10s).emitWithAck(u"q"_s, 1)->then(this, [&](const QVariantList &list) {
        answers = list;
        ++calls;
    });
    for (size_t i = 0; i < clients.size(); ++i) {
        const QByteArray packet = clients[i]->wait();
        QCOMPARE(packet, "420[\"q\",1]"_ba); // one id for all
        clients[i]->send("430[" + QByteArray::number(int(i)) + ",\"ignored\"]");
        clients[i]->send("430[99]"); // an answer counts once
    }
    QTRY_COMPARE(calls, 1);
    std::sort(answers.begin(), answers.end(),
              [](const QVariant &a, const QVariant &b) { return a.toInt() < b.toInt(); });
    QCOMPARE(answers, (QVariantList{0, 1, 2}));
}

void tst_Sio_Rooms::acksOfNobody()
{
    QSignalSpy acknowledged(io->to(u"nobody"_s).timeout(10s).emitWithAck(u"q"_s),
                            &PendingAck::acknowledged);
    bool called = false;
    io->to(u"nobody"_s).emitWithAck(u"q"_s)->then(this, [&](const QVariantList &answers) {
        called = answers.isEmpty();
    });
    QTRY_VERIFY(called);
}

void tst_Sio_Rooms::acksOfABroadcastTimeOut()
{
    Error error;
    PendingAck *ack = io->timeout(50ms).emitWithAck(u"q"_s);
    QVariantList partial;
    ack->onFailed(this, [&](const Error &e) {
        error = e;
        partial = ack->arguments();
    });
    for (const auto &client : clients)
        QVERIFY(client->wait().startsWith("420"));
    clients[1]->send("430[\"one\"]");
    QTRY_VERIFY(error.isError());
    QCOMPARE(error.type(), Error::Type::Timeout);
    QVERIFY(error.message().startsWith(u"operation has timed out: "_s));
    QCOMPARE(partial, QVariantList{u"one"_s});
    clients[0]->send("430[\"late\"]");
    compare({{}, {}, {}});
}

void tst_Sio_Rooms::acksOfABroadcastWhenAClientLeaves()
{
    Error error;
    PendingAck *ack = io->emitWithAck(u"q"_s); // without a timeout
    QVariantList partial;
    ack->onFailed(this, [&](const Error &e) {
        error = e;
        partial = ack->arguments();
    });
    clients[0]->drop();
    clients[1]->wait();
    clients[1]->send("430[1]");
    clients[2]->wait();
    clients[2]->send("430[2]");
    QTRY_COMPARE(error.type(), Error::Type::Disconnected);
    QCOMPARE(partial.size(), 2);
}

void tst_Sio_Rooms::strangersCannotAnswerABroadcast()
{
    catcher->sockets[0]->join(u"room"_s);
    QVariantList answers;
    io->to(u"room"_s).emitWithAck(u"q"_s)->then(this,
                                                [&](const QVariantList &list) { answers = list; });
    clients[1]->send("430[\"forged\"]");
    clients[1]->send("40/x,");
    QVERIFY(clients[1]->wait().startsWith("44/x"));
    QVERIFY(answers.isEmpty());
    QCOMPARE(clients[0]->wait(), "420[\"q\"]"_ba);
    clients[0]->send("430[\"genuine\"]");
    QTRY_COMPARE(answers, QVariantList{u"genuine"_s});
}

void tst_Sio_Rooms::fetchSockets()
{
    catcher->sockets[0]->join(u"room"_s);
    catcher->sockets[0]->setDataValue(u"name"_s, u"zero"_s);
    QCOMPARE(resultOf(io->fetchSockets()).size(), 3);
    QCOMPARE(resultOf(io->except(u"room"_s).fetchSockets()).size(), 2);
    const QList<RemoteSocket> found = resultOf(io->in(u"room"_s).fetchSockets());
    QCOMPARE(found.size(), 1);
    RemoteSocket remote = found.first();
    QCOMPARE(remote.id(), catcher->sockets[0]->id());
    QCOMPARE(remote.rooms(), (QStringList{remote.id(), u"room"_s}));
    QCOMPARE(remote.data(), (QVariantMap{{u"name"_s, u"zero"_s}}));
    QVERIFY(!remote.handshake().url().isEmpty());
    QCOMPARE(remote.socket(), catcher->sockets[0]);

    remote.emitEvent(u"x"_s);
    remote.join(u"other"_s);
    remote.leave(u"room"_s);
    QCOMPARE(catcher->sockets[0]->rooms(), (QStringList{remote.id(), u"other"_s}));
    QString answer;
    remote.timeout(10s).emitWithAck(u"q"_s)->then(this, [&](const QString &s) { answer = s; });
    QCOMPARE(clients[0]->wait(), "42[\"x\"]"_ba);
    QCOMPARE(clients[0]->wait(), "420[\"q\"]"_ba);
    clients[0]->send("430[\"a\"]");
    QTRY_COMPARE(answer, u"a"_s);
    remote.disconnectSocket();
    QCOMPARE(clients[0]->wait(), "41"_ba);
    QTRY_COMPARE(remote.socket(), nullptr);
    remote.emitEvent(u"gone"_s);
}

void tst_Sio_Rooms::socketsJoinAndLeave()
{
    catcher->sockets[0]->join(u"a"_s);
    io->in(u"a"_s).socketsJoin({u"b"_s, u"c"_s});
    io->except(u"a"_s).socketsJoin(u"d"_s);
    QCOMPARE(catcher->sockets[0]->rooms().sliced(1), (QStringList{u"a"_s, u"b"_s, u"c"_s}));
    QCOMPARE(catcher->sockets[1]->rooms().sliced(1), QStringList{u"d"_s});
    io->socketsLeave({u"a"_s, u"d"_s});
    io->in(catcher->sockets[0]->id()).socketsLeave(u"b"_s);
    QCOMPARE(catcher->sockets[0]->rooms().sliced(1), QStringList{u"c"_s});
    QCOMPARE(catcher->sockets[2]->rooms().size(), 1);
}

void tst_Sio_Rooms::disconnectSockets()
{
    catcher->sockets[0]->join(u"room"_s);
    io->in(u"room"_s).disconnectSockets();
    QCOMPARE(clients[0]->wait(), "41"_ba);
    QVERIFY(!clients[0]->join().isEmpty());
    QCOMPARE(io->mainNamespace()->socketsCount(), 3);
}

void tst_Sio_Rooms::disconnectSocketsWithTheirConnections()
{
    io->emitEvent(u"last words"_s);
    io->disconnectSockets(CloseConnection::Yes);
    for (const auto &client : clients) {
        QVERIFY(client->waitForClosed());
        QCOMPARE(client->rest, (QByteArrayList{"42[\"last words\"]"_ba, "41"_ba}));
    }
    QCOMPARE(io->mainNamespace()->socketsCount(), 0);
}

void tst_Sio_Rooms::serverSideEmitHasNobodyToReach()
{
    int calls = 0;
    io->mainNamespace()->on(u"hello"_s, this, [&] { ++calls; });
    QVERIFY(io->serverSideEmit(u"hello"_s, 1));
    QVariantList answers{u"untouched"_s};
    io->serverSideEmitWithAck(u"hello"_s)->then(this, [&](const QVariantList &list) {
        answers = list;
    });
    QTRY_COMPARE(answers, QVariantList());
    QCOMPARE(calls, 0);
}

void tst_Sio_Rooms::serverSideEmitNeedsAName()
{
    Namespace *const parent = io->of(QRegularExpression(u"^/dynamic-"_s));
    QTest::ignoreMessage(QtWarningMsg,
                         QRegularExpression(u"\"hello\" was not sent.*serverSideEmit"_s));
    QVERIFY(!parent->serverSideEmit(u"hello"_s, 1));
    Error error;
    parent->serverSideEmitWithAck(u"hello"_s)->onFailed(this, [&](const Error &e) { error = e; });
    QTRY_COMPARE(error.type(), Error::Type::Argument);
    QVERIFY(error.message().contains(u"parent namespace"_s));
}

QTSOCKETIO_TEST(tst_Sio_Rooms)

#include "tst_sio_rooms.moc"
