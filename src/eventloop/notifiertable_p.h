// SPDX-License-Identifier: MIT
#ifndef ENGINEIO_NOTIFIERTABLE_P_H
#define ENGINEIO_NOTIFIERTABLE_P_H

#include <QtCore/qsocketnotifier.h>

#include <array>
#include <memory>
#include <vector>

namespace EngineIo::detail {

// The socket notifiers of an event dispatcher: one registration with epoll for each descriptor
// that has any, whose changes go to the system once per turn of the loop.
//
// epoll knows open files, not descriptors, and forgets a file by itself when it is closed. So the
// registration of a descriptor ends at once with its last notifier, while the descriptor is still
// open, and a report is believed only when it carries the number of the present registration.
class NotifierTable
{
public:
    // The second descriptor is watched along with those of the notifiers, but not reported.
    explicit NotifierTable(int wakeDescriptor);
    ~NotifierTable();
    Q_DISABLE_COPY_MOVE(NotifierTable)

    bool isValid() const noexcept { return m_epoll >= 0; }

    void add(QSocketNotifier *notifier);
    void remove(QSocketNotifier *notifier);

    // Brings the system up to date; needed before wait().
    void update();

    // Whether there are notifiers to activate without any waiting.
    bool hasReady() const noexcept { return m_next < m_ready.size() || !m_alwaysReady.empty(); }

    // Waits that many milliseconds (-1: without limit). False when the wait ended before its time
    // without a notifier that could be activated.
    bool wait(int timeout);

    // Sends the events of the notifiers found ready; returns how many. What is left when a nested
    // loop is entered is for that loop, if it handles notifiers, or else for this one.
    int activate();

private:
    using Types = quint8; // a bit for each QSocketNotifier::Type

    struct Descriptor
    {
        std::array<QSocketNotifier *, 3> notifiers{};
        int fd = -1;
        quint32 registered = 0; // the events asked of epoll; 0: none
        quint32 generation = 0; // counts registrations
        Types ready = 0;
        bool changed = false;     // in m_changed
        bool replaced = false;    // may be another file by now
        bool queued = false;      // in m_ready
        bool alwaysReady = false; // in m_alwaysReady

        bool isEmpty() const noexcept;
        quint32 wantedEvents() const noexcept;
        quint64 key() const noexcept { return quint64(generation) << 32 | quint32(fd); }
    };
    // Descriptors are small numbers, given out lowest first: a table of pages, made as needed,
    // finds one without hashing, and those in it never move.
    static constexpr size_t PageSize = 128;
    using Page = std::array<Descriptor, PageSize>;

    Descriptor *find(int fd) const noexcept;
    Descriptor &findOrCreate(int fd);
    void markChanged(Descriptor &descriptor);
    bool apply(Descriptor &descriptor);
    bool control(int operation, const Descriptor &descriptor, quint32 events) noexcept;
    void setAlwaysReady(Descriptor &descriptor, bool on);
    void disable(Descriptor &descriptor);
    void setReady(Descriptor &descriptor, Types types);
    bool open();
    void reopen();

    std::vector<std::unique_ptr<Page>> m_pages;
    std::vector<Descriptor *> m_changed;
    std::vector<Descriptor *> m_ready;
    std::vector<Descriptor *> m_alwaysReady;
    size_t m_next = 0; // in m_ready
    int m_wakeDescriptor;
    int m_epoll = -1;
};

} // namespace EngineIo::detail

#endif
