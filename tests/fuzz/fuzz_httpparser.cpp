// SPDX-License-Identifier: MIT
#include "net/http/requestparser_p.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>

using namespace EngineIo;
using namespace EngineIo::detail;

namespace {

constexpr HttpLimits Limits{512, 8, 256};

// Takes the sizes of the pieces from the input, so that the fuzzer can choose them.
class PieceSizes
{
public:
    PieceSizes(const uint8_t *sizes, qsizetype count)
        : m_sizes(sizes)
        , m_count(count)
    {
    }

    qsizetype next()
    {
        if (m_count == 0)
            return 1;
        const uint8_t size = m_sizes[m_index++ % m_count];
        return size % 2 == 0 ? 1 + size / 2 : 1 + size % 8;
    }

private:
    const uint8_t *m_sizes;
    qsizetype m_count;
    qsizetype m_index = 0;
};

void require(bool condition)
{
    if (!condition)
        std::abort();
}

void checkRequest(const HttpRequest &request)
{
    require(HttpHeaders::isValidName(request.method()));
    require(request.target().startsWith('/') || request.target() == "*");
    require(request.target().startsWith(request.path()));
    require(request.headers().count() <= Limits.maxHeaderCount);
    require(request.body().size() <= Limits.maxBodySize);
    for (const HttpHeaders::Field &field : request.headers().fields()) {
        require(HttpHeaders::isValidName(field.first));
        require(HttpHeaders::isValidValue(field.second));
    }
    for (auto [name, value] : request.query().asKeyValueRange())
        require(request.queryValue(name) == value);
}

void appendRequest(QByteArray &log, const HttpRequest &request)
{
    log += request.method() + ' ' + request.target() + ' '
        + QByteArray::number(request.minorVersion()) + '\n';
    for (const HttpHeaders::Field &field : request.headers().fields())
        log += field.first + ':' + field.second + '\n';
    log += request.body();
}

// All that the parser says about the input, as text.
QByteArray parse(QByteArrayView input, PieceSizes *sizes)
{
    using Status = HttpRequestParser::Status;
    HttpRequestParser parser(Limits);
    QByteArray log;
    bool hasHead = false;
    while (!input.isEmpty()) {
        const qsizetype size = sizes ? qMin(sizes->next(), input.size()) : input.size();
        QByteArrayView piece = input.first(size);
        input = input.sliced(size);
        Status status = Status::NeedMore;
        do {
            qsizetype consumed = -1;
            status = parser.parse(piece, &consumed);
            require(consumed >= 0 && consumed <= piece.size());
            piece = piece.sliced(consumed);
            switch (status) {
            case Status::NeedMore:
                require(piece.isEmpty());
                break;
            case Status::HeadComplete:
                require(!std::exchange(hasHead, true));
                log += "head\n";
                break;
            case Status::BodyTooLarge:
                require(hasHead && parser.isBodyTooLarge());
                log += "too large\n";
                break;
            case Status::Complete:
                require(std::exchange(hasHead, false));
                checkRequest(parser.request());
                appendRequest(log, parser.takeRequest());
                require(parser.isIdle());
                break;
            case Status::Error:
                require(parser.errorStatus() >= 400 && parser.errorStatus() < 600);
                return log + QByteArray::number(parser.errorStatus()) + parser.errorString();
            }
        } while (status == Status::HeadComplete || !piece.isEmpty());
    }
    return log + (parser.isIdle() ? "idle" : "unfinished");
}

} // namespace

// The input's first byte says how many of the next ones are the sizes of pieces. A request must
// read the same in these pieces, byte by byte and as a whole.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, std::size_t size)
{
    if (size == 0)
        return 0;
    const qsizetype count = qMin(qsizetype(data[0] % 16), qsizetype(size) - 1);
    const QByteArrayView input(data + 1 + count, qsizetype(size) - 1 - count);
    const QByteArray whole = parse(input, nullptr);
    PieceSizes sizes(data + 1, count);
    require(parse(input, &sizes) == whole);
    PieceSizes bytes(nullptr, 0);
    require(parse(input, &bytes) == whole);
    return 0;
}
