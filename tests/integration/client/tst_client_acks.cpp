// SPDX-License-Identifier: MIT
#include "clienttest.h"
#include "support/testmain.h"

using namespace ClientTest;

// Acknowledgements both ways, their timeouts, and events that are sent again.
class tst_ClientAcks : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void answerComesToContinuationSignalAndFuture_data() { addSetups(); }
    void answerComesToContinuationSignalAndFuture();
    void answerMayHaveManyArgumentsAndBinary_data() { addSetups(); }
    void answerMayHaveManyArgumentsAndBinary();
    void serverMayAskTheClient_data() { addSetups(); }
    void serverMayAskTheClient();
    void answerIsGivenOnce_data() { addServers(); }
    void answerIsGivenOnce();
    void timeoutFailsOnceAndALateAnswerIsIgnored_data() { addServers(); }
    void timeoutFailsOnceAndALateAnswerIsIgnored();
    void answerInTimeSucceeds_data() { addServers(); }
    void answerInTimeSucceeds();
    void timeoutOfZeroExpires_data() { addServers(); }
    void timeoutOfZeroExpires();
    void timeoutWhileNotConnectedRemovesTheEvent_data() { addServers(); }
    void timeoutWhileNotConnectedRemovesTheEvent();
    void ackTimeoutOptionCountsForAll_data() { addServers(); }
    void ackTimeoutOptionCountsForAll();
    void disconnectionFailsWhatIsUnanswered_data() { addSetups(); }
    void disconnectionFailsWhatIsUnanswered();
    void lostConnectionFailsWhatIsUnanswered_data() { addSetups(); }
    void lostConnectionFailsWhatIsUnanswered();
    void bufferedEventIsAnsweredAfterReconnection_data() { addServers(); }
    void bufferedEventIsAnsweredAfterReconnection();
    void deletedAcknowledgementIsNotMissed_data() { addServers(); }
    void deletedAcknowledgementIsNotMissed();
    void retriesSendOneEventAtATime_data() { addSetups(); }
    void retriesSendOneEventAtATime();
    void retriesSendAgainUntilAnswered_data() { addServers(); }
    void retriesSendAgainUntilAnswered();
    void retriesGiveUpAndGoOn_data() { addServers(); }
    void retriesGiveUpAndGoOn();
    void queueWaitsForTheConnection_data() { addServers(); }
    void queueWaitsForTheConnection();
    void eventFromTheConnectHandlerIsSentOnce_data() { addServers(); }
    void eventFromTheConnectHandlerIsSentOnce();
    void volatileEventsBypassTheQueue_data() { addServers(); }
    void volatileEventsBypassTheQueue();
    void queueSendsItsHeadAgainAfterReconnection_data() { addSetups(); }
    void queueSendsItsHeadAgainAfterReconnection();
    void volatileEventsSayWhyTheyWereNotSent();
    void endsOfTheProgramsOwnAreNamed();
};

void tst_ClientAcks::answerComesToContinuationSignalAndFuture()
{
    FETCH_SETUP();
    Manager manager(server->url(), options);
    ClientSocket *socket = manager.socket();
    PendingAck *ack = socket->emitWithAck(u"echo"_s, u"value"_s, 5);
    QSignalSpy acknowledged(ack, &PendingAck::acknowledged);
    QSignalSpy failed(ack, &PendingAck::failed);
    QString text;
    ack->then(this, [&text](const QString &value, int) { text = value; });
    QFuture<QVariantList> future = ack->future();
    TRY_VERIFY(future.isFinished());
    QCOMPARE(future.result(), (QVariantList{u"value"_s, 5}));
    QCOMPARE(text, u"value"_s);
    QCOMPARE(acknowledged.count(), 1);
    QCOMPARE(failed.count(), 0);
}

void tst_ClientAcks::answerMayHaveManyArgumentsAndBinary()
{
    FETCH_SETUP();
    Manager manager(server->url(), options);
    const QVariantList args{1, u"two"_s, QByteArray("three"), QVariantList{QByteArray("four")}};
    AckResult result(manager.socket()->emitWithAckList(u"echo"_s, args));
    TRY_VERIFY(result.isAnswered());
    QCOMPARE(result.arguments, args);
}

