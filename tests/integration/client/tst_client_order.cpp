// SPDX-License-Identifier: MIT
#include "support/growth.h"
#include "support/testmain.h"

#include <SocketIo/Manager>
#include <SocketIo/Server>

#include <QtCore/qeventloop.h>
#include <QtCore/qprocess.h>
#include <QtCore/qregularexpression.h>
#include <QtCore/qthread.h>
#include <QtCore/qtimer.h>
#include <QtTest/qsignalspy.h>
#include <QtTest/qtest.h>

#include <memory>

using namespace SocketIo;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using EngineIo::TransportType;

Q_DECLARE_METATYPE(QList<EngineIo::TransportType>)

// What slots that do more than they should may not upset: order, other sockets, and the time that
// things take.
class tst_Client_Order : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();
    void slotThatWaitsForTheNextConnection_data();
    void slotThatWaitsForTheNextConnection();
    void eventsOfSlotsComeAfterThoseBefore_data();
    void eventsOfSlotsComeAfterThoseBefore();
    void disconnectDoesNotOvertakeBufferedEvents();
    void reopeningWhileClosing_data();
    void reopeningWhileClosing();
    void flushedComesOnceForWhatWasEmitted();
    void offlineBufferIsBounded();
    void retryQueueIsBounded();
    void timedOutEventsCostTheSameEach();
    void socketsOfOneManagerCostTheSameEach();
    void callsFromAnotherThreadAreRefused();

private:
    QUrl url() const { return QUrl(u"http://127.0.0.1:%1"_s.arg(io->serverPort())); }
    static ClientOptions quick(const QList<TransportType> &transports)
    {
        ClientOptions options;
        options.transports = transports;
        options.reconnectionDelay = options.reconnectionDelayMax = 5ms;
        return options;
    }
    static void addTransports()
    {
        QTest::addColumn<QList<TransportType>>("transports");
        QTest::newRow("polling") << QList{TransportType::Polling};
        QTest::newRow("websocket") << QList{TransportType::WebSocket};
        QTest::newRow("upgrade") << QList{TransportType::Polling, TransportType::WebSocket};
    }

    std::unique_ptr<Server> io;
    QStringList received; // by the server
};

void tst_Client_Order::init()
{
    received.clear();
    io = std::make_unique<Server>();
    const auto serve = [this](Socket *socket) {
        socket->on(u"say"_s, socket, [this](const QString &text) { received.append(text); });
        socket->on(u"echo"_s, socket,
                   [](const QVariantList &args, const Ack &ack) { ack.acknowledge(args); });
        socket->on(u"drop me"_s, socket, [socket] { socket->conn()->abort(); });
        connect(socket, &Socket::disconnected, this, [this] { received.append(u"gone"_s); });
    };
    connect(io.get(), &Server::connected, this, serve);
    connect(io->of(u"/other"_s), &Namespace::connected, this, serve);
    QVERIFY(io->listen(QHostAddress::LocalHost));
}

void tst_Client_Order::cleanup()
{
    io.reset();
}

void tst_Client_Order::slotThatWaitsForTheNextConnection_data()
{
    addTransports();
}

