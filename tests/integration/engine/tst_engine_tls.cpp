// SPDX-License-Identifier: MIT
#include "support/certificates.h"
#include "support/testmain.h"
#include "support/warnings.h"
#include "testclient.h"

#include <QtNetwork/qsslserver.h>
#include <QtNetwork/qsslsocket.h>

using namespace EngineIo;
using namespace Qt::StringLiterals;

// Both transports over TLS, with a certificate authority that the test makes itself.
class tst_Engine_Tls : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void servesPollingAndWebSockets_data();
    void servesPollingAndWebSockets();
    void knowsTheClientsCertificate();
    void refusesClientsWithoutTheCertificateItAsksFor();
    void servesSocketsOfASslServer();
    void plainBytesOnATlsPortHurtNobody();
    void listenNamesWhatTlsLacks();
    void aKeyOfAnotherCertificateIsTold_data();
    void aKeyOfAnotherCertificateIsTold();

private:
    std::unique_ptr<QSslSocket> connectTo(quint16 port, const QString &clientName = {}) const;

    Certificates certificates;
};

namespace {

// Sends over TLS and collects the answer.
QByteArray exchange(QSslSocket &socket, const QByteArray &data, const QByteArray &until)
{
    QByteArray received;
    QObject::connect(&socket, &QSslSocket::readyRead, &socket,
                     [&] { received += socket.readAll(); });
    socket.write(data);
    (void)QTest::qWaitFor([&] { return received.contains(until); }, TestSupport::Patience);
    socket.disconnect();
    return received;
}

QByteArray handshake(const QByteArray &target, bool webSocket)
{
    QByteArray request = "GET " + target + " HTTP/1.1\r\nHost: localhost\r\n";
    if (webSocket)
        request += "Upgrade: websocket\r\nConnection: Upgrade\r\n"
                   "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n";
    return request + "\r\n";
}

} // namespace

void tst_Engine_Tls::initTestCase()
{
    QVERIFY(QSslSocket::supportsSsl());
    QVERIFY2(certificates.isValid(), "needs the openssl program");
}

std::unique_ptr<QSslSocket> tst_Engine_Tls::connectTo(quint16 port, const QString &clientName) const
{
    auto socket = std::make_unique<QSslSocket>();
    socket->setSslConfiguration(certificates.forClient(clientName));
    socket->setPeerVerifyName(u"localhost"_s);
    socket->connectToHostEncrypted(u"127.0.0.1"_s, port);
    (void)QTest::qWaitFor(
        [&] {
            return socket->isEncrypted() || socket->state() == QAbstractSocket::UnconnectedState;
        },
        TestSupport::Patience);
    return socket;
}

void tst_Engine_Tls::servesPollingAndWebSockets_data()
{
    QTest::addColumn<int>("threads");
    QTest::newRow("no I/O threads") << 0;
    QTest::newRow("two I/O threads") << 2;
}