void tst_ClientAcks::serverMayAskTheClient()
{
    FETCH_SETUP();
    Manager manager(server->url(), options);
    ClientSocket *socket = manager.socket();
    Received asked(socket, u"asked"_s);
    socket->on(u"question"_s, this,
               [](const QString &text, const QByteArray &bytes, const Ack &ack) {
                   QVERIFY(ack.isWanted());
                   ack(text.toUpper(), bytes + "!");
               });
    socket->emitEvent(u"ask"_s, u"text"_s, QByteArray("bytes"));
    TRY_COMPARE(asked.count(), 1);
    QCOMPARE(asked.at(0), (QVariantList{u"TEXT"_s, QByteArray("bytes!")}));
}

void tst_ClientAcks::answerIsGivenOnce()
{
    FETCH_SERVER();
    Manager manager(server->url(), quickOptions());
    ClientSocket *socket = manager.socket();
    QVERIFY(QTest::qWaitFor([socket] { return socket->isConnected(); }, Patience));
    Received asked(socket, u"asked"_s);
    int acks = 0;
    connect(manager.engine(), &EngineIo::Client::packetCreated, this,
            [&acks](const EngineIo::Packet &packet) { acks += packet.data.startsWith('3'); });
    socket->on(u"question"_s, this, [](const Ack &ack) {
        ack(1);
        QVERIFY(!ack.isPending());
        ack(2);
    });
    socket->emitEvent(u"ask"_s);
    TRY_COMPARE(asked.count(), 1);
    QCOMPARE(asked.first(), QVariantList{1});
    QCOMPARE(acks, 1);
}

void tst_ClientAcks::timeoutFailsOnceAndALateAnswerIsIgnored()
{
    FETCH_SERVER();
    Manager manager(server->url(), quickOptions());
    ClientSocket *socket = manager.socket();
    TRY_VERIFY(socket->isConnected());
    int lateAnswers = 0;
    connect(&manager, &Manager::packetReceived, this, [&lateAnswers](const Packet &packet) {
        lateAnswers += packet.type == PacketType::Ack && packet.args == QVariantList{u"late"_s};
    });
    AckResult result(socket->timeout(10ms).emitWithAck(u"late"_s, 300));
    TRY_VERIFY(result.isFailed());
    QCOMPARE(result.error.type(), Error::Type::Timeout);
    QVERIFY(result.error.message().startsWith(u"operation has timed out: "_s));
    TRY_COMPARE(lateAnswers, 1);
    QCOMPARE(result.answers, 0);
    QCOMPARE(result.failures, 1);
    QVERIFY(socket->isConnected());
}

void tst_ClientAcks::answerInTimeSucceeds()
{
    FETCH_SERVER();
    Manager manager(server->url(), quickOptions());
    AckResult result(manager.socket()->timeout(60s).emitWithAck(u"late"_s, 1));
    TRY_VERIFY(result.isAnswered());
    QCOMPARE(result.arguments, QVariantList{u"late"_s});
}

void tst_ClientAcks::timeoutOfZeroExpires()
{
    FETCH_SERVER();
    Manager manager(server->url(), quickOptions());
    ClientSocket *socket = manager.socket();
    TRY_VERIFY(socket->isConnected());
    AckResult result(socket->timeout(0ms).emitWithAck(u"silent"_s));
    TRY_VERIFY(result.isFailed());
    QCOMPARE(result.error.type(), Error::Type::Timeout);
}

void tst_ClientAcks::timeoutWhileNotConnectedRemovesTheEvent()
{
    FETCH_SERVER();
    const QString name = uniqueName();
    ClientOptions options = quickOptions();
    options.autoConnect = false;
    Manager manager(server->url(), options);
    ClientSocket *socket = manager.socket();
    socket->emitEvent(u"record"_s, QString(name + u" kept"_s));
    AckResult result(socket->timeout(10ms).emitWithAck(u"record"_s, QString(name + u" dropped"_s)));
    QCOMPARE(socket->bufferedCount(), 2);
    TRY_VERIFY(result.isFailed());
    QCOMPARE(result.error.type(), Error::Type::Timeout);
    QCOMPARE(socket->bufferedCount(), 1);
    socket->open();
    AckResult all(socket->emitWithAck(u"records"_s));
    TRY_VERIFY(all.isAnswered());
    const QVariantList records = all.arguments.value(0).toList();
    QVERIFY(records.contains(QString(name + u" kept"_s)));
    QVERIFY(!records.contains(QString(name + u" dropped"_s)));
}

