// SPDX-License-Identifier: MIT
#include "engineio/server/iothread_p.h"

#include "base/freedescriptors_p.h"
#include "engineio/server/ioworker_p.h"

#include <EngineIo/epolldispatcher.h>

#include <QtCore/qabstracteventdispatcher.h>
#include <QtCore/qcoreapplication.h>

#include <mutex>
#include <utility>
#include <vector>

namespace EngineIo::detail {

namespace {

std::mutex threadsMutex;
bool threadsEndWithApplication = false; // the post routine is installed

std::vector<IoThread *> &threads()
{
    static auto *const all = new std::vector<IoThread *>; // outlives servers that are globals
    return *all;
}

} // namespace

IoThread::IoThread(Factory factory)
    : m_factory(std::move(factory))
{
    setObjectName(QStringLiteral("QtSocketIo I/O"));
    if (QAbstractEventDispatcher *dispatcher = createEventDispatcher())
        setEventDispatcher(dispatcher);
    const std::lock_guard lock(threadsMutex);
    threads().push_back(this);
    if (!std::exchange(threadsEndWithApplication, true))
        qAddPostRoutine(leaveAll);
}

IoThread::~IoThread()
{
    stop();
    const std::lock_guard lock(threadsMutex);
    std::erase(threads(), this);
}

// In the destructor of the QCoreApplication. Its end takes Qt's TLS away, which no thread must be
// using then, and Qt delivers no events in threads afterwards.
void IoThread::leaveAll()
{
    // Clients of this process, which end now, may still be talking to a server of it: the threads
    // go after all other routines.
    static bool comesAgain = false;
    comesAgain = !comesAgain;
    if (comesAgain) {
        qAddPostRoutine(leaveAll);
        return;
    }
    const std::lock_guard lock(threadsMutex);
    threadsEndWithApplication = false;
    for (IoThread *thread : threads())
        thread->leave();
}

std::shared_ptr<IoWorker> IoThread::startWorker()
{
    // Qt's own dispatchers end the program where there is no descriptor for them.
    if (!eventDispatcher() && !mayOpenFiles(2))
        return nullptr;
    start();
    if (!isRunning())
        return nullptr;
    m_ready.acquire();
    return m_worker;
}

void IoThread::leave()
{
    if (!isRunning())
        return;
    m_hasLeft = true;
    quit();
    m_left.acquire();
    m_left.release();
}

void IoThread::stop()
{
    if (!isRunning())
        return;
    m_worker.reset();
    quit();
    m_released.release();
    wait();
}

void IoThread::run()
{
    const std::shared_ptr<IoWorker> worker = m_factory();
    worker->start();
    m_worker = worker;
    m_ready.release();
    exec();
    m_left.release();
    m_released.acquire(); // so that the worker, and its timers, end here
    // Not in a posted call: without a QCoreApplication, which a server may outlive, none is made.
    worker->bridge().runPosted();
    worker->shutDown();
}

} // namespace EngineIo::detail
