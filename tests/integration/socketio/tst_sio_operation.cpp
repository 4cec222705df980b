// SPDX-License-Identifier: MIT
#include "rawclient.h"
#include "support/openmetrics.h"
#include "support/testmain.h"
#include "support/warnings.h"

#include <SocketIo/ClientSocket>
#include <SocketIo/Manager>
#include <SocketIo/ServerMetrics>

#include <QtNetwork/qtcpserver.h>
#include <QtNetwork/qtcpsocket.h>

using namespace SocketIo;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

class tst_Sio_Operation : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void numbersOfSocketsAndEvents();
    void recoveriesAreCounted();
    void drainedClientsConnectElsewhere_data();
    void drainedClientsConnectElsewhere();
    void clientsDoNotFillTheLog_data();
    void clientsDoNotFillTheLog();
};

void tst_Sio_Operation::numbersOfSocketsAndEvents()
{
    ServerOptions options;
    options.metricsPath = u"/metrics"_s;
    SioServer io(options);
    io.of(u"/chat"_s);
    SocketCatcher catcher(&io);
    RawClient client(io.port());
    client.send("40");
    QVERIFY(client.wait().startsWith("40"));
    client.send("40/chat,");
    QVERIFY(client.wait().startsWith("40/chat,"));
    catcher.last()->join(u"room"_s);
    client.send("42[\"a\"]");
    client.send("42/chat,[\"b\"]");
    ServerMetrics metrics(&io);
    QTRY_COMPARE_WITH_TIMEOUT(metrics.eventsReceived(), quint64(2), 30000);
    QCOMPARE(metrics.namespacesCount(), 2);
    QCOMPARE(metrics.socketsCount(), 2);
    QCOMPARE(metrics.roomsCount(), 3);
    QCOMPARE(metrics.socketsConnected(), quint64(2));
    RawConnection scraper(io.port());
    const OpenMetrics numbers(scraper.request("GET", "/metrics").body);
    QCOMPARE(numbers.error, QString());
    QCOMPARE(numbers.samples.value(u"socketio_namespaces"_s), 2.0);
    QCOMPARE(numbers.samples.value(u"socketio_sockets"_s), 2.0);
    QCOMPARE(numbers.samples.value(u"socketio_rooms"_s), 3.0);
    QCOMPARE(numbers.samples.value(u"socketio_events_received_total"_s), 2.0);
    QCOMPARE(numbers.samples.value(u"engineio_sessions{transport=\"websocket\"}"_s), 1.0);
}

void tst_Sio_Operation::recoveriesAreCounted()
{
    ServerOptions options;
    options.connectionStateRecovery = RecoveryOptions();
    SioServer io(options);
    SocketCatcher catcher(&io);
    ServerMetrics metrics(&io);
    QString pid;
    QString offset;
    {
        RawClient client(io.port());
        client.send("40");
        pid = client.waitForJson().object.value(u"pid").toString();
        catcher.last()->emitEvent(u"x"_s);
        offset = client.waitForJson().array.last().toString();
        client.drop();
        QTRY_COMPARE_WITH_TIMEOUT(io.engine()->clientsCount(), 0, 30000);
    }
    RawClient back(io.port());
    back.send("40" + jsonText({{u"pid"_s, pid}, {u"offset"_s, offset}}));
    QVERIFY(back.wait().startsWith("40"));
    RawClient stranger(io.port());
    stranger.send("40" + jsonText({{u"pid"_s, u"unknown"_s}, {u"offset"_s, offset}}));
    QVERIFY(stranger.wait().startsWith("40"));
    QTRY_COMPARE_WITH_TIMEOUT(metrics.socketsConnected(), quint64(3), 30000);
    QCOMPARE(metrics.socketsRecovered(), quint64(1));
    QCOMPARE(metrics.recoveriesMissed(), quint64(1));
}

void tst_Sio_Operation::drainedClientsConnectElsewhere_data()
{
    QTest::addColumn<int>("transport");
    QTest::newRow("polling") << int(EngineIo::TransportType::Polling);
    QTest::newRow("WebSocket") << int(EngineIo::TransportType::WebSocket);
}