// A dialog that is shown while there is no connection. The other socket of the manager goes its
// usual way meanwhile.
void tst_Client_Order::slotThatWaitsForTheNextConnection()
{
    QFETCH(QList<TransportType>, transports);
    Manager manager(url(), quick(transports));
    ClientSocket *first = manager.socket();
    ClientSocket *second = manager.socket(u"/other"_s);
    QStringList order;
    for (ClientSocket *socket : {first, second}) {
        const QString name = socket == first ? u"first "_s : u"second "_s;
        connect(socket, &ClientSocket::connected, this,
                [&order, name] { order.append(name + u"connected"_s); });
        connect(socket, &ClientSocket::connectedChanged, this, [&order, name](bool connected) {
            if (!connected)
                order.append(name + u"lost"_s);
        });
        connect(socket, &ClientSocket::disconnected, this,
                [&order, name] { order.append(name + u"disconnected"_s); });
    }
    QTRY_VERIFY(first->isConnected() && second->isConnected());
    order.clear();
    bool returned = false;
    connect(
        first, &ClientSocket::disconnected, this,
        [&] {
            QEventLoop loop;
            connect(second, &ClientSocket::connected, &loop, &QEventLoop::quit);
            QTimer::singleShot(5s, &loop, [&loop] { loop.exit(1); });
            manager.open();
            returned = loop.exec() == 0;
        },
        Qt::SingleShotConnection);
    bool failed = false;
    second->emitWithAck(u"silent"_s)->onFailed(this, [&] { failed = true; });
    first->emitEvent(u"drop me"_s);
    QTRY_VERIFY_WITH_TIMEOUT(returned, 10'000);
    QCOMPARE(order.filter(u"second"_s),
             (QStringList{u"second lost"_s, u"second disconnected"_s, u"second connected"_s}));
    QCOMPARE(order.filter(u"first"_s),
             (QStringList{u"first lost"_s, u"first disconnected"_s, u"first connected"_s}));
    QTRY_VERIFY(failed);
    for (ClientSocket *socket : {first, second}) {
        bool answered = false;
        socket->emitWithAck(u"echo"_s)->then(this, [&] { answered = true; });
        QTRY_VERIFY(answered);
    }
}

void tst_Client_Order::eventsOfSlotsComeAfterThoseBefore_data()
{
    addTransports();
}

void tst_Client_Order::eventsOfSlotsComeAfterThoseBefore()
{
    QFETCH(QList<TransportType>, transports);
    Manager manager(url(), quick(transports));
    ClientSocket *socket = manager.socket();
    socket->emitEvent(u"say"_s, u"1"_s);
    socket->emitEvent(u"say"_s, u"2"_s);
    connect(socket, &ClientSocket::idChanged, this,
            [socket] { socket->emitEvent(u"say"_s, u"3"_s); });
    connect(socket, &ClientSocket::connectedChanged, this,
            [socket] { socket->emitEvent(u"say"_s, u"4"_s); });
    connect(socket, &ClientSocket::connected, this,
            [socket] { socket->emitEvent(u"say"_s, u"5"_s); });
    QTRY_COMPARE(received, (QStringList{u"1"_s, u"2"_s, u"3"_s, u"4"_s, u"5"_s}));
}

void tst_Client_Order::disconnectDoesNotOvertakeBufferedEvents()
{
    Manager manager(url(), quick({TransportType::WebSocket}));
    ClientSocket *socket = manager.socket();
    socket->emitEvent(u"say"_s, u"1"_s);
    connect(socket, &ClientSocket::connectedChanged, this, [socket](bool connected) {
        if (!connected)
            return;
        socket->emitEvent(u"say"_s, u"2"_s);
        socket->close();
    });
    QTRY_COMPARE(received, (QStringList{u"1"_s, u"2"_s, u"gone"_s}));
    QCOMPARE(socket->bufferedCount(), 0);
}

void tst_Client_Order::reopeningWhileClosing_data()
{
    addTransports();
}

void tst_Client_Order::reopeningWhileClosing()
{
    QFETCH(QList<TransportType>, transports);
    Manager manager(url(), quick(transports));
    ClientSocket *socket = manager.socket();
    QTRY_VERIFY(socket->isConnected());
    QStringList order;
    connect(&manager, &Manager::closed, this, [&] { order.append(u"closed"_s); });
    connect(&manager, &Manager::opened, this, [&] { order.append(u"opened"_s); });
    socket->emitEvent(u"say"_s, u"1"_s);
    socket->close();
    QCOMPARE(manager.state(), Manager::State::Closing);
    socket->open();
    QCOMPARE(manager.state(), Manager::State::Opening);
    socket->emitEvent(u"say"_s, u"2"_s);
    QTRY_VERIFY(socket->isConnected());
    QCOMPARE(order, (QStringList{u"closed"_s, u"opened"_s}));
    QTRY_COMPARE(received.size(), 3);
    for (const QString &text : {u"1"_s, u"2"_s, u"gone"_s})
        QVERIFY(received.contains(text));
}

void tst_Client_Order::flushedComesOnceForWhatWasEmitted()
{
    Manager manager(url(), quick({TransportType::Polling, TransportType::WebSocket}));
    ClientSocket *socket = manager.socket();
    QSignalSpy flushed(socket, &ClientSocket::flushed);
    QSignalSpy managerFlushed(&manager, &Manager::flushed);
    QVERIFY(socket->isFlushed() && manager.isFlushed());
    for (int i = 0; i < 100; ++i)
        socket->emitEvent(u"say"_s, QString::number(i));
    QVERIFY(!socket->isFlushed() && !manager.isFlushed());
    QCOMPARE(flushed.size(), 0);
    QTRY_COMPARE(flushed.size(), 1);
    QVERIFY(socket->isFlushed());
    QTRY_COMPARE(managerFlushed.size(), 1);
    QVERIFY(manager.isFlushed());
    QTRY_COMPARE(received.size(), 100);
    // While the transport changes, too.
    for (int i = 0; i < 20; ++i) {
        socket->emitEvent(u"say"_s, u"again"_s);
        QTRY_VERIFY(socket->isFlushed());
    }
    QCOMPARE(flushed.size(), 21);
    QTRY_COMPARE(managerFlushed.size(), 21);
}

void tst_Client_Order::offlineBufferIsBounded()
{
    ClientOptions options = quick({TransportType::WebSocket});
    options.autoConnect = false;
    options.maxBufferedEvents = 3;
    Manager manager(url(), options);
    ClientSocket *socket = manager.socket();
    for (const QString &text : {u"1"_s, u"2"_s, u"3"_s})
        QVERIFY(socket->emitEvent(u"say"_s, text));
    Error first; // which tells of itself, and spends no warning of others
    socket->emitWithAck(u"say"_s)->onFailed(this, [&](const Error &why) { first = why; });
    QTRY_COMPARE(first.type(), Error::Type::Argument);
    QTest::ignoreMessage(QtWarningMsg,
                         QRegularExpression(u"^the event \"say\" was dropped: 3 events wait "
                                            "already, as many as maxBufferedEvents allows"_s));
    QVERIFY(!socket->emitEvent(u"say"_s, u"4"_s));
    QTest::failOnWarning(QRegularExpression(u"was dropped"_s)); // once is enough
    QVERIFY(!socket->emitEvent(u"say"_s, u"4"_s));
    Error error; // instead of a warning
    socket->emitWithAck(u"say"_s, u"5"_s)->onFailed(this, [&](const Error &why) { error = why; });
    QTRY_COMPARE(error.type(), Error::Type::Argument);
    socket->open();
    QTRY_COMPARE(received, (QStringList{u"1"_s, u"2"_s, u"3"_s}));
    QVERIFY(socket->emitEvent(u"say"_s, u"6"_s));
    QTRY_COMPARE(received.size(), 4);
}

void tst_Client_Order::retryQueueIsBounded()
{
    ClientOptions options = quick({TransportType::WebSocket});
    options.autoConnect = false;
    options.maxBufferedEvents = 2;
    options.retries = 1;
    Manager manager(url(), options);
    ClientSocket *socket = manager.socket();
    QVERIFY(socket->emitEvent(u"echo"_s, 1));
    QVERIFY(socket->emitEvent(u"echo"_s, 2));
    QTest::ignoreMessage(QtWarningMsg,
                         QRegularExpression(u"^the event \"echo\" was dropped: 2 events wait "
                                            "already, as many as maxBufferedEvents allows"_s));
    QVERIFY(!socket->emitEvent(u"echo"_s, 3));
    QVERIFY(!socket->isFlushed());
    QSignalSpy flushed(socket, &ClientSocket::flushed);
    socket->open();
    QTRY_COMPARE(flushed.size(), 1);
    QCOMPARE(socket->queuedCount(), 0);
}

void tst_Client_Order::timedOutEventsCostTheSameEach()
{
    int failures = 0;
    int expected = 0;
    const Growth growth = measureGrowth(
        [&](int count) {
            ClientOptions options = quick({TransportType::WebSocket});
            options.autoConnect = false;
            Manager manager(url(), options);
            ClientSocket *socket = manager.socket();
            const QObject context; // those still pending fail when the manager has gone
            failures = 0;
            expected = count - count / 2;
            // The first ones wait longest, so that all others are taken out of the middle.
            for (int i = 0; i < count; ++i)
                socket->timeout(i < count / 2 ? 60s : 0ms)
                    .emitWithAck(u"echo"_s)
                    ->onFailed(&context, [&failures] { ++failures; });
            QTRY_COMPARE(failures, expected);
        },
        2'000);
    QCOMPARE(failures, expected);
    QVERIFY2(growth.isAtMostLinearithmic(), qPrintable(growth.text()));
}

void tst_Client_Order::socketsOfOneManagerCostTheSameEach()
{
    const Growth growth = measureGrowth(
        [this](int count) {
            ClientOptions options = quick({TransportType::WebSocket});
            options.autoConnect = false;
            Manager manager(url(), options);
            QList<ClientSocket *> sockets;
            for (int i = 0; i < count; ++i)
                sockets.append(manager.socket(u"/%1"_s.arg(i)));
            for (int i = count - 1; i >= 0; i -= 2)
                delete sockets.at(i);
        },
        1'000);
    QVERIFY2(growth.isAtMostLinearithmic(), qPrintable(growth.text()));
}

// Builds with assertions stop there, so it happens in a process of its own.
void tst_Client_Order::callsFromAnotherThreadAreRefused()
{
    const char variable[] = "QTSOCKETIO_TEST_WRONG_THREAD";
    if (!qEnvironmentVariableIsSet(variable)) {
        QProcess process;
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        environment.insert(QString::fromLatin1(variable), u"1"_s);
        process.setProcessEnvironment(environment);
        process.start(
            QCoreApplication::applicationFilePath(),
            {u"tst_client_order"_s, u"callsFromAnotherThreadAreRefused"_s, u"-nocrashhandler"_s});
        QVERIFY(process.waitForFinished(20'000));
        const QByteArray output = process.readAllStandardOutput() + process.readAllStandardError();
        QVERIFY2(output.contains("emitEvent() was called in another thread"), output.constData());
#ifdef QT_NO_DEBUG
        QCOMPARE(process.exitCode(), 0);
#else
        QVERIFY(process.exitStatus() == QProcess::CrashExit || process.exitCode() != 0);
#endif
        return;
    }
    ClientOptions options = quick({TransportType::WebSocket});
    options.autoConnect = false;
    Manager manager(url(), options);
    ClientSocket *socket = manager.socket();
    bool emitted = true;
    const std::unique_ptr<QThread> thread(
        QThread::create([&] { emitted = socket->emitEvent(u"say"_s, u"1"_s); }));
    thread->start();
    QVERIFY(thread->wait());
    QVERIFY(!emitted);
    QCOMPARE(socket->bufferedCount(), 0);
}

QTSOCKETIO_TEST(tst_Client_Order)
#include "tst_client_order.moc"
