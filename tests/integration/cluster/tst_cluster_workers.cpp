// SPDX-License-Identifier: MIT
#include "support/testmain.h"
#include "support/warnings.h"

#include <SocketIo/ClientSocket>
#include <SocketIo/ClusterPrimary>
#include <SocketIo/Manager>

#include <QtCore/qdir.h>
#include <QtCore/qfile.h>
#include <QtCore/qjsonarray.h>
#include <QtCore/qjsondocument.h>
#include <QtCore/qjsonobject.h>
#include <QtCore/qprocess.h>
#include <QtCore/qregularexpression.h>
#include <QtCore/qtemporarydir.h>
#include <QtNetwork/qtcpsocket.h>
#include <QtTest/qsignalspy.h>
#include <QtTest/qtest.h>

#include <algorithm>
#include <csignal>
#include <map>
#include <vector>

using namespace SocketIo;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

constexpr int Patience = 20000; // ms, for a loaded machine
using Transports = QList<EngineIo::TransportType>;

class Client : public QObject
{
public:
    explicit Client(quint16 port, const Transports &transports = {})
    {
        ClientOptions options;
        options.reconnectionDelay = 20ms;
        options.reconnectionDelayMax = 100ms;
        if (!transports.isEmpty())
            options.transports = transports;
        manager = std::make_unique<Manager>(QUrl(u"http://127.0.0.1:%1"_s.arg(port)), options);
        socket = manager->socket(u"/"_s);
        socket->onAny(this, [this](const QString &name, const QVariantList &args) {
            events.append(QVariantList{name} + args);
        });
        socket->on(u"question"_s, this, [](const Ack &ack) { ack(u"qt"_s); });
        connect(socket, &ClientSocket::connected, this, [this] { ids.append(socket->id()); });
    }

    // What the server answers; null if nothing comes.
    template<typename... Args>
    QVariantList ask(const QString &name, const Args &...args)
    {
        QVariantList result;
        bool isThere = false;
        QObject context;
        socket->timeout(10s)
            .emitWithAck(name, args...)
            ->then(&context,
                   [&](const QVariantList &answer) {
                       result = answer;
                       isThere = true;
                   })
            ->onFailed(&context, [&](const Error &) { isThere = true; });
        (void)QTest::qWaitFor([&] { return isThere; }, Patience);
        return result;
    }
    // With connection state recovery, events have their offset as a further argument.
    bool hasNews(const QVariant &value) const
    {
        return std::any_of(events.cbegin(), events.cend(), [&](const QVariantList &event) {
            return event.value(0) == u"news"_s && event.value(1) == value;
        });
    }
    qint64 worker() { return ask(u"who"_s).value(0).toLongLong(); }

    std::unique_ptr<Manager> manager;
    ClientSocket *socket = nullptr;
    QList<QVariantList> events;
    QStringList ids; // of each connection
};

using Clients = std::vector<std::unique_ptr<Client>>;

// Clients on Node.js.
class NodeClients
{
public:
    NodeClients(quint16 port, int count, const QByteArray &transports)
    {
        m_process.setProcessChannelMode(QProcess::ForwardedErrorChannel);
        m_process.start(QStringLiteral(NODE_EXECUTABLE),
                        {QStringLiteral(WORKER_CLIENTS), u"http://127.0.0.1:%1"_s.arg(port),
                         QString::number(count), QString::fromLatin1(transports)});
    }
    ~NodeClients()
    {
        m_process.closeWriteChannel();
        if (!m_process.waitForFinished(5000))
            m_process.kill();
        m_process.waitForFinished();
    }
    bool isConnected() { return readLine() == "connected\n"; }
    QJsonArray report()
    {
        m_process.write("\n");
        return QJsonDocument::fromJson(readLine()).array();
    }

private:
    // While it waits, this process's own sockets go on.
    QByteArray readLine()
    {
        (void)QTest::qWaitFor([this] { return m_process.canReadLine(); }, Patience);
        return m_process.readLine();
    }
    QProcess m_process;
};

// What comes back for bytes; empty if the connection ends without an answer.
QByteArray answerTo(quint16 port, const QByteArray &bytes)
{
    QTcpSocket socket;
    socket.connectToHost(QHostAddress::LocalHost, port);
    if (!bytes.isEmpty())
        socket.write(bytes);
    (void)QTest::qWaitFor([&] { return socket.state() == QAbstractSocket::UnconnectedState; },
                          Patience);
    return socket.readAll();
}

// Requests of new clients, of which the system keeps only a few for a worker that does not read.
class BigRequests
{
public:
    BigRequests(quint16 port, int count)
    {
        for (int i = 0; i < count; ++i) {
            m_sockets.push_back(std::make_unique<QTcpSocket>());
            m_sockets.back()->connectToHost(QHostAddress::LocalHost, port);
            m_sockets.back()->write("GET /?" + QByteArray(60'000, 'x')
                                    + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        }
    }
    int ended() const
    {
        return count([](QTcpSocket *socket) {
            return socket->state() == QAbstractSocket::UnconnectedState;
        });
    }
    int answered() const
    {
        return count([](QTcpSocket *socket) { return socket->peek(5) == "HTTP/"; });
    }
    int refused() const
    {
        return count([](QTcpSocket *socket) { return socket->peek(12) == "HTTP/1.1 503"; });
    }

private:
    template<typename Condition>
    int count(const Condition &condition) const
    {
        return int(std::count_if(m_sockets.begin(), m_sockets.end(),
                                 [&](const auto &socket) { return condition(socket.get()); }));
    }
    std::vector<std::unique_ptr<QTcpSocket>> m_sockets;
};

qsizetype openDescriptors()
{
    return QDir(u"/proc/self/fd"_s).entryList(QDir::NoDotAndDotDot | QDir::System).size();
}

QList<QVariantList> numbersOf(const QList<QVariantList> &events)
{
    QList<QVariantList> numbers;
    for (const QVariantList &event : events) {
        if (event.value(0) == u"number"_s)
            numbers.append({event.value(1).toLongLong(), event.value(2).toLongLong()});
    }
    return numbers;
}

} // namespace

// Several processes on one port.
class tst_ClusterWorkers : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void cleanup();

