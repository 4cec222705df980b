// SPDX-License-Identifier: MIT
#include "doc/snippets/snippets.h"
#include "support/quitonsignals.h"

#include <QtCore/qcoreapplication.h>
#include <QtCore/qfile.h>

#include <cstdio>

using namespace Qt::StringLiterals;

// The guide's server with sessions, and its page. Arguments: the page, and the folder of the
// client's script.
int main(int argc, char *argv[])
{
    QCoreApplication app(argc, argv);
    QFile page(app.arguments().value(1));
    if (!page.open(QIODevice::ReadOnly)) {
        fprintf(stderr, "Cannot open the page: %s\n", qPrintable(page.errorString()));
        return 1;
    }
    SocketIo::ServerOptions options;
    options.clientFolder = app.arguments().value(2);
    SocketIo::Server io(options);
    serveSessions(&io, "a key of this run"_ba, page.readAll());
    if (!io.listen(QHostAddress::LocalHost)) {
        fprintf(stderr, "%s\n", qPrintable(io.errorString()));
        return 1;
    }
    quitOnSignals(&app);
    printf("listening %d\n", int(io.serverPort()));
    fflush(stdout);
    return app.exec();
}
