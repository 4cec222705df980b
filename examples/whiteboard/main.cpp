// SPDX-License-Identifier: MIT
#include "boardclient.h"
#include "boardserver.h"
#include "boardwindow.h"
#include "joinurl.h"
#include "numberoption.h"
#include "startdialog.h"

#include <QtCore/qcommandlineparser.h>
#include <QtCore/qtextstream.h>
#include <QtWidgets/qapplication.h>

using namespace Qt::StringLiterals;

int main(int argc, char *argv[])
{
    QApplication app(argc, argv);
    Start start;
    QCommandLineParser parser;
    parser.setApplicationDescription(u"A whiteboard for many. Without --host or --join it asks."_s);
    const QCommandLineOption host(u"host"_s, u"Host a board that others join."_s);
    const QCommandLineOption port(u"port"_s, u"Port to host on; 0 to let the system choose one."_s,
                                  u"port"_s, QString::number(start.port));
    const QCommandLineOption address(u"address"_s, u"Address to host on."_s, u"address"_s,
                                     start.address);
    const QCommandLineOption join(u"join"_s, u"Join the board at this URL."_s, u"url"_s);
    const QCommandLineOption room(u"room"_s, u"Which board."_s, u"room"_s, start.room);
    // Not --name: Qt's platform plugin for X11 takes that for the window's class.
    const QCommandLineOption name(u"nick"_s, u"Your name."_s, u"nick"_s,
                                  qEnvironmentVariable("USER"));
    parser.addOptions({host, port, address, join, room, name});
    parser.addHelpOption();
    parser.process(app);
    QString problem;
    start.host = !parser.isSet(join);
    start.address = parser.value(address);
    start.port = readPort(parser, port, &problem).value_or(start.port);
    start.room = parser.value(room);
    start.name = parser.value(name);
    if (parser.isSet(join))
        start.url = parser.value(join);
    const bool isDecided = problem.isEmpty() && (parser.isSet(host) || parser.isSet(join));

    SocketIo::Server io;
    // Others go on drawing together while this window is busy.
    io.setIoThreadCount(1);
    BoardServer boards(&io);
    if (!begin(&start, &io, isDecided, problem))
        return 0;
    QUrl others;
    if (start.host) {
        others = joinUrl(io.serverAddress(), io.serverPort());
        start.url = localUrl(io.serverAddress(), io.serverPort()).toString();
        QTextStream(stdout) << "listening " << io.serverPort() << '\n'
                            << "Others join with: " << joinCommand(others) << Qt::endl;
    }
    BoardWindow window(new BoardClient(QUrl(start.url), start.room, start.name));
    if (!others.isEmpty())
        window.showAddress(others);
    window.show();
    return app.exec();
}
