// SPDX-License-Identifier: MIT
#include "clienttest.h"
#include "support/datetimes.h"
#include "support/testmain.h"
#include "support/warnings.h"

#include <QtCore/qdatetime.h>
#include <QtCore/qjsonarray.h>
#include <QtCore/qjsonobject.h>

using namespace ClientTest;

// Events both ways: their arguments, their order, and who sees them.
class tst_ClientEvents : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void argumentsComeBackAsTheyWereSent_data() { addSetups(); }
    void argumentsComeBackAsTheyWereSent();
    void binaryComesBackAsItWasSent_data() { addSetups(); }
    void binaryComesBackAsItWasSent();
    void binaryTravelsAsBase64WhenForced_data() { addSetups(); }
    void binaryTravelsAsBase64WhenForced();
    void datesAreSentAsIsoStrings_data() { addServers(); }
    void datesAreSentAsIsoStrings();
    void binaryEventKeepsItsPlaceBeforeATextEvent_data() { addSetups(); }
    void binaryEventKeepsItsPlaceBeforeATextEvent();
    void eventsArriveInTheirOrder_data() { addSetups(); }
    void eventsArriveInTheirOrder();
    void bigEventsArrive_data() { addSetups(); }
    void bigEventsArrive();
    void eventsEmittedBeforeTheConnectionAreSentInOrder_data() { addSetups(); }
    void eventsEmittedBeforeTheConnectionAreSentInOrder();
    void reservedNamesAreNotSent_data();
    void reservedNamesAreNotSent();
    void emptyNamesAreNamesLikeOthers_data() { addServers(); }
    void emptyNamesAreNamesLikeOthers();
    void sendIsTheEventMessage_data() { addServers(); }
    void sendIsTheEventMessage();
    void compressFlagChangesNothingElse_data() { addSetups(); }
    void compressFlagChangesNothingElse();
    void volatileIsDroppedWhileNotConnected_data() { addServers(); }
    void volatileIsDroppedWhileNotConnected();
    void volatileIsDroppedRightAfterAnotherEvent_data() { addSetups(); }
    void volatileIsDroppedRightAfterAnotherEvent();
    void volatileIsSentWhenTheTransportIsIdle_data() { addSetups(); }
    void volatileIsSentWhenTheTransportIsIdle();
    void onAnySeesEventsBeforeTheirListeners_data() { addServers(); }
    void onAnySeesEventsBeforeTheirListeners();
    void onAnyOutgoingSeesEventsWhenTheyAreSent_data() { addServers(); }
    void onAnyOutgoingSeesEventsWhenTheyAreSent();
    void lifecycleIsNotReportedToOnAny_data() { addServers(); }
    void lifecycleIsNotReportedToOnAny();
    void typedSlotsGetConvertedArguments_data() { addServers(); }
    void typedSlotsGetConvertedArguments();
    void argumentsThatDoNotFitAreReported_data() { addServers(); }
    void argumentsThatDoNotFitAreReported();
    void forwardSendsALocalSignal_data() { addServers(); }
    void forwardSendsALocalSignal();
};

void tst_ClientEvents::argumentsComeBackAsTheyWereSent()
{
    FETCH_SETUP();
    Manager manager(server->url(), options);
    ClientSocket *socket = manager.socket();
    const QVariant null = QVariant::fromValue(nullptr);
    const QList<QVariantList> samples = {
        {},
        {1},
        {1, u"two"_s, 3.5, true},
        {false},
        {null},
        {QString()},
        {QVariantList{}},
        {QVariantMap{}},
        {-1, 0, 2147483648LL, 9007199254740991LL, 0.1, -1e300},
        {QVariantMap{{u"a"_s, QVariantMap{{u"b"_s, QVariantList{1, u"x"_s, QVariantMap{}}}}}}},
        {u"höhö \u65e5\u672c\u8a9e \U0001F600 \\ \" \n \u2028 \0 end"_s},
        {u"1-"_s, u"[1,2]"_s, u"/nsp,"_s},
    };
    for (const QVariantList &sample : samples) {
        PendingAck *ack = socket->emitWithAckList(u"echo"_s, sample);
        AckResult result(ack);
        TRY_VERIFY(result.isAnswered());
        QCOMPARE(QJsonArray::fromVariantList(result.arguments),
                 QJsonArray::fromVariantList(sample));
        // And as an event.
        Received echo(socket, u"echo"_s);
        socket->emitEventList(u"echo"_s, sample);
        TRY_COMPARE(echo.count(), 1);
        QCOMPARE(QJsonArray::fromVariantList(echo.at(0)), QJsonArray::fromVariantList(sample));
    }
}

