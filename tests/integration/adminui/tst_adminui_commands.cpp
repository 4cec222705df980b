// SPDX-License-Identifier: MIT
#include "adminclient.h"
#include "busadapter.h"
#include "support/testmain.h"

#include <QtCore/qregularexpression.h>

using namespace SocketIo;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

// What is asked on a page, on this server and on the others of a cluster.
class tst_AdminUi_Commands : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void roomsChange();
    void eventsAreEmitted();
    void socketsAreDisconnected();
    void namespacesAreMade();
    void malformedCommandsAreDropped_data();
    void malformedCommandsAreDropped();
    void readOnlyPagesCannotAct();
    void mayEndTheAdminUi();
    void reachOtherServers();
    void otherServersAreSeen();
};

namespace {

// Commands are carried out in order: once this one is, so are those before.
void settle(AdminClient &page, RawClient &client)
{
    page.command({u"emit"_s, u"/"_s, QJsonValue(), u"settled"_s});
    while (client.wait() != "42[\"settled\"]") { }
}

ServerOptions onBus()
{
    ServerOptions options;
    options.adapter = [](Namespace *nsp) {
        return std::make_unique<BusAdapter>(nsp, ClusterOptions());
    };
    return options;
}

QStringList names(const QJsonArray &sockets, const QString &member)
{
    QStringList list;
    for (const QJsonValue &socket : sockets)
        list.append(socket.toObject().value(member).toString());
    list.sort();
    return list;
}

} // namespace

void tst_AdminUi_Commands::roomsChange()
{
    SioServer io;
    const AdminUi ui(&io, forAnyone());
    AdminClient page(io.port());
    page.answer();
    RawClient a(io.port());
    const Socket *first = io.mainNamespace()->socket(a.join());
    RawClient b(io.port());
    const Socket *second = io.mainNamespace()->socket(b.join());
    page.command({u"join"_s, u"/"_s, u"red"_s, first->id()});
    page.command({u"join"_s, u"/"_s, QJsonArray{u"blue"_s, u"green"_s}});
    settle(page, a);
    QCOMPARE(first->rooms(), (QStringList{first->id(), u"red"_s, u"blue"_s, u"green"_s}));
    QCOMPARE(second->rooms(), (QStringList{second->id(), u"blue"_s, u"green"_s}));
    page.command({u"leave"_s, u"/"_s, u"blue"_s, QJsonArray{u"red"_s, u"none"_s}});
    page.command({u"leave"_s, u"/"_s, u"green"_s, QString()});
    settle(page, a);
    QCOMPARE(first->rooms(), (QStringList{first->id(), u"red"_s}));
    QCOMPARE(second->rooms(), (QStringList{second->id(), u"blue"_s}));
}

void tst_AdminUi_Commands::eventsAreEmitted()
{
    SioServer io;
    const AdminUi ui(&io, forAnyone());
    AdminClient page(io.port());
    page.answer();
    RawClient a(io.port());
    const QString id = a.join();
    RawClient b(io.port());
    QVERIFY(!b.join().isEmpty());
    page.command({u"emit"_s, u"/"_s, id, u"one"_s, 1, QJsonArray{u"x"_s}});
    page.command({u"emit"_s, u"/"_s, false, u"all"_s});
    QCOMPARE(a.wait(), "42[\"one\",1,[\"x\"]]"_ba);
    QCOMPARE(a.wait(), "42[\"all\"]"_ba);
    QCOMPARE(b.wait(), "42[\"all\"]"_ba);
}

void tst_AdminUi_Commands::socketsAreDisconnected()
{
    SioServer io;
    const AdminUi ui(&io, forAnyone());
    AdminClient page(io.port());
    page.answer();
    RawClient a(io.port());
    const QString id = a.join();
    RawClient b(io.port());
    QVERIFY(!b.join().isEmpty());
    page.command({u"_disconnect"_s, u"/"_s, false, id});
    QCOMPARE(a.wait(), "41"_ba);
    QVERIFY(!a.isClosed());
    page.command({u"_disconnect"_s, u"/"_s, true});
    QVERIFY(b.waitForClosed());
    QCOMPARE(io.mainNamespace()->socketsCount(), 0);
}

