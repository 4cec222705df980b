// SPDX-License-Identifier: MIT
#ifndef BENCH_SERVERPROBE_H
#define BENCH_SERVERPROBE_H

#include <ctime>
#include <sys/types.h>

namespace Bench {

// What the kernel accounts to the server's process.
class ServerProbe
{
public:
    explicit ServerProbe(pid_t pid);

    bool isValid() const { return m_valid; }
    // User and system time of all threads since the process began, in nanoseconds.
    long long cpuNanoseconds() const;
    long residentKiB() const;

private:
    pid_t m_pid;
    clockid_t m_clock = 0;
    bool m_valid = false;
};

} // namespace Bench

#endif // BENCH_SERVERPROBE_H
