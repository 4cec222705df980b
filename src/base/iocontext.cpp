// SPDX-License-Identifier: MIT
#include "base/iocontext_p.h"

#include <QtCore/qabstracteventdispatcher.h>
#include <QtCore/qcoreapplication.h>
#include <QtCore/qcoreevent.h>

#include <algorithm>

namespace EngineIo::detail {

namespace {
// A loop that is kept from waiting by other work must not hold back output for longer.
constexpr qint64 MaxFlushDelay = 2; // ms
// A turn that has queued output for so many times its budget has taken its time already: it writes
// to a part of the budget only, to those that were served first.
constexpr size_t ManyQueued = 4;
constexpr size_t PartAfterMany = 4;

// Releases an object in an event of its own.
class Farewell final : public QObject
{
public:
    explicit Farewell(std::shared_ptr<void> object)
        : m_object(std::move(object))
    {
    }

private:
    std::shared_ptr<void> m_object;
};

} // namespace

IoContext::IoContext(QObject *parent)
    : QObject(parent)
{
}

IoContext::~IoContext()
{
    if (m_turns && m_dispatcher)
        m_turns->remove(this);
}

void IoContext::start()
{
    QAbstractEventDispatcher *dispatcher = QAbstractEventDispatcher::instance();
    if (!dispatcher)
        qFatal("QtSocketIo needs a QCoreApplication");
    m_dispatcher = dispatcher;
    m_started = true;
    m_turns = dynamic_cast<TurnSource *>(dispatcher);
    if (m_turns) {
        m_turns->add(this);
        return;
    }
    connect(dispatcher, &QAbstractEventDispatcher::aboutToBlock, this, &IoContext::aboutToWait);
    connect(dispatcher, &QAbstractEventDispatcher::awake, this, &IoContext::turnBegins);
}

void IoContext::turnBegins()
{
    m_writesLeft = size_t(m_budget.writes);
    endTurn();
}

void IoContext::scheduleFlush(const std::shared_ptr<Flushable> &item)
{
    if (item->m_flush != Flushable::Flush::None)
        return;
    item->m_flush = Flushable::Flush::Scheduled;
    if (m_dirty.empty()) {
        m_dirtySince.invalidate();
        m_leftDirty = false;
    }
    m_dirty.push_back(item);
}

void IoContext::forget(const std::shared_ptr<Flushable> &item)
{
    if (std::exchange(item->m_flush, Flushable::Flush::None) == Flushable::Flush::None)
        return;
    std::erase(m_dirty, item);
    std::erase(m_deferred, item);
}

void IoContext::flush()
{
    while (!m_dirty.empty() || !m_deferred.empty()) {
        flushDeferred(m_deferred.size());
        m_writesLeft = m_dirty.size();
        flushWithinBudget();
    }
}

void IoContext::flush(Flushable &item)
{
    item.m_flush = Flushable::Flush::None;
    item.flush();
}

void IoContext::flushWithinBudget()
{
    // Flushing may schedule more: those go out in the same turn.
    while (!m_dirty.empty()) {
        deferBeyondBudget();
        std::vector<std::shared_ptr<Flushable>> items;
        items.swap(m_dirty);
        m_writesLeft -= items.size();
        for (const std::shared_ptr<Flushable> &item : items)
            flush(*item);
        if (m_dirty.empty()) {
            items.clear();
            items.swap(m_dirty); // keep the capacity
            return;
        }
    }
}

void IoContext::deferBeyondBudget()
{
    if (m_dirty.size() <= m_writesLeft)
        return;
    if (m_dirty.size() / ManyQueued > size_t(m_budget.writes))
        m_writesLeft =
            std::min(m_writesLeft, std::max<size_t>(1, size_t(m_budget.writes) / PartAfterMany));
    for (size_t i = m_writesLeft; i < m_dirty.size(); ++i) {
        m_dirty[i]->m_flush = Flushable::Flush::Deferred;
        m_deferred.push_back(std::move(m_dirty[i]));
    }
    m_dirty.resize(m_writesLeft);
    postResume();
}

void IoContext::flushDeferred(size_t limit)
{
    for (; limit > 0 && !m_deferred.empty(); --limit) {
        const std::shared_ptr<Flushable> item = std::move(m_deferred.front());
        m_deferred.pop_front();
        if (!m_deferred.empty())
            postResume(); // also for a nested event loop
        flush(*item);
    }
}

void IoContext::resumeNextTurn(std::shared_ptr<Resumable> item)
{
    if (std::exchange(item->m_waitsForTurn, true))
        return;
    m_waiting.push_back(std::move(item));
    postResume();
}

// A posted event comes once in each turn: Qt leaves what is posted meanwhile to the next one.
void IoContext::postResume()
{
    if (!std::exchange(m_resumePosted, true))
        QCoreApplication::postEvent(this, new QEvent(QEvent::User));
}

bool IoContext::event(QEvent *event)
{
    if (event->type() != QEvent::User)
        return QObject::event(event);
    m_resumePosted = false;
    const Scope scope(*this);
    // First, since those that are resumed may want to know what is left of it.
    flushDeferred(size_t(m_budget.writes));
    resumeWaiting();
    return true;
}

void IoContext::resumeWaiting()
{
    // Those that ask again while they are resumed have their turn later.
    for (size_t left = m_waiting.size(); left > 0 && !m_waiting.empty(); --left) {
        const std::shared_ptr<Resumable> item = std::move(m_waiting.front());
        m_waiting.pop_front();
        item->m_waitsForTurn = false;
        if (!m_waiting.empty())
            postResume(); // a nested event loop goes on with the others
        item->resume();
    }
}

void IoContext::dispose(std::shared_ptr<void> object)
{
    // It may have a deleter and no object.
    if (object.use_count() > 0)
        m_disposed.push_back(std::move(object));
}

void IoContext::release(const std::shared_ptr<void> &object)
{
    if (m_kept.erase(object))
        dispose(object);
}

void IoContext::keepInScope(std::shared_ptr<void> owner)
{
    if (isInScope())
        m_owner = std::move(owner);
}

void IoContext::leaveScope()
{
    --m_depth;
    if (!m_dirty.empty())
        flushIfLate();
    // The event loop that is now returned to carries this out, none that is nested in the scope.
    if (m_depth == 0 && m_owner)
        (new Farewell(std::move(m_owner)))->deleteLater();
}

// Mostly the loop waits after the code of one connection, or of few, for which no clock is read.
void IoContext::flushIfLate()
{
    if (m_dirtySince.isValid()) {
        if (m_dirtySince.hasExpired(MaxFlushDelay))
            flushWithinBudget();
    } else if (std::exchange(m_leftDirty, true)) {
        m_dirtySince.start();
    }
}

void IoContext::endTurn()
{
    ++m_turn;
    if (m_depth > 0 && m_nestedTurnObserver)
        m_nestedTurnObserver();
    if (!m_dirty.empty()) {
        const Scope scope(*this);
        flushWithinBudget();
    }
    if (m_depth == 0 && !m_disposed.empty()) {
        // Destructors may dispose of more.
        const std::vector<std::shared_ptr<void>> objects = std::exchange(m_disposed, {});
    }
}

IoContext::ReadBuffer::ReadBuffer(IoContext &context)
    : m_context(context)
    , m_buffer(std::move(context.m_readBuffer))
{
    if (!m_buffer)
        m_buffer.reset(new char[Size]);
}

IoContext::ReadBuffer::~ReadBuffer()
{
    m_context.m_readBuffer = std::move(m_buffer);
}

} // namespace EngineIo::detail
