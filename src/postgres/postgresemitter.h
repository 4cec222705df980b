// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_POSTGRESEMITTER_H
#define SOCKETIO_POSTGRESEMITTER_H

#include <SocketIo/clusterbroadcast.h>
#include <SocketIo/error.h>
#include <SocketIo/postgresglobal.h>
#include <SocketIo/postgresoptions.h>

#include <QtCore/qobject.h>
#include <QtCore/qstringlist.h>

#include <memory>

namespace SocketIo {

class PostgresEmitterPrivate;

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

    ClusterBroadcast of(const QString &nsp) const;
    ClusterBroadcast all() const { return of(QStringLiteral("/")); }
    ClusterBroadcast to(const QString &room) const { return all().to(room); }
    ClusterBroadcast to(const QStringList &rooms) const { return all().to(rooms); }
    ClusterBroadcast in(const QString &room) const { return all().to(room); }
    ClusterBroadcast in(const QStringList &rooms) const { return all().to(rooms); }
    ClusterBroadcast except(const QString &room) const;
    ClusterBroadcast except(const QStringList &rooms) const;

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
