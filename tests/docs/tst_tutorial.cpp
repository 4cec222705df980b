// SPDX-License-Identifier: MIT
// The programs of the tutorial, each run as a reader runs it.
#include "clients.h"
#include "integration/client/faultproxy.h"

#include <SocketIo/ClientSocket>
#include <SocketIo/Manager>

#include <QtCore/qprocess.h>
#include <QtCore/qregularexpression.h>
#include <QtTest/qtest.h>

#include <memory>
#include <vector>

using namespace SocketIo;
using namespace Qt::StringLiterals;

class tst_Tutorial : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void cleanup();
    void server();
    void windows_data();
    void windows();
    void rooms();
    void authentication();
    void offline();
    void cluster();

private:
    // Starts a program of the tutorial with a port that the system chooses.
    bool startServer(const QString &name);
    std::unique_ptr<ClientSocket> client(const ClientOptions &options = {}) const;
    static QString programPath(const QString &name)
    {
        return QCoreApplication::applicationDirPath() + u"/tutorial_"_s + name;
    }
    static void stop(QProcess *process);

    QProcess m_server;
    QProcess m_window;
    QUrl m_url;
};

namespace {

constexpr int Patience = 60'000;

// What a client has received, as "nick: text".
void collect(ClientSocket *socket, QStringList *messages)
{
    socket->on(u"chat message"_s, socket, [messages](const QString &nick, const QString &text) {
        messages->append(nick + u": "_s + text);
    });
}

} // namespace

void tst_Tutorial::stop(QProcess *process)
{
    if (process->state() == QProcess::NotRunning)
        return;
    process->terminate();
    if (!process->waitForFinished(Patience))
        process->kill();
    process->waitForFinished();
}

void tst_Tutorial::cleanup()
{
    stop(&m_window);
    stop(&m_server);
}

bool tst_Tutorial::startServer(const QString &name)
{
    m_server.setProcessChannelMode(QProcess::MergedChannels);
    m_server.start(programPath(name), {u"0"_s});
    QString output;
    static const QRegularExpression line(u"Listening on port (\\d+)"_s);
    while (!line.match(output).hasMatch()) {
        if (!m_server.waitForReadyRead(Patience)) {
            qWarning().noquote() << name << m_server.errorString() << output;
            return false;
        }
        output += QString::fromUtf8(m_server.readAll());
    }
    m_url = QUrl(u"http://127.0.0.1:"_s + line.match(output).captured(1));
    return true;
}

std::unique_ptr<ClientSocket> tst_Tutorial::client(const ClientOptions &options) const
{
    ClientOptions own = options;
    own.forceNew = true;
    return std::unique_ptr<ClientSocket>(Manager::connectTo(m_url, own));
}

void tst_Tutorial::server()
{
    QVERIFY(startServer(u"step1-server"_s));
    const auto ada = client();
    const auto grace = client();
    QStringList first;
    QStringList second;
    collect(ada.get(), &first);
    collect(grace.get(), &second);
    QTRY_VERIFY_WITH_TIMEOUT(ada->isConnected() && grace->isConnected(), Patience);
    ada->emitEvent(u"chat message"_s, u"Ada"_s, u"hello"_s);
    QTRY_COMPARE_WITH_TIMEOUT(first, QStringList{u"Ada: hello"_s}, Patience);
    QTRY_COMPARE_WITH_TIMEOUT(second, QStringList{u"Ada: hello"_s}, Patience);
}

void tst_Tutorial::windows_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<QString>("message");
    QTest::newRow("Widgets") << u"step2-window"_s << u"Ada: is here"_s;
    QTest::newRow("QML") << u"step3-window"_s << u"Grace: is here"_s;
}

void tst_Tutorial::windows()
{
    QFETCH(QString, name);
    QFETCH(QString, message);
    if (!QFile::exists(programPath(name)))
        QSKIP("This program needs Qt modules that are not installed.");
    QVERIFY(startServer(u"step1-server"_s));
    const auto reader = client();
    QStringList messages;
    collect(reader.get(), &messages);
    QTRY_VERIFY_WITH_TIMEOUT(reader->isConnected(), Patience);
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert(u"QT_QPA_PLATFORM"_s, u"offscreen"_s);
    environment.insert(u"QT_QUICK_BACKEND"_s, u"software"_s);
    environment.insert(u"QML_IMPORT_PATH"_s, QStringLiteral(QML_IMPORTS));
    m_window.setProcessEnvironment(environment);
    m_window.setProcessChannelMode(QProcess::ForwardedChannels);
    m_window.start(programPath(name), {m_url.toString()});
    QTRY_COMPARE_WITH_TIMEOUT(messages, QStringList{message}, Patience);
    QCOMPARE(m_window.state(), QProcess::Running);
}