void tst_ClientEvents::binaryComesBackAsItWasSent()
{
    FETCH_SETUP();
    Manager manager(server->url(), options);
    ClientSocket *socket = manager.socket();
    QByteArray all;
    for (int i = 0; i < 256; ++i)
        all.append(char(i));
    const QList<QVariantList> samples = {
        {all},
        {QByteArray("")},
        {QByteArray(100000, 'x')},
        {u"text"_s, QByteArray("a"), QByteArray("bb"), 3},
        {QVariantMap{{u"list"_s, QVariantList{QByteArray("one"), 2, QByteArray("three")}}}},
    };
    for (const QVariantList &sample : samples) {
        AckResult result(socket->emitWithAckList(u"echo"_s, sample));
        TRY_VERIFY(result.isAnswered());
        QCOMPARE(result.arguments, sample);
        Received echo(socket, u"echo"_s);
        socket->emitEventList(u"echo"_s, sample);
        TRY_COMPARE(echo.count(), 1);
        QCOMPARE(echo.at(0), sample);
    }
}

void tst_ClientEvents::binaryTravelsAsBase64WhenForced()
{
    FETCH_SETUP();
    options.forceBase64 = true;
    FaultProxy proxy(server->port());
    Manager manager(urlOf(proxy), options);
    ClientSocket *socket = manager.socket();
    TRY_COMPARE(socket->transportName(), finalTransport(transports));
    AckResult result(socket->emitWithAck(u"echo"_s, QByteArray("binary data")));
    TRY_VERIFY(result.isAnswered());
    QCOMPARE(result.arguments, QVariantList{QByteArray("binary data")});
    QVERIFY(proxy.seen(FaultProxy::ToServer).contains("b64=1"));
    QVERIFY(proxy.seen(FaultProxy::ToClient).contains('b' + QByteArray("binary data").toBase64()));
}

void tst_ClientEvents::datesAreSentAsIsoStrings()
{
    FETCH_SERVER();
    Manager manager(server->url(), quickOptions());
    const QDateTime date = TestSupport::utc(QDate(2024, 2, 29), QTime(12, 34, 56, 789));
    AckResult result(manager.socket()->emitWithAck(u"echo"_s, date, QVariantMap{{u"at"_s, date}}));
    TRY_VERIFY(result.isAnswered());
    QCOMPARE(result.arguments.value(0).toString(), u"2024-02-29T12:34:56.789Z"_s);
    QCOMPARE(result.arguments.value(1).toMap().value(u"at"_s).toString(),
             u"2024-02-29T12:34:56.789Z"_s);
}

void tst_ClientEvents::binaryEventKeepsItsPlaceBeforeATextEvent()
{
    FETCH_SETUP();
    Manager manager(server->url(), options);
    ClientSocket *socket = manager.socket();
    Received mixed(socket, u"mixed"_s);
    socket->emitEvent(u"mixed"_s);
    TRY_COMPARE(mixed.count(), 2);
    QCOMPARE(mixed.at(0), (QVariantList{1, QByteArray("\1\2\3", 3)}));
    QCOMPARE(mixed.at(1), QVariantList{2});
    // The other way.
    Received echo(socket, u"echo"_s);
    socket->emitEvent(u"echo"_s, QByteArray("binary"));
    socket->emitEvent(u"echo"_s, u"text"_s);
    TRY_COMPARE(echo.count(), 2);
    QCOMPARE(echo.first(), (QVariantList{QByteArray("binary"), u"text"_s}));
}

void tst_ClientEvents::eventsArriveInTheirOrder()
{
    FETCH_SETUP();
    Manager manager(server->url(), options);
    ClientSocket *socket = manager.socket();
    Received flood(socket, u"flood"_s);
    Received echo(socket, u"echo"_s);
    // From the first moment on, so that an upgrade comes between.
    socket->emitEvent(u"flood"_s, 1000);
    for (int i = 0; i < 1000; ++i)
        socket->emitEvent(u"echo"_s, i);
    TRY_COMPARE(flood.count(), 1000);
    TRY_COMPARE(echo.count(), 1000);
    for (int i = 0; i < 1000; ++i) {
        QCOMPARE(flood.at(i).value(0).toInt(), i);
        QCOMPARE(echo.at(i).value(0).toInt(), i);
    }
    TRY_COMPARE(socket->transportName(), finalTransport(transports));
}

