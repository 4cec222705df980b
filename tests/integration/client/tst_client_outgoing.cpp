// SPDX-License-Identifier: MIT
#include "socketio/client/manager_p.h"
#include "support/testmain.h"
#include "support/warnings.h"

#include <EngineIo/Server>
#include <EngineIo/Session>
#include <SocketIo/Manager>
#include <SocketIo/Server>

#include <QtCore/qregularexpression.h>
#include <QtNetwork/qtcpserver.h>
#include <QtNetwork/qtcpsocket.h>
#include <QtTest/qsignalspy.h>
#include <QtTest/qtest.h>

#include <memory>

using namespace SocketIo;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using EngineIo::TransportType;

// Events on their way out that something stops: limits, other events, listeners, servers. Each has
// its reason told, and none is lost in silence.
class tst_Client_Outgoing : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();
    void limitsConcernOnlyWhatWaits();
    void volatileEventsNeedNoRoom();
    void listenersThatCloseLoseNothing();
    void listenersThatCloseKeepTheOrder();
    void listenersThatCloseFailTheAcknowledgement();
    void listenersThatDeleteTheSocketAreTold();
    void eventsWithoutAnAcknowledgementAreTold();
    void errorsNameTheServerTheyAreOf();
    void otherParsersAreSuspected();
    void namesWithACommaAreRefused();
    void refusalsHaveTheirRemedy_data();
    void refusalsHaveTheirRemedy();

private:
    QUrl url() const { return QUrl(u"http://127.0.0.1:%1"_s.arg(io->serverPort())); }
    static ClientOptions quick()
    {
        ClientOptions options;
        options.transports = {TransportType::WebSocket};
        options.reconnectionDelay = options.reconnectionDelayMax = 5ms;
        return options;
    }

    std::unique_ptr<Server> io;
    QStringList received; // by the server
};

void tst_Client_Outgoing::init()
{
    received.clear();
    io = std::make_unique<Server>();
    connect(io.get(), &Server::connected, this, [this](Socket *socket) {
        socket->on(u"say"_s, socket, [this](const QString &text) { received.append(text); });
    });
    QVERIFY(io->listen(QHostAddress::LocalHost));
}

void tst_Client_Outgoing::cleanup()
{
    io.reset();
}

void tst_Client_Outgoing::limitsConcernOnlyWhatWaits()
{
    ClientOptions options = quick();
    options.maxBufferedEvents = 0;
    options.autoConnect = false;
    Manager manager(url(), options);
    ClientSocket *socket = manager.socket();
    QTest::ignoreMessage(QtWarningMsg,
                         QRegularExpression(u"^the event \"say\" was dropped: 0 events wait"_s));
    QVERIFY(!socket->emitEvent(u"say"_s, u"too early"_s));
    socket->open();
    QTRY_VERIFY(socket->isConnected());
    for (const QString &text : {u"1"_s, u"2"_s, u"3"_s})
        QVERIFY(socket->emitEvent(u"say"_s, text));
    QTRY_COMPARE(received, (QStringList{u"1"_s, u"2"_s, u"3"_s}));
}

void tst_Client_Outgoing::volatileEventsNeedNoRoom()
{
    ClientOptions options = quick();
    options.maxBufferedEvents = 1;
    options.retries = 1;
    options.ackTimeout = 60s;
    Manager manager(url(), options);
    ClientSocket *socket = manager.socket();
    QTRY_VERIFY(socket->isConnected());
    QVERIFY(socket->emitEvent(u"unanswered"_s));
    QCOMPARE(socket->queuedCount(), 1);
    QTest::ignoreMessage(QtWarningMsg,
                         QRegularExpression(u"^the event \"say\" was dropped: 1 events wait "
                                            "already.*while earlier events wait for their "
                                            "acknowledgement"_s));
    QVERIFY(!socket->emitEvent(u"say"_s, u"waits"_s));
    QTRY_VERIFY(manager.engine()->isWritable());
    QVERIFY(socket->asVolatile().emitEvent(u"say"_s, u"volatile"_s));
    QTRY_COMPARE(received, QStringList{u"volatile"_s});
}

