// SPDX-License-Identifier: MIT
// What the processes of a cluster on one machine tell each other: messages, sessions, and the
// numbers of workers in the ids of sessions.
#include "cluster/clusterframes_p.h"

#include <cstdint>
#include <cstdio>
#include <cstdlib>

using namespace SocketIo;
using namespace SocketIo::detail;

namespace {

void require(bool condition, const char *what)
{
    if (!condition) {
        fprintf(stderr, "not so: %s\n", what);
        abort();
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const QByteArray input(reinterpret_cast<const char *>(data), qsizetype(size));
    if (const auto message = messageFromBytes(input)) {
        const auto again = messageFromBytes(messageToBytes(*message));
        require(again && again->uid == message->uid && again->nsp == message->nsp
                    && again->type == message->type && again->data.keys() == message->data.keys(),
                "a message is the same when it is read again");
    }
    KeptSession kept;
    if (fromFrame(input, kept)) {
        KeptSession again;
        require(fromFrame(toFrame(kept), again) && again.session.pid == kept.session.pid
                    && again.session.rooms == kept.session.rooms && again.begin == kept.begin,
                "a session is the same when it is read again");
    }
    if (const auto number = fromPrefix(QString::fromUtf8(input)))
        require(fromPrefix(toPrefix(*number)) == number, "a number is the same in an id");
    return 0;
}
