// SPDX-License-Identifier: MIT
#include "clientprobe.h"
#include "scriptedserver.h"
#include "support/testmain.h"

using namespace EngineIo;
using namespace Qt::StringLiterals;

// What a polling client makes of an answer whose connection ends before it is complete. The
// messages that it lacks are lost, so the application has to hear of it.
class tst_Engine_ClientCuts : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aPartOfAnAnswerIsAnError_data();
    void aPartOfAnAnswerIsAnError();
};

void tst_Engine_ClientCuts::aPartOfAnAnswerIsAnError_data()
{
    QTest::addColumn<QByteArray>("head");
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<bool>("early");
    const QByteArray length = "Content-Length: 15";
    const QByteArray chunked = "Transfer-Encoding: chunked";
    for (const bool early : {false, true}) {
        const char *when = early ? "it is there before the request" : "it comes afterwards";
        QTest::addRow("length, %s", when) << length << "4second"_ba << early;
        QTest::addRow("in a chunk, %s", when) << chunked << "f\r\n4second"_ba << early;
        QTest::addRow("at a chunk's end, %s", when) << chunked << "7\r\n4second\r\n"_ba << early;
        QTest::addRow("after a chunk's size, %s", when)
            << chunked << "7\r\n4second\r\n8\r\n"_ba << early;
        QTest::addRow("in a size, %s", when) << chunked << "7\r\n4second\r\n8"_ba << early;
        QTest::addRow("in the last chunk, %s", when)
            << chunked << "7\r\n4second\r\n0\r\n"_ba << early;
    }
}

// An answer that is there when Qt has written the request is read in another way than others.
void tst_Engine_ClientCuts::aPartOfAnAnswerIsAnError()
{
    QFETCH(QByteArray, head);
    QFETCH(QByteArray, body);
    QFETCH(bool, early);
    const QByteArray part = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n" + head
        + "\r\nKeep-Alive: timeout=60\r\n\r\n" + body;
    const QByteArray keepAlive = "Keep-Alive: timeout=60\r\n";
    QPointer<QTcpSocket> connection;
    ScriptedServer server([&](const ScriptedServer::Request &request) -> QByteArray {
        if (request.number == 1) {
            return ScriptedServer::answer(
                200, R"(0{"sid":"abc","upgrades":[],"pingInterval":25000,"pingTimeout":20000})",
                keepAlive);
        }
        if (request.number == 2)
            return ScriptedServer::answer(200, "4first", keepAlive);
        if (request.number == 3) { // the one that a part is the answer of
            if (!early)
                connection->write(part);
            connection->disconnectFromHost();
        }
        return {};
    });
    ClientProbe probe(server.url(), optionsFor(u"polling"_s));
    QObject::connect(probe.client.get(), &Client::messageReceived, &server, [&] {
        connection = server.findChild<QTcpSocket *>();
        if (early) {
            connection->write(part);
            connection->flush();
        }
    });
    QTRY_COMPARE_WITH_TIMEOUT(probe.closes, 1, 30000);
    QCOMPARE(probe.messages, QStringList{u"first"_s});
    QCOMPARE(probe.reason, CloseReason::TransportError);
    QCOMPARE(probe.errors,
             QStringList{u"the connection to %1 broke: the server closed the connection in the "
                         "middle of its answer"_s.arg(server.url().toString())});
}

QTSOCKETIO_TEST(tst_Engine_ClientCuts)
#include "tst_engine_clientcuts.moc"
