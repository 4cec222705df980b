// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_SERVERMETRICS_H
#define SOCKETIO_SERVERMETRICS_H

#include <SocketIo/socketioglobal.h>

#include <EngineIo/ServerMetrics>

#include <QtCore/qpointer.h>

namespace SocketIo {

class Server;

class SOCKETIO_EXPORT ServerMetrics : public EngineIo::ServerMetrics
{
    Q_OBJECT
    Q_PROPERTY(int namespacesCount READ namespacesCount NOTIFY updated)
    Q_PROPERTY(int socketsCount READ socketsCount NOTIFY updated)
    Q_PROPERTY(int roomsCount READ roomsCount NOTIFY updated)
    Q_PROPERTY(quint64 eventsReceived READ eventsReceived NOTIFY updated)
    Q_PROPERTY(quint64 socketsConnected READ socketsConnected NOTIFY updated)
    Q_PROPERTY(quint64 socketsRecovered READ socketsRecovered NOTIFY updated)
    Q_PROPERTY(quint64 recoveriesMissed READ recoveriesMissed NOTIFY updated)

public:
    explicit ServerMetrics(Server *server, QObject *parent = nullptr);
    ~ServerMetrics() override;

    int namespacesCount() const;
    int socketsCount() const;
    int roomsCount() const;
    quint64 eventsReceived() const;
    quint64 socketsConnected() const;
    quint64 socketsRecovered() const;
    quint64 recoveriesMissed() const;

private:
    QPointer<Server> m_server;
};

} // namespace SocketIo

#endif
