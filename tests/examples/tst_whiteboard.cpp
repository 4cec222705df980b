// SPDX-License-Identifier: MIT
#include "painter.h"
#include "pictures.h"

#include <SocketIo/Manager>

#include <QtTest/qsignalspy.h>

#include <memory>
#include <vector>

using namespace SocketIo;

// What people who share a board see of each other.
class tst_Whiteboard : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aStrokeShowsInBothWindows();
    void othersSeeAStrokeGrow();
    void everybodySeesWhoIsThereAndWhere();
    void undoTakesBackOnlyOnesOwn();
    void aLateJoinerSeesTheWholeBoard();
    void whatWasDrawnOfflineIsSentWhenBack();
    void undoneOfflineIsUndoneForAll();
    void roomsAreApart();
    void aBoardWithTheNameOfAnIdIsNobodysRoom();
    void aLongSecretIsRefused();
    void aFullBoardSaysSo();
    void aCrowdedBoardSaysSo();
    void boardsThatNobodyLooksAtMakeRoom();
    void aBadRoomIsRefused();
    void theServerTakesNoNonsense_data();
    void theServerTakesNoNonsense();
};

void tst_Whiteboard::aStrokeShowsInBothWindows()
{
    Host host;
    Painter ada(host.url(), u"Ada"_s);
    Painter bob(host.url(), u"Bob"_s);
    QTRY_COMPARE(ada.people().size(), 2);
    QTRY_COMPARE(bob.people().size(), 2);
    ada.trigger(u"Red"_s);
    ada.trigger(u"Width 24"_s);
    ada.draw(Left, Right);
    QCOMPARE(ada.at(Middle), Red);
    QTRY_COMPARE(bob.at(Middle), Red);
    QCOMPARE(bob.at(Middle + QPointF(0, 40)), Paper);
    QTRY_COMPARE(ada.board->unsentCount(), 0);
    // Windows of different sizes show the same page.
    bob.window.resize(600, 700);
    QTRY_COMPARE(bob.at(Middle), Red);
}

void tst_Whiteboard::othersSeeAStrokeGrow()
{
    Host host;
    Painter ada(host.url(), u"Ada"_s);
    Painter bob(host.url(), u"Bob"_s);
    QTRY_COMPARE(ada.people().size(), 2);
    QTRY_COMPARE(bob.people().size(), 2);
    ada.press(Left);
    // What is sent as it grows is volatile: one of them may be dropped, and the next one shows it.
    const auto grow = [&] {
        ada.move(Middle);
        return bob.at((Left + Middle) / 2);
    };
    QTRY_COMPARE(grow(), Ink);
    QCOMPARE(bob.board->strokes().size(), 0);
    ada.release(Middle);
    QTRY_COMPARE(bob.board->strokes().size(), 1);
    QTRY_COMPARE(bob.at((Left + Middle) / 2), Ink);
}

void tst_Whiteboard::everybodySeesWhoIsThereAndWhere()
{
    Host host;
    Painter ada(host.url(), u"Ada"_s);
    QTRY_COMPARE(ada.people(), QStringList{u"Ada (you)"_s});
    {
        Painter bob(host.url(), u"Bob"_s);
        const QStringList both = {u"Ada (you)"_s, u"Bob"_s};
        QTRY_COMPARE(ada.people(), both);
        QTRY_COMPARE(bob.people().size(), 2);
        QVERIFY(bob.board->self().color != ada.board->self().color);
        const QColor color(bob.board->self().color);
        // Where a cursor is may get lost while a connection changes to WebSocket.
        QTRY_COMPARE((bob.move(Middle), ada.at(Middle + QPointF(8, 12))), color);
        QVERIFY(bob.at(Middle + QPointF(8, 12)) != color);
    }
    // With Bob goes his cursor.
    QTRY_COMPARE(ada.people(), QStringList{u"Ada (you)"_s});
    QTRY_COMPARE(ada.at(Middle + QPointF(8, 12)), Paper);
}

