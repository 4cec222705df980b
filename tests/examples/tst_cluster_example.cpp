// SPDX-License-Identifier: MIT
#include <SocketIo/ClientSocket>
#include <SocketIo/Manager>

#include <QtCore/qfileinfo.h>
#include <QtCore/qprocess.h>
#include <QtCore/qset.h>
#include <QtCore/qstandardpaths.h>
#include <QtNetwork/qtcpserver.h>
#include <QtTest/qtest.h>

#include <algorithm>
#include <csignal>
#include <memory>
#include <vector>

using namespace SocketIo;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

constexpr int Patience = 30000; // ms, for a loaded machine

// One of the page's, without the page.
class Client : public QObject
{
public:
    explicit Client(quint16 port)
    {
        ClientOptions options;
        options.transports = {EngineIo::TransportType::WebSocket};
        options.reconnectionDelay = 50ms;
        options.reconnectionDelayMax = 200ms;
        manager = std::make_unique<Manager>(QUrl(u"http://127.0.0.1:%1"_s.arg(port)), options);
        socket = manager->socket(u"/"_s);
        socket->on(u"welcome"_s, this,
                   [this](const QString &server, const QVariant &, bool isRecovered) {
                       servers.append(server);
                       recovered.append(isRecovered);
                   });
        socket->on(u"who"_s, this,
                   [this](const QVariantList &args) { everybody = args.value(0).toList(); });
        socket->on(u"said"_s, this,
                   [this](const QVariant &, const QString &text) { said.append(text); });
    }
    // The servers that it has heard of.
    QSet<QString> known() const
    {
        QSet<QString> names;
        for (const QVariant &one : everybody)
            names.insert(one.toMap().value(u"server"_s).toString());
        return names;
    }

    std::unique_ptr<Manager> manager;
    ClientSocket *socket = nullptr;
    QStringList servers; // that have welcomed it
    QList<bool> recovered;
    QVariantList everybody;
    QStringList said;
};

} // namespace

class tst_ClusterExample : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void cleanup();
    void workersAreKilledAndReplaced();
    void serversBehindAProxyAreKilled();
    void aPortInUseIsTold();

private:
    bool start(const QString &program, const QStringList &arguments);
    bool connectClients(int count);
    Client *clientAt(const QString &server);
    // Whether all have heard the same, at least so much, and nothing twice.
    bool haveHeard(int count) const;

    QProcess m_process;
    quint16 m_port = 0;
    std::vector<std::unique_ptr<Client>> m_clients;
};

#define TRY_VERIFY(condition) QTRY_VERIFY_WITH_TIMEOUT(condition, Patience)
#define TRY_COMPARE(actual, expected) QTRY_COMPARE_WITH_TIMEOUT(actual, expected, Patience)

void tst_ClusterExample::cleanup()
{
    m_clients.clear();
    m_process.terminate();
    if (!m_process.waitForFinished(10000))
        m_process.kill();
    m_process.waitForFinished();
}

bool tst_ClusterExample::start(const QString &program, const QStringList &arguments)
{
    m_process.setProcessChannelMode(QProcess::ForwardedErrorChannel);
    m_process.start(program, arguments);
    m_port = 0;
    while (m_port == 0 && m_process.waitForReadyRead(Patience)) {
        while (m_process.canReadLine()) {
            const QByteArray line = m_process.readLine();
            if (line.startsWith("listening "))
                m_port = line.mid(10).trimmed().toUShort();
        }
    }
    return m_port != 0;
}

bool tst_ClusterExample::connectClients(int count)
{
    for (int i = 0; i < count; ++i) {
        m_clients.push_back(std::make_unique<Client>(m_port));
        const Client &added = *m_clients.back();
        if (!QTest::qWaitFor([&] { return !added.servers.isEmpty(); }, Patience))
            return false;
    }
    return true;
}

Client *tst_ClusterExample::clientAt(const QString &server)
{
    for (const auto &client : m_clients) {
        if (client->servers.last() == server)
            return client.get();
    }
    return nullptr;
}

bool tst_ClusterExample::haveHeard(int count) const
{
    const QStringList first = m_clients.front()->said;
    return first.size() == count && QSet<QString>(first.cbegin(), first.cend()).size() == count
        && std::all_of(m_clients.begin(), m_clients.end(),
                       [&](const auto &client) { return client->said == first; });
}

