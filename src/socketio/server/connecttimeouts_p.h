// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_CONNECTTIMEOUTS_P_H
#define SOCKETIO_CONNECTTIMEOUTS_P_H

#include <QtCore/qbasictimer.h>
#include <QtCore/qobject.h>

#include <chrono>
#include <list>
#include <optional>

namespace SocketIo::detail {

class Connection;

// The clients that have joined no namespace yet, in the order in which their time is up. One
// timer serves them all.
class ConnectTimeouts : public QObject
{
    Q_OBJECT

    struct Entry
    {
        Connection *connection;
        qint64 deadline; // ms of the monotonic clock
    };

public:
    using Position = std::optional<std::list<Entry>::iterator>;

    Position add(Connection *connection, std::chrono::milliseconds timeout);
    void remove(Position *position);

protected:
    void timerEvent(QTimerEvent *event) override;

private:
    static qint64 now();
    void startTimer();

    std::list<Entry> m_entries;
    QBasicTimer m_timer;
};

} // namespace SocketIo::detail

#endif
