// SPDX-License-Identifier: MIT
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
    const QCommandLineOption port(u"port"_s, u"Port to host on; 0: the system's choice."_s,
                                  u"port"_s, u"3006"_s);
    parser.addOptions({join, port});
    parser.addHelpOption();
    parser.process(app);

    SocketIo::ServerOptions options;
    options.serveClient = false; // no page needs it
    SocketIo::Server io(options);
    ListServer server(&io);
    QUrl url(parser.value(join));
    QString joinAddress;
    if (url.isEmpty()) {
        if (!io.listen(QHostAddress::Any, portOf(parser, port))) {
            QMessageBox::critical(nullptr, QObject::tr("Shared list"), io.errorString());
            return 1;
        }
        url = QUrl(u"http://127.0.0.1:%1"_s.arg(io.serverPort()));
        joinAddress = u"http://%1:%2"_s.arg(QSysInfo::machineHostName()).arg(io.serverPort());
        QTextStream(stdout) << "Others join with: " << QCoreApplication::arguments().constFirst()
                            << " --join " << joinAddress << Qt::endl;
    }
    ListWindow window(url);
    if (!joinAddress.isEmpty())
        window.showAddress(joinAddress);
    window.show();
    return app.exec();
}
