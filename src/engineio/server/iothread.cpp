// SPDX-License-Identifier: MIT
#include "engineio/server/iothread_p.h"

#include "engineio/server/worker_p.h"

#include <EngineIo/epolldispatcher.h>

#include <QtCore/qabstracteventdispatcher.h>

namespace EngineIo::detail {

IoThread::IoThread(Factory factory)
    : m_factory(std::move(factory))
{
    setObjectName(QStringLiteral("QtSocketIo I/O"));
    if (QAbstractEventDispatcher *dispatcher = createEventDispatcher())
        setEventDispatcher(dispatcher);
}

IoThread::~IoThread()
{
    stop();
}

std::shared_ptr<Worker> IoThread::startWorker()
{
    start();
    m_ready.acquire();
    return m_worker;
}

void IoThread::stop()
{
    if (!isRunning())
        return;
    m_worker->bridge().postToIo([this, worker = m_worker] {
        worker->shutDown();
        quit();
    });
    m_worker.reset();
    m_released.release();
    wait();
}

void IoThread::run()
{
    const std::shared_ptr<Worker> worker = m_factory();
    worker->start();
    m_worker = worker;
    m_ready.release();
    exec();
    m_released.acquire(); // so that the worker, and its timers, end here
}

} // namespace EngineIo::detail
