// SPDX-License-Identifier: MIT
// What the processes of a cluster on one machine tell each other. The first byte chooses the frame.
#include "cluster/clusterframes_p.h"

#include <cstdint>
#include <cstdio>
#include <cstdlib>

using namespace SocketIo;
using namespace SocketIo::detail;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    const QByteArray bytes(reinterpret_cast<const char *>(data + 1), qsizetype(size - 1));
    QString nsp;
    quint64 number = 0;
    switch (data[0] % 4) {
    case 0:
        // What was understood is passed on.
        if (const auto message = messageFromBytes(bytes)) {
            const auto again = messageFromBytes(messageToBytes(*message));
            if (!again || again->nsp != message->nsp
                || again->data.size() != message->data.size()) {
                fprintf(stderr, "a message does not come back\n");
                abort();
            }
        }
        break;
    case 1: {
        KeptSession kept;
        fromFrame(bytes, nsp, kept);
        break;
    }
    case 2: {
        bool found = false;
        KeptSession kept;
        QList<std::pair<quint64, QByteArray>> messages;
        fromFrame(bytes, nsp, number, found, kept, messages);
        break;
    }
    default: {
        QList<quint32> numbers;
        fromFrame(bytes, numbers);
        break;
    }
    }
    return 0;
}
