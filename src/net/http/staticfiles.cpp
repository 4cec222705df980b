// SPDX-License-Identifier: MIT
#include "net/http/staticfiles_p.h"

#include "net/http/httpchars_p.h"

#include <QtCore/qdatetime.h>
#include <QtCore/qfile.h>
#include <QtCore/qfileinfo.h>
#include <QtCore/qhash.h>
#include <QtCore/qmimedatabase.h>

namespace EngineIo::detail {

using namespace Qt::StringLiterals;

namespace {

QByteArray contentType(const QString &file)
{
    // The types of what pages consist of do not depend on the machine's database: browsers reject
    // scripts and styles of any other type.
    static const QHash<QString, QByteArray> types{
        {u"css"_s, "text/css; charset=utf-8"_ba},
        {u"html"_s, "text/html; charset=utf-8"_ba},
        {u"ico"_s, "image/x-icon"_ba},
        {u"js"_s, "text/javascript; charset=utf-8"_ba},
        {u"json"_s, "application/json; charset=utf-8"_ba},
        {u"map"_s, "application/json; charset=utf-8"_ba},
        {u"mjs"_s, "text/javascript; charset=utf-8"_ba},
        {u"png"_s, "image/png"_ba},
        {u"svg"_s, "image/svg+xml"_ba},
        {u"woff"_s, "font/woff"_ba},
        {u"woff2"_s, "font/woff2"_ba},
    };
    const auto known = types.constFind(QFileInfo(file).suffix().toLower());
    if (known != types.cend())
        return *known;
    const QByteArray name =
        QMimeDatabase().mimeTypeForFile(file, QMimeDatabase::MatchExtension).name().toLatin1();
    return name.startsWith("text/") ? name + "; charset=utf-8" : name;
}

// Returns an empty tag if it is not known when the file has changed, as for some resources.
QByteArray entityTag(const QFile &file)
{
    const QDateTime time = file.fileTime(QFileDevice::FileModificationTime);
    if (!time.isValid())
        return {};
    return '"' + QByteArray::number(file.size(), 16) + '-'
        + QByteArray::number(time.toMSecsSinceEpoch(), 16) + '"';
}

// Returns whether the value of If-None-Match contains the tag (RFC 9110, 13.1.2).
bool matches(QByteArrayView condition, QByteArrayView etag)
{
    if (condition == "*")
        return true;
    while (!condition.isEmpty()) {
        if (condition.startsWith("W/"))
            condition = condition.sliced(2);
        // There may be commas in a tag.
        const qsizetype end = condition.startsWith('"') ? condition.indexOf('"', 1) + 1 : 0;
        if (end > 0 && condition.first(end) == etag)
            return true;
        condition = condition.sliced(end);
        takeHttpElement(condition); // the rest of this element, up to the next one
        condition = trimmedHttpSpace(condition);
    }
    return false;
}

HttpResponse text(int status, const QByteArray &body)
{
    return HttpResponse(status, "text/plain; charset=utf-8"_ba, body + '\n');
}

} // namespace

HttpResponse StaticFiles::answer(const HttpRequest &request, const QByteArray &path) const
{
    if (request.method() != "GET" && request.method() != "HEAD") {
        HttpResponse refused = text(405, "Only GET and HEAD are possible here."_ba);
        refused.headers().set("Allow"_ba, "GET, HEAD"_ba);
        return refused;
    }
    QFile file(fileFor(path));
    if (file.fileName().isEmpty())
        return text(404, "There is no such file."_ba);
    if (!file.open(QIODevice::ReadOnly))
        return text(403, "The file cannot be read."_ba);
    HttpResponse response = conditionalResponse(request, entityTag(file));
    response.headers().set("Cache-Control"_ba, "no-cache"_ba);
    response.headers().set("X-Content-Type-Options"_ba, "nosniff"_ba);
    if (response.status() == 304)
        return response;
    response.headers().set("Content-Type"_ba, contentType(file.fileName()));
    response.setBody(file.readAll());
    return response;
}

// Returns the name of a file that lies in the folder, whatever the path contains and wherever links
// lead; empty if there is none.
QString StaticFiles::fileFor(const QByteArray &path) const
{
    QString folder = QFileInfo(m_folder).canonicalFilePath();
    const QString relative = QString::fromUtf8(QByteArray::fromPercentEncoding(path));
    if (folder.isEmpty() || relative.contains(QChar::Null))
        return {};
    if (!folder.endsWith(u'/'))
        folder += u'/';
    const QStringList parts = relative.split(u'/', Qt::SkipEmptyParts);
    for (const QString &part : parts) {
        if (part.startsWith(u'.')) // hidden, or the folder above
            return {};
    }
    QFileInfo found(folder + parts.join(u'/'));
    if (found.isDir())
        found.setFile(found.filePath() + u"/index.html"_s);
    else if (relative.endsWith(u'/'))
        return {};
    const bool isInside = found.canonicalFilePath().startsWith(folder);
    return isInside && found.isFile() ? found.filePath() : QString();
}

HttpResponse conditionalResponse(const HttpRequest &request, const QByteArray &etag)
{
    HttpResponse response(200);
    if (etag.isEmpty())
        return response;
    response.headers().set("ETag"_ba, etag);
    if (matches(request.headers().combinedValue("if-none-match"), etag))
        response.setStatus(304);
    return response;
}

} // namespace EngineIo::detail
