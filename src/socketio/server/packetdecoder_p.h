// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_PACKETDECODER_P_H
#define SOCKETIO_PACKETDECODER_P_H

#include "engineio/protocol/messagedecoder_p.h"
#include "socketio/events/valuesize_p.h"

#include <SocketIo/packet.h>
#include <SocketIo/parser.h>

#include <memory>
#include <utility>

namespace SocketIo::detail {

class PacketMessage final : public EngineIo::detail::DecodedMessage
{
public:
    static std::unique_ptr<PacketMessage> create();
    // Where messages are decoded and handled in one thread, that keeps one, with the memory of its
    // arguments' list, for the next message.
    static void giveBack(std::unique_ptr<PacketMessage> message);

    qsizetype memorySize() const override { return sizeOf(packet.args) + sizeOf(packet.data); }

    Packet packet;
};

// Decodes the messages of a session in the thread that reads them.
class PacketDecoder final : public EngineIo::detail::MessageDecoder
{
public:
    explicit PacketDecoder(std::unique_ptr<Decoder> decoder)
        : m_decoder(std::move(decoder))
    {
    }

    Result decodeText(QByteArrayView utf8) override
    {
        return decode([&](Packet *packet) { return m_decoder->addText(utf8, packet); });
    }
    Result decodeBinary(const QByteArray &bytes) override
    {
        return decode([&](Packet *packet) { return m_decoder->addBinary(bytes, packet); });
    }

private:
    template<typename Add>
    Result decode(Add add)
    {
        if (!m_message)
            m_message = PacketMessage::create();
        switch (add(&m_message->packet)) {
        case Decoder::Status::Complete:
            return {std::move(m_message), {}};
        case Decoder::Status::NeedMore:
            return {};
        case Decoder::Status::Error:
            break;
        }
        const QByteArray error = m_decoder->errorString();
        return {nullptr, error.isEmpty() ? QByteArrayLiteral("invalid packet") : error};
    }

    std::unique_ptr<Decoder> m_decoder;
    std::unique_ptr<PacketMessage> m_message; // being filled
};

} // namespace SocketIo::detail

#endif
