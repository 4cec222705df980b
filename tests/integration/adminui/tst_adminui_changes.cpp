// SPDX-License-Identifier: MIT
#include "adminclient.h"
#include "support/testmain.h"
#include "support/warnings.h"

using namespace SocketIo;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

// What pages are told of the server's life.
class tst_AdminUi_Changes : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void socketsOfBeforeAreThere();
    void slotsOfTheApplicationAreSeen();
    void dataIsToldWithoutWhatIsShared();
    void deepValuesHaveASubstitute();
    void nothingIsLeftOfThoseWhoHaveLeft();
    void addressIsWhatProxiesSay_data();
    void addressIsWhatProxiesSay();
    void passwordsOfClientsAreNotShown();
    void recoveredSocketsAreToldOnce();
    void socketThatLeavesAtOnce();
    void newNamespacesAreWatched();
    void ownEventsAreNotTold();
    void statisticsTellEachSecond();
    void statisticsGoOnAfterARestart();
    void mayBeDeletedByWhatItTells_data();
    void mayBeDeletedByWhatItTells();
};

void tst_AdminUi_Changes::socketsOfBeforeAreThere()
{
    SioServer io;
    RawClient client(io.port());
    const QString id = client.join();
    QVERIFY(io.mainNamespace()->socket(id));
    const AdminUi ui(&io, forAnyone());
    AdminClient page(io.port());
    const QString own = page.answer();
    const QJsonArray sockets = page.next(u"all_sockets"_s).at(1).toArray();
    QCOMPARE(sockets.size(), 2);
    QStringList ids{sockets.at(0).toObject().value("id"_L1).toString(),
                    sockets.at(1).toObject().value("id"_L1).toString()};
    ids.sort();
    QStringList expected{id, own};
    expected.sort();
    QCOMPARE(ids, expected);
    client.send("42[\"hi\",5]");
    const QJsonArray event = page.next(u"event_received"_s);
    QCOMPARE(event.at(1).toString(), u"/"_s);
    QCOMPARE(event.at(2).toString(), id);
    QCOMPARE(event.at(3).toArray(), (QJsonArray{u"hi"_s, 5}));
    QVERIFY(QDateTime::fromString(event.at(4).toString(), Qt::ISODateWithMs).isValid());
}

void tst_AdminUi_Changes::slotsOfTheApplicationAreSeen()
{
    SioServer io;
    connect(&io, &Server::connected, this, [](Socket *socket) {
        socket->join(u"early"_s);
        socket->emitEvent(u"welcome"_s);
    });
    const AdminUi ui(&io, forAnyone());
    AdminClient page(io.port());
    page.answer();
    RawClient client(io.port());
    const QString id = client.join();
    QJsonArray event;
    do {
        event = page.next(u"socket_connected"_s);
        QVERIFY(!event.isEmpty());
    } while (event.at(1).toObject().value("id"_L1) != id);
    QCOMPARE(page.next(u"event_sent"_s).at(3).toArray(), QJsonArray{u"welcome"_s});
    do {
        event = page.next(u"room_joined"_s);
        QVERIFY(!event.isEmpty());
    } while (event.at(2) != u"early"_s);
    QCOMPARE(event.at(3).toString(), id);
}

void tst_AdminUi_Changes::dataIsToldWithoutWhatIsShared()
{
    SioServer io;
    const AdminUi ui(&io, forAnyone());
    AdminClient page(io.port());
    page.answer();
    RawClient client(io.port());
    Socket *socket = io.mainNamespace()->socket(client.join());
    socket->setData({{u"name"_s, u"Ann"_s}}); // which replaces all of it
    QCOMPARE(page.next(u"socket_updated"_s).at(1).toObject(),
             (QJsonObject{{u"id"_s, socket->id()},
                          {u"nsp"_s, u"/"_s},
                          {u"data"_s, QJsonObject{{u"name"_s, u"Ann"_s}}}}));
    QVERIFY(socket->data().contains(u"_admin"_s));
    // Only once.
    socket->setDataValue(u"name"_s, u"Bob"_s);
    QCOMPARE(page.next(u"socket_updated"_s).at(1).toObject().value("data"_L1).toObject(),
             (QJsonObject{{u"name"_s, u"Bob"_s}}));
}

