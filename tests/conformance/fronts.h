// SPDX-License-Identifier: MIT
#ifndef FRONTS_H
#define FRONTS_H

#include <EngineIo/Server>

#include <QtNetwork/qtcpserver.h>

// What accepts connections in place of a server, or reads requests for it.

// Hands on the descriptors of its connections.
class DescriptorFront : public QTcpServer
{
public:
    explicit DescriptorFront(EngineIo::Server *server)
        : m_server(server)
    {
    }

protected:
    void incomingConnection(qintptr descriptor) override
    {
        m_server->handleSocketDescriptor(descriptor);
    }

private:
    EngineIo::Server *m_server;
};

// An HTTP server of its own, as simple as the clients of the suites allow, which hands on single
// requests.
class RequestFront : public QTcpServer
{
public:
    explicit RequestFront(EngineIo::Server *server);

private:
    class Connection;

    EngineIo::Server *m_server;
};

#endif
