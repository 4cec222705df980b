// SPDX-License-Identifier: MIT
#include "support/certificates.h"
#include "support/testmain.h"
#include "testclient.h"

#include <QtCore/qendian.h>
#include <QtCore/qregularexpression.h>
#include <QtNetwork/qtcpserver.h>

#ifdef Q_OS_UNIX
#include <unistd.h>
#endif

using namespace EngineIo;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

// Clients behind proxies that the server trusts, and others that pretend.
class tst_Engine_Proxies : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void forwardedHeaders_data();
    void forwardedHeaders();
    void proxyProtocol_data();
    void proxyProtocol();
    void proxyProtocolBeforeTls_data() { threads_data(); }
    void proxyProtocolBeforeTls();
    void proxyProtocolOnTheApplicationsSockets();
    void proxyProtocolInFirstBytes();
    void proxyProtocolThenForwardedHeaders();
    void malformedProxyHeadersEndTheConnection_data();
    void malformedProxyHeadersEndTheConnection();
    void othersThanTheProxiesSendNoProxyHeader();
    void missingProxyHeaderTimesOut();
    void closesWhileAProxyHeaderIsAwaited_data() { threads_data(); }
    void closesWhileAProxyHeaderIsAwaited();
    void warnsOfNamesThatAreNone();
    void warnsOnceOfProxiesWithoutStickiness();

private:
    static void threads_data()
    {
        QTest::addColumn<int>("threads");
        QTest::newRow("in the server's thread") << 0;
        QTest::newRow("in an I/O thread") << 1;
    }
    static ServerOptions behindLoopback(ProxyProtocol protocol = ProxyProtocol::Off)
    {
        ServerOptions options;
        options.trustedProxies = {u"127.0.0.0/8"_s};
        options.proxyProtocol = protocol;
        return options;
    }
    static QByteArray handshake(const QByteArray &more = {})
    {
        return "GET /engine.io/?EIO=4&transport=polling HTTP/1.1\r\nHost: localhost\r\n" + more
            + "\r\n";
    }
    static QByteArray binaryHeader(int command, int family, const QByteArray &data)
    {
        QByteArray header("\r\n\r\n\0\r\nQUIT\n", 12);
        header += char(0x20 | command);
        header += char(family);
        header += char(data.size() >> 8);
        header += char(data.size());
        return header + data;
    }
    static QByteArray ipv4Data(const QByteArray &extensions = {})
    {
        return QByteArray("\xc0\x00\x02\x01\x7f\x00\x00\x01\x12\x67\x01\xbb", 12) + extensions;
    }
};

void tst_Engine_Proxies::forwardedHeaders_data()
{
    QTest::addColumn<int>("threads");
    QTest::addColumn<QStringList>("trusted");
    QTest::addColumn<int>("header");
    QTest::addColumn<QByteArray>("headers");
    QTest::addColumn<QString>("address");
    QTest::addColumn<int>("port"); // -1: that of the connection
    QTest::addColumn<bool>("secure");
    const QStringList loopback{u"loopback"_s};
    const QByteArray forwarded = "X-Forwarded-For: 1.1.1.1, 192.0.2.1\r\n"
                                 "X-Forwarded-Proto: https\r\n";
    for (int threads = 0; threads < 2; ++threads) {
        const auto row = [threads](const char *name) -> QTestData & {
            return QTest::addRow("%s, %d threads", name, threads) << threads;
        };
        row("nobody is trusted") << QStringList() << 0 << forwarded << u"127.0.0.1"_s << -1
                                 << false;
        row("others are trusted") << QStringList{u"10.0.0.1"_s} << 0 << forwarded << u"127.0.0.1"_s
                                  << -1 << false;
        row("the proxy is trusted") << loopback << 0 << forwarded << u"192.0.2.1"_s << 0 << true;
        row("RFC 7239") << loopback << 1
                        << forwarded + "Forwarded: for=\"192.0.2.2:88\";proto=https\r\n"
                        << u"192.0.2.2"_s << 88 << true;
        row("nothing said") << loopback << 0 << QByteArray() << u"127.0.0.1"_s << -1 << false;
    }
}

