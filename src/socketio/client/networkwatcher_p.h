// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_NETWORKWATCHER_P_H
#define SOCKETIO_NETWORKWATCHER_P_H

#include <SocketIo/socketioglobal.h>

#include <QtCore/qobject.h>

namespace SocketIo::detail {

// Reports when the machine is on a network again, if the application has loaded what tells Qt. One
// per process.
class SOCKETIO_AUTOTEST_EXPORT NetworkWatcher : public QObject
{
    Q_OBJECT

public:
    // Null in other threads than the application's, where Qt wants it to be watched.
    static NetworkWatcher *instance();

Q_SIGNALS:
    void networkCameBack();

private:
    explicit NetworkWatcher(QObject *parent);
    void watch();

    bool m_watches = false;
};

} // namespace SocketIo::detail

#endif
