// SPDX-License-Identifier: MIT
#include "support/testmain.h"
#include "unit/server/localsocket.h"

#include <SocketIo/InMemoryAdapter>
#include <SocketIo/Server>

#include <QtCore/qregularexpression.h>
#include <QtTest/qsignalspy.h>
#include <QtTest/qtest.h>

using namespace SocketIo;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

struct Call
{
    QString what;
    Packet packet;
    BroadcastOptions options;
    QStringList rooms;
};

// An adapter of a cluster: remembers what it is asked for and lets the test answer.
class RecordingAdapter final : public InMemoryAdapter
{
public:
    RecordingAdapter(Namespace *nsp, QList<Call> *calls)
        : InMemoryAdapter(nsp)
        , m_calls(calls)
    {
    }

    void broadcast(Packet packet, const BroadcastOptions &options) override
    {
        m_calls->append({u"broadcast"_s, packet, options, {}});
    }
    void broadcastWithAck(Packet packet, const BroadcastOptions &options,
                          const BroadcastReplies &given) override
    {
        m_calls->append({u"broadcastWithAck"_s, packet, options, {}});
        replies = given;
    }
    void serverCount(const CountReply &reply) override { countReply = reply; }
    void fetchSockets(const BroadcastOptions &options, const SocketsReply &reply) override
    {
        m_calls->append({u"fetchSockets"_s, {}, options, {}});
        socketsReply = reply;
    }
    void addSockets(const BroadcastOptions &options, const QStringList &rooms) override
    {
        m_calls->append({u"addSockets"_s, {}, options, rooms});
    }
    void delSockets(const BroadcastOptions &options, const QStringList &rooms) override
    {
        m_calls->append({u"delSockets"_s, {}, options, rooms});
    }
    void disconnectSockets(const BroadcastOptions &options, CloseConnection close) override
    {
        m_calls->append(
            {close == CloseConnection::Yes ? u"disconnectClients"_s : u"disconnectSockets"_s,
             {},
             options,
             {}});
    }
    void serverSideEmit(const QVariantList &event, const ServerSideReply &reply) override
    {
        Call call{u"serverSideEmit"_s, {}, {}, {}};
        call.packet.args = event;
        m_calls->append(call);
        serverSideReply = reply;
    }
    void receive(const QVariantList &event, const Ack &ack) { deliverServerSideEvent(event, ack); }

    BroadcastReplies replies;
    CountReply countReply;
    SocketsReply socketsReply;
    ServerSideReply serverSideReply;

private:
    QList<Call> *m_calls;
};

} // namespace

class tst_BroadcastOperator : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();

    void chainsAreImmutable();
    void roomsAreNamedOnce();
    void emitsAreHandedToTheAdapter();
    void socketsOperatorExcludesTheSocket();
    void managementIsHandedToTheAdapter();
    void fetchSocketsMayTakeItsTime();
    void fetchSocketsEndsWithTheNamespace();
    void acksAreComplete();
    void acksOfSeveralServers();
    void acksTimeOutWithThoseSoFar();
    void acksFailWhenAllThatIsMissingIsLost();
    void lateAnswersAreIgnored();
    void ackMayBeDeletedByTheUser();
    void reservedNamesAreRefused();
    void operatorOutlivesItsNamespace();
    void remoteSocketIsAddressedByItsId();
    void serverSideEmitGathersAnswers();
    void serverSideEventsReachTheListeners();

private:
    std::unique_ptr<Server> io;
    RecordingAdapter *adapter = nullptr;
    QList<Call> calls;
};

void tst_BroadcastOperator::init()
{
    calls.clear();
    ServerOptions options;
    options.adapter = [this](Namespace *nsp) {
        auto made = std::make_unique<RecordingAdapter>(nsp, &calls);
        if (nsp->name() == u"/")
            adapter = made.get();
        return made;
    };
    io = std::make_unique<Server>(options);
}

