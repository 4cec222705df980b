// SPDX-License-Identifier: MIT
#include "webpage.h"

#include <EngineIo/Server>

#include <QtCore/qdir.h>
#include <QtCore/qfile.h>

using namespace EngineIo;
using namespace Qt::StringLiterals;

namespace {

QByteArray contentType(const QString &name)
{
    if (name.endsWith(".css"_L1))
        return "text/css; charset=utf-8"_ba;
    if (name.endsWith(".js"_L1))
        return "text/javascript; charset=utf-8"_ba;
    return "text/html; charset=utf-8"_ba;
}

HttpResponse answer(const HttpRequest &request, const QString &folder)
{
    if (request.method() != "GET" && request.method() != "HEAD")
        return HttpResponse(405);
    const QString path = QString::fromLatin1(request.path());
    const QString name = path == "/"_L1 ? u"index.html"_s : path.sliced(1);
    // Only what lies in the folder itself: a name with a slash is not in this list.
    if (!QDir(folder).entryList(QDir::Files).contains(name))
        return HttpResponse(404, "text/plain"_ba, "Not found\n"_ba);
    QFile file(QDir(folder).filePath(name));
    if (!file.open(QIODevice::ReadOnly))
        return HttpResponse(500);
    return HttpResponse(200, contentType(name), file.readAll());
}

} // namespace

void servePage(Server *engine, const QString &folder)
{
    engine->setRequestHandler([folder](const HttpRequest &request, const HttpResponder &respond) {
        respond(answer(request, folder));
    });
}
