// SPDX-License-Identifier: MIT
#include "catoptions.h"

#include "cat.h"
#include "jsonvalues.h"
#include "socketio/events/errortext_p.h"
#include "socketio/events/reservednames_p.h"

#include <QtCore/qcommandlineparser.h>
#include <QtCore/qcoreapplication.h>
#include <QtNetwork/qsslcertificate.h>
#include <QtNetwork/qsslconfiguration.h>

#include <cstdio>
#include <cstdlib>

using namespace Qt::StringLiterals;

namespace {

constexpr char Description[] =
    "Talks to a Socket.IO server: prints the events that it sends and sends one.\n"
    "\n"
    "Each event is printed as one line, its name and a JSON array of its arguments. Binary\n"
    "data is written as {\"base64\":\"...\"}, here and in --args.\n"
    "\n"
    "Without --emit it prints events until it is stopped. With --emit it ends when the event\n"
    "is delivered, with --ack when it is acknowledged, and with --listen or --count it goes on\n"
    "printing events.\n"
    "\n"
    "With --redis it is not a client: it sends the event to the clients of all servers that share\n"
    "that Redis, and ends when Redis has it.\n"
    "\n"
    "Exit status: 0 if all went well, 1 if the command line is wrong, 2 if it took longer than\n"
    "--timeout, 3 if the connection failed or broke, or the event may be lost. Delivery\n"
    "does not mean that the server has processed the event; use --ack to find out.";

[[noreturn]] void refuse(const QString &why)
{
    fprintf(stderr, "%s\nTry --help.\n", qPrintable(why));
    std::exit(int(CatStatus::WrongUsage));
}

QVariantList parseArray(const QString &text, const QString &option)
{
    QString error;
    const std::optional<QVariantList> list = readJsonArray(text, &error);
    if (!list)
        refuse(option + u": "_s + error);
    return *list;
}

QVariantMap parseObject(const QString &text, const QString &option)
{
    const QVariantList values = parseArray(u'[' + text + u']', option);
    if (values.size() != 1 || values.constFirst().typeId() != QMetaType::QVariantMap)
        refuse(option + u": not a JSON object"_s);
    return values.constFirst().toMap();
}

QString eventName(const QString &name)
{
    if (SocketIo::detail::isReservedEvent(name)) {
        const SocketIo::Error error = SocketIo::detail::reservedEventError(name);
        refuse(u"--emit: "_s + SocketIo::detail::withHint(error));
    }
    return name;
}

int parseNumber(const QString &text, const QString &option)
{
    bool ok = false;
    const int number = text.toInt(&ok);
    if (!ok || number < 0)
        refuse(u"%1: \"%2\" is not a number"_s.arg(option, text));
    return number;
}

QSslConfiguration trusting(const QString &file)
{
    const QList<QSslCertificate> certificates = QSslCertificate::fromPath(file);
    if (certificates.isEmpty())
        refuse(u"--ca: no certificate in %1"_s.arg(file));
    QSslConfiguration configuration = QSslConfiguration::defaultConfiguration();
    configuration.addCaCertificates(certificates);
    return configuration;
}

void addHeader(EngineIo::HttpHeaders &headers, const QString &header)
{
    const qsizetype colon = header.indexOf(u':');
    if (colon < 1
        || !headers.append(header.first(colon).trimmed().toLatin1(),
                           header.sliced(colon + 1).trimmed().toUtf8())) {
        refuse(u"--header: \"%1\" is not of the form NAME:VALUE"_s.arg(header));
    }
}

EngineIo::TransportType transportOf(const QString &name)
{
    if (name == "polling"_L1)
        return EngineIo::TransportType::Polling;
    if (name == "websocket"_L1)
        return EngineIo::TransportType::WebSocket;
    refuse(u"--transport: neither polling nor websocket"_s);
}

QUrl redisUrl(const QString &text)
{
    const QUrl url(text);
    const QStringList schemes{u"redis"_s, u"rediss"_s, u"unix"_s};
    if (!url.isValid() || !schemes.contains(url.scheme()))
        refuse(u"--redis: \"%1\" is not a URL such as redis://localhost:6379"_s.arg(text));
    return url;
}

QUrl serverUrl(const QCommandLineParser &parser, const QCommandLineOption &namespaceOption)
{
    if (parser.positionalArguments().size() != 1)
        refuse(u"Exactly one URL is required"_s);
    QUrl url = QUrl::fromUserInput(parser.positionalArguments().constFirst());
    if (!url.isValid() || url.host().isEmpty())
        refuse(u"\"%1\" is not a URL"_s.arg(parser.positionalArguments().constFirst()));
    if (parser.isSet(namespaceOption)) {
        const QString nsp = parser.value(namespaceOption);
        url.setPath(nsp.startsWith(u'/') ? nsp : u'/' + nsp, QUrl::DecodedMode);
    }
    return url;
}

} // namespace

