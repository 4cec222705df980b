// SPDX-License-Identifier: MIT
#include "integration/engine/scriptedserver.h"
#include "support/testmain.h"

#include <SocketIo/Manager>

#include <QtTest/qsignalspy.h>
#include <QtTest/qtest.h>

#include <memory>

using namespace SocketIo;
using namespace Qt::StringLiterals;

using Request = ScriptedServer::Request;

namespace {

ClientOptions pollingOnly()
{
    ClientOptions options;
    options.transports = {EngineIo::TransportType::Polling};
    options.reconnection = false;
    return options;
}

} // namespace

// Servers that send more than any Socket.IO client can want.
class tst_Client_Limits : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void cookiesAreBounded();
    void eventsBeforeTheConnectAreBounded_data();
    void eventsBeforeTheConnectAreBounded();
};

// The access manager is the Manager's own, for all its connections.
void tst_Client_Limits::cookiesAreBounded()
{
    constexpr int Answers = 6;
    constexpr int PerAnswer = 60;
    qsizetype last = -1;
    ScriptedServer server([&](const Request &request) {
        if (request.number > Answers) {
            // Qt writes names of headers in lower case from version 6.8 on.
            const QByteArray head = request.head.toLower();
            const qsizetype from = head.indexOf("\r\ncookie: ");
            last = from < 0 ? 0 : head.mid(from, head.indexOf('\r', from + 2) - from).count('=');
            return QByteArray();
        }
        QByteArray cookies;
        for (int i = 0; i < PerAnswer; ++i)
            cookies +=
                "Set-Cookie: c" + QByteArray::number(request.number * PerAnswer + i) + "=x\r\n";
        QByteArray body = request.method == "POST" ? "ok" : "6";
        if (request.number == 1)
            body = R"(0{"sid":"a","upgrades":[],"pingInterval":25000,"pingTimeout":20000})";
        return ScriptedServer::answer(200, body, cookies);
    });
    ClientOptions options = pollingOnly();
    options.withCredentials = true;
    const std::unique_ptr<ClientSocket> socket(Manager::connectTo(server.url(), options));
    QTRY_VERIFY(last >= 0);
    QCOMPARE(last, 180);
}

void tst_Client_Limits::eventsBeforeTheConnectAreBounded_data()
{
    QTest::addColumn<QByteArray>("event");
    QTest::addColumn<int>("count");
    QTest::addColumn<bool>("tooMuch");
    const QByteArray big = R"(42["early",")" + QByteArray(100'000, 'x') + R"("])";
    QTest::newRow("few") << R"(42["early"])"_ba << 1000 << false;
    QTest::newRow("many") << R"(42["early"])"_ba << 1001 << true;
    QTest::newRow("big") << big << 4 << false;
    QTest::newRow("too big") << big << 5 << true;
}

// Their number, and the memory that they take.
void tst_Client_Limits::eventsBeforeTheConnectAreBounded()
{
    QFETCH(QByteArray, event);
    QFETCH(int, count);
    QFETCH(bool, tooMuch);
    const QByteArray separated = event + '\x1e';
    int polls = 0;
    ScriptedServer server([&](const Request &request) {
        if (request.method == "POST")
            return ScriptedServer::answer(200, "ok");
        switch (++polls) {
        case 1:
            return ScriptedServer::handshake();
        case 2:
            return ScriptedServer::answer(200, separated.repeated(count) + R"(40{"sid":"x"})");
        default:
            return QByteArray();
        }
    });
    ClientOptions options = pollingOnly();
    options.maxReceiveBufferSize = 1'000'000; // characters take two bytes
    const std::unique_ptr<ClientSocket> socket(Manager::connectTo(server.url(), options));
    QSignalSpy closed(socket->manager(), &Manager::closed);
    int received = 0;
    socket->on(u"early"_s, this, [&] { ++received; });
    if (!tooMuch) {
        QTRY_VERIFY(socket->isConnected());
        QTRY_COMPARE(received, count);
        return;
    }
    QTRY_COMPARE(closed.count(), 1);
    QCOMPARE(closed.first().first().value<EngineIo::CloseReason>(),
             EngineIo::CloseReason::ParseError);
    QCOMPARE(received, 0);
}

QTSOCKETIO_TEST(tst_Client_Limits)
#include "tst_client_limits.moc"