void tst_ClientEvents::bigEventsArrive()
{
    FETCH_SETUP();
    Manager manager(server->url(), options);
    ClientSocket *socket = manager.socket();
    const QString text(600000, u'ä'); // more bytes than a polling request may carry
    const QByteArray bytes(700000, 'b');
    if (transports == PollingOnly) {
        const QString smaller = text.first(400000);
        for (int i = 0; i < 3; ++i) {
            AckResult result(socket->emitWithAck(u"echo"_s, smaller));
            TRY_VERIFY(result.isAnswered());
            QCOMPARE(result.arguments.value(0).toString(), smaller);
        }
        return;
    }
    TRY_COMPARE(socket->transportName(), u"websocket"_s);
    AckResult result(socket->emitWithAck(u"echo"_s, text.first(450000), bytes));
    TRY_VERIFY(result.isAnswered());
    QCOMPARE(result.arguments, (QVariantList{text.first(450000), bytes}));
}

void tst_ClientEvents::eventsEmittedBeforeTheConnectionAreSentInOrder()
{
    FETCH_SETUP();
    options.autoConnect = false;
    Manager manager(server->url(), options);
    ClientSocket *socket = manager.socket();
    Received echo(socket, u"echo"_s);
    for (int i = 0; i < 50; ++i)
        socket->emitEvent(u"echo"_s, i);
    QCOMPARE(socket->bufferedCount(), 50);
    connect(socket, &ClientSocket::connected, socket, [socket] {
        // Those emitted earlier have gone out already.
        QCOMPARE(socket->bufferedCount(), 0);
        socket->emitEvent(u"echo"_s, 50);
    });
    socket->open();
    socket->emitEvent(u"echo"_s, u"last of the buffered"_s);
    TRY_COMPARE(echo.count(), 52);
    for (int i = 0; i < 50; ++i)
        QCOMPARE(echo.at(i).value(0).toInt(), i);
    QCOMPARE(echo.at(50).value(0).toString(), u"last of the buffered"_s);
    QCOMPARE(echo.at(51).value(0).toInt(), 50);
}

void tst_ClientEvents::reservedNamesAreNotSent_data()
{
    QTest::addColumn<QString>("name");
    for (const char *name : {"connect", "connect_error", "disconnect", "disconnecting",
                             "newListener", "removeListener"}) {
        QTest::newRow(name) << QString::fromLatin1(name);
    }
}

void tst_ClientEvents::reservedNamesAreNotSent()
{
    QFETCH(QString, name);
    ClientOptions options = quickOptions();
    options.autoConnect = false;
    Manager manager(QUrl(u"http://127.0.0.1:1"_s), options);
    ClientSocket *socket = manager.socket();
    const QRegularExpression warning(u"^\"%1\" is a reserved event name\\. Give"_s.arg(name));
    QTest::ignoreMessage(QtWarningMsg, warning);
    QVERIFY(!socket->emitEvent(name, 1));
    AckResult result(socket->emitWithAck(name, 1));
    TRY_VERIFY(result.isFailed());
    QCOMPARE(result.error.type(), Error::Type::Argument);
    QCOMPARE(socket->bufferedCount(), 0);
}

void tst_ClientEvents::emptyNamesAreNamesLikeOthers()
{
    FETCH_SERVER();
    Manager manager(server->url(), quickOptions(WebSocketOnly));
    Received back(manager.socket(), QString());
    QVERIFY(manager.socket()->emitEvent(QString(), u"text"_s, QByteArray("bytes")));
    TRY_COMPARE(back.count(), 1);
    QCOMPARE(back.at(0), (QVariantList{u"text"_s, QByteArray("bytes")}));
}

void tst_ClientEvents::sendIsTheEventMessage()
{
    FETCH_SERVER();
    Manager manager(server->url(), quickOptions());
    ClientSocket *socket = manager.socket();
    QStringList sent;
    socket->onAnyOutgoing(this, [&sent](const QString &event) { sent.append(event); });
    Received message(socket, u"message"_s);
    socket->send(u"hello"_s, 1);
    socket->emitEvent(u"all"_s, u"message"_s, u"to all"_s);
    TRY_COMPARE(message.count(), 1);
    QCOMPARE(sent, (QStringList{u"message"_s, u"all"_s}));
}

void tst_ClientEvents::compressFlagChangesNothingElse()
{
    FETCH_SETUP();
    Manager manager(server->url(), options);
    ClientSocket *socket = manager.socket();
    const QString text(5000, u'x');
    for (const Compression compression : {Compression::Off, Compression::On}) {
        AckResult result(socket->compress(compression).emitWithAck(u"echo"_s, text));
        TRY_VERIFY(result.isAnswered());
        QCOMPARE(result.arguments, QVariantList{text});
    }
}

