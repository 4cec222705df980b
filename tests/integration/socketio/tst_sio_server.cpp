// SPDX-License-Identifier: MIT
#include "rawclient.h"
#include "support/testmain.h"

#include <SocketIo/Adapter>
#include <SocketIo/InMemoryAdapter>

#include <QtNetwork/qtcpserver.h>

#include <functional>

using namespace SocketIo;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

class tst_Sio_Server : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void defaultsAreSocketIos();
    void closeDisconnectsAllAndFreesThePort();
    void closeIsHarmlessTwiceAndWithoutListening();
    void serverListensAgainAfterClose();
    void adaptersAreOpenedAndClosed();
    void attachedServerIsServed();
    void pathCanBeChanged();
    void optionsAreThoseOfTheStart();
    void anythingMayBeDeletedInASlot_data();
    void anythingMayBeDeletedInASlot();
    void deletedServerClosesItsConnections();
    void manyClientsComeAndGo();
};

void tst_Sio_Server::defaultsAreSocketIos()
{
    const ServerOptions options = Server().options();
    QCOMPARE(options.path, u"/socket.io"_s);
    QVERIFY(options.serveClient);
    QVERIFY(options.clientFolder.isEmpty());
    QCOMPARE(options.connectTimeout, 45000ms);
    QVERIFY(!options.connectionStateRecovery);
    QVERIFY(!options.cleanupEmptyChildNamespaces);
    QCOMPARE(RecoveryOptions().maxDisconnectionDuration, 120000ms);
    QVERIFY(RecoveryOptions().skipMiddlewares);
}

void tst_Sio_Server::closeDisconnectsAllAndFreesThePort()
{
    SioServer io;
    QStringList left;
    for (const QString &name : {u"/"_s, u"/a"_s}) {
        connect(io.of(name), &Namespace::disconnected, this,
                [&left, name](Socket *, Socket::DisconnectReason reason) {
                    left += name + u' ' + Socket::disconnectReasonText(reason);
                });
    }
    QSignalSpy closed(&io, &Server::closed);
    QSignalSpy listening(&io, &Server::listeningChanged);
    RawClient client(io.port());
    client.join();
    client.join("/a");
    const quint16 port = io.port();
    io.close();
    left.sort();
    QCOMPARE(left, (QStringList{u"/ server shutting down"_s, u"/a server shutting down"_s}));
    QVERIFY(client.waitForClosed());
    QCOMPARE(closed.size(), 1);
    QCOMPARE(listening.size(), 1);
    QVERIFY(!io.isListening());
    QCOMPARE(io.engine()->clientsCount(), 0);
    QTcpServer other;
    QVERIFY2(other.listen(QHostAddress::LocalHost, port), qPrintable(other.errorString()));
}

void tst_Sio_Server::closeIsHarmlessTwiceAndWithoutListening()
{
    Server unused;
    unused.close();
    unused.close();
    SioServer io;
    RawClient client(io.port());
    client.join();
    io.close();
    io.close();
    QVERIFY(client.waitForClosed());
}

void tst_Sio_Server::serverListensAgainAfterClose()
{
    SioServer io;
    SocketCatcher catcher(&io);
    const quint16 port = io.port();
    {
        RawClient client(port);
        client.join();
        io.close();
        QVERIFY(client.waitForClosed());
    }
    QVERIFY(io.listen(QHostAddress::LocalHost, port));
    RawClient client(port);
    client.join();
    QTRY_COMPARE(catcher.count(), 2);
    catcher.last()->emitEvent(u"x"_s);
    QCOMPARE(client.wait(), "42[\"x\"]"_ba); // once, and only to the new one
    client.send("40/x,");
    QVERIFY(client.wait().startsWith("44/x,"));
}

namespace {
class LoggingAdapter final : public InMemoryAdapter
{
public:
    LoggingAdapter(Namespace *nsp, QStringList *log)
        : InMemoryAdapter(nsp)
        , m_log(log)
    {
    }
    ~LoggingAdapter() override { *m_log += u"~"_s + nsp()->name(); }
    void init() override { *m_log += u"init "_s + nsp()->name(); }
    void close() override { *m_log += u"close "_s + nsp()->name(); }

private:
    QStringList *m_log;
};
} // namespace

