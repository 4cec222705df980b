// SPDX-License-Identifier: MIT
#include "support/certificates.h"
#include "support/testmain.h"

#include <QtCore/qfileinfo.h>
#include <QtCore/qprocess.h>
#include <QtNetwork/qtcpserver.h>
#include <QtNetwork/qtcpsocket.h>
#include <QtTest/qtest.h>

using namespace Qt::StringLiterals;

// Programs with a server, or a client, that is destroyed when its QCoreApplication is gone: a
// global, a static, or a local of main() that stands above the application.
class tst_Outliving : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void serverAndClient_data();
    void serverAndClient();
    void adapter_data();
    void adapter();
    void cluster();
    void whatIsLostIsSaid();
    void serverOfASecondApplication_data();
    void serverOfASecondApplication();
    void threadsThatCannotStart_data();
    void threadsThatCannotStart();

private:
    // What it may log: a line at most.
    static void run(const QStringList &arguments, const QByteArray &maySay = {})
    {
        QProcess process;
        const bool withTls = arguments.contains(u"--tls"_s);
        if (withTls) {
            // OpenSSL frees what belongs to a thread, or to a global, after leaks were looked for.
            QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
            environment.insert(u"ASAN_OPTIONS"_s, u"detect_leaks=0"_s);
            process.setProcessEnvironment(environment);
        }
        process.start(QStringLiteral(OUTLIVER), arguments);
        QTRY_COMPARE(process.state(), QProcess::NotRunning);
        QByteArray log = process.readAllStandardError();
        if (withTls) { // what Qt says of a TLS that has ended, when a connection breaks at that moment
            log.replace("qt.network.ssl: No TLS backend is available\n", "");
            log.replace("qt.core.qobject.connect: QObject::connect(QObject, Unknown): "
                        "invalid nullptr parameter\n",
                        "");
        }
        // What Qt says since 6.8 of each timer that still runs then, as that of a global QTimer.
        if (QT_VERSION >= QT_VERSION_CHECK(6, 8, 0)) {
            for (const char *function : {"~QObject", "killTimer"}) {
                log.replace(QByteArray("QObject::") + function
                                + ": Timers cannot be stopped from another thread\n",
                            "");
            }
        }
        QVERIFY2(process.exitStatus() == QProcess::NormalExit, log.constData());
        if (log != maySay)
            QCOMPARE(log, QByteArray());
        QCOMPARE(process.exitCode(), 0);
        // By both holders, before what a worker of it may say.
        QVERIFY(process.readAllStandardOutput().startsWith("destroyed\ndestroyed\n"));
    }

    const Certificates certificates;
};

void tst_Outliving::serverAndClient_data()
{
    QTest::addColumn<QStringList>("arguments");
    const auto add = [](const QString &arguments) {
        QTest::newRow(qPrintable(arguments)) << arguments.split(u' ');
    };
    for (int threads : {0, 1, 2}) {
        for (const QString &owner : {u"main"_s, u"global"_s, u"value"_s})
            add(u"--owner %1 --threads %2"_s.arg(owner).arg(threads));
        for (const QString &transport : {u"polling"_s, u"websocket"_s}) {
            const QString with = u" --threads %1 --transport %2"_s.arg(threads).arg(transport);
            add(u"--owner value --busy"_s + with);
            if (QSslSocket::supportsSsl())
                add(u"--owner main --busy --tls"_s + with);
            if (threads == 2)
                continue;
            add(u"--owner main"_s + with);
            add(u"--owner global"_s + with);
            add(u"--owner main --busy --server-last"_s + with);
            add(u"--owner main --close"_s + with);
            if (QSslSocket::supportsSsl())
                add(u"--owner global --server-last --tls"_s + with);
        }
    }
    add(u"--owner main --threads 1 --transport websocket --recovery"_s);
#ifdef HAS_HTTP2
    if (QSslSocket::supportsSsl())
        add(u"--owner main --threads 2 --transport polling --busy --http2 --tls"_s);
#endif
}

void tst_Outliving::serverAndClient()
{
    QFETCH(QStringList, arguments);
    const qsizetype tls = arguments.indexOf(u"--tls"_s);
    if (tls >= 0) {
        QVERIFY(certificates.isValid());
        const QFileInfo certificate(certificates.path(u"server"_s, u"pem"_s));
        arguments.insert(tls + 1, certificate.path());
    }
    run(arguments);
}

