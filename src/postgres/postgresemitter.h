// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_POSTGRESEMITTER_H
#define SOCKETIO_POSTGRESEMITTER_H

#include <SocketIo/brokerstate.h>
#include <SocketIo/clusteremitter.h>
#include <SocketIo/error.h>
#include <SocketIo/postgresglobal.h>
#include <SocketIo/postgresoptions.h>

#include <memory>

namespace SocketIo {

namespace detail {
class PostgresLink;
}

// Emits events to the clients of servers that use PostgresAdapter, from a program that is not a
// server.
class SOCKETIO_POSTGRES_EXPORT PostgresEmitter : public ClusterEmitter
{
    Q_OBJECT
    Q_PROPERTY(SocketIo::BrokerState state READ state NOTIFY stateChanged)

public:
    explicit PostgresEmitter(const PostgresOptions &options = {}, QObject *parent = nullptr);
    ~PostgresEmitter() override;

    BrokerState state() const;
    bool isFlushed() const;

Q_SIGNALS:
    void stateChanged(SocketIo::BrokerState state);
    void errorOccurred(const SocketIo::Error &error);
    void flushed();

private:
    explicit PostgresEmitter(const std::shared_ptr<detail::PostgresLink> &link, QObject *parent);

    const std::shared_ptr<detail::PostgresLink> d;
};

} // namespace SocketIo

#endif
