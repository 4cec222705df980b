// SPDX-License-Identifier: MIT
#include "base/homethread_p.h"

#include <QtCore/qmetaobject.h>
#include <QtCore/qobject.h>

#include <mutex>

namespace EngineIo::detail {

namespace {

class Home final : public HomeThread
{
public:
    void post(std::function<void()> function) override
    {
        const std::lock_guard lock(m_mutex);
        if (m_receiver)
            QMetaObject::invokeMethod(m_receiver.get(), std::move(function), Qt::QueuedConnection);
    }

    void close()
    {
        std::unique_ptr<QObject> receiver; // goes outside the lock, with what has not been called
        const std::lock_guard lock(m_mutex);
        receiver.swap(m_receiver);
    }

private:
    std::mutex m_mutex;
    std::unique_ptr<QObject> m_receiver = std::make_unique<QObject>(); // none after the thread
};

struct Tenancy
{
    Tenancy() = default;
    ~Tenancy() { home->close(); }
    Q_DISABLE_COPY_MOVE(Tenancy)

    const std::shared_ptr<Home> home = std::make_shared<Home>();
    const std::shared_ptr<HomeThread> asBase = home;
};

} // namespace

HomeThread::~HomeThread() = default;

const std::shared_ptr<HomeThread> &HomeThread::current()
{
    static thread_local const Tenancy tenancy;
    return tenancy.asBase;
}

} // namespace EngineIo::detail
