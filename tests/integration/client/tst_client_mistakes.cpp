// SPDX-License-Identifier: MIT
#include "socketio/client/manager_p.h"
#include "support/testmain.h"
#include "support/warnings.h"

#include <SocketIo/Manager>
#include <SocketIo/Server>

#include <QtCore/qpointer.h>
#include <QtTest/qsignalspy.h>
#include <QtTest/qtest.h>

#include <functional>
#include <memory>

using namespace SocketIo;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

// A server, and a client that has joined it.
struct Pair
{
    Server io;
    Socket *peer = nullptr;
    std::unique_ptr<Manager> manager;
    ClientSocket *client = nullptr;

    bool open()
    {
        QObject::connect(&io, &Server::connected, &io, [this](Socket *socket) { peer = socket; });
        if (!io.listen(QHostAddress::LocalHost))
            return false;
        ClientOptions options;
        options.transports = {EngineIo::TransportType::WebSocket};
        options.reconnection = false;
        manager =
            std::make_unique<Manager>(QUrl(u"http://127.0.0.1:%1"_s.arg(io.serverPort())), options);
        client = manager->socket();
        return QTest::qWaitFor([this] { return client->isConnected() && peer; },
                               TestSupport::Patience);
    }
};

// One that takes small messages only, and clients of it that come back at once.
struct LossyServer : Server
{
    LossyServer()
        : Server(serverOptions())
    {
        connect(this, &Server::connected, this, [](Socket *socket) {
            socket->on(u"small"_s, socket, [](const Ack &ack) { ack(); });
        });
    }
    QUrl url() const { return QUrl(u"http://127.0.0.1:%1"_s.arg(serverPort())); }
    static ServerOptions serverOptions()
    {
        ServerOptions options;
        options.maxHttpBufferSize = 1000;
        return options;
    }
    static ClientOptions clientOptions()
    {
        ClientOptions options;
        options.transports = {EngineIo::TransportType::WebSocket};
        options.reconnectionDelay = 1ms;
        options.reconnectionDelayMax = 1ms;
        return options;
    }
};

QVariant deep()
{
    QVariant value = 1;
    for (int i = 0; i < 600; ++i)
        value = QVariant(QVariantList(1, value));
    return value;
}

QVariantMap placeholder()
{
    return {{u"_placeholder"_s, true}, {u"num"_s, 0}};
}

enum class Listens { Client, Peer, Namespace };

} // namespace

Q_DECLARE_METATYPE(Listens)

// What is easily got wrong with the names of events: each mistake is said once, with the remedy.
class tst_Client_Mistakes : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void listenersThatAreNeverCalled_data();
    void listenersThatAreNeverCalled();
    void emptyNames();
    void socketsThatAreGone();
    void repeatedLosses();
    void lossesAreCounted();
    void oneLossWithRetries();
    void badUrls_data();
    void badUrls();
    void reservedNamesAreWarnedOfOnce_data();
    void reservedNamesAreWarnedOfOnce();
    void refusedUrlsAreToldOnce_data();
    void refusedUrlsAreToldOnce();
    void bigAuthIsToldOnce_data();
    void bigAuthIsToldOnce();
    void answersThatCannotBeSent_data();
    void answersThatCannotBeSent();
    void answersThatDoNotFit_data();
    void answersThatDoNotFit();
};

