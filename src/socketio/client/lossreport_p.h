// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_LOSSREPORT_P_H
#define SOCKETIO_LOSSREPORT_P_H

#include <SocketIo/error.h>

#include <QtCore/qstring.h>
#include <QtCore/qtimer.h>

#include <chrono>
#include <functional>

namespace SocketIo::detail {

// Warns of connections that broke because of a mistake of the application or the server. The mistake
// will be made again, by an event with retries very often: repetitions of the last warning are
// counted for a while, and told by one line.
class SOCKETIO_AUTOTEST_EXPORT LossReport
{
public:
    using Warn = std::function<void(const QString &text)>;

    LossReport(QObject *parent, Warn warn);

    // The time between two warnings of the same, from the next one on; 1 minute by default.
    void setPause(std::chrono::milliseconds pause) { m_timer.setInterval(pause); }
    void add(const Error &details);

private:
    void tellRepetitions();

    const Warn m_warn;
    QString m_kind;   // of the last warning
    Error m_repeated; // the last one that was only counted
    int m_count = 0;
    QTimer m_timer;
};

} // namespace SocketIo::detail

#endif
