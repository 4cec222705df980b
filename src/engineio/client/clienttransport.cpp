// SPDX-License-Identifier: MIT
#include "engineio/client/clienttransport_p.h"

namespace EngineIo::detail {

ClientTransport::ClientTransport(TransportType type, ClientTransportListener *listener)
    : m_listener(listener)
    , m_type(type)
{
}

ClientTransport::~ClientTransport() = default;

void ClientTransport::retire()
{
    m_listener = nullptr;
    m_writable = false;
    stop();
    if (m_callbacks > 0)
        deleteLater();
    else
        delete this;
}

} // namespace EngineIo::detail

#include "moc_clienttransport_p.cpp"
