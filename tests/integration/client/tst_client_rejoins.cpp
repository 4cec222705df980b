// SPDX-License-Identifier: MIT
#include "clienttest.h"
#include "support/testmain.h"

using namespace ClientTest;

// Sockets that leave their namespace and join it again at once. Servers on Node.js end the whole
// connection when both come in the same turn of their event loop.
class tst_Client_Rejoins : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void manySocketsAtOnce_data() { addSetups(); }
    void manySocketsAtOnce();
    void againAndAgain_data() { addSetups(); }
    void againAndAgain();
    void theConnectionEndsMeanwhile_data() { addSetups(); }
    void theConnectionEndsMeanwhile();
    void theConnectionEndsSlowlyMeanwhile_data() { addServers(); }
    void theConnectionEndsSlowlyMeanwhile();
};

// Waits longer than the client does for the server to have read that the socket leaves.
static bool isLater()
{
    QTimer later;
    later.setSingleShot(true);
    QSignalSpy timeout(&later, &QTimer::timeout);
    later.start(1200ms);
    return timeout.wait(Patience);
}

void tst_Client_Rejoins::manySocketsAtOnce()
{
    FETCH_SETUP();
    Manager manager(server->url(), options);
    ClientSocket *main = manager.socket();
    ClientSocket *chat = manager.socket(u"/chat"_s);
    ClientSocket *dynamic = manager.socket(u"/dynamic-1"_s);
    TRY_VERIFY(main->isConnected() && chat->isConnected() && dynamic->isConnected());
    QSignalSpy closed(&manager, &Manager::closed);
    QSignalSpy lost(main, &ClientSocket::disconnected);
    const QString oldId = chat->id();
    chat->close();
    delete dynamic;
    chat->open();
    dynamic = manager.socket(u"/dynamic-1"_s);
    QStringList echoed;
    for (ClientSocket *socket : {main, chat, dynamic}) {
        socket->emitWithAck(u"echo"_s, socket->nsp())->then(socket, [&](const QString &text) {
            echoed += text;
        });
    }
    TRY_COMPARE(echoed.size(), 3);
    QVERIFY(main->isConnected() && chat->isConnected() && dynamic->isConnected());
    QVERIFY(chat->id() != oldId);
    QVERIFY(closed.isEmpty());
    QVERIFY(lost.isEmpty());
}

void tst_Client_Rejoins::againAndAgain()
{
    FETCH_SETUP();
    Manager manager(server->url(), options);
    ClientSocket *main = manager.socket();
    ClientSocket *chat = manager.socket(u"/chat"_s);
    TRY_VERIFY(main->isConnected() && chat->isConnected());
    QSignalSpy closed(&manager, &Manager::closed);
    int joins = 0;
    connect(chat, &ClientSocket::connected, chat, [&] {
        if (++joins < 5) {
            for (int i = 0; i < 3; ++i) {
                chat->close();
                chat->open();
            }
        }
    });
    chat->close();
    chat->open();
    TRY_COMPARE(joins, 5);
    QString echoed;
    chat->emitWithAck(u"echo"_s, u"hello"_s)->then(chat, [&](const QString &text) {
        echoed = text;
    });
    TRY_COMPARE(echoed, u"hello"_s);
    QVERIFY(chat->isConnected());
    QVERIFY(closed.isEmpty());
}

void tst_Client_Rejoins::theConnectionEndsMeanwhile()
{
    FETCH_SETUP();
    Manager manager(server->url(), options);
    ClientSocket *main = manager.socket();
    ClientSocket *chat = manager.socket(u"/chat"_s);
    TRY_VERIFY(main->isConnected() && chat->isConnected());
    chat->close();
    chat->open();
    manager.close();
    QVERIFY(isLater());
    main->open();
    chat->open();
    TRY_VERIFY(main->isConnected() && chat->isConnected());
}

// The manager is still closing when the time to wait for the server is over.
void tst_Client_Rejoins::theConnectionEndsSlowlyMeanwhile()
{
    FETCH_SERVER();
    FaultProxy proxy(server->port());
    Manager manager(urlOf(proxy), quickOptions(WebSocketOnly));
    ClientSocket *main = manager.socket();
    ClientSocket *chat = manager.socket(u"/chat"_s);
    TRY_VERIFY(main->isConnected() && chat->isConnected());
    proxy.setStalled(true);
    chat->close();
    chat->open();
    manager.close();
    QVERIFY(isLater());
    QCOMPARE(manager.state(), Manager::State::Closing);
    proxy.setStalled(false);
    manager.open();
    TRY_VERIFY(main->isConnected() && chat->isConnected());
}

QTSOCKETIO_TEST(tst_Client_Rejoins)
#include "tst_client_rejoins.moc"
