// SPDX-License-Identifier: MIT
#include "client.h"

namespace Bench {

void Listener::lost(Client &)
{
    fail("the server ended a connection");
}

Client::Client(Listener &listener, std::size_t index)
    : m_listener(listener)
    , m_index(index)
{
}

void Client::engineReceived(std::string_view packet)
{
    const char type = packet.empty() ? '\0' : packet.front();
    if (type == '4') {
        packet.remove_prefix(1);
        if (packet.substr(0, 1) == "0")
            m_listener.ready(*this, packet.substr(1));
        else
            m_listener.packet(*this, packet);
    } else if (type == '2') {
        engineSend("3");
    } else if (type == '0') {
        engineOpened(packet.substr(1));
        std::string join = "0";
        join += m_listener.authOf(*this);
        send(join);
    } else if (type != '6') {
        fail("unexpected packet: " + std::string(packet.substr(0, 80)));
    }
}

} // namespace Bench