void tst_ClientAcks::ackTimeoutOptionCountsForAll()
{
    FETCH_SERVER();
    ClientOptions options = quickOptions();
    options.ackTimeout = 50ms;
    Manager manager(server->url(), options);
    ClientSocket *socket = manager.socket();
    TRY_VERIFY(socket->isConnected());
    AckResult first(socket->emitWithAck(u"silent"_s));
    AckResult other(socket->timeout(60s).emitWithAck(u"late"_s, 100));
    TRY_VERIFY(first.isFailed());
    QCOMPARE(first.error.type(), Error::Type::Timeout);
    TRY_VERIFY(other.isAnswered());
}

void tst_ClientAcks::disconnectionFailsWhatIsUnanswered()
{
    FETCH_SETUP();
    Manager manager(server->url(), options);
    ClientSocket *socket = manager.socket();
    TRY_VERIFY(socket->isConnected());
    AckResult plain(socket->emitWithAck(u"silent"_s));
    AckResult timed(socket->timeout(60s).emitWithAck(u"silent"_s));
    QFuture<QVariantList> future = socket->emitWithAck(u"silent"_s)->future();
    socket->close();
    // At once.
    QVERIFY(plain.isFailed() && timed.isFailed());
    QCOMPARE(plain.error.type(), Error::Type::Disconnected);
    QVERIFY(plain.error.message().startsWith(u"socket has been disconnected: "_s));
    QCOMPARE(timed.error.type(), Error::Type::Disconnected);
    QVERIFY(future.isFinished());
    QVERIFY_THROWS_EXCEPTION(AckException, future.result());
}

void tst_ClientAcks::lostConnectionFailsWhatIsUnanswered()
{
    FETCH_SETUP();
    FaultProxy proxy(server->port());
    Manager manager(urlOf(proxy), options);
    ClientSocket *socket = manager.socket();
    TRY_VERIFY(socket->isConnected());
    AckResult result(socket->emitWithAck(u"silent"_s));
    QSignalSpy disconnected(socket, &ClientSocket::disconnected);
    AckResult answered(socket->emitWithAck(u"echo"_s, 1));
    TRY_VERIFY(answered.isAnswered());
    proxy.cutAll();
    TRY_COMPARE(disconnected.count(), 1);
    QVERIFY(result.isFailed());
    QCOMPARE(result.error.type(), Error::Type::Disconnected);
    TRY_VERIFY(socket->isConnected());
    QCOMPARE(result.failures, 1);
}

void tst_ClientAcks::bufferedEventIsAnsweredAfterReconnection()
{
    FETCH_SERVER();
    FaultProxy proxy(server->port());
    Manager manager(urlOf(proxy), quickOptions());
    ClientSocket *socket = manager.socket();
    TRY_VERIFY(socket->isConnected());
    std::unique_ptr<AckResult> result;
    connect(socket, &ClientSocket::disconnected, socket, [&] {
        result = std::make_unique<AckResult>(socket->emitWithAck(u"echo"_s, u"later"_s));
    });
    proxy.cutAll();
    TRY_VERIFY(result && result->isAnswered());
    QCOMPARE(result->arguments, QVariantList{u"later"_s});
}

void tst_ClientAcks::deletedAcknowledgementIsNotMissed()
{
    FETCH_SERVER();
    Manager manager(server->url(), quickOptions());
    ClientSocket *socket = manager.socket();
    delete socket->emitWithAck(u"echo"_s, 1);
    AckResult next(socket->emitWithAck(u"echo"_s, 2));
    TRY_VERIFY(next.isAnswered());
    QCOMPARE(next.arguments, QVariantList{2});
}

void tst_ClientAcks::retriesSendOneEventAtATime()
{
    FETCH_SETUP();
    const QString name = uniqueName();
    options.retries = 3;
    options.ackTimeout = 10s;
    Manager manager(server->url(), options);
    ClientSocket *socket = manager.socket();
    QList<qsizetype> lengths;
    connect(socket, &ClientSocket::queuedCountChanged, this,
            [&lengths](qsizetype length) { lengths.append(length); });
    int sent = 0;
    socket->onAnyOutgoing(this, [&sent] { ++sent; });
    QList<qint64> ids;
    connect(&manager, &Manager::packetReceived, this, [&](const Packet &packet) {
        if (packet.type != PacketType::Ack)
            return;
        ids.append(packet.id);
        QCOMPARE(sent, int(ids.size())); // no other was sent before this answer
    });
    std::vector<std::unique_ptr<AckResult>> results;
    for (int i = 0; i < 5; ++i) {
        results.push_back(std::make_unique<AckResult>(
            socket->emitWithAck(u"record"_s, QVariant(QVariantList{name, i}))));
    }
    socket->emitEvent(u"record"_s, QVariantList{name, 5}); // without waiting for the answer
    QCOMPARE(socket->queuedCount(), 6);
    TRY_COMPARE(socket->queuedCount(), 0);
    QCOMPARE(lengths, (QList<qsizetype>{1, 2, 3, 4, 5, 6, 5, 4, 3, 2, 1, 0}));
    QCOMPARE(ids, (QList<qint64>{0, 1, 2, 3, 4, 5}));
    for (const auto &result : results)
        QVERIFY(result->isAnswered());
    AckResult all(socket->emitWithAck(u"records"_s));
    TRY_VERIFY(all.isAnswered());
    QVariantList mine;
    const QVariantList records = all.arguments.value(0).toList();
    for (const QVariant &record : records) {
        if (record.toList().value(0) == name)
            mine.append(record.toList().value(1).toInt());
    }
    QCOMPARE(mine, (QVariantList{0, 1, 2, 3, 4, 5}));
}

