// SPDX-License-Identifier: MIT
#ifndef ENGINEIO_PACKETTEXT_P_H
#define ENGINEIO_PACKETTEXT_P_H

#include <QtCore/qbytearrayview.h>
#include <QtCore/qstring.h>

#include <algorithm>

namespace EngineIo::detail {

// The contents of a packet for the log: truncated, with the total size.
inline QString packetDataText(QByteArrayView data, bool binary)
{
    constexpr qsizetype MaxShown = 200;
    if (binary)
        return QStringLiteral("(binary, %1 bytes)").arg(data.size());
    const QString shown = QString::fromUtf8(data.first(std::min(data.size(), MaxShown)));
    return data.size() > MaxShown ? shown + QStringLiteral("... (%1 bytes)").arg(data.size())
                                  : shown;
}

// The beginning of data that cannot be decoded, for warnings.
inline QString packetStartText(QByteArrayView data, bool binary)
{
    constexpr qsizetype MaxShown = 60;
    if (binary || data.size() <= MaxShown)
        return packetDataText(data, binary);
    return QStringLiteral("%1... (%2 bytes)")
        .arg(QString::fromUtf8(data.first(MaxShown)))
        .arg(data.size());
}

} // namespace EngineIo::detail

#endif