    void newClientsAreSpread_data();
    void newClientsAreSpread();
    void clientsStayWithTheirWorker_data();
    void clientsStayWithTheirWorker();
    void clientsOnNodeAreServed_data();
    void clientsOnNodeAreServed();
    void workersAreOneServer();
    void workersActOnAllClients_data();
    void workersActOnAllClients();
    void oneConnectionServesSessionsOfAllWorkers();
    void malformedBeginningsAreRefused_data();
    void malformedBeginningsAreRefused();
    void slowBeginningsAreBounded();
    void clientsWaitForAWorker();
    void clientsWaitForAWorkerWithoutALimit();
    void aWorkerThatCannotStartIsTriedAgain();
    void aKilledWorkerIsReplacedAndNothingIsLost();
    void aClientGetsWhatWasEmittedBeforeItIsDisconnected();
    void aWorkerThatHangsIsReplaced();
    void rollingRestartLosesNothing();
    void aWorkerThatDoesNotReadGetsNoFurtherClients();
    void otherWorkersGetItsClients_data();
    void otherWorkersGetItsClients();
    void connectionsOutliveAWorkerThatHasNotReadThem();
    void aWorkerThatHasLeftGetsNoClients();
    void nothingGoesInCirclesForAWorkerThatStarts();
    void aFailedRestartKeepsTheWorkers();
    void aRestartGoesOnWhenAWorkerCrashes_data();
    void aRestartGoesOnWhenAWorkerCrashes();
    void aWorkerOfAnotherVersionEnds();
    void greatestTimesAreNoLimit();
    void closingLetsWorkersEnd();
    void workersEndWithTheirPrimary();

private:
    ClusterPrimaryOptions options(int count, const QStringList &arguments = {}) const;
    bool start(const ClusterPrimaryOptions &options);
    bool allServe() const;
    bool connectClients(int count, const Transports &transports = {});
    bool haveSameNumbers() const;
    QSet<qint64> processes() const;

    std::unique_ptr<ClusterPrimary> m_primary;
    Clients m_clients;
};

#define TRY_VERIFY(condition) QTRY_VERIFY_WITH_TIMEOUT(condition, Patience)
#define TRY_COMPARE(actual, expected) QTRY_COMPARE_WITH_TIMEOUT(actual, expected, Patience)

void tst_ClusterWorkers::cleanup()
{
    m_clients.clear();
    m_primary.reset();
}

ClusterPrimaryOptions tst_ClusterWorkers::options(int count, const QStringList &arguments) const
{
    ClusterPrimaryOptions options;
    options.workerCount = count;
    options.program = QStringLiteral(CLUSTER_WORKER);
    options.arguments = arguments;
    options.restartDelay = 10ms;
    options.drainTimeout = 2s;
    return options;
}

bool tst_ClusterWorkers::allServe() const
{
    const QList<ClusterPrimary::Worker> workers = m_primary->workers();
    return std::all_of(workers.cbegin(), workers.cend(), [](const ClusterPrimary::Worker &worker) {
        return worker.state == ClusterPrimary::WorkerState::Serving;
    });
}

bool tst_ClusterWorkers::start(const ClusterPrimaryOptions &options)
{
    m_primary = std::make_unique<ClusterPrimary>(options);
    return m_primary->listen(QHostAddress::LocalHost)
        && QTest::qWaitFor([this] { return allServe(); }, Patience);
}

bool tst_ClusterWorkers::connectClients(int count, const Transports &transports)
{
    for (int i = 0; i < count; ++i)
        m_clients.push_back(std::make_unique<Client>(m_primary->serverPort(), transports));
    return QTest::qWaitFor(
        [this] {
            return std::all_of(m_clients.begin(), m_clients.end(),
                               [](const auto &client) { return client->socket->isConnected(); });
        },
        Patience);
}

QSet<qint64> tst_ClusterWorkers::processes() const
{
    QSet<qint64> result;
    const QList<ClusterPrimary::Worker> workers = m_primary->workers();
    for (const ClusterPrimary::Worker &worker : workers)
        result.insert(worker.processId);
    return result;
}

void tst_ClusterWorkers::newClientsAreSpread_data()
{
    using Balancing = ClusterPrimaryOptions::Balancing;
    QTest::addColumn<int>("balancing");
    QTest::newRow("least connections") << int(Balancing::LeastConnections);
    QTest::newRow("round robin") << int(Balancing::RoundRobin);
    QTest::newRow("random") << int(Balancing::Random);
}

void tst_ClusterWorkers::newClientsAreSpread()
{
    QFETCH(const int, balancing);
    ClusterPrimaryOptions wanted = options(3);
    wanted.balancing = ClusterPrimaryOptions::Balancing(balancing);
    QVERIFY(start(wanted));
    QVERIFY(connectClients(12, {EngineIo::TransportType::WebSocket}));
    const auto counts = [this] {
        QList<int> sessions;
        const QList<ClusterPrimary::Worker> workers = m_primary->workers();
        for (const ClusterPrimary::Worker &worker : workers)
            sessions.append(worker.sessions);
        std::sort(sessions.begin(), sessions.end());
        return sessions;
    };
    if (wanted.balancing == ClusterPrimaryOptions::Balancing::Random)
        TRY_COMPARE(counts()[0] + counts()[1] + counts()[2], 12);
    else
        TRY_COMPARE(counts(), QList<int>({4, 4, 4}));
    m_clients.clear();
    TRY_COMPARE(counts(), QList<int>({0, 0, 0}));
}

