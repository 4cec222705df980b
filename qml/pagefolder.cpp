// SPDX-License-Identifier: MIT
#include "pagefolder_p.h"

#include <QtCore/qdir.h>
#include <QtCore/qfile.h>
#include <QtCore/qfileinfo.h>
#include <QtCore/qmimedatabase.h>

namespace SocketIo::detail {

using namespace Qt::StringLiterals;
using EngineIo::HttpResponse;

namespace {

QByteArray contentType(const QString &file)
{
    // Browsers run no module of another type, and databases differ in it.
    if (file.endsWith(".js"_L1) || file.endsWith(".mjs"_L1))
        return "text/javascript; charset=utf-8"_ba;
    const QByteArray name =
        QMimeDatabase().mimeTypeForFile(file, QMimeDatabase::MatchExtension).name().toLatin1();
    return name.startsWith("text/") ? name + "; charset=utf-8" : name;
}

HttpResponse text(int status, const QByteArray &body)
{
    return HttpResponse(status, "text/plain; charset=utf-8"_ba, body + '\n');
}

} // namespace

HttpResponse PageFolder::answer(const EngineIo::HttpRequest &request) const
{
    if (request.method() != "GET" && request.method() != "HEAD")
        return text(405, "Only GET and HEAD are possible here."_ba);
    const QString name = fileFor(request.path());
    if (name.isEmpty())
        return text(404, "There is no such file."_ba);
    QFile file(name);
    if (!file.open(QIODevice::ReadOnly))
        return text(403, "The file cannot be read."_ba);
    HttpResponse response(200, contentType(name), file.readAll());
    response.headers().set("Cache-Control"_ba, "no-cache"_ba);
    response.headers().set("X-Content-Type-Options"_ba, "nosniff"_ba);
    return response;
}

// Only what lies in the folder, also when the path has "..", or a link leads out of it.
QString PageFolder::fileFor(const QByteArray &path) const
{
    const QString root = QFileInfo(m_folder).canonicalFilePath();
    const QString relative = QString::fromUtf8(QByteArray::fromPercentEncoding(path));
    if (root.isEmpty() || !relative.startsWith(u'/') || relative.contains(QChar::Null))
        return {};
    const QStringList parts = relative.split(u'/', Qt::SkipEmptyParts);
    for (const QString &part : parts) {
        if (part.startsWith(u'.')) // hidden, or the folder above
            return {};
    }
    QFileInfo file(root + relative);
    if (file.isDir())
        file.setFile(QDir(file.filePath()), u"index.html"_s);
    const QString name = file.canonicalFilePath();
    const bool isInside = name.startsWith(root.endsWith(u'/') ? root : root + u'/');
    return isInside && QFileInfo(name).isFile() ? name : QString();
}

} // namespace SocketIo::detail
