// SPDX-License-Identifier: MIT
#include "rawclient.h"
#include "support/testmain.h"

#include <EngineIo/Client>
#include <SocketIo/Manager>

#include <QtCore/qprocess.h>
#include <QtCore/qthread.h>

using namespace SocketIo;
using namespace Qt::StringLiterals;

namespace {
constexpr char Variable[] = "QTSOCKETIO_TEST_WRONG_CALL";
}

// What an application calls in another thread than the one that the object lives in is refused,
// with a text that says so.
class tst_Sio_WrongThread : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void callsAreRefused_data();
    void callsAreRefused();

private:
    static void callInAnotherThread(const QByteArray &function);
};

void tst_Sio_WrongThread::callsAreRefused_data()
{
    QTest::addColumn<QByteArray>("function");
    for (const char *function : {"SocketIo::Server::setOptions()",
                                 "SocketIo::Server::listen()",
                                 "SocketIo::Server::of()",
                                 "SocketIo::Server::close()",
                                 "SocketIo::Namespace::use()",
                                 "SocketIo::Namespace::serverSideEmit()",
                                 "SocketIo::Namespace::serverSideEmitWithAck()",
                                 "SocketIo::BroadcastOperator::emitEvent()",
                                 "SocketIo::BroadcastOperator::emitWithAck()",
                                 "SocketIo::BroadcastOperator::socketsJoin()",
                                 "SocketIo::BroadcastOperator::disconnectSockets()",
                                 "SocketIo::Socket::emitEvent()",
                                 "SocketIo::Socket::emitWithAck()",
                                 "SocketIo::Socket::join()",
                                 "SocketIo::Socket::leave()",
                                 "SocketIo::Socket::setData()",
                                 "SocketIo::Socket::setDataValue()",
                                 "SocketIo::Socket::use()",
                                 "SocketIo::Socket::disconnectSocket()",
                                 "SocketIo::Socket::disconnectClient()",
                                 "SocketIo::EventListeners::on()",
                                 "SocketIo::EventListeners::onAny()",
                                 "SocketIo::EventListeners::off()",
                                 "SocketIo::EventListeners::offAll()",
                                 "SocketIo::EventListeners::offAny()",
                                 "EngineIo::Server::listen()",
                                 "EngineIo::Server::close()",
                                 "EngineIo::Server::setIoThreadCount()",
                                 "EngineIo::Server::setOptions()",
                                 "EngineIo::Server::setSslConfiguration()",
                                 "EngineIo::Server::use()",
                                 "EngineIo::Server::setAllowRequest()",
                                 "EngineIo::Server::setIdGenerator()",
                                 "EngineIo::Server::setRequestHandler()",
                                 "EngineIo::Server::handleConnection()",
                                 "EngineIo::Client::setUrl()",
                                 "EngineIo::Client::setOptions()",
                                 "EngineIo::Client::setNetworkAccessManager()",
                                 "EngineIo::Client::open()",
                                 "EngineIo::Client::close()",
                                 "EngineIo::Client::abort()",
                                 "SocketIo::Manager::setNetworkAccessManager()",
                                 "SocketIo::Manager::setReconnection()",
                                 "SocketIo::Manager::setReconnectionAttempts()",
                                 "SocketIo::Manager::setReconnectionDelay()",
                                 "SocketIo::Manager::setReconnectionDelayMax()",
                                 "SocketIo::Manager::setRandomizationFactor()",
                                 "SocketIo::Manager::setTimeout()",
                                 "SocketIo::ClientSocket::setAuth()",
                                 "SocketIo::ClientSocket::setAuthFunction()",
                                 "EngineIo::Server::handleSocketDescriptor()",
                                 "EngineIo::Client::send()",
                                 "EngineIo::Session::send()",
                                 "EngineIo::Session::close()",
                                 "EngineIo::Session::abort()"})
        QTest::newRow(function) << QByteArray(function);
}

