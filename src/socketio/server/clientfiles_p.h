// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_CLIENTFILES_P_H
#define SOCKETIO_CLIENTFILES_P_H

#include <SocketIo/socketioglobal.h>

#include <EngineIo/HttpRequest>
#include <EngineIo/HttpResponse>

#include <QtCore/qbytearray.h>
#include <QtCore/qhash.h>
#include <QtCore/qstring.h>

#include <optional>

namespace SocketIo::detail {

// Serves the client's JavaScript files from a folder. Each is read once.
class SOCKETIO_AUTOTEST_EXPORT ClientFiles
{
public:
    // path: what the files' paths begin with, without a slash at the end.
    ClientFiles(const QString &folder, const QByteArray &path);

    // 404 for a file of the client that is not there; nothing if the request is for something else.
    std::optional<EngineIo::HttpResponse> answer(const EngineIo::HttpRequest &request);
    // Says that the folder, if there is one, has no file to serve.
    void warnIfNone() const;

private:
    struct File
    {
        QByteArray body;
        QByteArray gzip;    // made when first asked for
        QByteArray deflate; // likewise
        QByteArray type;
        QByteArray etag; // quoted
    };

    File *file(const QByteArray &name);
    QByteArray packageVersion() const;
    QString reasonForNone() const;

    const QString m_folder;
    const QByteArray m_prefix;
    QHash<QByteArray, std::optional<File>> m_files; // empty: there is no such file
    bool m_missed = false; // a browser has asked although there is no folder
};

} // namespace SocketIo::detail

#endif
