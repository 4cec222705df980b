// SPDX-License-Identifier: MIT
#include "socketio/client/partings_p.h"

#include "base/callout_p.h"
#include "engineio/client/clientaccess_p.h"
#include "socketio/client/clientlogging_p.h"

#include <QtCore/qmetaobject.h>

#include <chrono>

namespace SocketIo::detail {

using namespace std::chrono_literals;
using EngineIo::TransportType;
using EngineIo::detail::CallOut;

// How long to wait for the answer to the ping of a WebSocket: some servers give none.
static constexpr auto Patience = 1s;

Partings::Partings(QObject *parent, PartingObserver *observer, bool joinsMainNamespace)
    : m_parent(parent)
    , m_observer(observer)
    , m_joinsMainNamespace(joinsMainNamespace)
    , m_timer(parent)
{
    m_timer.setSingleShot(true);
    QObject::connect(&m_timer, &QTimer::timeout, &m_timer, [this] { confirmed(); });
}

void Partings::begin(EngineIo::Client *engine)
{
    m_engine = engine;
}

void Partings::end()
{
    m_engine.clear();
    m_partings.clear();
    m_timer.stop();
}

void Partings::noteAbandoned(const QString &nsp)
{
    if (m_engine)
        m_partings.insert(nsp, Parting::Unanswered);
}

void Partings::noteLeft(const QString &nsp)
{
    if (!m_engine)
        return;
    m_partings.insert(nsp, Parting::Leaving);
    confirm();
}

bool Partings::isLeaving(const QString &nsp) const
{
    const auto parting = m_partings.constFind(nsp);
    return parting != m_partings.cend() && *parting != Parting::Left;
}

bool Partings::settle(const Packet &received)
{
    const QString nsp = received.nsp;
    const auto parting = m_partings.constFind(nsp);
    if (parting == m_partings.cend())
        return false;
    const bool isJoined = received.type == PacketType::Connect;
    const bool isRefused = received.type == PacketType::ConnectError;
    if (*parting == Parting::Left && (isJoined || isRefused)) {
        m_partings.remove(nsp);
        return false;
    }
    if (*parting == Parting::Unanswered && isRefused) {
        finish(nsp);
    } else if (*parting == Parting::Unanswered && isJoined) {
        qCDebug(lcClient).noquote()
            << "Leaving namespace" << nsp << "that nobody waits for any more";
        m_observer->joinedInVain(nsp);
    } else {
        qCDebug(lcClient).noquote()
            << "Dropped a packet for a session that has left the namespace" << nsp;
    }
    return true;
}

// Over polling the answer to the request says that the server has read it. Over WebSocket the
// answer to a ping does.
void Partings::confirm()
{
    if (!m_engine || m_engine->bufferedCount() > 0)
        return;
    const bool polling = m_engine->transport() == TransportType::Polling;
    if (polling && !m_engine->isWritable())
        return;
    bool asks = false;
    for (Parting &parting : m_partings) {
        if (parting == Parting::Leaving) {
            parting = Parting::Asked;
            asks = true;
        }
    }
    if (!asks)
        return;
    if (polling) {
        QMetaObject::invokeMethod(
            &m_timer,
            [this, engine = m_engine] {
                if (engine && engine == m_engine)
                    confirmed();
            },
            Qt::QueuedConnection);
        return;
    }
    EngineIo::detail::ClientAccess::measureLatency(m_engine);
    m_timer.start(Patience);
}

void Partings::confirmed()
{
    m_timer.stop();
    CallOut out(m_parent);
    const QStringList names = m_partings.keys(Parting::Asked);
    for (const QString &nsp : names)
        out.call([&] { finish(nsp); });
}

// An answer over polling may bring what the server has sent before it read the DISCONNECT.
void Partings::finish(const QString &nsp)
{
    if (!m_partings.contains(nsp))
        return; // a slot has closed the connection
    const Parting was = m_partings.take(nsp);
    const bool isAnswered = !m_joinsMainNamespace || nsp != u"/"; // when it is joined again
    if (was == Parting::Asked && isAnswered && m_engine->transport() == TransportType::Polling)
        m_partings.insert(nsp, Parting::Left);
    m_observer->partingEnded(nsp);
}

} // namespace SocketIo::detail
