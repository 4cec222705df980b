// SPDX-License-Identifier: MIT
#include "net/websocket/messagedeflate_p.h"

#include <QtCore/qbytearray.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <random>

using namespace EngineIo::detail;

extern "C" size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t maxSize);

namespace {

constexpr qsizetype MaxSize = 100'000; // of a message
constexpr qsizetype HeaderSize = 3;
constexpr qsizetype MostFirst = 0xffff;

// An input begins with a byte for the agreement and two for the size of the first message.
struct Input
{
    quint8 settings = 0;
    std::array<QByteArray, 2> messages; // compressed

    bool forgets() const { return settings & 1; }
    int windowBits() const { return 9 + (settings >> 1) % 7; }
    DeflateAgreement agreement() const
    {
        return {forgets(), forgets(), windowBits(), windowBits(), {}};
    }
};

Input parsed(const uint8_t *data, size_t size)
{
    if (qsizetype(size) < HeaderSize)
        return {};
    const QByteArrayView rest(reinterpret_cast<const char *>(data) + HeaderSize,
                              qsizetype(size) - HeaderSize);
    const qsizetype first = std::min<qsizetype>(data[1] << 8 | data[2], rest.size());
    return {data[0], {rest.first(first).toByteArray(), rest.sliced(first).toByteArray()}};
}

QByteArray written(const Input &input)
{
    const qsizetype first = input.messages[0].size();
    const std::array header{char(input.settings), char(first >> 8), char(first)};
    return QByteArray(header.data(), HeaderSize) + input.messages[0] + input.messages[1];
}

// As far as they can be inflated.
std::array<QByteArray, 2> inflated(const Input &input)
{
    MessageDeflate peer(input.agreement(), {});
    std::array<QByteArray, 2> texts;
    for (size_t i = 0; i < texts.size(); ++i) {
        if (peer.inflate(input.messages[i], MaxSize, &texts[i]) != Inflater::Status::Ok)
            break;
    }
    return texts;
}

using Random = std::minstd_rand;

void mutate(QByteArray *text)
{
    const size_t size = size_t(text->size());
    text->resize(MaxSize + 1000); // too large must be possible
    text->resize(qsizetype(
        LLVMFuzzerMutate(reinterpret_cast<uint8_t *>(text->data()), size, size_t(text->size()))));
}

// A message as a peer may send it: a stream may also end within a message, or together with it.
QByteArray compressed(QByteArrayView text, Deflater *deflater, Random *random)
{
    QByteArray message;
    if ((*random)() % 4 == 0) {
        const auto size = qsizetype((*random)() % (size_t(text.size()) + 1));
        message = deflater->deflate(text.first(size));
        text = text.sliced(size);
        if (text.isEmpty())
            return message;
    }
    message += deflater->deflatePart(text);
    message.chop(4); // the empty block, which is not sent
    return message;
}

} // namespace

// Changes what the messages inflate to, and compresses it again: changed compressed data is rarely
// anything that can be inflated.
extern "C" size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t maxSize,
                                          unsigned int seed)
{
    Random random(seed);
    // Malformed data has to come too.
    if (!hasZlib() || random() % 4 == 0)
        return LLVMFuzzerMutate(data, size, maxSize);
    Input input = parsed(data, size);
    std::array<QByteArray, 2> texts = inflated(input);
    mutate(&texts[random() % 2]);
    if (random() % 8 == 0)
        input.settings = quint8(random());

    DeflateSettings settings;
    settings.windowBits = input.windowBits();
    settings.level = std::array{0, 1, 6, 9}[random() % 4];
    settings.memLevel = random() % 2 ? 1 : 8; // with 1, there are many small blocks
    Deflater deflater(ZlibFormat::Raw, settings);
    for (size_t i = 0; i < texts.size(); ++i) {
        if (input.forgets())
            deflater.forget();
        input.messages[i] = compressed(texts[i], &deflater, &random);
    }
    const QByteArray bytes = written(input);
    if (input.messages[0].size() > MostFirst || size_t(bytes.size()) > maxSize)
        return LLVMFuzzerMutate(data, size, maxSize);
    std::copy(bytes.begin(), bytes.end(), data);
    return size_t(bytes.size());
}

// Two compressed messages from the network, one after the other: what they inflate to is bounded,
// and survives a round trip.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const Input input = parsed(data, size);
    MessageDeflate peer(input.agreement(), {});
    MessageDeflate here(input.agreement(), {});
    MessageDeflate there(input.agreement(), {});
    for (const QByteArray &part : input.messages) {
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
