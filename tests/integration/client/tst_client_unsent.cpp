// SPDX-License-Identifier: MIT
#include "support/testmain.h"
#include "support/warnings.h"

#include <SocketIo/Manager>
#include <SocketIo/Server>

#include <QtNetwork/qtcpsocket.h>
#include <QtTest/qsignalspy.h>
#include <QtTest/qtest.h>

#include <functional>
#include <memory>

using namespace SocketIo;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

// How it comes that nobody connects a socket any more.
enum class End {
    Refused,         // by a middleware
    NoNamespace,     // by the server
    NoReconnection,  // with the option reconnection off
    NoAttempts,      // with reconnectionAttempts used up
    Closed,          // by close() while connected
    ClosedEarly,     // by close() before
    ManagerClosed,   // by the manager's close()
    PutOut,          // by the server
    ReconnectionOff, // by setReconnection() while waiting
};

// For the acknowledgement of an event that is given up.
enum class Waits { Nobody, NobodyAny, NoMore, Answer, Failure };

QUrl urlOf(const Server &io)
{
    return QUrl(u"http://127.0.0.1:%1"_s.arg(io.serverPort()));
}

// An address at which nobody listens, nor does another test as long as this lives.
class Unreachable
{
public:
    Unreachable() { m_socket.bind(QHostAddress::LocalHost); }
    QUrl url() const { return QUrl(u"http://127.0.0.1:%1"_s.arg(m_socket.localPort())); }

private:
    QTcpSocket m_socket;
};

bool waitFor(const std::function<bool()> &condition)
{
    return QTest::qWaitFor(condition, TestSupport::Patience);
}

} // namespace

Q_DECLARE_METATYPE(End)
Q_DECLARE_METATYPE(Waits)

// What waits for a connection is not kept, and not lost, in silence.
class tst_Client_Unsent : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void whereNobodyConnects_data();
    void whereNobodyConnects();
    void openedInTime();
    void notOpenedYet();
    void timeoutsWhileConnecting();
    void timeoutsWithoutAuth();
    void lossAtDestruction_data();
    void lossAtDestruction();
    void refusedWhileClosing_data();
    void refusedWhileClosing();
    void nothingLost();
    void givenUp_data();
    void givenUp();
};

void tst_Client_Unsent::whereNobodyConnects_data()
{
    QTest::addColumn<End>("end");
    QTest::addColumn<QString>("reason");
    QTest::addColumn<int>("retries");
    for (const int retries : {0, 1}) {
        const auto row = [&](const char *name, End end, const QString &reason) {
            QTest::addRow("%s, %d retries", name, retries) << end << reason << retries;
        };
        row("refused", End::Refused, u"the socket was refused (no entry)"_s);
        row("no namespace", End::NoNamespace, u"the socket was refused (Invalid namespace"_s);
        row("no reconnection", End::NoReconnection, u"the option reconnection is off (cannot"_s);
        row("no attempts", End::NoAttempts, u"no further attempts to connect are made (cannot"_s);
        row("closed", End::Closed, u"the socket was closed by close()"_s);
        row("closed early", End::ClosedEarly, u"the socket was closed by close()"_s);
        row("manager closed", End::ManagerClosed, u"the connection was closed by close()"_s);
        row("put out", End::PutOut, u"removed the client from the namespace"_s);
        row("reconnection off", End::ReconnectionOff, u"the option reconnection is off (cannot"_s);
    }
}

