// SPDX-License-Identifier: MIT
#include "support/certificates.h"
#include "support/testmain.h"

#include <SocketIo/ClientSocket>
#include <SocketIo/ClusterPrimary>
#include <SocketIo/Manager>

#include <QtCore/qregularexpression.h>
#include <QtTest/qsignalspy.h>
#include <QtTest/qtest.h>

#include <csignal>
#include <vector>

using namespace SocketIo;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

constexpr int Patience = 30000; // ms, for a loaded machine
using Transports = QList<EngineIo::TransportType>;

} // namespace

#define TRY_VERIFY(condition) QTRY_VERIFY_WITH_TIMEOUT(condition, Patience)
#define TRY_COMPARE(actual, expected) QTRY_COMPARE_WITH_TIMEOUT(actual, expected, Patience)

// Workers that encrypt: their primary cannot read what comes, and goes by the client's address.
class tst_ClusterWorkersTls : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init();
    void cleanup();

    void clientsStayWithTheirWorker_data();
    void clientsStayWithTheirWorker();
    void addressesAreSpread();
    void clientsGoOnWhenTheirWorkerIsKilled();

private:
    bool connectClients(int count, const Transports &transports);
    // The process that serves a client.
    qint64 workerOf(ClientSocket *socket);
    // One that has a session with a client at the address; 0 if it gets none.
    qint64 workerFor(const QHostAddress &address);

    Certificates m_certificates;
    std::unique_ptr<ClusterPrimary> m_primary;
    std::vector<std::unique_ptr<Manager>> m_managers;
    QList<ClientSocket *> m_sockets;
};

void tst_ClusterWorkersTls::initTestCase()
{
    if (!m_certificates.isValid())
        QSKIP("openssl is not installed");
}

void tst_ClusterWorkersTls::init()
{
    ClusterPrimaryOptions options;
    options.workerCount = 2;
    options.program = QStringLiteral(CLUSTER_WORKER);
    options.arguments = {u"tls"_s, m_certificates.path(u"server"_s, u"pem"_s),
                         m_certificates.path(u"server"_s, u"key"_s)};
    options.restartDelay = 10ms;
    m_primary = std::make_unique<ClusterPrimary>(options);
    QVERIFY(m_primary->listen(QHostAddress::LocalHost));
    TRY_VERIFY([this] {
        const QList<ClusterPrimary::Worker> workers = m_primary->workers();
        return std::all_of(workers.cbegin(), workers.cend(), [](const auto &worker) {
            return worker.state == ClusterPrimary::WorkerState::Serving;
        });
    }());
}

void tst_ClusterWorkersTls::cleanup()
{
    m_sockets.clear();
    m_managers.clear();
    m_primary.reset();
}

bool tst_ClusterWorkersTls::connectClients(int count, const Transports &transports)
{
    ClientOptions options;
    options.transports = transports;
    options.reconnectionDelay = 20ms;
    options.reconnectionDelayMax = 100ms;
    options.sslConfiguration = m_certificates.forClient();
    const QUrl url(u"https://localhost:%1"_s.arg(m_primary->serverPort()));
    for (int i = 0; i < count; ++i) {
        m_managers.push_back(std::make_unique<Manager>(url, options));
        m_sockets.append(m_managers.back()->socket(u"/"_s));
    }
    return QTest::qWaitFor(
        [this] {
            return std::all_of(m_sockets.cbegin(), m_sockets.cend(),
                               [](const ClientSocket *socket) { return socket->isConnected(); });
        },
        Patience);
}

qint64 tst_ClusterWorkersTls::workerOf(ClientSocket *socket)
{
    qint64 process = -1;
    QObject context;
    socket->timeout(20s)
        .emitWithAck(u"who"_s)
        ->then(&context,
               [&](const QVariantList &answer) { process = answer.value(0).toLongLong(); })
        ->onFailed(&context, [&](const Error &) { process = 0; });
    return QTest::qWaitFor([&] { return process >= 0; }, Patience) ? process : 0;
}

