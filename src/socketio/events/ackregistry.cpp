// SPDX-License-Identifier: MIT
#include "socketio/events/ackregistry_p.h"

#include "base/callapplication_p.h"
#include "base/callout_p.h"
#include "socketio/events/pendingack_p.h"

#include <algorithm>
#include <functional>
#include <limits>
#include <utility>

namespace SocketIo::detail {

using std::chrono::milliseconds;

namespace {

qint64 monotonicNow()
{
    const auto sinceStart = std::chrono::steady_clock::now().time_since_epoch();
    return std::chrono::duration_cast<milliseconds>(sinceStart).count();
}

} // namespace

AckRegistry::AckRegistry(EngineIo::detail::TimerQueue &timers, QObject *parent)
    : QObject(parent)
    , m_timers(timers)
{
}

AckRegistry::~AckRegistry() = default;

void AckRegistry::add(qint64 id, Kind kind, Callback callback, std::optional<milliseconds> timeout)
{
    Entry entry;
    entry.kind = kind;
    entry.callback = std::move(callback);
    insert(id, std::move(entry), timeout);
}

void AckRegistry::add(qint64 id, PendingAck *ack, std::optional<milliseconds> timeout)
{
    Entry entry;
    entry.kind = Kind::ErrorAware;
    entry.hasPending = true;
    entry.pending = ack;
    insert(id, std::move(entry), timeout);
}

void AckRegistry::insert(qint64 id, Entry &&entry, std::optional<milliseconds> timeout)
{
    if (timeout) {
        constexpr qint64 longest = std::numeric_limits<int>::max();
        entry.deadline = monotonicNow() + std::clamp<qint64>(timeout->count(), 0, longest);
        dropStaleDeadlines();
        m_deadlines.push_back({entry.deadline, id});
        std::push_heap(m_deadlines.begin(), m_deadlines.end(), std::greater<>());
        ++m_timedCount;
    }
    Entry old;
    take(id, &old); // an id that is still in use is forgotten
    m_entries.emplace(id, std::move(entry));
    if (timeout)
        startTimer();
}

void AckRegistry::setTimeoutError(std::function<Error(qint64 id)> function)
{
    m_timeoutError = std::move(function);
}

bool AckRegistry::take(qint64 id, Entry *entry)
{
    const auto it = m_entries.find(id);
    if (it == m_entries.end())
        return false;
    *entry = std::move(*it);
    m_entries.erase(it);
    if (entry->deadline != 0)
        --m_timedCount;
    return true;
}

bool AckRegistry::acknowledge(qint64 id, const QVariantList &args)
{
    Entry entry;
    if (!take(id, &entry))
        return false;
    finish(entry, {}, args);
    return true;
}

bool AckRegistry::fail(qint64 id, const Error &error)
{
    Entry entry;
    if (!take(id, &entry))
        return false;
    finish(entry, error, {});
    return true;
}

bool AckRegistry::remove(qint64 id)
{
    Entry entry;
    return take(id, &entry);
}

void AckRegistry::failAll(const Error &error, const std::function<bool(qint64 id)> &keep)
{
    QList<qint64> ids;
    for (auto it = m_entries.cbegin(); it != m_entries.cend(); ++it) {
        if (!keep || !keep(it.key()))
            ids.append(it.key());
    }
    std::sort(ids.begin(), ids.end()); // in the order of sending
    std::vector<Entry> entries(size_t(ids.size()));
    for (qsizetype i = 0; i < ids.size(); ++i)
        take(ids.at(i), &entries[size_t(i)]);
    for (Entry &entry : entries)
        finish(entry, error, {});
}

void AckRegistry::finish(Entry &entry, const Error &error, const QVariantList &args)
{
    if (entry.hasPending) {
        if (error)
            PendingAckPrivate::fail(entry.pending, error);
        else
            PendingAckPrivate::acknowledge(entry.pending, args);
    } else if (entry.callback && (!error || entry.kind == Kind::ErrorAware)) {
        EngineIo::detail::callApplication([&] { entry.callback(error, args); });
    }
}

bool AckRegistry::isCurrent(const Deadline &deadline) const
{
    const auto it = m_entries.constFind(deadline.id);
    return it != m_entries.cend() && it->deadline == deadline.time;
}

// Most acknowledgements come in time: their deadlines stay in the heap until they are the bulk of
// it.
void AckRegistry::dropStaleDeadlines()
{
    if (m_deadlines.size() < 64 || m_deadlines.size() < 2 * size_t(m_timedCount))
        return;
    m_deadlines.erase(
        std::remove_if(m_deadlines.begin(), m_deadlines.end(),
                       [this](const Deadline &deadline) { return !isCurrent(deadline); }),
        m_deadlines.end());
    std::make_heap(m_deadlines.begin(), m_deadlines.end(), std::greater<>());
}

void AckRegistry::popFront()
{
    std::pop_heap(m_deadlines.begin(), m_deadlines.end(), std::greater<>());
    m_deadlines.pop_back();
}

void AckRegistry::startTimer()
{
    while (!m_deadlines.empty() && !isCurrent(m_deadlines.front()))
        popFront();
    if (m_deadlines.empty()) {
        m_timer.stop();
        return;
    }
    const qint64 next = m_deadlines.front().time;
    if (m_timer.isActive() && m_timerDeadline == next)
        return;
    m_timerDeadline = next;
    m_timer.start<&AckRegistry::failOverdue>(m_timers, milliseconds(next - monotonicNow()), this);
}

void AckRegistry::failOverdue()
{
    const qint64 now = monotonicNow();
    EngineIo::detail::CallOut out(this);
    while (out && !m_deadlines.empty() && m_deadlines.front().time <= now) {
        const Deadline deadline = m_deadlines.front();
        popFront();
        if (!isCurrent(deadline))
            continue;
        Entry entry;
        take(deadline.id, &entry);
        startTimer(); // a handler may run an event loop, in which the others go on
        const Error error = m_timeoutError ? m_timeoutError(deadline.id) : Error::timeout();
        out.emitSignal(&AckRegistry::timedOut, deadline.id);
        finish(entry, error, {}); // also when the registry is gone
    }
    if (out)
        startTimer();
}

} // namespace SocketIo::detail
