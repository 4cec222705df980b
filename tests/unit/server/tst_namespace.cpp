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
    QCOMPARE(io.mainNamespace()->name(), u"/"_s);
    QCOMPARE(io.namespaces(), QList<Namespace *>{io.mainNamespace()});
    QCOMPARE(io.mainNamespace()->server(), &io);
    QCOMPARE(io.mainNamespace()->parent(), &io);
    QVERIFY(io.mainNamespace()->adapter());
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
    delete io.mainNamespace();
    QCOMPARE(io.namespaces().size(), 0);
    QCOMPARE(io.mainNamespace()->name(), u"/"_s);
    QVERIFY(io.emitEvent(u"x"_s));
}

void tst_Namespace::socketsAreFoundById()
{
    Server io;
    Socket *a = addSocket(io.mainNamespace(), u"a"_s);
    QCOMPARE(io.mainNamespace()->socket(u"a"_s), a);
    QCOMPARE(io.mainNamespace()->socket(u"b"_s), nullptr);
    QCOMPARE(io.mainNamespace()->sockets(), QList<Socket *>{a});
    QCOMPARE(a->nsp(), io.mainNamespace());
    QCOMPARE(a->conn(), nullptr);
    a->disconnectSocket();
    QCOMPARE(io.mainNamespace()->socket(u"a"_s), nullptr);
    QCOMPARE(io.mainNamespace()->socketsCount(), 0);
}

void tst_Namespace::countIsSignalled()
{
    Server io;
    QSignalSpy counts(io.mainNamespace(), &Namespace::socketsCountChanged);
    Socket *a = addSocket(io.mainNamespace(), u"a"_s);
    Socket *b = addSocket(io.mainNamespace(), u"b"_s);
    a->disconnectSocket();
    QCOMPARE(counts.last().first().toInt(), 1);
    delete b;
    QCOMPARE(counts.last().first().toInt(), 0);
    QCOMPARE(io.mainNamespace()->property("socketsCount").toInt(), 0);
}

void tst_Namespace::disconnectionIsSignalledInOrder()
{
    Server io;
    QPointer<Socket> a = addSocket(io.mainNamespace(), u"a"_s, {u"r"_s});
    QStringList order;
    connect(a, &Socket::disconnecting, this, [&](Socket::DisconnectReason reason) {
        QCOMPARE(reason, Socket::DisconnectReason::ServerNamespaceDisconnect);
        order += u"disconnecting "_s + a->rooms().join(u',');
    });
    connect(io.mainNamespace(), &Namespace::roomLeft, this,
            [&](const QString &room) { order += u"left "_s + room; });
    connect(a, &Socket::connectedChanged, this,
            [&](bool connected) { order += connected ? u"connected"_s : u"not connected"_s; });
    connect(a, &Socket::disconnected, this, [&] { order += u"disconnected"_s; });
    connect(io.mainNamespace(), &Namespace::disconnected, this,
            [&](Socket *socket) { order += u"namespace "_s + socket->id(); });
    a->disconnectSocket();
    QCOMPARE(order,
             (QStringList{u"disconnecting a,r"_s, u"left r"_s, u"left a"_s, u"not connected"_s,
                          u"disconnected"_s, u"namespace a"_s}));
    QVERIFY(a);
    QTRY_VERIFY(a.isNull());
}

void tst_Namespace::disconnectingSocketIsNotDisconnectedTwice()
{
    Server io;
    Socket *a = addSocket(io.mainNamespace(), u"a"_s);
    int calls = 0;
    connect(a, &Socket::disconnecting, this, [&] {
        ++calls;
        a->disconnectSocket();
        a->disconnectClient();
    });
    connect(a, &Socket::disconnected, this, [&] {
        ++calls;
        a->disconnectSocket();
    });
    a->disconnectSocket();
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
        leaving->disconnectSocket();
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
    Socket *a = addSocket(io.mainNamespace(), u"a"_s);
    QSignalSpy failed(a->emitWithAck(u"q"_s), &PendingAck::failed);
    QSignalSpy broadcastFailed(io.emitWithAck(u"q"_s), &PendingAck::failed);
    a->disconnectSocket();
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
        sockets.push_back(addSocket(io.mainNamespace(), QString::number(i)));
    QCOMPARE(io.mainNamespace()->socketsCount(), Count);
    for (Socket *socket : sockets)
        delete socket;
    QCOMPARE(io.mainNamespace()->socketsCount(), 0);
}

QTSOCKETIO_TEST(tst_Namespace)

#include "tst_namespace.moc"
