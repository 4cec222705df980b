// SPDX-License-Identifier: MIT
#ifndef DATETIMES_H
#define DATETIMES_H

#include <QtCore/qdatetime.h>
#include <QtCore/qtimezone.h>

// With Qt 6.8 the constructors that take a Qt::TimeSpec are deprecated, with 6.4 there is nothing
// else that makes such values directly.
namespace TestSupport {

inline QDateTime utc(QDate date, QTime time)
{
    return QDateTime(date, time, QTimeZone::utc()).toUTC();
}

inline QDateTime withOffset(QDate date, QTime time, int seconds)
{
    return QDateTime(date, time, QTimeZone(seconds)).toOffsetFromUtc(seconds);
}

} // namespace TestSupport

#endif
