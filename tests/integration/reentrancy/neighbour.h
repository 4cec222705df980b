// SPDX-License-Identifier: MIT
#ifndef REENTRANCY_NEIGHBOUR_H
#define REENTRANCY_NEIGHBOUR_H

#include <SocketIo/Manager>
#include <SocketIo/Server>

#include <memory>

// A server and a client in the same thread that have nothing to do with what is tried. They show
// that the event loop runs and how much time goes by.
class Neighbour : public QObject
{
public:
    static Neighbour *instance();

    bool isReady() const { return m_socket->isConnected(); }
    int rounds() const { return m_rounds; }
    // One message there and back; rounds() tells when.
    void goRound();

private:
    Neighbour();

    SocketIo::Server m_server;
    std::unique_ptr<SocketIo::Manager> m_manager;
    SocketIo::ClientSocket *m_socket;
    int m_rounds = 0;
};

#endif