void tst_Whiteboard::undoTakesBackOnlyOnesOwn()
{
    Host host;
    Painter ada(host.url(), u"Ada"_s);
    Painter bob(host.url(), u"Bob"_s);
    QTRY_COMPARE(ada.people().size(), 2);
    QTRY_COMPARE(bob.people().size(), 2);
    ada.draw({200, 200}, {800, 200});
    QTRY_COMPARE(bob.board->strokes().size(), 1);
    bob.draw({200, 400}, {800, 400});
    QTRY_COMPARE(ada.board->strokes().size(), 2);
    ada.trigger(u"Undo"_s);
    QTRY_COMPARE(bob.board->strokes().size(), 1);
    QTRY_COMPARE(bob.at({500, 200}), Paper);
    QTRY_COMPARE(bob.at({500, 400}), Ink);
    QTRY_COMPARE(ada.at({500, 200}), Paper);
    QTRY_COMPARE(ada.at({500, 400}), Ink);
    QVERIFY(!ada.board->canUndo());
    ada.board->undo();
    QVERIFY(bob.board->canUndo());
    QCOMPARE(ada.board->strokes().size(), 1);
}

void tst_Whiteboard::aLateJoinerSeesTheWholeBoard()
{
    Host host;
    Painter ada(host.url(), u"Ada"_s);
    QTRY_VERIFY(ada.board->isOnline());
    for (int i = 1; i <= 5; ++i)
        ada.draw({200, 100.0 * i}, {800, 100.0 * i});
    QTRY_COMPARE(ada.board->unsentCount(), 0);
    Painter late(host.url(), u"Late"_s);
    QTRY_COMPARE(late.board->strokes().size(), 5);
    for (int i = 1; i <= 5; ++i)
        QTRY_COMPARE(late.at({500, 100.0 * i}), Ink);
}

void tst_Whiteboard::whatWasDrawnOfflineIsSentWhenBack()
{
    auto host = std::make_unique<Host>();
    const quint16 port = host->io.serverPort();
    Painter ada(host->url(), u"Ada"_s);
    Painter bob(host->url(), u"Bob"_s);
    QTRY_COMPARE(ada.people().size(), 2);
    ada.draw({200, 200}, {800, 200});
    QTRY_COMPARE(bob.board->strokes().size(), 1);

    host.reset();
    QTRY_VERIFY(!ada.board->isOnline());
    QTRY_VERIFY(!bob.board->isOnline());
    ada.draw({200, 400}, {800, 400});
    bob.draw({200, 600}, {800, 600});
    QCOMPARE(ada.at({500, 400}), Ink);
    // The window says why, when it tries again, and what becomes of the stroke.
    QTRY_VERIFY2(ada.state().contains(u"Next attempt in "_s), qPrintable(ada.state()));
    QVERIFY2(ada.state().startsWith(u"Offline: "_s), qPrintable(ada.state()));
    QVERIFY2(ada.state().contains(u"127.0.0.1:%1"_s.arg(port)), qPrintable(ada.state()));
    QVERIFY2(ada.state().endsWith(u" 1 stroke is not sent yet."_s), qPrintable(ada.state()));
    QVERIFY(savePicture(&ada.window, u"whiteboard-offline"_s));

    // The board is put together again from what each of them has drawn.
    host = std::make_unique<Host>(port);
    QVERIFY(host->io.isListening());
    for (Painter *painter : {&ada, &bob}) {
        QTRY_COMPARE_WITH_TIMEOUT(painter->board->strokes().size(), 3, 30000);
        QTRY_COMPARE(painter->at({500, 200}), Ink);
        QTRY_COMPARE(painter->at({500, 400}), Ink);
        QTRY_COMPARE(painter->at({500, 600}), Ink);
        QTRY_COMPARE(painter->board->unsentCount(), 0);
        QTRY_COMPARE(painter->state(), u"Online"_s);
    }
}

void tst_Whiteboard::undoneOfflineIsUndoneForAll()
{
    Host host;
    Painter ada(host.url(), u"Ada"_s);
    Painter bob(host.url(), u"Bob"_s);
    QTRY_COMPARE(ada.people().size(), 2);
    ada.draw(Left, Right);
    QTRY_COMPARE(bob.board->strokes().size(), 1);
    const QList<Socket *> sockets = host.io.mainNamespace()->sockets();
    for (Socket *socket : sockets) {
        if (socket->id() == ada.board->self().id)
            socket->conn()->close();
    }
    QTRY_VERIFY(!ada.board->isOnline());
    ada.trigger(u"Undo"_s);
    QCOMPARE(bob.board->strokes().size(), 1);
    QTRY_COMPARE_WITH_TIMEOUT(bob.board->strokes().size(), 0, 30000);
    QCOMPARE(ada.board->strokes().size(), 0);
}

