// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_CLUSTERPRIMARY_P_H
#define SOCKETIO_CLUSTERPRIMARY_P_H

#include "cluster/incomingconnections_p.h"
#include "cluster/sessionstore_p.h"
#include "cluster/workerprocess_p.h"
#include "engineio/server/acceptor_p.h"

#include <SocketIo/clusterprimary.h>

#include <QtCore/qelapsedtimer.h>

#include <deque>
#include <vector>

namespace SocketIo {

class ClusterPrimaryPrivate final : public detail::WorkerProcessObserver
{
public:
    using Worker = detail::WorkerProcess;
    using State = ClusterPrimary::WorkerState;

    ClusterPrimaryPrivate(ClusterPrimary *primary, const ClusterPrimaryOptions &primaryOptions);
    ~ClusterPrimaryPrivate();

    bool listen(const QHostAddress &wantedAddress, quint16 wantedPort);
    void restartWorkers();
    void close();

    void workerReady(Worker *worker) override;
    void frameReceived(Worker *worker, detail::Frame frame, const QByteArray &bytes,
                       detail::Descriptor descriptor) override;
    void workerEnded(Worker *worker, const QString &reason) override;

    ClusterPrimary *const q;
    const ClusterPrimaryOptions options;
    std::unique_ptr<EngineIo::detail::Acceptor> acceptor;
    QHostAddress address;
    quint16 port = 0;
    QString error;
    std::vector<std::unique_ptr<Worker>> workers;

private:
    // A place for a worker that is kept running.
    struct Slot
    {
        Worker *current = nullptr;
        Worker *next = nullptr; // is started in its place
        int failures = 0;       // one after the other
        QTimer restart;
    };
    struct Waiting
    {
        detail::RoutedConnection connection;
        qint64 time = 0;
    };

    void startWorker(int slot);
    void drainFormer(Slot *slot);
    void restartNext();
    void failRestart(const QString &reason);
    void tellWorkers();

    void route(detail::RoutedConnection connection);
    Worker *find(quint32 number) const;
    Worker *pick(const detail::RoutedConnection &connection);
    Worker *pickByAddress(int descriptor) const;
    void giveWaiting();
    void sweep();

    void publish(Worker *worker, const QByteArray &bytes);
    void restore(Worker *worker, const QByteArray &bytes);
    void forgetAdapters(Worker *worker);
    qint64 now() const { return clock.elapsed(); }

    const QString program;
    const QStringList arguments;
    detail::IncomingConnections incoming;
    detail::SessionStore store;
    std::vector<std::unique_ptr<Slot>> places;
    std::deque<Waiting> waiting; // until a worker is ready
    std::deque<int> toRestart;   // places, of a rolling restart
    bool isRestarting = false;
    bool isClosing = false;
    quint32 lastNumber = 0;
    size_t turn = 0; // of RoundRobin
    QElapsedTimer clock;
    QTimer sweeper;
};

} // namespace SocketIo

#endif
