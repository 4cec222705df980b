// SPDX-License-Identifier: MIT
#ifndef ENGINEIO_STATICFILES_P_H
#define ENGINEIO_STATICFILES_P_H

#include <EngineIo/httprequest.h>
#include <EngineIo/httpresponse.h>

#include <QtCore/qstring.h>

namespace EngineIo::detail {

// Answers requests with the files of a folder: a page, its styles and scripts. A file is read each
// time it is requested, unless the browser has the current one already.
class ENGINEIO_EXPORT StaticFiles
{
public:
    // Without a folder, there are no files.
    explicit StaticFiles(const QString &folder)
        : m_folder(folder)
    {
    }

    // path is the part of the URL's path that names the file, still percent-encoded. A folder stands
    // for the index.html in it.
    HttpResponse answer(const HttpRequest &request, const QByteArray &path) const;

private:
    QString fileFor(const QByteArray &path) const;

    QString m_folder;
};

// Returns a response for content with this entity tag, which is in quotes: with status 304 if the
// client has that content already, otherwise for the caller to complete.
ENGINEIO_EXPORT HttpResponse conditionalResponse(const HttpRequest &request,
                                                 const QByteArray &etag);

} // namespace EngineIo::detail

#endif