void tst_ClientAcks::retriesSendAgainUntilAnswered()
{
    FETCH_SERVER();
    const QString name = uniqueName();
    ClientOptions options = quickOptions();
    options.retries = 3;
    options.ackTimeout = 300ms;
    Manager manager(server->url(), options);
    ClientSocket *socket = manager.socket();
    TRY_VERIFY(socket->isConnected());
    QList<qint64> ids;
    int others = 0;
    socket->onAnyOutgoing(this, [&](const QString &event) { others += event == u"echo"_s; });
    AckResult result(socket->emitWithAck(u"flaky"_s, name, 3));
    AckResult next(socket->emitWithAck(u"echo"_s, u"next"_s));
    TRY_VERIFY(result.isAnswered());
    QCOMPARE(result.arguments, QVariantList{3}); // the third try
    TRY_VERIFY(next.isAnswered());
    QCOMPARE(others, 1);
}

void tst_ClientAcks::retriesGiveUpAndGoOn()
{
    FETCH_SERVER();
    const QString name = uniqueName();
    ClientOptions options = quickOptions();
    options.retries = 2;
    options.ackTimeout = 100ms;
    Manager manager(server->url(), options);
    ClientSocket *socket = manager.socket();
    TRY_VERIFY(socket->isConnected());
    int sent = 0;
    socket->onAnyOutgoing(this, [&](const QString &event) { sent += event == u"flaky"_s; });
    AckResult result(socket->emitWithAck(u"flaky"_s, name, 100));
    AckResult next(socket->timeout(60s).emitWithAck(u"echo"_s, u"next"_s));
    TRY_VERIFY(result.isFailed());
    QCOMPARE(result.error.type(), Error::Type::Timeout);
    QCOMPARE(sent, 3); // once, and twice again
    TRY_VERIFY(next.isAnswered());
}

void tst_ClientAcks::queueWaitsForTheConnection()
{
    FETCH_SERVER();
    const QString name = uniqueName();
    ClientOptions options = quickOptions();
    options.retries = 1;
    options.ackTimeout = 20ms;
    options.autoConnect = false;
    Manager manager(server->url(), options);
    ClientSocket *socket = manager.socket();
    int sent = 0;
    socket->onAnyOutgoing(this, [&sent] { ++sent; });
    AckResult result(socket->timeout(60s).emitWithAck(u"record"_s, name));
    AckResult short1(socket->emitWithAck(u"silent"_s));
    // The time of ackTimeout passes twice without an attempt.
    for (int i = 0; i < 2; ++i) {
        QSignalSpy passed(this, &QObject::objectNameChanged);
        QTimer::singleShot(20ms, this, [this, i] { setObjectName(u"%1 passed"_s.arg(i)); });
        TRY_COMPARE(passed.count(), 1);
    }
    QCOMPARE(sent, 0);
    QCOMPARE(socket->queuedCount(), 2);
    QVERIFY(short1.failures == 0);
    socket->open();
    TRY_VERIFY(result.isAnswered());
    TRY_VERIFY(short1.isFailed());
    QCOMPARE(sent, 3);
}

void tst_ClientAcks::eventFromTheConnectHandlerIsSentOnce()
{
    FETCH_SERVER();
    ClientOptions options = quickOptions();
    options.retries = 3;
    options.ackTimeout = 10s;
    Manager manager(server->url(), options);
    ClientSocket *socket = manager.socket();
    int sent = 0;
    socket->onAnyOutgoing(this, [&sent] { ++sent; });
    std::unique_ptr<AckResult> result;
    connect(socket, &ClientSocket::connected, socket,
            [&] { result = std::make_unique<AckResult>(socket->emitWithAck(u"echo"_s, 1)); });
    TRY_VERIFY(result && result->isAnswered());
    QCOMPARE(sent, 1);
    QCOMPARE(socket->queuedCount(), 0);
}

