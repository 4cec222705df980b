// SPDX-License-Identifier: MIT
#include "rawclient.h"
#include "support/testmain.h"

#include <SocketIo/InMemoryAdapter>
#include <SocketIo/Socket>

#include <EngineIo/Session>

#include <QtCore/qpointer.h>

using namespace SocketIo;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

// What the server is given, or asked, while its end or that of its arguments is under way.
class tst_Sio_Lifetimes : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void listsOfRoomsMayChangeMeanwhile();
    void namesOfRoomsMayEndMeanwhile();
    void roomsOfManyMayChangeMeanwhile();
    void anAdapterFactoryMayReplaceItself();
    void anAdapterFactoryMayDeleteItsServer();
    void answersToTheEndOfTheLastSocket();
    void emptyNamespacesWaitForAnswers();
    void slotsOfDisconnectPacketsMayDeleteAnything_data();
    void slotsOfDisconnectPacketsMayDeleteAnything();
};

void tst_Sio_Lifetimes::listsOfRoomsMayChangeMeanwhile()
{
    SioServer io;
    QStringList known{u"a"_s, u"b"_s, u"c"_s};
    connect(io.mainNamespace(), &Namespace::roomJoined, this, [&](const QString &room) {
        for (int i = 0; i < 100; ++i) // elsewhere in memory now
            known.append(room);
    });
    RawClient client(io.port());
    Socket *socket = io.mainNamespace()->socket(client.join());
    known = {u"a"_s, u"b"_s, u"c"_s};
    socket->join(known);
    QCOMPARE(socket->rooms(), (QStringList{socket->id(), u"a"_s, u"b"_s, u"c"_s}));
}

void tst_Sio_Lifetimes::namesOfRoomsMayEndMeanwhile()
{
    SioServer io;
    auto room = std::make_unique<QString>(u"a room with a long name"_s);
    QStringList deleted;
    connect(io.mainNamespace(), &Namespace::roomLeft, this, [&] { room.reset(); });
    connect(io.mainNamespace(), &Namespace::roomDeleted, this,
            [&](const QString &name) { deleted.append(name); });
    RawClient client(io.port());
    Socket *socket = io.mainNamespace()->socket(client.join());
    socket->join(*room);
    socket->leave(*room);
    QVERIFY(!room);
    QCOMPARE(deleted, QStringList{u"a room with a long name"_s});
}

void tst_Sio_Lifetimes::roomsOfManyMayChangeMeanwhile()
{
    SioServer io;
    RawClient first(io.port());
    RawClient second(io.port());
    first.join();
    second.join();
    auto rooms = std::make_unique<QStringList>(QStringList{u"a"_s, u"b"_s});
    connect(io.mainNamespace(), &Namespace::roomJoined, this, [&] { rooms.reset(); });
    io.socketsJoin(*rooms);
    QCOMPARE(resultOf(io.in(u"b"_s).fetchSockets()).size(), 2);
    rooms = std::make_unique<QStringList>(QStringList{u"a"_s, u"b"_s});
    connect(io.mainNamespace(), &Namespace::roomLeft, this, [&] { rooms.reset(); });
    io.socketsLeave(*rooms);
    QVERIFY(resultOf(io.in(u"b"_s).fetchSockets()).isEmpty());
}

void tst_Sio_Lifetimes::anAdapterFactoryMayReplaceItself()
{
    Server io;
    ServerOptions options = io.options();
    const auto made = std::make_shared<QStringList>();
    options.adapter = [&io, made, keeps = std::make_shared<int>(7)](Namespace *nsp) {
        io.setOptions(ServerOptions());
        *keeps += 1; // what it has captured is still there
        made->append(nsp->name());
        return std::make_unique<InMemoryAdapter>(nsp);
    };
    io.setOptions(options);
    QCOMPARE(*made, QStringList{u"/"_s});
    QVERIFY(io.of(u"/news"_s));
}

void tst_Sio_Lifetimes::anAdapterFactoryMayDeleteItsServer()
{
    auto io = std::make_unique<Server>();
    ServerOptions options = io->options();
    bool deleting = false;
    options.adapter = [&, keeps = std::make_shared<int>(7)](Namespace *nsp) {
        if (!deleting)
            return std::make_unique<InMemoryAdapter>(nsp);
        io.reset();
        *keeps += 1;
        return std::unique_ptr<InMemoryAdapter>();
    };
    io->setOptions(options);
    deleting = true;
    QCOMPARE(io->of(u"/news"_s), nullptr);
    QVERIFY(!io);
}

