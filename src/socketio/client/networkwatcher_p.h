// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_NETWORKWATCHER_P_H
#define SOCKETIO_NETWORKWATCHER_P_H

#include <SocketIo/socketioglobal.h>

#include <QtCore/qobject.h>

namespace SocketIo::detail {

// Reports when the network is available again, if the application has loaded a backend of
// QNetworkInformation. There is one object per process.
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
