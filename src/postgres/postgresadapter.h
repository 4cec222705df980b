// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_POSTGRESADAPTER_H
#define SOCKETIO_POSTGRESADAPTER_H

#include <SocketIo/brokerstate.h>
#include <SocketIo/clusteradapter.h>
#include <SocketIo/postgresglobal.h>
#include <SocketIo/postgresoptions.h>
#include <SocketIo/serveroptions.h>

#include <chrono>
#include <memory>

namespace SocketIo {

struct PostgresAdapterOptions : PostgresOptions
{
    std::chrono::milliseconds cleanupInterval{30000}; // 0: never
    std::chrono::milliseconds heartbeatInterval{5000};
    std::chrono::milliseconds heartbeatTimeout{10000};
    std::chrono::milliseconds requestTimeout{5000};
};

class PostgresAdapterPrivate;

// Joins servers over PostgreSQL. Compatible with @socket.io/postgres-adapter.
class SOCKETIO_POSTGRES_EXPORT PostgresAdapter final : public ClusterAdapter
{
    Q_OBJECT

public:
    static AdapterFactory factory(const PostgresAdapterOptions &options = {});
    ~PostgresAdapter() override;

    BrokerState state() const;

    void init() override;
    void close() override;

Q_SIGNALS:
    void stateChanged(SocketIo::BrokerState state);
    void errorOccurred(const SocketIo::Error &error);

protected:
    void publishMessage(const ClusterMessage &message) override;
    void publishResponse(const QString &requesterUid, const ClusterMessage &response) override;

private:
    PostgresAdapter(Namespace *nsp, const PostgresAdapterOptions &options,
                    std::unique_ptr<PostgresAdapterPrivate> d);

    std::unique_ptr<PostgresAdapterPrivate> d;
};

} // namespace SocketIo

#endif