void tst_Outliving::adapter_data()
{
    QTest::addColumn<QString>("url");
#ifdef HAS_REDIS
    QTest::newRow("Redis") << u"--redis=redis"_s;
#endif
#ifdef HAS_POSTGRES
    QTest::newRow("PostgreSQL") << u"--postgres=postgresql"_s;
#endif
}

// Which is connecting to a server that accepts and says nothing.
void tst_Outliving::adapter()
{
    QFETCH(QString, url);
    QTcpServer silent;
    QVERIFY(silent.listen(QHostAddress::LocalHost));
    run({u"--owner"_s, u"main"_s, u"--threads"_s, u"1"_s, u"--transport"_s, u"websocket"_s,
         u"%1://127.0.0.1:%2"_s.arg(url).arg(silent.serverPort())});
}

// The primary and its worker, each a process that outlives its application.
void tst_Outliving::cluster()
{
#ifdef HAS_CLUSTER
    run({u"--owner"_s, u"global"_s, u"--threads"_s, u"1"_s, u"--cluster"_s},
        "qt.socketio.cluster: The primary of this worker is gone: the worker ends\n");
#else
    QSKIP("There is no ClusterPrimary here");
#endif
}

void tst_Outliving::whatIsLostIsSaid()
{
    QTcpSocket taken; // so that nobody listens there
    QVERIFY(taken.bind(QHostAddress::LocalHost));
    const QString url = u"http://127.0.0.1:%1"_s.arg(taken.localPort());
    QProcess process;
    process.start(QStringLiteral(OUTLIVER), {u"--owner"_s, u"main"_s, u"--unsent"_s, url});
    QTRY_COMPARE(process.state(), QProcess::NotRunning);
    QCOMPARE(process.exitStatus(), QProcess::NormalExit);
    const QByteArray log = process.readAllStandardError();
    QVERIFY2(log.contains(
                 u"3 events to / of %1, the first of them \"echo\", are lost"_s.arg(url).toUtf8()),
             log.constData());
}

void tst_Outliving::serverOfASecondApplication_data()
{
    QTest::addColumn<QString>("ioThreads");
    QTest::addColumn<QStringList>("client");
    for (const QString &ioThreads : {u"0"_s, u"1"_s}) {
        QTest::addRow("%s I/O threads, no client", qPrintable(ioThreads))
            << ioThreads << QStringList();
        for (const QString &transport : {u"websocket"_s, u"polling"_s})
            QTest::addRow("%s I/O threads, %s", qPrintable(ioThreads), qPrintable(transport))
                << ioThreads << QStringList{u"--transport"_s, transport};
    }
}

// Its threads, or the event dispatcher that it works with, have ended with the first.
void tst_Outliving::serverOfASecondApplication()
{
    QFETCH(QString, ioThreads);
    QFETCH(QStringList, client);
    run(QStringList{u"--owner"_s, u"value"_s, u"--threads"_s, ioThreads, u"--second"_s} + client);
}

void tst_Outliving::threadsThatCannotStart_data()
{
    QTest::addColumn<QString>("missing");
    QTest::newRow("threads") << u"threads"_s;
    QTest::newRow("descriptors") << u"descriptors"_s;
}

void tst_Outliving::threadsThatCannotStart()
{
#ifndef Q_OS_LINUX
    QSKIP("The limits are Linux's");
#endif
#ifdef __has_feature
#if __has_feature(address_sanitizer)
    QSKIP("Sanitizers need threads and descriptors of their own.");
#endif
#endif
    QFETCH(QString, missing);
    QProcess process;
    process.start(QStringLiteral(OUTLIVER), {u"--starved"_s, missing});
    QTRY_COMPARE(process.state(), QProcess::NotRunning);
    const QByteArray log = process.readAllStandardError(); // Qt says something, too
    QVERIFY2(process.exitStatus() == QProcess::NormalExit, log.constData());
    QCOMPARE(process.exitCode(), 0);
    QVERIFY2(log.contains("A connection is not served: Cannot start I/O thread 1 of 2"),
             log.constData());
}

QTSOCKETIO_TEST(tst_Outliving)

#include "tst_outliving.moc"
