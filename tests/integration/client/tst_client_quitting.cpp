// SPDX-License-Identifier: MIT
#include "support/certificates.h"
#include "support/testmain.h"

#include <SocketIo/Server>

#include <QtCore/qelapsedtimer.h>
#include <QtCore/qprocess.h>
#include <QtNetwork/qtcpsocket.h>
#include <QtTest/qtest.h>

#include <numeric>

using namespace SocketIo;
using namespace Qt::StringLiterals;

// Programs that emit events and end. Each runs as a process of its own, so that what it has not
// delivered by then is lost.
class tst_Client_Quitting : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void everythingEmittedArrives_data();
    void everythingEmittedArrives();
    void whatIsLostIsSaid_data();
    void whatIsLostIsSaid();
    void aServerThatDoesNotAnswerDelaysTheEndForAWhile_data();
    void aServerThatDoesNotAnswerDelaysTheEndForAWhile();
    void aServerThatIsStuckEndsAClose_data();
    void aServerThatIsStuckEndsAClose();

private:
    const Certificates certificates;
    static QString messageOf(QProcess &process)
    {
        return u"status %1: %2"_s.arg(process.exitCode())
            .arg(QString::fromLocal8Bit(process.readAllStandardError()));
    }
};

void tst_Client_Quitting::everythingEmittedArrives_data()
{
    QTest::addColumn<QString>("transports");
    QTest::addColumn<QString>("moment");
    QTest::addColumn<QString>("owner");
    QTest::addColumn<QString>("way");
    QTest::addColumn<int>("threads");
    QTest::addColumn<bool>("tls");
    const auto add = [](const char *transports, const char *moment, const char *owner,
                        const char *way, int threads = 0, bool tls = false) {
        QTest::addRow("%s, %s, %s, %s, %d threads%s", transports, moment, owner, way, threads,
                      tls ? ", TLS" : "")
            << QString::fromLatin1(transports) << QString::fromLatin1(moment)
            << QString::fromLatin1(owner) << QString::fromLatin1(way) << threads << tls;
    };
    for (const char *transports : {"polling", "websocket", "polling,websocket"}) {
        for (const char *way : {"disconnected", "closed", "closed at once", "flushed",
                                "manager flushed", "quit", "delete socket", "about to quit"}) {
            add(transports, "connected", "module", way);
        }
        // Without a connection yet, flushed() says when it is time.
        add(transports, "start", "module", "flushed");
        add(transports, "start", "main", "manager flushed");
        for (const char *owner : {"main", "outliving", "application", "nobody"})
            add(transports, "connected", owner, "quit");
        add(transports, "connected", "main", "delete manager");
        add(transports, "connected", "thread", "quit");
        add(transports, "connected", "module", "quit", 1);
        add(transports, "connected", "module", "closed", 1);
    }
    for (const char *way : {"disconnected", "closed", "flushed", "quit", "delete socket"})
        add("polling,websocket", "upgrading", "module", way);
    if (QSslSocket::supportsSsl()) {
        for (const char *transports : {"polling", "websocket", "polling,websocket"}) {
            add(transports, "connected", "module", "closed", 0, true);
            add(transports, "connected", "module", "quit", 1, true);
        }
    }
}

