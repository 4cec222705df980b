// SPDX-License-Identifier: MIT
#ifndef ENGINEIO_HTTPRESPONSE_H
#define ENGINEIO_HTTPRESPONSE_H

#include <EngineIo/engineioglobal.h>
#include <EngineIo/httpheaders.h>

#include <QtCore/qbytearray.h>
#include <QtCore/qshareddata.h>

#include <functional>

namespace EngineIo {

class HttpResponseData;

class ENGINEIO_EXPORT HttpResponse
{
public:
    HttpResponse();
    explicit HttpResponse(int statusCode);
    HttpResponse(int statusCode, const QByteArray &contentType, const QByteArray &body);
    HttpResponse(const HttpResponse &other);
    HttpResponse(HttpResponse &&other) noexcept;
    HttpResponse &operator=(const HttpResponse &other);
    HttpResponse &operator=(HttpResponse &&other) noexcept;
    ~HttpResponse();

    int status() const noexcept { return m_status; }
    void setStatus(int status) noexcept { m_status = status; }
    HttpHeaders &headers() noexcept { return m_headers; }
    const HttpHeaders &headers() const noexcept { return m_headers; }
    const QByteArray &body() const noexcept { return m_body; }
    void setBody(const QByteArray &body) { m_body = body; }
    bool closesConnection() const;
    void setClosesConnection(bool close);

private:
    // What all responses have is not allocated, since each poll ends with a response.
    int m_status = 200;
    HttpHeaders m_headers;
    QByteArray m_body;
    QSharedDataPointer<HttpResponseData> d; // what few responses have; null: none of it
};

// Sends the response to a request. Must be called once, in the server's thread.
using HttpResponder = std::function<void(const HttpResponse &)>;

} // namespace EngineIo

#endif
