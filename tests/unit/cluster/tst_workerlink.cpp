// SPDX-License-Identifier: MIT
#include "cluster/workerlink_p.h"
#include "support/testmain.h"
#include "support/warnings.h"

#include <SocketIo/ClientSocket>
#include <SocketIo/ClusterWorker>
#include <SocketIo/Manager>
#include <SocketIo/Namespace>
#include <SocketIo/Server>
#include <SocketIo/Socket>

#include <QtCore/qpointer.h>
#include <QtTest/qtest.h>

#include <algorithm>
#include <array>
#include <memory>
#include <vector>

#include <sys/socket.h>

using namespace SocketIo;
using namespace SocketIo::detail;
using namespace Qt::StringLiterals;

namespace {

// A message that has to get a number, as the primary reads it.
struct Published
{
    QString nsp;
    QString uid;
    quint64 sequence = 0;
    qint64 keep = 0; // ms
};

// What comes for a client; empty if its connection ends without an answer.
QByteArray answerTo(const Descriptor &client)
{
    std::array<char, 1000> buffer = {};
    ssize_t size = -1;
    (void)QTest::qWaitFor(
        [&] {
            size = ::recv(client.number(), buffer.data(), buffer.size(), MSG_DONTWAIT);
            return size >= 0;
        },
        TestSupport::Patience);
    return QByteArray(buffer.data(), qsizetype(std::max<ssize_t>(size, 0)));
}

} // namespace

// This process is a worker, and the test is its primary.
class tst_WorkerLink : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void cleanupTestCase();
    void ownEventsStayInStep();
    void closedAdaptersAreToldOf();
    void namespacesMayBeDeletedInTheirSlots_data();
    void namespacesMayBeDeletedInTheirSlots();
    void sessionsMayBeKeptWithoutLimit();
    void whatIsDroppedIsSaidOnce();
    void lostConnectionsCannotFillTheLog();
    void unknownMessagesCannotFillTheLog();
    void connectionsForAServerThatIsGoneAreAnswered();  // the last but one
    void connectionsForAPrimaryThatIsGoneAreAnswered(); // the last one

private:
    template<typename... Values>
    void send(Frame frame, const Values &...values)
    {
        m_primary->send(quint8(frame), toFrame(values...));
    }
    void received(Frame frame, const QByteArray &bytes);
    // Waits until the worker has read what was sent.
    bool isRead();

    std::shared_ptr<DescriptorChannel> m_primary;
    std::unique_ptr<Server> m_server;
    std::unique_ptr<ClusterWorker> m_worker;
    std::shared_ptr<WorkerLink> m_link;
    std::vector<Published> m_published;
    QStringList m_left;        // ids of adapters
    QList<qint64> m_lifetimes; // of sessions, in ms
    int m_pongs = 0;
};

void tst_WorkerLink::initTestCase()
{
    Descriptor ours;
    Descriptor theirs;
    QVERIFY(DescriptorChannel::makePair(&ours, &theirs));
    qputenv(WorkerLink::environmentName().toLatin1().constData(),
            WorkerLink::environmentValue(int(theirs.release()), 7, 0, u"run"_s).toLatin1());
    QVERIFY(ClusterWorker::isWorker());
    m_primary = DescriptorChannel::make(std::move(ours), 1'000'000);
    m_primary->start([this](quint8 type, const QByteArray &bytes,
                            const Descriptor &) { received(Frame(type), bytes); },
                     [] {});
    ServerOptions options;
    options.adapter = ClusterWorker::adapterFactory();
    options.connectionStateRecovery.emplace();
    m_server = std::make_unique<Server>(options);
    m_worker = std::make_unique<ClusterWorker>(m_server.get());
    m_link = WorkerLink::instance();
    QVERIFY(m_server->listen(QHostAddress::LocalHost));
}

void tst_WorkerLink::cleanupTestCase()
{
    m_worker.reset();
    m_server.reset();
    m_link.reset();
    m_primary.reset();
}

