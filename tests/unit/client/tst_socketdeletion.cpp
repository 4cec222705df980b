// SPDX-License-Identifier: MIT
#include "support/testmain.h"

#include <SocketIo/ClientSocket>
#include <SocketIo/Manager>

#include <QtCore/qpointer.h>
#include <QtTest/qtest.h>

#include <memory>

using namespace SocketIo;
using namespace Qt::StringLiterals;

// Making and deleting sockets calls slots of their manager, which may do anything.
class tst_SocketDeletion : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aSlotDeletesTheSocketThatIsMade();
    void aSlotDeletesTheManagerThatASocketIsMadeOf();
    void aSlotDeletesTheManagerOfADeletedSocket();
    void aSlotReplacesADeletedSocket();
};

namespace {
// Nobody is asked, as no event loop runs.
const QUrl Url(u"http://127.0.0.1:3000"_s);
} // namespace

void tst_SocketDeletion::aSlotDeletesTheSocketThatIsMade()
{
    Manager manager(Url);
    manager.close();
    QCOMPARE(manager.state(), Manager::State::Closed);
    connect(&manager, &Manager::stateChanged, &manager, [&] { qDeleteAll(manager.sockets()); });
    QCOMPARE(manager.socket(u"/a"_s), nullptr);
    QVERIFY(manager.sockets().isEmpty());
}

void tst_SocketDeletion::aSlotDeletesTheManagerThatASocketIsMadeOf()
{
    auto manager = std::make_unique<Manager>(Url);
    manager->close();
    connect(manager.get(), &Manager::stateChanged, this, [&] { manager.reset(); });
    QCOMPARE(manager->socket(u"/a"_s), nullptr);
    QVERIFY(!manager);
}

void tst_SocketDeletion::aSlotDeletesTheManagerOfADeletedSocket()
{
    auto manager = std::make_unique<Manager>(Url);
    const QPointer<ClientSocket> socket = manager->socket(u"/a"_s);
    connect(manager.get(), &Manager::stateChanged, this, [&] { manager.reset(); });
    delete socket;
    QVERIFY(!manager);
    QVERIFY(!socket);
}

void tst_SocketDeletion::aSlotReplacesADeletedSocket()
{
    Manager manager(Url);
    ClientSocket *socket = manager.socket(u"/a"_s);
    QPointer<ClientSocket> next;
    connect(&manager, &Manager::stateChanged, &manager, [&] {
        if (!next)
            next = manager.socket(u"/a"_s);
    });
    delete socket;
    QVERIFY(next);
    QVERIFY(next->isActive());
    QCOMPARE(manager.sockets(), QList<ClientSocket *>{next});
    QVERIFY(manager.state() != Manager::State::Closed);
}

QTSOCKETIO_TEST(tst_SocketDeletion)
#include "tst_socketdeletion.moc"
