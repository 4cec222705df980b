// SPDX-License-Identifier: MIT
#ifndef ENGINEIO_HTTP2HEAD_P_H
#define ENGINEIO_HTTP2HEAD_P_H

#include "net/http/requestparser_p.h"

#include <EngineIo/http2global.h>

#include <QtCore/qbytearrayview.h>

namespace EngineIo::detail {

// Builds a request from the fields that HTTP/2 has instead of a request line and headers. nghttp2
// has checked them by the rules of HTTP/2; here they are checked by the rules for HTTP/1.1.
class ENGINEIO_HTTP2_AUTOTEST_EXPORT Http2Head
{
public:
    explicit Http2Head(const HttpLimits &limits);

    // Returns false if the fields are so large that reading on to their end would cost too much.
    bool add(QByteArrayView name, QByteArrayView value);
    // Writes the request and returns 0, or returns the status to refuse it with. To be called once.
    int finish(HttpRequest *request);

    // The number of bytes of the fields.
    qsizetype size() const noexcept { return m_size; }
    // The length of the body according to the request; -1 if it does not say.
    qint64 contentLength() const noexcept { return m_contentLength; }
    bool expectsContinue() const noexcept { return m_expectsContinue; }

private:
    int check() const;
    void makeWebSocketHandshake();

    HttpLimits m_limits;
    QByteArray m_method;
    QByteArray m_target;
    QByteArray m_authority;
    QByteArray m_protocol;
    QByteArray m_cookie;
    HttpHeaders m_headers;
    qsizetype m_size = 0;
    qint64 m_contentLength = -1;
    int m_count = 0;
    bool m_tooLarge = false;
    bool m_invalid = false;
    bool m_expectsContinue = false;
};

} // namespace EngineIo::detail

#endif
