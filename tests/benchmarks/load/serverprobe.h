// SPDX-License-Identifier: MIT
#ifndef BENCH_SERVERPROBE_H
#define BENCH_SERVERPROBE_H

#include <ctime>
#include <sys/types.h>
#include <vector>

namespace Bench {

// What the kernel accounts to the server's process and to those that it has started by now.
class ServerProbe
{
public:
    explicit ServerProbe(pid_t pid);

    bool isValid() const { return m_valid; }
    // User and system time of all threads since the process began, in nanoseconds.
    long long cpuNanoseconds() const;
    long residentKiB() const;

private:
    struct Process
    {
        pid_t pid;
        clockid_t clock;
    };

    std::vector<Process> m_processes;
    bool m_valid = false;
};

} // namespace Bench

#endif // BENCH_SERVERPROBE_H
