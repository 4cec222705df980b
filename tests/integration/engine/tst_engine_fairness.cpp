// SPDX-License-Identifier: MIT
#include "support/certificates.h"
#include "support/testmain.h"
#include "testclient.h"

#include <QtCore/qabstracteventdispatcher.h>
#include <QtCore/qeventloop.h>
#include <QtCore/qtimer.h>

#include <functional>
#include <vector>

using namespace EngineIo;
using namespace Qt::StringLiterals;

// One client sends as fast as it can, and many others a message now and then. How much of the one
// is handled while a message of the others waits does not depend on how busy the machine is, as
// times would.
class tst_Engine_Fairness : public QObject
{
    Q_OBJECT

public:
    enum class Flood { SmallMessages, Noops, BigMessages, SmallPackets, Requests };

private Q_SLOTS:
    void initTestCase();
    void floodDelaysNobody_data();
    void floodDelaysNobody();
    void closedSessionDelaysNobody();

private:
    Certificates m_certificates;
    QSslConfiguration m_clientTls;
};

Q_DECLARE_METATYPE(tst_Engine_Fairness::Flood)

namespace {

constexpr int Patience = 60000; // ms
constexpr int PacketsPerTurn = 16;
constexpr qsizetype BytesPerTurn = 64 * 1024;
// In which a message has to be handled. A few are needed: to read the bytes, to decrypt them, and
// to go over to the server's thread behind what is on its way there.
constexpr int MaxTurns = 16;
constexpr qsizetype BigSize = 500'000;
constexpr qsizetype MaxWaiting = 2 * BigSize; // for the server's thread

// Without the pauses of QTRY_VERIFY.
bool waitFor(const std::function<bool()> &condition)
{
    QEventLoop loop;
    QTimer patience;
    patience.setSingleShot(true);
    QObject::connect(&patience, &QTimer::timeout, &loop, &QEventLoop::quit);
    patience.start(Patience);
    while (!condition() && patience.isActive())
        loop.processEvents(QEventLoop::WaitForMoreEvents);
    return condition();
}

// A connection that sends what it is given and counts what comes back.
class Peer
{
public:
    Peer(const TestServer &server, const QSslConfiguration *tls)
        : m_socket(tls ? std::make_unique<QSslSocket>() : std::make_unique<QTcpSocket>())
    {
        QObject::connect(m_socket.get(), &QTcpSocket::readyRead, m_socket.get(), [this] {
            received += m_socket->readAll();
            if (received.size() > MaxKept)
                received.remove(0, received.size() - MaxKept);
        });
        if (tls) {
            auto *secure = static_cast<QSslSocket *>(m_socket.get());
            secure->setSslConfiguration(*tls);
            secure->setPeerVerifyMode(QSslSocket::VerifyNone);
            secure->connectToHostEncrypted(u"127.0.0.1"_s, server.serverPort());
        } else {
            m_socket->connectToHost(u"127.0.0.1"_s, server.serverPort());
        }
    }

    bool isReady() const
    {
        const auto *secure = qobject_cast<const QSslSocket *>(m_socket.get());
        return secure ? secure->isEncrypted()
                      : m_socket->state() == QAbstractSocket::ConnectedState;
    }
    void send(const QByteArray &bytes)
    {
        // What Nagle's algorithm holds back has not arrived.
        m_socket->setSocketOption(QAbstractSocket::LowDelayOption, 1);
        m_socket->write(bytes);
        m_socket->flush();
    }

