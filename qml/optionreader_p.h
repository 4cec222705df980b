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

// Takes one option after the other out of a map; what is left over in the end has no meaning.
class OptionReader
{
public:
    OptionReader(const QVariantMap &map, const QObject *object)
        : m_rest(map)
        , m_object(object)
    {
    }
    ~OptionReader()
    {
        for (auto it = m_rest.cbegin(); it != m_rest.cend(); ++it)
            detail::warn(m_object, u"There is no option \"%1\""_s.arg(it.key()));
    }
    Q_DISABLE_COPY_MOVE(OptionReader)

    template<typename T>
    void read(const QString &name, T *option)
    {
        const std::optional<QVariant> value = take(name);
        if (value && !assign(*value, option))
            detail::warn(m_object, u"The option \"%1\" has a wrong value"_s.arg(name));
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
            detail::warn(m_object, u"The option \"%1\" has a wrong value"_s.arg(name));
    }
    std::optional<QVariant> take(const QString &name)
    {
        const auto it = m_rest.find(name);
        if (it == m_rest.end())
            return std::nullopt;
        const QVariant value = *it;
        m_rest.erase(it);
        return value;
    }
    const QObject *object() const { return m_object; }

private:
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
    const QObject *m_object;
};

} // namespace SocketIo::detail

#endif
