// SPDX-License-Identifier: MIT
#include "optionsfromjs_p.h"

#include <SocketIo/Arguments>
#include <SocketIo/Parser>
#ifdef HAS_MSGPACK
#include <SocketIo/MsgPackParser>
#endif

#include <QtCore/qfile.h>
#include <QtCore/qregularexpression.h>
#include <QtCore/qurl.h>
#include <QtNetwork/qnetworkproxy.h>
#include <QtNetwork/qsslcertificate.h>
#include <QtNetwork/qsslkey.h>
#include <QtNetwork/qsslsocket.h>
#include <QtQml/qqmlinfo.h>

#include <chrono>
#include <memory>
#include <optional>
#include <utility>

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

bool originsFromJs(const QVariant &value, EngineIo::CorsOrigin *origin)
{
    QList<EngineIo::CorsOrigin::Pattern> patterns;
    const QVariantList list =
        value.typeId() == QMetaType::QVariantList ? value.toList() : QVariantList{value};
    for (const QVariant &item : list) {
        if (item.typeId() == QMetaType::QRegularExpression)
            patterns.append(item.toRegularExpression());
        else if (item.typeId() == QMetaType::QString)
            patterns.append(item.toString());
        else
            return false;
    }
    *origin = EngineIo::CorsOrigin(patterns);
    return true;
}

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
        else if (!originsFromJs(*origin, &cors.origin))
            qmlWarning(object) << u"The option \"origin\" has a wrong value"_s;
    }
    reader.read(u"methods"_s, &cors.methods);
    reader.read(u"allowedHeaders"_s, &cors.allowedHeaders);
    reader.read(u"exposedHeaders"_s, &cors.exposedHeaders);
    reader.read(u"credentials"_s, &cors.credentials);
    reader.read(u"maxAge"_s, &cors.maxAge);
    reader.read(u"preflightContinue"_s, &cors.preflightContinue);
    reader.read(u"optionsSuccessStatus"_s, &cors.optionsSuccessStatus);
    return cors;
}

EngineIo::CookieOptions cookieFromJs(const QVariantMap &map, const QObject *object)
{
    EngineIo::CookieOptions cookie;
    OptionReader reader(map, object);
    reader.read(u"name"_s, &cookie.name);
    reader.read(u"path"_s, &cookie.path);
    reader.read(u"domain"_s, &cookie.domain);
    reader.read(u"httpOnly"_s, &cookie.httpOnly);
    reader.read(u"secure"_s, &cookie.secure);
    reader.read(u"sameSite"_s, &cookie.sameSite);
    reader.read(u"maxAge"_s, &cookie.maxAge);
    reader.read(u"expires"_s, &cookie.expires);
    return cookie;
}

// A URL such as "http://user:password@proxy:3128" or "socks5://proxy"; false: none.
std::optional<QNetworkProxy> proxyFromJs(const QVariant &value)
{
    if (value.typeId() == QMetaType::Bool && !value.toBool())
        return QNetworkProxy(QNetworkProxy::NoProxy);
    const QUrl url(value.toString());
    const bool isHttp = url.scheme() == "http"_L1;
    if (url.host().isEmpty() || (!isHttp && url.scheme() != "socks5"_L1))
        return std::nullopt;
    return QNetworkProxy(isHttp ? QNetworkProxy::HttpProxy : QNetworkProxy::Socks5Proxy, url.host(),
                         quint16(url.port(isHttp ? 8080 : 1080)), url.userName(), url.password());
}

