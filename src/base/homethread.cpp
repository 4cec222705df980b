// SPDX-License-Identifier: MIT
#include "base/homethread_p.h"

#include <QtCore/qcoreapplication.h>
#include <QtCore/qcoreevent.h>
#include <QtCore/qobject.h>

#include <deque>
#include <mutex>

namespace EngineIo::detail {

namespace {

// The functions wait in a list, with one event of Qt for each, so that they are called in nested
// event loops, too. A thread sanitizer sees the list's mutex, but knows nothing of Qt's own.
class Home final : public HomeThread
{
public:
    void post(std::function<void()> function) override
    {
        const std::lock_guard lock(m_mutex);
        if (!m_receiver)
            return;
        m_posted.push_back(std::move(function));
        QCoreApplication::postEvent(m_receiver.get(), new QEvent(QEvent::User));
    }

    void close()
    {
        // Go outside the lock.
        std::unique_ptr<QObject> receiver;
        std::deque<std::function<void()>> posted;
        const std::lock_guard lock(m_mutex);
        receiver.swap(m_receiver);
        posted.swap(m_posted);
    }

private:
    class Receiver final : public QObject
    {
    public:
        explicit Receiver(Home *home)
            : m_home(home)
        {
        }

    protected:
        void customEvent(QEvent *) override
        {
            if (const std::function<void()> function = m_home->take())
                function();
        }

    private:
        Home *const m_home;
    };

    std::function<void()> take()
    {
        const std::lock_guard lock(m_mutex);
        if (m_posted.empty())
            return {};
        std::function<void()> first = std::move(m_posted.front());
        m_posted.pop_front();
        return first;
    }

    std::mutex m_mutex;
    std::deque<std::function<void()>> m_posted;
    std::unique_ptr<QObject> m_receiver = std::make_unique<Receiver>(this); // none after the thread
};

// What current() returns, once that has been made: such a pointer costs less to look at.
thread_local const std::shared_ptr<HomeThread> *known = nullptr;

struct Tenancy
{
    Tenancy() { known = &asBase; }
    ~Tenancy()
    {
        known = nullptr;
        home->close();
    }
    Q_DISABLE_COPY_MOVE(Tenancy)

    const std::shared_ptr<Home> home = std::make_shared<Home>();
    const std::shared_ptr<HomeThread> asBase = home;
};

} // namespace

HomeThread::~HomeThread() = default;

const std::shared_ptr<HomeThread> &HomeThread::current()
{
    if (known)
        return *known;
    static thread_local const Tenancy tenancy;
    return tenancy.asBase;
}

} // namespace EngineIo::detail
