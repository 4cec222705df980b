// SPDX-License-Identifier: MIT
#ifndef ENGINEIO_CORS_P_H
#define ENGINEIO_CORS_P_H

#include <EngineIo/corsoptions.h>
#include <EngineIo/engineioglobal.h>
#include <EngineIo/httpheaders.h>
#include <EngineIo/httprequest.h>

namespace EngineIo::detail {

enum class CorsDecision {
    Allowed,
    Refused,
    Ask, // the application's function decides
};

ENGINEIO_AUTOTEST_EXPORT CorsDecision matchOrigin(const CorsOptions &options,
                                                  const QString &requestOrigin);

// Returns the CORS headers for the answer to a request, which may be a preflight.
ENGINEIO_AUTOTEST_EXPORT HttpHeaders corsHeaders(const CorsOptions &options,
                                                 const HttpRequest &request, bool allowed,
                                                 bool preflight);

// Whether a preflight is answered with these headers alone, instead of being handled like any other
// request.
ENGINEIO_AUTOTEST_EXPORT bool answersPreflight(const CorsOptions &options, bool allowed);

} // namespace EngineIo::detail

#endif
