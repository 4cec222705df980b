// SPDX-License-Identifier: MIT
#include "optionsfromjs_p.h"

#include "base/timelimits_p.h"
#include "optionreader_p.h"
#include "proxyfromjs_p.h"
#include "qmlwarnings_p.h"
#include "socketio/parser/packetwarnings_p.h"
#include "tlsfromjs_p.h"

#include <SocketIo/Parser>
#ifdef QTSOCKETIO_HAVE_MSGPACK
#include <SocketIo/MsgPackParser>
#endif

#include <QtCore/qpointer.h>
#include <QtCore/qregularexpression.h>
#include <QtQml/qjsvalue.h>

#include <chrono>
#include <limits>
#include <memory>
#include <optional>

namespace SocketIo::detail {

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using EngineIo::detail::LongestTimer;

namespace {

constexpr qsizetype NoSizeLimit = greatestNumber<qsizetype>();

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
    reader->readLimit(u"maxAttachments"_s, &limits.maxAttachments, greatestNumber<int>());
    reader->read(u"maxDepth"_s, &limits.maxDepth, {1, GreatestDepth, {}});
    if (sent)
        sent->maxDepth = limits.maxDepth;
    reader->readLimit(u"maxUnfinishedSize"_s, &limits.maxUnfinishedSize, 0);
    reader->readLimit(u"maxSentSize"_s, &limits.maxSentSize, 0);
    if (const std::optional<QVariant> parser = reader->take(u"parser"_s)) {
        if (parser->toString() == "msgpack"_L1) {
#ifdef QTSOCKETIO_HAVE_MSGPACK
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
    reader->readLimit(u"maxValues"_s, &count, 0);
    if (sent && count >= 0)
        sent->maxValues = count > 0 ? count : std::numeric_limits<qsizetype>::max();
}

EngineIo::PerMessageDeflateOptions deflateFromJs(const QVariantMap &map, const QObject *object)
{
    EngineIo::PerMessageDeflateOptions options;
    OptionReader members(map, object);
    members.read(u"threshold"_s, &options.threshold);
    members.read(u"serverNoContextTakeover"_s, &options.serverNoContextTakeover);
    members.read(u"clientNoContextTakeover"_s, &options.clientNoContextTakeover);
    members.read(u"serverMaxWindowBits"_s, &options.serverMaxWindowBits, {9, 15, {}});
    members.read(u"clientMaxWindowBits"_s, &options.clientMaxWindowBits, {8, 15, {}});
    members.read(u"level"_s, &options.level, {-1, 9, {}});
    members.read(u"memLevel"_s, &options.memLevel, {1, 9, {}});
    return options;
}

RecoveryOptions recoveryFromJs(const QVariantMap &map, const QObject *object)
{
    RecoveryOptions options;
    OptionReader members(map, object);
    members.read(u"maxDisconnectionDuration"_s, &options.maxDisconnectionDuration);
    members.read(u"skipMiddlewares"_s, &options.skipMiddlewares);
    members.readLimit(u"maxSessions"_s, &options.maxSessions, 0);
    members.readLimit(u"maxLogSize"_s, &options.maxLogSize, 0);
    return options;
}

std::optional<QSslConfiguration> tlsFromJs(OptionReader *reader, TlsEnd end)
{
    std::optional<QSslConfiguration> tls;
    reader->readObject(u"sslConfiguration"_s, &tls,
                       [end](const QVariantMap &map, const QObject *object) {
                           return sslConfigurationFromJs(map, end, object);
                       });
    return tls;
}

} // namespace

QVariantMap optionsMapFromJs(const QVariant &value, const QObject *object)
{
    const QPointer<const QObject> element = object; // getters in the value are called
    const QVariant plain = value.metaType() == QMetaType::fromType<QJSValue>()
        ? value.value<QJSValue>().toVariant()
        : value;
    if (!plain.isNull() && plain.typeId() != QMetaType::QVariantMap)
        warn(element, u"The property options is an object, such as ({ path: \"/x\" })"_s);
    return plain.toMap();
}

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
    reader.readLimit(u"requestTimeout"_s, &options.requestTimeout, 0ms);
    reader.readLimit(u"upgradeTimeout"_s, &options.upgradeTimeout, LongestTimer);
    reader.readLimit(u"transportTimeout"_s, &options.transportTimeout, LongestTimer);
    reader.readLimit(u"maxReceiveSize"_s, &options.maxReceiveSize, NoSizeLimit, 1);
    reader.readLimit(u"maxReceiveBufferSize"_s, &options.maxReceiveBufferSize, NoSizeLimit);
    reader.readLimit(u"maxPacketsPerRequest"_s, &options.maxPacketsPerRequest, 0);
    reader.readLimit(u"maxPacketsPerTurn"_s, &options.maxPacketsPerTurn, greatestNumber<int>(), 1);
    reader.read(u"forceNew"_s, &options.forceNew);
    reader.read(u"multiplex"_s, &options.multiplex);
    reader.read(u"reconnection"_s, &options.reconnection);
    reader.readLimit(u"reconnectionAttempts"_s, &options.reconnectionAttempts,
                     ClientOptions::Unlimited);
    reader.read(u"reconnectionDelay"_s, &options.reconnectionDelay);
    reader.readLimit(u"reconnectionDelayMax"_s, &options.reconnectionDelayMax, LongestTimer);
    reader.read(u"randomizationFactor"_s, &options.randomizationFactor, {0, 1, {}});
    reader.read(u"timeout"_s, &options.timeout);
    reader.read(u"ackTimeout"_s, &options.ackTimeout);
    reader.read(u"retries"_s, &options.retries);
    reader.readObject(u"perMessageDeflate"_s, &options.perMessageDeflate, deflateFromJs);
    options.sslConfiguration = tlsFromJs(&reader, TlsEnd::Client);
    if (const std::optional<QVariant> proxy = reader.take(u"proxy"_s)) {
        options.proxy = proxyFromJs(*proxy);
        if (!options.proxy)
            reader.warnOfValue(
                u"proxy"_s,
                u"false, or a URL such as \"http://proxy:3128\" or \"socks5://proxy:1080\""_s);
    }
    options.parser = parserFromJs(&reader, limits);
    readMaxValues(&reader, limits);
    reader.readLimit(u"maxBufferedEvents"_s, &options.maxBufferedEvents, ClientOptions::Unlimited);
    reader.readLimit(u"maxEarlyEvents"_s, &options.maxEarlyEvents, ClientOptions::Unlimited);
    reader.read(u"quitTimeout"_s, &options.quitTimeout);
    return options;
}

ServerOptions serverOptionsFromJs(const QVariantMap &map, const QObject *object,
                                  std::optional<QSslConfiguration> *tls, JsLimits *limits)
{
    ServerOptions options;
    OptionReader reader(map, object);
    if (const auto read = tlsFromJs(&reader, TlsEnd::Server); tls)
        *tls = read;
    reader.read(u"path"_s, &options.path);
    reader.read(u"addTrailingSlash"_s, &options.addTrailingSlash);
    reader.read(u"pingInterval"_s, &options.pingInterval);
    reader.read(u"pingTimeout"_s, &options.pingTimeout);
    reader.readLimit(u"upgradeTimeout"_s, &options.upgradeTimeout, LongestTimer);
    reader.readLimit(u"maxHttpBufferSize"_s, &options.maxHttpBufferSize, NoSizeLimit, 1);
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
    reader.readObject(u"perMessageDeflate"_s, &options.perMessageDeflate, deflateFromJs);
    reader.readLimit(u"connectTimeout"_s, &options.connectTimeout, LongestTimer, 1ms);
    reader.read(u"serveClient"_s, &options.serveClient);
    reader.read(u"clientFolder"_s, &options.clientFolder);
    reader.read(u"cleanupEmptyChildNamespaces"_s, &options.cleanupEmptyChildNamespaces);
    reader.readLimit(u"maxConnections"_s, &options.maxConnections, 0);
    reader.readLimit(u"requestTimeout"_s, &options.requestTimeout, LongestTimer);
    reader.readLimit(u"requestTotalTimeout"_s, &options.requestTotalTimeout, 0ms);
    reader.readLimit(u"keepAliveTimeout"_s, &options.keepAliveTimeout, LongestTimer);
    reader.readLimit(u"maxRequestBufferSize"_s, &options.maxRequestBufferSize, 0);
    reader.readLimit(u"maxHeaderSize"_s, &options.maxHeaderSize, NoSizeLimit, 1);
    reader.readLimit(u"maxHeaderCount"_s, &options.maxHeaderCount, greatestNumber<int>(), 1);
    reader.readLimit(u"maxSendBufferSize"_s, &options.maxSendBufferSize, NoSizeLimit);
    reader.readLimit(u"maxReceiveBufferSize"_s, &options.maxReceiveBufferSize, NoSizeLimit);
    reader.readLimit(u"maxPacketsPerTurn"_s, &options.maxPacketsPerTurn, greatestNumber<int>(), 1);
    reader.readLimit(u"maxBytesPerTurn"_s, &options.maxBytesPerTurn, NoSizeLimit, 1);
    reader.readLimit(u"maxWritesPerTurn"_s, &options.maxWritesPerTurn, greatestNumber<int>(), 1);
    reader.readLimit(u"maxNamespacesPerClient"_s, &options.maxNamespacesPerClient, 0);
    reader.readLimit(u"maxAuthSizePerClient"_s, &options.maxAuthSizePerClient, 0);
    reader.readLimit(u"maxChildNamespaces"_s, &options.maxChildNamespaces, 0);
    reader.readLimit(u"maxRoomsPerSocket"_s, &options.maxRoomsPerSocket, 0);
    reader.readLimit(u"maxPendingAcksPerSocket"_s, &options.maxPendingAcksPerSocket, 0);
    reader.readLimit(u"maxRoomsLeftPerTurn"_s, &options.maxRoomsLeftPerTurn, 0);
    reader.readObject(u"cors"_s, &options.cors, corsFromJs);
    reader.readObject(u"cookie"_s, &options.cookie, cookieFromJs);
    options.parser = parserFromJs(&reader, limits);
    readMaxValues(&reader, limits);
    reader.readObject(u"connectionStateRecovery"_s, &options.connectionStateRecovery,
                      recoveryFromJs);
    return options;
}

} // namespace SocketIo::detail
