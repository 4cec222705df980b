// SPDX-License-Identifier: MIT
#ifndef BENCH_CLIENT_H
#define BENCH_CLIENT_H

#include "channel.h"

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace Bench {

class Client;

// Receives what clients report; the load of a workload.
class Listener
{
public:
    virtual ~Listener() = default;
    // What the client sends with the packet that joins the main namespace.
    virtual std::string_view authOf(Client &) { return {}; }
    // The client has joined the main namespace; the server's JSON.
    virtual void ready(Client &client, std::string_view answer) = 0;
    // A Socket.IO packet, without the Engine.IO type in front of it.
    virtual void packet(Client &client, std::string_view text) = 0;
    virtual void attachment(Client &client, std::string_view bytes) = 0;
    // The connection has ended after leave().
    virtual void left(Client &client) = 0;
    // The connection has ended by itself, which ends the process if nobody expects it.
    virtual void lost(Client &client);
};

// A Socket.IO client on one transport, without reconnection.
class Client
{
public:
    Client(Listener &listener, std::size_t index);
    virtual ~Client() = default;
    Client(const Client &) = delete;
    Client &operator=(const Client &) = delete;

    std::size_t index() const { return m_index; }
    virtual void join() = 0;
    virtual void leave() = 0;
    // Ends the connection without a word.
    virtual void drop() = 0;
    // Lets the connection stand, but reads nothing of it any more.
    virtual void stall() = 0;
    // Sends a Socket.IO packet.
    virtual void send(std::string_view packet) = 0;
    virtual void sendAttachment(std::string_view bytes) = 0;

protected:
    // Handles one Engine.IO packet.
    void engineReceived(std::string_view packet);
    virtual void engineOpened(std::string_view handshake) = 0;
    virtual void engineSend(std::string_view packet) = 0;
    Listener &listener() { return m_listener; }

private:
    Listener &m_listener;
    std::size_t m_index;
};

std::unique_ptr<Client> webSocketClient(Loop &loop, Listener &listener, std::size_t index);
std::unique_ptr<Client> pollingClient(Loop &loop, Listener &listener, std::size_t index);

} // namespace Bench

#endif // BENCH_CLIENT_H
