// SPDX-License-Identifier: MIT
#ifndef TESTS_REQUESTS_H
#define TESTS_REQUESTS_H

#include "net/http/httprequestwriter_p.h"

namespace TestSupport {

// A request of HTTP/1.1 without a connection.
inline EngineIo::HttpRequest request(const QByteArray &target,
                                     const EngineIo::HttpHeaders &headers = {},
                                     const QByteArray &method = QByteArrayLiteral("GET"))
{
    EngineIo::HttpRequest request;
    EngineIo::detail::HttpRequestWriter writer(request);
    writer.setRequestLine(method, target, 1);
    writer.setHeaders(headers);
    return request;
}

} // namespace TestSupport

#endif