void tst_Client_Mistakes::listenersThatAreNeverCalled_data()
{
    QTest::addColumn<Listens>("listens");
    QTest::addColumn<QString>("event");
    QTest::addColumn<QString>("remedy"); // none: it can be called
    const auto row = [](const char *name, Listens listens, const QString &event,
                        const QString &remedy) {
        QTest::addRow("%s, %s", name, qPrintable(event)) << listens << event << remedy;
    };
    row("client", Listens::Client, u"connect"_s, u"ClientSocket::connected()"_s);
    row("client", Listens::Client, u"connect_error"_s, u"ClientSocket::connectError()"_s);
    row("client", Listens::Client, u"disconnect"_s, u"ClientSocket::disconnected()"_s);
    row("client", Listens::Client, u"disconnecting"_s, u"ClientSocket::disconnected()"_s);
    row("client", Listens::Client, u"newListener"_s, u"another name"_s);
    row("client", Listens::Client, u"message"_s, {});
    row("client", Listens::Client, u"connection"_s, {});
    row("client", Listens::Client, QString(), {});
    row("server", Listens::Peer, u"connect"_s, u"Server::connected()"_s);
    row("server", Listens::Peer, u"disconnect"_s, u"Socket::disconnected()"_s);
    row("server", Listens::Peer, u"disconnecting"_s, u"Socket::disconnecting()"_s);
    row("server", Listens::Peer, u"connect_error"_s, u"another name"_s);
    row("server", Listens::Peer, u"message"_s, {});
    row("namespace", Listens::Namespace, u"connect"_s, u"Namespace::connected()"_s);
    row("namespace", Listens::Namespace, u"connection"_s, u"Namespace::connected()"_s);
    row("namespace", Listens::Namespace, u"new_namespace"_s, u"Server::newNamespace()"_s);
    row("namespace", Listens::Namespace, u"disconnect"_s, {}); // servers may send it
}

void tst_Client_Mistakes::listenersThatAreNeverCalled()
{
    QFETCH(Listens, listens);
    QFETCH(QString, event);
    QFETCH(QString, remedy);
    Pair pair;
    QVERIFY(pair.open());
    for (const bool once : {false, true}) {
        Warnings log;
        const auto listen = [&](auto *listeners) {
            if (once)
                listeners->once(event, this, [] {});
            else
                listeners->on(event, this, [] {});
        };
        if (listens == Listens::Client)
            listen(pair.client);
        else if (listens == Listens::Peer)
            listen(pair.peer);
        else
            listen(pair.io.of(u"/"_s));
        QCOMPARE(log.all().size(), remedy.isEmpty() ? 0 : 1);
        if (!remedy.isEmpty()) {
            QVERIFY2(log.text().contains(u"\"%1\""_s.arg(event)), qPrintable(log.text()));
            QVERIFY2(log.text().contains(remedy), qPrintable(log.text()));
        }
    }
}

// A name like others, as in Socket.IO's own libraries.
void tst_Client_Mistakes::emptyNames()
{
    Pair pair;
    QVERIFY(pair.open());
    const Warnings log;
    QStringList seen;
    pair.peer->on(QString(), this, [&](const QString &text, const Ack &ack) {
        seen.append(u"server: "_s + text);
        if (text == u"answer")
            ack(1);
    });
    pair.client->on(u""_s, this, [&](const QString &text, const Ack &ack) {
        seen.append(u"client: "_s + text);
        if (text == u"answer")
            ack(2);
    });
    int answers = 0;
    const auto add = [&](int answer) { answers += answer; };
    QVERIFY(pair.client->emitEvent(QString(), u"plain"_s));
    pair.client->emitWithAck(u""_s, u"answer"_s)->then(this, add);
    QVERIFY(pair.peer->emitEvent(QString(), u"plain"_s));
    pair.peer->emitWithAck(u""_s, u"answer"_s)->then(this, add);
    QVERIFY(pair.io.emitEvent(QString(), u"to all"_s));
    QTRY_COMPARE(answers, 3);
    QTRY_COMPARE(seen.size(), 5);
    QCOMPARE(seen.filter(u"server: "_s), (QStringList{u"server: plain"_s, u"server: answer"_s}));
    QCOMPARE(seen.filter(u"client: "_s),
             (QStringList{u"client: plain"_s, u"client: answer"_s, u"client: to all"_s}));
    // What fails is named.
    QList<Error> errors;
    const auto keep = [&](const Error &error) { errors.append(error); };
    pair.client->timeout(1ms).emitWithAck(QString(), u"none"_s)->onFailed(this, keep);
    pair.peer->timeout(1ms).emitWithAck(QString(), u"none"_s)->onFailed(this, keep);
    pair.io.timeout(1ms).emitWithAck(QString(), u"none"_s)->onFailed(this, keep);
    QTRY_COMPARE(errors.size(), 3);
    for (const Error &error : std::as_const(errors))
        QVERIFY2(error.message().contains(u"the event \"\""_s), qPrintable(error.message()));
    QCOMPARE(log.all(), QStringList());
}

