// SPDX-License-Identifier: MIT
// Messages of a peer to the MessagePack decoder, and the values of a broker to its reader. What can
// be read must survive being written and read again.
#include "msgpack/msgpackreader_p.h"
#include "msgpack/msgpackwriter_p.h"

#include <SocketIo/MsgPackParser>

#include <QtCore/qdatetime.h>

#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>

using namespace SocketIo;
using SocketIo::detail::MsgPackReader;
using SocketIo::detail::MsgPackWriter;

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
        return std::isnan(a.toDouble()) ? std::isnan(b.toDouble()) : a.toDouble() == b.toDouble();
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
    case QMetaType::QDateTime:
        return !a.toDateTime().isValid() || a == b;
    default:
        return a.typeId() == b.typeId() && a == b;
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    constexpr int MaxDepth = 200;
    const QByteArray input(reinterpret_cast<const char *>(data), qsizetype(size));
    MsgPackReader reader(MaxDepth);
    if (const auto value = reader.read(input)) {
        for (const auto dates :
             {MsgPackWriter::Dates::Notepack2, MsgPackWriter::Dates::Timestamp}) {
            const auto written = MsgPackWriter(MaxDepth, dates).write(*value);
            require(written.has_value(), "what was read can be written");
            const auto again = reader.read(*written);
            require(again.has_value(), "what was written can be read");
            require(isSame(*value, *again), "the values are the same");
        }
    }
    Packet packet;
    const MsgPackParser parser;
    if (parser.createDecoder()->addBinary(input, &packet) == Decoder::Status::Complete)
        require(!parser.encode(packet).isEmpty(), "a decoded packet can be encoded");
    return 0;
}
