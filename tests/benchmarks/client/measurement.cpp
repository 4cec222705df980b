// SPDX-License-Identifier: MIT
#include "measurement.h"

#include "support/residentmemory.h"

#include <cstdio>

#if defined(Q_OS_UNIX)
#include <sys/resource.h>
#endif

namespace {

// Of this process, in microseconds.
double cpuTime()
{
#if defined(Q_OS_UNIX)
    rusage usage = {};
    getrusage(RUSAGE_SELF, &usage);
    return double(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1e6
        + double(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
#else
    return 0;
#endif
}

} // namespace

Measurement::Measurement(const char *row, int count)
    : m_row(row)
    , m_count(count)
    , m_cpu(cpuTime())
    , m_bytes(residentBytes())
{
    m_timer.start();
}

void Measurement::wait(bool withMemory)
{
    if (m_done < m_count)
        m_loop.exec();
    if (!m_row)
        return;
    const double cpu = cpuTime() - m_cpu;
    const double wall = double(m_timer.nsecsElapsed()) / 1e3;
    const double bytes = withMemory ? double(residentBytes() - m_bytes) : 0;
    printf(R"({"row": "%s", "cpu": %.3f, "wall": %.3f, "bytes": %.0f})"
           "\n",
           m_row, cpu / m_count, wall / m_count, bytes / m_count);
    fflush(stdout);
}
