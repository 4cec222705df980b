// SPDX-License-Identifier: MIT
#include "base/zlibstream_p.h"
#include "engineio/session/sessionaccess_p.h"
#include "support/testmain.h"
#include "testclient.h"

#include <QtCore/qabstracteventdispatcher.h>
#include <QtCore/qpointer.h>
#include <QtCore/qtimer.h>

#include <algorithm>
#include <ctime>

using namespace EngineIo;
using namespace Qt::StringLiterals;

// Messages to more clients than are written to in one turn of the event loop.
class tst_Engine_Broadcasts : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void broadcastIsWrittenInTurns_data();
    void broadcastIsWrittenInTurns();
    void whoWaitsForOthersIsNotBlamed();
    void endComesAfterWhatIsLeft();
    void serverMayEndBetweenTurns_data();
    void serverMayEndBetweenTurns();
    void areCompressedOnceWithoutContext_data();
    void areCompressedOnceWithoutContext();
};

void tst_Engine_Broadcasts::broadcastIsWrittenInTurns_data()
{
    QTest::addColumn<int>("threads");
    QTest::addColumn<bool>("polling");
    QTest::newRow("websocket") << 0 << false;
    QTest::newRow("websocket, one I/O thread") << 1 << false;
    QTest::newRow("polling") << 0 << true;
}

void tst_Engine_Broadcasts::broadcastIsWrittenInTurns()
{
    QFETCH(int, threads);
    QFETCH(bool, polling);
    constexpr int Count = 24;
    constexpr int Budget = 3;
    ServerOptions options;
    options.maxWritesPerTurn = Budget;
    TestServer server(options);
    server.setIoThreadCount(threads);
    QList<int> turns{0};
    QObject counter;
    connect(QAbstractEventDispatcher::instance(), &QAbstractEventDispatcher::awake, &counter,
            [&] { turns.append(0); });
    QList<Session *> sessions;
    connect(&server, &Server::connection, &server, [&](Session *session) {
        sessions.append(session);
        connect(session, &Session::drained, this, [&] { ++turns.last(); });
    });
    QVERIFY(server.listen());
    std::vector<std::unique_ptr<RawWebSocket>> sockets;
    std::vector<std::unique_ptr<PollingClient>> pollers;
    for (int i = 0; i < Count; ++i) {
        if (polling) {
            pollers.push_back(std::make_unique<PollingClient>(server));
            pollers.back()->startPoll();
        } else {
            sockets.push_back(
                std::make_unique<RawWebSocket>(server.serverPort(), server.target("websocket")));
            QCOMPARE(sockets.back()->waitForText().left(1), "0"_ba);
        }
    }
    QTRY_COMPARE(sessions.size(), Count);
    turns = {0};
    const auto sendToAll = [&](const QString &text) {
        for (Session *session : std::as_const(sessions))
            session->send(Message::fromText(text));
    };
    sendToAll(u"a"_s);
    QTimer::singleShot(0, &server, [&] {
        sendToAll(u"b"_s); // most have not got the first one yet
        sendToAll(u"c"_s);
    });
    for (int i = 0; i < Count; ++i) {
        QByteArray all;
        if (polling) {
            PollingClient &poller = *pollers[size_t(i)];
            all = poller.waitForPoll().body;
            while (!all.isEmpty() && !all.endsWith("4c")) {
                poller.startPoll();
                all += '\x1e' + poller.waitForPoll().body;
            }
        } else {
            for (int j = 0; j < 3; ++j)
                all += (j > 0 ? "\x1e" : "") + sockets[size_t(i)]->waitForText();
        }
        QCOMPARE(all,
                 "4a\x1e"
                 "4b\x1e"
                 "4c"_ba);
    }
    if (threads == 0)
        QVERIFY(*std::max_element(turns.cbegin(), turns.cend()) <= 2 * Budget);
}

// Those that are written to in a later turn have more waiting than the limit allows, until then.
void tst_Engine_Broadcasts::whoWaitsForOthersIsNotBlamed()
{
    constexpr int Count = 16;
    constexpr int Rounds = 10;
    ServerOptions options;
    options.maxWritesPerTurn = 1;
    options.maxSendBufferSize = 1000;
    TestServer server(options);
    QList<CloseReason> ends;
    connect(&server, &Server::connection, &server, [&](Session *session) {
        connect(session, &Session::closed, this, [&](CloseReason reason) { ends.append(reason); });
    });
    QVERIFY(server.listen());
    std::vector<std::unique_ptr<RawWebSocket>> sockets;
    for (int i = 0; i < Count; ++i) {
        sockets.push_back(
            std::make_unique<RawWebSocket>(server.serverPort(), server.target("websocket")));
        QCOMPARE(sockets.back()->waitForText().left(1), "0"_ba);
    }
    const QString text(2000, u'x');
    int rounds = 0;
    QTimer timer; // once in each turn
    connect(&timer, &QTimer::timeout, this, [&] {
        for (const QPointer<Session> &session : std::as_const(server.accepted)) {
            if (session)
                session->send(Message::fromText(text));
        }
        if (++rounds == Rounds)
            timer.stop();
    });
    timer.start(0);
    for (const std::unique_ptr<RawWebSocket> &socket : sockets) {
        for (int i = 0; i < Rounds; ++i)
            QCOMPARE(socket->waitForText().size(), 1 + text.size());
    }
    QCOMPARE(ends, QList<CloseReason>());
}

