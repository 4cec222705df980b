// SPDX-License-Identifier: MIT
#include <SocketIo/clusterprimaryoptions.h>

/*!
    \class SocketIo::ClusterPrimaryOptions
    \inmodule QtSocketIo
    \since 0.1
    \brief The settings of a ClusterPrimary.
*/
/*!
    \enum SocketIo::ClusterPrimaryOptions::Balancing
    Which worker gets the connection of a new client. Later connections of a client go to the worker
    that has its session. Connections with TLS, which the primary cannot read, go by the client's
    address.

    \value LeastConnections the one with the fewest sessions
    \value RoundRobin one after the other
    \value Random any
*/
/*!
    \variable SocketIo::ClusterPrimaryOptions::workerCount
    \brief how many workers there are; 0, the default, means as many as there are processors.
*/
/*!
    \variable SocketIo::ClusterPrimaryOptions::balancing
    \brief which worker gets a new client; \c LeastConnections by default.
*/
/*!
    \variable SocketIo::ClusterPrimaryOptions::program
    \brief the program of the workers; by default the one that is running, with its own arguments.
*/
/*!
    \variable SocketIo::ClusterPrimaryOptions::arguments
    \brief the arguments of \l program, if that is set.
*/
/*!
    \variable SocketIo::ClusterPrimaryOptions::startTimeout
    \brief how long a worker may take to be ready; 30 seconds by default. One that takes longer is
    ended.
*/
/*!
    \variable SocketIo::ClusterPrimaryOptions::restartDelay
    \brief how long to wait before a worker that has ended is started again; 100 ms by default. The
    delay doubles each time that one ends within 10 seconds.
*/
/*!
    \variable SocketIo::ClusterPrimaryOptions::restartDelayMax
    \brief the longest of these delays; 10 seconds by default.
*/
/*!
    \variable SocketIo::ClusterPrimaryOptions::responseTimeout
    \brief how long the event loop of a worker may be busy; 30 seconds by default. A worker that
    hangs for longer is killed, and started again. 0 means that it may hang as long as it likes, as
    one does in a debugger.
*/
/*!
    \variable SocketIo::ClusterPrimaryOptions::drainTimeout
    \brief how long a worker that is replaced may take until its clients are gone; 30 seconds by
    default. It closes their connections in the first half of that time.
*/
/*!
    \variable SocketIo::ClusterPrimaryOptions::requestTimeout
    \brief how long a new connection may take to send its first line, and how long it waits for a
    worker when none is ready; 10 seconds by default.
*/
/*!
    \variable SocketIo::ClusterPrimaryOptions::maxIncomingConnections
    \brief how many connections there may be that have not sent their first line, or wait for a
    worker; 1,000 each by default. Beyond it, the one that has waited longest is turned away with
    503.
*/
/*!
    \variable SocketIo::ClusterPrimaryOptions::maxQueuedBytes
    \brief how many bytes may wait for a worker that does not read; 64 MiB by default. Further ones
    are dropped, with a warning.
*/
/*!
    \variable SocketIo::ClusterPrimaryOptions::maxSessions
    \brief how many sessions are kept for connection state recovery, those of connected clients
    included; 100,000 by default.
*/
/*!
    \variable SocketIo::ClusterPrimaryOptions::maxLogSize
    \brief how many bytes of events are kept for connection state recovery; 64 MiB by default. When
    there are more, the oldest go, and clients that may have missed them get new sessions.
*/
