// SPDX-License-Identifier: MIT
#include "suites.h"
#include "support/quitonsignals.h"

#include <QtCore/qcommandlineparser.h>
#include <QtCore/qcoreapplication.h>
#include <QtCore/qmap.h>

#include <cstdio>

using namespace Qt::StringLiterals;

namespace {

QMap<QString, Place::Front> fronts()
{
    using Front = Place::Front;
    return {
        {u"own"_s, Front::Own},
        {u"tcpserver"_s, Front::TcpServer},
        {u"sslserver"_s, Front::SslServer},
        {u"descriptors"_s, Front::Descriptors},
        {u"requests"_s, Front::Requests},
        {u"websocketserver"_s, Front::WebSocketServer},
        {u"websocketserver-tls"_s, Front::SecureWebSocketServer},
        {u"httpserver"_s, Front::HttpServer},
        {u"httpserver-tls"_s, Front::SecureHttpServer},
    };
}

bool isSecure(Place::Front front)
{
    return front == Place::Front::SslServer || front == Place::Front::SecureWebSocketServer
        || front == Place::Front::SecureHttpServer;
}

} // namespace

// Runs the server that test suites for the Engine.IO and Socket.IO wire formats expect.
int main(int argc, char *argv[])
{
    QCoreApplication app(argc, argv);
    QCommandLineParser parser;
    const QCommandLineOption suiteOption(
        u"suite"_s, u"engine, engine-v3, socket, engine-client or socket-client."_s, u"name"_s);
    const QCommandLineOption portOption(
        u"port"_s, u"Port to listen on; 0 to let the system choose one."_s, u"port"_s, u"0"_s);
    const QCommandLineOption frontOption(u"front"_s,
                                         u"What accepts connections, if not the server: "_s
                                             + fronts().keys().join(u", "_s),
                                         u"name"_s, u"own"_s);
    parser.addOptions({suiteOption, portOption, frontOption});
    parser.addHelpOption();
    parser.process(app);

    const QString name = parser.value(suiteOption);
    Place place;
    place.port = parser.value(portOption).toUShort();
    if (!fronts().contains(parser.value(frontOption)))
        parser.showHelp(2);
    place.front = fronts().value(parser.value(frontOption));
    std::optional<Certificates> certificates;
    if (isSecure(place.front)) {
        certificates.emplace();
        if (!certificates->isValid())
            qFatal("openssl cannot make certificates");
        place.tls = certificates->forServer();
    }
    Suite suite;
    if (name == "engine"_L1)
        suite = startEngineSuite(place, false);
    else if (name == "engine-v3"_L1)
        suite = startEngineSuite(place, true);
    else if (name == "engine-client"_L1)
        suite = startEngineClientSuite(place);
    else if (name == "socket"_L1)
        suite = startSocketSuite(place);
    else if (name == "socket-client"_L1)
        suite = startSocketClientSuite(place);
    else
        parser.showHelp(2);
    if (suite.port == 0) {
        fprintf(stderr, "Cannot listen on port %d\n", int(place.port));
        return 1;
    }
    quitOnSignals(&app);
    printf("listening %d\n", int(suite.port));
    fflush(stdout);
    return app.exec();
}