void tst_BroadcastOperator::chainsAreImmutable()
{
    const BroadcastOperator base = io->to(u"a"_s);
    const BroadcastOperator volatiles = base.asVolatile();
    const BroadcastOperator plain = volatiles.compress(Compression::Off);
    const BroadcastOperator local = plain.local().timeout(5ms);
    QCOMPARE(base.options().flags, BroadcastFlags());
    QCOMPARE(volatiles.options().flags, BroadcastFlags(BroadcastFlag::Volatile));
    QCOMPARE(plain.options().flags, BroadcastFlag::Volatile | BroadcastFlag::NoCompression);
    QCOMPARE(plain.compress(Compression::On).options().flags,
             BroadcastFlags(BroadcastFlag::Volatile));
    QVERIFY(!plain.options().timeout);
    QCOMPARE(local.options().timeout, 5ms);
    QVERIFY(local.options().flags.testFlag(BroadcastFlag::Local));
    QCOMPARE(local.timeout(-5ms).options().timeout, 0ms);
}

void tst_BroadcastOperator::roomsAreNamedOnce()
{
    const BroadcastOperator op = io->to(u"a"_s).in({u"a"_s, u"b"_s}).except(u"c"_s).except(u"c"_s);
    QCOMPARE(op.options().rooms, (QStringList{u"a"_s, u"b"_s}));
    QCOMPARE(op.options().except, QStringList{u"c"_s});
}

void tst_BroadcastOperator::emitsAreHandedToTheAdapter()
{
    QVERIFY(io->to(u"r"_s).emitEvent(u"e"_s, 1, u"two"_s));
    QVERIFY(io->send(u"text"_s));
    QVERIFY(io->of(u"/n"_s)->local().emitEvent(u"n"_s));
    QCOMPARE(calls.size(), 3);
    QCOMPARE(calls[0].what, u"broadcast"_s);
    QCOMPARE(calls[0].packet.type, PacketType::Event);
    QCOMPARE(calls[0].packet.id, Packet::NoId);
    QCOMPARE(calls[0].packet.args, (QVariantList{u"e"_s, 1, u"two"_s}));
    QCOMPARE(calls[0].options.rooms, QStringList{u"r"_s});
    QCOMPARE(calls[1].packet.args, (QVariantList{u"message"_s, u"text"_s}));
    QCOMPARE(calls[2].options.flags, BroadcastFlags(BroadcastFlag::Local));
}

void tst_BroadcastOperator::socketsOperatorExcludesTheSocket()
{
    Socket *socket = addSocket(io->mainNamespace(), u"me"_s);
    socket->to(u"r"_s).emitEvent(u"1"_s);
    socket->broadcast().emitEvent(u"2"_s);
    socket->asVolatile().to(u"r"_s).emitEvent(u"3"_s);
    socket->compress(Compression::Off).timeout(7ms).except(u"x"_s).emitEvent(u"4"_s);
    socket->local().emitEvent(u"5"_s);
    QCOMPARE(calls.size(), 5);
    for (const Call &call : std::as_const(calls)) {
        QVERIFY(call.options.except.contains(u"me"_s));
        QCOMPARE(call.options.socket, nullptr);
    }
    QCOMPARE(calls[0].options.rooms, QStringList{u"r"_s});
    QVERIFY(calls[1].options.rooms.isEmpty());
    QCOMPARE(calls[2].options.flags, BroadcastFlags(BroadcastFlag::Volatile));
    QCOMPARE(calls[3].options.except, (QStringList{u"me"_s, u"x"_s}));
    QCOMPARE(calls[3].options.timeout, 7ms);
    QCOMPARE(calls[4].options.flags, BroadcastFlags(BroadcastFlag::Local));
}

void tst_BroadcastOperator::managementIsHandedToTheAdapter()
{
    const BroadcastOperator op = io->in(u"r"_s);
    op.socketsJoin(u"a"_s);
    op.socketsJoin({u"a"_s, u"b"_s});
    op.socketsLeave(u"c"_s);
    op.disconnectSockets();
    op.disconnectSockets(CloseConnection::Yes);
    QStringList what;
    for (const Call &call : std::as_const(calls)) {
        what += call.what + u' ' + call.rooms.join(u',');
        QCOMPARE(call.options.rooms, QStringList{u"r"_s});
    }
    QCOMPARE(what,
             (QStringList{u"addSockets a"_s, u"addSockets a,b"_s, u"delSockets c"_s,
                          u"disconnectSockets "_s, u"disconnectClients "_s}));
}