void tst_WorkerLink::received(Frame frame, const QByteArray &bytes)
{
    switch (frame) {
    case Frame::Publish: {
        quint8 kind = 0;
        QString target;
        QByteArray message;
        Published published;
        QVERIFY(fromFrame(bytes, kind, published.nsp, published.uid, target, published.sequence,
                          published.keep, message));
        if (Delivery(kind) != Delivery::Once)
            m_published.push_back(published);
        break;
    }
    case Frame::Leave: {
        QString nsp;
        QString uid;
        QVERIFY(fromFrame(bytes, nsp, uid));
        m_left.append(uid);
        break;
    }
    case Frame::KeepSession: {
        QString nsp;
        KeptSession kept;
        QVERIFY(fromFrame(bytes, nsp, kept));
        m_lifetimes.append(kept.lifetime);
        break;
    }
    case Frame::Pong:
        ++m_pongs;
        break;
    default:
        break;
    }
}

bool tst_WorkerLink::isRead()
{
    const int before = m_pongs;
    send(Frame::Ping);
    return QTest::qWaitFor([&] { return m_pongs > before; }, TestSupport::Patience);
}

// Also when the primary has dropped the number of one, since the worker did not read for a while.
void tst_WorkerLink::ownEventsStayInStep()
{
    ClientOptions options;
    options.transports = {EngineIo::TransportType::WebSocket};
    Manager manager(QUrl(u"http://127.0.0.1:%1"_s.arg(m_server->serverPort())), options);
    ClientSocket *const client = manager.socket(u"/"_s);
    QList<int> numbers;
    client->on(u"n"_s, this,
               [&numbers](const QVariantList &args) { numbers.append(args[0].toInt()); });
    QTRY_VERIFY(client->isConnected());
    for (int i = 1; i <= 4; ++i)
        m_server->emitEvent(u"n"_s, i);
    QTRY_COMPARE(m_published.size(), size_t(4));
    QCOMPARE(m_published[0].nsp, u"/"_s);
    const auto answer = [this](size_t index, const QString &uid) {
        const Published &published = m_published[index];
        send(Frame::Own, published.nsp, quint64(index + 1), uid, published.sequence);
    };
    answer(1, m_published[1].uid); // that of the first one is missing
    QTRY_COMPARE(numbers, QList<int>({1, 2}));
    answer(2, u"an adapter that was there before"_s);
    QVERIFY(isRead());
    answer(2, m_published[2].uid);
    QTRY_COMPARE(numbers, QList<int>({1, 2, 3}));
    answer(3, m_published[3].uid);
    QTRY_COMPARE(numbers, QList<int>({1, 2, 3, 4}));
}

// The primary forgets them then: namespaces may come and go as clients ask for them.
void tst_WorkerLink::closedAdaptersAreToldOf()
{
    {
        ServerOptions options;
        options.adapter = ClusterWorker::adapterFactory();
        Server other(options);
        other.of(u"/one"_s);
        other.of(u"/two"_s);
        QVERIFY(isRead());
        QVERIFY(m_left.isEmpty());
        other.close();
    }
    QTRY_VERIFY(m_left.size() >= 2);
    QCOMPARE(QSet<QString>(m_left.cbegin(), m_left.cend()).size(), m_left.size());
}

// The adapter that calls the slot is deleted later than its namespace.
void tst_WorkerLink::namespacesMayBeDeletedInTheirSlots_data()
{
    QTest::addColumn<bool>("isServer");
    QTest::addColumn<bool>("atLeaving");
    QTest::newRow("namespace in roomJoined") << false << false;
    QTest::newRow("namespace in roomLeft") << false << true;
    QTest::newRow("server in roomJoined") << true << false;
    QTest::newRow("server in roomLeft") << true << true;
}

void tst_WorkerLink::namespacesMayBeDeletedInTheirSlots()
{
    QFETCH(const bool, isServer);
    QFETCH(const bool, atLeaving);
    ServerOptions options;
    options.adapter = ClusterWorker::adapterFactory();
    auto server = std::make_unique<Server>(options);
    QVERIFY(server->listen(QHostAddress::LocalHost));
    const QPointer<Namespace> nsp = server->of(u"/doomed"_s);
    connect(nsp, atLeaving ? &Namespace::roomLeft : &Namespace::roomJoined, this,
            [&](const QString &room) {
                if (room != "red"_L1)
                    return;
                if (isServer)
                    server.reset();
                else
                    delete nsp.data();
            });
    connect(nsp, &Namespace::connected, this, [](Socket *socket) {
        const QPointer<Socket> guard = socket;
        socket->join(u"red"_s);
        if (guard)
            guard->leave(u"red"_s);
    });
    m_left.clear();
    Manager manager(QUrl(u"http://127.0.0.1:%1"_s.arg(server->serverPort())));
    const ClientSocket *const client = manager.socket(u"/doomed"_s);
    QTRY_VERIFY(!nsp);
    QVERIFY(isRead());
    QVERIFY(!m_left.isEmpty());
    QVERIFY(!client->isConnected());
}

