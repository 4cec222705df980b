// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_CLUSTERPRIMARY_P_H
#define SOCKETIO_CLUSTERPRIMARY_P_H

#include "base/deadlinetimer_p.h"
#include "base/warninglimit_p.h"
#include "cluster/connectionrouter_p.h"
#include "cluster/incomingconnections_p.h"
#include "cluster/workermessages_p.h"
#include "cluster/workerpool_p.h"
#include "engineio/server/acceptor_p.h"

#include <SocketIo/clusterprimary.h>

#include <QtCore/qtimer.h>

#include <memory>

namespace SocketIo {

// Accepts connections, and connects the parts of the primary.
class ClusterPrimaryPrivate final : private detail::WorkerPoolObserver
{
public:
    ClusterPrimaryPrivate(ClusterPrimary *primary, const ClusterPrimaryOptions &options);

    bool listen(const QHostAddress &wantedAddress, quint16 wantedPort);
    void restartWorkers();
    void close();

    ClusterPrimary *const q;
    detail::WorkerPool workers;
    std::unique_ptr<EngineIo::detail::Acceptor> acceptor;
    QHostAddress address;
    quint16 port = 0;
    QString error;

private:
    void frameReceived(detail::WorkerProcess *worker, detail::Frame frame, const QByteArray &bytes,
                       detail::Descriptor descriptor) override;
    void workerReady(detail::WorkerProcess *worker) override;
    void workerLeft(const detail::WorkerProcess &worker) override;
    void workerEnded(const detail::WorkerProcess &worker, const QString &error) override;
    void workersReplaced() override;
    void allWorkersEnded() override;

    detail::WorkerMessages m_messages;
    EngineIo::detail::TimerQueue m_timers; // of the connections
    detail::ConnectionRouter m_router;
    detail::IncomingConnections m_incoming;
    QTimer m_sweeper;
    EngineIo::detail::WarningLimit m_unknownWarnings;
};

} // namespace SocketIo

#endif
