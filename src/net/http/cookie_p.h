// SPDX-License-Identifier: MIT
#ifndef ENGINEIO_COOKIE_P_H
#define ENGINEIO_COOKIE_P_H

#include <EngineIo/cookieoptions.h>
#include <EngineIo/engineioglobal.h>

#include <QtCore/qbytearray.h>

namespace EngineIo::detail {

// Returns the value of Set-Cookie. If an option is not valid in a cookie, returns null and logs a
// warning.
ENGINEIO_AUTOTEST_EXPORT QByteArray sessionCookie(const CookieOptions &options, const QString &sid);

} // namespace EngineIo::detail

#endif