void tst_ClusterWorkers::clientsStayWithTheirWorker_data()
{
    using EngineIo::TransportType;
    QTest::addColumn<Transports>("transports");
    QTest::newRow("polling") << Transports{TransportType::Polling};
    QTest::newRow("WebSocket") << Transports{TransportType::WebSocket};
    QTest::newRow("upgrade") << Transports{TransportType::Polling, TransportType::WebSocket};
}

void tst_ClusterWorkers::clientsStayWithTheirWorker()
{
    QFETCH(const Transports, transports);
    QVERIFY(start(options(3)));
    QVERIFY(connectClients(6, transports));
    QSet<qint64> workers;
    for (const auto &client : m_clients) {
        const qint64 worker = client->worker();
        QVERIFY(processes().contains(worker));
        workers.insert(worker);
        for (int i = 0; i < 5; ++i)
            QCOMPARE(client->worker(), worker);
        QCOMPARE(client->ids.size(), 1);
    }
    QCOMPARE(workers.size(), 3);
}

void tst_ClusterWorkers::clientsOnNodeAreServed_data()
{
    QTest::addColumn<QByteArray>("transports");
    QTest::newRow("polling") << QByteArray("[\"polling\"]");
    QTest::newRow("WebSocket") << QByteArray("[\"websocket\"]");
    QTest::newRow("upgrade") << QByteArray("[\"polling\",\"websocket\"]");
}

void tst_ClusterWorkers::clientsOnNodeAreServed()
{
    QFETCH(const QByteArray, transports);
    QVERIFY(start(options(3)));
    NodeClients clients(m_primary->serverPort(), 6, transports);
    QVERIFY(clients.isConnected());
    QVERIFY(connectClients(1));
    Client &own = *m_clients.front();
    QCOMPARE(own.ask(u"ask all"_s), QVariantList{7LL});
    own.socket->emitEvent(u"emit"_s, QByteArray("bytes"));
    TRY_COMPARE(own.events.size(), 2); // the question as well
    const QByteArray wanted = transports.contains("websocket") ? "websocket" : "polling";
    TRY_VERIFY(QTest::qWaitFor(
        [&] {
            const QJsonArray all = clients.report();
            return all.size() == 6 && std::all_of(all.begin(), all.end(), [&](const QJsonValue &c) {
                       return c[u"events"].toArray().size() == 2
                           && c[u"transport"].toString().toLatin1() == wanted;
                   });
        },
        Patience));
}

void tst_ClusterWorkers::workersAreOneServer()
{
    QVERIFY(start(options(3)));
    QVERIFY(connectClients(6));
    TRY_COMPARE(m_clients[0]->ask(u"servers"_s), QVariantList{3LL});
    m_clients[0]->socket->emitEvent(u"emit"_s, 1);
    for (const auto &client : m_clients)
        TRY_COMPARE(client->events, QList<QVariantList>({{u"news"_s, 1LL}}));
    for (const size_t i : {size_t(1), size_t(4)})
        m_clients[i]->ask(u"join"_s, u"red"_s);
    m_clients[0]->socket->emitEvent(u"emit to"_s, u"red"_s, QByteArray("\0\1", 2));
    m_clients[0]->socket->emitEvent(u"emit"_s, 2);
    for (size_t i = 0; i < m_clients.size(); ++i) {
        TRY_COMPARE(m_clients[i]->events.last(), QVariantList({u"news"_s, 2LL}));
        QCOMPARE(m_clients[i]->events.size(), i == 1 || i == 4 ? 3 : 2);
    }
    QCOMPARE(m_clients[4]->events[1], QVariantList({u"news"_s, QByteArray("\0\1", 2)}));
    QCOMPARE(m_clients[0]->ask(u"ask all"_s), QVariantList{6LL});
    QCOMPARE(m_clients[0]->ask(u"fetch"_s), QVariantList{6LL});
}

void tst_ClusterWorkers::workersActOnAllClients_data()
{
    QTest::addColumn<QStringList>("arguments");
    QTest::newRow("without recovery") << QStringList();
    QTest::newRow("with recovery") << QStringList{u"recovers"_s};
}

void tst_ClusterWorkers::workersActOnAllClients()
{
    QFETCH(const QStringList, arguments);
    QVERIFY(start(options(3, arguments)));
    QVERIFY(connectClients(6));
    Client &first = *m_clients[0];
    TRY_COMPARE(first.ask(u"servers"_s), QVariantList{3LL});
    QSet<qint64> workers{first.worker()};
    const QVariantList others = first.ask(u"ask servers"_s).value(0).toList();
    QCOMPARE(others.size(), 2);
    for (const QVariant &other : others)
        workers.insert(other.toLongLong());
    QCOMPARE(workers, processes());
    const auto inRoom = [this] {
        return std::count_if(m_clients.begin(), m_clients.end(), [](const auto &client) {
            return client->ask(u"data"_s).value(1).toStringList().contains(u"green"_s);
        });
    };
    first.socket->emitEvent(u"join all"_s, u"green"_s);
    TRY_COMPARE(inRoom(), 6);
    first.socket->emitEvent(u"leave all"_s, u"green"_s);
    TRY_COMPARE(inRoom(), 0);
    first.socket->emitEvent(u"disconnect others"_s);
    for (size_t i = 1; i < m_clients.size(); ++i)
        TRY_VERIFY(!m_clients[i]->socket->isConnected());
    QVERIFY(first.socket->isConnected());
}

