// SPDX-License-Identifier: MIT
#include "snippets/cborparser.h"

#ifdef QTSOCKETIO_HAVE_MSGPACK
#include <SocketIo/MsgPackParser>
#endif
#include <SocketIo/Server>

#include <QtCore/qcoreapplication.h>
#include <QtCore/qfile.h>
#include <QtCore/qjsonarray.h>
#include <QtCore/qjsondocument.h>
#include <QtCore/qjsonobject.h>
#include <QtCore/qregularexpression.h>
#include <QtCore/qsocketnotifier.h>
#include <QtCore/qtimer.h>
#include <QtNetwork/qsslcertificate.h>
#include <QtNetwork/qsslconfiguration.h>
#include <QtNetwork/qsslkey.h>

#include <cstdio>

using namespace SocketIo;
using namespace Qt::StringLiterals;

namespace {

// What clients have asked to be remembered, in the order of arrival.
QVariantList records;
QHash<QString, int> attempts;

QVariantMap headersOf(Socket *socket)
{
    QVariantMap headers;
    const auto fields = socket->request().headers().fields();
    for (const auto &field : fields) {
        headers.insert(QString::fromLatin1(field.first).toLower(), QString::fromUtf8(field.second));
    }
    return headers;
}

QVariantMap queryOf(Socket *socket)
{
    QVariantMap query;
    const auto items = socket->handshake().query();
    for (auto it = items.cbegin(); it != items.cend(); ++it)
        query.insert(it.key(), it.value());
    return query;
}

void serveEvents(Socket *socket)
{
    socket->on(u"echo"_s, socket, [socket](const QVariantList &args, const Ack &ack) {
        if (ack.isWanted())
            ack.acknowledge(args);
        else
            socket->emitEventList(u"echo"_s, args);
    });
    socket->on(u"handshake"_s, socket, [socket](const Ack &ack) {
        ack(QVariantMap{{u"query"_s, queryOf(socket)},
                        {u"auth"_s, socket->handshake().auth()},
                        {u"headers"_s, headersOf(socket)},
                        {u"id"_s, socket->id()},
                        {u"nsp"_s, socket->nsp()->name()},
                        {u"transport"_s, socket->conn()->transportName()},
                        {u"recovered"_s, socket->isRecovered()}});
    });
    socket->on(u"ask"_s, socket, [socket](const QVariantList &args) {
        socket->emitWithAckList(u"question"_s, args)
            ->then(socket, [socket](const QVariantList &reply) {
                socket->emitEventList(u"asked"_s, reply);
            });
    });
    socket->on(QString(), socket, [socket](const QVariantList &args) {
        socket->emitEventList(QString(), args); // a name like others
    });
    socket->on(u"silent"_s, socket, [] {});
    socket->on(u"late"_s, socket, [socket](int delay, const Ack &ack) {
        QTimer::singleShot(delay, socket, [ack] { ack(u"late"_s); });
    });
    socket->on(u"flood"_s, socket, [socket](int count) {
        for (int i = 0; i < count; ++i)
            socket->emitEvent(u"flood"_s, i);
    });
    socket->on(u"mixed"_s, socket, [socket] {
        socket->emitEvent(u"mixed"_s, 1, QByteArray("\1\2\3", 3));
        socket->emitEvent(u"mixed"_s, 2);
    });
}

void serveRecords(Socket *socket)
{
    socket->on(u"record"_s, socket, [](const QVariant &value, const Ack &ack) {
        records.append(value);
        ack(records.size());
    });
    socket->on(u"records"_s, socket, [](const Ack &ack) { ack(records); });
    // Acknowledged when it comes for the given time; earlier ones get no answer.
    socket->on(u"flaky"_s, socket, [](const QString &key, int needed, const Ack &ack) {
        const int count = ++attempts[key];
        records.append(key);
        if (count >= needed)
            ack(count);
    });
}

void serveConnection(Socket *socket)
{
    socket->on(u"leave me"_s, socket, [socket] { socket->disconnectSocket(); });
    socket->on(u"close me"_s, socket, [socket] { socket->disconnectClient(); });
    socket->on(u"drop me"_s, socket, [socket] { socket->conn()->close(); });
    socket->on(u"garbage"_s, socket,
               [socket] { socket->conn()->send(EngineIo::Message::fromText(u"9garbage"_s)); });
    socket->on(u"join"_s, socket, [socket](const QString &room, const Ack &ack) {
        socket->join(room);
        ack();
    });
    socket->on(u"members"_s, socket, [socket](const QString &room, const Ack &ack) {
        socket->nsp()->in(room).fetchSockets().then(
            socket, [ack](const QList<RemoteSocket> &sockets) { ack(sockets.size()); });
    });
    socket->on(u"tell"_s, socket, [socket](const QVariantList &args) {
        socket->nsp()->to(args.value(0).toString()).emitEventList(u"told"_s, args.mid(1));
    });
    socket->on(u"all"_s, socket, [socket](const QVariantList &args) {
        socket->nsp()->emitEventList(args.value(0).toString(), args.mid(1));
    });
}

void serve(Socket *socket)
{
    serveEvents(socket);
    serveRecords(socket);
    serveConnection(socket);
}

QByteArray contentOf(const QJsonValue &name)
{
    QFile file(name.toString());
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

QSslConfiguration sslConfiguration(const QJsonObject &tls)
{
    QSslConfiguration configuration = QSslConfiguration::defaultConfiguration();
    configuration.setPrivateKey(QSslKey(contentOf(tls.value("key"_L1)), QSsl::Ec));
    configuration.setLocalCertificate(QSslCertificate(contentOf(tls.value("cert"_L1))));
    if (tls.contains("ca"_L1)) {
        configuration.setCaCertificates(
            QSslCertificate::fromData(contentOf(tls.value("ca"_L1)), QSsl::Pem));
        configuration.setPeerVerifyMode(QSslSocket::VerifyPeer);
    }
    return configuration;
}

ServerOptions serverOptions(const QJsonObject &config)
{
    ServerOptions options;
    const auto milliseconds = [&config](QLatin1StringView name, std::chrono::milliseconds other) {
        return std::chrono::milliseconds(config.value(name).toInt(int(other.count())));
    };
    options.pingInterval = milliseconds("pingInterval"_L1, options.pingInterval);
    options.pingTimeout = milliseconds("pingTimeout"_L1, options.pingTimeout);
    options.maxHttpBufferSize =
        config.value("maxHttpBufferSize"_L1).toInteger(options.maxHttpBufferSize);
    options.allowUpgrades = config.value("allowUpgrades"_L1).toBool(true);
    options.allowEIO3 = config.value("allowEIO3"_L1).toBool();
    options.path = config.value("path"_L1).toString(options.path);
    if (config.contains("transports"_L1)) {
        options.transports = {};
        const QJsonArray names = config.value("transports"_L1).toArray();
        for (const auto type :
             {EngineIo::TransportType::Polling, EngineIo::TransportType::WebSocket})
            options.transports.setFlag(type, names.contains(EngineIo::transportName(type)));
    }
    if (config.value("cookie"_L1).toBool())
        options.cookie = EngineIo::CookieOptions();
    if (config.value("parser"_L1) == "cbor"_L1)
        options.parser = std::make_shared<CborParser>();
#ifdef QTSOCKETIO_HAVE_MSGPACK
    if (config.value("parser"_L1) == "msgpack"_L1)
        options.parser = std::make_shared<MsgPackParser>();
#endif
    if (config.value("recovery"_L1).toBool())
        options.connectionStateRecovery = RecoveryOptions();
    return options;
}

} // namespace

// A QtSocketIo server that behaves as tests/interop/servers/socketio-server.mjs does.
int main(int argc, char *argv[])
{
    QCoreApplication app(argc, argv);
    const QJsonObject config = QJsonDocument::fromJson(app.arguments().value(1).toUtf8()).object();
    Server io(serverOptions(config));
    if (config.contains("tls"_L1))
        io.setSslConfiguration(sslConfiguration(config.value("tls"_L1).toObject()));

    if (config.value("refusesMain"_L1).toBool())
        io.use([](Socket *, const Next &next) { next(Error(u"not the main one"_s)); });
    QObject::connect(&io, &Server::connected, [](Socket *socket) {
        serve(socket);
        socket->emitEvent(u"hello"_s, u"main"_s);
    });
    QObject::connect(io.of(u"/chat"_s), &Namespace::connected, serve);
    QObject::connect(io.of(QRegularExpression(u"^/dynamic-\\d+$"_s)), &Namespace::connected, serve);
    Namespace *admin = io.of(u"/admin"_s);
    admin->use([](Socket *socket, const Next &next) {
        if (socket->handshake().auth().value(u"token"_s) == u"secret"_s)
            next();
        else
            next(Error(u"not authorized"_s, {{u"content"_s, u"Please retry later"_s}}));
    });
    QObject::connect(admin, &Namespace::connected, serve);

    if (!io.listen(QHostAddress::LocalHost, quint16(config.value("port"_L1).toInt()))) {
        fprintf(stderr, "%s\n", qPrintable(io.errorString()));
        return 1;
    }
    printf("listening %d\n", int(io.serverPort()));
    fflush(stdout);

    // Ends with the test that has started it.
    QSocketNotifier input(0, QSocketNotifier::Read);
    QObject::connect(&input, &QSocketNotifier::activated, &app, [] {
        if (getchar() == EOF)
            QCoreApplication::quit();
    });
    return app.exec();
}
