// SPDX-License-Identifier: MIT
#include <SocketIo/ClientSocket>
#include <SocketIo/Manager>

#include <QtCore/qfile.h>
#include <QtCore/qprocess.h>
#include <QtCore/qstandardpaths.h>
#include <QtCore/qtemporarydir.h>
#include <QtNetwork/qtcpserver.h>
#include <QtTest/qsignalspy.h>
#include <QtTest/qtest.h>

#include <csignal>
#include <memory>

#include <fcntl.h>
#include <unistd.h>

using namespace SocketIo;
using namespace Qt::StringLiterals;

namespace {
constexpr int Patience = 30000; // ms, for a loaded machine
} // namespace

// The chat as a service of systemd: it gets its socket as descriptor 3, and ends with SIGTERM.
class tst_Service : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void cleanup();
    void takesTheSocketItIsGiven();
    void isStartedBySystemdsOwnProgram();
    void systemdAcceptsTheUnits();
    void leavesASocketThatIsForAnotherProcess();
    void letsItsClientsGoWithSigterm();
    void saysWhatIsWrongWithItsOptions_data();
    void saysWhatIsWrongWithItsOptions();
    void saysThatItsPortIsTaken();

private:
    // pid: what LISTEN_PID says; empty: the process itself.
    bool start(int descriptor, const QByteArray &pid = {});
    bool waitForOutput(const QByteArray &text);

    QProcess process;
    QByteArray output;
};

void tst_Service::cleanup()
{
    process.kill();
    process.waitForFinished(Patience);
    process.setProcessChannelMode(QProcess::SeparateChannels);
    process.setChildProcessModifier({});
}

bool tst_Service::start(int descriptor, const QByteArray &pid)
{
    output.clear();
    // Between fork() and exec(), where setenv() may wait for a lock for ever, a shell does it.
    process.setChildProcessModifier([descriptor] {
        if (descriptor == 3)
            ::fcntl(3, F_SETFD, 0);
        else
            ::dup2(descriptor, 3); // without FD_CLOEXEC, whatever the first one has
    });
    const QString listenPid = pid.isEmpty() ? u"$$"_s : QString::fromLatin1(pid);
    process.start(u"/bin/sh"_s,
                  {u"-c"_s, u"LISTEN_PID=%1 LISTEN_FDS=1 exec \"$0\" --port 0"_s.arg(listenPid),
                   QStringLiteral(CHAT_SERVER)});
    return process.waitForStarted(Patience) && waitForOutput("listening");
}

bool tst_Service::waitForOutput(const QByteArray &text)
{
    return QTest::qWaitFor(
        [&] {
            output += process.readAllStandardOutput();
            return output.contains(text) || process.state() == QProcess::NotRunning;
        },
        Patience);
}

void tst_Service::takesTheSocketItIsGiven()
{
    QTcpServer socket; // as systemd opens it
    QVERIFY(socket.listen(QHostAddress::LocalHost));
    const quint16 port = socket.serverPort();
    QVERIFY(start(int(socket.socketDescriptor())));
    socket.close(); // it is the service's alone
    QVERIFY2(output.contains("listening " + QByteArray::number(port) + '\n'), output.constData());
    const std::unique_ptr<ClientSocket> client(
        Manager::connectTo(QUrl(u"http://127.0.0.1:%1"_s.arg(port))));
    QTRY_VERIFY_WITH_TIMEOUT(client->isConnected(), Patience);
}

// When the first client comes, whose connection waits in the socket until then.
void tst_Service::isStartedBySystemdsOwnProgram()
{
    const QString program = QStandardPaths::findExecutable(u"systemd-socket-activate"_s);
    if (program.isEmpty())
        QSKIP("systemd-socket-activate is not there");
    QTcpServer probe;
    QVERIFY(probe.listen(QHostAddress::LocalHost));
    const quint16 port = probe.serverPort();
    probe.close();
    output.clear();
    process.start(program,
                  {u"--listen"_s, u"127.0.0.1:%1"_s.arg(port), QStringLiteral(CHAT_SERVER)});
    QVERIFY(process.waitForStarted(Patience));
    ClientOptions options;
    options.reconnectionDelay = std::chrono::milliseconds(20); // it may not listen yet
    options.reconnectionDelayMax = std::chrono::milliseconds(100);
    Manager manager(QUrl(u"http://127.0.0.1:%1"_s.arg(port)), options);
    ClientSocket *client = manager.socket();
    QTRY_VERIFY_WITH_TIMEOUT(client->isConnected(), Patience);
    QVERIFY(waitForOutput("listening " + QByteArray::number(port) + '\n'));
}

