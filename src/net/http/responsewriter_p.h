// SPDX-License-Identifier: MIT
#ifndef ENGINEIO_RESPONSEWRITER_P_H
#define ENGINEIO_RESPONSEWRITER_P_H

#include <EngineIo/engineioglobal.h>
#include <EngineIo/httprequest.h>
#include <EngineIo/httpresponse.h>

#include <chrono>

namespace EngineIo::detail {

// The bytes that answer the request. Length and Connection headers are those of the writer: the
// response's own are used only where the writer cannot know better (101, HEAD, 204, 304). A
// connection that is kept says for how long, if keepAliveTimeout is a second or more.
ENGINEIO_AUTOTEST_EXPORT QByteArray
serializeResponse(const HttpRequest &request, const HttpResponse &response, bool keepAlive,
                  std::chrono::milliseconds keepAliveTimeout = {});

// The headers that say where the response ends and what becomes of the connection. One that is
// wrong would make the client take a part of one response for another.
ENGINEIO_EXPORT bool isFramingHeader(QByteArrayView name);

// The length to announce; null for none.
ENGINEIO_EXPORT QByteArray contentLength(const HttpRequest &request, const HttpResponse &response,
                                         int status);

// The standard's phrase for a status; "Unknown" for one that it does not have.
ENGINEIO_AUTOTEST_EXPORT QByteArrayView reasonPhrase(int status);

} // namespace EngineIo::detail

#endif
