// SPDX-License-Identifier: MIT
#ifndef ENGINEIO_HTTP2HEAD_P_H
#define ENGINEIO_HTTP2HEAD_P_H

#include "net/http/requestparser_p.h"

#include <EngineIo/http2global.h>

#include <QtCore/qbytearrayview.h>

namespace EngineIo::detail {

// Makes a request of the fields that HTTP/2 has in place of a request line and headers. nghttp2 has
// checked them by its rules; here they are checked as HTTP/1.1's are.
class ENGINEIO_HTTP2_AUTOTEST_EXPORT Http2Head
{
public:
    explicit Http2Head(const HttpLimits &limits);

    // False if there is so much of it that reading on to the end costs too much.
    bool add(QByteArrayView name, QByteArrayView value);
    // The request, or the status to refuse it with; 0 if it is fine. To be called once.
    int finish(HttpRequest *request);

    // Bytes of what is kept.
    qsizetype size() const noexcept { return m_size; }
    // A WebSocket's handshake. The request is the one that HTTP/1.1 has for it.
    bool isWebSocket() const noexcept { return m_webSocket; }
    // What the request says that its body has; -1 if it does not.
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
    bool m_webSocket = false;
    bool m_expectsContinue = false;
};

} // namespace EngineIo::detail

#endif