// Of a file's path, or the text in PEM itself.
QByteArray pemFromJs(const QVariant &value)
{
    const QString text = value.toString();
    if (text.contains("-----BEGIN"_L1))
        return text.toLatin1();
    const QUrl url(text);
    QFile file(url.isLocalFile() ? url.toLocalFile() : text);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

// With the names that Node.js has for them.
QSslConfiguration sslConfigurationFromJs(const QVariantMap &map, const QObject *object)
{
    QSslConfiguration configuration = QSslConfiguration::defaultConfiguration();
    OptionReader reader(map, object);
    const auto wrong = [object](const char *name) {
        qmlWarning(object) << u"The option \"%1\" has a wrong value"_s.arg(QLatin1StringView(name));
    };
    if (const std::optional<QVariant> ca = reader.take(u"ca"_s)) {
        const auto certificates = QSslCertificate::fromData(pemFromJs(*ca));
        if (certificates.isEmpty())
            wrong("ca");
        else
            configuration.setCaCertificates(certificates);
    }
    if (const std::optional<QVariant> cert = reader.take(u"cert"_s)) {
        const auto certificates = QSslCertificate::fromData(pemFromJs(*cert));
        if (certificates.isEmpty())
            wrong("cert");
        else
            configuration.setLocalCertificateChain(certificates);
    }
    const QByteArray passphrase =
        reader.take(u"passphrase"_s).value_or(QVariant()).toString().toUtf8();
    if (const std::optional<QVariant> key = reader.take(u"key"_s)) {
        const QByteArray pem = pemFromJs(*key);
        for (const auto algorithm : {QSsl::Rsa, QSsl::Ec, QSsl::Dsa}) {
            const QSslKey privateKey(pem, algorithm, QSsl::Pem, QSsl::PrivateKey, passphrase);
            if (!privateKey.isNull())
                configuration.setPrivateKey(privateKey);
        }
        if (configuration.privateKey().isNull())
            wrong("key");
    }
    bool rejectUnauthorized = true;
    reader.read(u"rejectUnauthorized"_s, &rejectUnauthorized);
    if (!rejectUnauthorized)
        configuration.setPeerVerifyMode(QSslSocket::VerifyNone);
    return configuration;
}

// The limits of the parser, as options of their own.
std::shared_ptr<const Parser> parserFromJs(OptionReader *reader)
{
    JsonParser::Limits limits;
    const JsonParser::Limits defaults;
    reader->read(u"maxAttachments"_s, &limits.maxAttachments);
    reader->read(u"maxDepth"_s, &limits.maxDepth);
    reader->read(u"maxUnfinishedSize"_s, &limits.maxUnfinishedSize);
    if (const std::optional<QVariant> parser = reader->take(u"parser"_s)) {
        if (parser->toString() == "msgpack"_L1) {
#ifdef HAS_MSGPACK
            return std::make_shared<MsgPackParser>();
#else
            qmlWarning(reader->object()) << u"This build of the module has no MessagePack"_s;
#endif
        } else if (parser->toString() != "json"_L1) {
            qmlWarning(reader->object()) << u"The option \"parser\" has a wrong value"_s;
        }
    }
    if (limits.maxAttachments == defaults.maxAttachments && limits.maxDepth == defaults.maxDepth
        && limits.maxUnfinishedSize == defaults.maxUnfinishedSize)
        return nullptr;
    return std::make_shared<JsonParser>(limits);
}

// True means the defaults.
std::optional<EngineIo::PerMessageDeflateOptions> deflateFromJs(const QVariant &value,
                                                                const QObject *object)
{
    if (value.isNull() || (value.typeId() == QMetaType::Bool && !value.toBool()))
        return std::nullopt;
    EngineIo::PerMessageDeflateOptions options;
    OptionReader members(value.toMap(), object);
    members.read(u"threshold"_s, &options.threshold);
    members.read(u"serverNoContextTakeover"_s, &options.serverNoContextTakeover);
    members.read(u"clientNoContextTakeover"_s, &options.clientNoContextTakeover);
    members.read(u"serverMaxWindowBits"_s, &options.serverMaxWindowBits);
    members.read(u"clientMaxWindowBits"_s, &options.clientMaxWindowBits);
    members.read(u"level"_s, &options.level);
    members.read(u"memLevel"_s, &options.memLevel);
    return options;
}

} // namespace

