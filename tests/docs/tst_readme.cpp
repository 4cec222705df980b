// SPDX-License-Identifier: MIT
// The programs of README.md, as CMakeLists.txt has cut them out.
#include <SocketIo/ClientSocket>
#include <SocketIo/Manager>

#include <QtCore/qfile.h>
#include <QtCore/qprocess.h>
#include <QtNetwork/qtcpserver.h>
#ifdef WITH_QML
#include <QtQml/qqmlapplicationengine.h>
#endif
#include <QtTest/qtest.h>

#include <memory>

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
    environment.insert(u"README_PORT"_s, m_port);
    environment.insert(u"README_URL"_s, u"http://127.0.0.1:"_s + m_port);
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
    start(&m_server, u"readme_server"_s);
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

QTEST_GUILESS_MAIN(tst_Readme)
#include "tst_readme.moc"
