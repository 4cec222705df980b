// SPDX-License-Identifier: MIT
#include "migration.h"
#include "snippets.h"

#ifdef WITH_ADMINUI
#include <SocketIo/AdminUi>
#endif
#include <SocketIo/PendingAck>

#include <QtCore/qcoreapplication.h>
#include <QtCore/qregularexpression.h>
#include <QtCore/qthread.h>
#include <QtCore/qtimeline.h>
#include <QtCore/qtimer.h>
#include <QtNetwork/qtcpsocket.h>
#include <QtTest/qsignalspy.h>
#include <QtTest/qtest.h>

using namespace SocketIo;
using namespace Qt::StringLiterals;

// As tst_snippets: the code of the guides on connections that break and programs that end, on threads and
// compression, and of the guides for those who come from another client.
class tst_Guides : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void quitting();
    void offline();
    void threads();
    void compression();
    void migration();
    void comingFrom();
    void adminUi();

private:
    void serve(std::unique_ptr<Server> server);
    QUrl url(const QString &path = u"/"_s) const
    {
        return QUrl(u"http://127.0.0.1:%1%2"_s.arg(io->serverPort()).arg(path));
    }

    std::unique_ptr<Server> io;
    QVariantList received; // by the server: each a name with the arguments
};

#ifdef WITH_ADMINUI
SocketIo::AdminUi *watch(SocketIo::Server *io);
#endif

namespace {

constexpr int Patience = 60'000;

// Runs the event loop until the function, or what it has begun, quits. -1 if that does not happen.
int runUntilQuit(const std::function<void()> &function)
{
    QTimer::singleShot(0, qApp, function);
    QTimer tooLong;
    QObject::connect(&tooLong, &QTimer::timeout, qApp, [] { QCoreApplication::exit(-1); });
    tooLong.start(Patience);
    return QCoreApplication::exec();
}

// The extensions of WebSocket that the server agrees to.
QString extensions(quint16 port)
{
    QTcpSocket socket;
    socket.connectToHost(QHostAddress::LocalHost, port);
    socket.write("GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: localhost\r\n"
                 "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                 "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                 "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n\r\n");
    QString answer;
    if (!QTest::qWaitFor(
            [&] { return (answer += QString::fromUtf8(socket.readAll())).contains(u"\r\n\r\n"); },
            Patience)) {
        return socket.errorString();
    }
    static const QRegularExpression header(u"\r\nSec-WebSocket-Extensions: ([^\r]*)"_s,
                                           QRegularExpression::CaseInsensitiveOption);
    return header.match(answer).captured(1);
}

} // namespace

void tst_Guides::serve(std::unique_ptr<Server> server)
{
    io = std::move(server);
    received.clear();
    connect(io.get(), &Server::connected, this, [this](Socket *socket) {
        socket->onAny(this, [this](const QString &name, const QVariantList &args) {
            received.append(QVariant(QVariantList{name} + args));
        });
    });
    QVERIFY(io->listen(QHostAddress::LocalHost));
}

void tst_Guides::quitting()
{
    serve(std::make_unique<Server>());
    const QVariant bye = QVariantList{u"bye"_s};
    const std::unique_ptr<ClientSocket> socket(Manager::connectTo(url()));
    QTRY_VERIFY(socket->isConnected());
    QCOMPARE(runUntilQuit([&] { sayByeAndQuit(socket.get()); }), 0);
    QTRY_COMPARE(received, QVariantList{bye});
    QCOMPARE(runUntilQuit([&] { closeAndQuit(socket.get()); }), 0);
    QTRY_COMPARE(received, (QVariantList{bye, bye}));

    received.clear();
    std::unique_ptr<ClientSocket> reporter;
    QCOMPARE(runUntilQuit([&] { reporter.reset(sendAndQuit(url())); }), 0);
    const QVariant report = QVariantList{u"report"_s, u"all is well"_s};
    QTRY_COMPARE(received, QVariantList{report});
}

