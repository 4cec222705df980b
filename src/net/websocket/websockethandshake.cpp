// SPDX-License-Identifier: MIT
#include "net/websocket/websockethandshake_p.h"

#include <QtCore/qcryptographichash.h>

namespace EngineIo::detail {

using namespace Qt::StringLiterals;

bool isWebSocketHandshake(const HttpRequest &request)
{
    const HttpHeaders &headers = request.headers();
    const auto key = QByteArray::fromBase64Encoding(request.header("sec-websocket-key"),
                                                    QByteArray::AbortOnBase64DecodingErrors);
    return request.method() == "GET" && request.minorVersion() >= 1
        && headers.hasToken("upgrade", "websocket") && headers.hasToken("connection", "upgrade")
        && request.header("sec-websocket-version") == "13" && key && key.decoded.size() == 16;
}

QByteArray webSocketAccept(const QByteArray &key)
{
    return QCryptographicHash::hash(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11",
                                    QCryptographicHash::Sha1)
        .toBase64();
}

HttpResponse acceptWebSocket(const HttpRequest &request,
                             const std::optional<DeflateAgreement> &deflate)
{
    HttpResponse response(101);
    response.headers().set("Upgrade"_ba, "websocket"_ba);
    response.headers().set("Connection"_ba, "Upgrade"_ba);
    response.headers().set("Sec-WebSocket-Accept"_ba,
                           webSocketAccept(request.header("sec-websocket-key")));
    if (deflate)
        response.headers().set("Sec-WebSocket-Extensions"_ba, deflate->answer);
    const QByteArray offered = request.headers().combinedValue("sec-websocket-protocol");
    if (!offered.isEmpty()) {
        const QByteArray first = offered.left(offered.indexOf(',')).trimmed();
        response.headers().set("Sec-WebSocket-Protocol"_ba, first);
    }
    return response;
}

} // namespace EngineIo::detail
