// SPDX-License-Identifier: MIT
#include "optionsfromjs_p.h"

#include "optionreader_p.h"
#include "socketio/parser/packetwarnings_p.h"
#include "tlsfromjs_p.h"

#include <SocketIo/Parser>
#ifdef HAS_MSGPACK
#include <SocketIo/MsgPackParser>
#endif

#include <QtCore/qregularexpression.h>

#include <algorithm>
#include <limits>
#include <memory>
#include <optional>

namespace SocketIo::detail {

using namespace Qt::StringLiterals;

namespace {

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
            reader.warnOfValue(u"origin"_s,
                               u"true, false, or texts and regular expressions, one or an array"_s);
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

// The limits of the parser, as options of their own.
std::shared_ptr<const Parser> parserFromJs(OptionReader *reader, JsLimits *sent)
{
    JsonParser::Limits limits;
    const JsonParser::Limits defaults;
    reader->read(u"maxAttachments"_s, &limits.maxAttachments);
    reader->read(u"maxDepth"_s, &limits.maxDepth);
    if (limits.maxDepth < 1 || limits.maxDepth > GreatestDepth) {
        reader->warnOfValue(u"maxDepth"_s, u"a number from 1 to %1"_s.arg(GreatestDepth));
        limits.maxDepth = std::clamp(limits.maxDepth, 1, GreatestDepth);
    }
    if (sent)
        sent->maxDepth = limits.maxDepth;
    reader->read(u"maxUnfinishedSize"_s, &limits.maxUnfinishedSize);
    reader->read(u"maxSentSize"_s, &limits.maxSentSize);
    if (const std::optional<QVariant> parser = reader->take(u"parser"_s)) {
        if (parser->toString() == "msgpack"_L1) {
#ifdef HAS_MSGPACK
            return std::make_shared<MsgPackParser>(
                MsgPackParser::Limits{limits.maxDepth, limits.maxSentSize});
#else
            detail::warn(
                reader->object(),
                u"This build of the module has no MessagePack, and uses JSON. Build it with "
                "msgpack-cxx, or leave the option \"parser\" out"_s);
#endif
        } else if (parser->toString() != "json"_L1) {
            reader->warnOfValue(u"parser"_s, u"\"json\" or \"msgpack\""_s);
        }
    }
    if (limits.maxAttachments == defaults.maxAttachments && limits.maxDepth == defaults.maxDepth
        && limits.maxUnfinishedSize == defaults.maxUnfinishedSize
        && limits.maxSentSize == defaults.maxSentSize)
        return nullptr;
    return std::make_shared<JsonParser>(limits);
}

// 0 is no limit.
void readMaxValues(OptionReader *reader, JsLimits *sent)
{
    qsizetype count = -1;
    reader->read(u"maxValues"_s, &count);
    if (sent && count >= 0)
        sent->maxValues = count > 0 ? count : std::numeric_limits<qsizetype>::max();
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

ClientOptions clientOptionsFromJs(const QVariantMap &map, const QObject *object, JsLimits *limits)
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
    reader.read(u"http2"_s, &options.http2);
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
        options.sslConfiguration = sslConfigurationFromJs(ssl->toMap(), TlsEnd::Client, object);
    if (const std::optional<QVariant> proxy = reader.take(u"proxy"_s)) {
        options.proxy = proxyFromJs(*proxy);
        if (!options.proxy)
            reader.warnOfValue(
                u"proxy"_s,
                u"false, or a URL such as \"http://proxy:3128\" or \"socks5://proxy:1080\""_s);
    }
    options.parser = parserFromJs(&reader, limits);
    readMaxValues(&reader, limits);
    reader.read(u"maxBufferedEvents"_s, &options.maxBufferedEvents);
    reader.read(u"maxEarlyEvents"_s, &options.maxEarlyEvents);
    reader.read(u"quitTimeout"_s, &options.quitTimeout);
    return options;
}

ServerOptions serverOptionsFromJs(const QVariantMap &map, const QObject *object,
                                  std::optional<QSslConfiguration> *tls, JsLimits *limits)
{
    ServerOptions options;
    OptionReader reader(map, object);
    if (const std::optional<QVariant> ssl = reader.take(u"sslConfiguration"_s); ssl && tls)
        *tls = sslConfigurationFromJs(ssl->toMap(), TlsEnd::Server, object);
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
    reader.read(u"trustedProxies"_s, &options.trustedProxies);
    reader.read(u"forwardedHeader"_s, &options.forwardedHeader);
    reader.read(u"proxyProtocol"_s, &options.proxyProtocol);
    reader.read(u"metricsPath"_s, &options.metricsPath);
    reader.read(u"healthPath"_s, &options.healthPath);
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
    options.parser = parserFromJs(&reader, limits);
    readMaxValues(&reader, limits);
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
