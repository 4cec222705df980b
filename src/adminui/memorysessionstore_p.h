// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_MEMORYSESSIONSTORE_P_H
#define SOCKETIO_MEMORYSESSIONSTORE_P_H

#include <SocketIo/adminuisessionstore.h>

#include <QtCore/qdeadlinetimer.h>
#include <QtCore/qhash.h>
#include <QtCore/qstringlist.h>

namespace SocketIo::detail {

// Keeps the sessions of one server in memory. When there are too many, the oldest ones are dropped.
class SOCKETIO_ADMINUI_AUTOTEST_EXPORT MemorySessionStore final : public AdminUiSessionStore
{
public:
    explicit MemorySessionStore(int maxSessions);
    ~MemorySessionStore() override;

    void saveSession(const QString &id, std::chrono::seconds duration) override;
    void doesSessionExist(const QString &id, const Found &found) override;
    qsizetype count() const { return m_sessions.size(); }

private:
    const qsizetype m_maxSessions;
    QHash<QString, QDeadlineTimer> m_sessions;
    QStringList m_byAge; // the keys of m_sessions
};

} // namespace SocketIo::detail

#endif