void tst_Sio_Server::adaptersAreOpenedAndClosed()
{
    QStringList log;
    ServerOptions options;
    options.adapter = [&log](Namespace *nsp) {
        return std::make_unique<LoggingAdapter>(nsp, &log);
    };
    {
        SioServer io(options);
        io.of(u"/a"_s);
        QCOMPARE(log, (QStringList{u"init /"_s, u"init /a"_s}));
        log.clear();
        io.close();
        io.close();
        log.sort();
        QCOMPARE(log, (QStringList{u"close /"_s, u"close /a"_s}));
        log.clear();
        QVERIFY(io.listen(QHostAddress::LocalHost));
        delete io.of(u"/a"_s);
        QCOMPARE(log.last(), u"~/a"_s);
        log.clear();
    }
    QCOMPARE(log, (QStringList{u"close /"_s, u"~/"_s}));
}

void tst_Sio_Server::attachedServerIsServed()
{
    QTcpServer tcp;
    QVERIFY(tcp.listen(QHostAddress::LocalHost));
    Server io;
    io.attach(&tcp);
    QVERIFY(!io.isListening());
    RawClient client(tcp.serverPort());
    QVERIFY(!client.join().isEmpty());
    io.close();
    QVERIFY(client.waitForClosed());
    QVERIFY(tcp.isListening());
}

void tst_Sio_Server::pathCanBeChanged()
{
    ServerOptions options;
    options.path = u"/chat/io/"_s;
    SioServer io(options);
    RawConnection connection(io.port());
    QCOMPARE(connection.request("GET", "/chat/io/?EIO=4&transport=polling").status, 200);
    QCOMPARE(connection.request("GET", "/socket.io/?EIO=4&transport=polling").status, 404);
}

void tst_Sio_Server::optionsAreThoseOfTheStart()
{
    SioServer io;
    const QString warning = u"The options of a server that has started cannot be changed"_s;
    ServerOptions other;
    other.path = u"/other"_s;
    other.maxRoomsPerSocket = 1;
    QTest::ignoreMessage(QtWarningMsg, qPrintable(warning));
    io.setOptions(other);
    RawClient client(io.port()); // at the path of the start
    QVERIFY(!client.join().isEmpty());
    QTest::ignoreMessage(QtWarningMsg, qPrintable(warning));
    io.setOptions(other);
    QCOMPARE(io.options().path, u"/socket.io"_s);
    QCOMPARE(io.options().maxRoomsPerSocket, ServerOptions().maxRoomsPerSocket);
}

void tst_Sio_Server::anythingMayBeDeletedInASlot_data()
{
    QTest::addColumn<QString>("moment");
    QTest::addColumn<QString>("victim");
    for (const char *moment :
         {"middleware", "connected", "event", "any", "outgoing", "eventReceived", "roomJoined",
          "roomLeft", "disconnecting", "disconnected", "namespaceDisconnected", "ack", "ackFailed",
          "broadcastAck", "eventMiddleware", "newNamespace", "close"}) {
        for (const char *victim : {"socket", "namespace", "server"}) {
            QTest::addRow("%s in %s", victim, moment)
                << QString::fromLatin1(moment) << QString::fromLatin1(victim);
        }
    }
}

