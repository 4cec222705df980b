// SPDX-License-Identifier: MIT
#ifndef ENGINEIO_RESPONSEWRITER_P_H
#define ENGINEIO_RESPONSEWRITER_P_H

#include <EngineIo/engineioglobal.h>
#include <EngineIo/httprequest.h>
#include <EngineIo/httpresponse.h>

#include <chrono>

namespace EngineIo::detail {

// Returns the bytes that answer the request. The writer sets the headers for the length and the
// connection itself; those of the response are used only where the writer cannot know better (101,
// Upgrade, HEAD, 204, 304). If the connection is kept open, the response says for how long, provided
// that keepAliveTimeout is a second or more.
ENGINEIO_EXPORT QByteArray serializeResponse(const HttpRequest &request,
                                             const HttpResponse &response, bool keepAlive,
                                             std::chrono::milliseconds keepAliveTimeout = {});

// Returns the length to announce; null for none.
ENGINEIO_EXPORT QByteArray contentLength(const HttpRequest &request, const HttpResponse &response,
                                         int status);

// Returns the standard phrase for a status; "Unknown" if there is none.
ENGINEIO_AUTOTEST_EXPORT QByteArrayView reasonPhrase(int status);

} // namespace EngineIo::detail

#endif
