// SPDX-License-Identifier: MIT
#include "rawclient.h"
#include "support/testmain.h"

#include <EngineIo/Client>
#include <EngineIo/Server>
#include <SocketIo/Manager>

#include <QtCore/qsemaphore.h>
#include <QtCore/qthread.h>

#include <atomic>

using namespace SocketIo;
using namespace Qt::StringLiterals;

using Make = std::function<QObject *()>;

// As applications derive one.
class OwnServer : public Server
{
    Q_OBJECT
};

// What is moved to another thread.
class tst_Sio_Moved : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void worksIfItHasNotBegun();
    void warnsOnceItHasBegun_data();
    void warnsOnceItHasBegun();
};

namespace {

// Runs function() in the thread of object, and waits until it is done.
void runIn(QObject *object, const std::function<void()> &function)
{
    QSemaphore done;
    QMetaObject::invokeMethod(
        object,
        [&] {
            function();
            done.release();
        },
        Qt::QueuedConnection);
    done.acquire();
}

} // namespace

// Both sides, with what they have before they begin: namespaces, sockets and events.
void tst_Sio_Moved::worksIfItHasNotBegun()
{
    QThread thread;
    auto *server = new Server;
    server->of(u"/a"_s);
    connect(server->of(u"/a"_s), &Namespace::connected, server, [](Socket *socket) {
        socket->join(u"room"_s);
        socket->on(u"echo"_s, socket, [](int n, const Ack &ack) { ack(n); });
    });
    ClientOptions options;
    options.autoConnect = false;
    options.ackTimeout = std::chrono::seconds(20);
    options.retries = 1;
    auto *manager = new Manager(QUrl(u"http://127.0.0.1:1"_s), options);
    ClientSocket *const client = manager->socket(u"/a"_s);
    std::atomic<int> answer = 0;
    client->emitWithAck(u"echo"_s, 7)->then(client, [&answer](int n) { answer = n; });
    server->moveToThread(&thread);
    manager->moveToThread(&thread);
    QTest::failOnWarning(QRegularExpression(u".*"_s));
    thread.start();
    runIn(server, [&] {
        if (server->listen(QHostAddress::LocalHost))
            manager->setUrl(QUrl(u"http://127.0.0.1:%1"_s.arg(server->serverPort())));
        client->open();
    });
    QTRY_COMPARE(answer.load(), 7);
    runIn(server, [&] {
        delete manager;
        delete server;
    });
    thread.quit();
    QVERIFY(thread.wait());
}

void tst_Sio_Moved::warnsOnceItHasBegun_data()
{
    QTest::addColumn<Make>("make");
    QTest::addColumn<QString>("warning");
    const auto row = [](const QString &name, const QString &when, const Make &make) {
        QTest::newRow(qPrintable(name)) << make
                                        << name
                + u" was moved to another thread after it has begun, and does not work any more: "
                  "make it in that thread, or move it "_s
                + when;
    };
    row(u"SocketIo::Server"_s, u"before listen()"_s, [] {
        auto *server = new Server;
        server->listen(QHostAddress::LocalHost);
        return server;
    });
    row(u"OwnServer"_s, u"before listen()"_s, [] {
        auto *server = new OwnServer;
        server->listen(QHostAddress::LocalHost);
        return server;
    });
    row(u"EngineIo::Server"_s, u"before listen()"_s, [] {
        auto *server = new EngineIo::Server;
        server->listen(QHostAddress::LocalHost);
        return server;
    });
    row(u"SocketIo::Manager"_s,
        u"before open(), which needs ClientOptions::autoConnect to be false"_s,
        [] { return new Manager(QUrl(u"http://127.0.0.1:1"_s)); });
    row(u"EngineIo::Client"_s, u"before open()"_s, [] {
        auto *client = new EngineIo::Client(QUrl(u"http://127.0.0.1:1"_s));
        client->open();
        return client;
    });
}

void tst_Sio_Moved::warnsOnceItHasBegun()
{
    QFETCH(Make, make);
    QFETCH(QString, warning);
    QThread thread;
    QObject *const object = make();
    QTest::ignoreMessage(QtWarningMsg, qPrintable(warning));
    object->moveToThread(&thread);
    // Not what is right, but all that is left to do with it.
    QLoggingCategory::setFilterRules(u"*.warning=false"_s);
    thread.start();
    runIn(object, [object] { delete object; });
    thread.quit();
    QVERIFY(thread.wait());
    QLoggingCategory::setFilterRules({});
}

QTSOCKETIO_TEST(tst_Sio_Moved)
#include "tst_sio_moved.moc"