void tst_Client_Outgoing::listenersThatCloseLoseNothing()
{
    Manager manager(url(), quick());
    ClientSocket *socket = manager.socket();
    QTRY_VERIFY(socket->isConnected());
    const ListenerId id = socket->onAnyOutgoing(
        socket, [socket](const QString &, const QVariantList &) { socket->close(); });
    QTest::ignoreMessage(
        QtWarningMsg,
        QRegularExpression(u"^the event \"say\" to / of .* waits until open\\(\\) is "
                           "called: the socket was closed"_s));
    QVERIFY(socket->emitEvent(u"say"_s, u"late"_s));
    QVERIFY(!socket->isConnected());
    QCOMPARE(socket->bufferedCount(), 1);
    QVERIFY(!socket->isFlushed());
    QTest::qWait(0); // for the warning
    QVERIFY(socket->off(id));
    socket->open();
    QTRY_COMPARE(received, QStringList{u"late"_s});
}

// The events before one that a listener stops have left, it and those after it wait.
void tst_Client_Outgoing::listenersThatCloseKeepTheOrder()
{
    ClientOptions options = quick();
    options.autoConnect = false;
    Manager manager(url(), options);
    ClientSocket *socket = manager.socket();
    for (const QString &text : {u"1"_s, u"2"_s, u"3"_s, u"4"_s})
        QVERIFY(socket->emitEvent(u"say"_s, text));
    const ListenerId id =
        socket->onAnyOutgoing(socket, [socket](const QString &, const QVariantList &args) {
            if (args.value(0) == u"2"_s)
                socket->close();
        });
    Warnings log;
    socket->open();
    QTRY_COMPARE(received, QStringList{u"1"_s});
    QTRY_COMPARE(socket->bufferedCount(), 3);
    QVERIFY(socket->off(id));
    socket->open();
    QTRY_COMPARE(received, (QStringList{u"1"_s, u"2"_s, u"3"_s, u"4"_s}));
}

void tst_Client_Outgoing::listenersThatCloseFailTheAcknowledgement()
{
    Manager manager(url(), quick());
    ClientSocket *socket = manager.socket();
    QTRY_VERIFY(socket->isConnected());
    socket->onAnyOutgoing(socket,
                          [socket](const QString &, const QVariantList &) { socket->close(); });
    Error error;
    socket->emitWithAck(u"say"_s, u"x"_s)->onFailed(this, [&](const Error &why) { error = why; });
    QTRY_VERIFY(error);
    QCOMPARE(error.type(), Error::Type::Disconnected);
    QVERIFY2(error.hint().contains(u"called close()"_s), qPrintable(error.hint()));
}

void tst_Client_Outgoing::listenersThatDeleteTheSocketAreTold()
{
    Manager manager(url(), quick());
    ClientSocket *socket = manager.socket();
    QTRY_VERIFY(socket->isConnected());
    socket->onAnyOutgoing(this, [socket](const QString &, const QVariantList &) { delete socket; });
    QTest::ignoreMessage(QtWarningMsg,
                         "The event \"say\" is lost: an outgoing listener has deleted its socket");
    QVERIFY(!socket->emitEvent(u"say"_s, u"x"_s));
}

// With retries each event waits for the answer to the one before, without a time-out for ever.
void tst_Client_Outgoing::eventsWithoutAnAcknowledgementAreTold()
{
    ClientOptions options = quick();
    options.retries = 3;
    Manager manager(url(), options);
    ManagerPrivate::get(&manager)->ackPatience = 20ms;
    ClientSocket *socket = manager.socket();
    QTRY_VERIFY(socket->isConnected());
    Warnings log;
    socket->emitEvent(u"say"_s, u"1"_s);
    socket->emitEvent(u"say"_s, u"2"_s);
    QTRY_COMPARE(log.all().size(), 1);
    QVERIFY2(log.text().contains(u"the event \"say\" to / of"_s)
                 && log.text().contains(u"not been acknowledged for 20 ms, and 1 more wait"_s)
                 && log.text().contains(u"ClientOptions::ackTimeout"_s),
             qPrintable(log.text()));
    log.take();
    delete socket;
    QVERIFY2(log.text().contains(u"an earlier event, \"say\", waits for its acknowledgement"_s),
             qPrintable(log.text()));
}

// Of the old server until it is left, also when the URL of another one is set.
void tst_Client_Outgoing::errorsNameTheServerTheyAreOf()
{
    Manager manager(url(), quick());
    ClientSocket *socket = manager.socket();
    QTRY_VERIFY(socket->isConnected());
    ClientSocket *missing = manager.socket(u"/missing"_s);
    manager.setUrl(QUrl(u"http://127.0.0.1:1"_s));
    Error error;
    connect(missing, &ClientSocket::connectError, this, [&](const Error &why) { error = why; });
    QTRY_VERIFY(error);
    QVERIFY2(error.message().contains(url().toString()), qPrintable(error.message()));
}

