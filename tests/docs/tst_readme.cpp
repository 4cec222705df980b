// SPDX-License-Identifier: MIT
// The programs of README.md, as CMakeLists.txt has cut them out, and those of the guides.
#include <SocketIo/ClientSocket>
#include <SocketIo/Manager>

#include <QtCore/qfile.h>
#include <QtCore/qprocess.h>
#include <QtNetwork/qtcpserver.h>
#ifdef WITH_QML
#include <QtQml/qqmlapplicationengine.h>
#endif
#include <QtTest/qtest.h>

#include <algorithm>
#include <csignal>
#include <memory>
#include <vector>

using namespace SocketIo;
using namespace Qt::StringLiterals;

class tst_Readme : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();
    void theClientGetsItsAnswer();
    void othersReadWhatItSays();
    void theClientInQmlGetsItsAnswer();
    void theServerSaysWhyItDoesNotListen();
    void gettingStarted();
    void workers();

private:
    // Both programs have port 3000, in place of which they read the environment here.
    void start(QProcess *process, const QString &program);

    QProcess m_server;
    QProcess m_client;
    QString m_port;
};

namespace {

constexpr int Patience = 60'000;
QStringList messages; // of the QML engine

void collectMessage(QtMsgType, const QMessageLogContext &, const QString &message)
{
    messages.append(message);
}

} // namespace

void tst_Readme::start(QProcess *process, const QString &program)
{
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert(u"TEST_PORT"_s, m_port);
    environment.insert(u"TEST_URL"_s, u"http://127.0.0.1:"_s + m_port);
    process->setProcessEnvironment(environment);
    process->setProcessChannelMode(QProcess::MergedChannels);
    process->start(QCoreApplication::applicationDirPath() + u'/' + program, QStringList());
}

void tst_Readme::init()
{
    {
        QTcpServer server;
        QVERIFY(server.listen(QHostAddress::LocalHost));
        m_port = QString::number(server.serverPort()); // free, a moment ago
    }
    const QByteArray function = QTest::currentTestFunction();
    QString program = u"readme_server"_s;
    if (function == "gettingStarted")
        program = u"guide_gettingstarted-server"_s;
    else if (function == "workers")
        program = u"guide_workers"_s;
    if (!QFile::exists(QCoreApplication::applicationDirPath() + u'/' + program))
        QSKIP("This program is not possible on this platform.");
    start(&m_server, program);
    QVERIFY(m_server.waitForStarted());
}

void tst_Readme::cleanup()
{
    for (QProcess *process : {&m_client, &m_server}) {
        process->kill();
        process->waitForFinished();
    }
}

void tst_Readme::theClientGetsItsAnswer()
{
    start(&m_client, u"readme_client"_s);
    QByteArray output;
    QTRY_VERIFY2_WITH_TIMEOUT((output += m_client.readAll()).contains("the server says \"got it\""),
                              output.constData(), Patience);
    // It says so when there is no server any more, and goes on.
    m_server.kill();
    QTRY_VERIFY2_WITH_TIMEOUT((output += m_client.readAll()).contains("connection refused"),
                              output.constData(), Patience);
    QCOMPARE(m_client.state(), QProcess::Running);
}

void tst_Readme::othersReadWhatItSays()
{
    const std::unique_ptr<ClientSocket> other(
        Manager::connectTo(QUrl(u"http://127.0.0.1:"_s + m_port)));
    QStringList texts;
    other->on(u"chat message"_s, this, [&texts](const QString &text) { texts.append(text); });
    QTRY_VERIFY_WITH_TIMEOUT(other->isConnected(), Patience);
    start(&m_client, u"readme_client"_s);
    QTRY_COMPARE_WITH_TIMEOUT(texts, QStringList{u"Hello"_s}, Patience);
}

void tst_Readme::theClientInQmlGetsItsAnswer()
{
#ifdef WITH_QML
    QFile file(QStringLiteral(README_QML));
    QVERIFY(file.open(QIODevice::ReadOnly));
    QByteArray program = file.readAll();
    program.replace("localhost:3000", "127.0.0.1:" + m_port.toUtf8());
    messages.clear();
    const QtMessageHandler before = qInstallMessageHandler(collectMessage);
    {
        QQmlApplicationEngine engine;
        engine.addImportPath(QStringLiteral(QML_IMPORTS));
        engine.loadData(program);
        QTRY_VERIFY_WITH_TIMEOUT(messages.contains(u"got it"_s), Patience);
    }
    qInstallMessageHandler(before);
#else
    QSKIP("This test needs the QML module.");
#endif
}

void tst_Readme::theServerSaysWhyItDoesNotListen()
{
    const std::unique_ptr<ClientSocket> other(
        Manager::connectTo(QUrl(u"http://127.0.0.1:"_s + m_port)));
    QTRY_VERIFY_WITH_TIMEOUT(other->isConnected(), Patience); // so the port is taken
    start(&m_client, u"readme_server"_s);
    QVERIFY(m_client.waitForFinished(Patience));
    const QByteArray output = m_client.readAll();
    QVERIFY2(output.contains("Cannot listen on 127.0.0.1:" + m_port.toUtf8()), output.constData());
    QCOMPARE(m_client.exitCode(), 1);
}

void tst_Readme::gettingStarted()
{
    start(&m_client, u"guide_gettingstarted-client"_s);
    QByteArray output;
    QTRY_VERIFY2_WITH_TIMEOUT((output += m_client.readAll()).contains("Hello, Ada!"),
                              output.constData(), Patience);
    const std::unique_ptr<ClientSocket> other(
        Manager::connectTo(QUrl(u"http://127.0.0.1:"_s + m_port)));
    other->emitEvent(u"hello"_s, u"Grace"_s);
    QTRY_VERIFY2_WITH_TIMEOUT((output += m_client.readAll()).contains("\"Grace\" is here"),
                              output.constData(), Patience);
}

void tst_Readme::workers()
{
#ifdef Q_OS_UNIX
    const QUrl url(u"http://127.0.0.1:"_s + m_port);
    std::vector<std::unique_ptr<ClientSocket>> clients; // one for each worker
    std::vector<QStringList> texts(4);
    for (QStringList &each : texts) {
        ClientOptions options;
        options.forceNew = true;
        clients.emplace_back(Manager::connectTo(url, options));
        clients.back()->on(u"said"_s, this, [&each](const QString &text) { each.append(text); });
    }
    const auto allConnected = [&] {
        return std::all_of(clients.begin(), clients.end(),
                           [](const auto &client) { return client->isConnected(); });
    };
    QTRY_VERIFY_WITH_TIMEOUT(allConnected(), Patience);
    clients.front()->emitEvent(u"say"_s, u"hello"_s);
    for (const QStringList &each : texts)
        QTRY_COMPARE_WITH_TIMEOUT(each, QStringList{u"hello"_s}, Patience);

    // All workers are replaced, and the clients are back with the new ones.
    int broken = 0;
    for (const auto &client : clients)
        connect(client.get(), &ClientSocket::disconnected, this, [&broken] { ++broken; });
    QCOMPARE(::kill(pid_t(m_server.processId()), SIGHUP), 0);
    QTRY_COMPARE_WITH_TIMEOUT(broken, 4, Patience);
    QTRY_VERIFY_WITH_TIMEOUT(allConnected(), Patience);
    clients.back()->emitEvent(u"say"_s, u"again"_s);
    for (const QStringList &each : texts)
        QTRY_COMPARE_WITH_TIMEOUT(each.value(1), u"again"_s, Patience);
#endif
}

QTEST_GUILESS_MAIN(tst_Readme)
#include "tst_readme.moc"
