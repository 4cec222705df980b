// SPDX-License-Identifier: MIT
#ifndef ENGINEIO_MESSAGEDEFLATE_P_H
#define ENGINEIO_MESSAGEDEFLATE_P_H

#include "base/zlibstream_p.h"
#include "net/websocket/websocketheader_p.h"

#include <EngineIo/httprequest.h>
#include <EngineIo/permessagedeflateoptions.h>

#include <QtCore/qbytearray.h>

#include <memory>
#include <optional>

namespace EngineIo::detail {

// The negotiated parameters of the compression of a WebSocket.
struct DeflateAgreement
{
    bool serverNoContextTakeover = false;
    bool clientNoContextTakeover = false;
    int serverWindowBits = 15;
    int clientWindowBits = 15;
    QByteArray answer; // the value of Sec-WebSocket-Extensions in the answer
};

// Accepts the first suitable offer of the client (RFC 7692, section 7.1). Returns nothing if there
// is none, or if compression is off.
ENGINEIO_AUTOTEST_EXPORT std::optional<DeflateAgreement>
negotiateDeflate(const HttpRequest &request,
                 const std::optional<PerMessageDeflateOptions> &options);

// Returns a client's offer: the value of its Sec-WebSocket-Extensions.
ENGINEIO_AUTOTEST_EXPORT QByteArray deflateOffer(const PerMessageDeflateOptions &options);

// Returns the parameters that a client and a server have negotiated, based on the server's response
// to the client's offer, or nothing if the offer does not allow the response.
ENGINEIO_AUTOTEST_EXPORT std::optional<DeflateAgreement>
agreeOnDeflate(QByteArrayView answer, const PerMessageDeflateOptions &options);

// Compresses and decompresses the messages of a WebSocket. The context that is kept between
// messages is created with the first compressed message in each direction. Without context takeover
// nothing is kept, and all connections of a thread share the compressors.
class ENGINEIO_AUTOTEST_EXPORT MessageDeflate
{
public:
    // role is that of the end that has this object.
    MessageDeflate(const DeflateAgreement &agreement, const PerMessageDeflateOptions &options,
                   WebSocketRole role = WebSocketRole::Server);
    ~MessageDeflate();

    // The size in bytes from which a message is compressed.
    qsizetype threshold() const noexcept { return m_threshold; }
    // Returns the payload of a compressed message. With owner, the array that holds the payload,
    // the same payload is compressed only once per turn for all connections of this thread.
    QByteArray compress(QByteArrayView payload, const QByteArray &owner);
    Inflater::Status inflate(QByteArrayView payload, qsizetype maxSize, QByteArray *message);

    // To be called at the end of a turn: releases the payloads that the next turn may not send
    // again.
    static void forgetShared();

private:
    const qsizetype m_threshold;
    const DeflateSettings m_settings;
    const int m_peerWindowBits;
    const bool m_forgets; // no context is kept of what this end has sent
    const bool m_peerForgets;
    std::unique_ptr<Deflater> m_deflater;
    std::unique_ptr<Inflater> m_inflater;
};

} // namespace EngineIo::detail

#endif
