// SPDX-License-Identifier: MIT
#include "support/testmain.h"

#include <SocketIo/ClusterEmitter>

#include <QtCore/qregularexpression.h>
#include <QtTest/qtest.h>

#include <functional>

using namespace SocketIo;
using namespace Qt::StringLiterals;
using Type = ClusterMessage::Type;

// Keeps what it is to publish.
class Collector : public ClusterPublisher
{
public:
    bool publish(const ClusterMessage &message) override
    {
        messages.append(message);
        return accepts;
    }

    QList<ClusterMessage> messages;
    bool accepts = true;
};

class CollectingEmitter : public ClusterEmitter
{
public:
    explicit CollectingEmitter(const std::shared_ptr<Collector> &collector)
        : ClusterEmitter(collector)
    {
    }
};

class tst_ClusterEmitter : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void reachesTheMainNamespace_data();
    void reachesTheMainNamespace();
    void choosesRooms();
    void tellsWhatIsNotSent();
};

void tst_ClusterEmitter::reachesTheMainNamespace_data()
{
    using Call = std::function<bool(const ClusterEmitter &)>;
    QTest::addColumn<Call>("call");
    QTest::addColumn<Type>("type");
    QTest::addColumn<QVariant>("value"); // the part of the message that is not "opts"
    const QStringList rooms{u"a"_s, u"b"_s};
    const auto row = [](const char *name, const Call &call, Type type, const QVariant &value) {
        QTest::newRow(name) << call << type << value;
    };
    row(
        "serverSideEmit", [](auto &emitter) { return emitter.serverSideEmit(u"news"_s, 1); },
        Type::ServerSideEmit, QVariantList{u"news"_s, 1});
    row(
        "socketsJoin", [](auto &emitter) { return emitter.socketsJoin(u"a"_s); }, Type::SocketsJoin,
        QStringList{u"a"_s});
    row(
        "socketsJoin, several", [rooms](auto &emitter) { return emitter.socketsJoin(rooms); },
        Type::SocketsJoin, rooms);
    row(
        "socketsLeave", [](auto &emitter) { return emitter.socketsLeave(u"a"_s); },
        Type::SocketsLeave, QStringList{u"a"_s});
    row(
        "socketsLeave, several", [rooms](auto &emitter) { return emitter.socketsLeave(rooms); },
        Type::SocketsLeave, rooms);
    row(
        "disconnectSockets", [](auto &emitter) { return emitter.disconnectSockets(); },
        Type::DisconnectSockets, false);
    row(
        "disconnectSockets, with the connection",
        [](auto &emitter) { return emitter.disconnectSockets(CloseConnection::Yes); },
        Type::DisconnectSockets, true);
}

void tst_ClusterEmitter::reachesTheMainNamespace()
{
    QFETCH(const std::function<bool(const ClusterEmitter &)>, call);
    QFETCH(const Type, type);
    QFETCH(const QVariant, value);
    const auto collector = std::make_shared<Collector>();
    const CollectingEmitter emitter(collector);
    QVERIFY(call(emitter));
    QCOMPARE(collector->messages.size(), 1);
    const ClusterMessage &message = collector->messages[0];
    QCOMPARE(message.nsp, u"/"_s);
    QCOMPARE(message.type, type);
    QVariantMap rest = message.data;
    rest.remove(u"opts"_s);
    QCOMPARE(rest.size(), 1);
    QCOMPARE(rest.first(), value);
}

void tst_ClusterEmitter::choosesRooms()
{
    const auto collector = std::make_shared<Collector>();
    const CollectingEmitter emitter(collector);
    QVERIFY(emitter.emitEvent(u"all"_s, 1));
    QVERIFY(emitter.to(u"a"_s).except(u"b"_s).emitEvent(u"some"_s));
    QVERIFY(emitter.asVolatile().emitEvent(u"volatile"_s));
    QVERIFY(emitter.compress(Compression::Off).emitEvent(u"plain"_s));
    QVERIFY(emitter.of(u"admin"_s).emitEvent(u"elsewhere"_s));
    QVERIFY(emitter.to(QStringList()).emitEvent(u"nobody"_s));
    QCOMPARE(collector->messages.size(), 5);
    const auto options = [&](qsizetype i) {
        return collector->messages[i].data.value(u"opts"_s).toMap();
    };
    QCOMPARE(options(0).value(u"rooms"_s).toStringList(), QStringList());
    QCOMPARE(options(1).value(u"rooms"_s).toStringList(), QStringList{u"a"_s});
    QCOMPARE(options(1).value(u"except"_s).toStringList(), QStringList{u"b"_s});
    QCOMPARE(options(2).value(u"flags"_s).toMap().value(u"volatile"_s).toBool(), true);
    QVERIFY(options(3).value(u"flags"_s).toMap().contains(u"compress"_s));
    QCOMPARE(collector->messages[4].nsp, u"/admin"_s);
}

void tst_ClusterEmitter::tellsWhatIsNotSent()
{
    const auto collector = std::make_shared<Collector>();
    collector->accepts = false;
    const CollectingEmitter emitter(collector);
    QVERIFY(!emitter.emitEvent(u"event"_s));
    QVERIFY(!emitter.socketsJoin(u"a"_s));
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"\"connect\""_s));
    QVERIFY(!emitter.emitEvent(u"connect"_s)); // reserved
    QCOMPARE(collector->messages.size(), 2);
}

QTSOCKETIO_TEST(tst_ClusterEmitter)

#include "tst_clusteremitter.moc"