void tst_BroadcastOperator::fetchSocketsMayTakeItsTime()
{
    const QFuture<QList<RemoteSocket>> future = io->in(u"r"_s).fetchSockets();
    QVERIFY(!future.isFinished());
    adapter->socketsReply({RemoteSocket(io->mainNamespace(), u"far"_s, {}, {u"far"_s}, {})});
    QVERIFY(future.isFinished());
    QCOMPARE(future.result().first().id(), u"far"_s);
}

void tst_BroadcastOperator::fetchSocketsEndsWithTheNamespace()
{
    QFuture<QList<RemoteSocket>> asked = io->of(u"/n"_s)->fetchSockets(); // not answered yet
    Server plain;
    QFuture<QList<RemoteSocket>> answered = plain.of(u"/n"_s)->fetchSockets(); // not delivered yet
    QVERIFY(!asked.isFinished() && !answered.isFinished());
    delete io->of(u"/n"_s);
    delete plain.of(u"/n"_s);
    QTRY_VERIFY_WITH_TIMEOUT(asked.isFinished() && answered.isFinished(), 30000);
    QVERIFY(asked.isCanceled() && answered.isCanceled());
}

void tst_BroadcastOperator::acksAreComplete()
{
    PendingAck *ack = io->timeout(10s).emitWithAck(u"q"_s, 1);
    QSignalSpy done(ack, &PendingAck::acknowledged);
    QCOMPARE(calls.first().what, u"broadcastWithAck"_s);
    QCOMPARE(calls.first().options.timeout, 10s);
    QCOMPARE(ack->parent(), io->mainNamespace());
    adapter->replies.answer(u"a"_s);
    adapter->countReply(1);
    QCOMPARE(done.size(), 0);
    adapter->replies.clients(2);
    QCOMPARE(done.size(), 0);
    adapter->replies.answer(u"b"_s);
    QCOMPARE(done.size(), 1);
    QCOMPARE(ack->arguments(), (QVariantList{u"a"_s, u"b"_s}));
}

void tst_BroadcastOperator::acksOfSeveralServers()
{
    PendingAck *ack = io->emitWithAck(u"q"_s);
    QSignalSpy done(ack, &PendingAck::acknowledged);
    adapter->replies.clients(1);
    adapter->replies.answer(1);
    QCOMPARE(done.size(), 0); // nobody knows yet how many servers there are
    adapter->countReply(3);
    adapter->replies.clients(0);
    QCOMPARE(done.size(), 0);
    adapter->replies.clients(1);
    adapter->replies.answer(2);
    QCOMPARE(done.size(), 1);
    QCOMPARE(ack->arguments(), (QVariantList{1, 2}));
}

void tst_BroadcastOperator::acksTimeOutWithThoseSoFar()
{
    PendingAck *ack = io->timeout(10ms).emitWithAck(u"q"_s);
    Error error;
    QVariantList answers;
    connect(ack, &PendingAck::failed, this, [&](const Error &e) {
        error = e;
        answers = ack->arguments();
    });
    adapter->countReply(1);
    adapter->replies.clients(2);
    adapter->replies.answer(1);
    QTRY_COMPARE(error.type(), Error::Type::Timeout);
    QCOMPARE(answers, QVariantList{1});
}

void tst_BroadcastOperator::acksFailWhenAllThatIsMissingIsLost()
{
    PendingAck *ack = io->emitWithAck(u"q"_s);
    QSignalSpy failed(ack, &PendingAck::failed);
    adapter->countReply(1);
    adapter->replies.clients(3);
    adapter->replies.lost(1);
    adapter->replies.answer(1);
    QCOMPARE(failed.size(), 0);
    adapter->replies.answer(2);
    QCOMPARE(failed.size(), 1);
    QCOMPARE(ack->error().type(), Error::Type::Disconnected);
    QCOMPARE(ack->arguments(), (QVariantList{1, 2}));
}

void tst_BroadcastOperator::lateAnswersAreIgnored()
{
    QPointer<PendingAck> ack = io->timeout(0ms).emitWithAck(u"q"_s);
    QSignalSpy failed(ack, &PendingAck::failed);
    adapter->countReply(1);
    adapter->replies.clients(1);
    QTRY_COMPARE(failed.size(), 1);
    adapter->replies.answer(1);
    QTRY_VERIFY(ack.isNull());
    adapter->replies.answer(2);
    QCOMPARE(failed.size(), 1);
}

