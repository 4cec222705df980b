// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_CONNECTIONROUTER_P_H
#define SOCKETIO_CONNECTIONROUTER_P_H

#include "base/deadlinetimer_p.h"
#include "base/warninglimit_p.h"
#include "cluster/incomingconnections_p.h"
#include "cluster/workerpool_p.h"

#include <list>
#include <vector>

namespace SocketIo::detail {

// Gives each connection to a worker: the one that has its session, or one chosen by
// ClusterPrimaryOptions::balancing. While no worker is ready, connections wait for one, up to
// ClusterPrimaryOptions::requestTimeout.
class ConnectionRouter
{
public:
    ConnectionRouter(const ClusterPrimaryOptions &options, const WorkerPool &pool,
                     EngineIo::detail::TimerQueue &timers);

    void route(RoutedConnection connection);
    void routeWaiting(); // when a worker is ready

private:
    struct Waiting;
    using Place = std::list<Waiting>::iterator;
    struct Waiting
    {
        void expire() { router->expire(place); }

        ConnectionRouter *router;
        Place place; // its own
        RoutedConnection connection;
        EngineIo::detail::DeadlineTimer timer;
    };
    using Workers = std::vector<WorkerProcess *>;

    bool routeToSession(RoutedConnection *connection);
    void wait(RoutedConnection connection);
    Workers servingWorkers() const;
    Workers::const_iterator pick(const Workers &workers);
    void refuseAsUnread(RoutedConnection connection, const WorkerProcess &worker);
    void expire(Place place);
    void refuse(Place place, const QString &why);
    void refuse(RoutedConnection connection, const QString &why);

    const ClusterPrimaryOptions m_options;
    const WorkerPool &m_pool;
    EngineIo::detail::TimerQueue &m_timers;
    std::list<Waiting> m_waiting; // the oldest first
    size_t m_turn = 0;            // of RoundRobin
    EngineIo::detail::WarningLimit m_warnings;
};

} // namespace SocketIo::detail

#endif