void tst_ClusterExample::workersAreKilledAndReplaced()
{
    QVERIFY(start(QStringLiteral(CLUSTER_SERVER_PROGRAM),
                  {u"--workers"_s, u"2"_s, u"--port"_s, u"0"_s}));
    QVERIFY(connectClients(4));
    Client &first = *m_clients[0];
    TRY_VERIFY(first.everybody.size() == 4 && first.known().size() == 2);
    // The worker of the one is killed; the one goes on at another, as does who was there too.
    const QString killed = first.servers.last();
    first.socket->emitEvent(u"kill"_s);
    TRY_COMPARE(first.servers.size(), 2);
    QVERIFY(first.servers.last() != killed);
    QVERIFY(first.recovered.last());
    first.socket->emitEvent(u"say"_s, u"one"_s);
    TRY_VERIFY(haveHeard(1));
    // All are replaced.
    const QSet<QString> before = first.known();
    ::kill(pid_t(m_process.processId()), SIGHUP);
    TRY_VERIFY(!first.known().isEmpty() && !first.known().intersects(before)
               && first.everybody.size() == 4);
    for (const auto &client : m_clients)
        QVERIFY(client->recovered.last());
    first.socket->emitEvent(u"say"_s, u"two"_s);
    TRY_VERIFY(haveHeard(2));
}

void tst_ClusterExample::serversBehindAProxyAreKilled()
{
    for (const QString &program : {u"redis-server"_s, u"nginx"_s, u"node"_s}) {
        if (QStandardPaths::findExecutable(program).isEmpty())
            QSKIP(
                "it needs redis-server, nginx and node: tools/install-packages cluster proxy node");
    }
    if (!QFileInfo::exists(QStringLiteral(EXAMPLES_FOLDER "/node_modules/redis")))
        QSKIP("the examples' npm packages are not installed: npm ci in examples");
    // It and the ones next to it, in all likelihood.
    quint16 port = 0;
    {
        QTcpServer free;
        QVERIFY(free.listen(QHostAddress::LocalHost));
        port = free.serverPort();
    }
    QVERIFY(start(QStringLiteral(EXAMPLES_FOLDER "/cluster/start"),
                  {QStringLiteral(CLUSTER_SERVER_PROGRAM), u"--port"_s, QString::number(port)}));
    // The proxy spreads those that come one after the other.
    const QSet<QString> all{u"Qt 1"_s, u"Qt 2"_s, u"Node.js"_s};
    TRY_VERIFY(QTest::qWaitFor(
        [&] {
            m_clients.clear();
            return connectClients(6)
                && QTest::qWaitFor([&] { return m_clients[0]->known() == all; }, 2000);
        },
        Patience));
    m_clients[0]->socket->emitEvent(u"say"_s, u"one"_s);
    TRY_VERIFY(haveHeard(1));
    // Each of them; a client of the one on Node.js begins anew.
    int heard = 1;
    for (const QString &killed : {u"Qt 1"_s, u"Qt 2"_s, u"Node.js"_s}) {
        Client *const victim = clientAt(killed);
        QVERIFY2(victim, qPrintable(killed));
        const qsizetype before = victim->servers.size();
        victim->socket->emitEvent(u"kill"_s);
        TRY_COMPARE(victim->servers.size(), before + 1);
        QCOMPARE(victim->recovered.last(), killed != u"Node.js");
        TRY_VERIFY(std::all_of(m_clients.begin(), m_clients.end(),
                               [](const auto &client) { return client->socket->isConnected(); }));
        victim->socket->emitEvent(u"say"_s, u"after "_s + killed);
        ++heard;
        TRY_VERIFY(haveHeard(heard));
    }
}

void tst_ClusterExample::aPortInUseIsTold()
{
    for (const QString &program : {u"redis-server"_s, u"nginx"_s, u"node"_s}) {
        if (QStandardPaths::findExecutable(program).isEmpty())
            QSKIP(
                "it needs redis-server, nginx and node: tools/install-packages cluster proxy node");
    }
    QTcpServer other;
    do {
        other.close();
        QVERIFY(other.listen(QHostAddress::LocalHost));
    } while (other.serverPort() > 65525); // the ten after it are needed, too
    QProcess process;
    process.start(u"bash"_s,
                  {QStringLiteral(EXAMPLES_FOLDER "/cluster/start"),
                   QStringLiteral(CLUSTER_SERVER_PROGRAM), u"--port"_s,
                   QString::number(other.serverPort())});
    QVERIFY(process.waitForFinished(Patience));
    QCOMPARE(process.exitCode(), 1);
    const QByteArray told = process.readAllStandardError();
    QVERIFY2(told.contains(" does not start at port "), told.constData());
    QVERIFY2(told.contains("Address already in use"), told.constData());
}

QTEST_GUILESS_MAIN(tst_ClusterExample)

#include "tst_cluster_example.moc"
