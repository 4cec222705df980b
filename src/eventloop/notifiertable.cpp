// SPDX-License-Identifier: MIT
#include "eventloop/notifiertable_p.h"

#include <QtCore/qcoreapplication.h>
#include <QtCore/qcoreevent.h>
#include <QtCore/qdebug.h>

#include <algorithm>
#include <cerrno>

#include <fcntl.h>
#include <sys/epoll.h>
#include <unistd.h>

namespace EngineIo::detail {

namespace {

// How many reports one turn takes. The system hands out the rest in the next turns, in rotation.
constexpr int MaxReports = 512;

constexpr quint64 WakeKey = ~quint64(0);

// The order in which the notifiers of a descriptor are activated.
struct TypeInfo
{
    QSocketNotifier::Type type;
    quint8 bit;
    quint32 wanted;
    quint32 reported;
    const char *name;
};
constexpr std::array<TypeInfo, 3> TypeInfos{{
    {QSocketNotifier::Read, 1, EPOLLIN, EPOLLIN | EPOLLHUP | EPOLLERR, "Read"},
    {QSocketNotifier::Write, 2, EPOLLOUT, EPOLLOUT | EPOLLHUP | EPOLLERR, "Write"},
    {QSocketNotifier::Exception, 4, EPOLLPRI, EPOLLPRI | EPOLLHUP | EPOLLERR, "Exception"},
}};
static_assert(QSocketNotifier::Read == 0 && QSocketNotifier::Write == 1
              && QSocketNotifier::Exception == 2);

constexpr quint8 ReadAndWrite = 3;

} // namespace

bool NotifierTable::Descriptor::isEmpty() const noexcept
{
    return !notifiers[0] && !notifiers[1] && !notifiers[2];
}

quint32 NotifierTable::Descriptor::wantedEvents() const noexcept
{
    quint32 events = 0;
    for (const TypeInfo &info : TypeInfos) {
        if (notifiers[info.type])
            events |= info.wanted;
    }
    return events;
}

NotifierTable::NotifierTable(int wakeDescriptor)
    : m_wakeDescriptor(wakeDescriptor)
{
    open();
}

NotifierTable::~NotifierTable()
{
    if (isValid())
        ::close(m_epoll);
}

bool NotifierTable::open()
{
    const int created = epoll_create1(EPOLL_CLOEXEC);
    if (created < 0)
        return false;
    epoll_event event{};
    event.events = EPOLLIN | EPOLLET;
    event.data.u64 = WakeKey;
    if (epoll_ctl(created, EPOLL_CTL_ADD, m_wakeDescriptor, &event) != 0) {
        ::close(created);
        return false;
    }
    if (!isValid()) {
        m_epoll = created;
        return true;
    }
    // The number stays, so that it can't become that of a descriptor just closed.
    const bool replaced = ::dup3(created, m_epoll, O_CLOEXEC) >= 0;
    ::close(created);
    return replaced;
}

void NotifierTable::reopen()
{
    if (!open()) {
        qWarning("EpollEventDispatcher: Cannot create an epoll instance: %ls",
                 qUtf16Printable(qt_error_string()));
        return;
    }
    for (const std::unique_ptr<Page> &page : m_pages) {
        if (!page)
            continue;
        for (Descriptor &descriptor : *page) {
            descriptor.registered = 0;
            if (!descriptor.isEmpty())
                markChanged(descriptor);
        }
    }
    update();
}

NotifierTable::Descriptor *NotifierTable::find(int fd) const noexcept
{
    const size_t index = size_t(fd) / PageSize;
    if (fd < 0 || index >= m_pages.size() || !m_pages[index])
        return nullptr;
    return &(*m_pages[index])[size_t(fd) % PageSize];
}

NotifierTable::Descriptor &NotifierTable::findOrCreate(int fd)
{
    const size_t index = size_t(fd) / PageSize;
    if (index >= m_pages.size())
        m_pages.resize(index + 1);
    if (!m_pages[index])
        m_pages[index] = std::make_unique<Page>();
    Descriptor &descriptor = (*m_pages[index])[size_t(fd) % PageSize];
    descriptor.fd = fd;
    return descriptor;
}

void NotifierTable::add(QSocketNotifier *notifier)
{
    const int fd = int(notifier->socket());
    if (fd < 0)
        return;
    Descriptor &descriptor = findOrCreate(fd);
    const TypeInfo &info = TypeInfos[notifier->type()];
    QSocketNotifier *&present = descriptor.notifiers[info.type];
    if (present && present != notifier) {
        qWarning("EpollEventDispatcher: Multiple socket notifiers for same socket %d and type %s",
                 fd, info.name);
        // Most likely one that was left behind when its descriptor was closed.
        descriptor.replaced = true;
        descriptor.ready &= Types(~info.bit);
    }
    present = notifier;
    markChanged(descriptor);
}

void NotifierTable::remove(QSocketNotifier *notifier)
{
    const TypeInfo &info = TypeInfos[notifier->type()];
    Descriptor *descriptor = find(int(notifier->socket()));
    if (!descriptor || descriptor->notifiers[info.type] != notifier)
        return;
    descriptor->notifiers[info.type] = nullptr;
    descriptor->ready &= Types(~info.bit);
    if (!descriptor->isEmpty()) {
        markChanged(*descriptor);
        return;
    }
    // Fails when the descriptor is closed already, which comes to the same.
    if (std::exchange(descriptor->registered, 0) != 0)
        control(EPOLL_CTL_DEL, *descriptor, 0);
    setAlwaysReady(*descriptor, false);
    descriptor->replaced = false;
}

void NotifierTable::markChanged(Descriptor &descriptor)
{
    if (!std::exchange(descriptor.changed, true))
        m_changed.push_back(&descriptor);
}

void NotifierTable::update()
{
    size_t kept = 0;
    for (size_t i = 0; i < m_changed.size(); ++i) {
        Descriptor *descriptor = m_changed[i];
        descriptor->changed = false;
        if (!apply(*descriptor)) {
            descriptor->changed = true;
            m_changed[kept++] = descriptor;
        }
    }
    m_changed.resize(kept);
}

// Returns false if it has to be tried again in the next turn.
bool NotifierTable::apply(Descriptor &descriptor)
{
    const quint32 events = descriptor.wantedEvents();
    if (events == 0 || (events == descriptor.registered && !descriptor.replaced))
        return true;

    bool done = descriptor.registered != 0 && control(EPOLL_CTL_MOD, descriptor, events);
    if (!done && (descriptor.registered == 0 || errno == ENOENT)) {
        ++descriptor.generation;
        done = control(EPOLL_CTL_ADD, descriptor, events)
            || (errno == EEXIST && control(EPOLL_CTL_MOD, descriptor, events));
    }
    if (done) {
        descriptor.registered = events;
        descriptor.replaced = false;
        setAlwaysReady(descriptor, false);
        return true;
    }

    switch (errno) {
    case EPERM:
        // A regular file or the like: poll() says that it is always ready.
        descriptor.registered = 0;
        descriptor.replaced = false;
        setAlwaysReady(descriptor, true);
        return true;
    case ENOMEM:
    case ENOSPC:
        qWarning("EpollEventDispatcher: Cannot watch socket %d yet: %ls", descriptor.fd,
                 qUtf16Printable(qt_error_string()));
        return false;
    default:
        disable(descriptor);
        return true;
    }
}

bool NotifierTable::control(int operation, const Descriptor &descriptor, quint32 events) noexcept
{
    epoll_event event{};
    event.events = events;
    event.data.u64 = descriptor.key();
    return epoll_ctl(m_epoll, operation, descriptor.fd, &event) == 0;
}

void NotifierTable::setAlwaysReady(Descriptor &descriptor, bool on)
{
    if (std::exchange(descriptor.alwaysReady, on) == on)
        return;
    if (on)
        m_alwaysReady.push_back(&descriptor);
    else
        m_alwaysReady.erase(std::find(m_alwaysReady.begin(), m_alwaysReady.end(), &descriptor));
}

void NotifierTable::disable(Descriptor &descriptor)
{
    for (const TypeInfo &info : TypeInfos) {
        QSocketNotifier *notifier = descriptor.notifiers[info.type];
        if (!notifier)
            continue;
        qWarning("EpollEventDispatcher: Invalid socket %d with type %s, disabling...",
                 descriptor.fd, info.name);
        notifier->setEnabled(false); // which removes it
    }
}

void NotifierTable::setReady(Descriptor &descriptor, Types types)
{
    for (const TypeInfo &info : TypeInfos) {
        if ((types & info.bit) != 0 && descriptor.notifiers[info.type])
            descriptor.ready |= info.bit;
    }
    if (descriptor.ready != 0 && !std::exchange(descriptor.queued, true))
        m_ready.push_back(&descriptor);
}

bool NotifierTable::wait(int timeout)
{
    std::array<epoll_event, MaxReports> reports;
    const int count = epoll_wait(m_epoll, reports.data(), MaxReports, timeout);
    if (count < 0 && errno != EINTR) {
        qWarning("EpollEventDispatcher: Cannot wait for events: %ls",
                 qUtf16Printable(qt_error_string()));
        m_epoll = -1; // closed by somebody else, and perhaps theirs by now
        reopen();
    }

    bool orphaned = false;
    for (size_t i = 0; i < size_t(std::max(count, 0)); ++i) {
        const epoll_event &report = reports[i];
        if (report.data.u64 == WakeKey)
            continue;
        Descriptor *descriptor = find(int(report.data.u64 & 0xffffffff));
        if (!descriptor || descriptor->registered == 0 || descriptor->key() != report.data.u64) {
            orphaned = true;
            continue;
        }
        Types types = 0;
        for (const TypeInfo &info : TypeInfos) {
            if ((report.events & info.reported) != 0)
                types |= info.bit;
        }
        setReady(*descriptor, types);
    }
    for (Descriptor *descriptor : m_alwaysReady)
        setReady(*descriptor, ReadAndWrite);

    // A file outlived the descriptor it was registered with (a copy of it is open, perhaps in
    // another process) and can't be got out of this epoll instance any more.
    if (orphaned)
        reopen();
    return count == 0 || m_next < m_ready.size();
}

int NotifierTable::activate()
{
    int activated = 0;
    QEvent event(QEvent::SockAct);
    while (m_next < m_ready.size()) {
        Descriptor &descriptor = *m_ready[m_next];
        QSocketNotifier *notifier = nullptr;
        for (const TypeInfo &info : TypeInfos) {
            if ((descriptor.ready & info.bit) != 0) {
                descriptor.ready &= Types(~info.bit);
                notifier = descriptor.notifiers[info.type];
                break;
            }
        }
        if (descriptor.ready == 0) {
            descriptor.queued = false;
            if (++m_next == m_ready.size()) {
                m_ready.clear();
                m_next = 0;
            }
        }
        if (notifier) {
            ++activated;
            QCoreApplication::sendEvent(notifier, &event);
        }
    }
    return activated;
}

} // namespace EngineIo::detail
