// SPDX-License-Identifier: MIT
#ifndef ENGINEIO_LENGTHPAYLOAD_P_H
#define ENGINEIO_LENGTHPAYLOAD_P_H

#include "engineio/protocol/payloadcodec_p.h"

// The polling payloads of revision 3 of the protocol, in which each packet has its length in front.
// Text:   "6:4hello", with the length in UTF-16 code units
// Binary: a byte, 0 for text and 1 for binary data, the length's decimal digits as the bytes 0
//         to 9, a byte 255, and the packet; the length is in bytes

namespace EngineIo::detail {

// What stands before binary data in revision 3: the packet's type, as in a text.
constexpr QByteArrayView TypedBase64Prefix("b4");
constexpr QByteArrayView TypedBinaryPrefix("\4", 1);

ENGINEIO_AUTOTEST_EXPORT void appendWithLength(QByteArray &payload, QByteArrayView encodedPacket);
ENGINEIO_AUTOTEST_EXPORT void appendBase64WithLength(QByteArray &payload, const QByteArray &data);
// These two append to a binary payload.
ENGINEIO_AUTOTEST_EXPORT void appendTextWithHeader(QByteArray &payload,
                                                   QByteArrayView encodedPacket);
ENGINEIO_AUTOTEST_EXPORT void appendBinaryWithHeader(QByteArray &payload, const QByteArray &data);

class ENGINEIO_AUTOTEST_EXPORT TextPayloadReader final : public PayloadReader
{
public:
    explicit TextPayloadReader(QByteArrayView payload);

    bool atEnd() const noexcept override { return m_done; }
    QByteArrayView rest() const noexcept override { return m_rest; }
    std::optional<Packet> next() override;

private:
    void skipEmpty();

    QByteArray m_repaired; // where the payload was not UTF-8
    QByteArrayView m_rest;
    bool m_done = false;
};

class ENGINEIO_AUTOTEST_EXPORT BinaryPayloadReader final : public PayloadReader
{
public:
    explicit BinaryPayloadReader(QByteArrayView payload)
        : m_rest(payload)
    {
    }

    bool atEnd() const noexcept override { return m_rest.isEmpty(); }
    QByteArrayView rest() const noexcept override { return m_rest; }
    std::optional<Packet> next() override;

private:
    QByteArrayView m_rest;
};

} // namespace EngineIo::detail

#endif
