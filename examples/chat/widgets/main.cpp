// SPDX-License-Identifier: MIT
#include "chatwindow.h"

#include <QtCore/qcommandlineparser.h>
#include <QtWidgets/qapplication.h>

using namespace Qt::StringLiterals;

int main(int argc, char *argv[])
{
    QApplication app(argc, argv);
    QCommandLineParser parser;
    const QCommandLineOption urlOption(u"url"_s, u"Where the chat server is."_s, u"url"_s,
                                       u"http://127.0.0.1:3000"_s);
    // Not --name: Qt's platform plugin for X11 takes that for the window's class.
    const QCommandLineOption nameOption(u"nick"_s, u"Your name in the chat."_s, u"nick"_s);
    parser.addOptions({urlOption, nameOption});
    parser.addHelpOption();
    parser.process(app);
    ChatWindow window(QUrl(parser.value(urlOption)), parser.value(nameOption));
    window.show();
    return app.exec();
}
