// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_OPTIONNUMBERS_P_H
#define SOCKETIO_OPTIONNUMBERS_P_H

#include "base/timelimits_p.h"

#include <SocketIo/Arguments>

#include <QtCore/qstring.h>
#include <QtCore/qvariant.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <optional>
#include <type_traits>

namespace SocketIo::detail {

using namespace Qt::StringLiterals;

template<typename T>
constexpr bool isTimeOption =
    std::is_same_v<T, std::chrono::milliseconds> || std::is_same_v<T, std::chrono::seconds>;
template<typename T>
constexpr bool
    isNumberOption = isTimeOption<T> || (std::is_arithmetic_v<T> && !std::is_same_v<T, bool>);

template<typename T>
constexpr T greatestNumber()
{
    if constexpr (isTimeOption<T>)
        return T::max();
    else
        return std::numeric_limits<T>::max();
}

// The range of numbers of an option and, if it is a limit that can be removed, the number for that.
template<typename T>
struct NumberRange
{
    T least = T(0);
    T greatest = greatestNumber<T>();
    std::optional<T> unlimited;
};

// What JavaScript says for no limit.
inline bool isInfinity(const QVariant &value)
{
    return value.typeId() == QMetaType::Double && std::isinf(value.toDouble())
        && value.toDouble() > 0;
}

// A whole number, or one with a fraction of a floating-point type and of milliseconds.
template<typename T>
std::optional<T> numberFromJs(const QVariant &value)
{
    if (value.typeId() == QMetaType::Bool || value.isNull())
        return std::nullopt;
    if constexpr (std::is_same_v<T, std::chrono::milliseconds>) {
        bool isNumber = false;
        const double time = value.toDouble(&isNumber);
        if (!isNumber || !std::isfinite(time))
            return std::nullopt;
        const auto longest = double(EngineIo::detail::LongestTimer.count());
        return T(qint64(std::clamp(time, -longest, longest)));
    } else if constexpr (isTimeOption<T>) {
        // As Socket.IO has them, and browsers.
        const std::optional<qint64> count = fromArgument<qint64>(value);
        return count ? std::optional<T>(T(*count)) : std::nullopt;
    } else {
        return fromArgument<T>(value);
    }
}

// Leaves *option alone if it fails.
template<typename T>
bool assignNumber(const QVariant &value, const NumberRange<T> &range, T *option)
{
    const bool isFalse = value.typeId() == QMetaType::Bool && !value.toBool();
    const std::optional<T> number = numberFromJs<T>(value);
    if (range.unlimited && (isFalse || isInfinity(value) || number == range.unlimited)) {
        *option = *range.unlimited;
        return true;
    }
    // Not a number, which is less than none, is in no range.
    if (!number || !(*number >= range.least && *number <= range.greatest))
        return false;
    *option = *number;
    return true;
}

template<typename T>
QString numberText(T number)
{
    if constexpr (isTimeOption<T>)
        return QString::number(number.count());
    else
        return QString::number(number);
}

// What an option takes, for a warning.
template<typename T>
QString numberWish(const NumberRange<T> &range)
{
    QString text = std::is_floating_point_v<T> ? u"a number"_s : u"a whole number"_s;
    if (std::is_same_v<T, std::chrono::milliseconds>)
        text = u"a number of milliseconds"_s;
    else if (isTimeOption<T>)
        text = u"a whole number of seconds"_s;
    if (range.greatest != greatestNumber<T>())
        text += u" from %1 to %2"_s.arg(numberText(range.least), numberText(range.greatest));
    else
        text += u", %1 or more"_s.arg(numberText(range.least));
    return range.unlimited ? text + u", or false for no limit"_s : text;
}

} // namespace SocketIo::detail

#endif