void tst_Engine_Proxies::forwardedHeaders()
{
    QFETCH(int, threads);
    QFETCH(QStringList, trusted);
    QFETCH(int, header);
    QFETCH(QByteArray, headers);
    QFETCH(int, port);
    ServerOptions options;
    options.trustedProxies = trusted;
    options.forwardedHeader = ForwardedHeader(header);
    TestServer server(options);
    server.setIoThreadCount(threads);
    QVERIFY(server.listen());
    RawConnection polling(server.serverPort());
    QCOMPARE(polling.request("GET", server.target("polling"), {}, headers).status, 200);
    RawWebSocket webSocket(server.serverPort(), server.target("websocket"), headers);
    QCOMPARE(webSocket.handshake.status, 101);
    QTRY_COMPARE_WITH_TIMEOUT(server.accepted.size(), 2, 30000);
    for (const QPointer<Session> &session : std::as_const(server.accepted)) {
        QTEST(session->remoteAddress().toString(), "address");
        QTEST(session->request().isSecure(), "secure");
        if (port >= 0)
            QCOMPARE(int(session->request().remotePort()), port);
    }
    QCOMPARE(server.accepted.at(0)->request().remotePort() == polling.socket.localPort(), port < 0);
}

void tst_Engine_Proxies::proxyProtocol_data()
{
    QTest::addColumn<int>("threads");
    QTest::addColumn<QByteArray>("header");
    QTest::addColumn<QString>("address");
    QTest::addColumn<int>("port"); // -1: that of the connection
    QTest::addColumn<bool>("secure");
    const QByteArray ipv6 = QByteArray::fromHex("20010db8000000000000000000000001"
                                                "20010db8000000000000000000000002"
                                                "126701bb");
    const QByteArray tls("\x20\x00\x05\x01\x00\x00\x00\x00", 8);
    const QByteArray noTls("\x04\x00\x00\x20\x00\x05\x00\x00\x00\x00\x00", 11);
    for (int threads = 0; threads < 2; ++threads) {
        const auto row = [threads](const char *name) -> QTestData & {
            return QTest::addRow("%s, %d threads", name, threads) << threads;
        };
        row("1, IPv4") << "PROXY TCP4 192.0.2.1 127.0.0.1 4711 443\r\n"_ba << u"192.0.2.1"_s << 4711
                       << false;
        row("1, IPv6") << "PROXY TCP6 2001:db8::1 2001:db8::2 4711 443\r\n"_ba << u"2001:db8::1"_s
                       << 4711 << false;
        row("1, unknown") << "PROXY UNKNOWN\r\n"_ba << u"127.0.0.1"_s << -1 << false;
        row("1, unknown with more")
            << "PROXY UNKNOWN ffff::1 ffff::2 1 2\r\n"_ba << u"127.0.0.1"_s << -1 << false;
        row("2, IPv4") << binaryHeader(1, 0x11, ipv4Data()) << u"192.0.2.1"_s << 4711 << false;
        row("2, IPv6") << binaryHeader(1, 0x21, ipv6) << u"2001:db8::1"_s << 4711 << false;
        row("2, its own") << binaryHeader(0, 0, {}) << u"127.0.0.1"_s << -1 << false;
        row("2, its own with addresses")
            << binaryHeader(0, 0x11, ipv4Data()) << u"127.0.0.1"_s << -1 << false;
        row("2, unknown family") << binaryHeader(1, 0, "more") << u"127.0.0.1"_s << -1 << false;
        row("2, TLS") << binaryHeader(1, 0x11, ipv4Data(tls)) << u"192.0.2.1"_s << 4711 << true;
        row("2, no TLS") << binaryHeader(1, 0x11, ipv4Data(noTls)) << u"192.0.2.1"_s << 4711
                         << false;
        row("2, broken extension")
            << binaryHeader(1, 0x11, ipv4Data(tls.first(5))) << u"192.0.2.1"_s << 4711 << false;
        row("2, long") << binaryHeader(1, 0x11, ipv4Data(QByteArray(20000, '\4'))) << u"192.0.2.1"_s
                       << 4711 << false;
    }
}

