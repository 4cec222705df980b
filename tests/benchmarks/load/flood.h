// SPDX-License-Identifier: MIT
#ifndef BENCH_FLOOD_H
#define BENCH_FLOOD_H

#include "options.h"

#include <atomic>
#include <sys/types.h>

namespace Bench {

// Clients that send without a pause, or that broadcasts are for, in a process of their own, so that
// they take no time from the clients that are measured. Nothing without --flood.
class Flood
{
public:
    // Returns when the flood has begun.
    explicit Flood(const Options &options);
    ~Flood();
    Flood(const Flood &) = delete;
    Flood &operator=(const Flood &) = delete;

    // Ends it, and returns how many bytes the server's system has taken, or with broadcasts how many
    // of their events have arrived.
    unsigned long long stop();

private:
    std::atomic<unsigned long long> *m_count = nullptr;
    pid_t m_process = -1;
};

} // namespace Bench

#endif // BENCH_FLOOD_H
