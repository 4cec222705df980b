// SPDX-License-Identifier: MIT
#include <SocketIo/clusterprimaryoptions.h>

/*!
    \class SocketIo::ClusterPrimaryOptions
    \inmodule QtSocketIo
    \inheaderfile SocketIo/ClusterPrimaryOptions
    \since QtSocketIo 0.1
    \brief The settings of a ClusterPrimary.

    A program that is its own worker:

    \snippet workers.cpp main
*/
/*!
    \enum SocketIo::ClusterPrimaryOptions::Balancing
    Which worker gets the connection of a new client. Later connections of a client go to the worker
    that has its session. Connections with TLS, which the primary cannot read, are assigned by the
    client's address.

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
    \brief how long a worker may take to be ready; 30 seconds by default. A worker that takes longer
    is killed.
*/
/*!
    \variable SocketIo::ClusterPrimaryOptions::restartDelay
    \brief how long to wait before a worker that has ended is started again; 100 ms by default. The
    delay doubles each time that the worker ends within 10 seconds.
*/
/*!
    \variable SocketIo::ClusterPrimaryOptions::restartDelayMax
    \brief the longest of these delays; 10 seconds by default.
*/
/*!
    \variable SocketIo::ClusterPrimaryOptions::responseTimeout
    \brief how long the event loop of a worker may be busy; 30 seconds by default. A worker that
    hangs for longer is killed and started again. 0 means no limit, for example to use a debugger.
*/
/*!
    \variable SocketIo::ClusterPrimaryOptions::drainTimeout
    \brief how long a worker that drains may take until its clients are gone; 30 seconds by default.
    It closes their connections during the first half of that time.
*/
/*!
    \variable SocketIo::ClusterPrimaryOptions::requestTimeout
    \brief how long a new connection may take to send its first line, and how long it waits for a
    worker when none is ready; 10 seconds by default.
*/
/*!
    \variable SocketIo::ClusterPrimaryOptions::maxIncomingConnections
    \brief how many connections may be waiting for their first line, and how many for a worker;
    1,000 each by default. When there are more, the one that has waited longest is refused with
    status 503.
*/
/*!
    \variable SocketIo::ClusterPrimaryOptions::maxQueuedBytes
    \brief how many bytes may wait for a worker that does not read; 64 MiB by default. Further
    messages are dropped, with a warning. New clients go to other workers. Further connections of
    the worker's own clients are refused with status 503, with a warning, and so are new clients when
    no worker reads, or when they use TLS.
*/
/*!
    \variable SocketIo::ClusterPrimaryOptions::maxSessions
    \brief how many sessions are kept for connection state recovery, those of connected clients
    included; 100,000 by default.
*/
/*!
    \variable SocketIo::ClusterPrimaryOptions::maxLogSize
    \brief how many bytes of events are kept for connection state recovery; 64 MiB by default. When
    there are more, the oldest are dropped, and clients that may have missed them get new sessions.
*/
