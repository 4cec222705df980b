// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_WORKERPOOL_P_H
#define SOCKETIO_WORKERPOOL_P_H

#include "cluster/workerprocess_p.h"

#include <QtCore/qobject.h>
#include <QtCore/qstringlist.h>
#include <QtCore/qtimer.h>

#include <chrono>
#include <deque>
#include <memory>
#include <vector>

namespace SocketIo::detail {

// Receives news about the workers. All functions but workerLeft() and frameReceived() may call the
// application.
class WorkerPoolObserver
{
public:
    virtual void frameReceived(WorkerProcess *worker, Frame frame, const QByteArray &bytes,
                               Descriptor descriptor) = 0;
    virtual void workerReady(WorkerProcess *worker) = 0;
    // The process is gone, and no longer among the workers.
    virtual void workerLeft(const WorkerProcess &worker) = 0;
    // Called after workerLeft(). error says why the worker has ended; it is empty if the worker was
    // asked to.
    virtual void workerEnded(const WorkerProcess &worker, const QString &error) = 0;
    virtual void workersReplaced() = 0;
    virtual void allWorkersEnded() = 0; // after endAll()

protected:
    ~WorkerPoolObserver() = default;
};

// Keeps a worker running in each of a number of places, and replaces them one after the other.
class WorkerPool final : public QObject, private WorkerProcessObserver
{
public:
    using State = ClusterPrimary::WorkerState;

    WorkerPool(const ClusterPrimaryOptions &options, WorkerPoolObserver *observer);
    ~WorkerPool() override;

    // run identifies this run of the program.
    void start(const QString &run);
    void replaceAll();
    // Lets all workers drain, and starts no others. Call endIfEmpty() in case there are none.
    void endAll();
    void endIfEmpty();
    bool isEnding() const { return m_isEnding; }
    // Kills workers that have not responded for a while; to be called from time to time.
    void check();

    const std::vector<std::unique_ptr<WorkerProcess>> &workers() const { return m_workers; }
    // Returns null for a worker that is starting or disconnected.
    WorkerProcess *find(quint32 number) const;

private:
    struct Place
    {
        WorkerProcess *current = nullptr;
        WorkerProcess *next = nullptr; // started to replace the current one
        int failures = 0;              // in a row
        QTimer restart;
    };

    void workerReady(WorkerProcess *worker) override;
    void frameReceived(WorkerProcess *worker, Frame frame, const QByteArray &bytes,
                       Descriptor descriptor) override;
    void workerDisconnected(WorkerProcess *) override { tellNumbers(); }
    void workerEnded(WorkerProcess *ended, const QString &reason) override;

    void startWorker(int slot);
    void leavePlace(const WorkerProcess &worker, const QString &reason);
    void restartLater(Place *place, std::chrono::milliseconds age);
    void replaceNext();
    void stopReplacing(const QString &reason);
    void tellNumbers();

    const ClusterPrimaryOptions m_options;
    WorkerPoolObserver *const m_observer;
    const QString m_program;
    const QStringList m_arguments;
    QString m_run;
    std::vector<std::unique_ptr<WorkerProcess>> m_workers;
    std::vector<std::unique_ptr<Place>> m_places;
    std::deque<int> m_toReplace; // places
    bool m_isReplacing = false;
    const WorkerProcess *m_successor = nullptr; // starting, in place of one that is being replaced
    bool m_isEnding = false;
    quint32 m_lastNumber = 0;
};

} // namespace SocketIo::detail

#endif
