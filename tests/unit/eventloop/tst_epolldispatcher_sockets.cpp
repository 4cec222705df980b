// SPDX-License-Identifier: MIT
// Qt's classes that work with sockets and processes, on the dispatcher.
#include "dispatchertest.h"

#include <QtCore/qfilesystemwatcher.h>
#include <QtCore/qprocess.h>
#include <QtCore/qtemporarydir.h>
#include <QtCore/qtimer.h>
#include <QtNetwork/qlocalserver.h>
#include <QtNetwork/qlocalsocket.h>
#include <QtNetwork/qnetworkaccessmanager.h>
#include <QtNetwork/qnetworkreply.h>
#include <QtNetwork/qtcpserver.h>
#include <QtNetwork/qtcpsocket.h>
#include <QtNetwork/qudpsocket.h>
#include <QtTest/qsignalspy.h>
#include <QtWebSockets/qwebsocket.h>
#include <QtWebSockets/qwebsocketserver.h>

#include <memory>
#include <vector>

using namespace DispatcherTest;
using namespace Qt::StringLiterals;

namespace {

class EchoServer : public QTcpServer
{
public:
    explicit EchoServer(QObject *parent = nullptr)
        : QTcpServer(parent)
    {
        connect(this, &QTcpServer::newConnection, this, [this] {
            while (QTcpSocket *socket = nextPendingConnection()) {
                connect(socket, &QTcpSocket::readyRead, socket,
                        [socket] { socket->write(socket->readAll()); });
                connect(socket, &QTcpSocket::disconnected, socket, &QObject::deleteLater);
            }
        });
        listen(QHostAddress::LocalHost);
    }
};

} // namespace

class tst_EpollDispatcherSockets : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void tcpEchoOfMuchData();
    void tcpManyConnections();
    void tcpConnectionRefused();
    void tcpPeerDisconnects();
    void tcpWaitForReadyReadInSlot();
    void tcpReadBufferLimit();
    void tcpServerInThread();
    void udp();
    void localSocket();
    void webSocketEcho();
    void httpRequest();
    void process();
    void processKilled();
    void fileSystemWatcher();
};

void tst_EpollDispatcherSockets::tcpEchoOfMuchData()
{
    EchoServer server;
    QTcpSocket client;
    client.connectToHost(server.serverAddress(), server.serverPort());
    QByteArray data;
    for (int i = 0; data.size() < 8 * 1024 * 1024; ++i)
        data += QByteArray::number(i);
    client.write(data);
    QByteArray received;
    connect(&client, &QTcpSocket::readyRead, this, [&] { received += client.readAll(); });
    QTRY_COMPARE_WITH_TIMEOUT(received.size(), data.size(), 60000);
    QVERIFY(received == data);
}

void tst_EpollDispatcherSockets::tcpManyConnections()
{
    EchoServer server;
    std::vector<std::unique_ptr<QTcpSocket>> clients;
    int answers = 0;
    for (int i = 0; i < 200; ++i) {
        clients.push_back(std::make_unique<QTcpSocket>());
        QTcpSocket *client = clients.back().get();
        connect(client, &QTcpSocket::connected, client, [client] { client->write("0"); });
        connect(client, &QTcpSocket::readyRead, client, [client, &answers] {
            const int round = client->readAll().toInt();
            if (round < 9)
                client->write(QByteArray::number(round + 1));
            else
                ++answers;
        });
        client->connectToHost(server.serverAddress(), server.serverPort());
    }
    QTRY_COMPARE_WITH_TIMEOUT(answers, 200, 60000);
}

void tst_EpollDispatcherSockets::tcpConnectionRefused()
{
    quint16 port = 0;
    {
        QTcpServer server;
        QVERIFY(server.listen(QHostAddress::LocalHost));
        port = server.serverPort();
    }
    QTcpSocket client;
    QSignalSpy spy(&client, &QTcpSocket::errorOccurred);
    client.connectToHost(QHostAddress::LocalHost, port);
    QTRY_COMPARE(spy.count(), 1);
    QCOMPARE(client.error(), QAbstractSocket::ConnectionRefusedError);
}