// What is emitted waits, as in socket.io-client: the program may ask for another password and open
// the socket again. It hears of that once.
void tst_Client_Unsent::whereNobodyConnects()
{
    QFETCH(End, end);
    QFETCH(QString, reason);
    QFETCH(int, retries);
    Server io;
    bool refuses = end == End::Refused;
    QStringList received;
    Socket *peer = nullptr;
    const auto serve = [&](Namespace *nsp) {
        connect(nsp, &Namespace::connected, this, [&](Socket *socket) {
            peer = socket;
            socket->on(u"event"_s, socket, [&](const QString &text, const Ack &ack) {
                received.append(text);
                ack(text);
            });
        });
    };
    Namespace *nsp = io.of(u"/room"_s);
    nsp->use([&](Socket *, const Next &next) { refuses ? next(Error(u"no entry"_s)) : next(); });
    serve(nsp);
    QVERIFY(io.listen(QHostAddress::LocalHost));

    const bool isReachable = end != End::NoReconnection && end != End::NoAttempts
        && end != End::ReconnectionOff && end != End::ClosedEarly;
    ClientOptions options;
    options.retries = retries;
    options.reconnection = end == End::NoAttempts || end == End::ReconnectionOff;
    options.reconnectionAttempts = end == End::NoAttempts ? 1 : -1;
    options.reconnectionDelay = end == End::NoAttempts ? 1ms : 1h;
    options.reconnectionDelayMax = options.reconnectionDelay;
    const Unreachable nowhere;
    Manager manager(isReachable ? urlOf(io) : nowhere.url(), options);
    const QString name = end == End::NoNamespace ? u"/late"_s : u"/room"_s;
    ClientSocket *socket = manager.socket(name);
    connect(socket, &ClientSocket::connectError, this, [] {}); // which is not what is tested here
    QStringList answers;
    const auto ask = [&](const QString &text) {
        socket->emitWithAck(u"event"_s, text)->then(this, [&](const QString &answer) {
            answers.append(answer);
        });
    };
    const Warnings log;
    const bool connects = end == End::Closed || end == End::ManagerClosed || end == End::PutOut;
    if (!connects)
        ask(u"before"_s);
    switch (end) {
    case End::Refused:
    case End::NoNamespace:
        QVERIFY(waitFor([&] { return !socket->isActive(); }));
        break;
    case End::NoReconnection:
    case End::NoAttempts: {
        QSignalSpy failed(&manager, &Manager::reconnectFailed);
        QVERIFY(waitFor([&] {
            return end == End::NoAttempts ? !failed.isEmpty()
                                          : manager.state() == Manager::State::Closed;
        }));
        break;
    }
    case End::ReconnectionOff:
        QVERIFY(waitFor([&] { return manager.state() == Manager::State::Waiting; }));
        manager.setReconnection(false);
        break;
    case End::ClosedEarly:
        socket->close();
        break;
    case End::Closed:
    case End::ManagerClosed:
    case End::PutOut:
        QVERIFY(waitFor([&] { return socket->isConnected() && peer; }));
        if (end == End::Closed)
            socket->close();
        else if (end == End::ManagerClosed)
            manager.close();
        else
            peer->disconnectSocket();
        QVERIFY(waitFor([&] { return !socket->isConnected(); }));
        QVERIFY(waitFor([&] { return manager.state() == Manager::State::Closed; }));
        break;
    }
    ask(u"one"_s);
    QVERIFY(socket->emitEvent(u"event"_s, u"two"_s));
    ask(u"three"_s);
    QList<Error> errors;
    if (retries == 0) { // with retries a time-out counts from when the event is sent
        socket->timeout(1ms).emitWithAck(u"late"_s)->onFailed(
            this, [&](const Error &error) { errors.append(error); });
        QTRY_COMPARE(errors.size(), 1);
        QCOMPARE(errors.first().type(), Error::Type::Timeout);
        const QString message = errors.first().message();
        QVERIFY2(message.contains(u"\"late\""_s), qPrintable(message));
        QVERIFY2(message.contains(name), qPrintable(message));
        QVERIFY2(message.contains(u"it was not sent: "_s), qPrintable(message));
        QVERIFY2(message.contains(reason), qPrintable(message));
        QVERIFY2(errors.first().hint().contains(u"Call open()"_s), qPrintable(errors[0].hint()));
    }
    const auto waiting = [&] { return log.all().filter(u"until open() is called"_s); };
    QTRY_COMPARE(waiting().size(), 1);
    const QString text = waiting().first();
    QVERIFY2(text.contains(u"\"event\""_s), qPrintable(text));
    QVERIFY2(text.contains(name + u" of "_s + manager.url().toString()), qPrintable(text));
    // The failure is not said again.
    const bool isRefused = end == End::Refused || end == End::NoNamespace;
    const QString told = isRefused ? reason : reason.left(reason.indexOf(u" ("_s));
    QVERIFY2(isRefused ? text.contains(told) : text.endsWith(told), qPrintable(text));
    QCOMPARE(answers, QStringList());

    // And again.
    refuses = false;
    if (end == End::NoNamespace)
        serve(io.of(name));
    manager.setUrl(urlOf(io));
    if (end == End::ManagerClosed)
        manager.open();
    else
        socket->open();
    QStringList expected{u"one"_s, u"two"_s, u"three"_s};
    if (!connects)
        expected.prepend(u"before"_s);
    QTRY_COMPARE(received, expected);
    expected.removeAll(u"two"_s);
    QTRY_COMPARE(answers, expected);
    QCOMPARE(waiting().size(), 1);
}

