// SPDX-License-Identifier: MIT
#include "net/websocket/websocketmask_p.h"

#include <QtCore/qrandom.h>

#include <cstring>

namespace EngineIo::detail {

void applyMask(char *data, qsizetype size, const WebSocketMask &mask, quint8 offset)
{
    std::array<char, 8> key;
    for (size_t i = 0; i < key.size(); ++i)
        key[i] = mask[(i + offset) & 3];
    quint64 wideKey;
    memcpy(&wideKey, key.data(), sizeof wideKey);
    qsizetype i = 0;
    // As many bytes at a time as compilers turn into vector instructions.
    for (std::array<quint64, 8> words; i + qsizetype(sizeof words) <= size; i += sizeof words) {
        memcpy(words.data(), data + i, sizeof words);
        for (quint64 &word : words)
            word ^= wideKey;
        memcpy(data + i, words.data(), sizeof words);
    }
    for (; i + 8 <= size; i += 8) {
        quint64 word;
        memcpy(&word, data + i, sizeof word);
        word ^= wideKey;
        memcpy(data + i, &word, sizeof word);
    }
    for (; i < size; ++i)
        data[i] = char(data[i] ^ key[size_t(i & 7)]);
}

WebSocketMask newWebSocketMask()
{
    // Many at a time, since each request is a system call.
    static thread_local std::array<quint32, 256> pool;
    static thread_local size_t left = 0;
    if (left == 0) {
        QRandomGenerator::system()->fillRange(pool.data(), qsizetype(pool.size()));
        left = pool.size();
    }
    WebSocketMask mask;
    memcpy(mask.data(), &pool[--left], sizeof mask);
    return mask;
}

void appendMaskedFrame(QByteArray &output, WebSocketOpcode opcode, QByteArrayView prefix,
                       QByteArrayView payload, quint8 bits)
{
    constexpr char MaskBit = char(0x80);
    char header[MaxWebSocketHeaderSize];
    const qsizetype size = prefix.size() + payload.size();
    const qsizetype headerSize = writeWebSocketHeader(opcode, quint64(size), header, bits);
    header[1] = char(header[1] | MaskBit);
    const WebSocketMask mask = newWebSocketMask();
    output.append(header, headerSize);
    output.append(mask.data(), qsizetype(mask.size()));
    output.append(prefix);
    output.append(payload);
    applyMask(output.data() + output.size() - size, size, mask);
}

} // namespace EngineIo::detail