void tst_EpollDispatcherSockets::tcpPeerDisconnects()
{
    QTcpServer server;
    QVERIFY(server.listen(QHostAddress::LocalHost));
    QTcpSocket client;
    QSignalSpy disconnected(&client, &QTcpSocket::disconnected);
    client.connectToHost(server.serverAddress(), server.serverPort());
    QTRY_VERIFY(server.hasPendingConnections());
    QTcpSocket *socket = server.nextPendingConnection();
    QTRY_COMPARE(client.state(), QAbstractSocket::ConnectedState);
    socket->write("bye");
    socket->disconnectFromHost();
    QTRY_COMPARE(disconnected.count(), 1);
    QCOMPARE(client.readAll(), QByteArray("bye"));
}

void tst_EpollDispatcherSockets::tcpWaitForReadyReadInSlot()
{
    EchoServer server;
    QTcpSocket client;
    QThread thread; // the server must run while the client blocks
    setDispatcher(&thread);
    thread.start();
    server.moveToThread(&thread);
    QByteArray answers;
    connect(&client, &QTcpSocket::connected, this, [&] {
        for (int i = 0; i < 3; ++i) {
            client.write(QByteArray::number(i));
            if (client.waitForReadyRead(30000))
                answers += client.readAll();
        }
        client.write("x");
    });
    connect(&client, &QTcpSocket::readyRead, this, [&] {
        if (answers.size() == 3)
            answers += client.readAll();
    });
    client.connectToHost(server.serverAddress(), server.serverPort());
    QTRY_COMPARE(answers, QByteArray("012x"));
    QMetaObject::invokeMethod(
        &server, [&] { server.moveToThread(qApp->thread()); }, Qt::BlockingQueuedConnection);
    thread.quit();
    QVERIFY(thread.wait());
}

void tst_EpollDispatcherSockets::tcpReadBufferLimit()
{
    // The socket switches its notifier off and on.
    EchoServer server;
    QTcpSocket client;
    client.setReadBufferSize(1000);
    client.connectToHost(server.serverAddress(), server.serverPort());
    const QByteArray data(300000, 'x');
    client.write(data);
    qsizetype received = 0;
    QTimer timer;
    connect(&timer, &QTimer::timeout, this, [&] { received += client.readAll().size(); });
    timer.start(0);
    QTRY_COMPARE_WITH_TIMEOUT(received, data.size(), 60000);
}

void tst_EpollDispatcherSockets::tcpServerInThread()
{
    QThread thread;
    setDispatcher(&thread);
    thread.start();
    auto *server = new EchoServer;
    const quint16 port = server->serverPort();
    server->moveToThread(&thread);
    connect(&thread, &QThread::finished, server, &QObject::deleteLater);
    QTcpSocket client;
    client.connectToHost(QHostAddress::LocalHost, port);
    client.write("hello");
    QTRY_COMPARE(client.bytesAvailable(), 5);
    thread.quit();
    QVERIFY(thread.wait());
    QTRY_COMPARE(client.state(), QAbstractSocket::UnconnectedState);
}

void tst_EpollDispatcherSockets::udp()
{
    QUdpSocket receiver;
    QVERIFY(receiver.bind(QHostAddress::LocalHost));
    int received = 0;
    connect(&receiver, &QUdpSocket::readyRead, this, [&] {
        while (receiver.hasPendingDatagrams()) {
            receiver.readDatagram(nullptr, 0);
            ++received;
        }
    });
    QUdpSocket sender;
    for (int i = 1; i <= 20; ++i) {
        QCOMPARE(sender.writeDatagram("x", 1, receiver.localAddress(), receiver.localPort()), 1);
        QTRY_COMPARE(received, i);
    }
}

void tst_EpollDispatcherSockets::localSocket()
{
    QTemporaryDir folder;
    QLocalServer server;
    QVERIFY(server.listen(folder.filePath(u"socket"_s)));
    connect(&server, &QLocalServer::newConnection, this, [&] {
        QLocalSocket *socket = server.nextPendingConnection();
        connect(socket, &QLocalSocket::readyRead, socket,
                [socket] { socket->write(socket->readAll().toUpper()); });
    });
    QLocalSocket client;
    client.connectToServer(server.fullServerName());
    client.write("hello");
    QTRY_COMPARE(client.bytesAvailable(), 5);
    QCOMPARE(client.readAll(), QByteArray("HELLO"));
}