void tst_Engine_Broadcasts::endComesAfterWhatIsLeft()
{
    constexpr int Count = 12;
    ServerOptions options;
    options.maxWritesPerTurn = 1;
    TestServer server(options);
    QVERIFY(server.listen());
    std::vector<std::unique_ptr<RawWebSocket>> sockets;
    for (int i = 0; i < Count; ++i) {
        sockets.push_back(
            std::make_unique<RawWebSocket>(server.serverPort(), server.target("websocket")));
        QCOMPARE(sockets.back()->waitForText().left(1), "0"_ba);
    }
    const QList<QPointer<Session>> sessions = server.accepted;
    QCOMPARE(sessions.size(), Count);
    for (Session *session : sessions)
        session->send(Message::fromText(u"a"_s));
    QTimer::singleShot(0, &server, [&] {
        for (const QPointer<Session> &session : sessions) {
            session->send(Message::fromText(u"b"_s));
            session->close();
        }
    });
    for (const std::unique_ptr<RawWebSocket> &socket : sockets) {
        QCOMPARE(socket->waitForText(), "4a"_ba);
        QCOMPARE(socket->waitForText(), "4b"_ba);
        QCOMPARE(socket->waitForFrame().opcode, 8);
    }
}

void tst_Engine_Broadcasts::serverMayEndBetweenTurns_data()
{
    QTest::addColumn<int>("threads");
    QTest::addColumn<bool>("deleted");
    QTest::newRow("closed") << 0 << false;
    QTest::newRow("closed, one I/O thread") << 1 << false;
    QTest::newRow("deleted") << 0 << true;
    QTest::newRow("deleted, one I/O thread") << 1 << true;
}

void tst_Engine_Broadcasts::serverMayEndBetweenTurns()
{
    QFETCH(int, threads);
    QFETCH(bool, deleted);
    constexpr int Count = 12;
    ServerOptions options;
    options.maxWritesPerTurn = 1;
    auto server = std::make_unique<TestServer>(options);
    server->setIoThreadCount(threads);
    QVERIFY(server->listen());
    std::vector<std::unique_ptr<RawWebSocket>> sockets;
    for (int i = 0; i < Count; ++i) {
        sockets.push_back(
            std::make_unique<RawWebSocket>(server->serverPort(), server->target("websocket")));
        QCOMPARE(sockets.back()->waitForText().left(1), "0"_ba);
    }
    QTRY_COMPARE(server->clientsCount(), Count);
    bool ended = false;
    for (Session *session : std::as_const(server->accepted))
        session->send(Message::fromText(u"a"_s));
    QTimer::singleShot(0, this, [&] {
        if (deleted)
            server.reset();
        else
            server->close();
        ended = true;
    });
    QTRY_VERIFY(ended);
    for (const std::unique_ptr<RawWebSocket> &socket : sockets) {
        if (!deleted) {
            QCOMPARE(socket->waitForText(), "4a"_ba);
            QCOMPARE(socket->waitForFrame().opcode, 8);
            socket->send(RawWebSocket::frame(0x88, {}));
        }
        QVERIFY(socket->waitForClosed());
    }
}

void tst_Engine_Broadcasts::areCompressedOnceWithoutContext_data()
{
    QTest::addColumn<bool>("forgets");
    QTest::addColumn<bool>("binary");
    QTest::newRow("without context takeover, text") << true << false;
    QTest::newRow("without context takeover, binary") << true << true;
    QTest::newRow("with a context for each") << false << false;
}

// The processor's time tells: compressing takes nearly all of it.
void tst_Engine_Broadcasts::areCompressedOnceWithoutContext()
{
    if (!detail::hasZlib())
        QSKIP("this build has no zlib");
    QFETCH(bool, forgets);
    QFETCH(bool, binary);
    constexpr int Count = 16;
    ServerOptions options;
    options.perMessageDeflate = PerMessageDeflateOptions();
    options.perMessageDeflate->serverNoContextTakeover = forgets;
    TestServer server(options);
    QVERIFY(server.listen());
    std::vector<std::unique_ptr<RawWebSocket>> sockets;
    for (int i = 0; i < Count; ++i) {
        sockets.push_back(
            std::make_unique<RawWebSocket>(server.serverPort(), server.target("websocket"),
                                           "Sec-WebSocket-Extensions: permessage-deflate\r\n"));
        QCOMPARE(sockets.back()->waitForText().left(1), "0"_ba);
    }
    QTRY_COMPARE(server.accepted.size(), Count);
    QList<Session *> all;
    for (const auto &session : std::as_const(server.accepted))
        all.append(session);
    QByteArray text(400'000, '\0');
    for (qsizetype i = 0; i < text.size(); ++i)
        text[i] = char('0' + (quint32(i) * 2654435761u >> 13) % 64);
    const auto timeOf = [&](const QList<Session *> &sessions) {
        FrameList frames;
        frames.append(binary ? Frame::fromBinary(text) : Frame::fromText(text));
        const std::clock_t start = std::clock();
        detail::SessionAccess::sendToAll(sessions, frames, {});
        const std::clock_t time = std::clock() - start;
        for (Session *session : sessions) {
            const auto index = size_t(all.indexOf(session));
            const RawWebSocket::Frame frame = sockets[index]->waitForFrame();
            if (frame.payload.isEmpty() || frame.payload.size() >= text.size())
                return std::clock_t(-1);
        }
        return time;
    };
    const std::clock_t one = timeOf(all.first(1));
    const std::clock_t each = timeOf(all);
    QVERIFY(one > 0);
    QVERIFY(each > 0);
    if (forgets)
        QVERIFY2(each < 4 * one, qPrintable(u"%1, %2"_s.arg(one).arg(each)));
    else
        QVERIFY2(each > 4 * one, qPrintable(u"%1, %2"_s.arg(one).arg(each)));
}

QTSOCKETIO_TEST(tst_Engine_Broadcasts)
#include "tst_engine_broadcasts.moc"
