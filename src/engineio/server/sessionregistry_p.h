// SPDX-License-Identifier: MIT
#ifndef ENGINEIO_SESSIONREGISTRY_P_H
#define ENGINEIO_SESSIONREGISTRY_P_H

#include <QtCore/qhash.h>
#include <QtCore/qstring.h>

#include <mutex>

namespace EngineIo::detail {

class IoWorker;

// Finds the worker that has a session, for requests that arrive at another one.
class SessionRegistry
{
public:
    bool insert(const QString &id, IoWorker *worker)
    {
        const std::lock_guard lock(m_mutex);
        if (m_workers.contains(id))
            return false;
        m_workers.insert(id, worker);
        return true;
    }
    void remove(const QString &id)
    {
        const std::lock_guard lock(m_mutex);
        m_workers.remove(id);
    }
    IoWorker *worker(const QString &id) const
    {
        const std::lock_guard lock(m_mutex);
        return m_workers.value(id);
    }

private:
    mutable std::mutex m_mutex;
    QHash<QString, IoWorker *> m_workers;
};

} // namespace EngineIo::detail

#endif