// Builds with assertions stop there, so it happens in a process of its own.
void tst_Sio_WrongThread::callsAreRefused()
{
    QFETCH(QByteArray, function);
    if (qEnvironmentVariableIsSet(Variable)) {
        callInAnotherThread(function);
        return;
    }
    QProcess process;
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert(QString::fromLatin1(Variable), u"1"_s);
    process.setProcessEnvironment(environment);
    process.start(QCoreApplication::applicationFilePath(),
                  {u"tst_sio_wrongthread"_s, u"callsAreRefused:"_s + QString::fromLatin1(function),
                   u"-nocrashhandler"_s});
    QVERIFY(process.waitForFinished(20'000));
    const QByteArray output = process.readAllStandardOutput() + process.readAllStandardError();
    const QByteArray text = function.mid(function.lastIndexOf(':') + 1)
        + " was called in another thread than the one that the object lives in";
    QVERIFY2(output.contains(text), output.constData());
    QVERIFY2(output.contains("qt.socketio.engine: "), output.constData());
    // The program has called none of these by that name.
    for (const char *name : {"BroadcastOperator::", "EventListeners::", "Namespace::"})
        QVERIFY2(!output.contains(name + text), output.constData());
#ifdef QT_NO_DEBUG
    QCOMPARE(process.exitCode(), 0);
#else
    QVERIFY(process.exitStatus() == QProcess::CrashExit || process.exitCode() != 0);
#endif
}

// Each call does nothing, and says so where it returns something.
void tst_Sio_WrongThread::callInAnotherThread(const QByteArray &function)
{
    SioServer io;
    QPointer<Socket> socket;
    QObject::connect(&io, &Server::connected, &io, [&](Socket *joined) { socket = joined; });
    RawClient client(io.port());
    QVERIFY(!client.join().isEmpty());
    QVERIFY(socket);
    const QPointer<EngineIo::Session> session = socket->conn();
    socket->on(u"kept"_s, &io, [] {});
    socket->onAny(&io, [] {});
    const QUrl url(u"http://127.0.0.1:%1"_s.arg(io.port()));
    EngineIo::Client engineClient(url);
    ClientOptions options;
    options.autoConnect = false;
    options.auth = {{u"kept"_s, 1}};
    Manager manager(url, options);
    ClientSocket *clientSocket = manager.socket();
    const QHash<QByteArray, std::function<bool()>> calls = {
        {"SocketIo::Server::setOptions()",
         [&] {
             io.setOptions({});
             return true;
         }},
        {"SocketIo::Server::listen()", [&] { return !io.listen(QHostAddress::LocalHost); }},
        {"SocketIo::Server::of()", [&] { return !io.of(u"/new"_s); }},
        {"SocketIo::Server::close()",
         [&] {
             io.close();
             return true;
         }},
        {"SocketIo::Namespace::use()",
         [&] {
             socket->nsp()->use([](Socket *, const Next &) {});
             return true;
         }},
        {"SocketIo::Namespace::serverSideEmit()",
         [&] { return !socket->nsp()->serverSideEmit(u"x"_s); }},
        {"SocketIo::Namespace::serverSideEmitWithAck()",
         [&] {
             const std::unique_ptr<PendingAck> ack(socket->nsp()->serverSideEmitWithAck(u"x"_s));
             return bool(ack);
         }},
        {"SocketIo::BroadcastOperator::emitEvent()",
         [&] { return !socket->nsp()->except(u"x"_s).emitEvent(u"x"_s); }},
        {"SocketIo::BroadcastOperator::emitWithAck()",
         [&] {
             const std::unique_ptr<PendingAck> ack(
                 socket->nsp()->except(u"x"_s).emitWithAck(u"x"_s));
             return bool(ack);
         }},
        {"SocketIo::BroadcastOperator::socketsJoin()",
         [&] {
             socket->nsp()->except(u"x"_s).socketsJoin(u"room"_s);
             return true;
         }},
        {"SocketIo::BroadcastOperator::disconnectSockets()",
         [&] {
             socket->nsp()->except(u"x"_s).disconnectSockets();
             return true;
         }},
        {"SocketIo::Socket::emitEvent()", [&] { return !socket->emitEvent(u"x"_s); }},
        {"SocketIo::Socket::emitWithAck()",
         [&] {
             const std::unique_ptr<PendingAck> ack(socket->emitWithAck(u"x"_s));
             return bool(ack);
         }},
        {"SocketIo::Socket::join()",
         [&] {
             socket->join(u"room"_s);
             return true;
         }},
        {"SocketIo::Socket::leave()",
         [&] {
             socket->leave(socket->id());
             return true;
         }},
        {"SocketIo::Socket::setData()",
         [&] {
             socket->setData({{u"key"_s, 1}});
             return true;
         }},
        {"SocketIo::Socket::setDataValue()",
         [&] {
             socket->setDataValue(u"key"_s, 1);
             return true;
         }},
        {"SocketIo::Socket::use()",
         [&] {
             socket->use([](QVariantList &, const Next &) {});
             return true;
         }},
        {"SocketIo::Socket::disconnectSocket()",
         [&] {
             socket->disconnectSocket();
             return true;
         }},
        {"SocketIo::Socket::disconnectClient()",
         [&] {
             socket->disconnectClient();
             return true;
         }},
        {"SocketIo::EventListeners::on()",
         [&] { return socket->on(u"x"_s, &io, [] {}) == ListenerId::Invalid; }},
        {"SocketIo::EventListeners::onAny()",
         [&] { return socket->onAny(&io, [] {}) == ListenerId::Invalid; }},
        {"SocketIo::EventListeners::off()", [&] { return socket->off(u"kept"_s) == 0; }},
        {"SocketIo::EventListeners::offAll()", [&] { return socket->offAll() == 0; }},
        {"SocketIo::EventListeners::offAny()", [&] { return socket->offAny() == 0; }},
        {"EngineIo::Server::listen()",
         [&] { return !io.engine()->listen(QHostAddress::LocalHost); }},
        {"EngineIo::Server::close()",
         [&] {
             io.engine()->close();
             return true;
         }},
        {"EngineIo::Server::setIoThreadCount()",
         [&] {
             io.engine()->setIoThreadCount(1);
             return true;
         }},
        {"EngineIo::Server::setOptions()",
         [&] {
             io.engine()->setOptions({});
             return true;
         }},
        {"EngineIo::Server::setSslConfiguration()",
         [&] {
             io.engine()->setSslConfiguration({});
             return true;
         }},
        {"EngineIo::Server::use()",
         [&] {
             io.engine()->use({});
             return true;
         }},
        {"EngineIo::Server::setAllowRequest()",
         [&] {
             io.engine()->setAllowRequest({});
             return true;
         }},
        {"EngineIo::Server::setIdGenerator()",
         [&] {
             io.engine()->setIdGenerator({});
             return true;
         }},
        {"EngineIo::Server::setRequestHandler()",
         [&] {
             io.engine()->setRequestHandler({});
             return true;
         }},
        {"EngineIo::Server::handleConnection()",
         [&] {
             io.engine()->handleConnection(nullptr);
             return true;
         }},
        {"EngineIo::Client::setUrl()",
         [&] {
             engineClient.setUrl(QUrl(u"http://localhost"_s));
             return true;
         }},
        {"EngineIo::Client::setOptions()",
         [&] {
             engineClient.setOptions({});
             return true;
         }},
        {"EngineIo::Client::setNetworkAccessManager()",
         [&] {
             engineClient.setNetworkAccessManager(nullptr);
             return true;
         }},
        {"EngineIo::Client::open()",
         [&] {
             engineClient.open();
             return true;
         }},
        {"EngineIo::Client::close()",
         [&] {
             engineClient.close();
             return true;
         }},
        {"EngineIo::Client::abort()",
         [&] {
             engineClient.abort();
             return true;
         }},
        {"SocketIo::Manager::setNetworkAccessManager()",
         [&] {
             manager.setNetworkAccessManager(nullptr);
             return true;
         }},
        {"SocketIo::Manager::setReconnection()",
         [&] {
             manager.setReconnection(false);
             return true;
         }},
        {"SocketIo::Manager::setReconnectionAttempts()",
         [&] {
             manager.setReconnectionAttempts(3);
             return true;
         }},
        {"SocketIo::Manager::setReconnectionDelay()",
         [&] {
             manager.setReconnectionDelay({});
             return true;
         }},
        {"SocketIo::Manager::setReconnectionDelayMax()",
         [&] {
             manager.setReconnectionDelayMax({});
             return true;
         }},
        {"SocketIo::Manager::setRandomizationFactor()",
         [&] {
             manager.setRandomizationFactor(0);
             return true;
         }},
        {"SocketIo::Manager::setTimeout()",
         [&] {
             manager.setTimeout({});
             return true;
         }},
        {"SocketIo::ClientSocket::setAuth()",
         [&] {
             clientSocket->setAuth({{u"key"_s, 1}});
             return true;
         }},
        {"SocketIo::ClientSocket::setAuthFunction()",
         [&] {
             clientSocket->setAuthFunction({});
             return true;
         }},
        {"EngineIo::Server::handleSocketDescriptor()",
         [&] { return !io.engine()->handleSocketDescriptor(0); }},
        {"EngineIo::Client::send()",
         [&] { return !engineClient.send(EngineIo::Message::fromUtf8("x")); }},
        {"EngineIo::Session::send()",
         [&] {
             session->send(EngineIo::Message::fromUtf8("2[\"x\"]"));
             return true;
         }},
        {"EngineIo::Session::close()",
         [&] {
             session->close();
             return true;
         }},
        {"EngineIo::Session::abort()",
         [&] {
             session->abort();
             return true;
         }},
    };
    QVERIFY(calls.contains(function));
    bool refused = false;
    const std::unique_ptr<QThread> thread(
        QThread::create([&] { refused = calls.value(function)(); }));
    thread->start();
    QVERIFY(thread->wait());
    QVERIFY(refused);
    // Nothing has changed, and all works as before.
    QVERIFY(io.isListening());
    QVERIFY(socket && socket->isConnected());
    QVERIFY(session && session->state() == EngineIo::Session::State::Open);
    QCOMPARE(socket->rooms(), QStringList{socket->id()});
    QVERIFY(socket->data().isEmpty());
    QCOMPARE(socket->eventNames(), QStringList{u"kept"_s});
    QCOMPARE(socket->listenersAnyCount(), 1);
    QCOMPARE(engineClient.state(), EngineIo::Client::State::Closed);
    QVERIFY(manager.reconnection());
    QCOMPARE(clientSocket->auth(), options.auth);
    socket->emitEvent(u"after"_s);
    QCOMPARE(client.wait(), QByteArray("42[\"after\"]"));
}

QTSOCKETIO_TEST(tst_Sio_WrongThread)
#include "tst_sio_wrongthread.moc"
