// SPDX-License-Identifier: MIT
#include "serverprobe.h"

#include <cstdio>
#include <string>
#include <unistd.h>

namespace Bench {

namespace {

std::vector<pid_t> childrenOf(pid_t pid)
{
    const std::string process = std::to_string(pid);
    std::vector<pid_t> children;
    FILE *file = fopen(("/proc/" + process + "/task/" + process + "/children").c_str(), "re");
    if (!file)
        return children;
    for (int child = 0; fscanf(file, "%d", &child) == 1;)
        children.push_back(child);
    fclose(file);
    return children;
}

long residentKiBOf(pid_t pid)
{
    const std::string path = "/proc/" + std::to_string(pid) + "/statm";
    FILE *file = fopen(path.c_str(), "re");
    if (!file)
        return 0;
    long size = 0;
    long resident = 0;
    const bool ok = fscanf(file, "%ld %ld", &size, &resident) == 2;
    fclose(file);
    return ok ? resident * (sysconf(_SC_PAGESIZE) / 1024) : 0;
}

} // namespace

ServerProbe::ServerProbe(pid_t pid)
{
    // A process's CPU clock counts nanoseconds where /proc/<pid>/stat counts 10 ms ticks, and it
    // keeps the time of threads that have ended, which the files below /proc/<pid>/task do not.
    std::vector<pid_t> pids = childrenOf(pid);
    pids.insert(pids.begin(), pid);
    for (const pid_t each : pids) {
        clockid_t clock = 0;
        if (each > 0 && clock_getcpuclockid(each, &clock) == 0)
            m_processes.push_back({each, clock});
    }
    m_valid = m_processes.size() == pids.size() && cpuNanoseconds() > 0;
}

long long ServerProbe::cpuNanoseconds() const
{
    long long sum = 0;
    for (const Process &process : m_processes) {
        timespec time{};
        if (clock_gettime(process.clock, &time) == 0)
            sum += static_cast<long long>(time.tv_sec) * 1'000'000'000 + time.tv_nsec;
    }
    return sum;
}

long ServerProbe::residentKiB() const
{
    long sum = 0;
    for (const Process &process : m_processes)
        sum += residentKiBOf(process.pid);
    return sum;
}

} // namespace Bench