// An acknowledgement that cannot come names its event, too.
void tst_Client_Mistakes::socketsThatAreGone()
{
    Pair pair;
    QVERIFY(pair.open());
    QList<Error> errors;
    const auto keep = [&](const Error &error) { errors.append(error); };
    connect(pair.peer, &Socket::disconnected, this,
            [&] { pair.peer->emitWithAck(u"late"_s)->onFailed(this, keep); });
    SocketOperator toPeer = pair.peer->timeout(1h);
    ClientSocketOperator toServer = pair.client->timeout(1h);
    const QPointer<Socket> peer = pair.peer;
    delete pair.client;
    QTRY_VERIFY(!peer);
    toPeer.emitWithAck(u"late"_s)->onFailed(this, keep);
    toServer.emitWithAck(u"late"_s)->onFailed(this, keep);
    QTRY_COMPARE(errors.size(), 3);
    for (const Error &error : std::as_const(errors)) {
        QCOMPARE(error.type(), Error::Type::Disconnected);
        QVERIFY2(error.message().contains(u"the event \"late\" was not acknowledged"_s),
                 qPrintable(error.message()));
        QVERIFY2(error.hint().contains(u"before the event was emitted"_s),
                 qPrintable(error.hint()));
    }
}

// Another kind is said at once, and so that the one before came again.
void tst_Client_Mistakes::repeatedLosses()
{
    LossyServer io;
    QVERIFY(io.listen(QHostAddress::LocalHost));
    Manager manager(io.url(), LossyServer::clientOptions());
    ClientSocket *socket = manager.socket();
    const Warnings log;
    QSignalSpy breaks(socket, &ClientSocket::disconnected);
    qsizetype losses = 0;
    const QStringList events{u"save"_s, u"save"_s, u"save"_s, u"load"_s, u"load"_s, u"save"_s};
    for (const QString &event : events) {
        QTRY_VERIFY(socket->isConnected());
        socket->emitEvent(event, QString(2000, u'x'));
        ++losses;
        QTRY_COMPARE(breaks.size(), losses); // it is back soon
    }
    const QStringList told = log.all().filter(u"the connection to "_s + manager.url().toString());
    const auto expect = [&](qsizetype index, const QString &start, const QString &event) {
        const QString text = told.value(index);
        QVERIFY2(text.startsWith(start + u"the connection to"_s), qPrintable(text));
        QVERIFY2(text.contains(event), qPrintable(text));
        QVERIFY2(text.contains(u"Raise maxHttpBufferSize"_s), qPrintable(text));
    };
    QCOMPARE(told.size(), 5);
    expect(0, {}, u"\"save\""_s);
    expect(1, u"2 times more: "_s, u"\"save\""_s);
    expect(2, {}, u"\"load\""_s);
    expect(3, u"once more: "_s, u"\"load\""_s);
    expect(4, {}, u"\"save\""_s);
}

// After a while, those that were left out are told of.
void tst_Client_Mistakes::lossesAreCounted()
{
    LossyServer io;
    QVERIFY(io.listen(QHostAddress::LocalHost));
    Manager manager(io.url(), LossyServer::clientOptions());
    ManagerPrivate::get(&manager)->lossReport.setPause(1s);
    ClientSocket *socket = manager.socket();
    connect(socket, &ClientSocket::connected, this,
            [&] { socket->emitEvent(u"save"_s, QString(2000, u'x')); });
    const Warnings log;
    QTRY_VERIFY_WITH_TIMEOUT(!log.all().filter(u"more: the connection to"_s).isEmpty(),
                             TestSupport::Patience);
}

