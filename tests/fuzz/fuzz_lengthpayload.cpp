// SPDX-License-Identifier: MIT
#include "engineio/protocol/wireprotocol_p.h"
#include "engineio/transport/jsonp_p.h"

#include <QtCore/qlist.h>

#include <cstdlib>
#include <vector>

using namespace EngineIo;
using namespace EngineIo::detail;

namespace {

// Nothing if one of the packets is malformed.
std::optional<QList<Packet>> decode(QByteArrayView payload, PayloadFormat format)
{
    QList<Packet> packets;
    const auto reader = WireProtocol::revision3().read(payload, format);
    while (!reader->atEnd()) {
        std::optional<Packet> packet = reader->next();
        if (!packet)
            return std::nullopt;
        // As the polling transport does.
        if (!packet->binary && !packet->data.isValidUtf8())
            packet->data = QString::fromUtf8(packet->data).toUtf8();
        packets.append(std::move(*packet));
    }
    return packets;
}

void checkRoundTrip(const QList<Packet> &packets, bool base64)
{
    std::vector<OutgoingPacket> list;
    for (const Packet &packet : packets) {
        if (packet.type != PacketType::Message)
            list.emplace_back(packet.type, packet.data);
        else
            list.emplace_back(packet.binary ? Frame::fromBinary(packet.data)
                                            : Frame::fromText(packet.data));
    }
    if (list.empty())
        return;
    const Payload payload = WireProtocol::revision3().write(list, base64);
    const auto again = decode(payload.bytes, payload.format);
    if (!again || !(*again == packets))
        abort();
}

} // namespace

// A polling payload of Engine.IO 3 from the network, in either format or in a form: decoding ends,
// and what it accepts survives a round trip.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const QByteArrayView payload(reinterpret_cast<const char *>(data), qsizetype(size));
    for (const PayloadFormat format : {PayloadFormat::Text, PayloadFormat::Binary}) {
        if (const auto packets = decode(payload, format)) {
            checkRoundTrip(*packets, false);
            checkRoundTrip(*packets, true);
        }
    }
    if (const auto form = Jsonp::unwrap(payload))
        (void)Jsonp(u"1").wrap(*form);
    return 0;
}