// Not a word about what is put right before the event loop runs.
void tst_Client_Unsent::openedInTime()
{
    Server io;
    int received = 0;
    Socket *peer = nullptr;
    connect(&io, &Server::connected, this, [&](Socket *socket) {
        peer = socket;
        socket->on(u"event"_s, socket, [&] { ++received; });
    });
    QVERIFY(io.listen(QHostAddress::LocalHost));
    Manager manager(urlOf(io));
    ClientSocket *socket = manager.socket();
    QTRY_VERIFY(socket->isConnected());
    const Warnings log;
    connect(
        socket, &ClientSocket::disconnected, this, [&] { socket->emitEvent(u"event"_s); },
        Qt::SingleShotConnection);
    socket->close();
    QVERIFY(socket->emitEvent(u"event"_s));
    socket->open();
    QTRY_COMPARE(received, 2);
    // A broken connection is made again.
    connect(
        socket, &ClientSocket::disconnected, this, [&] { socket->emitEvent(u"event"_s); },
        Qt::SingleShotConnection);
    manager.setReconnectionDelay(1ms);
    peer->conn()->close();
    QTRY_COMPARE(received, 3);
    QCOMPARE(log.all(), QStringList());
}

// Who opens the socket later knows that.
void tst_Client_Unsent::notOpenedYet()
{
    ClientOptions options;
    options.autoConnect = false;
    const Unreachable nowhere;
    Manager manager(nowhere.url(), options);
    ClientSocket *socket = manager.socket();
    Warnings log;
    socket->emitEvent(u"event"_s);
    Error error;
    socket->timeout(1ms).emitWithAck(u"save"_s)->onFailed(this,
                                                          [&](const Error &why) { error = why; });
    QTRY_VERIFY(error);
    QCOMPARE(log.all(), QStringList());
    QVERIFY2(error.message().contains(u"the socket has not been opened"_s),
             qPrintable(error.message()));
    QVERIFY2(error.hint().contains(u"Call open()"_s), qPrintable(error.hint()));
    delete socket;
    QCOMPARE(log.all().size(), 1);
    QVERIFY2(log.text().contains(u"has not been opened. Call open() and wait"_s),
             qPrintable(log.text()));
}

void tst_Client_Unsent::timeoutsWhileConnecting()
{
    ClientOptions options;
    options.reconnectionDelay = 1h;
    const Unreachable nowhere;
    Manager manager(nowhere.url(), options);
    ClientSocket *socket = manager.socket();
    connect(socket, &ClientSocket::connectError, this, [] {});
    Warnings log;
    QTRY_COMPARE(manager.state(), Manager::State::Waiting);
    log.take();
    Error error;
    socket->timeout(1ms).emitWithAck(u"save"_s)->onFailed(this,
                                                          [&](const Error &why) { error = why; });
    QTRY_VERIFY(error);
    QCOMPARE(error.type(), Error::Type::Timeout);
    QVERIFY2(error.message().contains(u"it was not sent: there is no connection (cannot connect"_s),
             qPrintable(error.message()));
    QCOMPARE(error.hint(), socket->lastError().hint());
    QCOMPARE(log.all(), QStringList());
}