void tst_Client_Mistakes::oneLossWithRetries()
{
    LossyServer io;
    QVERIFY(io.listen(QHostAddress::LocalHost));
    ClientOptions options = LossyServer::clientOptions();
    options.retries = 3;
    Manager manager(io.url(), options);
    ClientSocket *socket = manager.socket();
    const Warnings log;
    for (int i = 0; i < 8; ++i) // the numbers of the acknowledgements get longer
        socket->emitEvent(u"small"_s);
    socket->emitEvent(u"save"_s, QString(2000, u'x'));
    QSignalSpy flushed(socket, &ClientSocket::flushed);
    QTRY_VERIFY_WITH_TIMEOUT(!flushed.isEmpty() && socket->queuedCount() == 0,
                             TestSupport::Patience);
    const QStringList told = log.all().filter(manager.url().toString());
    QCOMPARE(told.size(), 2);
    QVERIFY2(told.at(0).startsWith(u"the connection to"_s), qPrintable(told.at(0)));
    QVERIFY2(told.at(1).contains(u"\"save\" to / of "_s), qPrintable(told.at(1)));
    QVERIFY2(told.at(1).contains(u"is given up after 4 attempts"_s), qPrintable(told.at(1)));
}

void tst_Client_Mistakes::badUrls_data()
{
    QTest::addColumn<QUrl>("url");
    QTest::addColumn<QString>("place");
    QTest::addColumn<QString>("reason");
    QTest::newRow("port") << QUrl(u"http://localhost:99999"_s) << u"\"http://localhost:99999\""_s
                          << u"\"http://localhost:99999\" is not a server address: "_s;
    QTest::newRow("scheme") << QUrl(u"ftp://localhost"_s) << u"\"ftp://localhost\""_s
                            << u"the scheme \"ftp\" is not supported"_s;
    QTest::newRow("none") << QUrl() << u"a server without an address"_s
                          << u"no server address was given"_s;
}

// Nobody has refused the socket, and to open it again is of no use.
void tst_Client_Mistakes::badUrls()
{
    QFETCH(QUrl, url);
    QFETCH(QString, place);
    QFETCH(QString, reason);
    Server io;
    QStringList received;
    connect(&io, &Server::connected, this, [&](Socket *socket) {
        socket->on(u"event"_s, socket, [&](const QString &text) { received.append(text); });
    });
    QVERIFY(io.listen(QHostAddress::LocalHost));
    Manager manager(url);
    ClientSocket *socket = manager.socket();
    connect(socket, &ClientSocket::connectError, this, [] {});
    QTRY_VERIFY(!socket->isActive());
    Warnings log;
    socket->emitEvent(u"event"_s, u"one"_s);
    socket->emitEvent(u"event"_s, u"two"_s);
    QTRY_COMPARE(log.all().size(), 1);
    const QString text = log.take().first();
    QVERIFY2(
        text.startsWith(u"2 events to / of %1, the first of them \"event\", wait until another "
                        "URL is set and open() is called: "_s.arg(place)),
        qPrintable(text));
    QVERIFY2(text.contains(reason), qPrintable(text));
    QList<Error> errors;
    socket->timeout(1ms).emitWithAck(u"late"_s)->onFailed(
        this, [&](const Error &error) { errors.append(error); });
    QTRY_COMPARE(errors.size(), 1);
    QVERIFY2(errors.first().message().contains(u"it was not sent: "_s), qPrintable(text));
    QVERIFY2(errors.first().message().contains(reason), qPrintable(errors.first().message()));
    QVERIFY2(errors.first().hint().contains(u"Give an address such as"_s),
             qPrintable(errors.first().hint()));
    manager.setUrl(QUrl(u"http://127.0.0.1:%1"_s.arg(io.serverPort())));
    socket->open();
    QTRY_COMPARE(received, (QStringList{u"one"_s, u"two"_s}));
    QCOMPARE(log.all(), QStringList());
}

using MakeAck = std::function<PendingAck *(Pair &pair)>;

