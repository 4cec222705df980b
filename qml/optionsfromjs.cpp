// SPDX-License-Identifier: MIT
#include "optionsfromjs_p.h"

#include <SocketIo/Arguments>

#include <QtQml/qqmlinfo.h>

#include <chrono>
#include <optional>

namespace SocketIo::detail {

using namespace Qt::StringLiterals;
using EngineIo::TransportType;

namespace {

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
            qmlWarning(m_object) << u"There is no option \"%1\""_s.arg(it.key());
    }
    Q_DISABLE_COPY_MOVE(OptionReader)

    template<typename T>
    void read(const QString &name, T *option)
    {
        const std::optional<QVariant> value = take(name);
        if (value && !assign(*value, option))
            qmlWarning(m_object) << u"The option \"%1\" has a wrong value"_s.arg(name);
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
            qmlWarning(m_object) << u"The option \"%1\" has a wrong value"_s.arg(name);
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
    static bool assign(const QVariant &value, std::chrono::seconds *option)
    {
        std::chrono::milliseconds time{};
        if (!assign(value, &time))
            return false;
        *option = std::chrono::seconds(time.count());
        return true;
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

EngineIo::CorsOptions corsFromJs(const QVariantMap &map, const QObject *object)
{
    EngineIo::CorsOptions cors;
    OptionReader reader(map, object);
    if (const std::optional<QVariant> origin = reader.take(u"origin"_s)) {
        if (origin->typeId() == QMetaType::QString)
            cors.origin = origin->toString();
        else if (origin->typeId() == QMetaType::Bool)
            cors.origin =
                origin->toBool() ? EngineIo::CorsOrigin::reflect() : EngineIo::CorsOrigin::none();
        else
            cors.origin = origin->toStringList();
    }
    reader.read(u"methods"_s, &cors.methods);
    reader.read(u"allowedHeaders"_s, &cors.allowedHeaders);
    reader.read(u"exposedHeaders"_s, &cors.exposedHeaders);
    reader.read(u"credentials"_s, &cors.credentials);
    reader.read(u"maxAge"_s, &cors.maxAge);
    return cors;
}

} // namespace

ClientOptions clientOptionsFromJs(const QVariantMap &map, const QObject *object)
{
    ClientOptions options;
    OptionReader reader(map, object);
    reader.read(u"path"_s, &options.path);
    reader.read(u"addTrailingSlash"_s, &options.addTrailingSlash);
    reader.read(u"transports"_s, &options.transports);
    reader.read(u"tryAllTransports"_s, &options.tryAllTransports);
    reader.read(u"upgrade"_s, &options.upgrade);
    reader.read(u"rememberUpgrade"_s, &options.rememberUpgrade);
    reader.read(u"query"_s, &options.query);
    reader.read(u"extraHeaders"_s, &options.extraHeaders);
    reader.read(u"withCredentials"_s, &options.withCredentials);
    reader.read(u"forceBase64"_s, &options.forceBase64);
    reader.read(u"timestampParam"_s, &options.timestampParam);
    reader.read(u"protocols"_s, &options.protocols);
    reader.read(u"requestTimeout"_s, &options.requestTimeout);
    reader.read(u"upgradeTimeout"_s, &options.upgradeTimeout);
    reader.read(u"maxReceiveSize"_s, &options.maxReceiveSize);
    reader.read(u"forceNew"_s, &options.forceNew);
    reader.read(u"multiplex"_s, &options.multiplex);
    reader.read(u"reconnection"_s, &options.reconnection);
    reader.read(u"reconnectionAttempts"_s, &options.reconnectionAttempts);
    reader.read(u"reconnectionDelay"_s, &options.reconnectionDelay);
    reader.read(u"reconnectionDelayMax"_s, &options.reconnectionDelayMax);
    reader.read(u"randomizationFactor"_s, &options.randomizationFactor);
    reader.read(u"timeout"_s, &options.timeout);
    reader.read(u"ackTimeout"_s, &options.ackTimeout);
    reader.read(u"retries"_s, &options.retries);
    return options;
}

ServerOptions serverOptionsFromJs(const QVariantMap &map, const QObject *object)
{
    ServerOptions options;
    OptionReader reader(map, object);
    reader.read(u"path"_s, &options.path);
    reader.read(u"addTrailingSlash"_s, &options.addTrailingSlash);
    reader.read(u"pingInterval"_s, &options.pingInterval);
    reader.read(u"pingTimeout"_s, &options.pingTimeout);
    reader.read(u"upgradeTimeout"_s, &options.upgradeTimeout);
    reader.read(u"maxHttpBufferSize"_s, &options.maxHttpBufferSize);
    reader.read(u"transports"_s, &options.transports);
    reader.read(u"allowUpgrades"_s, &options.allowUpgrades);
    reader.read(u"httpCompression"_s, &options.httpCompression);
    reader.read(u"connectTimeout"_s, &options.connectTimeout);
    reader.read(u"serveClient"_s, &options.serveClient);
    reader.read(u"clientFolder"_s, &options.clientFolder);
    reader.read(u"cleanupEmptyChildNamespaces"_s, &options.cleanupEmptyChildNamespaces);
    reader.read(u"maxConnections"_s, &options.maxConnections);
    reader.read(u"requestTimeout"_s, &options.requestTimeout);
    reader.read(u"requestTotalTimeout"_s, &options.requestTotalTimeout);
    reader.read(u"keepAliveTimeout"_s, &options.keepAliveTimeout);
    reader.read(u"maxRequestBufferSize"_s, &options.maxRequestBufferSize);
    reader.read(u"maxSendBufferSize"_s, &options.maxSendBufferSize);
    reader.read(u"maxReceiveBufferSize"_s, &options.maxReceiveBufferSize);
    reader.read(u"maxPacketsPerTurn"_s, &options.maxPacketsPerTurn);
    reader.read(u"maxBytesPerTurn"_s, &options.maxBytesPerTurn);
    if (const std::optional<QVariant> cors = reader.take(u"cors"_s))
        options.cors = corsFromJs(cors->toMap(), object);
    if (const std::optional<QVariant> recovery = reader.take(u"connectionStateRecovery"_s)) {
        RecoveryOptions recoveryOptions;
        OptionReader recoveryReader(recovery->toMap(), object);
        recoveryReader.read(u"maxDisconnectionDuration"_s,
                            &recoveryOptions.maxDisconnectionDuration);
        recoveryReader.read(u"skipMiddlewares"_s, &recoveryOptions.skipMiddlewares);
        options.connectionStateRecovery = recoveryOptions;
    }
    return options;
}

} // namespace SocketIo::detail
