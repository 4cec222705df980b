// SPDX-License-Identifier: MIT
#include <SocketIo/clusterprimaryoptions.h>

/*!
    \class SocketIo::ClusterPrimaryOptions
    \inmodule QtSocketIo
    \inheaderfile SocketIo/ClusterPrimaryOptions
    \since QtSocketIo 0.1
    \brief The settings of a ClusterPrimary.

    In the following example, the workers run the same program:

    \snippet workers.cpp main
*/
/*!
    \enum SocketIo::ClusterPrimaryOptions::Balancing
    This enum describes how the worker for the connection of a new client is selected. Further
    connections of the client are passed to the worker that has its session. TLS connections, which
    the primary cannot read, are assigned by the address of the client.

    \value LeastConnections the worker with the fewest sessions
    \value RoundRobin all workers in turn
    \value Random a random worker
*/
/*!
    \variable SocketIo::ClusterPrimaryOptions::workerCount
    \brief the number of workers; 0, the default, means as many as there are processors.
*/
/*!
    \variable SocketIo::ClusterPrimaryOptions::balancing
    \brief how the worker for a new client is selected; \c LeastConnections by default.
*/
/*!
    \variable SocketIo::ClusterPrimaryOptions::program
    \brief the executable of the workers; by default, that of the primary, with the primary's
    arguments.
*/
/*!
    \variable SocketIo::ClusterPrimaryOptions::arguments
    \brief the arguments for \l program; ignored if \l program is not set.
*/
/*!
    \variable SocketIo::ClusterPrimaryOptions::startTimeout
    \brief the maximum time for a worker to become ready; 30 seconds by default. A worker that takes
    longer is killed.
*/
/*!
    \variable SocketIo::ClusterPrimaryOptions::restartDelay
    \brief the delay before a worker that has ended is started again; 100 ms by default. The delay
    doubles each time the worker ends within 10 seconds.
*/
/*!
    \variable SocketIo::ClusterPrimaryOptions::restartDelayMax
    \brief the maximum delay before a worker is started again; 10 seconds by default.
*/
/*!
    \variable SocketIo::ClusterPrimaryOptions::responseTimeout
    \brief the maximum time for which the event loop of a worker may be blocked; 30 seconds by
    default. A worker that is blocked longer is killed and started again. 0 means no limit, for
    example for debugging.
*/
/*!
    \variable SocketIo::ClusterPrimaryOptions::drainTimeout
    \brief the maximum time for a draining worker to disconnect its clients; 30 seconds by default.
    Their connections are closed during the first half of that time.
*/
/*!
    \variable SocketIo::ClusterPrimaryOptions::requestTimeout
    \brief the maximum time for a new connection to send its first line, and to wait for a worker if
    none is ready; 10 seconds by default. 0 means that there is no limit.
*/
/*!
    \variable SocketIo::ClusterPrimaryOptions::maxIncomingConnections
    \brief the maximum number of connections that have not sent their first line, and of those that
    are waiting for a worker; 1,000 each by default. If there are more, the connection that has been
    waiting longest is refused with status 503.
*/
/*!
    \variable SocketIo::ClusterPrimaryOptions::maxQueuedBytes
    \brief the maximum size in bytes of the messages that are queued for a worker that does not
    read; 64 MiB by default. Further messages are dropped, and a warning is logged. New clients are
    assigned to other workers. Further connections of the worker's own clients are refused with
    status 503 and a warning, and so are new clients if none of the workers read, or if they use
    TLS.
*/
/*!
    \variable SocketIo::ClusterPrimaryOptions::maxSessions
    \brief the maximum number of sessions that are stored for connection state recovery, including
    those of connected clients; 100,000 by default.
*/
/*!
    \variable SocketIo::ClusterPrimaryOptions::maxLogSize
    \brief the maximum size in bytes of the events that are stored for connection state recovery; 64
    MiB by default. If there are more, the oldest are dropped, and clients that may have missed them
    start a new session.
*/
