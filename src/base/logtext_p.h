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
    return QStringLiteral("%1... (%2 characters)").arg(text.left(size)).arg(text.size());
}

inline bool isPrintable(QChar c)
{
    return c.category() != QChar::Other_Control && c != QChar::LineSeparator
        && c != QChar::ParagraphSeparator;
}

// Returns text as one line of the log, so that no part of it, which may be a peer's, looks like
// another line, or fills the log.
inline QString logLine(const QString &text)
{
    constexpr qsizetype MaxSize = 2000;
    const QString line = shortened(text, MaxSize);
    if (std::all_of(line.cbegin(), line.cend(), isPrintable))
        return line;
    QString escaped;
    escaped.reserve(line.size() + 16);
    for (const QChar c : line) {
        if (isPrintable(c))
            escaped += c;
        else if (c == u'\n')
            escaped += QStringLiteral("\\n");
        else
            escaped += QStringLiteral("\\u%1").arg(uint(c.unicode()), 4, 16, QLatin1Char('0'));
    }
    return escaped;
}

} // namespace EngineIo::detail

#endif