void tst_Engine_Proxies::proxyProtocol()
{
    QFETCH(int, threads);
    QFETCH(QByteArray, header);
    QFETCH(int, port);
    TestServer server(behindLoopback(ProxyProtocol::FromTrustedProxies));
    server.setIoThreadCount(threads);
    QVERIFY(server.listen());
    RawConnection atOnce(server.serverPort());
    atOnce.send(header + handshake());
    QCOMPARE(atOnce.waitForAnswer().status, 200);
    QCOMPARE(atOnce.request("GET", server.target("polling")).status, 200); // the header comes once
    RawConnection inParts(server.serverPort());
    for (qsizetype i = 0; i < header.size(); i += qMax<qsizetype>(1, header.size() / 20)) {
        inParts.send(header.mid(i, qMax<qsizetype>(1, header.size() / 20)));
        QCoreApplication::processEvents();
    }
    inParts.send(handshake());
    QCOMPARE(inParts.waitForAnswer().status, 200);
    QTRY_COMPARE_WITH_TIMEOUT(server.accepted.size(), 3, 30000);
    for (const QPointer<Session> &session : std::as_const(server.accepted)) {
        QTEST(session->remoteAddress().toString(), "address");
        QTEST(session->request().isSecure(), "secure");
        if (port >= 0)
            QCOMPARE(int(session->request().remotePort()), port);
    }
}

void tst_Engine_Proxies::proxyProtocolBeforeTls()
{
    if (!QSslSocket::supportsSsl())
        QSKIP("Qt without TLS");
    const Certificates certificates;
    if (!certificates.isValid())
        QSKIP("openssl is not there");
    QFETCH(int, threads);
    TestServer server(behindLoopback(ProxyProtocol::FromTrustedProxies));
    server.setIoThreadCount(threads);
    server.setSslConfiguration(certificates.forServer());
    QVERIFY(server.listen());
    QSslSocket socket;
    socket.setSslConfiguration(certificates.forClient());
    socket.connectToHost(QHostAddress::LocalHost, server.serverPort());
    QVERIFY(socket.waitForConnected());
    socket.write("PROXY TCP4 192.0.2.1 127.0.0.1 4711 443\r\n");
    socket.flush();
    socket.setPeerVerifyName(u"localhost"_s);
    socket.startClientEncryption();
    QTRY_VERIFY_WITH_TIMEOUT(socket.isEncrypted(), 30000);
    socket.write(handshake());
    QTRY_COMPARE_WITH_TIMEOUT(server.accepted.size(), 1, 30000);
    QCOMPARE(server.accepted.first()->remoteAddress().toString(), u"192.0.2.1"_s);
    QVERIFY(server.accepted.first()->request().isSecure());
}

void tst_Engine_Proxies::proxyProtocolOnTheApplicationsSockets()
{
    TestServer server(behindLoopback(ProxyProtocol::FromTrustedProxies));
    QTcpServer acceptor;
    QVERIFY(acceptor.listen(QHostAddress::LocalHost));
    server.attach(&acceptor);
    RawConnection client(acceptor.serverPort());
    client.send("PROXY TCP4 192.0.2.1 127.0.0.1 47");
    QCoreApplication::processEvents();
    client.send("11 443\r\n" + handshake());
    QCOMPARE(client.waitForAnswer().status, 200);
    QCOMPARE(server.accepted.first()->remoteAddress().toString(), u"192.0.2.1"_s);
    RawConnection gone(acceptor.serverPort());
    gone.send("PROXY TCP4 ");
    gone.socket.disconnectFromHost();
    QVERIFY(gone.waitForClosed());
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"there is no PROXY header"_s));
    RawConnection malformed(acceptor.serverPort());
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"ended before the PROXY header"_s));
    malformed.send(handshake());
    QVERIFY(malformed.waitForClosed());
}

