// SPDX-License-Identifier: MIT
#include "support/testmain.h"
#include "unit/server/localsocket.h"

#include <SocketIo/Server>

#include <QtCore/qregularexpression.h>
#include <QtTest/qsignalspy.h>
#include <QtTest/qtest.h>

using namespace SocketIo;
using namespace Qt::StringLiterals;

class tst_Namespace : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void serverHasTheMainNamespace();
    void ofIsIdempotent();
    void deletedMainNamespaceIsMadeAnew();
    void socketsAreFoundById();
    void countIsSignalled();
    void disconnectionIsSignalledInOrder();
    void disconnectingSocketIsNotDisconnectedTwice();
    void namespaceOwnsItsSockets();
    void socketsOfADeletedNamespaceAreDeleted();
    void acksOfASocketWithoutAConnectionFailWithIt();
    void idleSocketIsSmall();
    void socketsComeAndGoQuickly();
};

void tst_Namespace::serverHasTheMainNamespace()
{
    Server io;
    QCOMPARE(io.sockets()->name(), u"/"_s);
    QCOMPARE(io.namespaces(), QList<Namespace *>{io.sockets()});
    QCOMPARE(io.sockets()->server(), &io);
    QCOMPARE(io.sockets()->parent(), &io);
    QVERIFY(io.sockets()->adapter());
}

void tst_Namespace::ofIsIdempotent()
{
    Server io;
    QSignalSpy made(&io, &Server::newNamespace);
    Namespace *nsp = io.of(u"a"_s);
    QCOMPARE(io.of(u"/a"_s), nsp);
    QCOMPARE(io.of(QString()), io.of(u"/"_s));
    QCOMPARE(made.size(), 1);
    QVERIFY(io.of(QRegularExpression(u"x"_s)) != io.of(QRegularExpression(u"x"_s)));
    QCOMPARE(made.size(), 1); // parents are no namespaces to join
}

void tst_Namespace::deletedMainNamespaceIsMadeAnew()
{
    Server io;
    delete io.sockets();
    QCOMPARE(io.namespaces().size(), 0);
    QCOMPARE(io.sockets()->name(), u"/"_s);
    QVERIFY(io.emitEvent(u"x"_s));
}

void tst_Namespace::socketsAreFoundById()
{
    Server io;
    Socket *a = addSocket(io.sockets(), u"a"_s);
    QCOMPARE(io.sockets()->socket(u"a"_s), a);
    QCOMPARE(io.sockets()->socket(u"b"_s), nullptr);
    QCOMPARE(io.sockets()->sockets(), QList<Socket *>{a});
    QCOMPARE(a->nsp(), io.sockets());
    QCOMPARE(a->conn(), nullptr);
    a->disconnect();
    QCOMPARE(io.sockets()->socket(u"a"_s), nullptr);
    QCOMPARE(io.sockets()->socketsCount(), 0);
}

void tst_Namespace::countIsSignalled()
{
    Server io;
    QSignalSpy counts(io.sockets(), &Namespace::socketsCountChanged);
    Socket *a = addSocket(io.sockets(), u"a"_s);
    Socket *b = addSocket(io.sockets(), u"b"_s);
    a->disconnect();
    QCOMPARE(counts.last().first().toInt(), 1);
    delete b;
    QCOMPARE(counts.last().first().toInt(), 0);
    QCOMPARE(io.sockets()->property("socketsCount").toInt(), 0);
}

void tst_Namespace::disconnectionIsSignalledInOrder()
{
    Server io;
    QPointer<Socket> a = addSocket(io.sockets(), u"a"_s, {u"r"_s});
    QStringList order;
    connect(a, &Socket::disconnecting, this, [&](Socket::DisconnectReason reason) {
        QCOMPARE(reason, Socket::DisconnectReason::ServerNamespaceDisconnect);
        order += u"disconnecting "_s + a->rooms().join(u',');
    });
    connect(io.sockets(), &Namespace::roomLeft, this,
            [&](const QString &room) { order += u"left "_s + room; });
    connect(a, &Socket::connectedChanged, this,
            [&](bool connected) { order += connected ? u"connected"_s : u"not connected"_s; });
    connect(a, &Socket::disconnected, this, [&] { order += u"disconnected"_s; });
    connect(io.sockets(), &Namespace::socketDisconnected, this,
            [&](Socket *socket) { order += u"namespace "_s + socket->id(); });
    a->disconnect();
    QCOMPARE(order,
             (QStringList{u"disconnecting a,r"_s, u"left r"_s, u"left a"_s, u"not connected"_s,
                          u"disconnected"_s, u"namespace a"_s}));
    QVERIFY(a);
    QTRY_VERIFY(a.isNull());
}

void tst_Namespace::disconnectingSocketIsNotDisconnectedTwice()
{
    Server io;
    Socket *a = addSocket(io.sockets(), u"a"_s);
    int calls = 0;
    connect(a, &Socket::disconnecting, this, [&] {
        ++calls;
        a->disconnect();
        a->disconnectClient();
    });
    connect(a, &Socket::disconnected, this, [&] {
        ++calls;
        a->disconnect();
    });
    a->disconnect();
    QCOMPARE(calls, 2);
}

void tst_Namespace::namespaceOwnsItsSockets()
{
    QPointer<Socket> connected;
    QPointer<Socket> leaving;
    {
        Server io;
        connected = addSocket(io.of(u"/n"_s), u"a"_s);
        leaving = addSocket(io.of(u"/n"_s), u"b"_s);
        leaving->disconnect();
        QVERIFY(leaving);
    }
    QVERIFY(connected.isNull());
    QVERIFY(leaving.isNull());
}

void tst_Namespace::socketsOfADeletedNamespaceAreDeleted()
{
    Server io;
    QPointer<Socket> a = addSocket(io.of(u"/n"_s), u"a"_s);
    QSignalSpy disconnected(a, &Socket::disconnected);
    delete io.of(u"/n"_s);
    QVERIFY(a.isNull());
    QCOMPARE(disconnected.size(), 0);
}

void tst_Namespace::acksOfASocketWithoutAConnectionFailWithIt()
{
    Server io;
    Socket *a = addSocket(io.sockets(), u"a"_s);
    QSignalSpy failed(a->emitWithAck(u"q"_s), &PendingAck::failed);
    QSignalSpy broadcastFailed(io.emitWithAck(u"q"_s), &PendingAck::failed);
    a->disconnect();
    QCOMPARE(failed.size(), 1);
    QCOMPARE(broadcastFailed.size(), 1);
    QSignalSpy late(a->emitWithAck(u"q"_s), &PendingAck::failed);
    QTRY_COMPARE(late.size(), 1);
}

void tst_Namespace::idleSocketIsSmall()
{
    QVERIFY(sizeof(Socket) + sizeof(SocketPrivate) <= 320);
}

void tst_Namespace::socketsComeAndGoQuickly()
{
    // Quadratic work would take minutes.
    constexpr int Count = 50000;
    Server io;
    std::vector<Socket *> sockets;
    for (int i = 0; i < Count; ++i)
        sockets.push_back(addSocket(io.sockets(), QString::number(i)));
    QCOMPARE(io.sockets()->socketsCount(), Count);
    for (Socket *socket : sockets)
        delete socket;
    QCOMPARE(io.sockets()->socketsCount(), 0);
}

QTSOCKETIO_TEST(tst_Namespace)

#include "tst_namespace.moc"
