// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_ADMINPAGE_P_H
#define SOCKETIO_ADMINPAGE_P_H

#include "net/http/staticfiles_p.h"

#include <SocketIo/adminuiglobal.h>

#include <EngineIo/HttpRequest>
#include <EngineIo/HttpResponse>

#include <QtCore/qstring.h>

#include <optional>

namespace SocketIo::detail {

// Serves the pages of the Admin UI under a path.
class SOCKETIO_ADMINUI_AUTOTEST_EXPORT AdminPage
{
public:
    AdminPage(const QString &folder, const QString &path);

    // Returns nothing if the request is for something else.
    std::optional<EngineIo::HttpResponse> answer(const EngineIo::HttpRequest &request) const;

private:
    const EngineIo::detail::StaticFiles m_files;
    const bool m_hasFolder;
    const QByteArray m_path; // with a slash at both ends
};

} // namespace SocketIo::detail

#endif