void tst_Engine_Proxies::proxyProtocolInFirstBytes()
{
#ifndef Q_OS_UNIX
    QSKIP("Descriptors are those of Unix");
#else
    TestServer server(behindLoopback(ProxyProtocol::FromTrustedProxies));
    QTcpServer acceptor;
    QVERIFY(acceptor.listen(QHostAddress::LocalHost));
    const QByteArray all = "PROXY TCP4 192.0.2.1 127.0.0.1 4711 443\r\n" + handshake();
    int count = 0;
    for (const qsizetype first : {qsizetype(7), all.indexOf('\n') + 1, all.size() - 5}) {
        RawConnection client(acceptor.serverPort());
        QTRY_VERIFY_WITH_TIMEOUT(acceptor.hasPendingConnections(), 30000);
        std::unique_ptr<QTcpSocket> socket(acceptor.nextPendingConnection());
        const int descriptor = ::dup(int(socket->socketDescriptor()));
        socket.reset();
        QVERIFY(server.handleSocketDescriptor(descriptor, all.first(first)));
        client.send(all.sliced(first));
        QCOMPARE(client.waitForAnswer().status, 200);
        QCOMPARE(server.accepted.size(), ++count);
        QCOMPARE(server.accepted.last()->remoteAddress().toString(), u"192.0.2.1"_s);
    }
#endif
}

// A load balancer on TCP before a reverse proxy: the header names the second.
void tst_Engine_Proxies::proxyProtocolThenForwardedHeaders()
{
    ServerOptions options = behindLoopback(ProxyProtocol::FromTrustedProxies);
    options.trustedProxies.append(u"10.0.0.0/8"_s);
    TestServer server(options);
    QVERIFY(server.listen());
    for (const QByteArray from : {"10.0.0.7", "192.0.2.9"}) {
        RawConnection client(server.serverPort());
        client.send("PROXY TCP4 " + from + " 127.0.0.1 1 2\r\n"
                    + handshake("X-Forwarded-For: 192.0.2.1\r\n"));
        QCOMPARE(client.waitForAnswer().status, 200);
    }
    QCOMPARE(server.accepted.at(0)->remoteAddress().toString(), u"192.0.2.1"_s);
    QCOMPARE(server.accepted.at(1)->remoteAddress().toString(), u"192.0.2.9"_s);
}

void tst_Engine_Proxies::malformedProxyHeadersEndTheConnection_data()
{
    QTest::addColumn<QByteArray>("header");
    QTest::addColumn<QString>("reason");
    const auto row = [](const char *name, const QByteArray &header, const QString &reason) {
        QTest::newRow(name) << header << reason;
    };
    row("none", handshake(), u"there is no PROXY header"_s);
    row("a TLS hello", QByteArray("\x16\x03\x01\x02\x00\x01", 6), u"there is no PROXY header"_s);
    row("half of the signature", "\r\n\r\nGET / HTTP/1.1\r\n", u"there is no PROXY header"_s);
    row("no end", "PROXY TCP4 " + QByteArray(200, '1'), u"does not end"_s);
    row("only LF", "PROXY TCP4 192.0.2.1 127.0.0.1 4711 443\n", u"does not end with CR LF"_s);
    row("UDP", "PROXY UDP4 192.0.2.1 127.0.0.1 4711 443\r\n", u"names no TCP connection"_s);
    row("nothing", "PROXY \r\n", u"names no TCP connection"_s);
    row("too few words", "PROXY TCP4 192.0.2.1 4711 443\r\n", u"names no TCP connection"_s);
    row("no address", "PROXY TCP4 localhost 127.0.0.1 4711 443\r\n", u"malformed address"_s);
    row("a short address", "PROXY TCP4 1 127.0.0.1 4711 443\r\n", u"malformed address"_s);
    row("the other family", "PROXY TCP4 ::1 127.0.0.1 4711 443\r\n", u"malformed address"_s);
    row("a big port", "PROXY TCP4 192.0.2.1 127.0.0.1 65536 443\r\n", u"malformed address"_s);
    row("no port", "PROXY TCP4 192.0.2.1 127.0.0.1  443\r\n", u"malformed address"_s);
    row("version 3", binaryHeader(0x11, 0x11, ipv4Data()), u"neither 1 nor 2"_s);
    row("unknown command", binaryHeader(2, 0x11, ipv4Data()), u"unknown command"_s);
    row("too short", binaryHeader(1, 0x11, "abc"), u"too short"_s);
    row("too long", binaryHeader(1, 0x11, QByteArray(65535, 'a')), u"maxHeaderSize"_s);
}

