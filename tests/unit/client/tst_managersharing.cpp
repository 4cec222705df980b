// SPDX-License-Identifier: MIT
#include "socketio/client/managerregistry_p.h"
#include "support/testmain.h"

#include <SocketIo/ClientSocket>
#include <SocketIo/Manager>

#include <QtCore/qpointer.h>
#include <QtCore/qthread.h>
#include <QtTest/qtest.h>

using namespace SocketIo;
using namespace Qt::StringLiterals;

// Which sockets share a connection, and what a URL means.
class tst_ManagerSharing : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void pathIsTheNamespace_data();
    void pathIsTheNamespace();
    void keyHasSchemeHostPortAndPath_data();
    void keyHasSchemeHostPortAndPath();
    void namespacesOfOneAddressShareAManager();
    void sameNamespaceTwiceGivesTwoManagers();
    void forceNewAndNoMultiplexGiveTheirOwn();
    void anotherPathGivesItsOwn();
    void anotherQueryGivesItsOwnForTheSameNamespace();
    void withoutAutoConnectNothingIsConnected();
    void socketsAreInTheOrderOfTheirMaking();
    void operatorOutlivesItsSocket();
    void optionsAreNotModified();
    void managerGoesWithItsLastSocket();
    void socketMayBelongToAnotherParent();
    void managerDeletesItsSockets();
    void threadsDoNotShare();

private:
    static ClientOptions offline()
    {
        ClientOptions options;
        options.autoConnect = false;
        return options;
    }
};

void tst_ManagerSharing::pathIsTheNamespace_data()
{
    QTest::addColumn<QString>("address");
    QTest::addColumn<QString>("expected");
    QTest::newRow("no path") << u"http://host"_s << u"/"_s;
    QTest::newRow("slash") << u"http://host/"_s << u"/"_s;
    QTest::newRow("path") << u"http://host/chat"_s << u"/chat"_s;
    QTest::newRow("deep path") << u"http://host/a/b"_s << u"/a/b"_s;
    QTest::newRow("query") << u"http://host/chat?a=1"_s << u"/chat"_s;
    QTest::newRow("query only") << u"http://host?a=1"_s << u"/"_s;
    QTest::newRow("host and port") << u"localhost:3000/chat?a=1"_s << u"/chat"_s;
    QTest::newRow("IPv4") << u"127.0.0.1:3000/chat"_s << u"/chat"_s;
    QTest::newRow("IPv6") << u"[::1]:3000"_s << u"/"_s;
    QTest::newRow("underscore") << u"my_host:3000/x"_s << u"/x"_s;
}

void tst_ManagerSharing::pathIsTheNamespace()
{
    QFETCH(QString, address);
    QFETCH(QString, expected);
    ClientSocket *socket = Manager::connectTo(QUrl(address), offline());
    QCOMPARE(socket->nsp(), expected);
    delete socket;
}

void tst_ManagerSharing::keyHasSchemeHostPortAndPath_data()
{
    QTest::addColumn<QString>("address");
    QTest::addColumn<QString>("expected");
    QTest::newRow("http") << u"http://host"_s << u"http://host:80/socket.io"_s;
    QTest::newRow("https") << u"https://host"_s << u"https://host:443/socket.io"_s;
    QTest::newRow("ws") << u"ws://host"_s << u"ws://host:80/socket.io"_s;
    QTest::newRow("wss") << u"wss://host"_s << u"wss://host:443/socket.io"_s;
    QTest::newRow("port") << u"http://host:80/a?b=1"_s << u"http://host:80/socket.io"_s;
    QTest::newRow("IPv6") << u"http://[::1]"_s << u"http://[::1]:80/socket.io"_s;
    QTest::newRow("IPv6 and port") << u"http://[::1]:3000"_s << u"http://[::1]:3000/socket.io"_s;
}

void tst_ManagerSharing::keyHasSchemeHostPortAndPath()
{
    QFETCH(QString, address);
    QFETCH(QString, expected);
    QCOMPARE(detail::sharingKey(QUrl(address), u"/socket.io"_s), expected);
}

void tst_ManagerSharing::namespacesOfOneAddressShareAManager()
{
    const auto *main = Manager::connectTo(QUrl(u"http://host:80"_s), offline());
    const auto *chat = Manager::connectTo(QUrl(u"http://host/chat"_s), offline());
    const auto *other = Manager::connectTo(QUrl(u"http://host:81/news"_s), offline());
    QCOMPARE(main->manager(), chat->manager());
    QVERIFY(other->manager() != main->manager());
    delete main;
    delete chat;
    delete other;
}

void tst_ManagerSharing::sameNamespaceTwiceGivesTwoManagers()
{
    const auto *first = Manager::connectTo(QUrl(u"http://host/chat"_s), offline());
    const auto *second = Manager::connectTo(QUrl(u"http://host/chat"_s), offline());
    const auto *third = Manager::connectTo(QUrl(u"http://host/"_s), offline());
    QVERIFY(first != second);
    QVERIFY(first->manager() != second->manager());
    QCOMPARE(third->manager(), first->manager());
    delete first;
    delete second;
    delete third;
}

void tst_ManagerSharing::forceNewAndNoMultiplexGiveTheirOwn()
{
    const auto *main = Manager::connectTo(QUrl(u"http://host"_s), offline());
    ClientOptions options = offline();
    options.forceNew = true;
    const auto *forced = Manager::connectTo(QUrl(u"http://host/a"_s), options);
    options.forceNew = false;
    options.multiplex = false;
    const auto *single = Manager::connectTo(QUrl(u"http://host/b"_s), options);
    QVERIFY(forced->manager() != main->manager());
    QVERIFY(single->manager() != main->manager());
    QVERIFY(single->manager() != forced->manager());
    delete main;
    delete forced;
    delete single;
}