void tst_ClientEvents::volatileIsDroppedWhileNotConnected()
{
    FETCH_SERVER();
    ClientOptions options = quickOptions();
    options.autoConnect = false;
    Manager manager(server->url(), options);
    ClientSocket *socket = manager.socket();
    Received echo(socket, u"echo"_s);
    socket->asVolatile().emitEvent(u"echo"_s, u"dropped"_s);
    AckResult dropped(socket->asVolatile().emitWithAck(u"echo"_s, u"dropped too"_s));
    TRY_VERIFY(dropped.isFailed());
    socket->open();
    connect(&manager, &Manager::opened, socket, [socket] {
        // The transport is up, but the namespace isn't joined.
        socket->asVolatile().emitEvent(u"echo"_s, u"dropped as well"_s);
    });
    TRY_VERIFY(socket->isConnected());
    socket->emitEvent(u"echo"_s, u"kept"_s);
    TRY_COMPARE(echo.count(), 1);
    QCOMPARE(echo.first(), QVariantList{u"kept"_s});
}

void tst_ClientEvents::volatileIsDroppedRightAfterAnotherEvent()
{
    FETCH_SETUP();
    Manager manager(server->url(), options);
    ClientSocket *socket = manager.socket();
    TRY_VERIFY(socket->isConnected());
    TRY_COMPARE(socket->transportName(), finalTransport(transports));
    TRY_VERIFY(manager.engine()->isWritable());
    Received echo(socket, u"echo"_s);
    socket->emitEvent(u"echo"_s, u"first"_s);
    socket->asVolatile().emitEvent(u"echo"_s, u"dropped"_s);
    socket->emitEvent(u"echo"_s, u"last"_s);
    TRY_COMPARE(echo.count(), 2);
    QCOMPARE(echo.first(), (QVariantList{u"first"_s, u"last"_s}));
}

void tst_ClientEvents::volatileIsSentWhenTheTransportIsIdle()
{
    FETCH_SETUP();
    Manager manager(server->url(), options);
    ClientSocket *socket = manager.socket();
    TRY_COMPARE(socket->transportName(), finalTransport(transports));
    TRY_VERIFY(socket->isConnected() && manager.engine()->isWritable());
    Received echo(socket, u"echo"_s);
    socket->asVolatile().emitEvent(u"echo"_s, u"sent"_s, QByteArray("binary"));
    TRY_COMPARE(echo.count(), 1);
}

void tst_ClientEvents::onAnySeesEventsBeforeTheirListeners()
{
    FETCH_SERVER();
    Manager manager(server->url(), quickOptions());
    ClientSocket *socket = manager.socket(u"/chat"_s);
    QStringList calls;
    socket->on(u"echo"_s, this, [&calls](int number) { calls.append(u"echo %1"_s.arg(number)); });
    const auto signal = connect(socket, &ClientSocket::eventReceived, this,
                                [&calls] { calls.append(u"signal"_s); });
    const ListenerId any =
        socket->onAny(this, [&calls](const QString &event, const QVariantList &args) {
            calls.append(u"any %1 %2"_s.arg(event).arg(args.size()));
        });
    socket->prependAny(this, [&calls] { calls.append(u"first"_s); });
    QCOMPARE(socket->listenersAnyCount(), 2);
    socket->emitEvent(u"echo"_s, 5);
    TRY_COMPARE(calls, (QStringList{u"first"_s, u"any echo 1"_s, u"signal"_s, u"echo 5"_s}));
    calls.clear();
    disconnect(signal);
    socket->off(any);
    socket->emitEvent(u"echo"_s, 6);
    TRY_COMPARE(calls, (QStringList{u"first"_s, u"echo 6"_s}));
    calls.clear();
    socket->offAny();
    QCOMPARE(socket->listenersAnyCount(), 0);
    socket->emitEvent(u"echo"_s, 7);
    TRY_COMPARE(calls, (QStringList{u"echo 7"_s}));
}

void tst_ClientEvents::onAnyOutgoingSeesEventsWhenTheyAreSent()
{
    FETCH_SERVER();
    ClientOptions options = quickOptions();
    options.autoConnect = false;
    Manager manager(server->url(), options);
    ClientSocket *socket = manager.socket();
    QList<QVariantList> sent;
    socket->onAnyOutgoing(this, [&sent](const QString &event, const QVariantList &args) {
        sent.append(QVariantList{event} + args);
    });
    socket->emitEvent(u"echo"_s, 1, QByteArray("binary"));
    QCOMPARE(sent.size(), 0); // it only waits
    socket->open();
    TRY_VERIFY(socket->isConnected());
    QCOMPARE(sent.size(), 1);
    QCOMPARE(sent.at(0), (QVariantList{u"echo"_s, 1, QByteArray("binary")}));
    socket->emitEvent(u"echo"_s, 2);
    QCOMPARE(sent.size(), 2);
    AckResult result(socket->emitWithAck(u"echo"_s, 3));
    QCOMPARE(sent.size(), 3);
    socket->offAnyOutgoing(this);
    socket->emitEvent(u"echo"_s, 4);
    TRY_VERIFY(result.isAnswered());
    QCOMPARE(sent.size(), 3);
}

