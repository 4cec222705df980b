// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_ADMINPAGE_P_H
#define SOCKETIO_ADMINPAGE_P_H

#include <SocketIo/adminuiglobal.h>

#include <EngineIo/HttpRequest>
#include <EngineIo/HttpResponse>

#include <QtCore/qstring.h>

#include <optional>

namespace SocketIo::detail {

// Serves the files of a folder under a path.
class SOCKETIO_ADMINUI_AUTOTEST_EXPORT AdminPage
{
public:
    AdminPage(const QString &folder, const QString &path);

    // Returns nothing if the request is for something else.
    std::optional<EngineIo::HttpResponse> answer(const EngineIo::HttpRequest &request) const;

private:
    EngineIo::HttpResponse file(const EngineIo::HttpRequest &request, const QString &name) const;

    const QString m_folder;
    QByteArray m_path; // with a slash at both ends
};

} // namespace SocketIo::detail

#endif
