// SPDX-License-Identifier: MIT
#include <SocketIo/brokerstate.h>

/*!
    \enum SocketIo::BrokerState
    \since QtSocketIo 0.1

    This enum describes the state of a connection to the service that connects the servers of a
    cluster: Redis or PostgreSQL.

    \value Closed the connection has not been opened or has been closed
    \value Connecting the connection is being established
    \value Ready the connection is open, and commands are sent immediately
    \value Waiting the connection was lost or could not be established; the next attempt is made
    after a delay
*/

#include "moc_brokerstate.cpp"