void tst_ClusterWorkers::oneConnectionServesSessionsOfAllWorkers()
{
    QVERIFY(start(options(3)));
    QTcpSocket socket;
    socket.connectToHost(QHostAddress::LocalHost, m_primary->serverPort());
    const auto request = [&socket](const QByteArray &method, const QByteArray &sid,
                                   const QByteArray &body = {}) {
        socket.write(method + " /socket.io/?EIO=4&transport=polling"
                     + (sid.isEmpty() ? QByteArray() : "&sid=" + sid)
                     + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: "
                     + QByteArray::number(body.size()) + "\r\n\r\n" + body);
        QByteArray answer;
        (void)QTest::qWaitFor(
            [&] {
                answer += socket.readAll();
                const qsizetype end = answer.indexOf("\r\n\r\n");
                static const QRegularExpression length(u"[Cc]ontent-[Ll]ength: (\\d+)"_s);
                return end >= 0
                    && answer.size() - end - 4
                    >= length.match(QString::fromLatin1(answer.first(end))).captured(1).toInt();
            },
            Patience);
        return answer;
    };
    const auto sidOf = [](const QByteArray &answer) {
        const qsizetype begin = answer.indexOf("\"sid\":\"") + 7;
        return answer.mid(begin, 20);
    };
    // Sessions of all workers, made by connections of their own.
    QSet<QByteArray> workers;
    QList<QByteArray> sids;
    for (int i = 0; i < 6; ++i) {
        const QByteArray answer =
            answerTo(m_primary->serverPort(),
                     "GET /socket.io/?EIO=4&transport=polling HTTP/1.0\r\nHost: localhost\r\n\r\n");
        QVERIFY2(answer.startsWith("HTTP/1.1 200"), answer.constData());
        sids.append(sidOf(answer));
        workers.insert(sids.last().first(4));
    }
    QCOMPARE(workers.size(), 3);
    for (const QByteArray &sid : sids) {
        const QByteArray answer = request("POST", sid, "40");
        QVERIFY2(answer.startsWith("HTTP/1.1 200") && answer.endsWith("ok"), answer.constData());
    }
    for (const QByteArray &sid : sids) {
        const QByteArray answer = request("GET", sid);
        QVERIFY2(answer.contains("40{\"sid\":"), answer.constData());
    }
    // The primary reads the query as the workers do, or the two would pass the connection on and on.
    const auto other = std::find_if(sids.cbegin(), sids.cend(), [&](const QByteArray &sid) {
        return sid.first(4) != sids[0].first(4);
    });
    for (const char *name : {"&sid=", "&%73id="}) {
        const QByteArray answer = request("POST", sids[0] + name + *other, "42[\"hello\"]");
        QVERIFY2(answer.startsWith("HTTP/1.1 200"), answer.constData());
    }
    // Of nobody: a worker answers, and the connection goes on.
    QVERIFY(request("GET", "AAAAnobodynobodynobo").startsWith("HTTP/1.1 400"));
    QVERIFY(request("GET", {}).startsWith("HTTP/1.1 200"));
}

void tst_ClusterWorkers::malformedBeginningsAreRefused_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QByteArray>("status");
    QTest::newRow("no HTTP") << QByteArray("hello\r\n") << QByteArray("400");
    QTest::newRow("binary") << QByteArray("\x01\x02\x03", 3) << QByteArray("400");
    QTest::newRow("NUL bytes") << QByteArray(10, '\0') << QByteArray("400");
    QTest::newRow("no version") << QByteArray("GET /\r\n") << QByteArray("400");
    QTest::newRow("other version") << QByteArray("GET / HTTP/2.0\r\n") << QByteArray("400");
    QTest::newRow("no target") << QByteArray("GET  HTTP/1.1\r\n") << QByteArray("400");
    QTest::newRow("space first") << QByteArray(" GET / HTTP/1.1\r\n") << QByteArray("400");
    QTest::newRow("long method") << QByteArray(40, 'G') << QByteArray("400");
    QTest::newRow("long line") << "GET /" + QByteArray(70'000, 'x') << QByteArray("431");
    QTest::newRow("for the worker to refuse")
        << QByteArray("GET / HTTP/1.1\r\nbad header\r\n\r\n") << QByteArray("400");
}

void tst_ClusterWorkers::malformedBeginningsAreRefused()
{
    QFETCH(const QByteArray, bytes);
    QFETCH(const QByteArray, status);
    if (!m_primary)
        QVERIFY(start(options(1)));
    const QByteArray answer = answerTo(m_primary->serverPort(), bytes);
    QVERIFY2(answer.startsWith("HTTP/1.1 " + status), answer.constData());
}

void tst_ClusterWorkers::slowBeginningsAreBounded()
{
    ClusterPrimaryOptions slow = options(1);
    slow.requestTimeout = 300ms;
    slow.maxIncomingConnections = 3;
    QVERIFY(start(slow));
    QCOMPARE(answerTo(m_primary->serverPort(), {}), QByteArray()); // silent
    QVERIFY(answerTo(m_primary->serverPort(), "GET /sock").startsWith("HTTP/1.1 408"));
    slow.requestTimeout = 60s;
    QVERIFY(start(slow));
    std::vector<std::unique_ptr<QTcpSocket>> silent;
    for (int i = 0; i < 4; ++i) {
        silent.push_back(std::make_unique<QTcpSocket>());
        silent.back()->connectToHost(QHostAddress::LocalHost, m_primary->serverPort());
        TRY_COMPARE(silent.back()->state(), QAbstractSocket::ConnectedState);
    }
    TRY_COMPARE(silent[0]->state(), QAbstractSocket::UnconnectedState);
    QVERIFY(silent[0]->readAll().startsWith("HTTP/1.1 503"));
    for (size_t i = 1; i < silent.size(); ++i)
        QCOMPARE(silent[i]->state(), QAbstractSocket::ConnectedState);
    QVERIFY(connectClients(1)); // others are served
}

void tst_ClusterWorkers::clientsWaitForAWorker()
{
    m_primary = std::make_unique<ClusterPrimary>(options(1));
    QVERIFY(m_primary->listen(QHostAddress::LocalHost));
    QVERIFY(!allServe());
    QVERIFY(connectClients(2));
    for (const auto &client : m_clients)
        QCOMPARE(client->ids.size(), 1);
}