CatOptions CatOptions::fromCommandLine()
{
    const QCommandLineOption namespaceOption(
        u"namespace"_s, u"Join this namespace instead of the one in the path of the URL."_s,
        u"N"_s);
    const QCommandLineOption authOption(
        u"auth"_s, u"Send this JSON object when joining the namespace."_s, u"JSON"_s);
    const QCommandLineOption headerOption(
        u"header"_s, u"Send this HTTP header; may be given repeatedly."_s, u"NAME:VALUE"_s);
    const QCommandLineOption transportOption(
        u"transport"_s, u"Use this transport only: polling or websocket."_s, u"TRANSPORT"_s);
    const QCommandLineOption pathOption(
        u"path"_s, u"Path at which the server answers; /socket.io by default."_s, u"PATH"_s);
    const QCommandLineOption caOption(
        u"ca"_s, u"Trust the certificates in this file (PEM) as well, for https."_s, u"FILE"_s);
    const QCommandLineOption listenOption(
        u"listen"_s, u"Print this event only; may be given repeatedly."_s, u"EVENT"_s);
    const QCommandLineOption emitOption(u"emit"_s, u"Send this event."_s, u"EVENT"_s);
    const QCommandLineOption argsOption(u"args"_s, u"The arguments of the event to send."_s,
                                        u"JSON-ARRAY"_s);
    const QCommandLineOption ackOption(
        u"ack"_s, u"Wait for the event's acknowledgement and print it as a JSON array."_s);
    const QCommandLineOption timeoutOption(
        u"timeout"_s,
        u"Wait no longer than this, in milliseconds, from the start until the namespace is joined, "
        "the event delivered and acknowledged, and the events of --count received."_s,
        u"MS"_s);
    const QCommandLineOption countOption(u"count"_s, u"End after this number of events."_s, u"N"_s);
    const QCommandLineOption redisOption(
        u"redis"_s, u"Send the event by way of this Redis instead of connecting to a server."_s,
        u"URL"_s);
    const QCommandLineOption adapterOption(
        u"adapter"_s,
        u"The adapter of the servers at --redis: redis, sharded or streams; redis by default."_s,
        u"ADAPTER"_s, u"redis"_s);
    const QCommandLineOption roomOption(
        u"room"_s, u"With --redis, send to this room only; may be given repeatedly."_s, u"R"_s);
    QCommandLineParser parser;
    parser.setApplicationDescription(QString::fromLatin1(Description));
    parser.addHelpOption();
    parser.addVersionOption();
    parser.addPositionalArgument(u"URL"_s,
                                 u"The server, for example http://localhost:3000/namespace."_s);
    parser.addOptions({namespaceOption, authOption, headerOption, transportOption, pathOption,
                       caOption, listenOption, emitOption, argsOption, ackOption, timeoutOption,
                       countOption, redisOption, adapterOption, roomOption});
    parser.process(*QCoreApplication::instance());

    CatOptions options;
    if (parser.isSet(redisOption)) {
        options.redis = redisUrl(parser.value(redisOption));
        options.adapter = parser.value(adapterOption);
        if (!QStringList{u"redis"_s, u"sharded"_s, u"streams"_s}.contains(options.adapter))
            refuse(u"--adapter: neither redis, sharded nor streams"_s);
        options.rooms = parser.values(roomOption);
        options.nsp = parser.isSet(namespaceOption) ? parser.value(namespaceOption) : u"/"_s;
        if (!parser.isSet(emitOption))
            refuse(u"--redis needs --emit"_s);
        if (parser.isSet(ackOption) || parser.isSet(listenOption) || parser.isSet(countOption))
            refuse(u"--redis only sends: not with --ack, --listen or --count"_s);
        if (!parser.positionalArguments().isEmpty())
            refuse(u"--redis takes the place of the URL of a server"_s);
    } else {
        if (parser.isSet(roomOption) || parser.isSet(adapterOption))
            refuse(u"--room and --adapter need --redis"_s);
        options.url = serverUrl(parser, namespaceOption);
    }
    options.client.forceNew = true;
    options.client.reconnection = false;
    options.client.withCredentials = true; // of a proxy, for one, that brings it to one server
    if (parser.isSet(authOption))
        options.client.auth = parseObject(parser.value(authOption), u"--auth"_s);
    const QStringList headers = parser.values(headerOption);
    for (const QString &header : headers)
        addHeader(options.client.extraHeaders, header);
    if (parser.isSet(transportOption))
        options.client.transports = {transportOf(parser.value(transportOption))};
    if (parser.isSet(pathOption))
        options.client.path = parser.value(pathOption);
    if (parser.isSet(caOption))
        options.client.sslConfiguration = trusting(parser.value(caOption));
    options.listen = parser.values(listenOption);
    if (parser.isSet(argsOption))
        options.args = decodeBinary(parseArray(parser.value(argsOption), u"--args"_s)).toList();
    if (parser.isSet(emitOption))
        options.emitted = eventName(parser.value(emitOption));
    else if (parser.isSet(argsOption) || parser.isSet(ackOption))
        refuse(u"--args and --ack need --emit"_s);
    options.ack = parser.isSet(ackOption);
    if (parser.isSet(timeoutOption)) {
        options.timeout =
            std::chrono::milliseconds(parseNumber(parser.value(timeoutOption), u"--timeout"_s));
        options.client.timeout = std::nullopt; // it includes more than the connection
    }
    if (parser.isSet(countOption))
        options.count = parseNumber(parser.value(countOption), u"--count"_s);
    return options;
}
