// SPDX-License-Identifier: MIT
#include "engineio/session/sessioncore_p.h"

#include "engineio/protocol/packettext_p.h"
#include "engineio/session/session_p.h"

#include <algorithm>
#include <utility>

// How messages get to the public side of a session, and how many may be on their way.
namespace EngineIo::detail {

namespace {

// How SessionCore::m_unhandled counts: a message, and in the bits below the memory it takes.
constexpr quint64 OneMessage = quint64(1) << 40;
constexpr qsizetype MessageCost = 256;  // bytes, beyond those of a small message
constexpr qsizetype SmallMessage = 256; // bytes: what it takes is not measured
// So many turns' worth of one session's messages may wait for the server's thread: more would keep
// the others' waiting behind them.
constexpr quint64 MaxTurnsUnhandled = 4;

} // namespace

void SessionCore::handleText(QByteArrayView data)
{
    if (m_decoder)
        handleMessage(m_decoder->decodeText(data), data, false);
    else
        deliver(Message::fromUtf8(data.toByteArray()), data.size());
}

void SessionCore::handleBinary(const QByteArray &data)
{
    if (m_decoder)
        handleMessage(m_decoder->decodeBinary(data), data, true);
    else
        deliver(Message::fromBinary(data), data.size());
}

void SessionCore::tellPacket(const Packet &packet)
{
    countDelivery(packet.data.size());
    const Delivery delivery(*this);
    tellFacade([packet](SessionPrivate &session) {
        if (session.state != Session::State::Closed)
            session.core->messageHandled(packet.data.size());
        session.packetReceived(packet);
    });
}

// Gives a message to the public side; size is about what it takes.
template<typename Any>
void SessionCore::deliver(Any message, qsizetype size)
{
    countDelivery(size);
    const Delivery delivery(*this);
    tellFacade([message = std::move(message), size](SessionPrivate &session) mutable {
        if (session.state != Session::State::Closed) // else there may be no server any more
            session.core->messageHandled(size);
        session.messageReceived(std::move(message));
    });
}

void SessionCore::handleMessage(MessageDecoder::Result result, QByteArrayView data, bool binary)
{
    if (!result.error.isEmpty()) {
        const QString error = QString::fromUtf8(result.error);
        m_undecodable = packetStartText(data, binary);
        abort(CloseReason::ParseError, error);
        return;
    }
    if (!result.message)
        return;
    // A few bytes of a long text may be a value each, and the last bytes of a binary packet bring
    // what came before.
    qsizetype size = data.size();
    if (!bridge().isDirect() && (binary || size > SmallMessage))
        size = std::max(size, result.message->memorySize());
    deliver(std::move(result.message), size);
}

// Called before a message, or news of a packet, goes to the server's thread.
void SessionCore::countDelivery(qsizetype size)
{
    if (bridge().isDirect())
        return;
    const quint64 added = OneMessage + quint64(size + MessageCost);
    if (isTooMuch(m_unhandled.fetch_add(added) + added, 1) && !m_paused.exchange(true))
        m_transport->setReading(false);
}

// Whether the messages on their way are more than the limit, or than a part of it.
bool SessionCore::isTooMuch(quint64 unhandled, int divisor) const
{
    const ServerOptions &options = m_host.options();
    const quint64 maxMessages =
        MaxTurnsUnhandled * quint64(m_host.context().budget().packets) / quint64(divisor);
    const quint64 maxBytes = quint64(options.maxReceiveBufferSize / divisor);
    return unhandled / OneMessage > maxMessages || unhandled % OneMessage > maxBytes;
}

// Called in the server's thread.
void SessionCore::messageHandled(qsizetype size)
{
    if (bridge().isDirect())
        return;
    const quint64 removed = OneMessage + quint64(size + MessageCost);
    if (isTooMuch(m_unhandled.fetch_sub(removed) - removed, 2) || !m_paused.exchange(false))
        return;
    tell([](SessionCore &core) {
        // It may have been paused again meanwhile.
        if (core.m_state == State::Closed || core.m_paused)
            return;
        core.m_heartbeat.noteReleased();
        core.m_transport->setReading(true);
    });
}

} // namespace EngineIo::detail
