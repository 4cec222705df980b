// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_PACKETSOURCE_P_H
#define SOCKETIO_PACKETSOURCE_P_H

#include "engineio/protocol/framesource_p.h"
#include "socketio/parser/packetwarnings_p.h"

#include <SocketIo/packet.h>
#include <SocketIo/parser.h>

#include <EngineIo/Frame>

#include <functional>
#include <memory>
#include <optional>
#include <utility>

namespace SocketIo::detail {

// Encodes a packet in the I/O thread of its session.
class PacketSource final : public EngineIo::detail::FrameSource
{
public:
    // failed is called, in that thread, if there is nothing to send; it may be empty.
    PacketSource(std::shared_ptr<const Parser> parser, Packet &&packet,
                 std::function<void()> failed)
        : m_parser(std::move(parser))
        , m_packet(std::move(packet))
        , m_failed(std::move(failed))
        , m_answered(AnswerName::current())
    {
    }
    EngineIo::FrameList frames() override
    {
        std::optional<AnswerName> name;
        if (m_answered)
            name.emplace(m_answered->name, m_answered->warnings);
        EngineIo::FrameList frames = m_parser->encode(m_packet);
        if (frames.isEmpty() && m_failed)
            m_failed();
        return frames;
    }

private:
    std::shared_ptr<const Parser> m_parser;
    Packet m_packet;
    std::function<void()> m_failed;
    std::optional<AnsweredEvent> m_answered;
};

} // namespace SocketIo::detail

#endif
