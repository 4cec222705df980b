// SPDX-License-Identifier: MIT
#ifndef ENGINEIO_IOTHREAD_P_H
#define ENGINEIO_IOTHREAD_P_H

#include <QtCore/qthread.h>

#include <atomic>
#include <functional>
#include <memory>
#include <semaphore>

namespace EngineIo::detail {

class IoWorker;

// A thread that runs one IoWorker until the server or the QCoreApplication ends, whichever is
// earlier.
class IoThread final : public QThread
{
public:
    using Factory = std::function<std::shared_ptr<IoWorker>()>;

    explicit IoThread(Factory factory);
    ~IoThread() override;

    // Starts the thread and returns its worker, which the thread has made; null if the system
    // does not let it run.
    std::shared_ptr<IoWorker> startWorker();
    // The QCoreApplication has ended, and nothing is done in the thread any more.
    bool hasLeft() const noexcept { return m_hasLeft; }
    // Ends the worker and the thread, and waits for it.
    void stop();

protected:
    void run() override;

private:
    static void leaveAll();
    void leave();

    Factory m_factory;
    std::binary_semaphore m_ready{0};
    std::binary_semaphore m_left{0}; // the event loop
    std::binary_semaphore m_released{0};
    std::atomic<bool> m_hasLeft = false;
    std::shared_ptr<IoWorker> m_worker;
};

} // namespace EngineIo::detail

#endif
