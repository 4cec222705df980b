// SPDX-License-Identifier: MIT
#include "boardclient.h"
#include "boardserver.h"
#include "boardwindow.h"
#include "numberoption.h"
#include "startdialog.h"

#include <QtCore/qcommandlineparser.h>
#include <QtCore/qtextstream.h>
#include <QtWidgets/qapplication.h>
#include <QtWidgets/qmessagebox.h>

using namespace Qt::StringLiterals;

int main(int argc, char *argv[])
{
    QApplication app(argc, argv);
    Start start;
    QCommandLineParser parser;
    parser.setApplicationDescription(u"A whiteboard for many. Without --host or --join it asks."_s);
    const QCommandLineOption host(u"host"_s, u"Host a board that others join."_s);
    const QCommandLineOption port(u"port"_s, u"Port to host on; 0: the system's choice."_s,
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
    start.host = parser.isSet(host);
    start.address = parser.value(address);
    start.port = portOf(parser, port);
    start.room = parser.value(room);
    start.name = parser.value(name);
    if (parser.isSet(join))
        start.url = parser.value(join);
    if (!start.host && !parser.isSet(join) && StartDialog(&start).exec() != QDialog::Accepted)
        return 0;

    SocketIo::Server io;
    BoardServer boards(&io);
    QString joinAddress;
    if (start.host) {
        // Others go on drawing together while this window is busy.
        io.setIoThreadCount(1);
        if (!io.listen(QHostAddress(start.address), start.port)) {
            QMessageBox::critical(
                nullptr, QObject::tr("Whiteboard"),
                QObject::tr("The board cannot be hosted on port %1: %2. Choose another port, or "
                            "join the board that is there.")
                    .arg(QString::number(start.port), io.errorString()));
            return 1;
        }
        start.url = u"http://127.0.0.1:%1"_s.arg(io.serverPort());
        // Reachable under the machine's name, unless it listens on one address only.
        const QHostAddress local(start.address);
        const bool isAny = local == QHostAddress::Any || local == QHostAddress::AnyIPv4;
        joinAddress = u"http://%1:%2"_s.arg(isAny ? QSysInfo::machineHostName() : start.address)
                          .arg(io.serverPort());
        QTextStream(stdout) << "listening " << io.serverPort() << '\n'
                            << "Others join with: " << QCoreApplication::arguments().constFirst()
                            << " --join " << joinAddress << Qt::endl;
    }
    BoardWindow window(new BoardClient(QUrl(start.url), start.room, start.name));
    if (!joinAddress.isEmpty())
        window.showAddress(joinAddress);
    window.show();
    return app.exec();
}
