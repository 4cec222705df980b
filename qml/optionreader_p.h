// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_OPTIONREADER_P_H
#define SOCKETIO_OPTIONREADER_P_H

#include "jsvalues_p.h"

#include <EngineIo/HttpHeaders>
#include <SocketIo/Arguments>
#include <SocketIo/ClientOptions>
#include <SocketIo/ServerOptions>

#include <QtCore/qobject.h>
#include <QtCore/qvariant.h>
#include <QtNetwork/qnetworkrequest.h>

#include <chrono>
#include <optional>
#include <utility>

namespace SocketIo::detail {

using namespace Qt::StringLiterals;
using EngineIo::TransportType;

// Takes one option after the other out of a map; what is left at the end is not an option.
class OptionReader
{
public:
    OptionReader(const QVariantMap &map, const QObject *object)
        : m_rest(map)
        , m_object(object)
    {
    }
    ~OptionReader() { warnOfUnknown(); }
    Q_DISABLE_COPY_MOVE(OptionReader)

    template<typename T>
    void read(const QString &name, T *option)
    {
        const std::optional<QVariant> value = take(name);
        if (value && !assign(*value, option))
            warnOfValue(name, wish(option));
    }
    // False as in socket.io turns it off.
    template<typename T>
    void read(const QString &name, std::optional<T> *option)
    {
        const std::optional<QVariant> value = take(name);
        T content = option->value_or(T());
        if (!value)
            return;
        if (value->isNull() || (value->typeId() == QMetaType::Bool && !value->toBool()))
            option->reset();
        else if (assign(*value, &content))
            *option = content;
        else
            warnOfValue(name, wish(&content));
    }
    std::optional<QVariant> take(const QString &name)
    {
        m_known.append(name);
        const auto it = m_rest.find(name);
        if (it == m_rest.end())
            return std::nullopt;
        const QVariant value = *it;
        m_rest.erase(it);
        return value;
    }
    // It may be secret, so the warning says what the option takes instead.
    void warnOfValue(const QString &name, const QString &wish) const
    {
        warn(m_object, u"The option \"%1\" has a wrong value. It takes %2"_s.arg(name, wish));
    }
    const QObject *object() const { return m_object; }

private:
    void warnOfUnknown() const;

    // What an option of this type takes.
    template<typename T>
    static QString wish(const T *)
    {
        if constexpr (std::is_same_v<T, bool>)
            return u"true or false"_s;
        else if constexpr (std::is_integral_v<T>)
            return u"a whole number"_s;
        else if constexpr (std::is_floating_point_v<T>)
            return u"a number"_s;
        else if constexpr (std::is_same_v<T, std::chrono::milliseconds>)
            return u"a number of milliseconds"_s;
        else if constexpr (std::is_same_v<T, std::chrono::seconds>)
            return u"a whole number of seconds"_s;
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
                               T,
                               QList<TransportType>> || std::is_same_v<T, EngineIo::TransportTypes>)
            return u"an array of \"polling\" and \"websocket\""_s;
        else if constexpr (std::is_same_v<T, QString> || std::is_same_v<T, QByteArray>)
            return u"a text"_s;
        else
            return u"an array of texts"_s;
    }
    template<typename T>
    static bool assign(const QVariant &value, T *option)
    {
        const std::optional<T> converted = fromArgument<T>(value);
        if (converted)
            *option = *converted;
        return converted.has_value();
    }
    static bool assign(const QVariant &value, std::chrono::milliseconds *option)
    {
        bool isNumber = false;
        const double time = value.toDouble(&isNumber);
        if (isNumber && time >= 0)
            *option = std::chrono::milliseconds(qint64(time));
        return isNumber && time >= 0;
    }
    // As Socket.IO has them, and browsers.
    static bool assign(const QVariant &value, std::chrono::seconds *option)
    {
        const std::optional<qint64> count = fromArgument<qint64>(value);
        if (count && *count >= 0)
            *option = std::chrono::seconds(*count);
        return count && *count >= 0;
    }
    static bool assign(const QVariant &value, EngineIo::ProtocolRevision *option)
    {
        const int revision = value.toInt();
        if (revision != 3 && revision != 4)
            return false;
        *option = EngineIo::ProtocolRevision(revision);
        return true;
    }
    static bool assign(const QVariant &value, EngineIo::TimestampRequests *option)
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
    // As fetch() of browsers has them.
    static bool assign(const QVariant &value, QNetworkRequest::RedirectPolicy *option)
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
    static bool assign(const QVariant &value, EngineIo::Message *option)
    {
        if (value.typeId() == QMetaType::QByteArray)
            *option = EngineIo::Message::fromBinary(value.toByteArray());
        else if (value.typeId() == QMetaType::QString)
            *option = EngineIo::Message::fromText(value.toString());
        else
            return false;
        return true;
    }
    static bool assign(const QVariant &value, EngineIo::CookieOptions::SameSite *option)
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
    static bool assign(const QVariant &value, QVariantMap *option)
    {
        if (!value.canConvert<QVariantMap>())
            return false;
        *option = value.toMap();
        return true;
    }
    static bool assign(const QVariant &value, EngineIo::HttpHeaders *option)
    {
        const QVariantMap map = value.toMap();
        EngineIo::HttpHeaders headers;
        for (auto it = map.cbegin(); it != map.cend(); ++it) {
            if (!headers.append(it.key().toUtf8(), it.value().toString().toUtf8()))
                return false;
        }
        *option = headers;
        return true;
    }
    static bool assign(const QVariant &value, QList<TransportType> *option)
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
        *option = types;
        return !types.isEmpty();
    }
    static bool assign(const QVariant &value, EngineIo::TransportTypes *option)
    {
        QList<TransportType> list;
        if (!assign(value, &list))
            return false;
        *option = {};
        for (const TransportType type : std::as_const(list))
            *option |= type;
        return true;
    }

    QVariantMap m_rest;
    QStringList m_known;
    const QObject *m_object;
};

} // namespace SocketIo::detail

#endif
