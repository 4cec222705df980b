// SPDX-License-Identifier: MIT
#ifndef ENGINEIO_IOCONTEXT_P_H
#define ENGINEIO_IOCONTEXT_P_H

#include "engineio/io/deadlinetimer_p.h"

#include <QtCore/qelapsedtimer.h>
#include <QtCore/qobject.h>

#include <memory>
#include <unordered_set>
#include <vector>

namespace EngineIo::detail {

// Something with output that waits for the end of the turn.
class Flushable
{
public:
    virtual ~Flushable() = default;
    virtual void flush() = 0;

private:
    friend class IoContext;
    bool m_scheduled = false;
};

// What the connections of one thread share: timers, a read buffer, the list of those that have
// something to write, and a place for objects that end while their own code is still running.
//
// Output is written once per turn of the event loop, when the loop is about to wait (and when it
// wakes, for loops that never wait), so that all that was queued meanwhile goes out together.
class ENGINEIO_AUTOTEST_EXPORT IoContext : public QObject
{
public:
    explicit IoContext(QObject *parent = nullptr);
    ~IoContext() override;

    // Connects to the event dispatcher of the current thread, which must be the object's own.
    void start();

    TimerQueue &timers() noexcept { return m_timers; }

    void scheduleFlush(const std::shared_ptr<Flushable> &item);
    void flush();

    // Destroys an object when none of its code can be on the stack any more.
    void dispose(std::shared_ptr<void> object);

    // Keeps an object that nobody owns any more but that has something to finish.
    void keep(std::shared_ptr<void> object) { m_kept.insert(std::move(object)); }
    void release(const std::shared_ptr<void> &object);

    // Marks that the event loop has called into the connections' code.
    class Scope
    {
    public:
        explicit Scope(IoContext &context)
            : m_context(context)
        {
            ++m_context.m_depth;
        }
        ~Scope() { m_context.leaveScope(); }
        Q_DISABLE_COPY_MOVE(Scope)

    private:
        IoContext &m_context;
    };
    bool isInScope() const noexcept { return m_depth > 0; }

    // A buffer to read into, for the one reader that got it; in a nested event loop a second
    // reader gets one of its own.
    class ReadBuffer
    {
    public:
        explicit ReadBuffer(IoContext &context);
        ~ReadBuffer();
        Q_DISABLE_COPY_MOVE(ReadBuffer)
        char *data() noexcept { return m_buffer.get(); }
        static constexpr qsizetype Size = 64 * 1024;

    private:
        IoContext &m_context;
        std::unique_ptr<char[]> m_buffer;
    };

private:
    void leaveScope();
    void endTurn();

    TimerQueue m_timers;
    std::vector<std::shared_ptr<Flushable>> m_dirty;
    std::vector<std::shared_ptr<void>> m_disposed;
    std::unordered_set<std::shared_ptr<void>> m_kept;
    std::unique_ptr<char[]> m_readBuffer;
    QElapsedTimer m_dirtySince;
    int m_depth = 0;
};

} // namespace EngineIo::detail

#endif
