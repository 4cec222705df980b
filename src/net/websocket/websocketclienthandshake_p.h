// SPDX-License-Identifier: MIT
#ifndef ENGINEIO_WEBSOCKETCLIENTHANDSHAKE_P_H
#define ENGINEIO_WEBSOCKETCLIENTHANDSHAKE_P_H

#include "net/websocket/messagedeflate_p.h"

#include <EngineIo/httpheaders.h>

#include <QtCore/qstring.h>
#include <QtCore/qstringlist.h>
#include <QtCore/qurl.h>

#include <optional>

namespace EngineIo::detail {

// A client's opening handshake (RFC 6455, 4.1): the request for a WebSocket, and the check of the
// answer to it.
class ENGINEIO_AUTOTEST_EXPORT WebSocketClientHandshake
{
public:
    // url has the scheme ws or wss. Of headers, those that the handshake sets itself are ignored; a
    // "Host" among them replaces that of the URL.
    WebSocketClientHandshake(const QUrl &url, const HttpHeaders &headers,
                             const QStringList &subprotocols,
                             const std::optional<PerMessageDeflateOptions> &deflate);

    QByteArray request() const;
    // Checks an answer with status 101. Returns whether it opens the WebSocket.
    bool accept(const HttpHeaders &answer);

    // What is wrong with the answer.
    const QString &errorString() const noexcept { return m_error; }
    // What was agreed on.
    const QString &subprotocol() const noexcept { return m_subprotocol; }
    const std::optional<DeflateAgreement> &deflate() const noexcept { return m_agreement; }

private:
    bool acceptSubprotocol(const HttpHeaders &answer);
    bool acceptExtensions(const HttpHeaders &answer);
    bool fail(const QString &error);

    const QUrl m_url;
    const HttpHeaders m_headers;
    const QStringList m_subprotocols;
    const std::optional<PerMessageDeflateOptions> m_offered;
    const QByteArray m_key;
    QString m_error;
    QString m_subprotocol;
    std::optional<DeflateAgreement> m_agreement;
};

} // namespace EngineIo::detail

#endif
