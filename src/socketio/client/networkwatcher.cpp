// SPDX-License-Identifier: MIT
#include "socketio/client/networkwatcher_p.h"

#include <QtCore/qcoreapplication.h>
#include <QtCore/qpointer.h>
#include <QtCore/qthread.h>
#include <QtNetwork/qnetworkinformation.h>

#include <utility>

namespace SocketIo::detail {

NetworkWatcher *NetworkWatcher::instance()
{
    static QPointer<NetworkWatcher> watcher;
    QCoreApplication *app = QCoreApplication::instance();
    if (!app || app->thread() != QThread::currentThread())
        return nullptr;
    if (!watcher)
        watcher = new NetworkWatcher(app);
    watcher->watch();
    return watcher;
}

NetworkWatcher::NetworkWatcher(QObject *parent)
    : QObject(parent)
{
}

// Loading it is the application's decision: on Linux it asks the system's D-Bus, which takes as long
// as that takes to answer.
void NetworkWatcher::watch()
{
    QNetworkInformation *information = QNetworkInformation::instance();
    if (!information || std::exchange(m_watches, true))
        return;
    connect(information, &QNetworkInformation::reachabilityChanged, this,
            [this](QNetworkInformation::Reachability reachability) {
                // That is enough for a server in the local network.
                if (reachability >= QNetworkInformation::Reachability::Local)
                    Q_EMIT networkCameBack();
            });
}

} // namespace SocketIo::detail

#include "moc_networkwatcher_p.cpp"