void tst_Tutorial::rooms()
{
    QVERIFY(startServer(u"step4-rooms"_s));
    const auto ada = client();
    const auto grace = client();
    QStringList first;
    QStringList second;
    collect(ada.get(), &first);
    collect(grace.get(), &second);
    QStringList rooms;
    enterRoom(ada.get(), u"tea"_s, this, [&](const QStringList &all) { rooms = all; });
    QTRY_VERIFY_WITH_TIMEOUT(rooms.contains(u"room:tea"_s), Patience);
    QString joined;
    ada->on(u"joined"_s, this, [&](const QString &room) { joined = room; });
    grace->emitEvent(u"chat message"_s, u"Grace"_s, u"not in the room"_s, u"tea"_s);
    grace->emitEvent(u"join"_s, u"tea"_s);
    QTRY_COMPARE_WITH_TIMEOUT(joined, u"tea"_s, Patience);
    // A client's id is no name of a room that another can join.
    grace->emitEvent(u"join"_s, ada->id());
    grace->emitEvent(u"chat message"_s, u"Grace"_s, u"to your own room"_s, ada->id());
    grace->emitEvent(u"chat message"_s, u"Grace"_s, u"hello"_s, u"tea"_s);
    QTRY_COMPARE_WITH_TIMEOUT(first, QStringList{u"Grace: hello"_s}, Patience);
    const QStringList both{u"Grace: to your own room"_s, u"Grace: hello"_s};
    QTRY_COMPARE_WITH_TIMEOUT(second, both, Patience);
}

void tst_Tutorial::authentication()
{
    QVERIFY(startServer(u"step5-auth"_s));
    QStringList errors;
    const auto showError = [&errors](const QString &text) { errors.append(text); };
    const std::unique_ptr<ClientSocket> stranger(connectAs(m_url, u"mine"_s, this, showError));
    QTRY_COMPARE_WITH_TIMEOUT(errors, QStringList{u"unknown token"_s}, Patience);
    QCOMPARE(stranger->lastError().message(), u"not authorized"_s);
    const std::unique_ptr<ClientSocket> ada(connectAs(m_url, u"token-of-ada"_s, this, showError));
    QStringList messages;
    collect(ada.get(), &messages);
    ada->emitEvent(u"chat message"_s, u"hello"_s);
    QTRY_COMPARE_WITH_TIMEOUT(messages, QStringList{u"Ada: hello"_s}, Patience);
}

void tst_Tutorial::offline()
{
    QVERIFY(startServer(u"step6-offline"_s));
    FaultProxy network(quint16(m_url.port()));
    const std::unique_ptr<ClientSocket> ada(
        connectPersistently(QUrl(u"http://127.0.0.1:%1"_s.arg(network.port()))));
    ada->manager()->setReconnectionDelay(std::chrono::milliseconds(10));
    const auto grace = client();
    QStringList messages;
    QStringList messagesOfGrace;
    collect(ada.get(), &messages);
    collect(grace.get(), &messagesOfGrace);
    int sent = 0;
    const auto markAsSent = [&sent] { ++sent; };
    QTRY_VERIFY_WITH_TIMEOUT(ada->isConnected() && grace->isConnected(), Patience);
    sendSafely(grace.get(), u"Grace"_s, u"hello"_s, this, markAsSent);
    QTRY_COMPARE_WITH_TIMEOUT(messages, QStringList{u"Grace: hello"_s}, Patience);

    // What is said while Ada is away reaches her when she is back.
    network.setRefusing(true);
    network.cutAll();
    QTRY_VERIFY_WITH_TIMEOUT(!ada->isConnected(), Patience);
    sendSafely(grace.get(), u"Grace"_s, u"still there?"_s, this, markAsSent);
    QTRY_COMPARE_WITH_TIMEOUT(sent, 2, Patience);
    network.setRefusing(false);
    QTRY_COMPARE_WITH_TIMEOUT(messages.value(1), u"Grace: still there?"_s, Patience);
    QVERIFY(ada->isRecovered());

    // The connection breaks before the acknowledgement arrives: the message is sent twice, and said once.
    network.trigger(FaultProxy::ToClient, "[]", FaultProxy::What::CutAll);
    sendSafely(ada.get(), u"Ada"_s, u"yes"_s, this, markAsSent);
    QTRY_COMPARE_WITH_TIMEOUT(sent, 3, Patience);
    QVERIFY(network.wasTriggered());
    sendSafely(grace.get(), u"Grace"_s, u"good"_s, this, markAsSent);
    const QStringList all{u"Grace: hello"_s, u"Grace: still there?"_s, u"Ada: yes"_s,
                          u"Grace: good"_s};
    QTRY_COMPARE_WITH_TIMEOUT(messages, all, Patience);
    QTRY_COMPARE_WITH_TIMEOUT(messagesOfGrace, all, Patience);
}

void tst_Tutorial::cluster()
{
    if (!QFile::exists(programPath(u"step7-cluster"_s)))
        QSKIP("Clusters of processes are not possible on this platform.");
    QVERIFY(startServer(u"step7-cluster"_s));
    std::vector<std::unique_ptr<ClientSocket>> clients;
    std::vector<QStringList> messages(4);
    for (QStringList &each : messages) {
        clients.push_back(client());
        collect(clients.back().get(), &each);
    }
    for (const auto &each : clients)
        QTRY_VERIFY_WITH_TIMEOUT(each->isConnected(), Patience);
    clients.front()->emitEvent(u"chat message"_s, u"Ada"_s, u"hello"_s);
    for (const QStringList &each : messages)
        QTRY_COMPARE_WITH_TIMEOUT(each, QStringList{u"Ada: hello"_s}, Patience);
}

QTEST_GUILESS_MAIN(tst_Tutorial)
#include "tst_tutorial.moc"
