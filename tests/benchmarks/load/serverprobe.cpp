// SPDX-License-Identifier: MIT
#include "serverprobe.h"

#include <cstdio>
#include <string>
#include <unistd.h>

namespace Bench {

ServerProbe::ServerProbe(pid_t pid)
    : m_pid(pid)
{
    // The process's CPU clock counts nanoseconds where /proc/<pid>/stat counts 10 ms ticks, and it
    // keeps the time of threads that have ended, which the files below /proc/<pid>/task do not.
    m_valid = pid > 0 && clock_getcpuclockid(pid, &m_clock) == 0 && cpuNanoseconds() > 0;
}

long long ServerProbe::cpuNanoseconds() const
{
    timespec time{};
    if (clock_gettime(m_clock, &time) != 0)
        return -1;
    return static_cast<long long>(time.tv_sec) * 1'000'000'000 + time.tv_nsec;
}

long ServerProbe::residentKiB() const
{
    const std::string path = "/proc/" + std::to_string(m_pid) + "/statm";
    FILE *file = fopen(path.c_str(), "re");
    if (!file)
        return -1;
    long size = 0;
    long resident = 0;
    const bool ok = fscanf(file, "%ld %ld", &size, &resident) == 2;
    fclose(file);
    return ok ? resident * (sysconf(_SC_PAGESIZE) / 1024) : -1;
}

} // namespace Bench
