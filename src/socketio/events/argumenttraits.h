// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_ARGUMENTTRAITS_H
#define SOCKETIO_ARGUMENTTRAITS_H

#include <SocketIo/socketioglobal.h>

#include <QtCore/qanystringview.h>
#include <QtCore/qbytearray.h>
#include <QtCore/qflags.h>
#include <QtCore/qjsonvalue.h>
#include <QtCore/qmetatype.h>
#include <QtCore/qstring.h>
#include <QtCore/qstringlist.h>
#include <QtCore/qvariant.h>

#include <chrono>
#include <cstddef>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>

QT_BEGIN_NAMESPACE
template<typename T>
class QFuture;
template<typename Key, typename T>
class QMultiHash;
QT_END_NAMESPACE

// The type traits that <SocketIo/Arguments> uses.
namespace SocketIo::detail {

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

// Containers with several values for a key; an object has one value for each name.
template<typename T, typename = void>
struct IsMultiMap : IsMap<T>
{
};
template<typename T>
struct IsMultiMap<T,
                  std::void_t<decltype(std::declval<T &>()[std::declval<typename T::key_type>()])>>
    : std::false_type
{
};
template<typename K, typename V>
struct IsMultiMap<QMultiHash<K, V>> : std::true_type
{
};

// Looks like a range, and waits for its result when it is read.
template<typename T>
struct IsFuture : std::false_type
{
};
template<typename T>
struct IsFuture<QFuture<T>> : std::true_type
{
};

// Types that are stored in a QVariant without conversion, even if they match another category.
template<typename T>
constexpr bool isPlainArgument =
    isAnyOf<T, QString, QByteArray, QVariantList, QVariantMap, QVariantHash, QStringList>;

// Types of Qt that the wire knows, whether or not they are complete here: the table is in
// doc/src/values.qdoc.
constexpr bool isWireTypeId(int id)
{
    switch (id) {
    case QMetaType::QUrl:
    case QMetaType::QUuid:
    case QMetaType::QDate:
    case QMetaType::QTime:
    case QMetaType::QDateTime:
    case QMetaType::QPoint:
    case QMetaType::QPointF:
    case QMetaType::QSize:
    case QMetaType::QSizeF:
    case QMetaType::QRect:
    case QMetaType::QRectF:
    case QMetaType::QLine:
    case QMetaType::QLineF:
    case QMetaType::QRegularExpression:
    case QMetaType::QLocale:
    case QMetaType::QBitArray:
    case QMetaType::QJsonValue:
    case QMetaType::QJsonObject:
    case QMetaType::QJsonArray:
    case QMetaType::QJsonDocument:
    case QMetaType::QCborValue:
    case QMetaType::QCborArray:
    case QMetaType::QCborMap:
    case QMetaType::QVector2D:
    case QMetaType::QVector3D:
    case QMetaType::QVector4D:
    case QMetaType::QQuaternion:
    case QMetaType::QMatrix4x4:
    case QMetaType::QColor:
    case QMetaType::QFont:
    case QMetaType::QKeySequence:
    case QMetaType::QImage:
    case QMetaType::QPixmap:
    case QMetaType::QBitmap:
        return true;
    default:
        return false;
    }
}

template<typename T>
constexpr bool isWireType()
{
    if constexpr (bool(QMetaTypeId2<T>::IsBuiltIn))
        return isWireTypeId(QMetaTypeId2<T>::MetaType);
    else
        return false;
}

template<typename T, typename = void>
struct IsGadget : std::false_type
{
};
template<typename T>
struct IsGadget<T, std::void_t<decltype(T::staticMetaObject)>>
    : std::bool_constant<!std::is_base_of_v<QObject, T>>
{
};

template<typename T>
struct IsDuration : std::false_type
{
};
template<typename Rep, typename Period>
struct IsDuration<std::chrono::duration<Rep, Period>> : std::true_type
{
};

template<typename T>
struct IsSystemTime : std::false_type
{
};
template<typename Duration>
struct IsSystemTime<std::chrono::time_point<std::chrono::system_clock, Duration>> : std::true_type
{
};

template<typename T>
struct IsStdVariant : std::false_type
{
};
template<typename... T>
struct IsStdVariant<std::variant<T...>> : std::true_type
{
};

// std::pair and std::tuple; a std::array is a range, and a QPoint looks like a pair.
template<typename T, typename = void>
struct IsTuple : std::false_type
{
};
template<typename T>
struct IsTuple<T, std::void_t<decltype(std::tuple_size<T>::value)>>
    : std::bool_constant<!IsRange<T>::value && !isWireType<T>()>
{
};
template<typename T, typename = void>
struct IsStdArray : std::false_type
{
};
template<typename T>
struct IsStdArray<T, std::void_t<decltype(std::tuple_size<T>::value)>> : IsRange<T>
{
};

// A range of itself, as a file's path is: not a list.
template<typename T, typename = void>
struct IsPath : std::false_type
{
};
template<typename T>
struct IsPath<T, std::void_t<typename T::string_type, typename T::value_type>>
    : std::bool_constant<
          std::is_convertible_v<
              const T &, typename T::string_type> && !std::is_convertible_v<const T &, QStringView>>
{
};

template<typename T>
constexpr bool isCharString = std::is_convertible_v<const T &, const char *> && !isPlainArgument<T>;

// Texts of the standard library, and literals, in characters of other sizes than Qt's.
template<typename T, typename Char>
constexpr bool isTextOf = std::is_convertible_v<const T &, std::basic_string_view<Char>>;
template<typename Char, typename T>
std::basic_string_view<Char> textView(const T &text)
{
    if constexpr (std::is_convertible_v<const T &, const Char *>) {
        const Char *characters = text;
        return characters ? std::basic_string_view<Char>(characters)
                          : std::basic_string_view<Char>();
    } else {
        return text;
    }
}
#ifdef __cpp_char8_t
template<typename T>
constexpr bool isUtf8Text = isTextOf<T, char8_t>;
#else
template<typename T>
constexpr bool isUtf8Text = false;
#endif

template<typename T>
constexpr bool isTextArgument =
    std::disjunction_v<std::is_convertible<const T &, QString>,
                       std::is_convertible<const T &, QStringView>, std::is_same<T, QByteArrayView>,
                       std::is_same<T, std::string>, std::is_same<T, std::string_view>,
                       std::is_same<T, QUtf8StringView>, std::is_same<T, QAnyStringView>,
                       IsPath<T>> || isTextOf<T, wchar_t> || isTextOf<T, char32_t> || isUtf8Text<T>;

template<typename T>
constexpr bool isJsonArgument = std::is_convertible_v<const T &, QJsonValue>;

template<typename T>
constexpr bool isMapArgument =
    IsMap<T>::value && !(isPlainArgument<T> || isJsonArgument<T> || isWireType<T>());

template<typename T>
constexpr bool isListArgument = IsRange<T>::value
    && !(IsMap<T>::value
         || isPlainArgument<T> || isTextArgument<T> || isJsonArgument<T> || isWireType<T>());

} // namespace SocketIo::detail

#endif
