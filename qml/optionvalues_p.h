// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_OPTIONVALUES_P_H
#define SOCKETIO_OPTIONVALUES_P_H

#include "optionnumbers_p.h"

#include <EngineIo/HttpHeaders>
#include <SocketIo/Arguments>
#include <SocketIo/ClientOptions>
#include <SocketIo/ServerOptions>

#include <QtCore/qdatetime.h>
#include <QtCore/qmetaobject.h>
#include <QtCore/qvariant.h>
#include <QtNetwork/qnetworkrequest.h>

#include <optional>
#include <utility>

namespace SocketIo::detail {

using namespace Qt::StringLiterals;
using EngineIo::TransportType;

// The names of an enumeration that has the same ones in QML.
template<typename T>
QString namesOf()
{
    const QMetaEnum names = QMetaEnum::fromType<T>();
    QStringList quoted;
    for (int i = 0; i < names.keyCount(); ++i)
        quoted.append(u"\"%1\""_s.arg(QLatin1StringView(names.key(i))));
    return quoted.join(u" or "_s);
}

// What an option of this type takes.
template<typename T>
QString optionWish()
{
    if constexpr (std::is_same_v<T, bool>)
        return u"true or false"_s;
    else if constexpr (isNumberOption<T>)
        return numberWish(NumberRange<T>());
    else if constexpr (std::is_same_v<T, EngineIo::ProtocolRevision>)
        return u"3 or 4"_s;
    else if constexpr (std::is_same_v<T, EngineIo::TimestampRequests>)
        return u"true, false or \"polling\""_s;
    else if constexpr (std::is_same_v<T, QNetworkRequest::RedirectPolicy>)
        return u"\"follow\", \"same-origin\" or \"manual\""_s;
    else if constexpr (std::is_same_v<T, EngineIo::Message>)
        return u"a text or an ArrayBuffer"_s;
    else if constexpr (std::is_same_v<T, EngineIo::CookieOptions::SameSite>)
        return u"\"strict\", \"lax\", \"none\" or false"_s;
    else if constexpr (std::is_same_v<T, EngineIo::HttpHeaders>)
        return u"an object with names and values that HTTP allows"_s;
    else if constexpr (std::is_same_v<T, QVariantMap>)
        return u"an object"_s;
    else if constexpr (std::is_same_v<
                           T, QList<TransportType>> || std::is_same_v<T, EngineIo::TransportTypes>)
        return u"an array of \"polling\" and \"websocket\""_s;
    else if constexpr (std::is_same_v<T, QString>)
        return u"a text"_s;
    else if constexpr (std::is_same_v<T, QDateTime>)
        return u"a Date"_s;
    else if constexpr (std::is_enum_v<T>)
        return namesOf<T>();
    else
        return u"an array of texts"_s;
}

// Each leaves *option alone if the value is wrong, and returns whether it is right.
template<typename T>
bool assignOption(const QVariant &value, T *option)
{
    if constexpr (isNumberOption<T>) {
        return assignNumber(value, NumberRange<T>(), option);
    } else {
        const std::optional<T> converted = fromArgument<T>(value);
        if (converted)
            *option = *converted;
        return converted.has_value();
    }
}
// Numbers and booleans, which have a text as well, are mistakes.
inline bool assignOption(const QVariant &value, QString *option)
{
    if (value.typeId() == QMetaType::QUrl)
        *option = value.toUrl().isLocalFile() ? value.toUrl().toLocalFile() : value.toString();
    else if (value.typeId() == QMetaType::QString)
        *option = value.toString();
    else
        return false;
    return true;
}
inline bool assignOption(const QVariant &value, QStringList *option)
{
    if (value.typeId() != QMetaType::QVariantList && value.typeId() != QMetaType::QStringList)
        return false;
    QStringList texts;
    for (const QVariant &item : value.toList()) {
        if (item.typeId() != QMetaType::QString)
            return false;
        texts.append(item.toString());
    }
    *option = texts;
    return true;
}
inline bool assignOption(const QVariant &value, EngineIo::ProtocolRevision *option)
{
    const int revision = value.toInt();
    if (revision != 3 && revision != 4)
        return false;
    *option = EngineIo::ProtocolRevision(revision);
    return true;
}
inline bool assignOption(const QVariant &value, EngineIo::TimestampRequests *option)
{
    using EngineIo::TimestampRequests;
    if (value.typeId() == QMetaType::Bool)
        *option = value.toBool() ? TimestampRequests::Always : TimestampRequests::Never;
    else if (value.toString() == "polling"_L1)
        *option = TimestampRequests::Polling;
    else
        return false;
    return true;
}
// The values have the names that fetch() of browsers has.
inline bool assignOption(const QVariant &value, QNetworkRequest::RedirectPolicy *option)
{
    const QString name = value.toString();
    if (name == "follow"_L1)
        *option = QNetworkRequest::NoLessSafeRedirectPolicy;
    else if (name == "same-origin"_L1)
        *option = QNetworkRequest::SameOriginRedirectPolicy;
    else if (name == "manual"_L1)
        *option = QNetworkRequest::ManualRedirectPolicy;
    else
        return false;
    return true;
}
inline bool assignOption(const QVariant &value, EngineIo::Message *option)
{
    if (value.typeId() == QMetaType::QByteArray)
        *option = EngineIo::Message::fromBinary(value.toByteArray());
    else if (value.typeId() == QMetaType::QString)
        *option = EngineIo::Message::fromText(value.toString());
    else
        return false;
    return true;
}
inline bool assignOption(const QVariant &value, EngineIo::CookieOptions::SameSite *option)
{
    using SameSite = EngineIo::CookieOptions::SameSite;
    const QString name = value.typeId() == QMetaType::Bool
        ? QString::fromLatin1(value.toBool() ? "strict" : "unset")
        : value.toString().toLower();
    const std::pair<const char *, SameSite> known[] = {{"unset", SameSite::Unset},
                                                       {"lax", SameSite::Lax},
                                                       {"strict", SameSite::Strict},
                                                       {"none", SameSite::None}};
    for (const auto &[text, sameSite] : known) {
        if (name == QLatin1StringView(text)) {
            *option = sameSite;
            return true;
        }
    }
    return false;
}
inline bool assignOption(const QVariant &value, QVariantMap *option)
{
    if (!value.canConvert<QVariantMap>())
        return false;
    *option = value.toMap();
    return true;
}
inline bool assignOption(const QVariant &value, EngineIo::HttpHeaders *option)
{
    if (!value.canConvert<QVariantMap>())
        return false;
    const QVariantMap map = value.toMap();
    EngineIo::HttpHeaders headers;
    for (auto it = map.cbegin(); it != map.cend(); ++it) {
        if (!it.value().canConvert<QString>()
            || !headers.append(it.key().toUtf8(), it.value().toString().toUtf8()))
            return false;
    }
    *option = headers;
    return true;
}
inline bool assignOption(const QVariant &value, QList<TransportType> *option)
{
    const QStringList names = value.toStringList();
    QList<TransportType> types;
    for (const QString &name : names) {
        if (name == "polling"_L1)
            types.append(TransportType::Polling);
        else if (name == "websocket"_L1)
            types.append(TransportType::WebSocket);
        else
            return false;
    }
    if (types.isEmpty())
        return false;
    *option = types;
    return true;
}
inline bool assignOption(const QVariant &value, EngineIo::TransportTypes *option)
{
    QList<TransportType> list;
    if (!assignOption(value, &list))
        return false;
    *option = {};
    for (const TransportType type : std::as_const(list))
        *option |= type;
    return true;
}

} // namespace SocketIo::detail

#endif
