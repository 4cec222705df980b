// SPDX-License-Identifier: MIT
#ifndef ENGINEIO_SERVERMETRICS_H
#define ENGINEIO_SERVERMETRICS_H

#include <EngineIo/engineioglobal.h>
#include <EngineIo/enums.h>

#include <QtCore/qobject.h>

#include <chrono>
#include <memory>

namespace EngineIo {

class Server;
class ServerMetricsPrivate;

class ENGINEIO_EXPORT ServerMetrics : public QObject
{
    Q_OBJECT
    Q_PROPERTY(int pollingClientsCount READ pollingClientsCount NOTIFY updated)
    Q_PROPERTY(int webSocketClientsCount READ webSocketClientsCount NOTIFY updated)
    Q_PROPERTY(int connectionsCount READ connectionsCount NOTIFY updated)
    Q_PROPERTY(quint64 packetsReceived READ packetsReceived NOTIFY updated)
    Q_PROPERTY(quint64 packetsSent READ packetsSent NOTIFY updated)
    Q_PROPERTY(quint64 messagesReceived READ messagesReceived NOTIFY updated)
    Q_PROPERTY(quint64 messagesSent READ messagesSent NOTIFY updated)
    Q_PROPERTY(quint64 messageBytesReceived READ messageBytesReceived NOTIFY updated)
    Q_PROPERTY(quint64 messageBytesSent READ messageBytesSent NOTIFY updated)
    Q_PROPERTY(quint64 bytesReceived READ bytesReceived NOTIFY updated)
    Q_PROPERTY(quint64 bytesSent READ bytesSent NOTIFY updated)
    Q_PROPERTY(quint64 sessionsOpened READ sessionsOpened NOTIFY updated)
    Q_PROPERTY(quint64 upgrades READ upgrades NOTIFY updated)
    Q_PROPERTY(qint64 bytesToWrite READ bytesToWrite NOTIFY updated)

public:
    explicit ServerMetrics(Server *server, QObject *parent = nullptr);
    ~ServerMetrics() override;

    Server *server() const;
    std::chrono::milliseconds interval() const;
    void setInterval(std::chrono::milliseconds interval);

    int pollingClientsCount() const;
    int webSocketClientsCount() const;
    int connectionsCount() const;
    quint64 packetsReceived() const;
    quint64 packetsSent() const;
    quint64 messagesReceived() const;
    quint64 messagesSent() const;
    quint64 messageBytesReceived() const;
    quint64 messageBytesSent() const;
    quint64 bytesReceived() const;
    quint64 bytesSent() const;
    quint64 sessionsOpened() const;
    quint64 sessionsClosed(EngineIo::CloseReason reason) const;
    quint64 requestsRefused(EngineIo::ConnectionError code) const;
    quint64 upgrades() const;
    qint64 bytesToWrite() const;
    std::chrono::microseconds eventLoopLag() const;

    QByteArray toOpenMetrics() const;

public Q_SLOTS:
    void refresh();

Q_SIGNALS:
    void updated();

private:
    std::unique_ptr<ServerMetricsPrivate> d;
};

} // namespace EngineIo

#endif
