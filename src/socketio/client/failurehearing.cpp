// SPDX-License-Identifier: MIT
#include "socketio/client/failurehearing_p.h"

#include "socketio/client/clientsocket_p.h"
#include "socketio/client/manager_p.h"

#include <algorithm>

namespace SocketIo {

using detail::Failure;

bool ClientSocketPrivate::isConnectErrorHeard() const
{
    const int passing = isPassedOnHeard ? 1 : 0;
    return q->receivers(SIGNAL(connectError(SocketIo::Error))) > passing
        || q->receivers(SIGNAL(lastErrorChanged())) > passing
        || (isPassedOnHeard && isPassedOnHeard(Failure::ConnectError));
}

bool ManagerPrivate::isConnectErrorHeard() const
{
    return q->receivers(SIGNAL(errorOccurred(SocketIo::Error))) > 0
        || std::any_of(sockets.cbegin(), sockets.cend(), [](const auto &entry) {
               const ClientSocketPrivate *socket = ClientSocketPrivate::get(entry.second);
               return socket->active && socket->isConnectErrorHeard();
           });
}

bool ManagerPrivate::isReconnectFailedHeard() const
{
    int passing = 0;
    for (const auto &[number, socket] : sockets) {
        const detail::IsHeard &isHeard = ClientSocketPrivate::get(socket)->isPassedOnHeard;
        if (isHeard && isHeard(Failure::ReconnectFailed))
            return true;
        passing += isHeard ? 1 : 0;
    }
    return q->receivers(SIGNAL(reconnectFailed())) > passing;
}

void detail::passFailuresOn(ClientSocket *socket, const IsHeard &isHeard)
{
    ClientSocketPrivate::get(socket)->isPassedOnHeard = isHeard;
}

} // namespace SocketIo
