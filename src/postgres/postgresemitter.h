// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_POSTGRESEMITTER_H
#define SOCKETIO_POSTGRESEMITTER_H

#include <SocketIo/broadcastoptions.h>
#include <SocketIo/emitter.h>
#include <SocketIo/error.h>
#include <SocketIo/postgresglobal.h>
#include <SocketIo/postgresoptions.h>

#include <QtCore/qobject.h>
#include <QtCore/qstringlist.h>

#include <memory>

namespace SocketIo {

namespace detail {
class PostgresLink;
}
class PostgresEmitterPrivate;

// Emits to clients of servers elsewhere. A value: each step of a chain gives a new one.
class SOCKETIO_POSTGRES_EXPORT PostgresBroadcast : public Emitter<PostgresBroadcast>
{
public:
    ~PostgresBroadcast();
    PostgresBroadcast(const PostgresBroadcast &other);
    PostgresBroadcast &operator=(const PostgresBroadcast &other);

    PostgresBroadcast to(const QString &room) const;
    PostgresBroadcast to(const QStringList &rooms) const;
    PostgresBroadcast in(const QString &room) const { return to(room); }
    PostgresBroadcast in(const QStringList &rooms) const { return to(rooms); }
    PostgresBroadcast except(const QString &room) const;
    PostgresBroadcast except(const QStringList &rooms) const;
    PostgresBroadcast asVolatile() const;
    PostgresBroadcast compress(bool compress) const;

    bool emitEventList(const QString &event, const QVariantList &args) const;
    template<typename... Args>
    bool serverSideEmit(const QString &event, const Args &...args) const
    {
        return serverSideEmitList(event, toArguments(args...));
    }
    bool serverSideEmitList(const QString &event, const QVariantList &args) const;
    bool socketsJoin(const QString &room) const { return socketsJoin(QStringList{room}); }
    bool socketsJoin(const QStringList &rooms) const;
    bool socketsLeave(const QString &room) const { return socketsLeave(QStringList{room}); }
    bool socketsLeave(const QStringList &rooms) const;
    bool disconnectSockets(CloseConnection close = CloseConnection::No) const;

private:
    friend class PostgresEmitter;
    PostgresBroadcast(const std::shared_ptr<detail::PostgresLink> &link, const QString &nsp);
    QVariantMap options() const;

    std::shared_ptr<detail::PostgresLink> m_link;
    QString m_nsp;
    QStringList m_rooms;
    QStringList m_except;
    bool m_choosesRooms = false; // to() was called, with whatever rooms
    BroadcastFlags m_flags;
};

// The way of a program that is no server to the clients of those that use PostgresAdapter.
class SOCKETIO_POSTGRES_EXPORT PostgresEmitter : public QObject
{
    Q_OBJECT
    Q_PROPERTY(SocketIo::Postgres::State state READ state NOTIFY stateChanged)

public:
    explicit PostgresEmitter(const PostgresOptions &options = {}, QObject *parent = nullptr);
    ~PostgresEmitter() override;

    Postgres::State state() const;
    bool isIdle() const;

    PostgresBroadcast of(const QString &nsp) const;
    PostgresBroadcast all() const { return of(QStringLiteral("/")); }
    PostgresBroadcast to(const QString &room) const { return all().to(room); }
    PostgresBroadcast to(const QStringList &rooms) const { return all().to(rooms); }
    PostgresBroadcast in(const QString &room) const { return all().to(room); }
    PostgresBroadcast in(const QStringList &rooms) const { return all().to(rooms); }
    PostgresBroadcast except(const QString &room) const;
    PostgresBroadcast except(const QStringList &rooms) const;

    template<typename... Args>
    bool emitEvent(const QString &event, const Args &...args)
    {
        return all().emitEvent(event, args...);
    }

Q_SIGNALS:
    void stateChanged(SocketIo::Postgres::State state);
    void errorOccurred(const SocketIo::Error &error);
    void idle();

private:
    std::unique_ptr<PostgresEmitterPrivate> d;
};

} // namespace SocketIo

#endif