void tst_Guides::offline()
{
    serve(makeRecoveringServer());
    serveMissedMessages(io.get(), {{{u"id"_s, 1}}, {{u"id"_s, 2}}});
    const std::unique_ptr<ClientSocket> socket(connectPatiently(url()));
    socket->setAuth({{u"seen"_s, 1}});
    QStringList log;
    showConnection(socket.get(), this, &log);
    QList<int> ids;
    socket->on(u"message"_s, this,
               [&ids](const QVariantMap &message) { ids.append(message.value(u"id"_s).toInt()); });
    QTRY_COMPARE(ids, QList<int>{2});

    io->mainNamespace()->sockets().constFirst()->conn()->abort();
    io->emitEvent(u"message"_s, QVariantMap{{u"id"_s, 3}});
    QTRY_VERIFY(!socket->isConnected());
    sendOnlyWhenConnected(socket.get(), 0.5);
    QTRY_COMPARE(ids, (QList<int>{2, 3}));
    QTRY_COMPARE(received, QVariantList{QVariant(QVariantList{u"order"_s, u"tea"_s})});
    QCOMPARE(log, (QStringList{u"connected"_s, u"transport close"_s, u"attempt 1"_s, u"back"_s}));

    // Put out by the server, it asks again.
    log.clear();
    io->mainNamespace()->disconnectSockets();
    QTRY_COMPARE(log, (QStringList{u"io server disconnect"_s, u"connected"_s}));
}

void tst_Guides::threads()
{
    serve(makeThreadedServer());
    QCOMPARE(io->ioThreadCount(), 2);
    connect(io.get(), &Server::connected, this, work);
    const std::unique_ptr<ClientSocket> socket(Manager::connectTo(url()));
    QString rendered;
    socket->emitWithAck(u"render"_s, u"text"_s)->then(this, [&](const QString &text) {
        rendered = text;
    });
    QTRY_COMPARE(rendered, u"TEXT"_s);

    received.clear();
    const std::unique_ptr<QThread> thread(
        QThread::create([&] { emitFromAnotherThread(socket.get(), 0.25); }));
    thread->start();
    QTRY_COMPARE(received, QVariantList{QVariant(QVariantList{u"progress"_s, 0.25})});
    QVERIFY(thread->wait());

    QTimeLine worker(1000);
    worker.setEasingCurve(QEasingCurve::Linear);
    forwardFromAnotherThread(socket.get(), &worker);
    worker.setCurrentTime(500);
    QTRY_COMPARE(received.size(), 2);
    QCOMPARE(received.constLast(), QVariant(QVariantList{u"progress"_s, 0.5}));
}

void tst_Guides::compression()
{
    for (const bool manyClients : {false, true}) {
        serve(manyClients ? makeCompressingServerForMany() : makeCompressingServer());
        const QString agreed = extensions(io->serverPort());
        if (agreed.isEmpty())
            QSKIP("The module was built without zlib.");
        QVERIFY2(agreed.startsWith(u"permessage-deflate"), qUtf8Printable(agreed));
        QCOMPARE(agreed.contains(u"server_no_context_takeover"), manyClients);
        QCOMPARE(agreed.contains(u"client_no_context_takeover"), manyClients);

        ClientOptions options;
        options.transports = {EngineIo::TransportType::WebSocket};
        const std::unique_ptr<ClientSocket> socket(Manager::connectTo(url(), options));
        QByteArray image;
        socket->on(u"image"_s, this, [&image](const QByteArray &bytes) { image = bytes; });
        QTRY_VERIFY(socket->isConnected());
        sendImage(io.get(), QByteArray(5000, 'i'));
        QTRY_COMPARE(image, QByteArray(5000, 'i'));
    }
}

