// SPDX-License-Identifier: MIT
#ifndef ENGINEIO_CLIENTOPTIONS_H
#define ENGINEIO_CLIENTOPTIONS_H

#include <EngineIo/engineioglobal.h>
#include <EngineIo/enums.h>
#include <EngineIo/httpheaders.h>
#include <EngineIo/permessagedeflateoptions.h>

#include <QtCore/qlist.h>
#include <QtCore/qstring.h>
#include <QtCore/qstringlist.h>
#include <QtCore/qvariant.h>
#include <QtNetwork/qnetworkproxy.h>
#include <QtNetwork/qnetworkrequest.h>
#include <QtNetwork/qsslconfiguration.h>

#include <chrono>
#include <optional>

namespace EngineIo {

// Which requests have a parameter that prevents them from being answered by caches.
enum class TimestampRequests : quint8 { Never, Polling, Always };

// Settings of a Client, with Engine.IO's names and defaults.
struct ClientOptions
{
    QString path = QStringLiteral("/engine.io");
    ProtocolRevision protocol = ProtocolRevision::Revision4; // that the server speaks
    bool addTrailingSlash = true;
    QList<TransportType> transports = {TransportType::Polling, TransportType::WebSocket};
    bool tryAllTransports = false;
    bool upgrade = true;
    bool rememberUpgrade = false;
    QVariantMap query; // empty: that of the URL
    HttpHeaders extraHeaders;
    bool withCredentials = false;
    bool forceBase64 = false;
    TimestampRequests timestampRequests = TimestampRequests::Polling;
    QString timestampParam = QStringLiteral("t");
    QStringList protocols; // of the WebSocket
    // Empty: the WebSocket does not compress.
    std::optional<PerMessageDeflateOptions> perMessageDeflate = PerMessageDeflateOptions();
    std::chrono::milliseconds requestTimeout{0}; // of a silent HTTP request; 0: none
    std::optional<QSslConfiguration> sslConfiguration;
    std::optional<QNetworkProxy> proxy; // empty: the application's proxy

    // Settings of this module; Engine.IO has no counterpart.
    bool http2 = false; // polling over TLS, where the server speaks it
    QNetworkRequest::RedirectPolicy redirectPolicy = QNetworkRequest::NoLessSafeRedirectPolicy;
    std::chrono::milliseconds upgradeTimeout{10000};
    std::chrono::milliseconds transportTimeout{10000}; // until the next transport is tried
    qint64 maxReceiveSize = 100 * 1024 * 1024;         // bytes of one answer or message
    qint64 maxReceiveBufferSize = 100 * 1024 * 1024;   // bytes waiting for a slot's event loop
    qsizetype maxPacketsPerRequest = 16;               // of polling; 0: no limit
    int maxPacketsPerTurn = 64; // handled before other events have their turn
};

} // namespace EngineIo

#endif