// The primary adds the times to that of the day.
void tst_WorkerLink::sessionsMayBeKeptWithoutLimit()
{
    ServerOptions options;
    options.adapter = ClusterWorker::adapterFactory();
    options.connectionStateRecovery.emplace();
    options.connectionStateRecovery->maxDisconnectionDuration = std::chrono::milliseconds::max();
    Server server(options);
    server.of(u"/endless"_s);
    QVERIFY(server.listen(QHostAddress::LocalHost));
    Manager manager(QUrl(u"http://127.0.0.1:%1"_s.arg(server.serverPort())));
    const ClientSocket *const client = manager.socket(u"/endless"_s);
    QTRY_VERIFY(client->isConnected());
    m_published.clear();
    server.of(u"/endless"_s)->emitEvent(u"n"_s);
    QTRY_COMPARE(m_published.size(), size_t(1));
    constexpr qint64 Years = 365LL * 24 * 3600 * 1000;
    QVERIFY(m_published[0].keep > 99 * Years && m_published[0].keep < 101 * Years);
    QTRY_VERIFY(!m_lifetimes.isEmpty());
    QVERIFY(m_lifetimes.last() > 99 * Years && m_lifetimes.last() < 101 * Years);
}

void tst_WorkerLink::whatIsDroppedIsSaidOnce()
{
    const Warnings warnings;
    for (int i = 0; i < 12; ++i) // in one turn, in which the primary does not read
        m_server->emitEvent(u"big"_s, QString(4'000'000, u'x'));
    QCOMPARE(warnings.all().size(), 1);
    QVERIFY2(warnings.text().contains(u"Messages for other workers are dropped: the primary does "
                                      "not read"_s),
             qPrintable(warnings.text()));
    QTRY_VERIFY(isRead());
}

void tst_WorkerLink::lostConnectionsCannotFillTheLog()
{
    const Warnings warnings;
    for (int i = 0; i < 20; ++i)
        send(Frame::Connection); // its descriptor got lost
    QVERIFY(isRead());
    QCOMPARE(warnings.all().size(), 1);
    QVERIFY2(warnings.text().contains(u"too many open files"), qPrintable(warnings.text()));
}

void tst_WorkerLink::unknownMessagesCannotFillTheLog()
{
    const Warnings warnings;
    for (int i = 0; i < 20; ++i)
        send(Frame(100));
    QVERIFY(isRead());
    QCOMPARE(warnings.all().size(), 1);
    QVERIFY2(warnings.text().contains(u"unknown type: 100"), qPrintable(warnings.text()));
}

void tst_WorkerLink::connectionsForAServerThatIsGoneAreAnswered()
{
    const auto answer = [this] {
        Descriptor client;
        Descriptor connection;
        DescriptorChannel::makePair(&client, &connection);
        m_primary->send(quint8(Frame::Connection), "GET / HTTP/1.1\r\nHost: x\r\n\r\n",
                        std::move(connection));
        return answerTo(client);
    };
    m_server.reset();
    QCOMPARE(answer().left(12), QByteArray("HTTP/1.1 503"));
    m_worker.reset();
    QCOMPARE(answer().left(12), QByteArray("HTTP/1.1 503"));
}

// Those that the worker has not been able to pass on.
void tst_WorkerLink::connectionsForAPrimaryThatIsGoneAreAnswered()
{
    std::array<Descriptor, 3> clients;
    for (Descriptor &client : clients) {
        Descriptor connection;
        QVERIFY(DescriptorChannel::makePair(&client, &connection));
        m_link->passOn(std::move(connection), QByteArray(4'000'000, 'x'));
    }
    m_primary.reset();
    QCOMPARE(answerTo(clients[0]), QByteArray()); // went on its way with the first byte
    QCOMPARE(answerTo(clients[1]).left(12), QByteArray("HTTP/1.1 503"));
    QCOMPARE(answerTo(clients[2]).left(12), QByteArray("HTTP/1.1 503"));
}

QTSOCKETIO_TEST(tst_WorkerLink)

#include "tst_workerlink.moc"
