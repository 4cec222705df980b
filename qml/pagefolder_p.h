// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_PAGEFOLDER_P_H
#define SOCKETIO_PAGEFOLDER_P_H

#include <EngineIo/HttpRequest>
#include <EngineIo/HttpResponse>

#include <QtCore/qstring.h>

namespace SocketIo::detail {

// Answers requests with the files of a folder: a page, its styles and scripts. Each file is read
// when it is asked for.
class PageFolder
{
public:
    explicit PageFolder(const QString &folder)
        : m_folder(folder)
    {
    }

    EngineIo::HttpResponse answer(const EngineIo::HttpRequest &request) const;

private:
    QString fileFor(const QByteArray &path) const; // empty: none

    QString m_folder;
};

} // namespace SocketIo::detail

#endif
