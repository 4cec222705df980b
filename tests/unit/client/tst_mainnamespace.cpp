// SPDX-License-Identifier: MIT
#include "socketio/client/mainnamespace_p.h"
#include "support/testmain.h"

#include <QtCore/qlist.h>
#include <QtTest/qtest.h>

#include <memory>

using namespace SocketIo;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using SocketIo::detail::MainNamespace;
using Membership = MainNamespace::Membership;

// Of servers of Socket.IO 2, which join the main namespace by themselves, and of newer ones.
class tst_MainNamespace : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void theServerJoinsIt();
    void newerServersDoNotJoinIt();
    void aRefusalIsPassedOnIfNothingIsAnswered();
    void anAnswerKeepsTheRefusalToItself_data();
    void anAnswerKeepsTheRefusalToItself();
    void othersThatAreInKeepTheRefusalToThemselves();
    void theEndOfTheConnectionKeepsTheRefusalToItself();
    void theRefusedMayDeleteIt();
};

namespace {

Packet packet(PacketType type, const QString &nsp, const QVariant &data = {})
{
    Packet made;
    made.type = type;
    made.nsp = nsp;
    made.data = data;
    return made;
}

const Packet Refusal = packet(PacketType::ConnectError, u"/"_s, u"not you"_s);

// A connection to an old server. Everything that is to happen by time has happened when settle()
// returns.
struct Connection
{
    QList<QVariant> refusals;
    MainNamespace main{nullptr, true,
                       [this](const Packet &refusal) { refusals.append(refusal.data); }, 0ms};

    Connection() { main.begin(); }

    // The zero timers of an event loop run in the order in which they were started.
    static void settle()
    {
        bool isLater = false;
        QTimer::singleShot(0ms, [&] { isLater = true; });
        QTRY_VERIFY(isLater);
        isLater = false;
        QTimer::singleShot(0ms, [&] { isLater = true; });
        QTRY_VERIFY(isLater);
    }
};

} // namespace

void tst_MainNamespace::theServerJoinsIt()
{
    Connection connection;
    MainNamespace &main = connection.main;
    QCOMPARE(main.membership(), Membership::Expected);
    main.noteReceived(packet(PacketType::Connect, u"/chat"_s));
    QCOMPARE(main.membership(), Membership::Expected);
    main.noteReceived(packet(PacketType::Connect, u"/"_s));
    QCOMPARE(main.membership(), Membership::Joined);
    main.noteReceived(packet(PacketType::Disconnect, u"/chat"_s));
    QCOMPARE(main.membership(), Membership::Joined);
    main.noteReceived(packet(PacketType::Disconnect, u"/"_s));
    QCOMPARE(main.membership(), Membership::None);
    main.noteReceived(packet(PacketType::Connect, u"/"_s));
    main.noteLeft();
    QCOMPARE(main.membership(), Membership::None);
    main.begin(); // the next connection
    QCOMPARE(main.membership(), Membership::Expected);
}

void tst_MainNamespace::newerServersDoNotJoinIt()
{
    MainNamespace main(nullptr, false, [](const Packet &) { QFAIL("called"); });
    main.begin();
    QCOMPARE(main.membership(), Membership::None);
    main.noteReceived(packet(PacketType::Connect, u"/"_s));
    QCOMPARE(main.membership(), Membership::None);
    QVERIFY(!main.isError(Refusal));
}

void tst_MainNamespace::aRefusalIsPassedOnIfNothingIsAnswered()
{
    Connection connection;
    QVERIFY(!connection.main.isError(packet(PacketType::ConnectError, u"/chat"_s)));
    QVERIFY(!connection.main.isError(packet(PacketType::Connect, u"/"_s)));
    QVERIFY(connection.main.isError(Refusal));
    connection.main.refused(Refusal, false);
    QCOMPARE(connection.main.membership(), Membership::Refused);
    // Socket.IO 2 says this also to clients that it has refused.
    connection.main.noteReceived(
        packet(PacketType::ConnectError, u"/missing"_s, u"Invalid namespace"_s));
    QTRY_COMPARE(connection.refusals, QList<QVariant>{u"not you"_s});
}

void tst_MainNamespace::anAnswerKeepsTheRefusalToItself_data()
{
    QTest::addColumn<PacketType>("type");
    QTest::addColumn<QString>("data");
    QTest::newRow("joined") << PacketType::Connect << QString();
    QTest::newRow("refused") << PacketType::ConnectError << u"nor you"_s;
}

void tst_MainNamespace::anAnswerKeepsTheRefusalToItself()
{
    QFETCH(PacketType, type);
    QFETCH(QString, data);
    Connection connection;
    connection.main.refused(Refusal, false);
    connection.main.noteReceived(packet(type, u"/chat"_s, data));
    Connection::settle();
    QVERIFY(connection.refusals.isEmpty());
    QCOMPARE(connection.main.membership(), Membership::Refused);
}

void tst_MainNamespace::othersThatAreInKeepTheRefusalToThemselves()
{
    Connection connection;
    connection.main.refused(Refusal, true);
    Connection::settle();
    QVERIFY(connection.refusals.isEmpty());
}

void tst_MainNamespace::theEndOfTheConnectionKeepsTheRefusalToItself()
{
    Connection connection;
    connection.main.refused(Refusal, false);
    connection.main.end();
    Connection::settle();
    QVERIFY(connection.refusals.isEmpty());
}

void tst_MainNamespace::theRefusedMayDeleteIt()
{
    QVariant refusal;
    std::unique_ptr<MainNamespace> main;
    const auto remove = [&](const Packet &packet) {
        main.reset();
        refusal = packet.data;
    };
    main = std::make_unique<MainNamespace>(nullptr, true, remove, 0ms);
    main->begin();
    main->refused(Refusal, false);
    QTRY_VERIFY(!main);
    QCOMPARE(refusal, QVariant(u"not you"_s));
}

QTSOCKETIO_TEST(tst_MainNamespace)
#include "tst_mainnamespace.moc"
