// SPDX-License-Identifier: MIT
#ifndef BENCH_FILELIMIT_H
#define BENCH_FILELIMIT_H

#if __has_include(<sys/resource.h>)
#include <sys/resource.h>
#endif

namespace Bench {

// Lets the process open as many files, and so connections, as the system allows it.
inline void raiseFileLimit()
{
#ifdef RLIMIT_NOFILE
    rlimit limit{};
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < limit.rlim_max) {
        limit.rlim_cur = limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit);
    }
#endif
}

} // namespace Bench

#endif // BENCH_FILELIMIT_H
