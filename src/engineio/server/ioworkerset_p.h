// SPDX-License-Identifier: MIT
#ifndef ENGINEIO_IOWORKERSET_P_H
#define ENGINEIO_IOWORKERSET_P_H

#include <QtCore/qstring.h>

#include <memory>
#include <vector>

namespace EngineIo {
class ServerPrivate;
}

namespace EngineIo::detail {

class IoContext;
class IoThread;
class TaskQueue;
class IoWorker;
struct ServerConfig;

// The workers of a server: one in the server's own thread, or one in each I/O thread.
class IoWorkerSet
{
public:
    IoWorkerSet();
    ~IoWorkerSet();

    // False, with error, if a thread cannot be started.
    bool start(ServerPrivate *server, const std::shared_ptr<const ServerConfig> &config,
               int ioThreadCount, QString *error);
    // Ends them and their threads. They report nothing to the server any more.
    void shutDown();

    // The threads have ended with the QCoreApplication; or its event dispatcher has, which a worker
    // in the server's own thread works with.
    bool haveLeft() const;
    bool isStarted() const { return !m_workers.empty(); }
    size_t ioThreadCount() const { return m_threads.size(); }
    const std::vector<std::shared_ptr<IoWorker>> &all() const { return m_workers; }
    IoWorker &next(); // in turn

private:
    std::vector<std::shared_ptr<IoWorker>> m_workers;
    std::vector<std::unique_ptr<IoThread>> m_threads;
    // Only with I/O threads: what they tell the server, and when what it tells them goes over.
    std::shared_ptr<TaskQueue> m_queue;
    std::shared_ptr<IoContext> m_context;
    size_t m_next = 0;
};

} // namespace EngineIo::detail

#endif
