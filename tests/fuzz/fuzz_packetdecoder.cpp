// SPDX-License-Identifier: MIT
// Messages of a peer to the decoder of the default wire format. The input is cut into messages at
// each 0x1e; one that starts with 'b' is binary. What can be decoded must survive a round trip.
#include <SocketIo/Parser>

#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>

using namespace SocketIo;
using Status = Decoder::Status;

namespace {

void require(bool condition, const char *what)
{
    if (!condition) {
        fprintf(stderr, "not so: %s\n", what);
        abort();
    }
}

// Whether b is what a becomes by being written and read.
bool isSame(const QVariant &a, const QVariant &b)
{
    switch (a.typeId()) {
    case QMetaType::Double:
        if (!std::isfinite(a.toDouble()))
            return b.typeId() == QMetaType::Nullptr;
        // A whole number is written without a fraction, and read as an integer that holds it.
        return (b.typeId() == QMetaType::Double || b.typeId() == QMetaType::LongLong
                || b.typeId() == QMetaType::ULongLong)
            && a.toDouble() == b.toDouble();
    case QMetaType::QVariantList: {
        const QVariantList listA = a.toList();
        const QVariantList listB = b.toList();
        return b.typeId() == a.typeId()
            && std::equal(listA.begin(), listA.end(), listB.begin(), listB.end(), isSame);
    }
    case QMetaType::QVariantMap: {
        const QVariantMap mapA = a.toMap();
        const QVariantMap mapB = b.toMap();
        return b.typeId() == a.typeId() && mapA.keys() == mapB.keys()
            && std::equal(mapA.begin(), mapA.end(), mapB.begin(), mapB.end(), isSame);
    }
    default:
        return a.typeId() == b.typeId() && a == b;
    }
}

void checkRoundTrip(const JsonParser &parser, const Packet &packet)
{
    // A number beyond the range of a double is no event name any more when it is written.
    if (packet.type == PacketType::Event && packet.args.constFirst().typeId() == QMetaType::Double
        && !std::isfinite(packet.args.constFirst().toDouble())) {
        return;
    }
    const EngineIo::FrameList frames = parser.encode(packet);
    require(!frames.isEmpty(), "a decoded packet can be encoded");
    const auto decoder = parser.createDecoder();
    Packet again;
    Status status = decoder->addText(frames[0].message().bytes(), &again);
    for (qsizetype i = 1; i < frames.size(); ++i) {
        require(status == Status::NeedMore, "attachments are awaited");
        status = decoder->addBinary(frames[i].bytes(), &again);
    }
    require(status == Status::Complete, "an encoded packet can be decoded");
    require(again.type == packet.type && again.nsp == packet.nsp && again.id == packet.id,
            "the head is the same");
    require(isSame(packet.args, again.args), "the arguments are the same");
    require(isSame(packet.data, again.data), "the data is the same");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    // More attachments than peers take, so that a packet of ten that uses each twice can be
    // encoded without a warning.
    static const JsonParser parser({.maxAttachments = 1000, .maxDepth = 200});
    const QByteArray input(reinterpret_cast<const char *>(data), qsizetype(size));
    auto decoder = parser.createDecoder();
    Packet packet;
    for (const QByteArray &message : input.split('\x1e')) {
        const Status status = message.startsWith('b') ? decoder->addBinary(message.mid(1), &packet)
                                                      : decoder->addText(message, &packet);
        if (status == Status::Complete)
            checkRoundTrip(parser, packet);
        else if (status == Status::Error)
            decoder = parser.createDecoder();
    }
    return 0;
}
