// SPDX-License-Identifier: MIT
#ifndef ENGINEIO_CLIENTINBOX_P_H
#define ENGINEIO_CLIENTINBOX_P_H

#include <EngineIo/clienterror.h>
#include <EngineIo/enums.h>
#include <EngineIo/packet.h>

#include <deque>
#include <optional>
#include <utility>

namespace EngineIo::detail {

// How a connection ends.
struct ClientEnd
{
    CloseReason reason;
    ClientError details;
    bool isError = false;
};

// Data that a connection has received and not yet passed to the application. While a slot runs a
// nested event loop, received data and the end of the connection are queued here, in order.
struct ClientInbox
{
    void append(Packet &&packet)
    {
        bytes += sizeOf(packet);
        packets.push_back(std::move(packet));
    }
    Packet takeFirst()
    {
        Packet packet = std::move(packets.front());
        packets.pop_front();
        bytes -= sizeOf(packet);
        return packet;
    }

    // An empty one takes memory as well.
    static qint64 sizeOf(const Packet &packet)
    {
        return qint64(sizeof(Packet)) + packet.data.size();
    }

    std::deque<Packet> packets;
    qint64 bytes = 0;
    std::optional<ClientEnd> end; // nothing more is received
    bool isEndTold = false;       // nothing more is handed over
    bool isDelivering = false;
    bool awaitsTurn = false; // what is left of a delivery
    bool isHeldBack = false; // the transport receives no more
};

} // namespace EngineIo::detail

#endif