void tst_AdminUi_Commands::namespacesAreMade()
{
    SioServer io;
    AdminUiOptions options = forAnyone();
    options.maxNamespaces = 2;
    const AdminUi ui(&io, options);
    AdminClient page(io.port());
    page.answer();
    RawClient a(io.port());
    QVERIFY(!a.join().isEmpty());
    for (int i = 0; i < 2; ++i) {
        page.command({u"join"_s, u"/new%1"_s.arg(i), u"room"_s});
        page.command({u"join"_s, u"new%1"_s.arg(i), u"room"_s});
    }
    settle(page, a);
    QCOMPARE(io.namespaces().size(), 4);
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"no namespace \"/new2\""_s));
    page.command({u"join"_s, u"/new2"_s, u"room"_s});
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"name is too long"_s));
    page.command({u"join"_s, QString(10'000, u'n'), u"room"_s});
    settle(page, a);
    QCOMPARE(io.namespaces().size(), 4);
}

void tst_AdminUi_Commands::malformedCommandsAreDropped_data()
{
    QTest::addColumn<QJsonArray>("command");
    QTest::addColumn<QString>("reason");
    const QString noNsp = u"not the name of a namespace"_s;
    const QString noRoom = u"not a room"_s;
    const QString noFilter = u"neither a room nor the id"_s;
    QTest::newRow("emit") << QJsonArray{u"emit"_s} << u"the event has no name"_s;
    QTest::newRow("emit, no name")
        << QJsonArray{u"emit"_s, u"/"_s, QJsonValue(), 1} << u"the event has no name"_s;
    QTest::newRow("emit, no namespace") << QJsonArray{u"emit"_s, 1, QJsonValue(), u"e"_s} << noNsp;
    QTest::newRow("emit, filter") << QJsonArray{u"emit"_s, u"/"_s, QJsonObject(), u"e"_s}
                                  << noFilter;
    QTest::newRow("join") << QJsonArray{u"join"_s} << noRoom;
    QTest::newRow("join, empty") << QJsonArray{u"join"_s, u"/"_s, QString()} << noRoom;
    QTest::newRow("join, number") << QJsonArray{u"join"_s, u"/"_s, 5} << noRoom;
    QTest::newRow("join, list") << QJsonArray{u"join"_s, u"/"_s, QJsonArray{5}} << noRoom;
    QTest::newRow("leave, empty list") << QJsonArray{u"leave"_s, u"/"_s, QJsonArray()} << noRoom;
    QTest::newRow("leave, namespace") << QJsonArray{u"leave"_s, QJsonArray(), u"r"_s} << noNsp;
    QTest::newRow("_disconnect") << QJsonArray{u"_disconnect"_s} << noNsp;
    QTest::newRow("_disconnect, filter")
        << QJsonArray{u"_disconnect"_s, u"/"_s, true, QJsonArray{QJsonValue()}} << noFilter;
}

void tst_AdminUi_Commands::malformedCommandsAreDropped()
{
    QFETCH(QJsonArray, command);
    QFETCH(QString, reason);
    SioServer io;
    const AdminUi ui(&io, forAnyone());
    AdminClient page(io.port());
    page.answer();
    RawClient a(io.port());
    QVERIFY(!a.join().isEmpty());
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"is not carried out: .*"_s + reason));
    page.command(command);
    settle(page, a);
    QCOMPARE(io.mainNamespace()->socketsCount(), 1);
    QCOMPARE(io.namespaces().size(), 2);
    // An event that is none of these is for nobody.
    page.command({u"else"_s, u"/"_s});
    settle(page, a);
}

void tst_AdminUi_Commands::readOnlyPagesCannotAct()
{
    SioServer io;
    AdminUiOptions options = forAnyone();
    options.readOnly = true;
    options.mode = AdminUiOptions::Mode::Production;
    const AdminUi ui(&io, options);
    AdminClient page(io.port());
    const QString id = page.answer();
    QCOMPARE(page.next(u"config"_s).at(1).toObject().value("supportedFeatures"_L1).toArray(),
             QJsonArray{u"AGGREGATED_EVENTS"_s});
    QSignalSpy received(ui.nsp()->socket(id), &Socket::eventReceived);
    page.command({u"_disconnect"_s, u"/admin"_s, true});
    QTRY_COMPARE(received.size(), 1);
    QVERIFY(ui.nsp()->socket(id));
}