void tst_Client_Unsent::timeoutsWithoutAuth()
{
    Server io;
    QVERIFY(io.listen(QHostAddress::LocalHost));
    ClientOptions options;
    bool asked = false;
    options.authFunction = [&](const AuthDone &) { asked = true; };
    Manager manager(urlOf(io), options);
    ClientSocket *socket = manager.socket();
    QTRY_VERIFY(asked);
    Error error;
    socket->timeout(1ms).emitWithAck(u"save"_s)->onFailed(this,
                                                          [&](const Error &why) { error = why; });
    QTRY_VERIFY(error);
    QVERIFY2(error.message().contains(u"authFunction has not provided"_s),
             qPrintable(error.message()));
}

void tst_Client_Unsent::lossAtDestruction_data()
{
    QTest::addColumn<bool>("wholeManager");
    QTest::addColumn<bool>("reconnecting");
    QTest::addColumn<int>("retries");
    for (const bool wholeManager : {false, true}) {
        for (const bool reconnecting : {false, true}) {
            for (const int retries : {0, 2}) {
                QTest::addRow("%s, %s, %d retries", wholeManager ? "manager" : "socket",
                              reconnecting ? "reconnecting" : "connecting", retries)
                    << wholeManager << reconnecting << retries;
            }
        }
    }
}

void tst_Client_Unsent::lossAtDestruction()
{
    QFETCH(bool, wholeManager);
    QFETCH(bool, reconnecting);
    QFETCH(int, retries);
    Server io;
    QVERIFY(io.listen(QHostAddress::LocalHost));
    ClientOptions options;
    options.retries = retries;
    options.reconnectionDelay = 1h;
    options.reconnectionDelayMax = 1h;
    auto manager = std::make_unique<Manager>(urlOf(io), options);
    ClientSocket *socket = manager->socket(u"/"_s);
    const QString place = u"/ of "_s + manager->url().toString();
    if (reconnecting) {
        QTRY_VERIFY(socket->isConnected());
        io.close();
        QTRY_COMPARE(manager->state(), Manager::State::Waiting);
    }
    Warnings log;
    socket->emitEvent(u"first"_s);
    socket->emitWithAck(u"second"_s);
    socket->asVolatile().emitEvent(u"volatile"_s);
    if (wholeManager)
        manager.reset();
    else
        delete socket;
    QCOMPARE(log.all().size(), 1);
    QVERIFY2(log.text().startsWith(
                 u"2 events to %1, the first of them \"first\", are lost"_s.arg(place)),
             qPrintable(log.text()));
    QVERIFY2(log.text().contains(u": there is no connection. Wait for flushed()"_s),
             qPrintable(log.text()));
}

void tst_Client_Unsent::refusedWhileClosing_data()
{
    QTest::addColumn<bool>("deleted");
    QTest::newRow("the manager is closed") << false;
    QTest::newRow("the socket is deleted") << true;
}

// The server closes the WebSocket for what it gets, while the client says good-bye.
void tst_Client_Unsent::refusedWhileClosing()
{
    QFETCH(bool, deleted);
    ServerOptions serverOptions;
    serverOptions.maxHttpBufferSize = 1000;
    Server io(serverOptions);
    QVERIFY(io.listen(QHostAddress::LocalHost));
    ClientOptions options;
    options.transports = {EngineIo::TransportType::WebSocket};
    auto *socket = Manager::connectTo(urlOf(io), options);
    QVERIFY(waitFor([&] { return socket->isConnected(); }));
    const Warnings warnings;
    socket->emitEvent(u"data"_s, QByteArray(2000, 'x'));
    if (deleted)
        delete socket;
    else
        socket->manager()->close();
    const auto isTold = [&] {
        return warnings.all()
                   .filter(u"is bigger than the 1000 bytes that the server accepts"_s)
                   .size()
            == 1;
    };
    QVERIFY2(waitFor(isTold), qPrintable(warnings.text()));
    QVERIFY(warnings.text().contains(u"Raise maxHttpBufferSize of the server"_s));
    if (!deleted)
        delete socket;
}

void tst_Client_Unsent::nothingLost()
{
    Server io;
    int received = 0;
    connect(&io, &Server::connected, this,
            [&](Socket *socket) { socket->on(u"event"_s, socket, [&] { ++received; }); });
    QVERIFY(io.listen(QHostAddress::LocalHost));
    const Warnings log;
    {
        Manager connected(urlOf(io));
        ClientSocket *socket = connected.socket();
        QTRY_VERIFY(socket->isConnected());
        QVERIFY(socket->emitEvent(u"event"_s)); // delivered without the manager
    }
    {
        Manager connecting(urlOf(io));
        connecting.socket()->asVolatile().emitEvent(u"event"_s);
    }
    QTRY_COMPARE(received, 1);
    QCOMPARE(log.all(), QStringList());
}

