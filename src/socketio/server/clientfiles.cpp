// SPDX-License-Identifier: MIT
#include "socketio/server/clientfiles_p.h"

#include "net/http/contentcoding_p.h"
#include "net/http/staticfiles_p.h"
#include "socketio/server/serverlogging_p.h"

#include <QtCore/qcryptographichash.h>
#include <QtCore/qdir.h>
#include <QtCore/qfile.h>
#include <QtCore/qjsondocument.h>
#include <QtCore/qjsonobject.h>

#include <algorithm>
#include <iterator>
#include <utility>

namespace SocketIo::detail {

using namespace Qt::StringLiterals;
using EngineIo::detail::ContentCoding;
using EngineIo::detail::encodeContent;

namespace {

constexpr const char *FileNames[] = {
    "socket.io.esm.min.js",
    "socket.io.esm.min.js.map",
    "socket.io.js",
    "socket.io.js.map",
    "socket.io.min.js",
    "socket.io.min.js.map",
    "socket.io.msgpack.min.js",
    "socket.io.msgpack.min.js.map",
};

bool isFileName(const QByteArray &name)
{
    return std::any_of(std::begin(FileNames), std::end(FileNames),
                       [&name](const char *known) { return name == known; });
}

} // namespace

ClientFiles::ClientFiles(const QString &folder, const QByteArray &path)
    : m_folder(folder)
    , m_prefix(path + '/')
{
}

std::optional<EngineIo::HttpResponse> ClientFiles::answer(const EngineIo::HttpRequest &request)
{
    if (request.method() != "GET" && request.method() != "HEAD")
        return std::nullopt;
    const QByteArray path = request.path();
    if (!path.startsWith(m_prefix))
        return std::nullopt;
    const QByteArray name = path.sliced(m_prefix.size());
    if (!isFileName(name))
        return std::nullopt;
    File *found = file(name);
    if (!found) {
        if (m_folder.isEmpty() && !std::exchange(m_missed, true)) {
            qCWarning(lcServer).noquote()
                << u"A browser has asked for %1, which this server does not have:"_s.arg(
                       QString::fromLatin1(name))
                << reasonForNone()
                << "If no page needs it, set ServerOptions::serveClient to false.";
        }
        return EngineIo::HttpResponse(404, "text/plain; charset=utf-8"_ba,
                                      "This server has no " + name + ".\n"
                                          + reasonForNone().toUtf8() + '\n');
    }
    EngineIo::HttpResponse response = EngineIo::detail::conditionalResponse(request, found->etag);
    response.headers().set("Cache-Control"_ba, "public, max-age=0"_ba);
    response.headers().set("Vary"_ba, "Accept-Encoding"_ba);
    if (response.status() == 304)
        return response;
    response.headers().set("Content-Type"_ba, found->type);
    if (request.headers().hasToken("accept-encoding", "gzip")) {
        if (found->gzip.isEmpty())
            found->gzip = encodeContent(ContentCoding::Gzip, found->body);
        response.headers().set("Content-Encoding"_ba, "gzip"_ba);
        response.setBody(found->gzip);
    } else if (request.headers().hasToken("accept-encoding", "deflate")) {
        if (found->deflate.isEmpty())
            found->deflate = encodeContent(ContentCoding::Deflate, found->body);
        response.headers().set("Content-Encoding"_ba, "deflate"_ba);
        response.setBody(found->deflate);
    } else {
        response.setBody(found->body);
    }
    return response;
}

// For people who look at the page that misses the script, or at the log: without names of this
// machine.
QString ClientFiles::reasonForNone() const
{
    return m_folder.isEmpty() ? u"ServerOptions::clientFolder is not set. It is the folder "
                                u"client-dist of the npm package "
                                "socket.io, or dist of socket.io-client."_s
                              : u"ServerOptions::clientFolder does not have it."_s;
}

void ClientFiles::warnIfNone() const
{
    // Without a folder nothing is wrong as long as no browser asks.
    const QDir folder(m_folder);
    if (!m_folder.isEmpty()
        && std::none_of(std::begin(FileNames), std::end(FileNames), [&folder](const char *name) {
               return folder.exists(QString::fromLatin1(name));
           })) {
        qCWarning(lcServer).noquote() << "Browsers cannot load the client's script from this "
                                         "server: there is no socket.io.js in"
                                      << m_folder;
    }
}

ClientFiles::File *ClientFiles::file(const QByteArray &name)
{
    auto it = m_files.find(name);
    if (it == m_files.end()) {
        it = m_files.insert(name, std::nullopt);
        QFile source(QDir(m_folder).filePath(QString::fromLatin1(name)));
        if (source.open(QIODevice::ReadOnly)) {
            File file;
            file.body = source.readAll();
            file.type = name.endsWith(".map") ? "application/json; charset=utf-8"_ba
                                              : "application/javascript; charset=utf-8"_ba;
            QByteArray version = packageVersion();
            if (version.isEmpty())
                version = QCryptographicHash::hash(file.body, QCryptographicHash::Sha1).toHex();
            file.etag = '"' + version + '"';
            *it = file;
        } else if (!m_folder.isEmpty()) {
            qCWarning(lcServer).noquote()
                << "Cannot serve" << source.fileName() << "-" << source.errorString();
        }
    }
    return it->has_value() ? &**it : nullptr;
}

// The version of the npm package whose folder this is, if it is one.
QByteArray ClientFiles::packageVersion() const
{
    QFile package(QDir(m_folder).filePath(u"../package.json"_s));
    if (!package.open(QIODevice::ReadOnly))
        return {};
    const QString version =
        QJsonDocument::fromJson(package.readAll()).object().value(u"version"_s).toString();
    const bool isPlain = std::all_of(version.cbegin(), version.cend(), [](QChar c) {
        return c.unicode() > 0x20 && c.unicode() < 0x7f && c != u'"';
    });
    return isPlain ? version.toLatin1() : QByteArray();
}

} // namespace SocketIo::detail