// A server that cannot read the client's packets hangs up without a reason.
void tst_Client_Outgoing::otherParsersAreSuspected()
{
    EngineIo::ServerOptions serverOptions;
    serverOptions.path = u"/socket.io"_s;
    EngineIo::Server server(serverOptions);
    connect(&server, &EngineIo::Server::connection, this, [](EngineIo::Session *session) {
        connect(session, &EngineIo::Session::messageReceived, session,
                [session] { session->close(); });
    });
    QVERIFY(server.listen(QHostAddress::LocalHost));
    ClientOptions options = quick();
    options.reconnection = false;
    Manager manager(QUrl(u"http://127.0.0.1:%1"_s.arg(server.serverPort())), options);
    ClientSocket *socket = manager.socket();
    Error error;
    connect(socket, &ClientSocket::connectError, this, [&](const Error &why) { error = why; });
    QTRY_VERIFY(error);
    QVERIFY2(error.message().contains(u"was not joined"_s), qPrintable(error.message()));
    QVERIFY2(error.hint().contains(u"both use the same parser"_s), qPrintable(error.hint()));
}

// A server would take the name for another one, and close the connection of all sockets.
void tst_Client_Outgoing::namesWithACommaAreRefused()
{
    Manager manager(url(), quick());
    ClientSocket *other = manager.socket();
    QSignalSpy ends(other, &ClientSocket::disconnected);
    QTRY_VERIFY(other->isConnected());
    ClientSocket *socket = manager.socket(u"/a,b"_s);
    QList<Error> errors;
    connect(socket, &ClientSocket::connectError, this,
            [&errors](const Error &error) { errors.append(error); });
    QTRY_COMPARE(errors.size(), 1);
    QVERIFY2(errors.first().message().contains(u"\"/a,b\" cannot be joined"_s),
             qPrintable(errors.first().message()));
    QVERIFY(!socket->isActive());
    bool answered = false;
    connect(other, &ClientSocket::eventReceived, this, [&answered] { answered = true; });
    io->emitEvent(u"still there"_s);
    QTRY_VERIFY(answered);
    QCOMPARE(ends.size(), 0);
}

void tst_Client_Outgoing::refusalsHaveTheirRemedy_data()
{
    QTest::addColumn<QByteArray>("status");
    QTest::addColumn<QString>("hint");
    const QString tooBig = u"extraHeaders and cookies shorter"_s;
    QTest::newRow("413") << "413 Content Too Large"_ba << tooBig;
    QTest::newRow("414") << "414 URI Too Long"_ba << tooBig;
    QTest::newRow("429") << "429 Too Many Requests"_ba << u"reconnectionDelay"_s;
    QTest::newRow("431") << "431 Request Header Fields Too Large"_ba << tooBig;
    QTest::newRow("500") << "500 Internal Server Error"_ba << u"check what it logs"_s;
}

void tst_Client_Outgoing::refusalsHaveTheirRemedy()
{
    QFETCH(QByteArray, status);
    QFETCH(QString, hint);
    QTcpServer server;
    connect(&server, &QTcpServer::newConnection, this, [&] {
        QTcpSocket *peer = server.nextPendingConnection();
        connect(peer, &QIODevice::readyRead, peer, [peer, status] {
            if (peer->readAll().contains("\r\n\r\n"))
                peer->write("HTTP/1.1 " + status + "\r\nContent-Length: 0\r\n\r\n");
        });
    });
    QVERIFY(server.listen(QHostAddress::LocalHost));
    ClientOptions options = quick();
    options.transports = {TransportType::Polling};
    options.reconnection = false;
    Manager manager(QUrl(u"http://127.0.0.1:%1"_s.arg(server.serverPort())), options);
    Error error;
    connect(&manager, &Manager::errorOccurred, this, [&](const Error &why) { error = why; });
    manager.open();
    QTRY_VERIFY(error);
    QVERIFY2(error.hint().contains(hint), qPrintable(error.hint()));
}

QTSOCKETIO_TEST(tst_Client_Outgoing)
#include "tst_client_outgoing.moc"
