// SPDX-License-Identifier: MIT
#include "numberoption.h"

#include <QtCore/qcommandlineparser.h>
#include <QtGui/qguiapplication.h>
#include <QtQml/qqmlapplicationengine.h>

using namespace Qt::StringLiterals;

// A panel that switches devices and shows what they report. Devices connect to it.
int main(int argc, char *argv[])
{
    QGuiApplication app(argc, argv);
    QCommandLineParser parser;
    const QCommandLineOption port(
        u"port"_s, u"Port to listen on; 0 to let the system choose one."_s, u"port"_s, u"3005"_s);
    const QCommandLineOption simulate(u"simulate"_s, u"How many devices to simulate."_s, u"count"_s,
                                      u"4"_s);
    const QCommandLineOption theme(u"theme"_s, u"light or dark; as the system by default."_s,
                                   u"theme"_s);
    parser.addOptions({port, simulate, theme});
    parser.addHelpOption();
    parser.process(app);

    QQmlApplicationEngine engine;
    // Not needed for a module that is installed where Qt's are.
    engine.addImportPath(QStringLiteral(IOTPANEL_QML_IMPORTS));
    engine.setInitialProperties({{u"port"_s, int(portOf(parser, port))},
                                 {u"simulated"_s, numberOf(parser, simulate, 0, 100)},
                                 {u"theme"_s, parser.value(theme)}});
    engine.load(QUrl(u"qrc:/qt/qml/IotPanel/Main.qml"_s));
    return engine.rootObjects().isEmpty() ? 1 : app.exec();
}