void tst_ManagerSharing::anotherPathGivesItsOwn()
{
    const auto *main = Manager::connectTo(QUrl(u"http://host"_s), offline());
    ClientOptions options = offline();
    options.path = u"/elsewhere"_s;
    const auto *other = Manager::connectTo(QUrl(u"http://host/a"_s), options);
    QVERIFY(other->manager() != main->manager());
    delete main;
    delete other;
}

void tst_ManagerSharing::anotherQueryGivesItsOwnForTheSameNamespace()
{
    const auto *first = Manager::connectTo(QUrl(u"http://host/?a=1"_s), offline());
    const auto *second = Manager::connectTo(QUrl(u"http://host/?a=2"_s), offline());
    QVERIFY(first->manager() != second->manager());
    delete first;
    delete second;
}

void tst_ManagerSharing::socketsAreInTheOrderOfTheirMaking()
{
    Manager manager(QUrl(u"http://host/path/means/nothing"_s), offline());
    QList<ClientSocket *> sockets;
    for (const QString &nsp : {u"/z"_s, u"a"_s, u"/"_s, u"/m"_s})
        sockets.append(manager.socket(nsp));
    QCOMPARE(manager.socket(u"/a"_s), sockets[1]); // the slash was added
    QCOMPARE(sockets[1]->nsp(), u"/a"_s);
    QCOMPARE(manager.sockets(), sockets);
    delete sockets.takeAt(1);
    QCOMPARE(manager.sockets(), sockets);
}

void tst_ManagerSharing::operatorOutlivesItsSocket()
{
    Manager manager(QUrl(u"http://host"_s), offline());
    ClientSocket *socket = manager.socket();
    ClientSocketOperator op = socket->compress(Compression::Off);
    QVERIFY(op.emitEvent(u"kept"_s));
    QCOMPARE(socket->bufferedCount(), 1);
    delete socket;
    QVERIFY(!op.emitEvent(u"lost"_s));
    Error error;
    op.timeout(std::chrono::hours(1))
        .emitWithAck(u"lost"_s)
        ->onFailed(this, [&error](const Error &why) { error = why; });
    QVERIFY(!error); // not within the call
    QTRY_COMPARE_WITH_TIMEOUT(error.type(), Error::Type::Disconnected, 30000);
}

void tst_ManagerSharing::withoutAutoConnectNothingIsConnected()
{
    Manager manager(QUrl(u"http://host"_s), offline());
    ClientSocket *socket = manager.socket(u"/chat"_s);
    QCOMPARE(manager.state(), Manager::State::Closed);
    QCOMPARE(manager.engine(), nullptr);
    QVERIFY(!socket->isActive());
}

void tst_ManagerSharing::optionsAreNotModified()
{
    ClientOptions options = offline();
    options.query = {{u"a"_s, 1}};
    const ClientOptions before = options;
    const auto *socket = Manager::connectTo(QUrl(u"http://host/?b=2"_s), options);
    socket->manager()->setReconnectionAttempts(3);
    QCOMPARE(options.query, before.query);
    QCOMPARE(options.reconnectionAttempts, ClientOptions::Unlimited);
    QCOMPARE(options.path, u"/socket.io"_s);
    delete socket;
}

void tst_ManagerSharing::managerGoesWithItsLastSocket()
{
    const auto *main = Manager::connectTo(QUrl(u"http://host"_s), offline());
    const auto *chat = Manager::connectTo(QUrl(u"http://host/chat"_s), offline());
    const QPointer<Manager> manager = main->manager();
    delete main;
    QVERIFY(manager);
    // The namespace is free again.
    main = Manager::connectTo(QUrl(u"http://host"_s), offline());
    QCOMPARE(main->manager(), manager.data());
    delete main;
    delete chat;
    const auto *next = Manager::connectTo(QUrl(u"http://host"_s), offline());
    QVERIFY(next->manager() != manager.data());
    QTRY_VERIFY(!manager);
    delete next;
}

void tst_ManagerSharing::socketMayBelongToAnotherParent()
{
    auto *window = new QObject;
    ClientSocket *socket = Manager::connectTo(QUrl(u"http://host"_s), offline());
    const QPointer<Manager> manager = socket->manager();
    socket->setParent(window);
    delete window;
    QTRY_VERIFY(!manager);
}

void tst_ManagerSharing::managerDeletesItsSockets()
{
    QObject window;
    auto *manager = new Manager(QUrl(u"http://host"_s), offline());
    const QPointer<ClientSocket> main = manager->socket();
    const QPointer<ClientSocket> chat = manager->socket(u"/chat"_s);
    chat->setParent(&window);
    delete manager;
    QVERIFY(!main);
    QVERIFY(!chat);
}

void tst_ManagerSharing::threadsDoNotShare()
{
    const auto *main = Manager::connectTo(QUrl(u"http://host"_s), offline());
    QPointer<Manager> other;
    bool shared = true;
    const std::unique_ptr<QThread> thread(QThread::create([&] {
        const auto *socket = Manager::connectTo(QUrl(u"http://host/chat"_s), offline());
        other = socket->manager();
        shared = socket->manager() == main->manager();
    }));
    thread->start();
    QVERIFY(thread->wait());
    QVERIFY(!shared);
    QVERIFY(!other); // it went with its thread
    delete main;
}

QTSOCKETIO_TEST(tst_ManagerSharing)
#include "tst_managersharing.moc"