void tst_Sio_Server::anythingMayBeDeletedInASlot()
{
    QFETCH(QString, moment);
    QFETCH(QString, victim);
    for (const bool recovers : {false, true}) {
        ServerOptions options;
        if (recovers)
            options.connectionStateRecovery = RecoveryOptions();
        QPointer<SioServer> io = new SioServer(options);
        const QPointer<Namespace> nsp = io->of(u"/n"_s);
        QPointer<Socket> current;
        bool done = false;
        const auto strike = [&](const QString &at) {
            if (at != moment || done)
                return;
            done = true;
            if (victim == u"socket")
                delete current.data();
            else if (victim == u"namespace")
                delete nsp.data();
            else
                delete io.data();
        };
        nsp->use([&](Socket *socket, const Next &next) {
            current = socket;
            strike(u"middleware"_s);
            next();
        });
        connect(nsp, &Namespace::roomJoined, this, [&] { strike(u"roomJoined"_s); });
        connect(nsp, &Namespace::roomLeft, this, [&] { strike(u"roomLeft"_s); });
        connect(nsp, &Namespace::disconnected, this, [&] { strike(u"namespaceDisconnected"_s); });
        connect(io, &Server::newNamespace, this, [&] { strike(u"newNamespace"_s); });
        connect(nsp, &Namespace::connected, this, [&](Socket *socket) {
            current = socket;
            socket->onAny(socket, [&] { strike(u"any"_s); });
            socket->onAnyOutgoing(socket, [&] { strike(u"outgoing"_s); });
            socket->use([&](QVariantList &, const Next &next) {
                strike(u"eventMiddleware"_s);
                next();
            });
            socket->on(u"x"_s, socket, [&] { strike(u"event"_s); });
            connect(socket, &Socket::eventReceived, this, [&] { strike(u"eventReceived"_s); });
            connect(socket, &Socket::disconnecting, this, [&] { strike(u"disconnecting"_s); });
            connect(socket, &Socket::disconnected, this, [&] { strike(u"disconnected"_s); });
            strike(u"connected"_s);
        });
        {
            const auto isDone = [&done] { return done; };
            RawClient client(io->port());
            RawClient other(io->port());
            other.send("40");
            client.send("40/n,");
            if (moment == u"newNamespace")
                io->of(u"/new"_s);
            client.wait(isDone);
            if (!done) {
                QPointer<PendingAck> ack = current->emitWithAck(u"q"_s);
                if (ack)
                    ack->then(this, [&] { strike(u"ack"_s); });
            }
            client.wait(isDone);
            if (!done) {
                client.send("43/n,0[]");
                if (PendingAck *ack = nsp->emitWithAck(u"q"_s))
                    ack->then(this, [&] { strike(u"broadcastAck"_s); });
            }
            client.wait(isDone);
            if (!done) {
                client.send("43/n,1[]");
                client.send("42/n,[\"x\"]");
                client.send("41/n,");
                if (current) {
                    if (PendingAck *ack = current->emitWithAck(u"never"_s))
                        ack->onFailed(this, [&] { strike(u"ackFailed"_s); });
                }
                if (moment == u"close") {
                    connect(nsp, &Namespace::disconnected, this, [&] { strike(u"close"_s); });
                    io->close();
                }
            }
            QTRY_VERIFY2(done, qPrintable(moment));
            if (io) {
                // The rest goes on as if nothing had happened.
                io->mainNamespace()->emitEvent(u"all"_s);
                if (moment != u"close")
                    QVERIFY(other.wait().startsWith("40"));
            }
        }
        QCoreApplication::processEvents();
        delete io;
        QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
    }
}

void tst_Sio_Server::deletedServerClosesItsConnections()
{
    auto io = std::make_unique<SioServer>();
    SocketCatcher catcher(io.get());
    QPointer<Namespace> nsp = io->mainNamespace();
    RawClient client(io->port());
    client.join();
    QTRY_COMPARE(catcher.count(), 1);
    PendingAck *ack = catcher.last()->emitWithAck(u"q"_s);
    const QFuture<QVariantList> future = ack->future();
    io.reset();
    QVERIFY(client.waitForClosed());
    QVERIFY(nsp.isNull());
    QVERIFY(catcher.sockets.first().isNull());
    QVERIFY(future.isFinished() || future.isCanceled());
}

void tst_Sio_Server::manyClientsComeAndGo()
{
    SioServer io;
    QSignalSpy disconnections(io.mainNamespace(), &Namespace::disconnected);
    for (int round = 0; round < 3; ++round) {
        std::vector<std::unique_ptr<RawClient>> clients;
        for (int i = 0; i < 50; ++i) {
            clients.push_back(std::make_unique<RawClient>(io.port()));
            clients.back()->send("40");
        }
        QTRY_COMPARE(io.mainNamespace()->socketsCount(), 50);
        io.emitEvent(u"x"_s);
        for (const auto &client : clients) {
            QVERIFY(client->wait().startsWith("40"));
            QCOMPARE(client->wait(), "42[\"x\"]"_ba);
        }
        for (size_t i = 0; i < clients.size(); i += 2)
            clients[i]->drop();
        QTRY_COMPARE(io.mainNamespace()->socketsCount(), 25);
        clients.clear();
        QTRY_COMPARE(io.mainNamespace()->socketsCount(), 0);
    }
    QCOMPARE(disconnections.size(), 150);
    QCOMPARE(io.mainNamespace()->adapter()->rooms(), QStringList());
}

QTSOCKETIO_TEST(tst_Sio_Server)

#include "tst_sio_server.moc"
