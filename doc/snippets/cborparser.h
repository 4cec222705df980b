// SPDX-License-Identifier: MIT
#ifndef CBORPARSER_H
#define CBORPARSER_H

//! [parser]
#include <SocketIo/Parser>

// Each packet is one binary message: a CBOR map with "type", "nsp", "id" and "data".
class CborParser final : public SocketIo::Parser
{
public:
    EngineIo::FrameList encode(const SocketIo::Packet &packet) const override;
    std::unique_ptr<SocketIo::Decoder> createDecoder() const override;
};
//! [parser]

#endif