void tst_BroadcastOperator::ackMayBeDeletedByTheUser()
{
    delete io->timeout(10s).emitWithAck(u"q"_s);
    adapter->countReply(1);
    adapter->replies.clients(1);
    adapter->replies.answer(1);
}

void tst_BroadcastOperator::reservedNamesAreRefused()
{
    QTest::ignoreMessage(QtWarningMsg,
                         QRegularExpression(u"^\"disconnect\" is a reserved event name\\. "_s));
    QVERIFY(!io->to(u"r"_s).emitEvent(u"disconnect"_s));
    // Somebody hears of this one.
    QSignalSpy failed(io->to(u"r"_s).emitWithAck(u"connect"_s), &PendingAck::failed);
    QTRY_COMPARE(failed.size(), 1);
    QVERIFY(calls.isEmpty());
}

void tst_BroadcastOperator::operatorOutlivesItsNamespace()
{
    BroadcastOperator op = io->of(u"/n"_s)->to(u"r"_s);
    SocketOperator socketOp = addSocket(io->of(u"/n"_s), u"s"_s)->asVolatile();
    delete io->of(u"/n"_s);
    QVERIFY(op.emitEvent(u"x"_s));
    op.socketsJoin(u"r"_s);
    op.socketsLeave(u"r"_s);
    op.disconnectSockets();
    QVERIFY(op.fetchSockets().result().isEmpty());
    QVERIFY(!socketOp.emitEvent(u"x"_s));
    QVERIFY(socketOp.broadcast().emitEvent(u"x"_s));
    QSignalSpy failed(op.emitWithAck(u"x"_s), &PendingAck::failed);
    QSignalSpy socketFailed(socketOp.emitWithAck(u"x"_s), &PendingAck::failed);
    QTRY_COMPARE(failed.size(), 1);
    QTRY_COMPARE(socketFailed.size(), 1);
}

void tst_BroadcastOperator::remoteSocketIsAddressedByItsId()
{
    RemoteSocket remote(io->mainNamespace(), u"far"_s, {}, {u"far"_s, u"r"_s}, {{u"k"_s, 1}});
    QCOMPARE(remote.socket(), nullptr);
    remote.emitEvent(u"x"_s);
    remote.join(u"y"_s);
    remote.leave(u"r"_s);
    remote.disconnectClient();
    PendingAck *ack = remote.timeout(10s).emitWithAck(u"q"_s);
    for (const Call &call : std::as_const(calls))
        QCOMPARE(call.options.rooms, QStringList{u"far"_s});
    QCOMPARE(calls.size(), 5);
    adapter->countReply(1);
    adapter->replies.clients(1);
    adapter->replies.answer(u"yes"_s);
    QCOMPARE(ack->arguments(), QVariantList{u"yes"_s});
}

void tst_BroadcastOperator::serverSideEmitGathersAnswers()
{
    QVERIFY(io->serverSideEmit(u"hello"_s, 1));
    QCOMPARE(calls.first().packet.args, (QVariantList{u"hello"_s, 1}));
    QVERIFY(!adapter->serverSideReply);
    PendingAck *ack = io->serverSideEmitWithAck(u"hello"_s);
    QSignalSpy done(ack, &PendingAck::acknowledged);
    adapter->serverSideReply({}, {1, 2});
    QCOMPARE(done.size(), 1);
    QCOMPARE(ack->arguments(), (QVariantList{1, 2}));

    PendingAck *failing = io->serverSideEmitWithAck(u"hello"_s);
    QSignalSpy failed(failing, &PendingAck::failed);
    adapter->serverSideReply(Error::timeout(), {1});
    QCOMPARE(failed.size(), 1);
    QCOMPARE(failing->arguments(), QVariantList{1});
}

void tst_BroadcastOperator::serverSideEventsReachTheListeners()
{
    int received = 0;
    io->mainNamespace()->on(u"hello"_s, this, [&](int n, const Ack &ack) {
        received = n;
        ack(n + 1);
    });
    QVariantList answer;
    adapter->receive({u"hello"_s, 7}, Ack([&](const QVariantList &args) { answer = args; }));
    QCOMPARE(received, 7);
    QCOMPARE(answer, QVariantList{8});
    adapter->receive({}, {});
    adapter->receive({u"unheard"_s}, {});
}

QTSOCKETIO_TEST(tst_BroadcastOperator)

#include "tst_broadcastoperator.moc"
