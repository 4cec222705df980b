// SPDX-License-Identifier: MIT
#include "joinurl.h"
#include "metricsserver.h"
#include "numberoption.h"
#include "webpage.h"

#include <QtCore/qcommandlineparser.h>
#include <QtCore/qtextstream.h>
#include <QtGui/qguiapplication.h>
#include <QtQml/qqmlapplicationengine.h>

#include <algorithm>
#include <memory>

using namespace Qt::StringLiterals;

namespace {

std::unique_ptr<QCoreApplication> createApplication(int &argc, char **argv)
{
    const bool hasNoWindow = std::any_of(
        argv, argv + argc, [](const char *arg) { return QByteArrayView(arg) == "--serve"; });
    if (hasNoWindow)
        return std::make_unique<QCoreApplication>(argc, argv);
    return std::make_unique<QGuiApplication>(argc, argv);
}

} // namespace

// Shows what a machine does: a server that measures, and a window and a web page that show it.
int main(int argc, char *argv[])
{
    const std::unique_ptr<QCoreApplication> app = createApplication(argc, argv);
    QCommandLineParser parser;
    const QCommandLineOption port(u"port"_s, u"Port to serve on; 0 to let the system choose one."_s,
                                  u"port"_s, u"3002"_s);
    const QCommandLineOption address(u"address"_s, u"Address to serve on."_s, u"address"_s,
                                     u"127.0.0.1"_s);
    const QCommandLineOption serve(u"serve"_s, u"Only serve, without a window."_s);
    const QCommandLineOption connectTo(u"connect"_s,
                                       u"Only show what the server at this URL sends."_s, u"url"_s);
    const QCommandLineOption theme(u"theme"_s, u"light or dark; as the system by default."_s,
                                   u"theme"_s);
    parser.addOptions({port, address, serve, connectTo, theme});
    parser.addHelpOption();
    parser.process(*app);

    SocketIo::ServerOptions options;
    options.clientFolder = QStringLiteral(DASHBOARD_CLIENT_FOLDER);
    // The window shows the latency of the last heartbeat.
    options.pingInterval = std::chrono::seconds(2);
    options.pingTimeout = std::chrono::seconds(4);
    SocketIo::Server io(options);
    MetricsServer metrics(&io);
    servePage(io.engine(), QStringLiteral(DASHBOARD_PAGE_FOLDER));
    QUrl url(parser.value(connectTo));
    QString problem;
    if (url.isEmpty()) {
        const QHostAddress listenAddress(parser.value(address));
        quint16 listenPort = portOf(parser, port);
        // The window may be busy; browsers are served all the same.
        io.setIoThreadCount(1);
        if (io.listen(listenAddress, listenPort)) {
            listenPort = io.serverPort();
            QTextStream(stdout) << "The page is at "
                                << joinUrl(listenAddress, listenPort).toString() << "/\nlistening "
                                << listenPort << Qt::endl;
        } else {
            problem = u"%1. Choose another --port."_s.arg(io.errorString());
            if (parser.isSet(serve)) {
                QTextStream(stderr) << problem << Qt::endl;
                return 1;
            }
            problem += u" The window shows what the server at that port sends."_s;
        }
        url = localUrl(listenAddress, listenPort);
    }
    QQmlApplicationEngine engine;
    if (!parser.isSet(serve)) {
        // Not needed for a module that is installed where Qt's are.
        engine.addImportPath(QStringLiteral(DASHBOARD_QML_IMPORTS));
        engine.setInitialProperties(
            {{u"url"_s, url}, {u"problem"_s, problem}, {u"theme"_s, parser.value(theme)}});
        engine.load(QUrl(u"qrc:/qt/qml/Dashboard/Main.qml"_s));
        if (engine.rootObjects().isEmpty())
            return 1;
    }
    return app->exec();
}