void tst_ClusterWorkers::clientsWaitForAWorkerWithoutALimit()
{
    ClusterPrimaryOptions patient = options(1);
    patient.requestTimeout = 0ms;
    m_primary = std::make_unique<ClusterPrimary>(patient);
    QVERIFY(m_primary->listen(QHostAddress::LocalHost));
    QVERIFY(!allServe());
    const QByteArray answer =
        answerTo(m_primary->serverPort(), "GET /none HTTP/1.1\r\nHost: a\r\n\r\n");
    QVERIFY2(answer.startsWith("HTTP/1.1 404"), answer.constData());
}

void tst_ClusterWorkers::aWorkerThatCannotStartIsTriedAgain()
{
    ClusterPrimaryOptions wrong = options(1);
    wrong.requestTimeout = 200ms;
    wrong.program = u"/bin/false"_s;
    m_primary = std::make_unique<ClusterPrimary>(wrong);
    QSignalSpy errors(m_primary.get(), &ClusterPrimary::errorOccurred);
    QVERIFY(m_primary->listen(QHostAddress::LocalHost));
    const QByteArray answer = answerTo(m_primary->serverPort(), "GET / HTTP/1.1\r\n\r\n");
    QVERIFY2(answer.startsWith("HTTP/1.1 503"), answer.constData());
    TRY_VERIFY(errors.size() >= 3);
    QVERIFY(errors.size() < 20); // with back-off
    m_primary.reset();

    wrong.program = u"/nowhere/at/all"_s;
    m_primary = std::make_unique<ClusterPrimary>(wrong);
    QSignalSpy missing(m_primary.get(), &ClusterPrimary::errorOccurred);
    QVERIFY(m_primary->listen(QHostAddress::LocalHost));
    TRY_VERIFY(missing.size() >= 1);
}

// All clients have got the same events in the same order, each from when it connected.
bool tst_ClusterWorkers::haveSameNumbers() const
{
    QList<QVariantList> longest;
    for (const auto &client : m_clients) {
        const QList<QVariantList> numbers = numbersOf(client->events);
        if (numbers.size() > longest.size())
            longest = numbers;
    }
    // Of each worker's events none is missing, and none is there twice.
    std::map<qint64, qint64> last;
    for (const QVariantList &number : std::as_const(longest)) {
        const qint64 worker = number[0].toLongLong();
        if (last.count(worker) != 0 && number[1].toLongLong() != last[worker] + 1) {
            qWarning() << "after" << last[worker] << "of" << worker << "came" << number[1];
            return false;
        }
        last[worker] = number[1].toLongLong();
    }
    for (const auto &client : m_clients) {
        const QList<QVariantList> numbers = numbersOf(client->events);
        if (numbers != longest.last(numbers.size())) {
            for (qsizetype i = 1; i <= numbers.size(); ++i) {
                if (numbers[numbers.size() - i] != longest[longest.size() - i]) {
                    qWarning() << numbers.size() << "of" << longest.size() << "differ," << i
                               << "before the end:" << numbers[numbers.size() - i]
                               << longest[longest.size() - i] << client->ids;
                    break;
                }
            }
            return false;
        }
    }
    return true;
}

void tst_ClusterWorkers::aKilledWorkerIsReplacedAndNothingIsLost()
{
    QVERIFY(start(options(3, {u"recovers"_s, u"numbers"_s})));
    QVERIFY(connectClients(30));
    Client &first = *m_clients[0];
    first.ask(u"join"_s, u"red"_s);
    TRY_VERIFY(first.events.size() > 20);
    const qint64 victim = first.worker();
    QVERIFY(victim > 0);
    QSignalSpy ended(m_primary.get(), &ClusterPrimary::workerEnded);
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"it crashed or was killed"_s));
    ::kill(pid_t(victim), SIGKILL);
    TRY_COMPARE(ended.size(), 1);
    QCOMPARE(ended[0][1].toLongLong(), victim);
    TRY_VERIFY(m_primary->workers().size() == 3 && allServe());
    QVERIFY(!processes().contains(victim));
    // Its clients are back, as who they were, and the others have noticed nothing.
    TRY_COMPARE(first.ids.size(), 2);
    QVERIFY(first.socket->isRecovered());
    TRY_VERIFY(std::all_of(m_clients.begin(), m_clients.end(),
                           [](const auto &client) { return client->socket->isConnected(); }));
    int moved = 0;
    for (const auto &client : m_clients) {
        QCOMPARE(QSet<QString>(client->ids.cbegin(), client->ids.cend()).size(), 1);
        moved += int(client->ids.size() - 1);
    }
    QVERIFY(moved >= 5 && moved <= 15);
    QCOMPARE(first.ask(u"data"_s).value(0).toMap(), QVariantMap({{u"room"_s, u"red"_s}}));
    const qsizetype count = first.events.size();
    TRY_VERIFY(first.events.size() > count + 20);
    first.socket->emitEvent(u"stop"_s);
    first.socket->emitEvent(u"emit to"_s, u"red"_s, u"end of red"_s);
    TRY_VERIFY(first.hasNews(u"end of red"_s));
    TRY_VERIFY(haveSameNumbers());
}

void tst_ClusterWorkers::aClientGetsWhatWasEmittedBeforeItIsDisconnected()
{
    QVERIFY(start(options(2, {u"recovers"_s})));
    QVERIFY(connectClients(2));
    m_clients[0]->socket->emitEvent(u"leave"_s);
    TRY_VERIFY(!m_clients[0]->socket->isConnected());
    QVERIFY(m_clients[0]->hasNews(u"bye"_s));
    QVERIFY(m_clients[0]->hasNews(u"bye all"_s));
    TRY_VERIFY(m_clients[1]->hasNews(u"bye all"_s));
    QVERIFY(!m_clients[1]->hasNews(u"bye"_s));
}

