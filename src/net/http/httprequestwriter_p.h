// SPDX-License-Identifier: MIT
#ifndef ENGINEIO_HTTPREQUESTWRITER_P_H
#define ENGINEIO_HTTPREQUESTWRITER_P_H

#include <EngineIo/httprequest.h>

namespace EngineIo::detail {

// Fills in a request, which applications can only read.
class ENGINEIO_EXPORT HttpRequestWriter
{
public:
    explicit HttpRequestWriter(HttpRequest &request)
        : m_request(request)
    {
    }

    // target is the path and the query.
    void setRequestLine(const QByteArray &method, const QByteArray &target, int minorVersion,
                        int majorVersion = 1);
    void setHeaders(const HttpHeaders &headers);
    void setBody(const QByteArray &body);
    void setAttributes(const QVariantMap &attributes);
    void setPeer(const QHostAddress &address, quint16 port);
    void setSecure(bool secure);
    // Marks the connection as encrypted. The certificate may be null.
    void setSecure(const QSslCertificate &peerCertificate);

private:
    HttpRequest &m_request;
};

} // namespace EngineIo::detail

#endif