void tst_Client_Quitting::everythingEmittedArrives()
{
    QFETCH(QString, transports);
    QFETCH(QString, moment);
    QFETCH(QString, owner);
    QFETCH(QString, way);
    QFETCH(int, threads);
    QFETCH(bool, tls);
    Server io;
    io.setIoThreadCount(threads);
    if (tls) {
        QVERIFY(certificates.isValid());
        io.setSslConfiguration(certificates.forServer());
    }
    QList<int> records;
    int disconnections = 0;
    connect(&io, &Server::connected, this, [&](Socket *socket) {
        socket->on(u"record"_s, socket, [&](int number) { records.append(number); });
        connect(socket, &Socket::disconnected, this, [&] { ++disconnections; });
    });
    QVERIFY(io.listen(QHostAddress::LocalHost));

    QProcess process;
    const QString url =
        u"%1://127.0.0.1:%2"_s.arg(tls ? u"https"_s : u"http"_s).arg(io.serverPort());
    process.start(QStringLiteral(QUITTER), {url, transports, moment, owner, way});
    QTRY_COMPARE_WITH_TIMEOUT(process.state(), QProcess::NotRunning, 20'000);
    QVERIFY2(process.exitStatus() == QProcess::NormalExit && process.exitCode() == 0,
             qPrintable(messageOf(process)));
    QCOMPARE(process.readAllStandardError(), QByteArray());

    QList<int> expected(20);
    std::iota(expected.begin(), expected.end(), 0);
    QTRY_COMPARE(records, expected);
    // The server is told: it does not have to wait for a heartbeat that stays away.
    QTRY_COMPARE(disconnections, 1);
}

void tst_Client_Quitting::whatIsLostIsSaid_data()
{
    QTest::addColumn<QString>("owner");
    QTest::addColumn<QString>("way");
    for (const char *owner : {"module", "main", "outliving", "application", "nobody"})
        QTest::addRow("%s, quit", owner) << QString::fromLatin1(owner) << u"quit"_s;
    QTest::newRow("delete socket") << u"module"_s << u"delete socket"_s;
    QTest::newRow("delete manager") << u"main"_s << u"delete manager"_s;
}

// A program that ends before there was a connection.
void tst_Client_Quitting::whatIsLostIsSaid()
{
    QFETCH(QString, owner);
    QFETCH(QString, way);
    QTcpSocket taken; // so that nobody listens there
    QVERIFY(taken.bind(QHostAddress::LocalHost));
    const QString url = u"http://127.0.0.1:%1"_s.arg(taken.localPort());
    QProcess process;
    process.start(QStringLiteral(QUITTER), {url, u"polling"_s, u"failed"_s, owner, way});
    QTRY_COMPARE_WITH_TIMEOUT(process.state(), QProcess::NotRunning, 20'000);
    QCOMPARE(process.exitCode(), 0);
    const QString log = QString::fromLocal8Bit(process.readAllStandardError());
    const QString loss = u"20 events to / of %1, the first of them \"record\", are lost"_s.arg(url);
    QVERIFY2(log.count(loss) == 1, qPrintable(log));
    QVERIFY2(log.contains(u": there is no connection. "_s), qPrintable(log));
    QVERIFY2(log.contains(u"Wait for flushed()"_s), qPrintable(log));
}

void tst_Client_Quitting::aServerThatDoesNotAnswerDelaysTheEndForAWhile_data()
{
    QTest::addColumn<QString>("transports");
    QTest::addColumn<QString>("way");
    QTest::newRow("polling") << u"polling"_s << u"quit"_s;
    QTest::newRow("polling, much") << u"polling"_s << u"quit with much"_s;
    QTest::newRow("websocket, much") << u"websocket"_s << u"quit with much"_s;
}

// What cannot be delivered holds nobody up for long.
void tst_Client_Quitting::aServerThatDoesNotAnswerDelaysTheEndForAWhile()
{
    QFETCH(QString, transports);
    QFETCH(QString, way);
    Server io;
    QProcess process;
    qint64 elapsed = -1;
    connect(&io, &Server::connected, this, [&](Socket *socket) {
        socket->once(u"record"_s, socket, [&] {
            // Nothing is answered until the other process has ended.
            QElapsedTimer time;
            time.start();
            if (process.waitForFinished(20'000))
                elapsed = time.elapsed();
        });
    });
    QVERIFY(io.listen(QHostAddress::LocalHost));
    process.start(QStringLiteral(QUITTER),
                  {u"http://127.0.0.1:%1"_s.arg(io.serverPort()), transports, u"connected"_s,
                   u"module"_s, way});
    QTRY_VERIFY_WITH_TIMEOUT(process.state() == QProcess::NotRunning && elapsed >= 0, 20'000);
    QVERIFY2(elapsed >= 1000 && elapsed < 15'000, qPrintable(QString::number(elapsed)));
    QCOMPARE(process.exitCode(), 0);
    const QString log = QString::fromLocal8Bit(process.readAllStandardError());
    QVERIFY2(log.contains(u"has not taken all that was sent within 2000 ms"_s), qPrintable(log));
    QVERIFY2(log.contains(u"ClientOptions::quitTimeout"_s), qPrintable(log));
}

void tst_Client_Quitting::aServerThatIsStuckEndsAClose_data()
{
    QTest::addColumn<QString>("way");
    QTest::addColumn<QString>("loss");
    QTest::newRow("closed") << u"closed with much"_s
                            << u"the server took nothing for 5000 ms after close(), and up to "_s;
    QTest::newRow("manager deleted")
        << u"delete manager with much"_s
        << u"has not taken all that was sent before its manager was deleted or opened again: "_s;
}

// A program that goes on meanwhile, and has nothing connected that would tell it of the loss.
void tst_Client_Quitting::aServerThatIsStuckEndsAClose()
{
    QFETCH(QString, way);
    QFETCH(QString, loss);
    Server io;
    QProcess process;
    connect(&io, &Server::connected, this, [&](Socket *socket) {
        socket->once(u"record"_s, socket, [&] { process.waitForFinished(25'000); });
    });
    QVERIFY(io.listen(QHostAddress::LocalHost));
    process.start(QStringLiteral(QUITTER),
                  {u"http://127.0.0.1:%1"_s.arg(io.serverPort()), u"websocket"_s, u"connected"_s,
                   u"main"_s, way});
    QTRY_COMPARE_WITH_TIMEOUT(process.state(), QProcess::NotRunning, 30'000);
    QCOMPARE(process.exitStatus(), QProcess::NormalExit);
    QCOMPARE(process.exitCode(), 0);
    const QString log = QString::fromLocal8Bit(process.readAllStandardError());
    QVERIFY2(log.count(loss) == 1, qPrintable(log));
    QVERIFY2(log.contains(u" packets are lost"_s), qPrintable(log));
}

QTSOCKETIO_TEST(tst_Client_Quitting)
#include "tst_client_quitting.moc"