void tst_ClusterWorkers::aWorkerThatHangsIsReplaced()
{
    ClusterPrimaryOptions strict = options(2, {u"recovers"_s});
    strict.responseTimeout = 500ms;
    QVERIFY(start(strict));
    QVERIFY(connectClients(4));
    Client &first = *m_clients[0];
    const qint64 victim = first.worker();
    QVERIFY(victim > 0);
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"it did not respond"_s));
    ::kill(pid_t(victim), SIGSTOP);
    TRY_VERIFY(!processes().contains(victim) && m_primary->workers().size() == 2 && allServe());
    TRY_COMPARE(first.ids.size(), 2);
    QVERIFY(first.socket->isRecovered());
    QVERIFY(first.worker() != victim);
    for (size_t i = 1; i < m_clients.size(); ++i) // those of the other were let alone
        QVERIFY(m_clients[i]->ids.size() == 1 || m_clients[i]->socket->isRecovered());
}

// Its clients are told at once, and so is the log.
void tst_ClusterWorkers::aWorkerThatDoesNotReadGetsNoFurtherClients()
{
    ClusterPrimaryOptions small = options(1);
    small.maxQueuedBytes = 1;
    small.responseTimeout = 0ms;
    QVERIFY(start(small));
    const auto worker = pid_t(m_primary->workers().constFirst().processId);
    ::kill(worker, SIGSTOP);
    const Warnings warnings;
    std::vector<std::unique_ptr<QTcpSocket>> sockets;
    for (int i = 0; i < 20; ++i) { // more than the system keeps for it
        sockets.push_back(std::make_unique<QTcpSocket>());
        sockets.back()->connectToHost(QHostAddress::LocalHost, m_primary->serverPort());
        sockets.back()->write("GET /?" + QByteArray(60'000, 'x') + " HTTP/1.1\r\n\r\n");
    }
    TRY_COMPARE(sockets.back()->state(), QAbstractSocket::UnconnectedState);
    QVERIFY(sockets.back()->readAll().startsWith("HTTP/1.1 503"));
    ::kill(worker, SIGCONT);
    QCOMPARE(warnings.all().size(), 1);
    QVERIFY2(warnings.text().contains(u"does not read, and more than "
                                      "ClusterPrimaryOptions::maxQueuedBytes wait for it"_s),
             qPrintable(warnings.text()));
    QVERIFY(connectClients(1));
}

void tst_ClusterWorkers::otherWorkersGetItsClients_data()
{
    newClientsAreSpread_data();
}

void tst_ClusterWorkers::otherWorkersGetItsClients()
{
    QFETCH(const int, balancing);
    ClusterPrimaryOptions small = options(2);
    small.balancing = ClusterPrimaryOptions::Balancing(balancing);
    small.maxQueuedBytes = 1;
    small.responseTimeout = 0ms;
    QVERIFY(start(small));
    const auto worker = pid_t(m_primary->workers().constFirst().processId);
    ::kill(worker, SIGSTOP);
    const Warnings warnings;
    const BigRequests many(m_primary->serverPort(), 40);
    TRY_VERIFY(many.answered() >= 20);
    const auto isServed = [this] {
        const BigRequests further(m_primary->serverPort(), 1);
        return QTest::qWaitFor([&] { return further.answered() == 1; }, Patience)
            && further.refused() == 0;
    };
    // The other one may have no room either, until it has read those.
    QVERIFY(QTest::qWaitFor(isServed, Patience));
    for (int i = 0; i < 10; ++i)
        QVERIFY(isServed());
    ::kill(worker, SIGCONT);
    TRY_COMPARE(many.answered(), 40);
}

// Those that the system keeps for it are lost.
void tst_ClusterWorkers::connectionsOutliveAWorkerThatHasNotReadThem()
{
    ClusterPrimaryOptions wanted = options(2);
    wanted.balancing = ClusterPrimaryOptions::Balancing::RoundRobin;
    wanted.responseTimeout = 0ms;
    QVERIFY(start(wanted));
    const auto worker = pid_t(m_primary->workers().constFirst().processId);
    ::kill(worker, SIGSTOP);
    const BigRequests requests(m_primary->serverPort(), 60);
    TRY_COMPARE(requests.answered(), 30);
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"it crashed or was killed"_s));
    ::kill(worker, SIGKILL);
    TRY_COMPARE(requests.ended(), 60);
    QVERIFY2(requests.answered() >= 45, qPrintable(QString::number(requests.answered())));
    QCOMPARE(requests.refused(), 0);
}

// Its process goes on without a server.
void tst_ClusterWorkers::aWorkerThatHasLeftGetsNoClients()
{
    ClusterPrimaryOptions wanted = options(2, {u"stays"_s});
    wanted.responseTimeout = 0ms;
    QVERIFY(start(wanted));
    QVERIFY(connectClients(1));
    Client &first = *m_clients[0];
    const qint64 victim = first.worker();
    QVERIFY(victim > 0);
    const Warnings warnings;
    first.socket->emitEvent(u"quit"_s);
    TRY_VERIFY(first.ids.size() >= 2);
    QVERIFY(connectClients(6));
    for (const auto &client : m_clients) {
        const qint64 worker = client->worker();
        QVERIFY(worker > 0 && worker != victim);
    }
    TRY_COMPARE(warnings.all().size(), 1);
    QVERIFY2(warnings.text().contains(u"The worker %1 has closed its connection to the primary, "
                                      "but has not ended"_s.arg(victim)),
             qPrintable(warnings.text()));
    QVERIFY(processes().contains(victim));
    ::kill(pid_t(victim), SIGKILL);
    TRY_VERIFY(!processes().contains(victim) && m_primary->workers().size() == 2 && allServe());
}

