// SPDX-License-Identifier: MIT
#include <EngineIo/EpollDispatcher>
#include <SocketIo/Server>

#include <QtCore/qcommandlineparser.h>
#include <QtCore/qcoreapplication.h>
#include <QtCore/qdeadlinetimer.h>
#include <QtCore/qfile.h>
#include <QtNetwork/qsslcertificate.h>
#include <QtNetwork/qsslconfiguration.h>
#include <QtNetwork/qsslkey.h>
#include <QtNetwork/qsslsocket.h>

#include <cstdio>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

QByteArray contents(const QString &path)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        qFatal("%s: %s", qPrintable(path), qPrintable(file.errorString()));
    return file.readAll();
}

QSslConfiguration sslConfiguration(const QString &folder)
{
    QSslConfiguration configuration = QSslConfiguration::defaultConfiguration();
    configuration.setPrivateKey(QSslKey(contents(folder + "/key.pem"_L1), QSsl::Ec));
    configuration.setLocalCertificate(QSslCertificate(contents(folder + "/certificate.pem"_L1)));
    configuration.setPeerVerifyMode(QSslSocket::VerifyNone);
    return configuration;
}

} // namespace

// The server that the benchmarks load: event echo(x) is acknowledged with x, work(x) as well but
// after 10 microseconds of work, event bcast(x) is emitted to everybody as b(x).
int main(int argc, char *argv[])
{
    EngineIo::installEpollDispatcher();
    QCoreApplication app(argc, argv);
    QCommandLineParser parser;
    const QCommandLineOption portOption(u"port"_s, u"Port to listen on; 0: the system's choice."_s,
                                        u"port"_s, u"0"_s);
    const QCommandLineOption threadsOption(u"io-threads"_s, u"Number of I/O threads."_s, u"count"_s,
                                           u"0"_s);
    const QCommandLineOption deflateOption(u"deflate"_s, u"Compress WebSocket messages."_s);
    const QCommandLineOption tlsOption(
        u"tls"_s, u"Serve over TLS, with key.pem and certificate.pem of this folder."_s,
        u"folder"_s);
    parser.addOptions({portOption, threadsOption, deflateOption, tlsOption});
    parser.addHelpOption();
    parser.process(app);

    SocketIo::ServerOptions options;
    if (parser.isSet(deflateOption))
        options.perMessageDeflate = EngineIo::PerMessageDeflateOptions();
    SocketIo::Server io(options);
    if (parser.isSet(tlsOption))
        io.setSslConfiguration(sslConfiguration(parser.value(tlsOption)));
    io.setIoThreadCount(parser.value(threadsOption).toInt());
    QObject::connect(&io, &SocketIo::Server::connected, [&io](SocketIo::Socket *socket) {
        socket->on(u"echo"_s, socket,
                   [](const QVariant &value, const SocketIo::Ack &ack) { ack(value); });
        socket->on(u"work"_s, socket, [](const QVariant &value, const SocketIo::Ack &ack) {
            const QDeadlineTimer end(10us, Qt::PreciseTimer);
            while (!end.hasExpired()) { }
            ack(value);
        });
        socket->on(u"join"_s, socket, [socket](const QString &room, const SocketIo::Ack &ack) {
            socket->join(room);
            ack();
        });
        socket->on(u"bcast"_s, socket,
                   [&io](const QVariant &value) { io.emitEvent(u"b"_s, value); });
        socket->on(u"room"_s, socket, [&io](const QString &room, const QVariant &value) {
            io.to(room).emitEvent(u"b"_s, value);
        });
    });
    if (!io.listen(QHostAddress::Any, parser.value(portOption).toUShort())) {
        fprintf(stderr, "%s\n", qPrintable(io.errorString()));
        return 1;
    }
    printf("listening %d\n", int(io.serverPort()));
    fflush(stdout);
    return app.exec();
}
