// SPDX-License-Identifier: MIT
#ifndef ENGINEIO_SERVEROPTIONS_H
#define ENGINEIO_SERVEROPTIONS_H

#include <EngineIo/cookieoptions.h>
#include <EngineIo/corsoptions.h>
#include <EngineIo/engineioglobal.h>
#include <EngineIo/enums.h>
#include <EngineIo/message.h>
#include <EngineIo/permessagedeflateoptions.h>

#include <QtCore/qstring.h>
#include <QtCore/qstringlist.h>

#include <chrono>
#include <optional>

namespace EngineIo {

// Settings of a Server, with Engine.IO's names and defaults.
struct ServerOptions
{
    QString path = QStringLiteral("/engine.io");
    bool addTrailingSlash = true;
    std::chrono::milliseconds pingInterval{25000};
    std::chrono::milliseconds pingTimeout{20000};
    std::chrono::milliseconds upgradeTimeout{10000};
    qsizetype maxHttpBufferSize = 1'000'000; // bytes
    TransportTypes transports = TransportTypes(TransportType::Polling) | TransportType::WebSocket;
    bool allowUpgrades = true;
    std::optional<CookieOptions> cookie;
    std::optional<CorsOptions> cors;
    bool httpCompression = true;
    qsizetype httpCompressionThreshold = 1024;                 // bytes
    std::optional<PerMessageDeflateOptions> perMessageDeflate; // empty: WebSockets do not compress
    std::optional<Message> initialPacket;
    bool allowEIO3 = false; // clients of Socket.IO 1 and 2

    // Settings of this module; socket.io has no counterpart.
    QStringList protocols; // of the WebSocket, the best first; empty: what the client likes best
    QStringList allowedOrigins; // of pages, for example "https://example.org"; empty: all
    QStringList trustedProxies; // addresses and subnets, for example "10.0.0.0/8"; empty: none
    ForwardedHeader forwardedHeader = ForwardedHeader::XForwardedFor; // of the trusted proxies
    ProxyProtocol proxyProtocol = ProxyProtocol::Off;
    QString metricsPath;                                   // for example "/metrics"; empty: none
    QString healthPath;                                    // for example "/health"; empty: none
    std::chrono::milliseconds requestTimeout{10000};       // without a byte of a request
    std::chrono::milliseconds requestTotalTimeout{300000}; // for a whole request to arrive
    std::chrono::milliseconds keepAliveTimeout{75000};     // for the next request of a connection
    qsizetype maxRequestBufferSize = 64 * 1024 * 1024; // bytes of all requests without a session
    qsizetype maxHeaderSize = 64 * 1024;               // bytes, of the request line and the headers
    int maxHeaderCount = 100;
    qsizetype maxSendBufferSize = 16 * 1024 * 1024;    // bytes waiting for one slow reader
    qsizetype maxReceiveBufferSize = 16 * 1024 * 1024; // bytes waiting for a busy server's thread
    int maxConnections = 0;                            // TCP connections at once; 0: no limit
    int maxPacketsPerTurn = 64;             // handled for one session before the others' turn
    qsizetype maxBytesPerTurn = 256 * 1024; // read, and written, for one before the others' turn
    int maxWritesPerTurn = 256;             // connections written to before others are read from
};

} // namespace EngineIo

#endif
