// SPDX-License-Identifier: MIT
#include "socketio/server/connecttimeouts_p.h"

#include "socketio/server/client_p.h"

#include <QtCore/qcoreevent.h>
#include <QtCore/qdeadlinetimer.h>
#include <QtCore/qpointer.h>

#include <algorithm>
#include <limits>

namespace SocketIo::detail {

ConnectTimeouts::Position ConnectTimeouts::add(Client *client, std::chrono::milliseconds timeout)
{
    const qint64 deadline = now() + timeout.count();
    // Only a change of the setting makes the place another than the last.
    auto place = m_entries.end();
    while (place != m_entries.begin() && std::prev(place)->deadline > deadline)
        --place;
    const auto position = m_entries.insert(place, {client, deadline});
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
    const QPointer<ConnectTimeouts> self = this;
    const qint64 time = now();
    while (self && !m_entries.empty() && m_entries.front().deadline <= time) {
        Client *client = m_entries.front().client;
        remove(&client->timeout);
        client->connectTimedOut();
    }
    if (self)
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