    QByteArray received;

private:
    static constexpr qsizetype MaxKept = 64 * 1024;
    const std::unique_ptr<QTcpSocket> m_socket;
};

using Peers = std::vector<std::unique_ptr<Peer>>;

QByteArray getRequest(const QByteArray &target, const QByteArray &more = {})
{
    return "GET " + target + " HTTP/1.1\r\nHost: a\r\n" + more + "\r\n";
}

QByteArray postRequest(const QByteArray &target, const QByteArray &body)
{
    return "POST " + target + " HTTP/1.1\r\nHost: a\r\nContent-Length: "
        + QByteArray::number(body.size()) + "\r\n\r\n" + body;
}

const QByteArray upgradeHeaders = "Upgrade: websocket\r\nConnection: Upgrade\r\n"
                                  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                                  "Sec-WebSocket-Version: 13\r\n";

// Opens a session for each of some new peers; one with a sid has a polling session.
bool openSessions(const TestServer &server, const QSslConfiguration *tls, Peers *peers,
                  QByteArrayList *sids, const std::function<bool(size_t)> &isPolling)
{
    for (size_t i = 0; i < peers->size(); ++i) {
        (*peers)[i] = std::make_unique<Peer>(server, tls);
        sids->append(QByteArray());
    }
    const auto all = [peers](const std::function<bool(size_t)> &condition) {
        return waitFor([&] {
            for (size_t i = 0; i < peers->size(); ++i) {
                if (!condition(i))
                    return false;
            }
            return true;
        });
    };
    if (!all([&](size_t i) { return (*peers)[i]->isReady(); }))
        return false;
    for (size_t i = 0; i < peers->size(); ++i)
        (*peers)[i]->send(isPolling(i) ? getRequest(server.target("polling"))
                                       : getRequest(server.target("websocket"), upgradeHeaders));
    if (!all([&](size_t i) { return (*peers)[i]->received.contains("\"maxPayload\""); }))
        return false;
    for (size_t i = 0; i < peers->size(); ++i) {
        const QByteArray &received = (*peers)[i]->received;
        const qsizetype at = received.indexOf("\"sid\":\"") + 7;
        if (isPolling(i))
            (*sids)[qsizetype(i)] = received.mid(at, received.indexOf('"', at) - at);
    }
    return true;
}

} // namespace

void tst_Engine_Fairness::initTestCase()
{
    QVERIFY2(m_certificates.isValid(), "needs the openssl program");
    m_clientTls = m_certificates.forClient();
}

void tst_Engine_Fairness::floodDelaysNobody_data()
{
    QTest::addColumn<Flood>("flood");
    QTest::addColumn<bool>("tls");
    QTest::addColumn<int>("threads");
    const std::pair<const char *, Flood> floods[] = {
        {"messages", Flood::SmallMessages},      {"noops", Flood::Noops},
        {"big messages", Flood::BigMessages},    {"packets of POSTs", Flood::SmallPackets},
        {"pipelined requests", Flood::Requests},
    };
    for (const auto &[name, flood] : floods) {
        for (const bool tls : {false, true}) {
            for (const int threads : {0, 1, 2})
                QTest::addRow("%s%s, %d I/O threads", name, tls ? " over TLS" : "", threads)
                    << flood << tls << threads;
        }
    }
}

