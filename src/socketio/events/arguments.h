// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_ARGUMENTS_H
#define SOCKETIO_ARGUMENTS_H

#include <SocketIo/socketioglobal.h>

#include <QtCore/qbytearray.h>
#include <QtCore/qflags.h>
#include <QtCore/qhash.h>
#include <QtCore/qjsonvalue.h>
#include <QtCore/qlist.h>
#include <QtCore/qmap.h>
#include <QtCore/qmetatype.h>
#include <QtCore/qstring.h>
#include <QtCore/qstringlist.h>
#include <QtCore/qvariant.h>

#include <cstddef>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

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

template<typename T>
struct IsOptional : std::false_type
{
};
template<typename T>
struct IsOptional<std::optional<T>> : std::true_type
{
};

template<typename T>
struct IsFlags : std::false_type
{
};
template<typename T>
struct IsFlags<QFlags<T>> : std::true_type
{
};

template<typename T, typename = void>
struct IsRange : std::false_type
{
};
template<typename T>
struct IsRange<T,
               std::void_t<decltype(std::begin(std::declval<const T &>())),
                           decltype(std::end(std::declval<const T &>()))>> : std::true_type
{
};

template<typename T, typename = void>
struct IsMap : std::false_type
{
};
template<typename T>
struct IsMap<T, std::void_t<typename T::key_type, typename T::mapped_type>> : IsRange<T>
{
};

template<typename T, typename = void>
struct HasKeyValueRange : std::false_type
{
};
template<typename T>
struct HasKeyValueRange<T, std::void_t<decltype(std::declval<const T &>().keyValueBegin())>>
    : std::true_type
{
};

template<typename T, typename = void>
struct HasPushBack : std::false_type
{
};
template<typename T>
struct HasPushBack<
    T, std::void_t<decltype(std::declval<T &>().push_back(std::declval<typename T::value_type>()))>>
    : std::true_type
{
};

template<typename T, typename... Types>
constexpr bool isAnyOf = (std::is_same_v<T, Types> || ...);

// Types that a QVariant of the same type stands for, whatever else they look like.
template<typename T>
constexpr bool isPlainArgument =
    isAnyOf<T, QString, QByteArray, QVariantList, QVariantMap, QVariantHash, QStringList>;

template<typename T>
constexpr bool isCharString = std::is_convertible_v<const T &, const char *> && !isPlainArgument<T>;

template<typename T>
constexpr bool isTextArgument =
    std::disjunction_v<std::is_convertible<const T &, QString>,
                       std::is_convertible<const T &, QStringView>, std::is_same<T, QByteArrayView>,
                       std::is_same<T, std::string>>;

template<typename T>
constexpr bool isJsonArgument = std::is_convertible_v<const T &, QJsonValue>;

template<typename T>
constexpr bool isMapArgument = IsMap<T>::value && !(isPlainArgument<T> || isJsonArgument<T>);

template<typename T>
constexpr bool isListArgument = IsRange<T>::value
    && !(IsMap<T>::value || isPlainArgument<T> || isTextArgument<T> || isJsonArgument<T>);

template<typename T>
QVariantMap mapToArgument(const T &map)
{
    QVariantMap result;
    if constexpr (HasKeyValueRange<T>::value) {
        for (auto it = map.keyValueBegin(); it != map.keyValueEnd(); ++it)
            result.insert(toArgument((*it).first).toString(), toArgument((*it).second));
    } else {
        for (const auto &item : map)
            result.insert(toArgument(item.first).toString(), toArgument(item.second));
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
    *result = std::move(converted);
    return true;
}

} // namespace detail

// The value as an argument of an event or acknowledgement.
template<typename T>
QVariant toArgument(const T &value)
{
    if constexpr (std::is_same_v<T, QVariant>) {
        return value;
    } else if constexpr (detail::isAnyOf<T, std::nullptr_t, std::nullopt_t>) {
        return QVariant::fromValue(nullptr);
    } else if constexpr (detail::IsOptional<T>::value) {
        return value ? toArgument(*value) : QVariant::fromValue(nullptr);
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
    } else if constexpr (std::is_convertible_v<const T &, QString>) {
        return QVariant(static_cast<QString>(value));
    } else if constexpr (std::is_convertible_v<const T &, QStringView>) {
        return QVariant(QStringView(value).toString());
    } else if constexpr (detail::isJsonArgument<T>) {
        return QVariant::fromValue(static_cast<QJsonValue>(value));
    } else if constexpr (detail::isMapArgument<T>) {
        return QVariant(detail::mapToArgument(value));
    } else if constexpr (detail::isListArgument<T>) {
        return QVariant(detail::listToArgument(value));
    } else {
        static_assert(!std::is_pointer_v<T>, "a pointer is not data: send the values behind it");
        return QVariant::fromValue(value);
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

// Answers whether the argument fits *result, which is left as it was if it doesn't.
template<typename T>
bool fromArgument(const QVariant &value, T *result)
{
    static_assert(!std::is_pointer_v<T>, "an argument is a value, never a pointer");
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
