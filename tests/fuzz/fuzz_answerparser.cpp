// SPDX-License-Identifier: MIT
#include "net/http/answerparser_p.h"
#include "net/websocket/websocketclienthandshake_p.h"

#include <algorithm>
#include <cstdlib>

using namespace EngineIo;
using namespace EngineIo::detail;

namespace {

constexpr qsizetype MaxBodySize = 256;

struct Result
{
    HttpAnswerParser::Status status = HttpAnswerParser::Status::NeedMore;
    int code = 0;
    QByteArray reason;
    QByteArray body;
    QList<HttpHeaders::Field> headers;

    friend bool operator==(const Result &, const Result &) = default;
};

Result parse(QByteArrayView data, qsizetype pieceSize)
{
    HttpAnswerParser parser(MaxBodySize);
    Result result;
    while (!data.isEmpty() && result.status == HttpAnswerParser::Status::NeedMore) {
        QByteArrayView piece = data.first(std::min(data.size(), pieceSize));
        data = data.sliced(piece.size());
        result.status = parser.parse(piece);
    }
    if (result.status == HttpAnswerParser::Status::NeedMore)
        result.status = parser.finish();
    result.code = parser.status();
    result.reason = parser.reason();
    result.body = parser.body();
    result.headers = parser.headers().fields();
    return result;
}

} // namespace

// A server's answer to the request for a WebSocket: the same however it is cut up, within the
// limits, and no answer opens a WebSocket that does not know the key.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1)
        return 0;
    const QByteArrayView answer(data + 1, qsizetype(size) - 1);
    const Result result = parse(answer, std::max<qsizetype>(1, answer.size()));
    if (result != parse(answer, 1 + data[0] % 16))
        abort();
    if (result.body.size() > MaxBodySize)
        abort();
    HttpAnswerParser parser(MaxBodySize);
    QByteArrayView rest = answer;
    parser.parse(rest);
    WebSocketClientHandshake handshake(QUrl(QStringLiteral("ws://localhost/")), {}, {},
                                       PerMessageDeflateOptions());
    if (handshake.accept(parser.headers()))
        abort();
    return 0;
}