void tst_Client_Mistakes::reservedNamesAreWarnedOfOnce_data()
{
    QTest::addColumn<MakeAck>("make");
    QTest::addColumn<int>("continuations");
    for (const int continuations : {-1, 0, 1, 2}) { // -1: it is deleted at once
        const auto row = [&](const char *name, const MakeAck &make) {
            QTest::addRow("%s, %d continuations", name, continuations) << make << continuations;
        };
        row("client", [](Pair &pair) { return pair.client->emitWithAck(u"connect"_s); });
        row("client, in time",
            [](Pair &pair) { return pair.client->timeout(1ms).emitWithAck(u"connect"_s); });
        row("server", [](Pair &pair) { return pair.peer->emitWithAck(u"disconnect"_s); });
        row("all", [](Pair &pair) { return pair.io.emitWithAck(u"disconnect"_s); });
        row("nobody",
            [](Pair &pair) { return pair.io.to(u"nobody"_s).emitWithAck(u"disconnect"_s); });
        row("client, deep", [](Pair &pair) { return pair.client->emitWithAck(u"a"_s, deep()); });
        row("server, deep", [](Pair &pair) { return pair.peer->emitWithAck(u"a"_s, deep()); });
        row("all, deep", [](Pair &pair) { return pair.io.emitWithAck(u"a"_s, deep()); });
        row("client, placeholder",
            [](Pair &pair) { return pair.client->emitWithAck(u"a"_s, placeholder(), "b"_ba); });
        row("server, placeholder",
            [](Pair &pair) { return pair.peer->emitWithAck(u"a"_s, placeholder(), "b"_ba); });
        row("all, placeholder",
            [](Pair &pair) { return pair.io.emitWithAck(u"a"_s, placeholder(), "b"_ba); });
        row("servers", [](Pair &pair) { return pair.io.serverSideEmitWithAck(u"connection"_s); });
    }
}

void tst_Client_Mistakes::reservedNamesAreWarnedOfOnce()
{
    QFETCH(MakeAck, make);
    QFETCH(int, continuations);
    Pair pair;
    QVERIFY(pair.open());
    const Warnings log;
    const QByteArrayView row = QTest::currentDataTag();
    QString reason = u"is a reserved event name"_s;
    if (row.contains("deep"))
        reason = u"nested more than 512 levels deep"_s;
    else if (row.contains("placeholder"))
        reason = u"an object with \"_placeholder\": true"_s;
    Error error;
    const QPointer<PendingAck> ack = make(pair);
    if (continuations < 0)
        delete ack;
    if (continuations > 0)
        ack->then(this, [] {});
    if (continuations > 1)
        ack->onFailed(this, [&](const Error &why) { error = why; });
    QTRY_VERIFY(!ack);
    if (continuations > 1) { // who is told
        QCOMPARE(error.type(), Error::Type::Argument);
        QVERIFY2(error.message().contains(reason), qPrintable(error.message()));
        QCOMPARE(log.all(), QStringList());
    } else {
        QCOMPARE(log.all().size(), 1);
        QVERIFY2(log.text().contains(reason), qPrintable(log.text()));
    }
}

void tst_Client_Mistakes::refusedUrlsAreToldOnce_data()
{
    QTest::addColumn<bool>("bySocket");
    QTest::newRow("connectError") << true;
    QTest::newRow("errorOccurred") << false;
}

void tst_Client_Mistakes::refusedUrlsAreToldOnce()
{
    QFETCH(bool, bySocket);
    const Warnings log;
    Manager manager(QUrl(u"http://localhost:99999"_s));
    ClientSocket *socket = manager.socket();
    int told = 0;
    if (bySocket)
        connect(socket, &ClientSocket::connectError, this, [&] { ++told; });
    else
        connect(&manager, &Manager::errorOccurred, this, [&] { ++told; });
    QTRY_COMPARE(told, 1);
    QTRY_VERIFY(!socket->isActive());
    QCOMPARE(log.all(), QStringList());
}

void tst_Client_Mistakes::bigAuthIsToldOnce_data()
{
    QTest::addColumn<QList<EngineIo::TransportType>>("transports");
    QTest::addColumn<bool>("listens");
    for (const auto transport :
         {EngineIo::TransportType::Polling, EngineIo::TransportType::WebSocket}) {
        const QByteArray name = EngineIo::transportName(transport).toLatin1();
        QTest::addRow("%s, mute", name.constData()) << QList{transport} << false;
        QTest::addRow("%s, heard", name.constData()) << QList{transport} << true;
    }
}

