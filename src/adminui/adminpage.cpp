// SPDX-License-Identifier: MIT
#include "adminui/adminpage_p.h"

#include "base/paths_p.h"

namespace SocketIo::detail {

using namespace Qt::StringLiterals;
using EngineIo::HttpRequest;
using EngineIo::HttpResponse;

namespace {

HttpResponse missing(const QByteArray &what)
{
    return HttpResponse(
        404, "text/plain; charset=utf-8"_ba,
        what + " It is the folder ui/dist of the npm package @socket.io/admin-ui.\n");
}

} // namespace

AdminPage::AdminPage(const QString &folder, const QString &path)
    : m_files(folder)
    , m_hasFolder(!folder.isEmpty())
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
    const QByteArray name = path.sliced(m_path.size());
    HttpResponse response = m_files.answer(request, name);
    if (response.status() == 404 && !m_hasFolder)
        return missing(
            "The pages of the Admin UI are not here: AdminUiOptions::pageFolder is not set.");
    if (response.status() == 404 && (name.isEmpty() || name == "index.html"))
        return missing("There is no index.html in AdminUiOptions::pageFolder.");
    response.headers().set("X-Frame-Options"_ba, "DENY"_ba);
    return response;
}

} // namespace SocketIo::detail