void tst_Whiteboard::roomsAreApart()
{
    Host host;
    Painter ada(host.url(), u"Ada"_s, u"one"_s);
    Painter bob(host.url(), u"Bob"_s, u"two"_s);
    Painter eve(host.url(), u"Eve"_s, u"one"_s);
    QTRY_COMPARE(ada.people().size(), 2);
    QTRY_COMPARE(bob.people(), QStringList{u"Bob (you)"_s});
    ada.draw(Left, Right);
    QTRY_COMPARE(eve.at(Middle), Ink);
    bob.draw({200, 700}, {800, 700});
    QTRY_COMPARE(bob.board->unsentCount(), 0);
    QCOMPARE(bob.board->strokes().size(), 1);
    QCOMPARE(eve.board->strokes().size(), 1);
}

void tst_Whiteboard::aBoardWithTheNameOfAnIdIsNobodysRoom()
{
    Host host;
    BoardClient ada(host.url(), u"board"_s, u"Ada"_s);
    BoardClient bob(host.url(), u"board"_s, u"Bob"_s);
    QTRY_COMPARE(ada.people().size(), 2);
    BoardClient eve(host.url(), ada.self().id, u"Eve"_s);
    QTRY_COMPARE(eve.people().size(), 1);
    eve.draw({u"eve's"_s, u"#000000"_s, 4, {1, 2}});
    QTRY_COMPARE(eve.unsentCount(), 0);
    bob.draw({u"bob's"_s, u"#000000"_s, 4, {1, 2}});
    QTRY_VERIFY(!ada.strokes().isEmpty());
    QCOMPARE(ada.strokes().constFirst().id, u"bob's"_s);
    QCOMPARE(ada.people().size(), 2);
}

void tst_Whiteboard::aLongSecretIsRefused()
{
    Host host;
    ClientOptions options;
    options.auth = {{u"room"_s, u"board"_s}, {u"secret"_s, QString(100000, u'x')}};
    const std::unique_ptr<ClientSocket> socket(Manager::connectTo(host.url(), options));
    const QSignalSpy refused(socket.get(), &ClientSocket::connectError);
    QTRY_COMPARE(refused.count(), 1);
    QCOMPARE(socket->lastError().message(), u"A secret has at most 40 characters"_s);
}

void tst_Whiteboard::aFullBoardSaysSo()
{
    Host host;
    Painter ada(host.url(), u"Ada"_s);
    Painter bob(host.url(), u"Bob"_s);
    QTRY_COMPARE(ada.people().size(), 2);
    QTRY_COMPARE(bob.people().size(), 2);
    for (int i = 0; i < 40; ++i)
        ada.board->draw({QString::number(i), u"#000000"_s, 4, QList<double>(10000, 1.0)});
    QTRY_COMPARE(ada.board->unsentCount(), 0);
    QTRY_COMPARE(bob.board->strokes().size(), 40);
    QCOMPARE(ada.state(), u"Online"_s);
    ada.board->draw({u"one too many"_s, u"#000000"_s, 4, {1, 2}});
    for (Painter *painter : {&ada, &bob}) {
        QTRY_COMPARE(painter->state(),
                     u"The board is full: its oldest strokes make room for new ones"_s);
        QTRY_COMPARE(painter->board->strokes().size(), 40);
        QTRY_COMPARE(painter->board->strokes().constFirst().id, u"1"_s);
    }
    // What is undone makes room as well.
    ada.board->undo();
    ada.board->undo();
    QTRY_COMPARE(bob.board->strokes().size(), 38);
    bob.board->draw({u"fits"_s, u"#000000"_s, 4, QList<double>(10000, 1.0)});
    QTRY_COMPARE(bob.board->unsentCount(), 0);
    QCOMPARE(bob.state(), u"Online"_s);
    QCOMPARE(bob.board->strokes().size(), 39);
}

