// SPDX-License-Identifier: MIT
#ifndef UDPADAPTER_H
#define UDPADAPTER_H

//! [adapter]
#include <SocketIo/ClusterAdapter>
#include <SocketIo/ServerOptions>

#include <QtCore/QPointer>
#include <QtNetwork/QUdpSocket>

// The socket that the adapters of a server share.
class UdpLink : public QObject
{
    Q_OBJECT

public:
    bool bind(const QHostAddress &address, quint16 port) { return m_socket.bind(address, port); }
    quint16 port() const { return m_socket.localPort(); }
    void addPeer(const QHostAddress &address, quint16 port) { m_peers.append({address, port}); }
    void send(const SocketIo::ClusterMessage &message);
    UdpLink();

Q_SIGNALS:
    void received(const SocketIo::ClusterMessage &message);

private:
    void read();

    QUdpSocket m_socket;
    QList<std::pair<QHostAddress, quint16>> m_peers;
};

class UdpAdapter : public SocketIo::ClusterAdapter
{
    Q_OBJECT

public:
    UdpAdapter(SocketIo::Namespace *nsp, UdpLink *link);
    static SocketIo::AdapterFactory factory(UdpLink *link);

protected:
    void publishMessage(const SocketIo::ClusterMessage &message) override;
    void publishResponse(const QString &requesterUid,
                         const SocketIo::ClusterMessage &response) override;

private:
    QPointer<UdpLink> m_link;
};
//! [adapter]

#endif
