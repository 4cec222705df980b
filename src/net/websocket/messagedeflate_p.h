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

// What the two ends of a WebSocket have agreed on about compression.
struct DeflateAgreement
{
    bool serverNoContextTakeover = false;
    bool clientNoContextTakeover = false;
    int serverWindowBits = 15;
    int clientWindowBits = 15;
    QByteArray answer; // the value of the answer's Sec-WebSocket-Extensions
};

// Takes the first of the client's offers that fits (RFC 7692, section 7.1); nothing if none does,
// or if compression is off.
ENGINEIO_AUTOTEST_EXPORT std::optional<DeflateAgreement>
negotiateDeflate(const HttpRequest &request,
                 const std::optional<PerMessageDeflateOptions> &options);

// What a client offers: the value of its Sec-WebSocket-Extensions.
ENGINEIO_AUTOTEST_EXPORT QByteArray deflateOffer(const PerMessageDeflateOptions &options);

// What a client has agreed on with a server that answered its offer; nothing if the answer is none
// that the offer allows.
ENGINEIO_AUTOTEST_EXPORT std::optional<DeflateAgreement>
agreeOnDeflate(QByteArrayView answer, const PerMessageDeflateOptions &options);

// Compresses and inflates the messages of one WebSocket. What has to be remembered between messages
// is made when the first compressed message goes that way; without context takeover nothing is,
// and all connections of a thread share it.
class ENGINEIO_AUTOTEST_EXPORT MessageDeflate
{
public:
    // role: of the end that has this object.
    MessageDeflate(const DeflateAgreement &agreement, const PerMessageDeflateOptions &options,
                   WebSocketRole role = WebSocketRole::Server);
    ~MessageDeflate();

    // The size in bytes from which on a message is compressed.
    qsizetype threshold() const noexcept { return m_threshold; }
    // The payload of a compressed message. With owner, the array that holds the payload, the same
    // payload is compressed once for all connections of this thread that are in the same turn.
    QByteArray compress(QByteArrayView payload, const QByteArray &owner);
    Inflater::Status inflate(QByteArrayView payload, qsizetype maxSize, QByteArray *message);

    // At the end of a turn: no memory is held for what the next may not send again.
    static void forgetShared();

private:
    const qsizetype m_threshold;
    const DeflateSettings m_settings;
    const int m_peerWindowBits;
    const bool m_forgets; // neither end remembers what this one has sent
    const bool m_peerForgets;
    std::unique_ptr<Deflater> m_deflater;
    std::unique_ptr<Inflater> m_inflater;
};

} // namespace EngineIo::detail

#endif
