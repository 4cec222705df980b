// SPDX-License-Identifier: MIT
#ifndef CLUSTERNODE_H
#define CLUSTERNODE_H

#include <SocketIo/ClientSocket>
#include <SocketIo/Manager>
#include <SocketIo/Server>

#include <QtCore/qprocess.h>

#include <memory>

// A server of a cluster with a client of its own, which tells it by "run" what to do. Servers on Qt
// and on Node.js understand the same; see tests/interop/servers/cluster-server.mjs.
class ClusterNode : public QObject
{
public:
    ~ClusterNode() override;

    // Answers whether the server listens.
    bool startQt(const SocketIo::AdapterFactory &adapter);
    bool startNode(const QJsonObject &config);
    // As a crash would end it.
    void kill();

    SocketIo::Server *server() const { return m_server.get(); }
    quint16 port() const { return m_port; }
    // A new client. It keeps what it receives.
    void connectClient(const QString &nsp = QStringLiteral("/"));
    void disconnectClient() { m_manager.reset(); }
    SocketIo::ClientSocket *client() const { return m_client; }
    bool isConnected() const { return m_client && m_client->isConnected(); }

    QList<QVariantList> events; // of the client
    QList<QVariantList> heard;  // by a Qt server, from other servers

private:
    void serve(SocketIo::Namespace *nsp);

    std::unique_ptr<SocketIo::Server> m_server;
    QProcess m_process;
    quint16 m_port = 0;
    std::unique_ptr<SocketIo::Manager> m_manager;
    QPointer<SocketIo::ClientSocket> m_client;
};

#endif
