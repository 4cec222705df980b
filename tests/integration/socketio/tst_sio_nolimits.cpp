// SPDX-License-Identifier: MIT
#include "support/testmain.h"
#include "support/warnings.h"

#include <SocketIo/ClientSocket>
#include <SocketIo/Manager>
#include <SocketIo/Namespace>
#include <SocketIo/PendingAck>
#include <SocketIo/Server>
#include <SocketIo/Socket>

#include <QtCore/qabstracteventdispatcher.h>
#include <QtCore/qregularexpression.h>
#include <QtCore/qtimer.h>
#include <QtTest/qsignalspy.h>
#include <QtTest/qtest.h>

#include <limits>

using namespace SocketIo;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

// The greatest number of its type, for no limit, in each option that has a size or a time.
class tst_Sio_NoLimits : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void eventsArrive_data();
    void eventsArrive();
    void drainLetsOneAfterTheOtherGo();
    void pingTimesAreWhatClientsCanWait();
    void emptyNamespacesDoNotKeepTheServerBusy();
};

namespace {

constexpr auto NoTime = std::chrono::milliseconds::max();
constexpr auto NoSize = std::numeric_limits<qsizetype>::max();

ServerOptions serverOptions()
{
    ServerOptions options;
    options.pingInterval = options.pingTimeout = NoTime;
    options.upgradeTimeout = options.connectTimeout = NoTime;
    options.requestTimeout = options.requestTotalTimeout = options.keepAliveTimeout = NoTime;
    options.maxHttpBufferSize = options.maxRequestBufferSize = NoSize;
    options.maxSendBufferSize = options.maxReceiveBufferSize = NoSize;
    options.maxHeaderSize = options.maxBytesPerTurn = NoSize;
    options.perMessageDeflate.emplace();
    options.connectionStateRecovery.emplace();
    options.connectionStateRecovery->maxDisconnectionDuration = NoTime;
    options.connectionStateRecovery->maxLogSize = NoSize;
    return options;
}

ClientOptions clientOptions(const QList<EngineIo::TransportType> &transports)
{
    ClientOptions options;
    options.transports = transports;
    options.requestTimeout = options.upgradeTimeout = options.transportTimeout = NoTime;
    options.timeout = options.ackTimeout = NoTime;
    options.reconnectionDelay = options.reconnectionDelayMax = NoTime;
    options.maxReceiveSize = options.maxReceiveBufferSize = std::numeric_limits<qint64>::max();
    options.maxPacketsPerRequest = NoSize;
    return options;
}

QUrl addressOf(const Server &server)
{
    return QUrl(u"http://127.0.0.1:%1"_s.arg(server.serverPort()));
}

} // namespace

void tst_Sio_NoLimits::eventsArrive_data()
{
    QTest::addColumn<QList<EngineIo::TransportType>>("transports");
    QTest::addColumn<QString>("last");
    using Type = EngineIo::TransportType;
    QTest::newRow("polling") << QList{Type::Polling} << u"polling"_s;
    QTest::newRow("websocket") << QList{Type::WebSocket} << u"websocket"_s;
    QTest::newRow("upgrade") << QList{Type::Polling, Type::WebSocket} << u"websocket"_s;
}

void tst_Sio_NoLimits::eventsArrive()
{
    QFETCH(const QList<EngineIo::TransportType>, transports);
    QFETCH(const QString, last);
    Server server(serverOptions());
    connect(&server, &Server::connected, &server, [](Socket *socket) {
        socket->on(u"ask"_s, socket, [](const QString &text, const Ack &ack) { ack(text); });
    });
    QVERIFY(server.listen(QHostAddress::LocalHost));
    Manager manager(addressOf(server), clientOptions(transports));
    ClientSocket *client = manager.socket();
    QSignalSpy ends(client, &ClientSocket::disconnected);
    QTRY_VERIFY(client->isConnected());
    QTRY_COMPARE(manager.transportName(), last);
    // Long enough to be compressed, on either way.
    const QString text(20'000, u'x');
    int answers = 0;
    for (int i = 0; i < 10; ++i) {
        client->emitWithAck(u"ask"_s, text)->then(client, [&](const QString &same) {
            answers += same == text ? 1 : 0;
        });
    }
    QTRY_COMPARE(answers, 10);
    QCOMPARE(ends.size(), 0);
}

void tst_Sio_NoLimits::drainLetsOneAfterTheOtherGo()
{
    Server server;
    QVERIFY(server.listen(QHostAddress::LocalHost));
    Manager first(addressOf(server));
    Manager second(addressOf(server));
    Manager third(addressOf(server));
    QTRY_VERIFY(first.socket()->isConnected() && second.socket()->isConnected()
                && third.socket()->isConnected());
    int left = 3;
    QList<int> connected; // whenever one goes
    for (Manager *manager : {&first, &second, &third}) {
        connect(manager->socket(), &ClientSocket::disconnected, this, [&] {
            connected.append(server.mainNamespace()->socketsCount());
            --left;
        });
    }
    server.drain(NoTime);
    QTRY_COMPARE(left, 0);
    QCOMPARE(connected.first(), 2);
}

void tst_Sio_NoLimits::pingTimesAreWhatClientsCanWait()
{
    const Warnings warnings;
    ServerOptions options;
    options.pingInterval = 30 * 24h;
    const Server server(options);
    QCOMPARE(warnings.all().size(), 1);
    QVERIFY2(warnings.text().contains(u"pingInterval of 2592000000 ms is longer"_s),
             qPrintable(warnings.text()));
    // Their sum is an interval of JavaScript, and of QTimer.
    const ServerOptions all = Server(serverOptions()).options();
    QVERIFY(all.pingInterval + all.pingTimeout <= 2147483647ms);
    QVERIFY(all.pingTimeout > 12 * 24h);
}

void tst_Sio_NoLimits::emptyNamespacesDoNotKeepTheServerBusy()
{
    ServerOptions options = serverOptions();
    options.cleanupEmptyChildNamespaces = true;
    Server server(options);
    server.of(QRegularExpression(u"^/child$"_s));
    QVERIFY(server.listen(QHostAddress::LocalHost));
    {
        Manager manager(addressOf(server), clientOptions({EngineIo::TransportType::WebSocket}));
        ClientSocket *client = manager.socket(u"/child"_s);
        QTRY_VERIFY(client->isConnected());
    }
    QTRY_COMPARE(server.of(u"/child"_s)->socketsCount(), 0);
    // Timers that are due at once leave no turn of the event loop without one.
    int turns = 0;
    QTimer turn;
    connect(&turn, &QTimer::timeout, this, [&turns] { ++turns; });
    turn.start(20);
    int awakenings = 0;
    connect(QAbstractEventDispatcher::instance(), &QAbstractEventDispatcher::awake, this,
            [&awakenings] { ++awakenings; });
    QTRY_VERIFY(turns >= 10);
    QVERIFY2(awakenings < 200, qPrintable(QString::number(awakenings)));
}

QTSOCKETIO_TEST(tst_Sio_NoLimits)
#include "tst_sio_nolimits.moc"
