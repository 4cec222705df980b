// SPDX-License-Identifier: MIT
#ifndef ENGINEIO_COOKIEOPTIONS_H
#define ENGINEIO_COOKIEOPTIONS_H

#include <EngineIo/engineioglobal.h>

#include <QtCore/qdatetime.h>
#include <QtCore/qstring.h>

#include <chrono>
#include <optional>

namespace EngineIo {

// The cookie that carries the session id, for load balancers (Engine.IO: cookie).
struct CookieOptions
{
    enum class SameSite { Unset, Lax, Strict, None };

    QString name = QStringLiteral("io");
    QString path = QStringLiteral("/"); // empty: no Path attribute
    QString domain;
    bool httpOnly = true;
    bool secure = false;
    SameSite sameSite = SameSite::Lax;
    std::optional<std::chrono::seconds> maxAge;
    QDateTime expires;
};

} // namespace EngineIo

#endif