// The proxy of this test sends everybody to the other server from now on.
void tst_Sio_Operation::drainedClientsConnectElsewhere()
{
    QFETCH(int, transport);
    Server first;
    Server second;
    QVERIFY(first.listen(QHostAddress::LocalHost));
    QVERIFY(second.listen(QHostAddress::LocalHost));
    QTcpServer proxy;
    QVERIFY(proxy.listen(QHostAddress::LocalHost));
    quint16 target = first.serverPort();
    connect(&proxy, &QTcpServer::newConnection, &proxy, [&] {
        QTcpSocket *near = proxy.nextPendingConnection();
        auto *far = new QTcpSocket(near);
        connect(near, &QTcpSocket::readyRead, far, [=] { far->write(near->readAll()); });
        connect(far, &QTcpSocket::readyRead, near, [=] { near->write(far->readAll()); });
        connect(near, &QTcpSocket::disconnected, near, &QObject::deleteLater);
        connect(far, &QTcpSocket::disconnected, near, &QTcpSocket::disconnectFromHost);
        far->connectToHost(QHostAddress::LocalHost, target);
        if (near->bytesAvailable() > 0)
            far->write(near->readAll());
    });
    QStringList reasons;
    connect(&first, &Server::connected, this, [&](Socket *socket) {
        connect(socket, &Socket::disconnected, this, [&](Socket::DisconnectReason reason) {
            reasons.append(Socket::disconnectReasonText(reason));
        });
    });
    QSignalSpy moved(&second, &Server::connected);
    QSignalSpy drained(&first, &Server::drained);

    ClientOptions options;
    options.transports = {EngineIo::TransportType(transport)};
    options.reconnectionDelay = 10ms;
    options.reconnectionDelayMax = 50ms;
    Manager manager(QUrl(u"http://127.0.0.1:%1"_s.arg(proxy.serverPort())), options);
    ClientSocket *client = manager.socket(u"/"_s);
    QSignalSpy connections(client, &ClientSocket::connected);
    client->open();
    QTRY_COMPARE_WITH_TIMEOUT(connections.size(), 1, 30000);
    QCOMPARE(moved.size(), 0);
    target = second.serverPort();
    first.drain(20s);
    QVERIFY(first.isDraining());
    QTRY_COMPARE_WITH_TIMEOUT(connections.size(), 2, 30000);
    QTRY_COMPARE_WITH_TIMEOUT(moved.size(), 1, 30000);
    QTRY_COMPARE_WITH_TIMEOUT(drained.size(), 1, 30000);
    QCOMPARE(reasons.size(), 1);
    QVERIFY(!first.isListening());
}

void tst_Sio_Operation::clientsDoNotFillTheLog_data()
{
    QTest::addColumn<QByteArray>("packet");
    QTest::addColumn<QString>("warning");
    QTest::newRow("argument of another type")
        << "42[\"number\",\"abc\"]"_ba
        << u"^A listener of event \"number\" from socket \\S+ at 127\\.0\\.0\\.1 in namespace / "
           u"was "
           "not called: argument 1 \\(QString\\) cannot be converted to int; received "
           "\\(QString\\)\\. "
           "Send what the listener takes, .+"_s;
    QTest::newRow("argument that is missing")
        << "42[\"number\"]"_ba
        << u"was not called: argument 1 is missing; nothing was received\\. Send "_s;
    QTest::newRow("too many rooms")
        << "42[\"join\",\"a\",\"b\",\"c\"]"_ba << u"maxRoomsPerSocket"_s;
    QTest::newRow("acknowledgements that do not come")
        << "42[\"ask\"]"_ba << u"^The event \"question\" is not sent: .+maxPendingAcksPerSocket"_s;
    QTest::newRow("too many namespaces") << "40/n2,"_ba << u"maxChildNamespaces"_s;
}

void tst_Sio_Operation::clientsDoNotFillTheLog()
{
    QFETCH(QByteArray, packet);
    QFETCH(QString, warning);
    ServerOptions options;
    options.maxRoomsPerSocket = 2;
    options.maxPendingAcksPerSocket = 1;
    options.maxChildNamespaces = 1;
    SioServer io(options);
    io.of(QRegularExpression(u"^/n"_s));
    bool isOver = false;
    connect(&io, &Server::connected, this, [&](Socket *socket) {
        socket->on(u"number"_s, socket, [](int) {});
        socket->on(u"join"_s, socket, [socket](const QVariantList &rooms) {
            for (const QVariant &room : rooms)
                socket->join(room.toString());
        });
        socket->on(u"ask"_s, socket, [socket] {
            socket->emitWithAck(u"question"_s)->onFailed(socket, [](const Error &) {});
        });
        socket->on(u"over"_s, socket, [&isOver] { isOver = true; });
    });
    RawClient client(io.port());
    client.join();
    QVERIFY(!client.join("/n1").isEmpty());
    const Warnings warnings;
    for (int i = 0; i < 100; ++i)
        client.send(packet);
    client.send("42[\"over\"]");
    QTRY_VERIFY_WITH_TIMEOUT(isOver, 30000);
    QCOMPARE(warnings.all().size(), 1);
    QVERIFY2(QRegularExpression(warning).match(warnings.text()).hasMatch(),
             qPrintable(warnings.text()));
}

QTSOCKETIO_TEST(tst_Sio_Operation)

#include "tst_sio_operation.moc"
