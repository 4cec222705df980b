// SPDX-License-Identifier: MIT
#include "support/testmain.h"
#include "testclient.h"

#include <QtCore/qabstracteventdispatcher.h>
#include <QtCore/qfile.h>

#include <algorithm>
#include <functional>
#include <vector>

#ifdef Q_OS_LINUX
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>
#endif

using namespace EngineIo;
using namespace Qt::StringLiterals;

// How connections begin and end.
class tst_Engine_Connections : public QObject
{
    Q_OBJECT

private Q_SLOTS:
#ifdef Q_OS_LINUX
    void manyAreAcceptedInTurns();
    void theSystemHoldsMany();
    void peersThatDoNotCloseAreCut();
#endif
};

#ifdef Q_OS_LINUX
namespace {

// A connection whose bytes Qt does not touch.
class Descriptor
{
public:
    explicit Descriptor(quint16 port)
        : m_descriptor(::socket(AF_INET, SOCK_STREAM, 0))
    {
        sockaddr_in address = {};
        address.sin_family = AF_INET;
        address.sin_port = htons(port);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        m_connected =
            ::connect(m_descriptor, reinterpret_cast<const sockaddr *>(&address), sizeof address)
            == 0;
    }
    ~Descriptor() { ::close(m_descriptor); }
    Q_DISABLE_COPY_MOVE(Descriptor)

    bool isConnected() const { return m_connected; }
    bool send(const QByteArray &bytes) const
    {
        return ::send(m_descriptor, bytes.constData(), size_t(bytes.size()),
                      MSG_NOSIGNAL | MSG_DONTWAIT)
            == bytes.size();
    }

private:
    int m_descriptor;
    bool m_connected = false;
};

// Of the socket of this process that listens on a port, as the kernel sees it.
int backlogOf(quint16 port)
{
    for (int descriptor = 0; descriptor < 1024; ++descriptor) {
        int listens = 0;
        socklen_t size = sizeof listens;
        if (::getsockopt(descriptor, SOL_SOCKET, SO_ACCEPTCONN, &listens, &size) != 0 || !listens)
            continue;
        sockaddr_in address = {};
        size = sizeof address;
        if (::getsockname(descriptor, reinterpret_cast<sockaddr *>(&address), &size) != 0
            || address.sin_family != AF_INET || ntohs(address.sin_port) != port)
            continue;
        tcp_info info = {};
        size = sizeof info;
        if (::getsockopt(descriptor, IPPROTO_TCP, TCP_INFO, &info, &size) == 0)
            return int(info.tcpi_sacked);
    }
    return -1;
}

} // namespace

// What has been accepted already has its turn between new connections.
void tst_Engine_Connections::manyAreAcceptedInTurns()
{
    constexpr size_t Count = 300;
    constexpr int MaxPerTurn = 128;
    TestServer server;
    QList<int> turns{0};
    int handled = 0;
    QObject counter;
    connect(QAbstractEventDispatcher::instance(), &QAbstractEventDispatcher::awake, &counter,
            [&] { turns.append(0); });
    server.setRequestHandler([&](const HttpRequest &, const HttpResponder &respond) {
        ++turns.last();
        ++handled;
        respond(HttpResponse(204));
    });
    QVERIFY(server.listen());
    // The system completes these connections; the server has not seen them yet.
    std::vector<std::unique_ptr<Descriptor>> clients;
    for (size_t i = 0; i < Count; ++i) {
        clients.push_back(std::make_unique<Descriptor>(server.serverPort()));
        QVERIFY(clients.back()->isConnected());
        QVERIFY(clients.back()->send("GET / HTTP/1.1\r\nHost: a\r\n\r\n"));
    }
    QTRY_COMPARE(handled, int(Count));
    const int most = *std::max_element(turns.cbegin(), turns.cend());
    QVERIFY2(most <= MaxPerTurn, qPrintable(QString::number(most)));
}

void tst_Engine_Connections::theSystemHoldsMany()
{
    QFile setting(u"/proc/sys/net/core/somaxconn"_s);
    QVERIFY(setting.open(QFile::ReadOnly));
    const int systems = setting.readAll().trimmed().toInt();
    TestServer server;
    QVERIFY(server.listen());
    QCOMPARE(backlogOf(server.serverPort()), std::min(4096, systems));
}

// After five seconds, together to save time: one has been answered for the last time and
// does not close its side, one does not read what comes before the close frame.
void tst_Engine_Connections::peersThatDoNotCloseAreCut()
{
    TestServer server;
    QVERIFY(server.listen());
    const Descriptor answered(server.serverPort());
    QVERIFY(answered.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"));
    const Descriptor mute(server.serverPort());
    QVERIFY(mute.send("GET " + server.target("websocket")
                      + " HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                        "Sec-WebSocket-Version: 13\r\n\r\n"));
    QTRY_COMPARE(server.accepted.size(), 1);
    Session *session = server.accepted.first();
    for (int i = 0; i < 12; ++i)
        session->send(Message::fromUtf8(QByteArray(1'000'000, 'x')));
    for (int i = 0; i < 50; ++i) // as much as the system takes
        QCoreApplication::processEvents();
    session->close();
    // A connection that is gone takes nothing.
    QTRY_VERIFY(!answered.send("x"));
    QTRY_VERIFY(!mute.send(RawWebSocket::frame(0x8a, {})));
    QTRY_COMPARE(server.clientsCount(), 0);
}
#endif

QTSOCKETIO_TEST(tst_Engine_Connections)
#include "tst_engine_connections.moc"