// What a client may send, but is too deep within an event for the page.
void tst_AdminUi_Changes::deepValuesHaveASubstitute()
{
    const Warnings log;
    const QString substitute = u"(cannot be shown)"_s;
    SioServer io;
    const AdminUi ui(&io, forAnyone());
    AdminClient page(io.port());
    page.answer();
    RawClient client(io.port());
    Socket *socket = io.mainNamespace()->socket(client.join());
    connect(socket, &Socket::eventReceived, socket, [&](const QString &, const QVariantList &args) {
        socket->setDataValue(u"last"_s, args.at(0));
    });
    client.send("42[\"deep\"," + QByteArray(511, '[') + QByteArray(511, ']') + ",1]");
    QCOMPARE(page.next(u"event_received"_s).at(3).toArray(),
             (QJsonArray{u"deep"_s, substitute, 1}));
    QCOMPARE(page.next(u"socket_updated"_s).at(1).toObject().value("data"_L1).toObject(),
             (QJsonObject{{u"last"_s, substitute}}));
    QCOMPARE(log.text(), QString());
}

// Within one connection, a client may join and leave as often as it likes.
void tst_AdminUi_Changes::nothingIsLeftOfThoseWhoHaveLeft()
{
    struct Access : QObject
    {
        using QObject::receivers;
    };
    SioServer io;
    const AdminUi ui(&io, forAnyone());
    RawClient client(io.port());
    EngineIo::Session *session = io.mainNamespace()->socket(client.join())->conn();
    const auto count = [session] { return (session->*&Access::receivers)(SIGNAL(upgraded())); };
    const int before = count();
    for (int i = 0; i < 20; ++i) {
        client.send("41");
        QTRY_COMPARE(io.mainNamespace()->socketsCount(), 0);
        QVERIFY(!client.join().isEmpty());
    }
    QTRY_COMPARE(count(), before);
}

void tst_AdminUi_Changes::addressIsWhatProxiesSay_data()
{
    QTest::addColumn<QByteArray>("headers");
    QTest::addColumn<QString>("address");
    QTest::newRow("none") << QByteArray() << u"127.0.0.1"_s;
    QTest::newRow("a proxy") << "X-Forwarded-For: 192.0.2.1\r\n"_ba << u"192.0.2.1"_s;
    QTest::newRow("Cloudflare")
        << "X-Forwarded-For: 192.0.2.1\r\nCF-Connecting-IP: 192.0.2.2\r\n"_ba << u"192.0.2.2"_s;
}

void tst_AdminUi_Changes::addressIsWhatProxiesSay()
{
    QFETCH(QByteArray, headers);
    QFETCH(QString, address);
    SioServer io;
    const AdminUi ui(&io, forAnyone());
    RawClient client(io.port(), {}, headers);
    const QString id = client.join();
    AdminClient page(io.port());
    page.answer();
    const QJsonArray sockets = page.next(u"all_sockets"_s).at(1).toArray();
    for (const QJsonValue &value : sockets) {
        const QJsonObject socket = value.toObject();
        if (socket.value("id"_L1) == id)
            QCOMPARE(socket.value("handshake"_L1).toObject().value("address"_L1), address);
    }
}

void tst_AdminUi_Changes::passwordsOfClientsAreNotShown()
{
    SioServer io;
    const AdminUi ui(&io, forAnyone());
    RawClient client(io.port());
    QVERIFY(!client.join({}, "{\"token\":\"secret\"}").isEmpty());
    AdminClient page(io.port());
    page.answer();
    const QJsonArray event = page.next(u"all_sockets"_s);
    QVERIFY(!QJsonDocument(event).toJson().contains("secret"));
}

