// SPDX-License-Identifier: MIT
#include "engineio/client/client_p.h"

#include "base/logging_p.h"
#include "engineio/protocol/packettext_p.h"

#include <utility>

namespace EngineIo {

using detail::ClientTransport;
using detail::OutgoingPacket;

bool ClientPrivate::send(const FrameList &frames, SendFlags flags)
{
    if (state != State::Opening && state != State::Open)
        return false;
    if (flags.testFlag(SendFlag::Volatile) && !isWritable())
        return false;
    CallOut out(q);
    for (const Frame &frame : frames) {
        if (!out.call([&] { enqueue(OutgoingPacket(frame, flags), PacketType::Message); }))
            return false;
    }
    flush();
    return true;
}

bool ClientPrivate::isWritable() const
{
    return state == State::Open && !upgrading && buffer.isEmpty() && transport->isWritable();
}

void ClientPrivate::enqueue(OutgoingPacket &&packet, PacketType type)
{
    buffer.append(std::move(packet));
    if (!packetSignals)
        return;
    const OutgoingPacket &queued = buffer.constLast();
    const bool binary = queued.isBinary();
    CallOut(q).emitSignal(
        &Client::packetCreated,
        Packet{type, binary, binary ? queued.binary() : queued.text().sliced(1).toByteArray()});
}

void ClientPrivate::flush()
{
    if ((state != State::Open && state != State::Closing) || goodbye || upgrading
        || buffer.isEmpty() || handshake.sid.isEmpty() || !transport->isWritable()) {
        return;
    }
    const detail::OutgoingPackets packets = takeWritablePackets();
    if (detail::lcPackets().isDebugEnabled()) {
        for (const OutgoingPacket &packet : packets) {
            qCDebug(detail::lcPackets).noquote()
                << transportName(transport->type()) << "sends"
                << detail::packetDataText(packet.isBinary() ? QByteArrayView(packet.binary())
                                                            : packet.text(),
                                          packet.isBinary());
        }
    }
    transport->send(packets);
    CallOut(q).emitSignal(&Client::flushed);
}

// All of the buffer or, for polling, as much of it as one request may carry.
detail::OutgoingPackets ClientPrivate::takeWritablePackets()
{
    if (transport->type() != TransportType::Polling)
        return std::exchange(buffer, {});
    qint64 size = protocol->sizeOf(buffer.constFirst());
    qsizetype count = 1;
    while (count < buffer.size()) {
        size += 1 + protocol->sizeOf(buffer.at(count));
        if ((handshake.maxPayload > 0 && size > handshake.maxPayload)
            || (options.maxPacketsPerRequest > 0 && count >= options.maxPacketsPerRequest)) {
            break;
        }
        ++count;
    }
    if (count == buffer.size())
        return std::exchange(buffer, {});
    const detail::OutgoingPackets packets = buffer.first(count);
    buffer.remove(0, count);
    return packets;
}

void ClientPrivate::transportDrained(ClientTransport *drained)
{
    if (drained != transport.get())
        return;
    CallOut out(q);
    if (buffer.isEmpty())
        out.emitSignal(&Client::drained);
    else
        out.call([this] { flush(); });
    if (out)
        continueClosing();
}

} // namespace EngineIo
