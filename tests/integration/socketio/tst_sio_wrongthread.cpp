// SPDX-License-Identifier: MIT
#include "rawclient.h"
#include "support/testmain.h"

#include <QtCore/qprocess.h>
#include <QtCore/qthread.h>

using namespace SocketIo;
using namespace Qt::StringLiterals;

namespace {
constexpr char Variable[] = "QTSOCKETIO_TEST_WRONG_CALL";
}

// What an application calls in another thread than the one that the server lives in is refused,
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
    socket->emitEvent(u"after"_s);
    QCOMPARE(client.wait(), QByteArray("42[\"after\"]"));
}

QTSOCKETIO_TEST(tst_Sio_WrongThread)
#include "tst_sio_wrongthread.moc"
