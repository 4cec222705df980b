// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_SERVERTALLY_P_H
#define SOCKETIO_SERVERTALLY_P_H

namespace SocketIo::detail {

// Determines whether all servers of an adapter have reported how many of their clients have to
// respond.
struct ServerTally
{
    bool isComplete() const
    {
        return isSent && (allCounted || (expected > 0 && counted >= expected));
    }

    int counted = 0;         // servers that have said it
    int expected = 0;        // as Adapter::serverCount() says; not known yet
    bool allCounted = false; // as the adapter itself says
    bool isSent = false;     // so that this server is among those counted
};

} // namespace SocketIo::detail

#endif
