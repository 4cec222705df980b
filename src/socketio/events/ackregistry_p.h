// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_ACKREGISTRY_P_H
#define SOCKETIO_ACKREGISTRY_P_H

#include "base/deadlinetimer_p.h"

#include <SocketIo/error.h>
#include <SocketIo/pendingack.h>
#include <SocketIo/socketioglobal.h>

#include <QtCore/qhash.h>
#include <QtCore/qobject.h>
#include <QtCore/qpointer.h>
#include <QtCore/qvariant.h>

#include <chrono>
#include <functional>
#include <optional>
#include <vector>

namespace SocketIo::detail {

// The acknowledgements that one side of a connection waits for, by packet id. One timer serves
// all timeouts, in a queue that a server's registries share. Handlers may add, remove or delete the
// registry.
class SOCKETIO_AUTOTEST_EXPORT AckRegistry : public QObject
{
    Q_OBJECT

public:
    // error.isError(): no answer; args are then empty.
    using Callback = std::function<void(const Error &error, const QVariantList &args)>;

    // Plain: called with an answer or not at all. ErrorAware: also for timeout and disconnection.
    enum class Kind : quint8 { Plain, ErrorAware };

    explicit AckRegistry(EngineIo::detail::TimerQueue &timers, QObject *parent = nullptr);
    ~AckRegistry() override;

    void add(qint64 id, Kind kind, Callback callback,
             std::optional<std::chrono::milliseconds> timeout = {});
    void add(qint64 id, PendingAck *ack, std::optional<std::chrono::milliseconds> timeout = {});

    // What an acknowledgement that does not come in time fails with, if it is not Error::timeout().
    // Calls no application.
    void setTimeoutError(std::function<Error(qint64 id)> function);

    bool contains(qint64 id) const { return m_entries.contains(id); }
    qsizetype count() const { return m_entries.size(); }

    // Each returns whether the id was known. The entry is gone before its handler runs.
    bool acknowledge(qint64 id, const QVariantList &args);
    bool fail(qint64 id, const Error &error);
    bool remove(qint64 id); // without calling its handler

    // The connection is gone: plain acknowledgements are dropped, all others fail with error.
    // Those for which keep() returns true stay: their packet was never sent.
    void failAll(const Error &error, const std::function<bool(qint64 id)> &keep = {});

Q_SIGNALS:
    void timedOut(qint64 id); // before its handler learns of it

private:
    struct Entry
    {
        Callback callback;
        QPointer<PendingAck> pending;
        qint64 deadline = 0; // ms of the monotonic clock; 0: none
        Kind kind = Kind::Plain;
        bool hasPending = false;
    };
    struct Deadline
    {
        qint64 time;
        qint64 id;
        friend bool operator>(const Deadline &a, const Deadline &b) { return a.time > b.time; }
    };

    void insert(qint64 id, Entry &&entry, std::optional<std::chrono::milliseconds> timeout);
    bool take(qint64 id, Entry *entry);
    static void finish(Entry &entry, const Error &error, const QVariantList &args);
    bool isCurrent(const Deadline &deadline) const;
    void dropStaleDeadlines();
    void popFront(); // of the deadlines
    void startTimer();
    void failOverdue();

    EngineIo::detail::TimerQueue &m_timers;
    std::function<Error(qint64 id)> m_timeoutError;
    QHash<qint64, Entry> m_entries;
    std::vector<Deadline> m_deadlines; // a heap, soonest first; may name entries long gone
    EngineIo::detail::DeadlineTimer m_timer;
    qint64 m_timerDeadline = 0;
    qsizetype m_timedCount = 0; // entries that have a deadline
};

} // namespace SocketIo::detail

#endif
