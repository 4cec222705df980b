// SPDX-License-Identifier: MIT
#include "engineio/protocol/wireprotocol_p.h"

#include "engineio/protocol/lengthpayload_p.h"

#include <algorithm>

namespace EngineIo::detail {

namespace {

qsizetype base64Size(qsizetype size)
{
    return (size + 2) / 3 * 4;
}

class Revision4 final : public WireProtocol
{
public:
    Revision4()
        : WireProtocol(4, Pinger::Server, {}, "b")
    {
    }

    bool hasFormat(PayloadFormat format) const override { return format == PayloadFormat::Text; }

    std::unique_ptr<PayloadReader> read(QByteArrayView payload, PayloadFormat) const override
    {
        return std::make_unique<SeparatedPayloadReader>(payload);
    }

    Payload write(std::span<const OutgoingPacket> packets, bool) const override
    {
        Payload payload;
        auto size = qsizetype(packets.size()); // of the separators
        for (const OutgoingPacket &packet : packets)
            size += sizeOf(packet);
        payload.bytes.reserve(size);
        for (const OutgoingPacket &packet : packets) {
            if (packet.isBinary())
                appendBinaryToPayload(payload.bytes, packet.binary());
            else
                appendToPayload(payload.bytes, packet.text());
        }
        return payload;
    }

    qsizetype sizeOf(const OutgoingPacket &packet) const override
    {
        return packet.isBinary() ? 1 + base64Size(packet.size()) : packet.size();
    }
};

class Revision3 final : public WireProtocol
{
public:
    Revision3()
        : WireProtocol(3, Pinger::Client, TypedBinaryPrefix, TypedBase64Prefix)
    {
    }

    bool hasFormat(PayloadFormat) const override { return true; }

    std::unique_ptr<PayloadReader> read(QByteArrayView payload, PayloadFormat format) const override
    {
        if (format == PayloadFormat::Binary)
            return std::make_unique<BinaryPayloadReader>(payload);
        return std::make_unique<TextPayloadReader>(payload);
    }

    // A payload is binary only where it must be.
    Payload write(std::span<const OutgoingPacket> packets, bool base64) const override
    {
        Payload payload;
        qsizetype size = 0;
        for (const OutgoingPacket &packet : packets)
            size += sizeOf(packet);
        payload.bytes.reserve(size);
        const bool binary = !base64
            && std::any_of(packets.begin(), packets.end(),
                           [](const OutgoingPacket &packet) { return packet.isBinary(); });
        if (!binary) {
            for (const OutgoingPacket &packet : packets) {
                if (packet.isBinary())
                    appendBase64WithLength(payload.bytes, packet.binary());
                else
                    appendWithLength(payload.bytes, packet.text());
            }
            return payload;
        }
        payload.format = PayloadFormat::Binary;
        for (const OutgoingPacket &packet : packets) {
            if (packet.isBinary())
                appendBinaryWithHeader(payload.bytes, packet.binary());
            else
                appendTextWithHeader(payload.bytes, packet.text());
        }
        return payload;
    }

    qsizetype sizeOf(const OutgoingPacket &packet) const override
    {
        constexpr qsizetype Header = 14; // at most
        return Header
            + (packet.isBinary() ? TypedBase64Prefix.size() + base64Size(packet.size())
                                 : packet.size());
    }
};

} // namespace

WireProtocol::WireProtocol(int revision, Pinger pinger, QByteArrayView binaryPrefix,
                           QByteArrayView base64Prefix)
    : m_revision(revision)
    , m_pinger(pinger)
    , m_binaryPrefix(binaryPrefix)
    , m_base64Prefix(base64Prefix)
{
}

WireProtocol::~WireProtocol() = default;

const WireProtocol &WireProtocol::revision4()
{
    static const Revision4 protocol;
    return protocol;
}

const WireProtocol &WireProtocol::revision3()
{
    static const Revision3 protocol;
    return protocol;
}

const WireProtocol &WireProtocol::named(QStringView eio)
{
    return eio == u"4" ? revision4() : revision3();
}

const WireProtocol &WireProtocol::of(ProtocolRevision revision)
{
    return revision == ProtocolRevision::Revision3 ? revision3() : revision4();
}

} // namespace EngineIo::detail
