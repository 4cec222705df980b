// SPDX-License-Identifier: MIT
#include "adminui/memorysessionstore_p.h"

#include <algorithm>

namespace SocketIo::detail {

MemorySessionStore::MemorySessionStore(int maxSessions)
    : m_maxSessions(std::max(1, maxSessions))
{
}

MemorySessionStore::~MemorySessionStore() = default;

void MemorySessionStore::saveSession(const QString &id, std::chrono::seconds duration)
{
    while (!m_byAge.isEmpty()
           && (m_byAge.size() >= m_maxSessions || m_sessions.value(m_byAge.first()).hasExpired()))
        m_sessions.remove(m_byAge.takeFirst());
    m_byAge.append(id);
    m_sessions.insert(id, QDeadlineTimer(duration));
}

void MemorySessionStore::doesSessionExist(const QString &id, const Found &found)
{
    const auto it = m_sessions.constFind(id);
    found(it != m_sessions.cend() && !it->hasExpired());
}

} // namespace SocketIo::detail
