// SPDX-License-Identifier: MIT
#include "socketio/client/mainnamespace_p.h"

namespace SocketIo::detail {

using namespace Qt::StringLiterals;

MainNamespace::MainNamespace(QObject *parent, bool joinsByItself, const RefuseOthers &refuseOthers,
                             std::chrono::milliseconds patience)
    : m_joinsByItself(joinsByItself)
    , m_timer(parent)
{
    m_timer.setSingleShot(true);
    m_timer.setInterval(patience);
    QObject::connect(&m_timer, &QTimer::timeout, &m_timer, [this, refuseOthers] {
        const Packet refusal = m_refusal;
        refuseOthers(refusal);
    });
}

void MainNamespace::begin()
{
    m_membership = m_joinsByItself ? Membership::Expected : Membership::None;
}

void MainNamespace::noteReceived(const Packet &received)
{
    if (!m_joinsByItself)
        return;
    const bool isOwn = received.nsp == u"/";
    if (isOwn && received.type == PacketType::Connect)
        m_membership = Membership::Joined;
    else if (isOwn && received.type == PacketType::Disconnect)
        m_membership = Membership::None;
    // Socket.IO 2 lets the client into no namespace after a refusal, and says so only of those that
    // it does not have.
    const bool isAnswer = received.type == PacketType::Connect
        || (received.type == PacketType::ConnectError && !isOwn
            && received.data != u"Invalid namespace"_s);
    if (isAnswer)
        m_timer.stop();
}

bool MainNamespace::isError(const Packet &received) const
{
    return m_joinsByItself && received.type == PacketType::ConnectError && received.nsp == u"/";
}

// Newer servers answer for each namespace.
void MainNamespace::refused(const Packet &refusal, bool areOthersJoined)
{
    m_membership = Membership::Refused;
    if (areOthersJoined || m_timer.isActive())
        return;
    m_refusal = refusal;
    m_timer.start();
}

} // namespace SocketIo::detail
