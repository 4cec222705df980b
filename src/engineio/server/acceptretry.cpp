// SPDX-License-Identifier: MIT
#include "engineio/server/acceptretry_p.h"

#include "base/addresstext_p.h"
#include "base/logging_p.h"

namespace EngineIo::detail {

void AcceptWarning::warn(const QHostAddress &address, quint16 port, const QString &reason,
                         Cause cause) const
{
    const QString hint = cause == Cause::Resources
        ? QStringLiteral(
            "New clients wait until a connection ends. Raise the limit of open files (ulimit -n, "
            "LimitNOFILE), or set maxConnections below it.")
        : QStringLiteral("It is tried again.");
    warnIfDue(lcEngine(), m_limit.take(),
              QStringLiteral("Cannot accept connections on %1: %2. %3")
                  .arg(addressText(address, port), reason, hint));
}

} // namespace EngineIo::detail
