// SPDX-License-Identifier: MIT
#include "net/websocket/websocketdecoder_p.h"

#include <QtCore/qbytearray.h>
#include <QtCore/qlist.h>

#include <algorithm>

using namespace EngineIo::detail;

namespace {

using Events = QList<std::pair<int, QByteArray>>;

Events decode(QByteArray data, qsizetype pieceSize, WebSocketRole role)
{
    WebSocketDecoder decoder(4096, role);
    Events events;
    char *next = data.data();
    qsizetype left = data.size();
    while (left > 0) {
        qsizetype size = std::min(left, pieceSize);
        char *piece = next;
        next += size;
        left -= size;
        for (;;) {
            const WebSocketDecoder::Event event = decoder.next(piece, size);
            if (event == WebSocketDecoder::Event::NeedMore)
                break;
            events.append({int(event), decoder.takePayload()});
            if (event == WebSocketDecoder::Event::Close || event == WebSocketDecoder::Event::Error)
                return events;
        }
    }
    return events;
}

} // namespace

// A client's or a server's frames: the same is reported however the bytes are cut up. The first
// byte says how.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1)
        return 0;
    const QByteArray frames(reinterpret_cast<const char *>(data) + 1, qsizetype(size) - 1);
    const WebSocketRole role = data[0] & 0x80 ? WebSocketRole::Client : WebSocketRole::Server;
    if (decode(frames, frames.size(), role) != decode(frames, 1 + data[0] % 16, role))
        abort();
    return 0;
}