void tst_Service::systemdAcceptsTheUnits()
{
    const QString program = QStandardPaths::findExecutable(u"systemd-analyze"_s);
    if (program.isEmpty())
        QSKIP("systemd-analyze is not there");
    const QTemporaryDir folder;
    QVERIFY(folder.isValid());
    for (const QString &name : {u"chat.service"_s, u"chat.socket"_s}) {
        QFile unit(QStringLiteral(UNITS_FOLDER) + u'/' + name);
        QVERIFY(unit.open(QIODevice::ReadOnly));
        QByteArray text = unit.readAll();
        text.replace("/usr/local/bin/chat-server", CHAT_SERVER); // it is not installed
        QFile copy(folder.filePath(name));
        QVERIFY(copy.open(QIODevice::WriteOnly) && copy.write(text) == text.size());
    }
    process.setProcessChannelMode(QProcess::MergedChannels);
    process.start(program,
                  {u"verify"_s, u"--man=no"_s, folder.filePath(u"chat.service"_s),
                   folder.filePath(u"chat.socket"_s)});
    QVERIFY(process.waitForFinished(Patience));
    QCOMPARE(process.readAll(), QByteArray());
    QCOMPARE(process.exitCode(), 0);
}

void tst_Service::leavesASocketThatIsForAnotherProcess()
{
    QTcpServer socket;
    QVERIFY(socket.listen(QHostAddress::LocalHost));
    QVERIFY(start(int(socket.socketDescriptor()), "1"));
    QVERIFY(output.contains("listening "));
    QVERIFY(!output.contains("listening " + QByteArray::number(socket.serverPort()) + '\n'));
}

void tst_Service::letsItsClientsGoWithSigterm()
{
    QTcpServer socket;
    QVERIFY(socket.listen(QHostAddress::LocalHost));
    QVERIFY(start(int(socket.socketDescriptor())));
    const quint16 port = socket.serverPort();
    socket.close();
    ClientOptions options;
    options.reconnection = false;
    Manager manager(QUrl(u"http://127.0.0.1:%1"_s.arg(port)), options);
    ClientSocket *client = manager.socket();
    QTRY_VERIFY_WITH_TIMEOUT(client->isConnected(), Patience);
    QSignalSpy disconnected(client, &ClientSocket::disconnected);
    ::kill(pid_t(process.processId()), SIGTERM);
    QTRY_COMPARE_WITH_TIMEOUT(disconnected.size(), 1, Patience);
    QTRY_COMPARE_WITH_TIMEOUT(process.state(), QProcess::NotRunning, Patience);
    QCOMPARE(process.exitStatus(), QProcess::NormalExit);
    QCOMPARE(process.exitCode(), 0);
}

void tst_Service::saysWhatIsWrongWithItsOptions_data()
{
    QTest::addColumn<QStringList>("options");
    QTest::addColumn<QByteArray>("error");
    QTest::newRow("no number") << QStringList{u"--port"_s, u"http"_s}
                               << "--port needs a number from 0 to 65535, not \"http\""_ba;
    QTest::newRow("no port") << QStringList{u"--port"_s, u"65536"_s}
                             << "--port needs a number from 0 to 65535, not \"65536\""_ba;
    QTest::newRow("no address") << QStringList{u"--address"_s, u"everywhere"_s, u"--port"_s, u"0"_s}
                                << "the address is not valid"_ba;
}

void tst_Service::saysWhatIsWrongWithItsOptions()
{
    QFETCH(QStringList, options);
    QFETCH(QByteArray, error);
    process.start(QStringLiteral(CHAT_SERVER), options);
    QVERIFY(process.waitForFinished(Patience));
    QVERIFY(process.exitCode() != 0);
    const QByteArray told = process.readAllStandardError();
    QVERIFY2(told.contains(error), told.constData());
}

void tst_Service::saysThatItsPortIsTaken()
{
    QTcpServer other;
    QVERIFY(other.listen(QHostAddress::LocalHost));
    const QString port = QString::number(other.serverPort());
    process.start(QStringLiteral(CHAT_SERVER), {u"--port"_s, port});
    QVERIFY(process.waitForFinished(Patience));
    QCOMPARE(process.exitCode(), 1);
    const QByteArray told = process.readAllStandardError();
    QVERIFY2(told.contains("127.0.0.1:" + port.toLatin1()), told.constData());
    QVERIFY2(told.contains("Choose another --port"), told.constData());
}

QTEST_GUILESS_MAIN(tst_Service)
#include "tst_service.moc"
