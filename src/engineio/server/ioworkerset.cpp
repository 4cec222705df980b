// SPDX-License-Identifier: MIT
#include "engineio/server/ioworkerset_p.h"

#include "engineio/server/iothread_p.h"
#include "engineio/server/ioworker_p.h"

#include <EngineIo/server.h>

#include <algorithm>
#include <utility>

namespace EngineIo::detail {

IoWorkerSet::IoWorkerSet() = default;

IoWorkerSet::~IoWorkerSet()
{
    shutDown();
}

bool IoWorkerSet::start(ServerPrivate *server, const std::shared_ptr<const ServerConfig> &config,
                        int ioThreadCount, QString *error)
{
    const auto registry = std::make_shared<SessionRegistry>();
    if (ioThreadCount == 0) {
        m_workers.push_back(std::make_shared<IoWorker>(server, config, registry));
        m_workers.back()->start();
        return true;
    }
    m_context = std::make_shared<IoContext>();
    m_context->start();
    m_queue = std::make_shared<TaskQueue>(m_context);
    for (int i = 0; i < ioThreadCount; ++i) {
        m_threads.push_back(std::make_unique<IoThread>([this, server, config, registry] {
            return std::make_shared<IoWorker>(server, config, registry, m_queue, m_context);
        }));
        std::shared_ptr<IoWorker> worker = m_threads.back()->startWorker();
        if (!worker) {
            *error = Server::tr("Cannot start I/O thread %1 of %2: the system has no threads or "
                                "descriptors left (ulimit -u, ulimit -n)")
                         .arg(i + 1)
                         .arg(ioThreadCount);
            shutDown();
            return false;
        }
        m_workers.push_back(std::move(worker));
    }
    return true;
}

bool IoWorkerSet::haveLeft() const
{
    if (m_threads.empty())
        return !m_workers.empty() && m_workers.front()->context().hasLeft();
    return std::any_of(m_threads.cbegin(), m_threads.cend(),
                       [](const std::unique_ptr<IoThread> &thread) { return thread->hasLeft(); });
}

void IoWorkerSet::shutDown()
{
    if (m_queue)
        m_queue->close();
    if (m_threads.empty()) {
        for (const std::shared_ptr<IoWorker> &worker : std::exchange(m_workers, {})) {
            worker->shutDown();
            worker->context().keepInScope(worker);
        }
    }
    for (const std::shared_ptr<IoWorker> &worker : m_workers)
        worker->bridge().endServerSide();
    m_workers.clear(); // so that each ends in its own thread
    m_threads.clear();
}

IoWorker &IoWorkerSet::next()
{
    return *m_workers[m_next++ % m_workers.size()];
}

} // namespace EngineIo::detail
