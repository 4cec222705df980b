// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_CLUSTERPRIMARY_H
#define SOCKETIO_CLUSTERPRIMARY_H

#include <SocketIo/clusterglobal.h>
#include <SocketIo/clusterprimaryoptions.h>
#include <SocketIo/error.h>

#include <QtCore/qlist.h>
#include <QtCore/qobject.h>
#include <QtNetwork/qhostaddress.h>

#include <memory>

namespace SocketIo {

class ClusterPrimaryPrivate;

// Accepts connections for several processes, and restarts processes that end.
class SOCKETIO_CLUSTER_EXPORT ClusterPrimary : public QObject
{
    Q_OBJECT
    Q_PROPERTY(bool listening READ isListening NOTIFY listeningChanged)

public:
    enum class WorkerState { Starting, Serving, Draining };
    Q_ENUM(WorkerState)

    struct Worker
    {
        int slot = 0; // its index among those that are kept running
        qint64 processId = 0;
        WorkerState state = WorkerState::Starting;
        int sessions = 0;
    };

    explicit ClusterPrimary(const ClusterPrimaryOptions &options = {}, QObject *parent = nullptr);
    ~ClusterPrimary() override;

    bool listen(const QHostAddress &address = QHostAddress::Any, quint16 port = 0);
    bool isListening() const;
    QHostAddress serverAddress() const;
    quint16 serverPort() const;
    QString errorString() const;
    QList<Worker> workers() const;

public Q_SLOTS:
    void restartWorkers();
    void close();

Q_SIGNALS:
    void listeningChanged(bool listening);
    void workerReady(int slot, qint64 processId);
    void workerEnded(int slot, qint64 processId);
    void workersRestarted();
    void errorOccurred(const SocketIo::Error &error);
    void closed();

private:
    friend class ClusterPrimaryPrivate;
    std::unique_ptr<ClusterPrimaryPrivate> d;
};

} // namespace SocketIo

#endif