void tst_Whiteboard::aCrowdedBoardSaysSo()
{
    Host host;
    std::vector<std::unique_ptr<BoardClient>> people;
    for (int i = 0; i < 50; ++i)
        people.push_back(std::make_unique<BoardClient>(host.url(), u"board"_s, u"Ada"_s));
    QTRY_COMPARE_WITH_TIMEOUT(people.front()->people().size(), 50, 30000);
    Painter late(host.url(), u"Late"_s);
    QTRY_COMPARE(late.state(),
                 u"Not connected: 50 people are at this board already, as many as fit."_s);
}

void tst_Whiteboard::boardsThatNobodyLooksAtMakeRoom()
{
    Host host;
    {
        std::vector<std::unique_ptr<BoardClient>> people;
        for (int i = 0; i < 200; ++i) {
            const QString board = u"board %1"_s.arg(i);
            people.push_back(std::make_unique<BoardClient>(host.url(), board, u"Ada"_s));
            people.back()->draw({u"a stroke"_s, u"#000000"_s, 4, {1, 2}});
        }
        for (const auto &each : people)
            QTRY_COMPARE_WITH_TIMEOUT(each->unsentCount(), 0, 30000);
        Painter late(host.url(), u"Late"_s, u"new"_s);
        QTRY_COMPARE(late.state(), u"Not connected: There are too many boards."_s);
    }
    QTRY_COMPARE(host.io.mainNamespace()->sockets().size(), 0);
    BoardClient late(host.url(), u"new"_s, u"Late"_s);
    QTRY_VERIFY(late.isOnline());
}

void tst_Whiteboard::aBadRoomIsRefused()
{
    Host host;
    Painter ada(host.url(), u"Ada"_s, QString(100, u'x'));
    const QString reason = u"Not connected: A board has a name of at most 40 characters."_s;
    QTRY_COMPARE(ada.state(), reason);
    QVERIFY(!ada.board->isOnline());
    ada.draw(Left, Right);
    QVERIFY2(ada.state().startsWith(reason), qPrintable(ada.state())); // it stays
}

void tst_Whiteboard::theServerTakesNoNonsense_data()
{
    QTest::addColumn<Stroke>("stroke");
    QTest::newRow("no points") << Stroke{u"a"_s, u"#000000"_s, 4, {}};
    QTest::newRow("half a point") << Stroke{u"a"_s, u"#000000"_s, 4, {1, 2, 3}};
    QTest::newRow("far away") << Stroke{u"a"_s, u"#000000"_s, 4, {1e300, 2}};
    QTest::newRow("no color") << Stroke{u"a"_s, u"javascript:"_s, 4, {1, 2}};
    QTest::newRow("too wide") << Stroke{u"a"_s, u"#000000"_s, 1e9, {1, 2}};
    QTest::newRow("no name") << Stroke{QString(), u"#000000"_s, 4, {1, 2}};
    QTest::newRow("endless") << Stroke{u"a"_s, u"#000000"_s, 4, QList<double>(20000, 1.0)};
}

void tst_Whiteboard::theServerTakesNoNonsense()
{
    QFETCH(Stroke, stroke);
    Host host;
    BoardClient ada(host.url(), u"board"_s, u"Ada"_s);
    BoardClient bob(host.url(), u"board"_s, u"Bob"_s);
    QTRY_COMPARE(ada.people().size(), 2);
    QTRY_COMPARE(bob.people().size(), 2);
    const QSignalSpy seen(&bob, &BoardClient::strokeAdded);
    const QSignalSpy sketched(&bob, &BoardClient::sketched);
    ada.sketch(stroke);
    ada.draw(stroke);
    QTRY_COMPARE(ada.strokes().size(), 0);
    QVERIFY(ada.isOnline());
    ada.draw({u"good"_s, u"#000000"_s, 4, {1, 2}});
    QTRY_COMPARE(seen.count(), 1);
    QCOMPARE(sketched.count(), 0);
}

QTEST_MAIN(tst_Whiteboard)
#include "tst_whiteboard.moc"
