// SPDX-License-Identifier: MIT
#ifndef CLUSTERSERVER_H
#define CLUSTERSERVER_H

#include <SocketIo/Server>

#include <QtCore/qjsonobject.h>

#include <memory>

enum class Recovers : bool { No, Yes };

// What a server of a cluster on Qt does, in the test or in a process of its own (cluster-node.cpp).
class ClusterServer : public QObject
{
public:
    bool start(const SocketIo::AdapterFactory &adapter, Recovers recovers);
    SocketIo::Server *server() const { return m_server.get(); }

    QList<QVariantList> heard; // from other servers

private:
    void serve(SocketIo::Namespace *nsp);

    std::unique_ptr<SocketIo::Server> m_server;
};

// The adapter that the members "adapter", "redis", "prefix" and "mode" describe, as for the servers
// on Node.js.
SocketIo::AdapterFactory clusterAdapter(const QJsonObject &config);

#endif
