// SPDX-License-Identifier: MIT
#ifndef ENGINEIO_CORSOPTIONS_H
#define ENGINEIO_CORSOPTIONS_H

#include <EngineIo/engineioglobal.h>

#include <QtCore/qlist.h>
#include <QtCore/qregularexpression.h>
#include <QtCore/qstring.h>
#include <QtCore/qstringlist.h>

#include <chrono>
#include <functional>
#include <optional>
#include <variant>

namespace EngineIo {

// Which origins may use the server from a page (Engine.IO: cors.origin).
class ENGINEIO_EXPORT CorsOrigin
{
public:
    using Pattern = std::variant<QString, QRegularExpression>;
    // Calls done once, immediately or later, with whether the origin is allowed.
    using Decide = std::function<void(const QString &origin, std::function<void(bool)> done)>;

    CorsOrigin() = default;            // any origin: "*"
    CorsOrigin(const QString &origin); // "*": any origin; empty: none
    CorsOrigin(const QRegularExpression &pattern)
        : m_kind(Kind::List)
        , m_patterns{pattern}
    {
    }
    CorsOrigin(const QStringList &origins);
    CorsOrigin(const QList<Pattern> &patterns)
        : m_kind(Kind::List)
        , m_patterns(patterns)
    {
    }
    CorsOrigin(const Decide &decide)
        : m_kind(Kind::Function)
        , m_decide(decide)
    {
    }

    static CorsOrigin any() { return {}; }
    static CorsOrigin reflect(); // the request's own origin (JavaScript: true)
    static CorsOrigin none();    // no CORS headers (JavaScript: false)

    enum class Kind { Any, Reflect, None, Fixed, List, Function };
    Kind kind() const noexcept { return m_kind; }
    const QList<Pattern> &patterns() const noexcept { return m_patterns; }
    const Decide &decide() const noexcept { return m_decide; }

private:
    Kind m_kind = Kind::Any;
    QList<Pattern> m_patterns;
    Decide m_decide;
};

// Cross-origin resource sharing (Engine.IO: cors).
struct CorsOptions
{
    CorsOrigin origin;
    QStringList methods = {QStringLiteral("GET"),  QStringLiteral("HEAD"),
                           QStringLiteral("PUT"),  QStringLiteral("PATCH"),
                           QStringLiteral("POST"), QStringLiteral("DELETE")};
    std::optional<QStringList> allowedHeaders; // unset: what the preflight asks for
    QStringList exposedHeaders;
    bool credentials = false;
    std::optional<std::chrono::seconds> maxAge;
    bool preflightContinue = false;
    int optionsSuccessStatus = 204;
};

} // namespace EngineIo

#endif
