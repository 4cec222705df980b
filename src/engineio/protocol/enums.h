// SPDX-License-Identifier: MIT
#ifndef ENGINEIO_ENUMS_H
#define ENGINEIO_ENUMS_H

#include <EngineIo/engineioglobal.h>

#include <QtCore/qflags.h>
#include <QtCore/qobjectdefs.h>
#include <QtCore/qstring.h>

namespace EngineIo {
Q_NAMESPACE_EXPORT(ENGINEIO_EXPORT)

enum class TransportType : quint8 { Polling = 1, WebSocket = 2 };
Q_ENUM_NS(TransportType)
Q_DECLARE_FLAGS(TransportTypes, TransportType)
Q_FLAG_NS(TransportTypes)
Q_DECLARE_OPERATORS_FOR_FLAGS(TransportTypes)

enum class PacketType : quint8 { Open, Close, Ping, Pong, Message, Upgrade, Noop };
Q_ENUM_NS(PacketType)

// The revisions of the Engine.IO protocol. Socket.IO 3 and 4 speak revision 4, Socket.IO 1 and 2
// revision 3.
enum class ProtocolRevision : quint8 { Revision3 = 3, Revision4 = 4 };
Q_ENUM_NS(ProtocolRevision)

// Why a session ended.
enum class CloseReason : quint8 {
    TransportClose,
    TransportError,
    PingTimeout,
    ParseError,
    ForcedClose,
    ForcedServerClose,
    ServerShuttingDown,
    SendBufferOverflow,
};
Q_ENUM_NS(CloseReason)

// Why a request was refused; the value is the answer's "code".
enum class ConnectionError : quint8 {
    UnknownTransport = 0,
    UnknownSessionId = 1,
    BadHandshakeMethod = 2,
    BadRequest = 3,
    Forbidden = 4,
    UnsupportedProtocolVersion = 5,
};
Q_ENUM_NS(ConnectionError)

// The header in which a trusted proxy reports the client's address.
enum class ForwardedHeader : quint8 {
    XForwardedFor, // and X-Forwarded-Proto
    Forwarded,     // RFC 7239
};
Q_ENUM_NS(ForwardedHeader)

// Whether proxies begin each connection with HAProxy's PROXY protocol, version 1 or 2.
enum class ProxyProtocol : quint8 {
    Off,
    FromTrustedProxies, // who always do; the connections of others begin as usual
};
Q_ENUM_NS(ProxyProtocol)

enum class SendFlag : quint8 {
    Volatile = 1,      // drop it unless the transport can take it now
    NoCompression = 2, // Socket.IO: compress(false)
};
Q_ENUM_NS(SendFlag)
Q_DECLARE_FLAGS(SendFlags, SendFlag)
Q_FLAG_NS(SendFlags)
Q_DECLARE_OPERATORS_FOR_FLAGS(SendFlags)

// The texts that Socket.IO uses for these values on the wire and in its API.
ENGINEIO_EXPORT QString transportName(TransportType type);
ENGINEIO_EXPORT QString closeReasonText(CloseReason reason);
ENGINEIO_EXPORT QString connectionErrorText(ConnectionError error);

} // namespace EngineIo

#endif
