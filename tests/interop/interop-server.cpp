// SPDX-License-Identifier: MIT
#include "support/quitonsignals.h"

#include <SocketIo/Server>

#ifdef WITH_HTTP2
#include <EngineIo/Http2>
#endif

#include <QtCore/qcommandlineparser.h>
#include <QtCore/qcoreapplication.h>
#include <QtCore/qfile.h>
#include <QtCore/qjsondocument.h>
#include <QtCore/qjsonobject.h>
#include <QtCore/qtimer.h>
#include <QtNetwork/qsslcertificate.h>
#include <QtNetwork/qsslconfiguration.h>
#include <QtNetwork/qsslkey.h>

#include <cstdio>

using namespace SocketIo;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

// What the tests ask of a socket in any namespace.
void serveEvents(Socket *socket)
{
    socket->on(u"echo"_s, socket,
               [](const QVariantList &args, const Ack &ack) { ack.acknowledge(args); });
    socket->on(u"back"_s, socket,
               [socket](const QVariantList &args) { socket->emitEventList(u"back"_s, args); });
    socket->on(u"size"_s, socket, [](const QVariantList &args, const Ack &ack) {
        const QVariant value = args.value(0);
        ack(value.typeId() == QMetaType::QByteArray ? value.toByteArray().size()
                                                    : value.toString().size());
    });
    socket->on(u"flood"_s, socket, [socket](int count) {
        for (int i = 0; i < count; ++i)
            socket->emitEvent(u"flood"_s, i);
    });
    // Asks the client with a time-out and reports what became of it.
    socket->on(u"ask"_s, socket, [socket](int timeout, const QVariant &value) {
        socket->timeout(std::chrono::milliseconds(timeout))
            .emitWithAck(u"question"_s, value)
            ->then(socket,
                   [socket](const QVariantList &reply) { socket->emitEvent(u"asked"_s, reply); })
            ->onFailed(socket, [socket](const Error &error) {
                socket->emitEvent(u"asked"_s, error.message());
            });
    });
    socket->on(u"volatile"_s, socket, [socket] {
        socket->emitEvent(u"v"_s, u"regular"_s);
        socket->asVolatile().emitEvent(u"v"_s, u"dropped"_s);
        QTimer::singleShot(0, socket, [socket] { socket->emitEvent(u"v"_s, u"last"_s); });
    });
    socket->on(u"leave me"_s, socket, [socket] { socket->disconnectSocket(); });
    // Says goodbye and ends the connection, delay milliseconds after this.
    socket->on(u"part"_s, socket, [socket](int delay) {
        QTimer::singleShot(delay, socket, [socket] {
            socket->emitEvent(u"bye"_s);
            socket->disconnectClient();
        });
    });
    socket->on(u"leave me all"_s, socket, [socket] { socket->disconnectClient(); });
}

void serveRooms(Socket *socket)
{
    socket->on(u"join"_s, socket, [socket](const QStringList &rooms, const Ack &ack) {
        socket->join(rooms);
        ack(socket->rooms());
    });
    socket->on(u"leave"_s, socket, [socket](const QString &room, const Ack &ack) {
        socket->leave(room);
        ack(socket->rooms());
    });
    // to: rooms; from: "all" or "others"; except: rooms.
    socket->on(u"tell"_s, socket,
               [socket](const QStringList &to, const QString &from, const QStringList &except,
                        const QVariant &value) {
                   // An empty list of rooms would be nobody.
                   BroadcastOperator targets = from == "all"_L1
                       ? socket->nsp()->except(except)
                       : socket->broadcast().except(except);
                   if (!to.isEmpty())
                       targets = targets.to(to);
                   targets.emitEvent(u"told"_s, value);
               });
    socket->on(u"survey"_s, socket, [socket](int timeout, const Ack &ack) {
        socket->nsp()
            ->timeout(std::chrono::milliseconds(timeout))
            .emitWithAck(u"survey"_s)
            ->then(socket, [ack](const QVariantList &answers) { ack(QVariant(), answers); })
            ->onFailed(socket, [ack](const Error &error) { ack(error.message(), error.data()); });
    });
    socket->on(u"kick others"_s, socket,
               [socket] { socket->nsp()->except(socket->id()).disconnectSockets(); });
}

EngineIo::PerMessageDeflateOptions deflateOptions(const QByteArray &json)
{
    const QJsonObject object = QJsonDocument::fromJson(json).object();
    EngineIo::PerMessageDeflateOptions options;
    options.threshold = object.value("threshold"_L1).toInt(int(options.threshold));
    options.serverNoContextTakeover = object.value("serverNoContextTakeover"_L1).toBool();
    options.clientNoContextTakeover = object.value("clientNoContextTakeover"_L1).toBool();
    options.serverMaxWindowBits = object.value("serverMaxWindowBits"_L1).toInt(15);
    options.clientMaxWindowBits = object.value("clientMaxWindowBits"_L1).toInt(15);
    options.level = object.value("level"_L1).toInt(options.level);
    options.memLevel = object.value("memLevel"_L1).toInt(options.memLevel);
    return options;
}