void tst_Guides::migration()
{
    serve(std::make_unique<Server>());
    QStringList asked;
    connect(io.get(), &Server::connected, this, [&asked](Socket *socket) {
        const Handshake &handshake = socket->handshake();
        asked = {handshake.query().value(u"room"_s),
                 QString::fromUtf8(handshake.headers().value("x-device")),
                 handshake.auth().value(u"token"_s).toString()};
    });
    QVariantList added;
    int answer = 0;
    connect(io->of(u"/chat"_s), &Namespace::connected, this, [&](Socket *socket) {
        socket->on(u"save"_s, this,
                   [](const QString &text, const Ack &ack) { ack(text.toUpper()); });
        socket->on(u"add"_s, this, [&added](const QVariantMap &item) { added.append(item); });
        socket->emitEvent(u"price"_s, u"QT"_s, 1.5);
        socket->emitWithAck(u"ask"_s)->then(this, [&answer](int number) { answer = number; });
    });

    Migrated migrated;
    const std::unique_ptr<ClientSocket> socket(migrated.connectTo(url(), u"secret"_s));
    migrated.listen(socket.get());
    QTest::ignoreMessage(QtInfoMsg, "connected");
    QTRY_COMPARE(asked, (QStringList{u"tea"_s, u"kiosk"_s, u"secret"_s}));
    QTRY_VERIFY(socket->isConnected());
    QTest::ignoreMessage(QtInfoMsg, QRegularExpression(u"ClientDisconnect"_s));
    Migrated::end(socket.get());

    QTest::ignoreMessage(QtInfoMsg, "\"QT\" 1.5");
    QTest::ignoreMessage(QtInfoMsg, "\"TEXT\"");
    ClientSocket *chat = migrated.join(url());
    QSignalSpy answered(chat, &ClientSocket::flushed);
    migrated.use(chat, u"text"_s);
    QTRY_COMPARE(answer, 42);
    QTRY_COMPARE(added, QVariantList{QVariant(QVariantMap{{u"id"_s, 7}})});
    QTRY_VERIFY(!answered.isEmpty());
}

void tst_Guides::comingFrom()
{
    // Options and settings of the engine come before listen().
    auto server = std::make_unique<Server>();
    engineCalls(*server, this);
    namespaceCalls(*server, this);
    connect(server.get(), &Server::connected, this,
            [this](Socket *socket) { socketCalls(socket, this); });
    serve(std::move(server));
    QCOMPARE(io->options().maxHttpBufferSize, 1'000'000);

    const std::unique_ptr<ClientSocket> admin(Manager::connectTo(url(u"/admin"_s)));
    const std::unique_ptr<ClientSocket> room(Manager::connectTo(url(u"/room-1"_s)));
    const std::unique_ptr<ClientSocket> unknown(Manager::connectTo(url(u"/unknown"_s)));
    QTRY_VERIFY(admin->isConnected() && room->isConnected());
    QTRY_VERIFY(unknown->lastError().message().startsWith(u"Invalid namespace: "_s));

    const std::unique_ptr<ClientSocket> socket(Manager::connectTo(url()));
    QStringList names;
    socket->onAny(this, [&names](const QString &name) {
        if (name != u"position"_s) // which is volatile
            names.append(name);
    });
    QSignalSpy disconnected(socket.get(), &ClientSocket::disconnected);
    QTRY_COMPARE(disconnected.size(), 1);
    QCOMPARE(names, (QStringList{u"hello"_s, u"message"_s, u"ask"_s, u"ask"_s, u"hello"_s}));
    managerCalls(socket.get(), this);
    QVERIFY(!socket->manager()->reconnection());
}

void tst_Guides::adminUi()
{
#ifdef WITH_ADMINUI
    if (!AdminUi::hasBcrypt())
        QSKIP("The module was built without libxcrypt.");
    serve(std::make_unique<Server>());
    const AdminUi *ui = watch(io.get());
    QVERIFY2(ui->isActive(), qUtf8Printable(ui->errorString()));
    const auto logIn = [this](const QString &password) {
        ClientOptions options;
        options.auth = {{u"username"_s, u"admin"_s}, {u"password"_s, password}};
        return std::unique_ptr<ClientSocket>(Manager::connectTo(url(u"/admin"_s), options));
    };
    const auto page = logIn(u"changeit"_s);
    QTRY_VERIFY_WITH_TIMEOUT(page->isConnected(), Patience);
    const auto stranger = logIn(u"change it"_s);
    QTRY_VERIFY_WITH_TIMEOUT(stranger->lastError().isError(), Patience);
    QVERIFY(!stranger->isConnected());
#else
    QSKIP("The Admin UI was not built.");
#endif
}

QTEST_GUILESS_MAIN(tst_Guides)
#include "tst_guides.moc"
