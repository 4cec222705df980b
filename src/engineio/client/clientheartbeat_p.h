// SPDX-License-Identifier: MIT
#ifndef ENGINEIO_CLIENTHEARTBEAT_P_H
#define ENGINEIO_CLIENTHEARTBEAT_P_H

#include "engineio/client/bootclock_p.h"

#include <QtCore/qbasictimer.h>

#include <chrono>

QT_BEGIN_NAMESPACE
class QObject;
QT_END_NAMESPACE

namespace EngineIo::detail {

class ClientTransport;

// Detects that the server has become silent. Pings show that it is alive, and so does any other
// activity on the connection, because a ping can be delayed by a long message.
class ClientHeartbeat
{
public:
    // The owner receives the events of the timer and passes them to hasEnded().
    explicit ClientHeartbeat(QObject *owner)
        : m_owner(owner)
    {
    }

    void start(std::chrono::milliseconds interval, std::chrono::milliseconds timeout);
    void stop();
    // The server's ping has come.
    void beat();
    // While nothing is received because the application does not keep up, silence is not the
    // server's.
    void setSuspended(bool suspended);

    int timerId() const { return m_timer.timerId(); }
    bool isOverdue(const ClientTransport *transport) const;
    // For the timer's event. Whether the server is taken to be gone.
    bool hasEnded(ClientTransport *transport);
    // Looks again when control returns to the event loop.
    void checkSoon();

private:
    BootClock::time_point deadline(const ClientTransport *transport) const;

    QObject *m_owner;
    QBasicTimer m_timer;
    BootClock::time_point m_lastBeat;
    std::chrono::milliseconds m_patience{0};
    bool m_suspended = false;
    bool m_lastChance = false;
};

} // namespace EngineIo::detail

#endif
