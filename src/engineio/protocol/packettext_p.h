// SPDX-License-Identifier: MIT
#ifndef ENGINEIO_PACKETTEXT_P_H
#define ENGINEIO_PACKETTEXT_P_H

#include <QtCore/qbytearrayview.h>
#include <QtCore/qstring.h>

#include <algorithm>

namespace EngineIo::detail {

// What a packet carries, as the log shows it: cut, with the size of the whole.
inline QString packetDataText(QByteArrayView data, bool binary)
{
    constexpr qsizetype MaxShown = 200;
    if (binary)
        return QStringLiteral("(binary, %1 bytes)").arg(data.size());
    const QString shown = QString::fromUtf8(data.first(std::min(data.size(), MaxShown)));
    return data.size() > MaxShown ? shown + QStringLiteral("... (%1 bytes)").arg(data.size())
                                  : shown;
}

// The beginning of what cannot be understood, for warnings.
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
