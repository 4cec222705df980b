// SPDX-License-Identifier: MIT
#include "joinurl.h"
#include "listserver.h"
#include "listwindow.h"
#include "numberoption.h"

#include <QtCore/qcommandlineparser.h>
#include <QtCore/qtextstream.h>
#include <QtWidgets/qapplication.h>
#include <QtWidgets/qmessagebox.h>

using namespace Qt::StringLiterals;

// A list that several people edit, also while they are offline. Without --join it hosts the list.
int main(int argc, char *argv[])
{
    QApplication app(argc, argv);
    QCommandLineParser parser;
    const QCommandLineOption join(u"join"_s, u"Join the list at this URL."_s, u"url"_s);
    const QCommandLineOption port(u"port"_s, u"Port to host on; 0 to let the system choose one."_s,
                                  u"port"_s, u"3006"_s);
    parser.addOptions({join, port});
    parser.addHelpOption();
    parser.process(app);

    SocketIo::ServerOptions options;
    options.serveClient = false; // no page needs it
    SocketIo::Server io(options);
    ListServer server(&io);
    QUrl url(parser.value(join));
    QUrl others;
    if (url.isEmpty()) {
        QString problem;
        const auto portNumber = readPort(parser, port, &problem);
        if (portNumber && !io.listen(QHostAddress::Any, *portNumber)) {
            problem = QObject::tr("%1. Choose another --port, or --join the list that is there.")
                          .arg(io.errorString());
        }
        if (!problem.isEmpty()) {
            QMessageBox::critical(nullptr, QObject::tr("Shared list"), problem);
            return 1;
        }
        url = localUrl(io.serverAddress(), io.serverPort());
        others = joinUrl(io.serverAddress(), io.serverPort());
        QTextStream(stdout) << "Others join with: " << joinCommand(others) << Qt::endl;
    }
    ListWindow window(url);
    if (!others.isEmpty())
        window.showAddress(others);
    window.show();
    return app.exec();
}
