// SPDX-License-Identifier: MIT
#include "support/testmain.h"

#include <SocketIo/Server>

#include <QtCore/qprocess.h>
#include <QtTest/qtest.h>

#include <numeric>

using namespace SocketIo;
using namespace Qt::StringLiterals;

// Programs in QML that emit events and end. Each runs as a process of its own, so that what it has
// not delivered by then is lost.
class tst_Qml_Quitting : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void everythingEmittedArrives_data();
    void everythingEmittedArrives();
};

void tst_Qml_Quitting::everythingEmittedArrives_data()
{
    QTest::addColumn<QString>("transports");
    QTest::addColumn<QString>("way");
    for (const char *transports : {"polling", "websocket", "polling,websocket"}) {
        for (const char *way :
             {"quit", "aboutToQuit", "destruction", "flushed", "close", "another url"}) {
            QTest::addRow("%s, %s", transports, way)
                << QString::fromLatin1(transports) << QString::fromLatin1(way);
        }
    }
}

void tst_Qml_Quitting::everythingEmittedArrives()
{
    QFETCH(QString, transports);
    QFETCH(QString, way);
    Server io;
    QList<int> records;
    int disconnections = 0;
    connect(&io, &Server::connected, this, [&](Socket *socket) {
        socket->on(u"record"_s, socket, [&](int number) { records.append(number); });
        connect(socket, &Socket::disconnected, this, [&] { ++disconnections; });
    });
    QVERIFY(io.listen(QHostAddress::LocalHost));

    QProcess process;
    process.start(QStringLiteral(QML_QUITTER),
                  {u"http://127.0.0.1:%1"_s.arg(io.serverPort()), transports, way});
    QTRY_COMPARE(process.state(), QProcess::NotRunning);
    const QByteArray output = process.readAllStandardError();
    QVERIFY2(process.exitStatus() == QProcess::NormalExit && process.exitCode() == 0,
             output.constData());
    QCOMPARE(output, QByteArray());

    QList<int> expected(20);
    std::iota(expected.begin(), expected.end(), 0);
    QTRY_COMPARE(records, expected);
    QTRY_COMPARE(disconnections, 1);
}

QTSOCKETIO_TEST(tst_Qml_Quitting)
#include "tst_qml_quitting.moc"
