// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_ARGUMENTS_H
#define SOCKETIO_ARGUMENTS_H

#include <SocketIo/argumenttraits.h>
#include <SocketIo/socketioglobal.h>

#include <QtCore/qdatetime.h>
#include <QtCore/qhash.h>
#include <QtCore/qlist.h>
#include <QtCore/qmap.h>
#include <QtCore/qnumeric.h>

#include <chrono>
#include <cmath>
#include <iterator>
#include <optional>
#include <ratio>
#include <variant>

namespace SocketIo {

template<typename T>
QVariant toArgument(const T &value);
template<typename T>
bool fromArgument(const QVariant &value, T *result);

namespace detail {

SOCKETIO_EXPORT bool isNullArgument(const QVariant &value);
// The conversions below leave *result alone or half written when they fail.
SOCKETIO_EXPORT bool convertArgument(const QVariant &value, QMetaType type, void *result);
SOCKETIO_EXPORT bool convertArgumentToList(const QVariant &value, QVariantList *result);
SOCKETIO_EXPORT bool convertArgumentToMap(const QVariant &value, QVariantMap *result);
// The name of a member: only a text, a number or an enumeration has one.
SOCKETIO_EXPORT QString keyToArgument(const QVariant &key);
// Adds a member. If there is one with this name already, it is replaced, with a warning.
SOCKETIO_EXPORT void insertMember(QVariantMap *map, const QString &name, const QVariant &value);

template<typename K>
QString keyText(const K &key)
{
    constexpr bool hasText =
        isTextArgument<K> || std::is_arithmetic_v<K> || std::is_enum_v<K> || IsFlags<K>::value
        || isAnyOf<K, QString, QByteArray, QChar, QUrl, QUuid, QDate, QTime, QDateTime, QLocale,
                   QVariant>;
    static_assert(hasText,
                  "the keys of a map become the names of an object's members: they must be texts, "
                  "numbers, enumerations, or one of Qt's types with a text, such as QUuid");
    return keyToArgument(toArgument(key));
}

template<typename T>
QVariantMap mapToArgument(const T &map)
{
    QVariantMap result;
    if constexpr (HasKeyValueRange<T>::value) {
        for (auto it = map.keyValueBegin(); it != map.keyValueEnd(); ++it)
            insertMember(&result, keyText((*it).first), toArgument((*it).second));
    } else {
        for (const auto &item : map)
            insertMember(&result, keyText(item.first), toArgument(item.second));
    }
    return result;
}

template<typename T>
QVariantList listToArgument(const T &list)
{
    QVariantList result;
    result.reserve(qsizetype(std::distance(std::begin(list), std::end(list))));
    using Value = typename std::iterator_traits<decltype(std::begin(list))>::value_type;
    for (const auto &item : list)
        result.append(toArgument<Value>(item));
    return result;
}

template<typename T>
bool listFromArgument(const QVariant &value, T *result)
{
    QVariantList list;
    if (!convertArgumentToList(value, &list))
        return false;
    T converted;
    for (const QVariant &item : std::as_const(list)) {
        typename T::value_type element{};
        if (!fromArgument(item, &element))
            return false;
        if constexpr (HasPushBack<T>::value)
            converted.push_back(std::move(element));
        else
            converted.insert(std::move(element));
    }
    *result = std::move(converted);
    return true;
}

template<typename T, std::size_t... I>
bool tupleFromArgument(const QVariant &value, T *result, std::index_sequence<I...>)
{
    QVariantList list;
    if (!convertArgumentToList(value, &list) || list.size() != qsizetype(sizeof...(I)))
        return false;
    T converted{};
    if (!(fromArgument(list.at(qsizetype(I)), &std::get<I>(converted)) && ...))
        return false;
    *result = std::move(converted);
    return true;
}

template<typename... T>
bool variantFromArgument(const QVariant &value, std::variant<T...> *result)
{
    const auto take = [&](auto alternative) {
        if constexpr (std::is_same_v<decltype(alternative), std::monostate>) {
            if (!isNullArgument(value))
                return false;
        } else if (!fromArgument(value, &alternative)) {
            return false;
        }
        *result = std::move(alternative);
        return true;
    };
    return (take(T{}) || ...);
}

// How many ticks of a duration a millisecond has, as a fraction.
template<typename Period>
using TicksPerMillisecond = std::ratio_divide<std::milli, Period>;

// Milliseconds, whole ones with all their digits; those beyond 64 bits, as hours::max() has, are not
// exact.
template<typename Rep, typename Period>
QVariant durationToArgument(std::chrono::duration<Rep, Period> time)
{
    if constexpr (std::is_integral_v<Rep>) {
        using Ticks = TicksPerMillisecond<Period>;
        qint64 count = 0;
        if (fromArgument(toArgument(time.count()), &count)
            && !qMulOverflow(count, qint64(Ticks::den), &count) && count % Ticks::num == 0) {
            return QVariant(count / qint64(Ticks::num));
        }
    }
    return QVariant(std::chrono::duration<double, std::milli>(time).count());
}

// The number of ticks that is as many milliseconds: of a fraction the nearest, if that is sent as the
// same fraction.
template<typename Period>
bool ticksFromArgument(const QVariant &value, qint64 *ticks)
{
    using Ticks = TicksPerMillisecond<Period>;
    qint64 whole = 0;
    if (fromArgument(value, &whole)) {
        const bool isTooGreat = qMulOverflow(whole, qint64(Ticks::num), &whole);
        *ticks = whole / qint64(Ticks::den);
        return !isTooGreat && whole % Ticks::den == 0;
    }
    double count = 0;
    if (!fromArgument(value, &count)
        || !fromArgument(QVariant(std::round(count * Ticks::num / Ticks::den)), ticks)) {
        return false;
    }
    const std::chrono::duration<qint64, Period> nearest(*ticks);
    return std::chrono::duration<double, std::milli>(nearest).count() == count;
}

template<typename Duration>
bool durationFromArgument(const QVariant &value, Duration *result)
{
    using Rep = typename Duration::rep;
    using Period = typename Duration::period;
    if (isNullArgument(value))
        return false;
    if constexpr (std::is_integral_v<Rep>) {
        qint64 ticks = 0;
        Rep count = 0;
        if (!ticksFromArgument<Period>(value, &ticks) || !fromArgument(QVariant(ticks), &count))
            return false;
        *result = Duration(count);
    } else {
        double count = 0;
        if (!fromArgument(value, &count))
            return false;
        const std::chrono::duration<double, std::milli> time(count);
        *result = Duration(Rep(std::chrono::duration<double, Period>(time).count()));
    }
    return true;
}

template<typename T>
bool mapFromArgument(const QVariant &value, T *result)
{
    QVariantMap map;
    if (!convertArgumentToMap(value, &map))
        return false;
    T converted;
    for (auto it = map.cbegin(); it != map.cend(); ++it) {
        typename T::key_type key{};
        if (!fromArgument(QVariant(it.key()), &key)
            || !fromArgument(it.value(), &converted[std::move(key)])) {
            return false;
        }
    }
    // Several names may be the same key, as "1" and "01" are the same number.
    if (std::distance(converted.begin(), converted.end()) != map.size())
        return false;
    *result = std::move(converted);
    return true;
}

} // namespace detail

// The value as an argument of an event or acknowledgement.
template<typename T>
QVariant toArgument(const T &value)
{
    static_assert(!std::is_function_v<T>, "a function is not data: send what it returns");
    if constexpr (std::is_same_v<T, QVariant>) {
        return value;
    } else if constexpr (detail::isAnyOf<T, std::nullptr_t, std::nullopt_t, std::monostate>) {
        return QVariant::fromValue(nullptr);
    } else if constexpr (detail::IsOptional<T>::value) {
        return value ? toArgument(*value) : QVariant::fromValue(nullptr);
        // The order matters: the same is done for other types further down.
        // NOLINTNEXTLINE(bugprone-branch-clone)
    } else if constexpr (detail::isPlainArgument<T> || std::is_same_v<T, bool>) {
        return QVariant::fromValue(value);
    } else if constexpr (detail::IsFlags<T>::value) {
        return toArgument(typename T::Int(value));
    } else if constexpr (std::is_enum_v<T>) {
        return toArgument(static_cast<std::underlying_type_t<T>>(value));
    } else if constexpr (detail::isAnyOf<T, char16_t, QChar, QLatin1Char>) {
        return QVariant(QString(QChar(value)));
    } else if constexpr (std::is_integral_v<T>) {
        if constexpr (std::is_signed_v<T> || sizeof(T) < sizeof(qint64))
            return QVariant(qint64(value));
        else
            return QVariant(quint64(value));
    } else if constexpr (std::is_floating_point_v<T>) {
        return QVariant(double(value));
    } else if constexpr (detail::isCharString<T>) {
        return QVariant(QString::fromUtf8(static_cast<const char *>(value)));
    } else if constexpr (detail::isAnyOf<T, std::string, std::string_view>) {
        return QVariant(QString::fromUtf8(value.data(), qsizetype(value.size())));
    } else if constexpr (std::is_same_v<T, QByteArrayView>) {
        return QVariant(value.toByteArray());
    } else if constexpr (detail::isTextOf<T, wchar_t>) {
        const auto text = detail::textView<wchar_t>(value);
        return QVariant(QString::fromWCharArray(text.data(), qsizetype(text.size())));
    } else if constexpr (detail::isTextOf<T, char32_t>) {
        const auto text = detail::textView<char32_t>(value);
        return QVariant(QString::fromUcs4(text.data(), qsizetype(text.size())));
#ifdef __cpp_char8_t
    } else if constexpr (detail::isUtf8Text<T>) {
        const auto text = detail::textView<char8_t>(value);
        return QVariant(QString::fromUtf8(text.data(), qsizetype(text.size())));
#endif
    } else if constexpr (detail::isAnyOf<T, QUtf8StringView, QAnyStringView>) {
        return QVariant(value.toString());
    } else if constexpr (detail::IsPath<T>::value) {
        return toArgument(static_cast<typename T::string_type>(value));
    } else if constexpr (detail::isWireType<T>()) {
        return QVariant::fromValue(value);
    } else if constexpr (detail::IsDuration<T>::value) {
        return detail::durationToArgument(value);
    } else if constexpr (detail::IsSystemTime<T>::value) {
        const auto time =
            std::chrono::time_point_cast<std::chrono::milliseconds>(value).time_since_epoch();
        return QVariant(QDateTime::fromMSecsSinceEpoch(time.count()));
    } else if constexpr (detail::IsStdVariant<T>::value) {
        return std::visit([](const auto &content) { return toArgument(content); }, value);
    } else if constexpr (detail::IsTuple<T>::value) {
        return std::apply(
            [](const auto &...items) { return QVariant(QVariantList{toArgument(items)...}); },
            value);
    } else if constexpr (std::is_convertible_v<const T &, QString>) {
        return QVariant(static_cast<QString>(value));
    } else if constexpr (std::is_convertible_v<const T &, QStringView>) {
        return QVariant(QStringView(value).toString());
    } else if constexpr (detail::isJsonArgument<T>) {
        return QVariant::fromValue(static_cast<QJsonValue>(value));
    } else if constexpr (detail::isMapArgument<T>) {
        static_assert(!detail::IsMultiMap<T>::value,
                      "an object has one value for each name: send a map of lists");
        return QVariant(detail::mapToArgument(value));
    } else if constexpr (detail::isListArgument<T>) {
        static_assert(!detail::IsFuture<T>::value,
                      "a future has no value yet: send what it gives, when it has finished");
        return QVariant(detail::listToArgument(value));
    } else {
        static_assert(!std::is_pointer_v<T>, "a pointer is not data: send the values behind it");
        if constexpr (detail::IsGadget<T>::value) {
            return QVariant::fromValue(value);
        } else {
            static_assert(
                std::is_convertible_v<const T &, QVariant> && !bool(QMetaTypeId2<T>::IsBuiltIn),
                "a value of this type cannot be sent: make the type a Q_GADGET with "
                "properties, convert it to a QVariantMap, or give it an "
                "operator QVariant() const");
            return QVariant(value);
        }
    }
}

// The values as the arguments of an event or acknowledgement.
template<typename... Args>
QVariantList toArguments(const Args &...args)
{
    QVariantList list;
    list.reserve(qsizetype(sizeof...(Args)));
    (list.append(toArgument(args)), ...);
    return list;
}

// Returns whether the argument fits *result, which is left unchanged if it does not.
template<typename T>
bool fromArgument(const QVariant &value, T *result)
{
    static_assert(!std::is_pointer_v<T>, "an argument is a value, never a pointer");
    static_assert(!detail::isAnyOf<T, QStringView, QLatin1StringView, QUtf8StringView,
                                   QAnyStringView, QByteArrayView, std::string_view>,
                  "a view does not hold the argument: take a QString or QByteArray");
    if constexpr (std::is_same_v<T, QVariant>) {
        *result = value;
        return true;
    } else if constexpr (detail::IsOptional<T>::value) {
        if (detail::isNullArgument(value)) {
            result->reset();
            return true;
        }
        typename T::value_type inner{};
        if (!fromArgument(value, &inner))
            return false;
        *result = std::move(inner);
        return true;
    } else if constexpr (std::is_same_v<T, std::string>) {
        QString text;
        if (!fromArgument(value, &text))
            return false;
        *result = text.toStdString();
        return true;
    } else if constexpr (detail::IsStdVariant<T>::value) {
        return detail::variantFromArgument(value, result);
    } else if constexpr (detail::IsDuration<T>::value) {
        return detail::durationFromArgument(value, result);
    } else if constexpr (detail::IsSystemTime<T>::value) {
        QDateTime time;
        if (!fromArgument(value, &time) || !time.isValid())
            return false;
        *result = T(std::chrono::duration_cast<typename T::duration>(
            std::chrono::milliseconds(time.toMSecsSinceEpoch())));
        return true;
    } else if constexpr (detail::IsTuple<T>::value || detail::IsStdArray<T>::value) {
        return detail::tupleFromArgument(value, result,
                                         std::make_index_sequence<std::tuple_size_v<T>>());
    } else {
        if (value.metaType() == QMetaType::fromType<T>()) {
            *result = *static_cast<const T *>(value.constData());
            return true;
        }
        if constexpr (detail::isMapArgument<T>) {
            return detail::mapFromArgument(value, result);
        } else if constexpr (detail::isListArgument<T>) {
            return detail::listFromArgument(value, result);
        } else {
            T converted{};
            if (!detail::convertArgument(value, QMetaType::fromType<T>(), &converted))
                return false;
            *result = std::move(converted);
            return true;
        }
    }
}

template<typename T>
std::optional<T> fromArgument(const QVariant &value)
{
    T result{};
    if (!fromArgument(value, &result))
        return std::nullopt;
    return result;
}

} // namespace SocketIo

#endif