void tst_Client_Unsent::givenUp_data()
{
    QTest::addColumn<Waits>("waits");
    QTest::addColumn<bool>("breaks");
    for (const bool breaks : {false, true}) {
        const auto row = [&](const char *name, Waits waits) {
            QTest::addRow("%s, %s", name, breaks ? "breaks" : "times out") << waits << breaks;
        };
        row("nobody", Waits::Nobody);
        row("nobody, with an acknowledgement", Waits::NobodyAny);
        row("nobody any more", Waits::NoMore);
        row("for the answer", Waits::Answer);
        row("for the failure", Waits::Failure);
    }
}

// Retries are for those who must not lose an event: that one is lost is said once, by whoever hears
// of it.
void tst_Client_Unsent::givenUp()
{
    QFETCH(Waits, waits);
    QFETCH(bool, breaks);
    Server io;
    int received = 0;
    bool isNextHere = false;
    connect(&io, &Server::connected, this, [&](Socket *socket) {
        socket->on(u"save"_s, socket, [&, socket] { // which takes no Ack
            ++received;
            if (breaks)
                socket->conn()->close();
        });
        socket->on(u"next"_s, socket, [&](const Ack &ack) {
            isNextHere = true;
            ack();
        });
    });
    QVERIFY(io.listen(QHostAddress::LocalHost));
    ClientOptions options;
    options.retries = 1;
    options.reconnectionDelay = 1ms;
    options.ackTimeout = 1h;
    Manager manager(urlOf(io), options);
    ClientSocket *socket = manager.socket();
    QTRY_VERIFY(socket->isConnected());
    const Warnings log;
    int failures = 0;
    const auto emitSave = [&]() -> PendingAck * {
        if (!breaks)
            return socket->timeout(10ms).emitWithAck(u"save"_s);
        return socket->emitWithAck(u"save"_s);
    };
    switch (waits) {
    case Waits::Nobody:
        QVERIFY(breaks ? socket->emitEvent(u"save"_s) : socket->timeout(10ms).emitEvent(u"save"_s));
        break;
    case Waits::NobodyAny:
        emitSave();
        break;
    case Waits::NoMore:
        delete emitSave();
        break;
    case Waits::Answer:
        emitSave()->then(this, [] {});
        break;
    case Waits::Failure:
        emitSave()->onFailed(this, [&] { ++failures; });
        break;
    }
    socket->emitEvent(u"next"_s); // the others follow
    QTRY_VERIFY(isNextHere);
    QTRY_COMPARE(received, 2);
    QCOMPARE(failures, waits == Waits::Failure ? 1 : 0);
    QCOMPARE(log.all().size(), waits == Waits::Failure ? 0 : 1);
    if (waits == Waits::Failure)
        return;
    const QString place = u"/ of "_s + manager.url().toString();
    QVERIFY2(log.text().contains(u"\"save\""_s), qPrintable(log.text()));
    QVERIFY2(log.text().contains(place), qPrintable(log.text()));
    if (waits == Waits::Answer)
        return; // the text of each acknowledgement
    QVERIFY2(log.text().startsWith(
                 u"the event \"save\" to %1 is given up after 2 attempts: "_s.arg(place)),
             qPrintable(log.text()));
    const QString expected = breaks ? u"the connection to %1 broke"_s.arg(manager.url().toString())
                                    : u"the server did not acknowledge it within 10 ms"_s;
    QVERIFY2(log.text().contains(u"attempts: "_s + expected), qPrintable(log.text()));
    const QString remedy = breaks ? u"Emit it again, or raise the option retries."_s
                                  : u"Check that the server's listener takes an acknowledgement"_s;
    QVERIFY2(log.text().contains(u". "_s + remedy), qPrintable(log.text()));
}

QTSOCKETIO_TEST(tst_Client_Unsent)
#include "tst_client_unsent.moc"