void tst_Engine_Proxies::malformedProxyHeadersEndTheConnection()
{
    QFETCH(QByteArray, header);
    QFETCH(QString, reason);
    ServerOptions options = behindLoopback(ProxyProtocol::FromTrustedProxies);
    options.maxHeaderSize = 32 * 1024;
    TestServer server(options);
    QVERIFY(server.listen());
    QTest::ignoreMessage(
        QtWarningMsg,
        QRegularExpression(u"Closed a connection of the proxy 127\\.0\\.0\\.1: .*"_s + reason));
    RawConnection client(server.serverPort());
    client.send(header);
    QTRY_VERIFY_WITH_TIMEOUT(client.isClosed(), 30000);
    QCOMPARE(client.received, QByteArray());
}

// What they send in its place is no HTTP, and nobody is let to speak for another.
void tst_Engine_Proxies::othersThanTheProxiesSendNoProxyHeader()
{
    ServerOptions options = behindLoopback(ProxyProtocol::FromTrustedProxies);
    options.trustedProxies = {u"10.0.0.1"_s};
    TestServer server(options);
    QVERIFY(server.listen());
    RawConnection direct(server.serverPort());
    QCOMPARE(direct.request("GET", server.target("polling")).status, 200);
    QCOMPARE(server.accepted.first()->remoteAddress().toString(), u"127.0.0.1"_s);
    RawConnection pretender(server.serverPort());
    pretender.send("PROXY TCP4 10.0.0.1 127.0.0.1 4711 443\r\n" + handshake());
    QCOMPARE(pretender.waitForAnswer().status, 400);
    QCOMPARE(server.accepted.size(), 1);
}

void tst_Engine_Proxies::missingProxyHeaderTimesOut()
{
    ServerOptions options = behindLoopback(ProxyProtocol::FromTrustedProxies);
    options.requestTimeout = 100ms;
    TestServer server(options);
    QVERIFY(server.listen());
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"did not come in time"_s));
    RawConnection client(server.serverPort());
    client.send("PROXY TC");
    QTRY_VERIFY_WITH_TIMEOUT(client.isClosed(), 30000);
}

void tst_Engine_Proxies::closesWhileAProxyHeaderIsAwaited()
{
    QFETCH(int, threads);
    TestServer server(behindLoopback(ProxyProtocol::FromTrustedProxies));
    server.setIoThreadCount(threads);
    QVERIFY(server.listen());
    RawConnection known(server.serverPort());
    RawConnection waiting(server.serverPort());
    waiting.send("PROXY TC");
    QVERIFY(waiting.socket.waitForConnected());
    known.send("PROXY UNKNOWN\r\n" + handshake()); // the server has accepted the other meanwhile
    QCOMPARE(known.waitForAnswer().status, 200);
    server.close();
    QTRY_VERIFY_WITH_TIMEOUT(waiting.isClosed(), 30000);
}

void tst_Engine_Proxies::warnsOfNamesThatAreNone()
{
    ServerOptions options;
    options.trustedProxies = {u"proxy.example"_s};
    options.proxyProtocol = ProxyProtocol::FromTrustedProxies;
    TestServer server(options);
    QTest::ignoreMessage(QtWarningMsg,
                         QRegularExpression(u"\"proxy.example\" in ServerOptions::trustedProxies "
                                            "is ignored"_s));
    QTest::ignoreMessage(QtWarningMsg,
                         QRegularExpression(u"proxyProtocol has no effect without"_s));
    QVERIFY(server.listen());
    RawConnection client(server.serverPort());
    QCOMPARE(client.request("GET", server.target("polling")).status, 200);
}

void tst_Engine_Proxies::warnsOnceOfProxiesWithoutStickiness()
{
    TestServer server;
    QVERIFY(server.listen());
    RawConnection client(server.serverPort());
    QVERIFY(!client.request("GET", server.target("polling", "gone")).body.contains("hint"));
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"unknown session: .*sticky"_s));
    for (int i = 0; i < 2; ++i) {
        const HttpAnswer answer = client.request("GET", server.target("polling", "gone"), {},
                                                 "X-Forwarded-For: 192.0.2.1\r\n");
        QCOMPARE(answer.status, 400);
        QCOMPARE(answer.json().value(u"code").toInt(), 1);
        QVERIFY(answer.json().value(u"hint").toString().contains(u"sticky"_s));
    }
}

QTSOCKETIO_TEST(tst_Engine_Proxies)

#include "tst_engine_proxies.moc"