void tst_Engine_Tls::servesPollingAndWebSockets()
{
    QFETCH(int, threads);
    TestServer server;
    server.setIoThreadCount(threads);
    server.setSslConfiguration(certificates.forServer());
    connect(&server, &Server::connection, &server, [](Session *session) {
        connect(session, &Session::messageReceived, session,
                [session](const Message &message) { session->send(message); });
    });
    QVERIFY(server.listen());
    const auto polling = connectTo(server.serverPort());
    QVERIFY(polling->isEncrypted());
    QVERIFY(exchange(*polling, handshake(server.target("polling"), false), "\r\n\r\n0{")
                .contains("200 OK"));
    const auto webSocket = connectTo(server.serverPort());
    QVERIFY(
        exchange(*webSocket, handshake(server.target("websocket"), true), "0{").contains(" 101 "));
    const QByteArray text = '4' + QByteArray(200'000, 'x');
    QVERIFY(exchange(*webSocket, RawWebSocket::frame(0x81, text), text).contains(text));
    QTRY_COMPARE(server.accepted.size(), 2);
    for (const auto &session : server.accepted)
        QVERIFY(session->request().isSecure());
}

void tst_Engine_Tls::knowsTheClientsCertificate()
{
    TestServer server;
    server.setSslConfiguration(certificates.forServer(QSslSocket::VerifyPeer));
    QVERIFY(server.listen());
    const auto socket = connectTo(server.serverPort(), u"client"_s);
    exchange(*socket, handshake(server.target("websocket"), true), "0{");
    QTRY_COMPARE(server.accepted.size(), 1);
    const QSslCertificate peer = server.accepted.first()->peerCertificate();
    QCOMPARE(peer.subjectInfo(QSslCertificate::CommonName), QStringList{u"client"_s});
}

void tst_Engine_Tls::refusesClientsWithoutTheCertificateItAsksFor()
{
    TestServer server;
    server.setSslConfiguration(certificates.forServer(QSslSocket::VerifyPeer));
    QVERIFY(server.listen());
    const auto socket = connectTo(server.serverPort());
    socket->write(handshake(server.target("polling"), false));
    QTRY_COMPARE(socket->state(), QAbstractSocket::UnconnectedState);
    QCOMPARE(server.clientsCount(), 0);
}

void tst_Engine_Tls::servesSocketsOfASslServer()
{
    QSslServer ssl;
    ssl.setSslConfiguration(certificates.forServer());
    QVERIFY(ssl.listen(QHostAddress::LocalHost));
    TestServer server;
    server.attach(&ssl);
    const auto socket = connectTo(ssl.serverPort());
    QVERIFY(exchange(*socket, handshake(server.target("websocket"), true), "0{").contains(" 101 "));
    QTRY_COMPARE(server.accepted.size(), 1);
    QVERIFY(server.accepted.first()->request().isSecure());
}

void tst_Engine_Tls::plainBytesOnATlsPortHurtNobody()
{
    TestServer server;
    server.setSslConfiguration(certificates.forServer());
    QVERIFY(server.listen());
    RawConnection plain(server.serverPort());
    plain.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    QVERIFY(plain.waitForClosed());
    const auto socket = connectTo(server.serverPort());
    QVERIFY(exchange(*socket, handshake(server.target("polling"), false), "0{").contains("200 OK"));
}

void tst_Engine_Tls::listenNamesWhatTlsLacks()
{
    TestServer server;
    QSslConfiguration configuration = QSslConfiguration::defaultConfiguration();
    server.setSslConfiguration(configuration);
    QVERIFY(!server.listen());
    QVERIFY2(server.errorString().contains(u"has no certificate"_s),
             qPrintable(server.errorString()));
    configuration.setLocalCertificate(certificates.certificate(u"server"_s));
    server.setSslConfiguration(configuration);
    QVERIFY(!server.listen());
    QVERIFY2(server.errorString().contains(u"has no private key"_s),
             qPrintable(server.errorString()));
    configuration.setPrivateKey(certificates.key(u"server"_s));
    server.setSslConfiguration(configuration);
    QVERIFY2(server.listen(), qPrintable(server.errorString()));
}

void tst_Engine_Tls::aKeyOfAnotherCertificateIsTold_data()
{
    QTest::addColumn<int>("threads");
    QTest::newRow("no I/O threads") << 0;
    QTest::newRow("one I/O thread") << 1;
}

void tst_Engine_Tls::aKeyOfAnotherCertificateIsTold()
{
    QFETCH(int, threads);
    TestServer server;
    server.setIoThreadCount(threads);
    QSslConfiguration configuration = certificates.forServer();
    configuration.setPrivateKey(certificates.key(u"client"_s));
    server.setSslConfiguration(configuration);
    QVERIFY(server.listen());
    const Warnings warnings;
    RawConnection client(server.serverPort());
    QVERIFY(client.waitForClosed());
    RawConnection second(server.serverPort());
    QVERIFY(second.waitForClosed());
    // One a minute, of the process.
    QVERIFY(warnings.all().size() <= 1);
    if (threads == 0) {
        QVERIFY2(warnings.text().contains(u"Cannot speak TLS with 127.0.0.1:"_s)
                     && warnings.text().contains(u"Check the certificate and the private key"_s),
                 qPrintable(warnings.text()));
    }
}

QTSOCKETIO_TEST(tst_Engine_Tls)
#include "tst_engine_tls.moc"