void tst_ClientEvents::lifecycleIsNotReportedToOnAny()
{
    FETCH_SERVER();
    Manager manager(server->url(), quickOptions());
    ClientSocket *socket = manager.socket(u"/chat"_s);
    QStringList events;
    socket->onAny(this, [&events](const QString &event) { events.append(event); });
    QSignalSpy disconnected(socket, &ClientSocket::disconnected);
    TRY_VERIFY(socket->isConnected());
    socket->emitEvent(u"echo"_s);
    TRY_COMPARE(events.size(), 1);
    socket->close();
    QCOMPARE(disconnected.count(), 1);
    QCOMPARE(events, QStringList{u"echo"_s});
}

void tst_ClientEvents::typedSlotsGetConvertedArguments()
{
    FETCH_SERVER();
    Manager manager(server->url(), quickOptions());
    ClientSocket *socket = manager.socket();
    int count = 0;
    socket->once(u"echo"_s, this,
                 [&](const QString &text, double number, const QByteArray &bytes,
                     const QVariantMap &map, const QStringList &list) {
                     QCOMPARE(text, u"text"_s);
                     QCOMPARE(number, 1.5);
                     QCOMPARE(bytes, QByteArray("bytes"));
                     QCOMPARE(map.value(u"key"_s).toInt(), 1);
                     QCOMPARE(list, (QStringList{u"a"_s, u"b"_s}));
                     ++count;
                 });
    QSignalSpy received(socket, &ClientSocket::eventReceived);
    for (int i = 0; i < 2; ++i) {
        socket->emitEvent(u"echo"_s, u"text"_s, 1.5, QByteArray("bytes"),
                          QVariantMap{{u"key"_s, 1}}, QStringList{u"a"_s, u"b"_s});
    }
    TRY_COMPARE(received.count(), 3); // with the greeting
    QCOMPARE(count, 1);
}

void tst_ClientEvents::argumentsThatDoNotFitAreReported()
{
    FETCH_SERVER();
    Manager manager(server->url(), quickOptions());
    ClientSocket *socket = manager.socket(u"/chat"_s);
    bool called = false;
    socket->on(u"echo"_s, this, [&called](int) { called = true; });
    const QSignalSpy received(socket, &ClientSocket::eventReceived);
    const Warnings warnings;
    for (int i = 0; i < 3; ++i)
        socket->emitEvent(u"echo"_s, u"no number"_s);
    TRY_COMPARE(received.count(), 3);
    const QRegularExpression text(u"^A listener of event \"echo\" from /chat of http:\\S+ was not "
                                  "called: argument 1 \\(QString\\) cannot be converted to int; "
                                  "received \\(QString\\)"_s);
    QCOMPARE(warnings.all().size(), 1); // the server cannot fill the log
    QVERIFY2(text.match(warnings.text()).hasMatch(), qPrintable(warnings.text()));
    QVERIFY(warnings.text().endsWith(u"a std::optional."_s));
    QSignalSpy errors(socket, &ClientSocket::errorOccurred);
    socket->emitEvent(u"echo"_s, u"no number"_s);
    TRY_COMPARE(errors.count(), 1);
    const auto error = errors.at(0).at(0).value<Error>();
    QCOMPARE(error.type(), Error::Type::Argument);
    QVERIFY2(text.match(error.message()).hasMatch(), qPrintable(error.message()));
    QVERIFY(!error.hint().isEmpty());
    QVERIFY(!called);
    QVERIFY(socket->isConnected());
}

void tst_ClientEvents::forwardSendsALocalSignal()
{
    FETCH_SERVER();
    Manager manager(server->url(), quickOptions());
    ClientSocket *socket = manager.socket();
    Received echo(socket, u"echo"_s);
    QObject source;
    socket->forward(&source, &QObject::objectNameChanged, u"echo"_s);
    source.setObjectName(u"named"_s);
    TRY_COMPARE(echo.count(), 1);
    QCOMPARE(echo.at(0), QVariantList{u"named"_s});
}

QTSOCKETIO_TEST(tst_ClientEvents)
#include "tst_client_events.moc"
