// SPDX-License-Identifier: MIT
#include "net/websocket/messagedeflate_p.h"

#include <QtCore/qbytearray.h>

#include <cstdlib>

using namespace EngineIo::detail;

// Two compressed messages from the network, one after the other: what they inflate to is bounded,
// and survives a round trip.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    constexpr qsizetype MaxSize = 100'000;
    if (size < 2)
        return 0;
    const bool forgets = data[0] & 1;
    const int bits = 9 + (data[0] >> 1) % 7;
    const DeflateAgreement agreement{forgets, forgets, bits, bits, {}};
    const QByteArrayView payload(reinterpret_cast<const char *>(data) + 2, qsizetype(size) - 2);
    const qsizetype first = qsizetype(payload.size() * data[1] / 255);
    MessageDeflate peer(agreement, {});
    MessageDeflate here(agreement, {});
    MessageDeflate there(agreement, {});
    for (const QByteArrayView part : {payload.first(first), payload.sliced(first)}) {
        QByteArray message;
        const Inflater::Status status = peer.inflate(part, MaxSize, &message);
        if (message.size() > MaxSize + 1)
            abort();
        if (status != Inflater::Status::Ok)
            return 0;
        if (message.isEmpty())
            continue;
        QByteArray again;
        if (there.inflate(here.compress(message, message), MaxSize, &again) != Inflater::Status::Ok
            || again != message) {
            abort();
        }
        MessageDeflate::forgetShared();
    }
    return 0;
}
