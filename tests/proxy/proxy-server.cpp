// SPDX-License-Identifier: MIT
#include "doc/snippets/snippets.h"
#include "support/quitonsignals.h"

#include <SocketIo/Server>

#include <QtCore/qcommandlineparser.h>
#include <QtCore/qcoreapplication.h>

#include <cstdio>

using namespace SocketIo;
using namespace Qt::StringLiterals;

namespace {

void serve(Socket *socket)
{
    socket->on(u"echo"_s, socket,
               [](const QVariantList &args, const Ack &ack) { ack.acknowledge(args); });
    socket->on(u"back"_s, socket,
               [socket](const QVariantList &args) { socket->emitEventList(u"back"_s, args); });
    // Who the server takes the client for, and what proxies have said.
    socket->on(u"who"_s, socket, [socket](const Ack &ack) {
        const Handshake &handshake = socket->handshake();
        ack(QVariantMap{{u"address"_s, handshake.address()},
                        {u"secure"_s, handshake.isSecure()},
                        {u"forwarded"_s,
                         QString::fromLatin1(handshake.headers().combinedValue("x-forwarded-for"))},
                        {u"pid"_s, QCoreApplication::applicationPid()}});
    });
}

} // namespace

// A server behind the proxies of the tests.
int main(int argc, char *argv[])
{
    QCoreApplication app(argc, argv);
    QCommandLineParser parser;
    const QCommandLineOption pathOption(u"path"_s, u"The path."_s, u"path"_s, u"/socket.io"_s);
    const QCommandLineOption pingOption(u"ping-interval"_s, u"pingInterval, in milliseconds."_s,
                                        u"ms"_s, u"25000"_s);
    const QCommandLineOption proxyOption(u"proxy-protocol"_s, u"The proxies speak PROXY."_s);
    const QCommandLineOption threadsOption(u"io-threads"_s, u"Number of I/O threads."_s, u"n"_s,
                                           u"0"_s);
    const QCommandLineOption corsOption(u"cors"_s, u"Pages of any origin may use it."_s);
    const QCommandLineOption trustOption(u"trust"_s, u"The proxies."_s, u"address"_s,
                                         u"loopback"_s);
    const QCommandLineOption forwardedOption(u"forwarded"_s, u"The proxies write Forwarded."_s);
    const QCommandLineOption cookieOption(u"cookie"_s,
                                          u"Sessions over polling get the cookie io."_s);
    const QCommandLineOption nameOption(u"name"_s, u"What the ids of sessions end with."_s,
                                        u"name"_s);
    parser.addOptions({pathOption, pingOption, proxyOption, threadsOption, corsOption, trustOption,
                       forwardedOption, cookieOption, nameOption});
    parser.process(app);

    ServerOptions options;
    options.path = parser.value(pathOption);
    options.pingInterval = std::chrono::milliseconds(parser.value(pingOption).toInt());
    options.serveClient = false;
    options.trustedProxies = {parser.value(trustOption)};
    if (parser.isSet(forwardedOption))
        options.forwardedHeader = EngineIo::ForwardedHeader::Forwarded;
    if (parser.isSet(cookieOption))
        options.cookie = EngineIo::CookieOptions();
    if (parser.isSet(proxyOption))
        options.proxyProtocol = EngineIo::ProxyProtocol::FromTrustedProxies;
    if (parser.isSet(corsOption)) {
        options.cors = EngineIo::CorsOptions();
        options.cors->origin = EngineIo::CorsOrigin::reflect();
        options.cors->credentials = true;
    }
    options.healthPath = u"/health"_s;
    options.metricsPath = u"/metrics"_s;
    Server io(options);
    io.setIoThreadCount(parser.value(threadsOption).toInt());
    if (parser.isSet(nameOption))
        nameSessions(&io, parser.value(nameOption));
    QObject::connect(&io, &Server::connected, serve);
    QObject::connect(&io, &Server::connected, [&io](Socket *socket) {
        socket->on(u"drain"_s, socket, [&io](int milliseconds, const Ack &ack) {
            ack();
            io.drain(std::chrono::milliseconds(milliseconds));
        });
    });
    QObject::connect(&io, &Server::drained, &app, &QCoreApplication::quit);
    QObject::connect(io.engine(), &EngineIo::Server::connectionError,
                     [](EngineIo::ConnectionError code, const QString &message) {
                         printf("refused %d %s\n", int(code), qPrintable(message));
                         fflush(stdout);
                     });
    if (!io.listen(QHostAddress::LocalHost, 0)) {
        fprintf(stderr, "%s\n", qPrintable(io.errorString()));
        return 1;
    }
    quitOnSignals(&app);
    printf("listening %d\n", int(io.serverPort()));
    fflush(stdout);
    return app.exec();
}