QSslConfiguration sslConfiguration(const QString &certificate, const QString &keyFile)
{
    QSslConfiguration tls = QSslConfiguration::defaultConfiguration();
    tls.setLocalCertificateChain(QSslCertificate::fromPath(certificate));
    QFile file(keyFile);
    if (file.open(QIODevice::ReadOnly))
        tls.setPrivateKey(QSslKey(&file, QSsl::Rsa));
    return tls;
}

} // namespace

// The server that the Node tests talk to.
int main(int argc, char *argv[])
{
    QCoreApplication app(argc, argv);
    QCommandLineParser parser;
    const QCommandLineOption portOption(u"port"_s, u"Port; 0 to let the system choose one."_s,
                                        u"port"_s, u"0"_s);
    const QCommandLineOption threadsOption(u"io-threads"_s, u"Number of I/O threads."_s, u"n"_s,
                                           u"0"_s);
    const QCommandLineOption recoveryOption(u"recovery"_s, u"Switch state recovery on."_s);
    const QCommandLineOption oldOption(u"allow-eio3"_s, u"Let clients of Socket.IO 2 in."_s);
    const QCommandLineOption pingOption(u"ping-timeout"_s, u"pingTimeout, in milliseconds."_s,
                                        u"ms"_s, u"20000"_s);
    const QCommandLineOption deflateOption(
        u"deflate"_s, u"perMessageDeflate, with its members as JSON."_s, u"json"_s);
    const QCommandLineOption originsOption(u"origins"_s, u"allowedOrigins."_s, u"list"_s);
    const QCommandLineOption http2Option(u"http2"_s, u"Serve HTTP/2."_s);
    const QCommandLineOption certificateOption(u"certificate"_s, u"TLS, with this certificate."_s,
                                               u"file"_s);
    const QCommandLineOption keyOption(u"key"_s, u"The certificate's key."_s, u"file"_s);
    parser.addOptions({http2Option, certificateOption, keyOption});
    const QCommandLineOption sizeOption(
        u"max-http-buffer-size"_s, u"maxHttpBufferSize, in bytes."_s, u"bytes"_s, u"1000000"_s);
    parser.addOptions({portOption, threadsOption, recoveryOption, oldOption, pingOption,
                       deflateOption, originsOption, sizeOption});
    parser.process(app);

    ServerOptions options;
    options.pingInterval = 1000ms;
    options.pingTimeout = std::chrono::milliseconds(parser.value(pingOption).toInt());
    options.allowEIO3 = parser.isSet(oldOption);
    options.maxHttpBufferSize = parser.value(sizeOption).toLongLong();
    options.cors = EngineIo::CorsOptions();
    options.cors->origin = EngineIo::CorsOrigin::reflect();
    options.cors->credentials = true;
    if (parser.isSet(deflateOption))
        options.perMessageDeflate = deflateOptions(parser.value(deflateOption).toUtf8());
    if (parser.isSet(originsOption))
        options.allowedOrigins = parser.value(originsOption).split(u',');
    if (parser.isSet(recoveryOption))
        options.connectionStateRecovery = RecoveryOptions();
    Server io(options);
    io.setIoThreadCount(parser.value(threadsOption).toInt());
    if (parser.isSet(certificateOption))
        io.setSslConfiguration(
            sslConfiguration(parser.value(certificateOption), parser.value(keyOption)));
#ifdef WITH_HTTP2
    if (parser.isSet(http2Option))
        EngineIo::Http2::enable(io.engine());
#endif
    QObject::connect(&io, &Server::connected, [](Socket *socket) {
        serveEvents(socket);
        serveRooms(socket);
        QObject::connect(socket, &Socket::disconnected, [](Socket::DisconnectReason reason) {
            printf("disconnected %s\n", qPrintable(Socket::disconnectReasonText(reason)));
            fflush(stdout);
        });
    });
    QObject::connect(io.of(u"/chat"_s), &Namespace::connected, serveEvents);
    QObject::connect(io.of(QRegularExpression(u"^/dynamic-\\d+$"_s)), &Namespace::connected,
                     [](Socket *socket) {
                         serveEvents(socket);
                         socket->emitEvent(u"name"_s, socket->nsp()->name());
                     });
    Namespace *admin = io.of(u"/admin"_s);
    admin->use([](Socket *socket, const Next &next) {
        QTimer::singleShot(5ms, socket, [socket, next] {
            if (socket->handshake().auth().value(u"token"_s) == u"secret"_s)
                next();
            else
                next(Error(u"not authorized"_s, {{u"content"_s, u"Please retry later"_s}}));
        });
    });
    QObject::connect(admin, &Namespace::connected, serveEvents);

    if (!io.listen(QHostAddress::LocalHost, parser.value(portOption).toUShort())) {
        fprintf(stderr, "%s\n", qPrintable(io.errorString()));
        return 1;
    }
    quitOnSignals(&app);
    printf("listening %d\n", int(io.serverPort()));
    fflush(stdout);
    return app.exec();
}
