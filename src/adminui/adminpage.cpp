// SPDX-License-Identifier: MIT
#include "adminui/adminpage_p.h"

#include "base/paths_p.h"

#include <QtCore/qdatetime.h>
#include <QtCore/qdir.h>
#include <QtCore/qfile.h>
#include <QtCore/qfileinfo.h>
#include <QtCore/qhash.h>
#include <QtCore/qurl.h>

namespace SocketIo::detail {

using namespace Qt::StringLiterals;
using EngineIo::HttpRequest;
using EngineIo::HttpResponse;

namespace {

QByteArray contentType(const QString &suffix)
{
    static const QHash<QString, QByteArray> types{
        {u"css"_s, "text/css; charset=utf-8"_ba},
        {u"html"_s, "text/html; charset=utf-8"_ba},
        {u"ico"_s, "image/x-icon"_ba},
        {u"js"_s, "text/javascript; charset=utf-8"_ba},
        {u"json"_s, "application/json; charset=utf-8"_ba},
        {u"map"_s, "application/json; charset=utf-8"_ba},
        {u"png"_s, "image/png"_ba},
        {u"svg"_s, "image/svg+xml"_ba},
        {u"woff"_s, "font/woff"_ba},
        {u"woff2"_s, "font/woff2"_ba},
    };
    return types.value(suffix, "application/octet-stream"_ba);
}

HttpResponse text(int status, const QByteArray &message)
{
    return HttpResponse(status, "text/plain; charset=utf-8"_ba, message);
}

} // namespace

AdminPage::AdminPage(const QString &folder, const QString &path)
    : m_folder(folder)
    , m_path(EngineIo::detail::pathPrefix(path).toUtf8() + '/')
{
}

std::optional<HttpResponse> AdminPage::answer(const HttpRequest &request) const
{
    const QByteArray path = request.path();
    // The page's links are relative to the folder.
    if (path + '/' == m_path) {
        HttpResponse moved(301);
        moved.headers().set("Location"_ba, m_path);
        return moved;
    }
    if (!path.startsWith(m_path))
        return std::nullopt;
    if (request.method() != "GET" && request.method() != "HEAD") {
        HttpResponse refused(405);
        refused.headers().set("Allow"_ba, "GET, HEAD"_ba);
        return refused;
    }
    if (m_folder.isEmpty())
        return text(404,
                    "The pages of the Admin UI are not here: AdminUiOptions::pageFolder is not "
                    "set. It is the folder ui/dist of the npm package @socket.io/admin-ui.\n");
    const QString name = QUrl::fromPercentEncoding(path.sliced(m_path.size()));
    return file(request, name.isEmpty() ? u"index.html"_s : name);
}

HttpResponse AdminPage::file(const HttpRequest &request, const QString &name) const
{
    if (name.contains(QChar::Null))
        return text(404, "Not found\n");
    // Only files in the folder are served, whatever the name contains and wherever links lead.
    const QString root = QFileInfo(m_folder).canonicalFilePath();
    const QFileInfo found(QDir(root).filePath(name));
    const QString path = found.canonicalFilePath();
    QFile file(path);
    if (root.isEmpty() || !path.startsWith(root + u'/') || !QFileInfo(path).isFile()
        || !file.open(QIODevice::ReadOnly)) {
        return text(404,
                    name == u"index.html"
                        ? "There is no index.html in AdminUiOptions::pageFolder. It is the folder "
                          "ui/dist of the npm package @socket.io/admin-ui.\n"_ba
                        : "Not found\n"_ba);
    }
    const QByteArray etag = '"' + QByteArray::number(file.size(), 16) + '-'
        + QByteArray::number(found.lastModified().toMSecsSinceEpoch(), 16) + '"';
    HttpResponse response(200);
    response.headers().set("Cache-Control"_ba, "no-cache"_ba); // browsers check for changes
    response.headers().set("ETag"_ba, etag);
    response.headers().set("X-Content-Type-Options"_ba, "nosniff"_ba);
    response.headers().set("X-Frame-Options"_ba, "DENY"_ba);
    if (request.header("if-none-match") == etag) {
        response.setStatus(304);
        return response;
    }
    response.headers().set("Content-Type"_ba, contentType(found.suffix()));
    response.setBody(file.readAll());
    return response;
}

} // namespace SocketIo::detail