void tst_Engine_Fairness::floodDelaysNobody()
{
    QFETCH(Flood, flood);
    QFETCH(bool, tls);
    QFETCH(int, threads);
    const size_t count = tls ? 20 : 100; // handshakes take their time
    ServerOptions options;
    options.maxPacketsPerTurn = PacketsPerTurn;
    options.maxBytesPerTurn = BytesPerTurn;
    options.maxReceiveBufferSize = MaxWaiting;
    TestServer server(options);
    server.setIoThreadCount(threads);
    if (tls)
        server.setSslConfiguration(m_certificates.forServer());
    qint64 flooded = 0;
    std::vector<qint64> handledAt(count, -1); // of each message: how much of the flood was before
    size_t handled = 0;
    // The flood is in the thread of every so many of them. How far the others are says nothing.
    const auto inThreadOfFlood = [&](size_t i) {
        const size_t flooder = flood == Flood::Requests ? count + 1 : count;
        return threads < 2 || i % size_t(threads) == flooder % size_t(threads);
    };
    qint64 handledLast = 0;
    connect(&server, &Server::connection, &server, [&](Session *session) {
        connect(session, &Session::messageReceived, this, [&](const Message &message) {
            if (!message.bytes().startsWith("number ")) {
                ++flooded;
                return;
            }
            const size_t i = message.bytes().sliced(7).toULong();
            handledAt[i] = flooded;
            if (inThreadOfFlood(i))
                handledLast = flooded;
            ++handled;
        });
        if (flood == Flood::Noops)
            connect(session, &Session::packetReceived, this, [&](const Packet &packet) {
                if (packet.type == PacketType::Noop)
                    ++flooded;
            });
    });
    server.setRequestHandler([&](const HttpRequest &, const HttpResponder &respond) {
        ++flooded;
        respond(HttpResponse(404));
    });
    QVERIFY(server.listen());
    const QSslConfiguration *secure = tls ? &m_clientTls : nullptr;

    Peers victims(count);
    QByteArrayList sids;
    QVERIFY(openSessions(server, secure, &victims, &sids, [](size_t i) { return i % 3 == 0; }));
    Peers flooders(1);
    QByteArrayList flooderSid;
    const bool polls = flood == Flood::SmallPackets;
    QVERIFY(openSessions(server, secure, &flooders, &flooderSid, [&](size_t) { return polls; }));
    if (flood == Flood::Requests) {
        flooders[0] = std::make_unique<Peer>(server, secure);
        QVERIFY(waitFor([&] { return flooders[0]->isReady(); }));
    }
    Peer &flooder = *flooders[0];

    QByteArray bytes;      // of the flood
    qint64 bytesCount = 1; // messages, packets or requests in that
    switch (flood) {
    case Flood::SmallMessages:
    case Flood::Noops:
        bytesCount = 50'000;
        bytes =
            RawWebSocket::frame(0x81, flood == Flood::Noops ? "6" : "4flood").repeated(bytesCount);
        break;
    case Flood::BigMessages:
        bytesCount = 40;
        bytes = RawWebSocket::frame(0x81, '4' + QByteArray(BigSize, 'f')).repeated(bytesCount);
        break;
    case Flood::SmallPackets:
        bytesCount = 50'000;
        bytes = postRequest(server.target("polling", flooderSid[0]),
                            "4flood\x1e"_ba.repeated(bytesCount).chopped(1));
        break;
    case Flood::Requests:
        bytesCount = 20'000;
        bytes = getRequest("/").repeated(bytesCount);
        break;
    }
    const qint64 bound = flood == Flood::BigMessages
        ? (MaxTurns * BytesPerTurn + MaxWaiting) / BigSize + 1
        : MaxTurns * PacketsPerTurn;
    qint64 sent = 0;
    qint64 worst = 0;
    bool wasFlooded = true;
    for (int round = 0; round < 5; ++round) {
        while (sent - flooded < bytesCount / 2) {
            flooder.send(bytes);
            sent += bytesCount;
        }
        const qint64 before = flooded;
        QVERIFY(waitFor([&] { return flooded > before; }));
        std::vector<qint64> sentAt(count);
        handled = 0;
        for (size_t i = 0; i < count; ++i) {
            sentAt[i] = flooded;
            const QByteArray packet = "4number " + QByteArray::number(i);
            const QByteArray &sid = sids[qsizetype(i)];
            victims[i]->send(sid.isEmpty() ? RawWebSocket::frame(0x81, packet)
                                           : postRequest(server.target("polling", sid), packet));
        }
        QVERIFY(waitFor([&] { return handled == count; }));
        for (size_t i = 0; i < count; ++i) {
            if (inThreadOfFlood(i))
                worst = std::max(worst, handledAt[i] - sentAt[i]);
        }
        wasFlooded = wasFlooded && handledLast < sent;
    }
    QVERIFY2(worst <= bound, qPrintable(u"%1 of the flood went first"_s.arg(worst)));
    // Else nothing would have been shown.
    QVERIFY(wasFlooded);
}

// Nor does it help to have been told to go.
void tst_Engine_Fairness::closedSessionDelaysNobody()
{
    ServerOptions options;
    options.maxPacketsPerTurn = PacketsPerTurn;
    options.maxBytesPerTurn = BytesPerTurn;
    TestServer server(options);
    qint64 turns = 0;
    qint64 handledAt = 0;
    QObject counter;
    connect(QAbstractEventDispatcher::instance(), &QAbstractEventDispatcher::awake, &counter,
            [&] { ++turns; });
    connect(&server, &Server::connection, &server, [&](Session *session) {
        connect(session, &Session::messageReceived, this, [&, session](const Message &message) {
            if (message.bytes() == "flood")
                session->close();
            else
                handledAt = turns;
        });
    });
    QVERIFY(server.listen());
    Peers peers(2);
    QByteArrayList sids;
    QVERIFY(openSessions(server, nullptr, &peers, &sids, [](size_t) { return false; }));
    peers[0]->send(RawWebSocket::frame(0x81, "4flood").repeated(200'000));
    QVERIFY(waitFor([&] { return server.clientsCount() == 1 || turns > 100; }));
    const qint64 sentAt = turns;
    peers[1]->send(RawWebSocket::frame(0x81, "4number"));
    QVERIFY(waitFor([&] { return handledAt > 0; }));
    QVERIFY2(handledAt - sentAt <= MaxTurns, qPrintable(QString::number(handledAt - sentAt)));
}

QTSOCKETIO_TEST(tst_Engine_Fairness)
#include "tst_engine_fairness.moc"