void tst_AdminUi_Commands::mayEndTheAdminUi()
{
    SioServer io;
    auto ui = std::make_unique<AdminUi>(&io, forAnyone());
    AdminClient page(io.port());
    page.answer();
    RawClient a(io.port());
    const Socket *socket = io.mainNamespace()->socket(a.join());
    connect(socket, &Socket::roomsChanged, this, [&] { ui.reset(); });
    page.command({u"join"_s, u"/"_s, u"room"_s});
    QTRY_VERIFY(!ui);
    QVERIFY(socket->rooms().contains(u"room"_s));
}

void tst_AdminUi_Commands::reachOtherServers()
{
    SioServer one(onBus());
    SioServer two(onBus());
    AdminUiOptions options = forAnyone();
    const AdminUi first(&one, options);
    options.serverId = u"two"_s;
    const AdminUi second(&two, options);
    AdminClient page(one.port());
    page.answer();
    RawClient client(two.port());
    const QString id = client.join();
    const QPointer<Socket> socket = two.mainNamespace()->socket(id);
    page.command({u"join"_s, u"/"_s, u"room"_s, id});
    QTRY_COMPARE(socket->rooms(), (QStringList{id, u"room"_s}));
    page.command({u"emit"_s, u"/"_s, u"room"_s, u"hello"_s, 1});
    QCOMPARE(client.wait(), "42[\"hello\",1]"_ba);
    page.command({u"leave"_s, u"/"_s, u"room"_s});
    QTRY_COMPARE(socket->rooms(), QStringList{id});
    page.command({u"_disconnect"_s, u"/"_s, false, id});
    QCOMPARE(client.wait(), "41"_ba);
}

void tst_AdminUi_Commands::otherServersAreSeen()
{
    SioServer one(onBus());
    SioServer two(onBus());
    AdminUiOptions options = forAnyone();
    options.serverId.clear(); // the host and the process, which two servers rarely share
    options.statisticsInterval = 20ms;
    const AdminUi first(&one, options);
    QVERIFY(first.serverId().endsWith(u"#%1"_s.arg(QCoreApplication::applicationPid())));
    options.serverId = u"two"_s;
    const AdminUi second(&two, options);
    RawClient before(two.port());
    const QString id = before.join();
    AdminClient page(one.port());
    const QString pageId = page.answer();
    // Who was there, with what only the other server knows.
    const QJsonArray all = page.next(u"all_sockets"_s).at(1).toArray();
    QStringList ids{id, pageId};
    ids.sort();
    QCOMPARE(names(all, u"id"_s), ids);
    for (const QJsonValue &value : all) {
        const QJsonObject socket = value.toObject();
        QCOMPARE(socket.value("transport"_L1).toString(), u"websocket"_s);
        QCOMPARE(socket.value("clientId"_L1).toString().size(), 12);
        QVERIFY(!socket.value("data"_L1).toObject().contains("_admin"_L1));
    }
    QStringList servers;
    while (!servers.contains(u"two"_s) || !servers.contains(first.serverId())) {
        const QJsonArray event = page.next(u"server_stats"_s);
        QVERIFY(!event.isEmpty());
        servers.append(event.at(1).toObject().value("serverId"_L1).toString());
    }
    // Who comes and goes.
    RawClient client(two.port());
    const QString late = client.join();
    QJsonArray event = page.next(u"socket_connected"_s);
    while (event.at(1).toObject().value("id"_L1) == pageId)
        event = page.next(u"socket_connected"_s);
    QCOMPARE(event.at(1).toObject().value("id"_L1).toString(), late);
    client.send("42[\"hi\"]");
    event = page.next(u"event_received"_s);
    QCOMPARE(event.at(2).toString(), late);
    client.send("41");
    event = page.next(u"socket_disconnected"_s);
    QCOMPARE(event.at(2).toString(), late);
    QCOMPARE(event.at(3).toString(), u"client namespace disconnect"_s);
}

QTSOCKETIO_TEST(tst_AdminUi_Commands)

#include "tst_adminui_commands.moc"
