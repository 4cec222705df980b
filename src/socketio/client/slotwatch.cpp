// SPDX-License-Identifier: MIT
#include "socketio/client/slotwatch_p.h"

#include "socketio/client/clientlogging_p.h"
#include "socketio/parser/packet_p.h"

#include <utility>

namespace SocketIo::detail {

using namespace std::chrono_literals;
using namespace Qt::StringLiterals;

SlotWatch::SlotWatch(QObject *parent, std::function<QString()> address)
    : m_address(std::move(address))
    , m_timer(parent)
{
    m_timer.setSingleShot(true);
    m_timer.setInterval(3s);
    QObject::connect(&m_timer, &QTimer::timeout, &m_timer, [this] { warn(); });
}

void SlotWatch::leave()
{
    m_packet = nullptr;
    m_ack.clear();
    m_timer.stop();
}

void SlotWatch::noteAckAsked(PendingAck *ack)
{
    if (!m_packet || m_timer.isActive())
        return;
    m_ack = ack;
    m_timer.start();
}

// This runs in an event loop of the slot.
void SlotWatch::warn() const
{
    if (!m_packet || !m_ack || m_ack->isFinished())
        return;
    const bool isEvent = plainType(m_packet->type) == PacketType::Event;
    const QString what = isEvent && !m_packet->args.isEmpty()
        ? u"the event \"%1\""_s.arg(m_packet->args.constFirst().toString())
        : u"an answer of the server"_s;
    qCWarning(lcClient).noquote()
        << u"A slot that was called for %1 runs an event loop. Nothing else comes from %2 before "
           "it returns, not even the acknowledgement that the slot has asked for"_s.arg(
               what, m_address());
}

} // namespace SocketIo::detail
