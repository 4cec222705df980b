// SPDX-License-Identifier: MIT
#include "cluster/sessionstore_p.h"

#include <QtCore/qrandom.h>
#include <QtCore/qset.h>

#include <algorithm>

namespace SocketIo::detail {

using namespace Qt::StringLiterals;

namespace {

bool isFor(const QSet<QString> &rooms, const ClusterMessage &message)
{
    const QVariantMap options = message.data.value(u"opts"_s).toMap();
    const auto containsAny = [&rooms](const QVariant &names) {
        const QStringList list = names.toStringList();
        return std::any_of(list.cbegin(), list.cend(),
                           [&rooms](const QString &name) { return rooms.contains(name); });
    };
    const QVariant to = options.value(u"rooms"_s);
    return (to.toList().isEmpty() || containsAny(to)) && !containsAny(options.value(u"except"_s));
}

} // namespace

SessionStore::SessionStore(int maxSessions, qsizetype maxLogSize)
    : m_maxSessions(maxSessions)
    , m_maxLogSize(maxLogSize)
    , m_run(QString::number(QRandomGenerator::system()->generate(), 36))
{
}

std::optional<quint64> SessionStore::numberOf(const QString &offset) const
{
    const qsizetype dash = offset.indexOf(u'-');
    if (QStringView(offset).first(std::max<qsizetype>(dash, 0)) != m_run)
        return std::nullopt;
    bool isNumber = false;
    const quint64 number = offset.mid(dash + 1).toULongLong(&isNumber, 36);
    return isNumber && number <= m_last ? std::optional(number) : std::nullopt;
}

quint64 SessionStore::append(const QString &nsp, const QByteArray &message, Delivery delivery,
                             qint64 keep, qint64 now)
{
    ++m_last;
    if (delivery == Delivery::Recoverable) {
        m_log.push_back({m_last, nsp, message, now + keep});
        m_logSize += qsizetype(sizeof(Entry)) + message.size();
        while (m_logSize > m_maxLogSize) {
            m_lost = m_log.front().number;
            dropFirst();
        }
    }
    return m_last;
}

void SessionStore::dropFirst()
{
    const Entry &first = m_log.front();
    m_logSize -= qsizetype(sizeof(Entry)) + first.message.size();
    m_log.pop_front();
}

void SessionStore::keep(quint32 worker, const QString &nsp, const KeptSession &kept, qint64 now)
{
    const Key key(nsp, kept.session.pid);
    auto place = m_sessions.find(key);
    if (place == m_sessions.end()) {
        if (m_sessions.size() >= m_maxSessions)
            return;
        place = m_sessions.insert(key, {});
    } else if (place->owner != worker && place->owner != 0) {
        return; // it has moved to another worker meanwhile
    }
    place->kept = kept;
    place->owner = kept.isConnected ? worker : 0;
    place->expires = now + kept.lifetime;
}

void SessionStore::forget(quint32 worker, const QString &nsp, const QString &pid)
{
    const auto place = m_sessions.constFind({nsp, pid});
    if (place != m_sessions.cend() && place->owner == worker)
        m_sessions.erase(place);
}

void SessionStore::workerEnded(quint32 worker, qint64 now)
{
    for (Session &session : m_sessions) {
        if (session.owner == worker) {
            session.owner = 0;
            session.expires = now + session.kept.lifetime;
        }
    }
}

std::optional<SessionStore::Restored> SessionStore::restore(quint32 worker, const QString &nsp,
                                                            const QString &pid,
                                                            const QString &offset, qint64 now)
{
    const auto place = m_sessions.find({nsp, pid});
    if (place == m_sessions.end())
        return std::nullopt;
    // A client that has received no event yet has missed all events since it joined.
    const std::optional<quint64> from =
        offset.isEmpty() ? std::optional(place->kept.begin) : numberOf(offset);
    const bool hasExpired = place->owner == 0 && place->expires < now;
    if (!from || hasExpired || *from < m_lost) {
        if (hasExpired)
            m_sessions.erase(place);
        return std::nullopt;
    }
    Restored restored;
    restored.owner = place->owner;
    const RecoverableSession &session = place->kept.session;
    QSet<QString> rooms(session.rooms.cbegin(), session.rooms.cend());
    rooms.insert(session.sid);
    const auto first =
        std::upper_bound(m_log.cbegin(), m_log.cend(), *from,
                         [](quint64 number, const Entry &entry) { return number < entry.number; });
    for (auto entry = first; entry != m_log.cend(); ++entry) {
        if (entry->nsp != nsp)
            continue;
        const std::optional<ClusterMessage> message = messageFromBytes(entry->message);
        if (message && isFor(rooms, *message))
            restored.messages.append({entry->number, entry->message});
    }
    place->owner = worker;
    place->kept.isConnected = true;
    place->kept.begin = *from; // until the client has received an event on the new connection
    restored.kept = place->kept;
    return restored;
}

void SessionStore::sweep(qint64 now)
{
    while (!m_log.empty() && m_log.front().expires < now)
        dropFirst();
    for (auto session = m_sessions.begin(); session != m_sessions.end();) {
        if (session->owner == 0 && session->expires < now)
            session = m_sessions.erase(session);
        else
            ++session;
    }
}

} // namespace SocketIo::detail
