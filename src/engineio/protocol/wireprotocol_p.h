// SPDX-License-Identifier: MIT
#ifndef ENGINEIO_WIREPROTOCOL_P_H
#define ENGINEIO_WIREPROTOCOL_P_H

#include "engineio/protocol/outgoingpacket_p.h"
#include "engineio/protocol/payloadcodec_p.h"

#include <QtCore/qbytearray.h>
#include <QtCore/qbytearrayview.h>
#include <QtCore/qstringview.h>

#include <memory>
#include <optional>
#include <span>

namespace EngineIo::detail {

enum class PayloadFormat : quint8 { Text, Binary };

struct Payload
{
    QByteArray bytes;
    PayloadFormat format = PayloadFormat::Text;
};

// Who sends the pings of a session's heartbeat, and is answered with pongs.
enum class Pinger : quint8 { Server, Client };

// The rules of a revision of the Engine.IO protocol. Text in WebSocket frames is the same in all
// revisions, so a message that is encoded once can be sent to sessions with any revision.
class ENGINEIO_AUTOTEST_EXPORT WireProtocol
{
public:
    static const WireProtocol &revision4(); // Socket.IO 3 and 4
    static const WireProtocol &revision3(); // Socket.IO 1 and 2
    // As the query of a request names it: "4", and everything else means revision 3.
    static const WireProtocol &named(QStringView eio);
    static const WireProtocol &of(ProtocolRevision revision);

    virtual ~WireProtocol();
    Q_DISABLE_COPY_MOVE(WireProtocol)

    int revision() const noexcept { return m_revision; }
    Pinger pinger() const noexcept { return m_pinger; }

    // What stands before the data in a binary message of a WebSocket, and before its base64.
    QByteArrayView binaryPrefix() const noexcept { return m_binaryPrefix; }
    QByteArrayView base64Prefix() const noexcept { return m_base64Prefix; }

    // A packet that is text on a WebSocket.
    std::optional<Packet> decodeText(QByteArrayView encoded) const
    {
        return decodePacket(encoded, m_base64Prefix);
    }

    // Polling.
    virtual bool hasFormat(PayloadFormat format) const = 0;
    virtual std::unique_ptr<PayloadReader> read(QByteArrayView payload,
                                                PayloadFormat format) const = 0;
    // base64: the receiver takes text only.
    virtual Payload write(std::span<const OutgoingPacket> packets, bool base64) const = 0;
    // The most bytes that a packet takes of a payload, without a separator.
    virtual qsizetype sizeOf(const OutgoingPacket &packet) const = 0;

protected:
    WireProtocol(int revision, Pinger pinger, QByteArrayView binaryPrefix,
                 QByteArrayView base64Prefix);

private:
    const int m_revision;
    const Pinger m_pinger;
    const QByteArrayView m_binaryPrefix;
    const QByteArrayView m_base64Prefix;
};

} // namespace EngineIo::detail

#endif
