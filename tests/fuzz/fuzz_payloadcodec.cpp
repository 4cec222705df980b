// SPDX-License-Identifier: MIT
#include "support/payloads.h"

using namespace EngineIo;
using namespace EngineIo::detail;

// A polling payload from the network: decoding ends, and what it accepts survives a round trip.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const QByteArrayView payload(reinterpret_cast<const char *>(data), qsizetype(size));
    const std::optional<QList<Packet>> packets = decodePayload(payload);
    if (!packets)
        return 0;
    const std::optional<QList<Packet>> again = decodePayload(encodePayload(*packets));
    if (!again || !(*again == *packets))
        abort();
    return 0;
}