qint64 tst_ClusterWorkersTls::workerFor(const QHostAddress &address)
{
    const auto sessions = [this] {
        QHash<qint64, int> result;
        const QList<ClusterPrimary::Worker> workers = m_primary->workers();
        for (const ClusterPrimary::Worker &worker : workers)
            result.insert(worker.processId, worker.sessions);
        return result;
    };
    const QHash<qint64, int> before = sessions();
    QSslSocket socket;
    socket.setSslConfiguration(m_certificates.forClient());
    if (!socket.bind(address))
        return 0;
    socket.setPeerVerifyName(u"localhost"_s);
    socket.connectToHostEncrypted(u"127.0.0.1"_s, m_primary->serverPort());
    socket.write("GET /socket.io/?EIO=4&transport=polling HTTP/1.1\r\nHost: localhost\r\n\r\n");
    QByteArray answer;
    if (!QTest::qWaitFor([&] { return (answer += socket.readAll()).contains("\"sid\""); },
                         Patience))
        return 0;
    // The worker tells its primary of the session.
    qint64 found = 0;
    (void)QTest::qWaitFor(
        [&] {
            const QHash<qint64, int> now = sessions();
            for (auto it = now.cbegin(); it != now.cend(); ++it) {
                if (it.value() > before.value(it.key()))
                    found = it.key();
            }
            return found > 0;
        },
        Patience);
    return found;
}

void tst_ClusterWorkersTls::clientsStayWithTheirWorker_data()
{
    using EngineIo::TransportType;
    QTest::addColumn<Transports>("transports");
    QTest::newRow("polling") << Transports{TransportType::Polling};
    QTest::newRow("WebSocket") << Transports{TransportType::WebSocket};
    QTest::newRow("upgrade") << Transports{TransportType::Polling, TransportType::WebSocket};
}

void tst_ClusterWorkersTls::clientsStayWithTheirWorker()
{
    QFETCH(const Transports, transports);
    QVERIFY(connectClients(4, transports));
    QSet<qint64> workers;
    for (ClientSocket *socket : std::as_const(m_sockets)) {
        QSignalSpy connections(socket, &ClientSocket::connected);
        for (int i = 0; i < 5; ++i)
            workers.insert(workerOf(socket));
        QCOMPARE(connections.size(), 0);
    }
    QCOMPARE(workers.size(), 1); // they all have the same address
    QVERIFY(!workers.contains(0));
    // The other worker's clients would get it as well.
    int received = 0;
    for (ClientSocket *socket : std::as_const(m_sockets))
        socket->on(u"news"_s, this, [&](const QByteArray &value) { received += value == "b"; });
    m_sockets[0]->emitEvent(u"emit"_s, QByteArray("b"));
    TRY_COMPARE(received, 4);
}

void tst_ClusterWorkersTls::addressesAreSpread()
{
    QHash<QString, qint64> first;
    QSet<qint64> workers;
    for (int round = 0; round < 2; ++round) {
        for (int i = 1; i <= 8; ++i) {
            const QString address = u"127.0.0.%1"_s.arg(i);
            const qint64 worker = workerFor(QHostAddress(address));
            if (worker == 0 && i > 1)
                QSKIP("this system has no further addresses on its loopback interface");
            QVERIFY(worker > 0);
            workers.insert(worker);
            QCOMPARE(first.value(address, worker), worker);
            first.insert(address, worker);
        }
    }
    QCOMPARE(workers.size(), 2);
}

void tst_ClusterWorkersTls::clientsGoOnWhenTheirWorkerIsKilled()
{
    QVERIFY(connectClients(2, {EngineIo::TransportType::WebSocket}));
    const qint64 victim = workerOf(m_sockets[0]);
    QVERIFY(victim > 0);
    // Both have one address, and so one worker.
    QSignalSpy firstLost(m_sockets[0], &ClientSocket::disconnected);
    QSignalSpy secondLost(m_sockets[1], &ClientSocket::disconnected);
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"it crashed or was killed"_s));
    ::kill(pid_t(victim), SIGKILL);
    TRY_COMPARE(firstLost.size(), 1);
    TRY_COMPARE(secondLost.size(), 1);
    for (ClientSocket *socket : std::as_const(m_sockets)) {
        TRY_VERIFY(socket->isConnected());
        const qint64 now = workerOf(socket);
        QVERIFY(now > 0 && now != victim);
    }
}

QTSOCKETIO_TEST(tst_ClusterWorkersTls)

#include "tst_cluster_workers_tls.moc"