void tst_AdminUi_Changes::recoveredSocketsAreToldOnce()
{
    ServerOptions options;
    options.connectionStateRecovery = RecoveryOptions();
    SioServer io(options);
    const AdminUi ui(&io, forAnyone());
    RawClient client(io.port());
    const QString id = client.join();
    const QString pid = client.pid;
    io.emitEvent(u"one"_s);
    const QString offset = client.waitForJson().array.last().toString();
    client.drop();
    QTRY_COMPARE(io.mainNamespace()->socketsCount(), 0);
    AdminClient page(io.port());
    page.answer();
    QVERIFY(!page.next(u"all_sockets"_s).isEmpty());
    RawClient back(io.port());
    QCOMPARE(back.join({}, jsonText({{u"pid"_s, pid}, {u"offset"_s, offset}})), id);
    back.send("42[\"end\"]");
    QJsonArray event = page.next(u"event_received"_s);
    QCOMPARE(event.at(2).toString(), id);
    qsizetype connected = 0;
    for (const QJsonArray &told : std::as_const(page.events)) {
        if (told.at(0) == u"socket_connected"_s && told.at(1).toObject().value("id"_L1) == id)
            ++connected;
    }
    QCOMPARE(connected, 1);
}

void tst_AdminUi_Changes::socketThatLeavesAtOnce()
{
    SioServer io;
    connect(&io, &Server::connected, this, [](Socket *socket) { socket->disconnectSocket(); });
    const AdminUi ui(&io, forAnyone());
    AdminClient page(io.port());
    page.answer();
    RawClient client(io.port());
    const QString id = client.join();
    const QJsonArray event = page.next(u"socket_disconnected"_s);
    QCOMPARE(event.at(2).toString(), id);
    QCOMPARE(event.at(3).toString(), u"server namespace disconnect"_s);
    QCOMPARE(page.next(u"room_left"_s).at(3).toString(), id);
}

void tst_AdminUi_Changes::newNamespacesAreWatched()
{
    SioServer io;
    const AdminUi ui(&io, forAnyone());
    io.of(QRegularExpression(u"^/room-\\d+$"_s));
    AdminClient page(io.port());
    page.answer();
    QVERIFY(!page.next(u"all_sockets"_s).isEmpty());
    RawClient client(io.port());
    const QString id = client.join("/room-7");
    QJsonObject socket;
    do {
        const QJsonArray event = page.next(u"socket_connected"_s);
        QVERIFY(!event.isEmpty());
        socket = event.at(1).toObject();
    } while (socket.value("id"_L1) != id);
    QCOMPARE(socket.value("nsp"_L1).toString(), u"/room-7"_s);
    QCOMPARE(socket.value("rooms"_L1).toArray(), QJsonArray{id});
}

void tst_AdminUi_Changes::ownEventsAreNotTold()
{
    SioServer io;
    const AdminUi ui(&io, forAnyone());
    AdminClient page(io.port());
    page.answer();
    QVERIFY(!page.next(u"all_sockets"_s).isEmpty());
    page.command({u"hello"_s});
    RawClient client(io.port());
    QVERIFY(!client.join().isEmpty());
    client.send("42[\"end\"]");
    QCOMPARE(page.next(u"event_received"_s).at(3).toArray(), QJsonArray{u"end"_s});
}

