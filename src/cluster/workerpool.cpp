// SPDX-License-Identifier: MIT
#include "cluster/workerpool_p.h"

#include "base/callout_p.h"
#include "base/timelimits_p.h"
#include "socketio/cluster/clusterlogging_p.h"

#include <QtCore/qcoreapplication.h>
#include <QtCore/qthread.h>

#include <algorithm>
#include <utility>

namespace SocketIo::detail {

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using EngineIo::detail::CallOut;
using EngineIo::detail::exponentialDelay;

namespace {

// A worker that has run for this long did not fail at its start.
constexpr std::chrono::milliseconds StableAge = 10s;

// Whether connections of its clients can be given to it.
bool hasSessions(const WorkerProcess &worker)
{
    return worker.state() != WorkerPool::State::Starting && worker.isConnected();
}

} // namespace

WorkerPool::WorkerPool(const ClusterPrimaryOptions &options, WorkerPoolObserver *observer)
    : m_options(options)
    , m_observer(observer)
    // Read now, as the program's file may be replaced while it runs.
    , m_program(options.program.isEmpty() ? QCoreApplication::applicationFilePath()
                                          : options.program)
    , m_arguments(options.program.isEmpty() ? QCoreApplication::arguments().mid(1)
                                            : options.arguments)
{
}

WorkerPool::~WorkerPool() = default;

void WorkerPool::start(const QString &run)
{
    m_run = run;
    m_places.clear();
    const int count =
        m_options.workerCount > 0 ? m_options.workerCount : QThread::idealThreadCount();
    for (int i = 0; i < count; ++i) {
        m_places.push_back(std::make_unique<Place>());
        m_places.back()->restart.setSingleShot(true);
        connect(&m_places.back()->restart, &QTimer::timeout, this, [this, i] { startWorker(i); });
        startWorker(i);
    }
}

void WorkerPool::endAll()
{
    m_isEnding = true;
    m_toReplace.clear();
    m_isReplacing = false;
    m_successor = nullptr;
    for (const std::unique_ptr<Place> &place : m_places)
        place->restart.stop();
    for (const std::unique_ptr<WorkerProcess> &worker : m_workers)
        worker->drain(m_options.drainTimeout);
}

void WorkerPool::endIfEmpty()
{
    if (!m_isEnding || !m_workers.empty())
        return;
    m_isEnding = false;
    m_observer->allWorkersEnded();
}

void WorkerPool::check()
{
    for (const std::unique_ptr<WorkerProcess> &worker : m_workers)
        worker->check(m_options.responseTimeout);
}

WorkerProcess *WorkerPool::find(quint32 number) const
{
    for (const std::unique_ptr<WorkerProcess> &worker : m_workers) {
        if (worker->number() == number && hasSessions(*worker))
            return worker.get();
    }
    return nullptr;
}

void WorkerPool::startWorker(int slot)
{
    Place &place = *m_places[size_t(slot)];
    place.restart.stop(); // one that has crashed is being replaced
    WorkerProcessObserver *const observer = this;
    m_workers.push_back(std::make_unique<WorkerProcess>(++m_lastNumber, slot, observer));
    WorkerProcess *const started = m_workers.back().get();
    (place.current ? place.next : place.current) = started;
    started->start(m_options, m_program, m_arguments, m_run);
}

void WorkerPool::frameReceived(WorkerProcess *worker, Frame frame, const QByteArray &bytes,
                               Descriptor descriptor)
{
    m_observer->frameReceived(worker, frame, bytes, std::move(descriptor));
}

void WorkerPool::workerReady(WorkerProcess *worker)
{
    if (m_isEnding) {
        worker->drain(m_options.drainTimeout);
        return;
    }
    tellNumbers();
    Place &place = *m_places[size_t(worker->slot())];
    if (place.next == worker) {
        WorkerProcess *const former =
            std::exchange(place.current, std::exchange(place.next, nullptr));
        former->drain(m_options.drainTimeout);
    }
    if (m_successor == worker)
        m_successor = nullptr;
    CallOut out(this);
    out.call([&] { m_observer->workerReady(worker); });
    out.call([&] { replaceNext(); }); // the former one may have crashed meanwhile
}

void WorkerPool::workerEnded(WorkerProcess *ended, const QString &reason)
{
    const auto found = std::find_if(
        m_workers.begin(), m_workers.end(),
        [ended](const std::unique_ptr<WorkerProcess> &worker) { return worker.get() == ended; });
    if (found == m_workers.end())
        return;
    const std::unique_ptr<WorkerProcess> gone = std::move(*found);
    m_workers.erase(found);
    m_observer->workerLeft(*gone);
    tellNumbers();
    leavePlace(*gone, reason);

    QString error;
    if (gone->state() != State::Draining) {
        error = u"The worker in the place %1 has ended: %2"_s.arg(QString::number(gone->slot()),
                                                                  reason);
        qCWarning(lcCluster).noquote() << error;
    }
    CallOut out(this);
    if (!out.call([&] { m_observer->workerEnded(*gone, error); }))
        return;
    if (m_isEnding)
        out.call([&] { endIfEmpty(); });
    else if (error.isEmpty())
        out.call([&] { replaceNext(); });
}

void WorkerPool::leavePlace(const WorkerProcess &worker, const QString &reason)
{
    Place &place = *m_places[size_t(worker.slot())];
    if (m_successor == &worker) {
        m_successor = nullptr;
        stopReplacing(reason);
    }
    if (place.next == &worker) {
        place.next = nullptr;
    } else if (place.current == &worker) {
        place.current = std::exchange(place.next, nullptr); // it is starting, and takes the place
        if (!m_isEnding && !place.current)
            restartLater(&place, worker.age());
    }
}

void WorkerPool::restartLater(Place *place, std::chrono::milliseconds age)
{
    place->failures = age < StableAge ? place->failures + 1 : 1;
    place->restart.start(
        exponentialDelay(place->failures, m_options.restartDelay, m_options.restartDelayMax));
}

void WorkerPool::replaceAll()
{
    if (m_isReplacing)
        return;
    m_isReplacing = true;
    for (int i = 0; i < int(m_places.size()); ++i)
        m_toReplace.push_back(i);
    replaceNext();
}

// Replaces one worker after the other: the next only when the successor of the last one is ready,
// and that one is gone.
void WorkerPool::replaceNext()
{
    if (!m_isReplacing || m_successor)
        return;
    for (const std::unique_ptr<WorkerProcess> &worker : m_workers) {
        if (worker->state() == State::Draining)
            return;
    }
    if (m_toReplace.empty()) {
        m_isReplacing = false;
        m_observer->workersReplaced();
        return;
    }
    const int slot = m_toReplace.front();
    m_toReplace.pop_front();
    startWorker(slot);
    m_successor = m_workers.back().get();
}

void WorkerPool::stopReplacing(const QString &reason)
{
    if (!std::exchange(m_isReplacing, false))
        return;
    m_toReplace.clear();
    qCWarning(lcCluster).noquote()
        << "Not all workers are replaced: the new one does not become ready," << reason;
}

// Each worker has to know which sessions belong to others. One that is starting has none: what is for
// it, as a forged id says or one of another run, would go back and forth between the primary, which
// gives it nothing yet, and the workers. The same holds for one that is disconnected.
void WorkerPool::tellNumbers()
{
    QList<quint32> numbers;
    for (const std::unique_ptr<WorkerProcess> &worker : m_workers) {
        if (hasSessions(*worker))
            numbers.append(worker->number());
    }
    for (const std::unique_ptr<WorkerProcess> &worker : m_workers)
        worker->send(Frame::Workers, numbers);
}

} // namespace SocketIo::detail
