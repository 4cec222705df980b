// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_REDISSUBSCRIPTIONS_P_H
#define SOCKETIO_REDISSUBSCRIPTIONS_P_H

#include <QtCore/qbytearray.h>
#include <QtCore/qset.h>

#include <array>

namespace SocketIo::detail {

// The names that a connection is subscribed to: of channels, patterns of channels, and sharded
// channels.
class RedisSubscriptions
{
public:
    enum class Kind { Channel, Pattern, Sharded };
    static constexpr std::array Kinds{Kind::Channel, Kind::Pattern, Kind::Sharded};

    // Both return whether this has changed anything.
    bool add(Kind kind, const QByteArray &name)
    {
        const qsizetype before = set(kind).size();
        set(kind).insert(name);
        return set(kind).size() > before;
    }
    bool remove(Kind kind, const QByteArray &name) { return set(kind).remove(name); }

    const QSet<QByteArray> &names(Kind kind) const { return m_names[size_t(kind)]; }
    bool isEmpty() const
    {
        return m_names[0].isEmpty() && m_names[1].isEmpty() && m_names[2].isEmpty();
    }

    static QByteArray subscribing(Kind kind) { return prefix(kind) + "SUBSCRIBE"; }
    static QByteArray unsubscribing(Kind kind) { return prefix(kind) + "UNSUBSCRIBE"; }

private:
    static QByteArray prefix(Kind kind)
    {
        return kind == Kind::Pattern ? "P" : kind == Kind::Sharded ? "S" : "";
    }
    QSet<QByteArray> &set(Kind kind) { return m_names[size_t(kind)]; }

    std::array<QSet<QByteArray>, 3> m_names;
};

} // namespace SocketIo::detail

#endif
