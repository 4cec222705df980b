// SPDX-License-Identifier: MIT
#ifndef CLUSTERSERVER_H
#define CLUSTERSERVER_H

#include <SocketIo/Server>

#include <memory>

enum class Recovers : bool { No, Yes };
enum class Pings : bool { Usual, Quick }; // how soon a broken connection is noticed

// What a server of a cluster on Qt does, in the test or in a process of its own (cluster-node.cpp).
class ClusterServer : public QObject
{
public:
    // heard: takes what other servers tell this one.
    explicit ClusterServer(QList<QVariantList> *heard = nullptr)
        : m_heard(heard)
    {
    }
    bool start(const SocketIo::AdapterFactory &adapter, Recovers recovers,
               Pings pings = Pings::Usual);
    SocketIo::Server *server() const { return m_server.get(); }

private:
    void serve(SocketIo::Namespace *nsp);

    QList<QVariantList> *const m_heard;
    std::unique_ptr<SocketIo::Server> m_server;
};

#endif
