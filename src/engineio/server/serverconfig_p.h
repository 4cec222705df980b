// SPDX-License-Identifier: MIT
#ifndef ENGINEIO_SERVERCONFIG_P_H
#define ENGINEIO_SERVERCONFIG_P_H

#include "base/warninglimit_p.h"
#include "engineio/protocol/messagedecoder_p.h"
#include "engineio/server/sessionrouter_p.h"
#include "net/http/http2protocol_p.h"
#include "net/http/trustedproxies_p.h"

#include <EngineIo/serveroptions.h>

#include <QtNetwork/qsslconfiguration.h>

#include <atomic>
#include <chrono>
#include <memory>

namespace EngineIo::detail {

// Shared by the workers of a server. It is constant after the first connection, except for the
// atomics, which indicate whether the server's thread has to be asked.
struct ServerConfig
{
    // Works out what follows from the options, and warns of what does not go together.
    void complete();
    QString tlsMistake() const;

    ServerOptions options;
    QByteArray metricsPath;
    QByteArray healthPath;
    QByteArray path; // with its slashes, as requests start with it
    std::shared_ptr<const QSslConfiguration> tls;
    std::shared_ptr<const TrustedProxies> trustedProxies; // none if nobody is trusted
    std::shared_ptr<const Http2Protocol> http2;           // none: HTTP/1 only
    MessageDecoderFactory decoderFactory;
    std::shared_ptr<SessionRouter> router; // none where this process has all sessions

    std::atomic<bool> hasMiddlewares = false;
    std::atomic<bool> hasAllowRequest = false;
    std::atomic<bool> hasIdGenerator = false;
    std::atomic<bool> hasRequestHandler = false;
    std::atomic<bool> hasFileHandler = false;
    std::atomic<bool> watchesHeaders = false;
    // No new sessions; the server ends at drainedAt, which is set before.
    std::atomic<bool> draining = false;
    std::atomic<std::chrono::steady_clock::time_point> drainedAt;
    // These warnings are given once.
    mutable std::atomic<bool> warnedOfProtocol = false;
    mutable std::atomic<bool> warnedOfSession = false;
    const WarningLimit clientMistakes{}; // Clang wants const members initialized
    const WarningLimit proxyMistakes{WarningLimit::Many};
    const std::shared_ptr<std::atomic<int>> connectionCount = std::make_shared<std::atomic<int>>(0);
    // Bytes of requests that belong to no session yet, and are not whole.
    const std::shared_ptr<std::atomic<qsizetype>> bufferedRequests =
        std::make_shared<std::atomic<qsizetype>>(0);

private:
    void trustProxies();
    void checkOrigins() const;
    void offerHttp2();
};

} // namespace EngineIo::detail

#endif
