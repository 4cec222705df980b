// SPDX-License-Identifier: MIT
#include "socketio/server/clientfiles_p.h"

#include "socketio/server/serverlogging_p.h"

#include <QtCore/qcryptographichash.h>
#include <QtCore/qdir.h>
#include <QtCore/qendian.h>
#include <QtCore/qfile.h>
#include <QtCore/qjsondocument.h>
#include <QtCore/qjsonobject.h>

#include <algorithm>
#include <array>
#include <iterator>

namespace SocketIo::detail {

using namespace Qt::StringLiterals;

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

quint32 crc32(const QByteArray &data)
{
    static const auto table = [] {
        std::array<quint32, 256> values{};
        for (quint32 i = 0; i < 256; ++i) {
            quint32 value = i;
            for (int bit = 0; bit < 8; ++bit)
                value = (value & 1) ? (value >> 1) ^ 0xEDB88320u : value >> 1;
            values[i] = value;
        }
        return values;
    }();
    quint32 crc = 0xFFFFFFFFu;
    for (const char byte : data)
        crc = (crc >> 8) ^ table[(crc ^ quint8(byte)) & 0xFF];
    return ~crc;
}

// The zlib stream that HTTP calls "deflate"; qCompress() puts a length in front of it.
QByteArray zlibStream(const QByteArray &data)
{
    return qCompress(data, 9).sliced(4);
}

// The same compressed data between gzip's header and trailer.
QByteArray gzipStream(const QByteArray &data)
{
    const QByteArray zlib = zlibStream(data);
    QByteArray result("\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\xff", 10);
    result += QByteArrayView(zlib).sliced(2).chopped(4);
    char trailer[8];
    qToLittleEndian(crc32(data), trailer);
    qToLittleEndian(quint32(data.size()), trailer + 4);
    return result.append(trailer, 8);
}

bool matchesTag(const QByteArray &condition, const QByteArray &etag)
{
    const QList<QByteArray> tags = condition.split(',');
    return std::any_of(tags.cbegin(), tags.cend(), [&etag](const QByteArray &item) {
        QByteArray tag = item.trimmed();
        if (tag.startsWith("W/"))
            tag.remove(0, 2);
        return tag == etag || tag == "*";
    });
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
    File *found = file(path.sliced(m_prefix.size()));
    if (!found)
        return std::nullopt;

    EngineIo::HttpResponse response(200);
    response.headers().set("Cache-Control"_ba, "public, max-age=0"_ba);
    response.headers().set("ETag"_ba, found->etag);
    response.headers().set("Vary"_ba, "Accept-Encoding"_ba);
    if (matchesTag(request.header("if-none-match"), found->etag)) {
        response.setStatus(304);
        return response;
    }
    response.headers().set("Content-Type"_ba, found->type);
    if (request.headers().hasToken("accept-encoding", "gzip")) {
        if (found->gzip.isEmpty())
            found->gzip = gzipStream(found->body);
        response.headers().set("Content-Encoding"_ba, "gzip"_ba);
        response.setBody(found->gzip);
    } else if (request.headers().hasToken("accept-encoding", "deflate")) {
        if (found->deflate.isEmpty())
            found->deflate = zlibStream(found->body);
        response.headers().set("Content-Encoding"_ba, "deflate"_ba);
        response.setBody(found->deflate);
    } else {
        response.setBody(found->body);
    }
    return response;
}

ClientFiles::File *ClientFiles::file(const QByteArray &name)
{
    const bool isKnown = std::any_of(std::begin(FileNames), std::end(FileNames),
                                     [&name](const char *known) { return name == known; });
    if (!isKnown)
        return nullptr;
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
        } else {
            qCWarning(lcServer).noquote()
                << "cannot serve" << source.fileName() << "-" << source.errorString();
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
