// SPDX-License-Identifier: MIT
#include "engineio/client/client_p.h"

#include "base/logging_p.h"
#include "engineio/protocol/packettext_p.h"

#include <algorithm>
#include <utility>

namespace EngineIo {

using namespace Qt::StringLiterals;
using detail::ClientTransport;
using detail::OutgoingPacket;
using detail::OutgoingPackets;

bool ClientPrivate::send(const FrameList &frames, SendFlags flags)
{
    if (state != State::Opening && state != State::Open)
        return false;
    if (flags.testFlag(SendFlag::Volatile) && !isWritable())
        return false;
    for (const Frame &frame : frames)
        buffer.append(OutgoingPacket(frame, flags));
    if (packetSignals && !tellCreated(frames))
        return false;
    flush();
    return true;
}

// All of them are queued by now: what a slot sends comes after the attachments of a packet. Returns
// whether the connection is still the same.
bool ClientPrivate::tellCreated(const FrameList &frames)
{
    const auto thisOne = m_inbox;
    detail::CallOut out(q, [this, thisOne] { return m_inbox == thisOne; });
    for (const Frame &frame : frames) {
        const Message message = frame.message();
        if (!out.emitSignal(&Client::packetCreated,
                            {PacketType::Message, message.isBinary(), message.bytes()}))
            return false;
    }
    return true;
}

bool ClientPrivate::isWritable() const
{
    return state == State::Open && !upgrading && buffer.isEmpty() && transport->isWritable();
}

qsizetype ClientPrivate::undeliveredCount() const
{
    return state == State::Closed ? m_lost : buffer.size() + m_underWay;
}

void ClientPrivate::flush()
{
    if ((state != State::Open && state != State::Closing) || m_goodbye || upgrading
        || buffer.isEmpty() || handshake.sid.isEmpty() || !transport->isWritable()) {
        return;
    }
    const OutgoingPackets packets = takeWritablePackets();
    if (m_controlWaits)
        m_controlWaits = std::all_of(packets.cbegin(), packets.cend(),
                                     [](const auto &packet) { return packet.isMessage(); });
    if (detail::lcPackets().isDebugEnabled()) {
        for (const OutgoingPacket &packet : packets) {
            qCDebug(detail::lcPackets).noquote()
                << transportName(transport->type()) << "sends"
                << detail::packetDataText(packet.isBinary() ? QByteArrayView(packet.binary())
                                                            : packet.text(),
                                          packet.isBinary());
        }
    }
    noteTooBig(packets);
    m_underWay = packets.size();
    transport->send(packets);
    CallOut(q).emitSignal(&Client::flushed);
}

// The server will refuse a packet that is too big, and end the connection: the error says which one
// it was. A text is shown up to its first quoted string, which is an event's name.
void ClientPrivate::noteTooBig(const OutgoingPackets &packets)
{
    if (handshake.maxPayload <= 0 || !tooBigSent.isEmpty())
        return;
    const bool polling = transport->type() == TransportType::Polling;
    QByteArrayView text; // of the message that a binary one is an attachment of, if it is one
    for (const OutgoingPacket &packet : packets) {
        if (!packet.isBinary())
            text = packet.text();
        const qint64 size = polling ? m_protocol->sizeOf(packet) : packet.size();
        if (size <= handshake.maxPayload)
            continue;
        constexpr qsizetype MaxShown = 100;
        const QByteArrayView start = text.first(std::min(text.size(), MaxShown));
        const qsizetype open = start.indexOf('"');
        const qsizetype close = open < 0 ? -1 : start.indexOf('"', open + 1);
        tooBigSent = u"a message of %1 bytes"_s.arg(size);
        if (close > 0)
            tooBigSent += u" (%1...)"_s.arg(QString::fromUtf8(start.first(close + 1)));
        return;
    }
}

// All of the buffer or, for polling, as much of it as one request may carry.
OutgoingPackets ClientPrivate::takeWritablePackets()
{
    if (transport->type() != TransportType::Polling)
        return std::exchange(buffer, {});
    qint64 size = m_protocol->sizeOf(buffer.constFirst());
    qsizetype count = 1;
    while (count < buffer.size()) {
        size += 1 + m_protocol->sizeOf(buffer.at(count));
        if ((handshake.maxPayload > 0 && size > handshake.maxPayload)
            || (options.maxPacketsPerRequest > 0 && count >= options.maxPacketsPerRequest)) {
            break;
        }
        ++count;
    }
    if (count == buffer.size())
        return std::exchange(buffer, {});
    OutgoingPackets packets = buffer.first(count);
    buffer.remove(0, count);
    return packets;
}

void ClientPrivate::transportDrained(ClientTransport *drained)
{
    if (drained != transport.get())
        return;
    m_underWay = 0;
    CallOut out(q);
    if (buffer.isEmpty())
        out.emitSignal(&Client::drained);
    else
        out.call([this] { flush(); });
    if (out)
        continueClosing();
}

} // namespace EngineIo