void tst_ClusterWorkers::rollingRestartLosesNothing()
{
    QVERIFY(start(options(2, {u"recovers"_s, u"numbers"_s})));
    const QSet<qint64> before = processes();
    const qsizetype descriptors = openDescriptors();
    QVERIFY(connectClients(25));
    QVERIFY(connectClients(25, {EngineIo::TransportType::WebSocket}));
    NodeClients nodes(m_primary->serverPort(), 10, "[\"polling\",\"websocket\"]");
    QVERIFY(nodes.isConnected());
    TRY_VERIFY(m_clients[0]->events.size() > 10);
    QSignalSpy restarted(m_primary.get(), &ClusterPrimary::workersRestarted);
    m_primary->restartWorkers();
    TRY_COMPARE(restarted.size(), 1);
    QVERIFY(!processes().intersects(before));
    QCOMPARE(m_primary->workers().size(), 2);
    TRY_VERIFY(std::all_of(m_clients.begin(), m_clients.end(),
                           [](const auto &client) { return client->socket->isConnected(); }));
    for (const auto &client : m_clients) {
        QVERIFY(client->ids.size() >= 2);
        QCOMPARE(QSet<QString>(client->ids.cbegin(), client->ids.cend()).size(), 1);
        QVERIFY(client->socket->isRecovered());
    }
    const qsizetype count = m_clients[0]->events.size();
    TRY_VERIFY(m_clients[0]->events.size() > count + 10);
    m_clients[0]->socket->emitEvent(u"stop"_s);
    m_clients[0]->socket->emitEvent(u"emit"_s, u"end"_s);
    for (const auto &client : m_clients)
        TRY_VERIFY(client->hasNews(u"end"_s));
    TRY_VERIFY(haveSameNumbers());
    // Those on Node.js as well.
    const QList<QVariantList> numbers = numbersOf(m_clients[0]->events);
    const QJsonArray reports = nodes.report();
    QCOMPARE(reports.size(), 10);
    for (const QJsonValue &report : reports) {
        QList<QVariantList> events;
        for (const QJsonValue &event : report[u"events"].toArray())
            events.append(event.toArray().toVariantList());
        const QList<QVariantList> theirs = numbersOf(events);
        QVERIFY(theirs.size() > 20);
        QCOMPARE(theirs, numbers.last(theirs.size()));
        const QJsonArray recovered = report[u"recovered"].toArray();
        QVERIFY(recovered.size() >= 2 && recovered.last().toBool());
    }
    m_clients.clear();
    TRY_VERIFY(openDescriptors() <= descriptors + 4); // Node.js' pipes
}

void tst_ClusterWorkers::aFailedRestartKeepsTheWorkers()
{
    QTemporaryDir folder;
    const QString program = folder.filePath(u"worker"_s);
    QVERIFY(QFile::link(QStringLiteral(CLUSTER_WORKER), program));
    ClusterPrimaryOptions replaced = options(2);
    replaced.program = program;
    QVERIFY(start(replaced));
    const QSet<qint64> before = processes();
    QVERIFY(QFile::remove(program));
    QVERIFY(QFile::link(u"/bin/false"_s, program));
    QSignalSpy errors(m_primary.get(), &ClusterPrimary::errorOccurred);
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"Not all workers are replaced"_s));
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"has ended: it ended with 1"_s));
    m_primary->restartWorkers();
    TRY_COMPARE(errors.size(), 1);
    TRY_COMPARE(processes(), before);
    QVERIFY(connectClients(2));
}

// A worker that waits until its tester lets it start, or fail.
class HeldWorker
{
public:
    bool write() const
    {
        QFile file(program());
        return file.open(QIODevice::WriteOnly)
            && file.write("#!/bin/sh\nuntil [ -e " + quoted(u"go"_s) + " ]; do\n    [ -e "
                          + quoted(u"fail"_s) + " ] && exit 1\n    sleep 0.02\ndone\nexec '"
                          + CLUSTER_WORKER + "' \"$@\"\n")
            > 0
            && file.setPermissions(QFile::ReadOwner | QFile::ExeOwner);
    }
    QString program() const { return m_folder.filePath(u"worker"_s); }
    bool tell(const QString &word) const
    {
        QFile file(m_folder.filePath(word));
        return file.open(QIODevice::WriteOnly);
    }
    bool hold() const { return QFile::remove(m_folder.filePath(u"go"_s)); }

private:
    QByteArray quoted(const QString &word) const
    {
        return '\'' + m_folder.filePath(word).toUtf8() + '\'';
    }
    QTemporaryDir m_folder;
};

// An id of a session that the new worker would have, forged or of a former run.
void tst_ClusterWorkers::nothingGoesInCirclesForAWorkerThatStarts()
{
    const HeldWorker held;
    QVERIFY(held.write() && held.tell(u"go"_s));
    ClusterPrimaryOptions wanted = options(3);
    wanted.program = held.program();
    QVERIFY(start(wanted));
    QVERIFY(held.hold());
    QSignalSpy ended(m_primary.get(), &ClusterPrimary::workerEnded);
    for (int i = 1; i <= 2; ++i) { // the end of the second lets the others know who there is
        QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"it crashed or was killed"_s));
        ::kill(pid_t(m_primary->workers().at(1).processId), SIGKILL);
        TRY_COMPARE(ended.size(), i);
        TRY_COMPARE(m_primary->workers().size(), 3);
    }
    for (const char *const number : {"AAAB", "AAAD", "AAAE", "AAAF"}) {
        const QByteArray answer =
            answerTo(m_primary->serverPort(),
                     "GET /socket.io/?EIO=4&transport=polling&sid=" + QByteArray(number)
                         + "forgedforgedforg HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        QVERIFY2(answer.contains("Session ID unknown"), answer.constData());
    }
    QVERIFY(!allServe());
    QVERIFY(held.tell(u"go"_s));
    TRY_VERIFY(allServe());
}

void tst_ClusterWorkers::aRestartGoesOnWhenAWorkerCrashes_data()
{
    QTest::addColumn<bool>("crashesBefore");
    QTest::addColumn<bool>("fails");
    QTest::newRow("while its successor starts") << false << false;
    QTest::newRow("and its successor fails") << false << true;
    QTest::newRow("before the restart") << true << false;
}

