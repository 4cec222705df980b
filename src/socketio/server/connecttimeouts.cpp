// SPDX-License-Identifier: MIT
#include "socketio/server/connecttimeouts_p.h"

#include "base/callout_p.h"
#include "socketio/server/connection_p.h"

#include <QtCore/qcoreevent.h>
#include <QtCore/qdeadlinetimer.h>

#include <algorithm>
#include <limits>

namespace SocketIo::detail {

ConnectTimeouts::Position ConnectTimeouts::add(Connection *connection,
                                               std::chrono::milliseconds timeout)
{
    const qint64 deadline = now() + timeout.count();
    // Only a change of the setting makes the place another than the last.
    auto place = m_entries.end();
    while (place != m_entries.begin() && std::prev(place)->deadline > deadline)
        --place;
    const auto position = m_entries.insert(place, {connection, deadline});
    if (position == m_entries.begin())
        startTimer();
    return position;
}

void ConnectTimeouts::remove(Position *position)
{
    if (!*position)
        return;
    m_entries.erase(**position);
    position->reset();
    if (m_entries.empty())
        m_timer.stop();
}

void ConnectTimeouts::timerEvent(QTimerEvent *event)
{
    if (event->timerId() != m_timer.timerId()) {
        QObject::timerEvent(event);
        return;
    }
    m_timer.stop();
    EngineIo::detail::CallOut out(this);
    const qint64 time = now();
    while (out && !m_entries.empty() && m_entries.front().deadline <= time) {
        Connection *connection = m_entries.front().connection;
        remove(&connection->timeout);
        connection->connectTimedOut();
    }
    if (out)
        startTimer();
}

qint64 ConnectTimeouts::now()
{
    return QDeadlineTimer::current().deadline();
}

void ConnectTimeouts::startTimer()
{
    if (m_entries.empty())
        return;
    const qint64 wait = m_entries.front().deadline - now();
    m_timer.start(int(std::clamp<qint64>(wait, 0, std::numeric_limits<int>::max())), this);
}

} // namespace SocketIo::detail
