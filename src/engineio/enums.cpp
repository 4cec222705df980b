// SPDX-License-Identifier: MIT
#include <EngineIo/enums.h>

namespace EngineIo {

using namespace Qt::StringLiterals;

QString transportName(TransportType type)
{
    return type == TransportType::Polling ? u"polling"_s : u"websocket"_s;
}

QString closeReasonText(CloseReason reason)
{
    switch (reason) {
    case CloseReason::TransportClose:
        return u"transport close"_s;
    case CloseReason::TransportError:
        return u"transport error"_s;
    case CloseReason::PingTimeout:
        return u"ping timeout"_s;
    case CloseReason::ParseError:
        return u"parse error"_s;
    case CloseReason::ForcedClose:
        return u"forced close"_s;
    case CloseReason::ForcedServerClose:
        return u"forced server close"_s;
    case CloseReason::ServerShuttingDown:
        return u"server shutting down"_s;
    case CloseReason::SendBufferOverflow:
        return u"send buffer overflow"_s;
    }
    Q_UNREACHABLE();
}

QString connectionErrorText(ConnectionError error)
{
    switch (error) {
    case ConnectionError::UnknownTransport:
        return u"Transport unknown"_s;
    case ConnectionError::UnknownSessionId:
        return u"Session ID unknown"_s;
    case ConnectionError::BadHandshakeMethod:
        return u"Bad handshake method"_s;
    case ConnectionError::BadRequest:
        return u"Bad request"_s;
    case ConnectionError::Forbidden:
        return u"Forbidden"_s;
    case ConnectionError::UnsupportedProtocolVersion:
        return u"Unsupported protocol version"_s;
    }
    Q_UNREACHABLE();
}

} // namespace EngineIo

#include "moc_enums.cpp"
