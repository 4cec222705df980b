// SPDX-License-Identifier: MIT
#include "socketio/server/packetdecoder_p.h"

namespace SocketIo::detail {

namespace {

// A longer list is not worth to be kept.
constexpr qsizetype MostKept = 16;

thread_local std::unique_ptr<PacketMessage> kept;

} // namespace

std::unique_ptr<PacketMessage> PacketMessage::create()
{
    return kept ? std::move(kept) : std::make_unique<PacketMessage>();
}

void PacketMessage::giveBack(std::unique_ptr<PacketMessage> message)
{
    Packet &packet = message->packet;
    if (!packet.args.isDetached() || packet.args.capacity() > MostKept)
        return;
    packet.args.clear();
    if (packet.data.isValid())
        packet.data.clear();
    kept = std::move(message);
}

} // namespace SocketIo::detail
