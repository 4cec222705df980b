// SPDX-License-Identifier: MIT
#ifndef ENGINEIO_HTTPRESPONSE_H
#define ENGINEIO_HTTPRESPONSE_H

#include <EngineIo/engineioglobal.h>
#include <EngineIo/httpheaders.h>

#include <QtCore/qbytearray.h>

#include <functional>

namespace EngineIo {

class ENGINEIO_EXPORT HttpResponse
{
public:
    HttpResponse() = default;
    explicit HttpResponse(int statusCode)
        : m_status(statusCode)
    {
    }
    HttpResponse(int statusCode, const QByteArray &contentType, const QByteArray &body);

    int status() const noexcept { return m_status; }
    void setStatus(int status) noexcept { m_status = status; }
    HttpHeaders &headers() noexcept { return m_headers; }
    const HttpHeaders &headers() const noexcept { return m_headers; }
    const QByteArray &body() const noexcept { return m_body; }
    void setBody(const QByteArray &body) { m_body = body; }
    bool closesConnection() const noexcept { return m_close; }
    void setClosesConnection(bool close) noexcept { m_close = close; }

private:
    int m_status = 200;
    HttpHeaders m_headers;
    QByteArray m_body;
    bool m_close = false;
};

// Sends the response to a request. Must be called once, in the server's thread.
using HttpResponder = std::function<void(const HttpResponse &)>;

} // namespace EngineIo

#endif