void tst_EpollDispatcherSockets::webSocketEcho()
{
    QWebSocketServer server(u"echo"_s, QWebSocketServer::NonSecureMode);
    QVERIFY(server.listen(QHostAddress::LocalHost));
    connect(&server, &QWebSocketServer::newConnection, this, [&] {
        QWebSocket *socket = server.nextPendingConnection();
        socket->setParent(&server);
        connect(socket, &QWebSocket::textMessageReceived, socket, &QWebSocket::sendTextMessage);
        connect(socket, &QWebSocket::binaryMessageReceived, socket, &QWebSocket::sendBinaryMessage);
    });
    QWebSocket client;
    QSignalSpy texts(&client, &QWebSocket::textMessageReceived);
    QSignalSpy binaries(&client, &QWebSocket::binaryMessageReceived);
    const QByteArray binary(500000, 'b');
    connect(&client, &QWebSocket::connected, this, [&] {
        for (int i = 0; i < 100; ++i)
            client.sendTextMessage(QString::number(i));
        client.sendBinaryMessage(binary);
    });
    client.open(server.serverUrl());
    QTRY_COMPARE(texts.count(), 100);
    QCOMPARE(texts.at(99).at(0).toString(), u"99"_s);
    QTRY_COMPARE(binaries.count(), 1);
    QCOMPARE(binaries.at(0).at(0).toByteArray(), binary);
    QSignalSpy disconnected(&client, &QWebSocket::disconnected);
    client.close();
    QTRY_COMPARE(disconnected.count(), 1);
}

void tst_EpollDispatcherSockets::httpRequest()
{
    QTcpServer server;
    QVERIFY(server.listen(QHostAddress::LocalHost));
    connect(&server, &QTcpServer::newConnection, this, [&] {
        QTcpSocket *socket = server.nextPendingConnection();
        connect(socket, &QTcpSocket::readyRead, socket, [socket] {
            if (socket->readAll().contains("\r\n\r\n"))
                socket->write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        });
    });
    QNetworkAccessManager manager;
    QUrl url;
    url.setScheme(u"http"_s);
    url.setHost(server.serverAddress().toString());
    url.setPort(server.serverPort());
    const std::unique_ptr<QNetworkReply> reply(manager.get(QNetworkRequest(url)));
    QTRY_VERIFY(reply->isFinished());
    QCOMPARE(reply->readAll(), QByteArray("ok"));
}

void tst_EpollDispatcherSockets::process()
{
    QProcess cat;
    cat.start(u"cat"_s, {});
    if (!cat.waitForStarted())
        QSKIP("There is no cat");
    QByteArray data;
    for (int i = 0; data.size() < 1000000; ++i)
        data += QByteArray::number(i);
    cat.write(data);
    cat.closeWriteChannel();
    QSignalSpy finished(&cat, &QProcess::finished);
    QTRY_COMPARE(finished.count(), 1);
    QVERIFY(cat.readAll() == data);
    QCOMPARE(cat.exitStatus(), QProcess::NormalExit);
}

void tst_EpollDispatcherSockets::processKilled()
{
    for (int i = 0; i < 10; ++i) {
        QProcess cat;
        QSignalSpy finished(&cat, &QProcess::finished);
        cat.start(u"cat"_s, {});
        if (!cat.waitForStarted())
            QSKIP("There is no cat");
        cat.kill();
        QTRY_COMPARE(finished.count(), 1);
        QCOMPARE(cat.exitStatus(), QProcess::CrashExit);
    }
}

void tst_EpollDispatcherSockets::fileSystemWatcher()
{
    QTemporaryDir folder;
    QFileSystemWatcher watcher;
    QVERIFY(watcher.addPath(folder.path()));
    QSignalSpy spy(&watcher, &QFileSystemWatcher::directoryChanged);
    QFile file(folder.filePath(u"new"_s));
    QVERIFY(file.open(QIODevice::WriteOnly));
    QTRY_VERIFY(spy.count() > 0);
}

DISPATCHER_TEST(tst_EpollDispatcherSockets)
#include "tst_epolldispatcher_sockets.moc"
