// SPDX-License-Identifier: MIT
#include "net/websocket/websockethandshake_p.h"

#include "net/http/httpchars_p.h"

#include <QtCore/qcryptographichash.h>

namespace EngineIo::detail {

using namespace Qt::StringLiterals;

namespace {

// Returns the subprotocol to answer with; empty for none.
QByteArray chooseSubprotocol(const HttpHeaders &headers, const QStringList &ours)
{
    for (const QString &name : ours) {
        // Unlike other tokens, these are case sensitive.
        const QByteArray offers = headers.combinedValue("sec-websocket-protocol");
        QByteArrayView rest = offers;
        while (!rest.isEmpty()) {
            if (takeHttpElement(rest) == name.toLatin1())
                return name.toLatin1();
        }
    }
    if (!ours.isEmpty())
        return {};
    const QByteArray offers = headers.combinedValue("sec-websocket-protocol");
    QByteArrayView rest = offers;
    return takeHttpElement(rest).toByteArray();
}

} // namespace

bool isWebSocketHandshake(const HttpRequest &request)
{
    const auto key = QByteArray::fromBase64Encoding(request.header("sec-websocket-key"),
                                                    QByteArray::AbortOnBase64DecodingErrors);
    return request.method() == "GET" && request.isUpgrade()
        && request.header("sec-websocket-version") == "13" && key && key.decoded.size() == 16;
}

QByteArray webSocketAccept(const QByteArray &key)
{
    return QCryptographicHash::hash(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11",
                                    QCryptographicHash::Sha1)
        .toBase64();
}

HttpResponse acceptWebSocket(const HttpRequest &request,
                             const std::optional<DeflateAgreement> &deflate,
                             const QStringList &subprotocols)
{
    HttpResponse response(101);
    response.headers().set("Upgrade"_ba, "websocket"_ba);
    response.headers().set("Connection"_ba, "Upgrade"_ba);
    response.headers().set("Sec-WebSocket-Accept"_ba,
                           webSocketAccept(request.header("sec-websocket-key")));
    if (deflate)
        response.headers().set("Sec-WebSocket-Extensions"_ba, deflate->answer);
    const QByteArray subprotocol = chooseSubprotocol(request.headers(), subprotocols);
    if (!subprotocol.isEmpty())
        response.headers().set("Sec-WebSocket-Protocol"_ba, subprotocol);
    return response;
}

} // namespace EngineIo::detail
