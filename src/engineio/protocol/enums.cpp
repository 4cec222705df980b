// SPDX-License-Identifier: MIT
#include <EngineIo/enums.h>

namespace EngineIo {

using namespace Qt::StringLiterals;

/*!
    \enum EngineIo::TransportType
    \since QtSocketIo 0.1
    This enum describes the transports of a session.

    \value Polling HTTP long-polling: one request is always pending
    \value WebSocket  a WebSocket
*/
/*!
    \enum EngineIo::PacketType
    \since QtSocketIo 0.1
    The kinds of Engine.IO packets, with their numbers on the wire.

    \value Open     opens a session; from the server
    \value Close    closes a session
    \value Ping checks whether the other side is alive; sent by the server or, in revision 3 of the
                    protocol, by the client
    \value Pong     answers a ping
    \value Message  carries a message
    \value Upgrade completes the upgrade from polling to WebSocket; sent by the client
    \value Noop answers a poll without a message; sent by the server
*/
/*!
    \enum EngineIo::ProtocolRevision
    \since QtSocketIo 0.1
    A revision of the Engine.IO protocol.

    \value Revision3  spoken by Socket.IO 1 and 2
    \value Revision4  spoken by Socket.IO 3 and 4
*/
/*!
    \enum EngineIo::CloseReason
    \since QtSocketIo 0.1
    Why a session ended. closeReasonText() gives Engine.IO's text for it.

    \value TransportClose      the other side closed the connection
    \value TransportError the connection was lost or the transport's protocol was violated
    \value PingTimeout no heartbeat was received from the other side
    \value ParseError          a message cannot be decoded
    \value ForcedClose         the application closed the session
    \value ForcedServerClose   the server closed the session
    \value ServerShuttingDown  the server was closed
    \value SendBufferOverflow the client does not read the data sent to it; Engine.IO has no such
                               reason
*/
/*!
    \enum EngineIo::ConnectionError
    \since QtSocketIo 0.1
    This enum describes why a request was refused. The value is the "code" in the JSON body of the
    response; connectionErrorText() gives the "message".

    \value UnknownTransport            the transport is unknown or not enabled
    \value UnknownSessionId            there is no such session
    \value BadHandshakeMethod a handshake used a method other than GET
    \value BadRequest the request is invalid for another reason
    \value Forbidden                   \c allowRequest has refused the client, or its page is not
                                       among ServerOptions::allowedOrigins; status 403, all others
                                       400
    \value UnsupportedProtocolVersion the client uses a version of Engine.IO other than 4, and
                                       ServerOptions::allowEIO3 does not admit it
*/
/*!
    \enum EngineIo::ForwardedHeader
    \since QtSocketIo 0.1
    The header in which the proxies of ServerOptions::trustedProxies pass on the client's address.

    \value XForwardedFor  \c X-Forwarded-For, with \c X-Forwarded-Proto; most proxies write them
    \value Forwarded      \c Forwarded, of RFC 7239
*/
/*!
    \enum EngineIo::ProxyProtocol
    \since QtSocketIo 0.1
    Whether connections begin with a header of the PROXY protocol.

    \value Off                 none does
    \value FromTrustedProxies all connections from ServerOptions::trustedProxies do; others do not
*/
/*!
    \enum EngineIo::SendFlag
    \since QtSocketIo 0.1
    How a message is sent.

    \value Volatile The message is dropped unless the transport can send it immediately.
    \value NoCompression The message is not compressed (Engine.IO: \c{compress: false}).
*/

/*! Returns "polling" or "websocket", depending on \a type. */
QString transportName(TransportType type)
{
    return type == TransportType::Polling ? u"polling"_s : u"websocket"_s;
}

/*! Returns Engine.IO's text for \a reason, for example "transport close". */
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

/*! Returns Engine.IO's text for \a error, for example "Session ID unknown". */
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
