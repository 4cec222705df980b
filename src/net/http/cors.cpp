// SPDX-License-Identifier: MIT
#include "net/http/cors_p.h"

namespace EngineIo::detail {

using namespace Qt::StringLiterals;

namespace {

bool matches(const CorsOrigin::Pattern &pattern, const QString &origin)
{
    if (const auto *text = std::get_if<QString>(&pattern))
        return *text == origin;
    return std::get<QRegularExpression>(pattern).match(origin).hasMatch();
}

// Whether this request gets no CORS headers at all. Like the npm package, the server sends the
// other configured headers if a pattern refuses an origin, but none if the application's function
// does.
bool isOff(const CorsOptions &options, bool allowed)
{
    const CorsOrigin::Kind kind = options.origin.kind();
    return kind == CorsOrigin::Kind::None || (kind == CorsOrigin::Kind::Function && !allowed);
}

void appendVary(HttpHeaders &headers, const QByteArray &name)
{
    const QByteArray present = headers.value("vary");
    headers.set("Vary"_ba, present.isEmpty() ? name : present + ", " + name);
}

void appendList(HttpHeaders &headers, const QByteArray &name, const QStringList &list)
{
    if (const QByteArray value = list.join(u',').toUtf8(); !value.isEmpty())
        headers.append(name, value);
}

void appendOrigin(HttpHeaders &headers, const CorsOptions &options, const HttpRequest &request,
                  bool allowed)
{
    const CorsOrigin &origin = options.origin;
    if (origin.kind() == CorsOrigin::Kind::Any) {
        headers.append("Access-Control-Allow-Origin"_ba, "*"_ba);
        return;
    }
    QByteArray value;
    if (origin.kind() == CorsOrigin::Kind::Fixed)
        value = std::get<QString>(origin.patterns().constFirst()).toUtf8();
    else if (allowed)
        value = request.header("origin");
    if (!value.isEmpty())
        headers.append("Access-Control-Allow-Origin"_ba, value);
    appendVary(headers, "Origin"_ba);
}

void appendAllowedHeaders(HttpHeaders &headers, const CorsOptions &options,
                          const HttpRequest &request)
{
    if (options.allowedHeaders) {
        appendList(headers, "Access-Control-Allow-Headers"_ba, *options.allowedHeaders);
        return;
    }
    appendVary(headers, "Access-Control-Request-Headers"_ba);
    const QByteArray asked = request.headers().combinedValue("access-control-request-headers");
    if (!asked.isEmpty())
        headers.append("Access-Control-Allow-Headers"_ba, asked);
}

} // namespace

CorsDecision matchOrigin(const CorsOptions &options, const QString &requestOrigin)
{
    bool allowed = false;
    switch (options.origin.kind()) {
    case CorsOrigin::Kind::Any:
    case CorsOrigin::Kind::Reflect:
    case CorsOrigin::Kind::Fixed:
        allowed = true;
        break;
    case CorsOrigin::Kind::None:
        break;
    case CorsOrigin::Kind::Function:
        return options.origin.decide() ? CorsDecision::Ask : CorsDecision::Refused;
    case CorsOrigin::Kind::List:
        for (const CorsOrigin::Pattern &pattern : options.origin.patterns())
            allowed = allowed || matches(pattern, requestOrigin);
        break;
    }
    return allowed ? CorsDecision::Allowed : CorsDecision::Refused;
}

HttpHeaders corsHeaders(const CorsOptions &options, const HttpRequest &request, bool allowed,
                        bool preflight)
{
    HttpHeaders headers;
    if (isOff(options, allowed))
        return headers;
    appendOrigin(headers, options, request, allowed);
    if (options.credentials)
        headers.append("Access-Control-Allow-Credentials"_ba, "true"_ba);
    if (preflight) {
        appendList(headers, "Access-Control-Allow-Methods"_ba, options.methods);
        appendAllowedHeaders(headers, options, request);
        if (options.maxAge)
            headers.append("Access-Control-Max-Age"_ba,
                           QByteArray::number(options.maxAge->count()));
    }
    appendList(headers, "Access-Control-Expose-Headers"_ba, options.exposedHeaders);
    return headers;
}

bool answersPreflight(const CorsOptions &options, bool allowed)
{
    return !options.preflightContinue && !isOff(options, allowed);
}

} // namespace EngineIo::detail