// The connection breaks, and the namespace is not joined because of that.
void tst_Client_Mistakes::bigAuthIsToldOnce()
{
    QFETCH(QList<EngineIo::TransportType>, transports);
    QFETCH(bool, listens);
    LossyServer io;
    QVERIFY(io.listen(QHostAddress::LocalHost));
    ClientOptions options;
    options.transports = transports;
    options.reconnection = false;
    options.auth = {{u"token"_s, QString(2000, u'x')}};
    Manager manager(io.url(), options);
    ClientSocket *socket = manager.socket();
    if (listens)
        connect(socket, &ClientSocket::connectError, this, [] {});
    const Warnings log;
    QTRY_VERIFY(socket->lastError());
    const QStringList told = log.all().filter(u"is bigger than the 1000 bytes that the server"_s);
    QCOMPARE(told.size(), listens ? 0 : 1);
    if (!listens)
        QVERIFY2(told.first().startsWith(u"the namespace / of "_s), qPrintable(told.first()));
}

void tst_Client_Mistakes::answersThatCannotBeSent_data()
{
    QTest::addColumn<bool>("byServer");
    QTest::addColumn<QVariant>("answer");
    QTest::addColumn<QString>("text");
    for (const bool byServer : {false, true}) {
        const char *side = byServer ? "server" : "client";
        QTest::addRow("%s, deep", side)
            << byServer << deep()
            << u"Not sent: the answer to event \"ask\" is nested more than 512 levels deep; send "
               u"it "
               "in another form, or raise the parser's setting maxDepth"_s;
        QTest::addRow("%s, placeholder", side)
            << byServer << QVariant(QVariantList{placeholder(), "b"_ba})
            << u"Not sent: the answer to event \"ask\" has binary data and an object with "
               "\"_placeholder\": true"_s;
        QTest::addRow("%s, an object", side)
            << byServer << QVariant::fromValue<QObject *>(this)
            << u"A value of type QObject* in the answer to event \"ask\" cannot be sent"_s;
    }
}

void tst_Client_Mistakes::answersThatCannotBeSent()
{
    QFETCH(bool, byServer);
    QFETCH(QVariant, answer);
    QFETCH(QString, text);
    Pair pair;
    QVERIFY(pair.open());
    int answers = 0;
    const auto give = [&](const Ack &ack) {
        ++answers;
        ack.acknowledge(QVariantList(1, answer));
    };
    const Warnings log;
    if (byServer)
        pair.peer->on(u"ask"_s, pair.peer, give);
    else
        pair.client->on(u"ask"_s, pair.client, give);
    for (int i = 0; i < 3; ++i) {
        if (byServer)
            pair.client->emitWithAck(u"ask"_s);
        else
            pair.peer->emitWithAck(u"ask"_s);
    }
    QTRY_COMPARE(answers, 3);
    QCOMPARE(log.all().size(), 1); // a peer may ask without end
    QVERIFY2(log.text().startsWith(text), qPrintable(log.text()));
}

void tst_Client_Mistakes::answersThatDoNotFit_data()
{
    QTest::addColumn<int>("continuations");
    QTest::newRow("mute") << 1;
    QTest::newRow("heard") << 2;
}

void tst_Client_Mistakes::answersThatDoNotFit()
{
    QFETCH(int, continuations);
    Pair pair;
    QVERIFY(pair.open());
    pair.peer->on(u"ask"_s, pair.peer, [](const Ack &ack) { ack(u"text"_s); });
    const Warnings log;
    int failures = 0;
    const QPointer<PendingAck> ack = pair.client->emitWithAck(u"ask"_s);
    ack->then(this, [](int) {});
    if (continuations == 2)
        ack->onFailed(this, [&] { ++failures; });
    QTRY_VERIFY(!ack);
    QCOMPARE(failures, continuations == 2 ? 1 : 0);
    QCOMPARE(log.all().size(), continuations == 2 ? 0 : 1);
    if (continuations != 2)
        QVERIFY2(log.text().contains(u"The answer to event \"ask\" does not fit"_s),
                 qPrintable(log.text()));
}

QTSOCKETIO_TEST(tst_Client_Mistakes)
#include "tst_client_mistakes.moc"
