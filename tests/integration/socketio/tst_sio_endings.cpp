// SPDX-License-Identifier: MIT
#include "support/certificates.h"
#include "support/testmain.h"

#include <SocketIo/ClientSocket>
#include <SocketIo/Manager>
#include <SocketIo/Namespace>
#include <SocketIo/PendingAck>
#include <SocketIo/Server>
#include <SocketIo/Socket>

#include <QtNetwork/qsslconfiguration.h>
#include <QtTest/qtest.h>

#include <memory>
#include <numeric>

using namespace SocketIo;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

// The end of a connection, in whatever way the server makes it, does not overtake what was sent
// before: events, broadcasts and answers.
class tst_Sio_Endings : public QObject
{
    Q_OBJECT

public:
    enum class End {
        DisconnectSocket,
        DisconnectClient,
        DisconnectAll,
        DisconnectRoom,
        CloseSession,
        CloseServer,
        Drain,
        DeleteSocket,
    };
    enum class Moment { Connected, Asked, Upgrading };

private Q_SLOTS:
    void initTestCase();
    void whatWasSentComesFirst_data();
    void whatWasSentComesFirst();

private:
    Certificates m_certificates;
};

Q_DECLARE_METATYPE(tst_Sio_Endings::End)
Q_DECLARE_METATYPE(tst_Sio_Endings::Moment)

void tst_Sio_Endings::initTestCase()
{
    QVERIFY2(m_certificates.isValid(), "needs the openssl program");
}

void tst_Sio_Endings::whatWasSentComesFirst_data()
{
    QTest::addColumn<End>("end");
    QTest::addColumn<Moment>("moment");
    QTest::addColumn<QStringList>("transports");
    QTest::addColumn<int>("threads");
    QTest::addColumn<bool>("tls");
    const std::pair<const char *, End> ends[] = {
        {"disconnectSocket()", End::DisconnectSocket},
        {"disconnectClient()", End::DisconnectClient},
        {"disconnectSockets()", End::DisconnectAll},
        {"disconnectSockets() of a room", End::DisconnectRoom},
        {"Session::close()", End::CloseSession},
        {"Server::close()", End::CloseServer},
        {"Server::drain()", End::Drain},
        {"the socket is deleted", End::DeleteSocket},
    };
    const QStringList polling{u"polling"_s};
    const QStringList webSocket{u"websocket"_s};
    const QStringList both{u"polling"_s, u"websocket"_s};
    for (const std::pair<const char *, End> &way : ends) {
        for (const bool apart : {false, true}) { // with an I/O thread, and TLS
            const auto add = [&](const char *where, Moment moment, const QStringList &transports) {
                QTest::addRow("%s, %s%s", way.first, where, apart ? ", I/O thread and TLS" : "")
                    << way.second << moment << transports << int(apart) << apart;
            };
            add("websocket, at once", Moment::Connected, webSocket);
            add("websocket", Moment::Asked, webSocket);
            // It waits for no poll: see tst_Engine_Polling.
            if (way.second == End::CloseServer)
                continue;
            add("polling, at once", Moment::Connected, polling);
            add("polling", Moment::Asked, polling);
            add("before the upgrade", Moment::Connected, both);
            add("during the upgrade", Moment::Upgrading, both);
        }
    }
}

void tst_Sio_Endings::whatWasSentComesFirst()
{
    QFETCH(End, end);
    QFETCH(Moment, moment);
    QFETCH(QStringList, transports);
    QFETCH(int, threads);
    QFETCH(bool, tls);
    constexpr int Count = 20;
    Server io;
    io.setIoThreadCount(threads);
    if (tls)
        io.setSslConfiguration(m_certificates.forServer());
    const auto sendAndEnd = [&](Socket *socket) {
        for (int i = 0; i < Count; ++i) {
            if (i % 2)
                socket->emitEvent(u"n"_s, i);
            else
                io.emitEvent(u"n"_s, i, QByteArray(1000, 'x'));
        }
        switch (end) {
        case End::DisconnectSocket:
            socket->disconnectSocket();
            break;
        case End::DisconnectClient:
            socket->disconnectClient();
            break;
        case End::DisconnectAll:
            io.disconnectSockets(CloseConnection::Yes);
            break;
        case End::DisconnectRoom:
            io.to(socket->id()).disconnectSockets();
            break;
        case End::CloseSession:
            socket->conn()->close();
            break;
        case End::CloseServer:
            io.close();
            break;
        case End::Drain:
            io.drain();
            break;
        case End::DeleteSocket:
            delete socket;
            break;
        }
    };
    connect(&io, &Server::connected, this, [&](Socket *socket) {
        socket->on(u"end"_s, socket, [&sendAndEnd, socket](const Ack &ack) {
            ack(u"answer"_s);
            sendAndEnd(socket);
        });
        if (moment == Moment::Connected)
            sendAndEnd(socket);
    });
    QVERIFY(io.listen(QHostAddress::LocalHost));

    ClientOptions options;
    options.transports.clear();
    for (const QString &name : std::as_const(transports))
        options.transports.append(name == u"polling"_s ? EngineIo::TransportType::Polling
                                                       : EngineIo::TransportType::WebSocket);
    options.reconnection = false;
    if (tls)
        options.sslConfiguration = m_certificates.forClient();
    Manager manager(
        QUrl(u"%1://localhost:%2"_s.arg(tls ? u"https"_s : u"http"_s).arg(io.serverPort())),
        options);
    ClientSocket *client = manager.socket();
    QStringList seen;
    client->on(u"n"_s, this, [&](int i) { seen.append(QString::number(i)); });
    connect(client, &ClientSocket::disconnected, this, [&] { seen.append(u"end"_s); });
    const auto ask = [&] {
        client->emitWithAck(u"end"_s)
            ->then(this, [&](const QString &answer) { seen.append(answer); })
            ->onFailed(this, [&](const Error &error) { seen.append(error.message()); });
    };
    if (moment == Moment::Asked) {
        connect(client, &ClientSocket::connected, this, ask);
    } else if (moment == Moment::Upgrading) {
        connect(&manager, &Manager::opened, this,
                [&] { connect(manager.engine(), &EngineIo::Client::upgrading, this, ask); });
    }
    QStringList expected;
    if (moment != Moment::Connected)
        expected.append(u"answer"_s);
    for (int i = 0; i < Count; ++i)
        expected.append(QString::number(i));
    expected.append(u"end"_s);
    QTRY_COMPARE(seen.value(seen.size() - 1), u"end"_s);
    QCOMPARE(seen, expected);
}

QTSOCKETIO_TEST(tst_Sio_Endings)
#include "tst_sio_endings.moc"
