// SPDX-License-Identifier: MIT
#include "chatroom.h"
#include "joinurl.h"
#include "numberoption.h"
#include "service.h"
#include "webpage.h"

#include <EngineIo/EpollDispatcher>
#include <SocketIo/Server>

#include <QtCore/qcommandlineparser.h>
#include <QtCore/qcoreapplication.h>
#include <QtCore/qtextstream.h>

using namespace Qt::StringLiterals;

// A chat for browsers: open its URL in as many tabs as you like.
int main(int argc, char *argv[])
{
    EngineIo::installEpollDispatcher();
    QCoreApplication app(argc, argv);
    QCommandLineParser parser;
    const QCommandLineOption portOption(
        u"port"_s, u"Port to listen on; 0 to let the system choose one."_s, u"port"_s, u"3000"_s);
    const QCommandLineOption addressOption(u"address"_s, u"Address to listen on."_s, u"address"_s,
                                           u"127.0.0.1"_s);
    parser.addOptions({portOption, addressOption});
    parser.addHelpOption();
    parser.process(app);

    SocketIo::ServerOptions options;
    options.clientFolder = QStringLiteral(CHAT_CLIENT_FOLDER);
    SocketIo::Server io(options);
    ChatRoom room(&io);
    servePage(io.engine(), QStringLiteral(CHAT_PAGE_FOLDER));

    QTextStream out(stdout);
    QObject::connect(&room, &ChatRoom::said, [&out](const QString &name, const QString &text) {
        out << name << ": " << text << Qt::endl;
    });
    const std::optional<qintptr> descriptor = activationSocket(); // from systemd
    const bool listening = descriptor
        ? io.listenOnDescriptor(*descriptor)
        : io.listen(QHostAddress(parser.value(addressOption)), portOf(parser, portOption));
    if (!listening) {
        QTextStream(stderr) << io.errorString() << ". Choose another --port or --address."
                            << Qt::endl;
        return 1;
    }
    endOnSignals(&app, &io);
    out << "Chat at " << joinUrl(io.serverAddress(), io.serverPort()).toString() << "/\n";
    out << "listening " << io.serverPort() << Qt::endl;
    return app.exec();
}
