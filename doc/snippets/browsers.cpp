// SPDX-License-Identifier: MIT
#include "snippets.h"

#include <EngineIo/Server>

#include <QtCore/QFile>

using namespace Qt::StringLiterals;

//! [script]
std::unique_ptr<SocketIo::Server> makeServerWithScript(const QString &clientFolder)
{
    SocketIo::ServerOptions options;
    options.clientFolder = clientFolder; // such as "node_modules/socket.io/client-dist"
    return std::make_unique<SocketIo::Server>(options);
}
//! [script]

//! [page]
void servePage(SocketIo::Server *io, const QString &fileName)
{
    io->engine()->setRequestHandler(
        [fileName](const EngineIo::HttpRequest &request, const EngineIo::HttpResponder &respond) {
            QFile file(fileName);
            if (request.path() != "/" || !file.open(QIODevice::ReadOnly))
                respond(EngineIo::HttpResponse(404));
            else
                respond(EngineIo::HttpResponse(200, "text/html; charset=utf-8"_ba, file.readAll()));
        });
}
//! [page]

//! [cors]
std::unique_ptr<SocketIo::Server> makeServerForPages()
{
    SocketIo::ServerOptions options;
    EngineIo::CorsOptions cors;
    cors.origin = QStringList{u"https://example.com"_s, u"https://www.example.com"_s};
    cors.credentials = true;
    options.cors = cors;
    return std::make_unique<SocketIo::Server>(options);
}
//! [cors]
