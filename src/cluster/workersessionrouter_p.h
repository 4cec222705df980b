// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_WORKERSESSIONROUTER_P_H
#define SOCKETIO_WORKERSESSIONROUTER_P_H

#include "cluster/workerlink_p.h"
#include "engineio/server/sessionrouter_p.h"

#include <QtCore/qset.h>

#include <memory>
#include <mutex>

namespace SocketIo::detail {

// Recognizes the worker of a session by the number in its id. Can be used from any thread.
class WorkerSessionRouter final : public EngineIo::detail::SessionRouter
{
public:
    explicit WorkerSessionRouter(const std::shared_ptr<WorkerLink> &link)
        : m_link(link)
        , m_prefix(toPrefix(link->number()))
    {
    }

    void setWorkers(const QList<quint32> &numbers)
    {
        const std::lock_guard lock(m_mutex);
        m_others = QSet<quint32>(numbers.cbegin(), numbers.cend());
        m_others.remove(m_link->number());
    }

    QString idPrefix() const override { return m_prefix; }
    bool isElsewhere(const QString &id) const override
    {
        const std::optional<quint32> number = fromPrefix(id);
        const std::lock_guard lock(m_mutex);
        return number && m_others.contains(*number);
    }
    void take(Descriptor descriptor, const QByteArray &bytes) override
    {
        // In the link's thread, and not while the connection is being read.
        auto taken = std::make_shared<Descriptor>(std::move(descriptor));
        QMetaObject::invokeMethod(
            m_link.get(), [link = m_link, taken, bytes] { link->passOn(std::move(*taken), bytes); },
            Qt::QueuedConnection);
    }

private:
    const std::shared_ptr<WorkerLink> m_link;
    const QString m_prefix;
    mutable std::mutex m_mutex;
    QSet<quint32> m_others;
};

} // namespace SocketIo::detail

#endif