// The server is asked while it is being deleted.
void tst_Sio_Lifetimes::answersToTheEndOfTheLastSocket()
{
    auto io = std::make_unique<SioServer>();
    RawClient client(io->port());
    Socket *socket = io->mainNamespace()->socket(client.join());
    bool asked = false;
    connect(socket, &QObject::destroyed, this, [&asked, server = static_cast<Server *>(io.get())] {
        asked = true;
        (void)server->serverPort();
        (void)server->isListening();
        (void)server->isDraining();
        (void)server->ioThreadCount();
        server->of(u"/late"_s);
        server->close();
    });
    io.reset();
    QVERIFY(asked);
}

namespace {

// Of a cluster whose other servers take their time.
class SlowCluster final : public InMemoryAdapter
{
public:
    SlowCluster(Namespace *nsp, ServerSideReply *reply)
        : InMemoryAdapter(nsp)
        , m_reply(reply)
    {
    }
    void serverSideEmit(const QVariantList &, const ServerSideReply &reply) override
    {
        *m_reply = reply;
    }

private:
    ServerSideReply *m_reply;
};

} // namespace

void tst_Sio_Lifetimes::emptyNamespacesWaitForAnswers()
{
    Adapter::ServerSideReply reply;
    ServerOptions options;
    options.cleanupEmptyChildNamespaces = true;
    options.adapter = [&reply](Namespace *nsp) {
        return std::make_unique<SlowCluster>(nsp, &reply);
    };
    SioServer io(options);
    io.of(QRegularExpression(u"^/room-"_s));
    RawClient client(io.port());
    client.join("/room-1");
    const QPointer<Namespace> nsp = io.of(u"/room-1"_s);
    QVariantList answers;
    nsp->serverSideEmitWithAck(u"count"_s)->then(this, [&](const QVariantList &all) {
        answers = all;
    });
    client.send("41/room-1,");
    QTRY_COMPARE(nsp->socketsCount(), 0);
    client.send("40/room-2,"); // the server has dealt with what was before
    client.wait();
    QVERIFY(nsp);
    reply({}, {3, 4});
    QTRY_COMPARE(answers, (QVariantList{3, 4}));
    QTRY_VERIFY(!nsp);
}

void tst_Sio_Lifetimes::slotsOfDisconnectPacketsMayDeleteAnything_data()
{
    QTest::addColumn<QString>("end");
    QTest::addColumn<QString>("deleted");
    for (const char *end : {"disconnectSocket", "disconnectClient", "disconnectSockets"}) {
        for (const char *deleted : {"socket", "namespace", "server"})
            QTest::addRow("%s, %s", end, deleted)
                << QString::fromLatin1(end) << QString::fromLatin1(deleted);
    }
    QTest::newRow("deleted, namespace") << u"delete"_s << u"namespace"_s;
    QTest::newRow("deleted, server") << u"delete"_s << u"server"_s;
    QTest::newRow("namespace deleted, other socket") << u"delete namespace"_s << u"other socket"_s;
}

// The packet that tells the client of it is still being sent.
void tst_Sio_Lifetimes::slotsOfDisconnectPacketsMayDeleteAnything()
{
    QFETCH(QString, end);
    QFETCH(QString, deleted);
    auto io = std::make_unique<SioServer>();
    const QPointer<Namespace> chat = io->of(u"/chat"_s);
    RawClient client(io->port());
    RawClient second(io->port());
    const QPointer<Socket> socket = chat->socket(client.join("/chat"));
    const QPointer<Socket> other = chat->socket(second.join("/chat"));
    bool called = false;
    connect(socket->conn(), &EngineIo::Session::packetCreated, this, [&] {
        if (std::exchange(called, true))
            return;
        if (deleted == u"socket")
            delete socket;
        else if (deleted == u"other socket")
            delete other;
        else if (deleted == u"namespace")
            delete chat;
        else
            io.reset();
    });
    if (end == u"disconnectSocket")
        socket->disconnectSocket();
    else if (end == u"disconnectClient")
        socket->disconnectClient();
    else if (end == u"disconnectSockets")
        chat->disconnectSockets();
    else if (end == u"delete")
        delete socket;
    else
        delete chat;
    QVERIFY(called);
    QTRY_VERIFY(!socket);
    if (io)
        QCOMPARE(client.wait(), "41/chat,"_ba);
}

QTSOCKETIO_TEST(tst_Sio_Lifetimes)

#include "tst_sio_lifetimes.moc"
