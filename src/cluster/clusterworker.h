// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_CLUSTERWORKER_H
#define SOCKETIO_CLUSTERWORKER_H

#include <SocketIo/clusterglobal.h>
#include <SocketIo/serveroptions.h>

#include <QtCore/qobject.h>

#include <memory>

namespace SocketIo {

class ClusterWorkerPrivate;
class Server;

// Connects the server of a worker process to its ClusterPrimary.
class SOCKETIO_CLUSTER_EXPORT ClusterWorker : public QObject
{
    Q_OBJECT
    Q_PROPERTY(bool draining READ isDraining NOTIFY drainingChanged)

public:
    static bool isWorker();
    static AdapterFactory adapterFactory();

    explicit ClusterWorker(Server *server, QObject *parent = nullptr);
    ~ClusterWorker() override;

    int slot() const;
    bool isDraining() const;

Q_SIGNALS:
    void drainingChanged(bool draining);
    void drained();
    void primaryLost();

private:
    friend class ClusterWorkerPrivate;
    std::unique_ptr<ClusterWorkerPrivate> d;
};

} // namespace SocketIo

#endif