ClientOptions clientOptionsFromJs(const QVariantMap &map, const QObject *object)
{
    ClientOptions options;
    OptionReader reader(map, object);
    reader.read(u"path"_s, &options.path);
    reader.read(u"addTrailingSlash"_s, &options.addTrailingSlash);
    reader.read(u"protocol"_s, &options.protocol);
    reader.read(u"transports"_s, &options.transports);
    reader.read(u"tryAllTransports"_s, &options.tryAllTransports);
    reader.read(u"upgrade"_s, &options.upgrade);
    reader.read(u"rememberUpgrade"_s, &options.rememberUpgrade);
    reader.read(u"query"_s, &options.query);
    reader.read(u"extraHeaders"_s, &options.extraHeaders);
    reader.read(u"withCredentials"_s, &options.withCredentials);
    reader.read(u"forceBase64"_s, &options.forceBase64);
    reader.read(u"timestampRequests"_s, &options.timestampRequests);
    reader.read(u"timestampParam"_s, &options.timestampParam);
    reader.read(u"redirectPolicy"_s, &options.redirectPolicy);
    reader.read(u"protocols"_s, &options.protocols);
    reader.read(u"requestTimeout"_s, &options.requestTimeout);
    reader.read(u"upgradeTimeout"_s, &options.upgradeTimeout);
    reader.read(u"transportTimeout"_s, &options.transportTimeout);
    reader.read(u"maxReceiveSize"_s, &options.maxReceiveSize);
    reader.read(u"maxReceiveBufferSize"_s, &options.maxReceiveBufferSize);
    reader.read(u"maxPacketsPerRequest"_s, &options.maxPacketsPerRequest);
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
    if (const std::optional<QVariant> deflate = reader.take(u"perMessageDeflate"_s))
        options.perMessageDeflate = deflateFromJs(*deflate, object);
    if (const std::optional<QVariant> ssl = reader.take(u"sslConfiguration"_s))
        options.sslConfiguration = sslConfigurationFromJs(ssl->toMap(), object);
    if (const std::optional<QVariant> proxy = reader.take(u"proxy"_s)) {
        options.proxy = proxyFromJs(*proxy);
        if (!options.proxy)
            qmlWarning(object) << u"The option \"proxy\" has a wrong value"_s;
    }
    options.parser = parserFromJs(&reader);
    reader.read(u"maxBufferedEvents"_s, &options.maxBufferedEvents);
    reader.read(u"maxEarlyEvents"_s, &options.maxEarlyEvents);
    reader.read(u"quitTimeout"_s, &options.quitTimeout);
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
    reader.read(u"httpCompressionThreshold"_s, &options.httpCompressionThreshold);
    reader.read(u"initialPacket"_s, &options.initialPacket);
    reader.read(u"allowEIO3"_s, &options.allowEIO3);
    reader.read(u"protocols"_s, &options.protocols);
    reader.read(u"allowedOrigins"_s, &options.allowedOrigins);
    if (const std::optional<QVariant> deflate = reader.take(u"perMessageDeflate"_s))
        options.perMessageDeflate = deflateFromJs(*deflate, object);
    reader.read(u"connectTimeout"_s, &options.connectTimeout);
    reader.read(u"serveClient"_s, &options.serveClient);
    reader.read(u"clientFolder"_s, &options.clientFolder);
    reader.read(u"cleanupEmptyChildNamespaces"_s, &options.cleanupEmptyChildNamespaces);
    reader.read(u"maxConnections"_s, &options.maxConnections);
    reader.read(u"requestTimeout"_s, &options.requestTimeout);
    reader.read(u"requestTotalTimeout"_s, &options.requestTotalTimeout);
    reader.read(u"keepAliveTimeout"_s, &options.keepAliveTimeout);
    reader.read(u"maxRequestBufferSize"_s, &options.maxRequestBufferSize);
    reader.read(u"maxHeaderSize"_s, &options.maxHeaderSize);
    reader.read(u"maxHeaderCount"_s, &options.maxHeaderCount);
    reader.read(u"maxSendBufferSize"_s, &options.maxSendBufferSize);
    reader.read(u"maxReceiveBufferSize"_s, &options.maxReceiveBufferSize);
    reader.read(u"maxPacketsPerTurn"_s, &options.maxPacketsPerTurn);
    reader.read(u"maxBytesPerTurn"_s, &options.maxBytesPerTurn);
    reader.read(u"maxWritesPerTurn"_s, &options.maxWritesPerTurn);
    reader.read(u"maxNamespacesPerClient"_s, &options.maxNamespacesPerClient);
    reader.read(u"maxChildNamespaces"_s, &options.maxChildNamespaces);
    reader.read(u"maxRoomsPerSocket"_s, &options.maxRoomsPerSocket);
    reader.read(u"maxPendingAcksPerSocket"_s, &options.maxPendingAcksPerSocket);
    reader.read(u"maxRoomsLeftPerTurn"_s, &options.maxRoomsLeftPerTurn);
    if (const std::optional<QVariant> cors = reader.take(u"cors"_s))
        options.cors = corsFromJs(cors->toMap(), object);
    if (const std::optional<QVariant> cookie = reader.take(u"cookie"_s)) {
        if (cookie->typeId() != QMetaType::Bool || cookie->toBool())
            options.cookie = cookieFromJs(cookie->toMap(), object);
    }
    options.parser = parserFromJs(&reader);
    if (const std::optional<QVariant> recovery = reader.take(u"connectionStateRecovery"_s)) {
        RecoveryOptions recoveryOptions;
        OptionReader recoveryReader(recovery->toMap(), object);
        recoveryReader.read(u"maxDisconnectionDuration"_s,
                            &recoveryOptions.maxDisconnectionDuration);
        recoveryReader.read(u"skipMiddlewares"_s, &recoveryOptions.skipMiddlewares);
        recoveryReader.read(u"maxSessions"_s, &recoveryOptions.maxSessions);
        recoveryReader.read(u"maxLogSize"_s, &recoveryOptions.maxLogSize);
        options.connectionStateRecovery = recoveryOptions;
    }
    return options;
}

} // namespace SocketIo::detail