void tst_ClusterWorkers::aRestartGoesOnWhenAWorkerCrashes()
{
    QFETCH(const bool, crashesBefore);
    QFETCH(const bool, fails);
    const HeldWorker held;
    QVERIFY(held.write() && held.tell(u"go"_s));
    ClusterPrimaryOptions wanted = options(2);
    wanted.program = held.program();
    wanted.restartDelay = crashesBefore ? 60s : 10ms;
    wanted.restartDelayMax = 60s;
    QVERIFY(start(wanted));
    const QSet<qint64> before = processes();
    QSignalSpy restarted(m_primary.get(), &ClusterPrimary::workersRestarted);
    QSignalSpy ended(m_primary.get(), &ClusterPrimary::workerEnded);
    QSignalSpy errors(m_primary.get(), &ClusterPrimary::errorOccurred);
    const auto crash = [&] {
        const ClusterPrimary::Worker first = m_primary->workers().constFirst();
        QCOMPARE(first.slot, 0);
        QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"it crashed or was killed"_s));
        ::kill(pid_t(first.processId), SIGKILL);
        TRY_COMPARE(ended.size(), 1);
    };
    if (crashesBefore)
        crash();
    else
        QVERIFY(held.hold());
    m_primary->restartWorkers();
    if (!crashesBefore) {
        QCOMPARE(m_primary->workers().size(), 3);
        crash();
    }
    if (fails) {
        QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"Not all workers are replaced"_s));
        QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"has ended: it ended with 1"_s));
        QVERIFY(held.tell(u"fail"_s));
        TRY_VERIFY(errors.size() >= 2);
        QVERIFY(held.tell(u"go"_s));
        TRY_VERIFY(m_primary->workers().size() == 2 && allServe());
        m_primary->restartWorkers(); // which is not said to be under way
    }
    QVERIFY(held.tell(u"go"_s));
    TRY_COMPARE(restarted.size(), 1);
    QVERIFY(!processes().intersects(before));
    QCOMPARE(m_primary->workers().size(), 2);
    QVERIFY(allServe());
}

// The program may be replaced while its primary runs, and the library with it.
void tst_ClusterWorkers::aWorkerOfAnotherVersionEnds()
{
    QProcess worker;
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert(u"QTSOCKETIO_CLUSTER_WORKER"_s, u"3:1:0:run:1000"_s);
    worker.setProcessEnvironment(environment);
    worker.start(QStringLiteral(CLUSTER_WORKER), QStringList());
    QVERIFY(worker.waitForFinished(Patience));
    QCOMPARE(worker.exitStatus(), QProcess::NormalExit);
    QCOMPARE(worker.exitCode(), 1);
    const QByteArray text = worker.readAllStandardError();
    QVERIFY2(text.contains("restart the primary as well"), text.constData());
    QCOMPARE(worker.readAllStandardOutput(), QByteArray()); // it is no primary, either
}

void tst_ClusterWorkers::greatestTimesAreNoLimit()
{
    ClusterPrimaryOptions endless = options(2, {u"recovers"_s});
    endless.startTimeout = endless.responseTimeout = std::chrono::milliseconds::max();
    endless.drainTimeout = endless.requestTimeout = std::chrono::milliseconds::max();
    endless.restartDelayMax = std::chrono::milliseconds::max();
    QVERIFY(start(endless));
    QVERIFY(connectClients(2));
    const QSet<qint64> before = processes();
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"it crashed or was killed"_s));
    ::kill(pid_t(m_primary->workers().constFirst().processId), SIGKILL);
    TRY_VERIFY(processes() != before && m_primary->workers().size() == 2 && allServe());
    TRY_VERIFY(std::all_of(m_clients.begin(), m_clients.end(),
                           [](const auto &client) { return client->socket->isConnected(); }));
    QSignalSpy restarted(m_primary.get(), &ClusterPrimary::workersRestarted);
    m_primary->restartWorkers();
    m_clients.clear(); // a worker that drains waits for them
    TRY_COMPARE(restarted.size(), 1);
    m_primary->restartWorkers();
    TRY_COMPARE(restarted.size(), 2);
}

void tst_ClusterWorkers::closingLetsWorkersEnd()
{
    QVERIFY(start(options(2)));
    QVERIFY(connectClients(4));
    QSignalSpy closed(m_primary.get(), &ClusterPrimary::closed);
    m_primary->close();
    QVERIFY(!m_primary->isListening());
    TRY_COMPARE(closed.size(), 1);
    QVERIFY(m_primary->workers().isEmpty());
    for (const auto &client : m_clients)
        TRY_VERIFY(!client->socket->isConnected());
}

// Also if whoever has inherited the process has not asked for its end yet.
static bool hasEnded(pid_t process)
{
    QFile file(u"/proc/%1/stat"_s.arg(process));
    return ::kill(process, 0) != 0
        || (file.open(QIODevice::ReadOnly) && file.readAll().contains(") Z "));
}

void tst_ClusterWorkers::workersEndWithTheirPrimary()
{
    QProcess primary;
    primary.setProcessChannelMode(QProcess::ForwardedErrorChannel);
    primary.start(QStringLiteral(CLUSTER_WORKER), QStringList());
    QList<pid_t> workers;
    TRY_VERIFY(QTest::qWaitFor(
        [&] {
            while (primary.canReadLine()) {
                const QByteArray line = primary.readLine();
                if (line.startsWith("worker "))
                    workers.append(pid_t(line.mid(7).trimmed().toLongLong()));
            }
            return workers.size() == 2;
        },
        Patience));
    primary.kill();
    primary.waitForFinished();
    for (const pid_t worker : std::as_const(workers))
        TRY_VERIFY(hasEnded(worker));
}

QTSOCKETIO_TEST(tst_ClusterWorkers)

#include "tst_cluster_workers.moc"
