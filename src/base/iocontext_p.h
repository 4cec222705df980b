// SPDX-License-Identifier: MIT
#ifndef QTSOCKETIO_IOCONTEXT_P_H
#define QTSOCKETIO_IOCONTEXT_P_H

#include "base/deadlinetimer_p.h"
#include "base/packetshare_p.h"
#include "base/traffic_p.h"
#include "base/turnsource_p.h"

#include <QtCore/qelapsedtimer.h>
#include <QtCore/qobject.h>
#include <QtCore/qpointer.h>

#include <chrono>
#include <deque>
#include <functional>
#include <limits>
#include <memory>
#include <unordered_set>
#include <utility>
#include <vector>

namespace EngineIo::detail {

// An object with output that is written at the end of the iteration of the event loop.
class Flushable
{
public:
    virtual ~Flushable() = default;
    virtual void flush() = 0;
    // Whether a turn had too much to write, so that this output waits for its turn.
    bool isDeferred() const noexcept { return m_flush == Flush::Deferred; }

private:
    friend class IoContext;
    enum class Flush : quint8 { None, Scheduled, Deferred };
    Flush m_flush = Flush::None;
};

// An object with work left for the next iteration of the event loop.
class Resumable
{
public:
    virtual ~Resumable() = default;
    virtual void resume() = 0;

private:
    friend class IoContext;
    bool m_waitsForTurn = false;
};

// Limits of the work for one connection or session in an iteration of the event loop.
struct TurnBudget
{
    int packets = 64;             // or requests, handled for one connection or session
    qsizetype bytes = 256 * 1024; // read for one, and as many written
    int writes = 256;             // connections written to
};

// The resources that the connections of a thread share: timers, a read buffer, the list of
// connections with data to write, and a place for objects that end while their own code is still
// running.
//
// Output is written once per iteration of the event loop, when the loop is about to wait (and when
// it wakes up, for loops that never wait), so that all queued data is written together. If there
// are more connections than the budget allows, as in a broadcast to many clients, the remaining
// ones are written to in the next iterations. They do not delay data that is queued for other
// connections meanwhile: in each iteration, both have the same budget.
class ENGINEIO_EXPORT IoContext : public QObject, private TurnObserver
{
public:
    explicit IoContext(QObject *parent = nullptr);
    ~IoContext() override;

    // Connects to the event dispatcher of the current thread, which must be the object's own.
    void start();
    // Whether that is gone, with its thread or QCoreApplication, so that no turn ends any more.
    bool hasLeft() const noexcept { return m_started && !m_dispatcher; }

    TimerQueue &timers() noexcept { return m_timers; }

    void scheduleFlush(const std::shared_ptr<Flushable> &item);
    // The item goes to another thread, which flushes it.
    void forget(const std::shared_ptr<Flushable> &item);
    // Flushes all, whatever the budget.
    void flush();

    Traffic &traffic() noexcept { return m_traffic; }
    const TurnBudget &budget() const noexcept { return m_budget; }
    void setBudget(const TurnBudget &budget)
    {
        m_budget = budget;
        m_writesLeft = size_t(budget.writes);
    }
    // No further iteration will follow: as much data as the system accepts is written now, without
    // a budget.
    void beginLastTurn()
    {
        m_lastTurn = true;
        setBudget({std::numeric_limits<int>::max(), std::numeric_limits<qsizetype>::max(),
                   std::numeric_limits<int>::max()});
    }
    bool isLastTurn() const noexcept { return m_lastTurn; }
    // A number that is another one in each turn of the event loop.
    quint32 turn() const noexcept { return m_turn; }
    // Calls item->resume() in the next turn of the event loop, after the others' input. Each item
    // has one call in a turn, in the order in which they asked.
    void resumeNextTurn(std::shared_ptr<Resumable> item);

    // Destroys an object when none of its code can be on the stack any more.
    void dispose(std::shared_ptr<void> object);

    // Keeps an object without an owner until it has finished its work.
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
    // Keeps the owner of this object, which has no other owner, until no code of the connections
    // can be on the stack, even while a nested event loop runs.
    void keepInScope(std::shared_ptr<void> owner);
    // Called in each iteration of a nested event loop, which runs inside the marked scopes.
    void setNestedTurnObserver(std::function<void()> observer)
    {
        m_nestedTurnObserver = std::move(observer);
    }

    // A read buffer for the reader that has acquired it. In a nested event loop, a second reader
    // receives a separate buffer.
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

protected:
    bool event(QEvent *event) override;

private:
    void turnBegins() override;
    void aboutToWait() override { endTurn(); }
    void leaveScope();
    void flushIfLate();
    void endTurn();
    void flushWithinBudget();
    void deferBeyondBudget();
    void flushDeferred(size_t limit);
    static void flush(Flushable &item);
    void postResume();
    void resumeWaiting();

    QPointer<QObject> m_dispatcher;
    TurnSource *m_turns = nullptr; // the same, if it is of this module
    bool m_started = false;
    TimerQueue m_timers;
    TurnBudget m_budget;
    bool m_lastTurn = false;
    Traffic m_traffic;
    std::deque<std::shared_ptr<Resumable>> m_waiting;
    std::function<void()> m_nestedTurnObserver;
    std::vector<std::shared_ptr<Flushable>> m_dirty;
    std::deque<std::shared_ptr<Flushable>> m_deferred;
    std::vector<std::shared_ptr<void>> m_disposed;
    std::unordered_set<std::shared_ptr<void>> m_kept;
    std::unique_ptr<char[]> m_readBuffer;
    QElapsedTimer m_dirtySince; // since about when there is output; not valid: not timed yet
    bool m_leftDirty = false;   // a scope has been left since there is output
    int m_depth = 0;
    std::shared_ptr<void> m_owner; // only while it has to be kept
    quint32 m_turn = 1;
    size_t m_writesLeft = size_t(TurnBudget().writes); // in this turn, to those in m_dirty
    bool m_resumePosted = false;
};

// The share of an iteration for one connection or session, limited by the budget of its context.
class TurnShare : private PacketShare
{
public:
    // Whether another packet or request may be handled in this turn.
    bool take(const IoContext &context)
    {
        if (std::exchange(m_turn, context.turn()) != context.turn())
            restart();
        return PacketShare::take(context.budget().packets);
    }

private:
    quint32 m_turn = 0;
};

} // namespace EngineIo::detail

#endif
