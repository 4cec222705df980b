// SPDX-License-Identifier: MIT
#include "testclient.h"

#include <QtCore/qfile.h>
#include <QtCore/qprocess.h>
#include <QtCore/qstandardpaths.h>
#include <QtCore/qtemporarydir.h>
#include <QtNetwork/qsslcertificate.h>
#include <QtNetwork/qsslconfiguration.h>
#include <QtNetwork/qsslkey.h>
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

private:
    QSslConfiguration serverConfiguration() const;
    void makeCertificate(const QString &name, bool authority);
    QSslCertificate certificate(const QString &name) const;
    QSslKey key(const QString &name) const;
    std::unique_ptr<QSslSocket> connectTo(quint16 port, const QString &clientName = {}) const;

    QTemporaryDir folder;
};

namespace {

// Sends over TLS and collects the answer.
QByteArray exchange(QSslSocket &socket, const QByteArray &data, const QByteArray &until)
{
    QByteArray received;
    QObject::connect(&socket, &QSslSocket::readyRead, &socket,
                     [&] { received += socket.readAll(); });
    socket.write(data);
    (void)QTest::qWaitFor([&] { return received.contains(until); });
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
    QVERIFY(folder.isValid());
    QVERIFY2(!QStandardPaths::findExecutable(u"openssl"_s).isEmpty(), "needs the openssl program");
    makeCertificate(u"authority"_s, true);
    makeCertificate(u"server"_s, false);
    makeCertificate(u"client"_s, false);
    QVERIFY(!certificate(u"client"_s).isNull());
}

void tst_Engine_Tls::makeCertificate(const QString &name, bool authority)
{
    const auto path = [this](const QString &file) { return folder.filePath(file); };
    QStringList args = {u"req"_s,
                        u"-x509"_s,
                        u"-newkey"_s,
                        u"rsa:2048"_s,
                        u"-nodes"_s,
                        u"-days"_s,
                        u"2"_s,
                        u"-subj"_s,
                        u"/CN="_s + name,
                        u"-keyout"_s,
                        path(name + u".key"_s),
                        u"-out"_s,
                        path(name + u".pem"_s)};
    if (!authority)
        args += {u"-addext"_s, u"subjectAltName=DNS:localhost"_s,
                 u"-addext"_s, u"basicConstraints=CA:FALSE"_s,
                 u"-CA"_s,     path(u"authority.pem"_s),
                 u"-CAkey"_s,  path(u"authority.key"_s)};
    QProcess openssl;
    openssl.start(u"openssl"_s, args);
    QVERIFY(openssl.waitForFinished());
    QVERIFY2(openssl.exitCode() == 0, openssl.readAllStandardError().constData());
}

QSslCertificate tst_Engine_Tls::certificate(const QString &name) const
{
    return QSslCertificate::fromPath(folder.filePath(name + u".pem"_s)).value(0);
}

QSslKey tst_Engine_Tls::key(const QString &name) const
{
    QFile file(folder.filePath(name + u".key"_s));
    return file.open(QIODevice::ReadOnly) ? QSslKey(&file, QSsl::Rsa) : QSslKey();
}

QSslConfiguration tst_Engine_Tls::serverConfiguration() const
{
    QSslConfiguration configuration = QSslConfiguration::defaultConfiguration();
    configuration.setLocalCertificate(certificate(u"server"_s));
    configuration.setPrivateKey(key(u"server"_s));
    configuration.setCaCertificates({certificate(u"authority"_s)});
    configuration.setPeerVerifyMode(QSslSocket::VerifyNone);
    return configuration;
}

std::unique_ptr<QSslSocket> tst_Engine_Tls::connectTo(quint16 port, const QString &clientName) const
{
    auto socket = std::make_unique<QSslSocket>();
    QSslConfiguration configuration = QSslConfiguration::defaultConfiguration();
    configuration.setCaCertificates({certificate(u"authority"_s)});
    if (!clientName.isEmpty()) {
        configuration.setLocalCertificate(certificate(clientName));
        configuration.setPrivateKey(key(clientName));
    }
    socket->setSslConfiguration(configuration);
    socket->setPeerVerifyName(u"localhost"_s);
    socket->connectToHostEncrypted(u"127.0.0.1"_s, port);
    (void)QTest::qWaitFor([&] {
        return socket->isEncrypted() || socket->state() == QAbstractSocket::UnconnectedState;
    });
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
    server.setSslConfiguration(serverConfiguration());
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
    QSslConfiguration configuration = serverConfiguration();
    configuration.setPeerVerifyMode(QSslSocket::VerifyPeer);
    TestServer server;
    server.setSslConfiguration(configuration);
    QVERIFY(server.listen());
    const auto socket = connectTo(server.serverPort(), u"client"_s);
    exchange(*socket, handshake(server.target("websocket"), true), "0{");
    QTRY_COMPARE(server.accepted.size(), 1);
    const QSslCertificate peer = server.accepted.first()->peerCertificate();
    QCOMPARE(peer.subjectInfo(QSslCertificate::CommonName), QStringList{u"client"_s});
}

void tst_Engine_Tls::refusesClientsWithoutTheCertificateItAsksFor()
{
    QSslConfiguration configuration = serverConfiguration();
    configuration.setPeerVerifyMode(QSslSocket::VerifyPeer);
    TestServer server;
    server.setSslConfiguration(configuration);
    QVERIFY(server.listen());
    const auto socket = connectTo(server.serverPort());
    socket->write(handshake(server.target("polling"), false));
    QTRY_COMPARE(socket->state(), QAbstractSocket::UnconnectedState);
    QCOMPARE(server.clientsCount(), 0);
}

void tst_Engine_Tls::servesSocketsOfASslServer()
{
    QSslServer ssl;
    ssl.setSslConfiguration(serverConfiguration());
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
    server.setSslConfiguration(serverConfiguration());
    QVERIFY(server.listen());
    RawConnection plain(server.serverPort());
    plain.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    QVERIFY(plain.waitForClosed());
    const auto socket = connectTo(server.serverPort());
    QVERIFY(exchange(*socket, handshake(server.target("polling"), false), "0{").contains("200 OK"));
}

QTEST_GUILESS_MAIN(tst_Engine_Tls)
#include "tst_engine_tls.moc"
