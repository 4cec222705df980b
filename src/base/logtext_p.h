// SPDX-License-Identifier: MIT
#ifndef QTSOCKETIO_LOGTEXT_P_H
#define QTSOCKETIO_LOGTEXT_P_H

#include <QtCore/qstring.h>

#include <algorithm>

namespace EngineIo::detail {

// Returns the beginning of a text that a peer may have chosen, such as the name of an event or
// namespace.
inline QString shortened(const QString &text)
{
    constexpr qsizetype MaxSize = 100;
    if (text.size() <= MaxSize)
        return text;
    return QStringLiteral("%1... (%2 characters)")
        .arg(text.left(MaxSize), QString::number(text.size()));
}

inline bool isPrintable(QChar c)
{
    const bool turnsText = (c >= QChar(0x202A) && c <= QChar(0x202E))
        || (c >= QChar(0x2066) && c <= QChar(0x2069)); // right to left, or back
    return c.category() != QChar::Other_Control && c != QChar::LineSeparator
        && c != QChar::ParagraphSeparator && !turnsText;
}

// Returns text as one line for the log. Text from a peer can then neither imitate other lines nor
// fill the log.
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