void tst_AdminUi_Changes::statisticsTellEachSecond()
{
    SioServer io;
    AdminUiOptions options = forAnyone();
    options.mode = AdminUiOptions::Mode::Production;
    options.statisticsInterval = 20ms;
    const AdminUi ui(&io, options);
    AdminClient page(io.port());
    page.answer();
    RawPollingClient polling(io.port());
    RawClient client(io.port());
    const QString id = client.join();
    client.send("42[\"12345\"]"); // 11 bytes after the packet's type
    QMap<QString, qint64> sums;
    QJsonObject last;
    while (last.value("pollingClientsCount"_L1).toInt() < 1 || sums.value(u"packetsIn"_s) < 3) {
        const QJsonArray event = page.next(u"server_stats"_s);
        QVERIFY(!event.isEmpty());
        last = event.at(1).toObject();
        const QJsonArray events = last.value("aggregatedEvents"_L1).toArray();
        for (const QJsonValue &value : events) {
            const QJsonObject each = value.toObject();
            QCOMPARE(each.value("timestamp"_L1).toInteger() % 1000, 0);
            sums[each.value("type"_L1).toString()] += each.value("count"_L1).toInteger();
        }
    }
    QCOMPARE(sums.value(u"packetsIn"_s), 3);
    QCOMPARE(sums.value(u"bytesIn"_s), 1 + 10 + qint64(qstrlen("0/admin,{}")));
    QVERIFY(sums.value(u"packetsOut"_s) >= 3);
    // Its own connection was told before it was there to hear of it, perhaps.
    QVERIFY(sums.value(u"rawConnection"_s) == 2 || sums.value(u"rawConnection"_s) == 3);
    QCOMPARE(last.value("clientsCount"_L1).toInt(), 3);
    QCOMPARE(last.value("pid"_L1).toInteger(), QCoreApplication::applicationPid());
    QVERIFY(last.value("uptime"_L1).toDouble() > 0);
    QCOMPARE(last.value("namespaces"_L1).toArray(),
             (QJsonArray{QJsonObject{{u"name"_s, u"/"_s}, {u"socketsCount"_s, 1}},
                         QJsonObject{{u"name"_s, u"/admin"_s}, {u"socketsCount"_s, 1}}}));
}

void tst_AdminUi_Changes::statisticsGoOnAfterARestart()
{
    SioServer io;
    AdminUiOptions options = forAnyone();
    options.statisticsInterval = 20ms;
    const AdminUi ui(&io, options);
    {
        AdminClient page(io.port());
        page.answer();
        QVERIFY(!page.next(u"server_stats"_s).isEmpty());
    }
    io.close();
    QVERIFY(io.listen(QHostAddress::LocalHost));
    AdminClient page(io.port());
    page.answer();
    QVERIFY(!page.next(u"server_stats"_s).isEmpty());
    RawClient client(io.port());
    QVERIFY(!client.join().isEmpty());
    qint64 connections = 0;
    while (connections < 1) {
        const QJsonArray event = page.next(u"server_stats"_s);
        QVERIFY(!event.isEmpty());
        const QJsonArray events = event.at(1).toObject().value("aggregatedEvents"_L1).toArray();
        for (const QJsonValue &value : events) {
            const QJsonObject each = value.toObject();
            if (each.value("type"_L1) == u"rawConnection"_s)
                connections += each.value("count"_L1).toInteger();
        }
    }
    QVERIFY(connections <= 2); // numbers do not run backwards
}

void tst_AdminUi_Changes::mayBeDeletedByWhatItTells_data()
{
    QTest::addColumn<QString>("event");
    for (const QString &name :
         {u"config"_s, u"all_sockets"_s, u"socket_connected"_s, u"socket_updated"_s,
          u"socket_disconnected"_s, u"room_joined"_s, u"room_left"_s, u"event_received"_s,
          u"event_sent"_s, u"server_stats"_s})
        QTest::newRow(qPrintable(name)) << name;
}

// A catch-all listener of the application sees what is sent to a page.
void tst_AdminUi_Changes::mayBeDeletedByWhatItTells()
{
    QFETCH(QString, event);
    SioServer io;
    AdminUiOptions options = forAnyone();
    options.statisticsInterval = 20ms;
    auto ui = std::make_unique<AdminUi>(&io, options);
    ui->nsp()->use([&](Socket *socket, const Next &next) {
        socket->onAnyOutgoing(socket, [&](const QString &name) {
            if (name == event)
                ui.reset();
        });
        next();
    });
    connect(&io, &Server::connected, this, [](Socket *socket) {
        socket->join(u"room"_s);
        socket->emitEvent(u"hello"_s);
        socket->setDataValue(u"a"_s, 1);
        socket->leave(u"room"_s);
    });
    AdminClient page(io.port());
    page.answer();
    RawClient client(io.port());
    QVERIFY(!client.join().isEmpty());
    client.send("42[\"hi\"]");
    client.send("41");
    QTRY_VERIFY(!ui);
}

QTSOCKETIO_TEST(tst_AdminUi_Changes)

#include "tst_adminui_changes.moc"
