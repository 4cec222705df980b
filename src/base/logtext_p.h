// SPDX-License-Identifier: MIT
#ifndef QTSOCKETIO_LOGTEXT_P_H
#define QTSOCKETIO_LOGTEXT_P_H

#include <QtCore/qstring.h>

#include <algorithm>

namespace EngineIo::detail {

// Returns the beginning of what a peer may have chosen, as an event's or a namespace's name.
inline QString shortened(const QString &text, qsizetype size = 100)
{
    if (text.size() <= size)
        return text;
    return QStringLiteral("%1... (%2 characters)")
        .arg(text.left(size), QString::number(text.size()));
}

inline bool isPrintable(QChar c)
{
    const bool turnsText = (c >= QChar(0x202A) && c <= QChar(0x202E))
        || (c >= QChar(0x2066) && c <= QChar(0x2069)); // right to left, or back
    return c.category() != QChar::Other_Control && c != QChar::LineSeparator
        && c != QChar::ParagraphSeparator && !turnsText;
}

// Returns text as one line of the log, so that no part of it, which may be a peer's, looks like
// another line, or fills the log.
inline QString logLine(const QString &text)
{
    constexpr qsizetype MaxSize = 2000;
    if (text.size() <= MaxSize && std::all_of(text.cbegin(), text.cend(), isPrintable))
        return text;
    QString line;
    for (const QChar c : text) {
        if (line.size() >= MaxSize)
            return line + QStringLiteral("... (%1 characters)").arg(text.size());
        if (isPrintable(c))
            line += c;
        else if (c == u'\n')
            line += QStringLiteral("\\n");
        else
            line += QStringLiteral("\\u%1").arg(uint(c.unicode()), 4, 16, QLatin1Char('0'));
    }
    return line;
}

} // namespace EngineIo::detail

#endif