void tst_ClientAcks::volatileEventsBypassTheQueue()
{
    FETCH_SERVER();
    ClientOptions options = quickOptions();
    options.retries = 3;
    options.ackTimeout = 10s;
    Manager manager(server->url(), options);
    ClientSocket *socket = manager.socket();
    TRY_COMPARE(socket->transportName(), u"websocket"_s);
    TRY_VERIFY(socket->isConnected());
    Received echo(socket, u"echo"_s);
    socket->emitEvent(u"late"_s, 2000); // keeps the queue waiting
    QCOMPARE(socket->queuedCount(), 1);
    TRY_VERIFY(manager.engine()->isWritable());
    socket->asVolatile().emitEvent(u"echo"_s, u"volatile"_s);
    QCOMPARE(socket->queuedCount(), 1);
    TRY_COMPARE(echo.count(), 1);
    QCOMPARE(socket->queuedCount(), 1);
}

void tst_ClientAcks::queueSendsItsHeadAgainAfterReconnection()
{
    FETCH_SETUP();
    const QString name = uniqueName();
    options.retries = 5;
    options.ackTimeout = 60s;
    FaultProxy proxy(server->port());
    Manager manager(urlOf(proxy), options);
    ClientSocket *socket = manager.socket();
    TRY_VERIFY(socket->isConnected());
    TRY_COMPARE(socket->transportName(), finalTransport(transports));
    QSignalSpy disconnected(socket, &ClientSocket::disconnected);
    AckResult first(socket->emitWithAck(u"flaky"_s, name, 2));
    AckResult second(socket->emitWithAck(u"record"_s, QString(name + u" second"_s)));
    // The server has it before the connection breaks.
    Manager watcher(server->url(), quickOptions());
    bool there = false;
    QElapsedTimer time;
    time.start();
    while (!there && time.elapsed() < Patience) {
        AckResult all(watcher.socket()->emitWithAck(u"records"_s));
        TRY_VERIFY(all.isAnswered());
        there = all.arguments.value(0).toList().contains(name);
    }
    QVERIFY(there);
    proxy.cutAll();
    TRY_VERIFY(first.isAnswered());
    TRY_VERIFY(second.isAnswered());
    QCOMPARE(disconnected.count(), 1);
    QCOMPARE(first.arguments, QVariantList{2});
    AckResult all(watcher.socket()->emitWithAck(u"records"_s));
    TRY_VERIFY(all.isAnswered());
    const QVariantList records = all.arguments.value(0).toList();
    QCOMPARE(records.count(name), 2);
    QCOMPARE(records.count(QString(name + u" second"_s)), 1);
    QVERIFY(records.lastIndexOf(name) < records.indexOf(QString(name + u" second"_s)));
}

void tst_ClientAcks::volatileEventsSayWhyTheyWereNotSent()
{
    ClientOptions options = quickOptions();
    options.autoConnect = false;
    Manager manager(QUrl(u"http://127.0.0.1:1"_s), options);
    AckResult result(manager.socket()->asVolatile().emitWithAck(u"position"_s));
    TRY_VERIFY(result.isFailed());
    QCOMPARE(result.error.message(),
             u"the event \"position\" to / of http://127.0.0.1:1 was not sent: it is volatile, and "
             "the socket has not been opened"_s);
    QVERIFY2(result.error.hint().contains(u"without asVolatile()"_s),
             qPrintable(result.error.hint()));
}

void tst_ClientAcks::endsOfTheProgramsOwnAreNamed()
{
    ServerProcess *const server = ServerProcess::shared(ServerKind::Qt);
    QVERIFY(server);
    for (const bool byManager : {false, true}) {
        Manager manager(server->url(), quickOptions());
        ClientSocket *socket = manager.socket();
        TRY_VERIFY(socket->isConnected());
        AckResult result(socket->emitWithAck(u"silent"_s));
        if (byManager)
            manager.close();
        else
            socket->close();
        TRY_VERIFY(result.isFailed());
        QCOMPARE(result.error.type(), Error::Type::Disconnected);
        QVERIFY2(result.error.hint().contains(u"has called close()"_s),
                 qPrintable(result.error.hint()));
    }
}

QTSOCKETIO_TEST(tst_ClientAcks)
#include "tst_client_acks.moc"
