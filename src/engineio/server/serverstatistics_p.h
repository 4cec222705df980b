// SPDX-License-Identifier: MIT
#ifndef ENGINEIO_SERVERSTATISTICS_P_H
#define ENGINEIO_SERVERSTATISTICS_P_H

#include "base/traffic_p.h"
#include "engineio/session/threadcounters_p.h"

#include <EngineIo/engineioglobal.h>

#include <chrono>
#include <vector>

namespace EngineIo::detail {

class OpenMetricsWriter;

// The counters and the current state of a server's threads.
struct ENGINEIO_AUTOTEST_EXPORT ServerStatistics
{
    // How long an event waits before the thread comes to it: of the server's thread, and then of
    // each I/O thread.
    std::vector<std::chrono::nanoseconds> lags;
    Traffic traffic;
    ThreadCounters total;
    quint64 pollingSessions = 0;
    quint64 webSocketSessions = 0;
    quint64 bytesToWrite = 0;
    quint64 connections = 0;

    // What another thread has counted.
    void add(const ServerStatistics &part);
    void write(OpenMetricsWriter &writer) const;
};

} // namespace EngineIo::detail

#endif
