// SPDX-License-Identifier: MIT
#include "suites.h"
#include "support/quitonsignals.h"

#include <QtCore/qcommandlineparser.h>
#include <QtCore/qcoreapplication.h>

#include <cstdio>

using namespace Qt::StringLiterals;

// Runs the server that test suites for the Engine.IO and Socket.IO wire formats expect.
int main(int argc, char *argv[])
{
    QCoreApplication app(argc, argv);
    QCommandLineParser parser;
    const QCommandLineOption suiteOption(
        u"suite"_s, u"engine, engine-v3, socket, engine-client or socket-client."_s, u"name"_s);
    const QCommandLineOption portOption(u"port"_s, u"Port to listen on; 0: the system's choice."_s,
                                        u"port"_s, u"0"_s);
    const QCommandLineOption frontOption(
        u"front"_s, u"What accepts connections, if not the server: websocketserver, httpserver."_s,
        u"name"_s);
    parser.addOptions({suiteOption, portOption, frontOption});
    parser.addHelpOption();
    parser.process(app);

    const QString name = parser.value(suiteOption);
    Place place;
    place.port = parser.value(portOption).toUShort();
    if (parser.value(frontOption) == "websocketserver"_L1)
        place.front = Place::Front::WebSocketServer;
    else if (parser.value(frontOption) == "httpserver"_L1)
        place.front = Place::Front::HttpServer;
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
