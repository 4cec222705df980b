// SPDX-License-Identifier: MIT
#include "base/freedescriptors_p.h"

#include <QtCore/qglobal.h>

#ifdef Q_OS_UNIX
#include <cerrno>
#include <vector>

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>
#endif

namespace EngineIo::detail {

#ifdef Q_OS_UNIX

namespace {

// The usual case, which costs little: the numbers after the first free one are free, too.
bool areFreeAfter(int first, int count)
{
    rlimit limit;
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0 || rlim_t(first) + rlim_t(count) >= limit.rlim_cur)
        return false;
    for (int descriptor = first + 1; descriptor <= first + count; ++descriptor) {
        if (::fcntl(descriptor, F_GETFD) >= 0)
            return false;
    }
    return true;
}

} // namespace

bool mayOpenFiles(int count)
{
    std::vector<int> opened;
    bool lacking = false;
    while (!lacking && int(opened.size()) < count) {
        const int descriptor = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
        lacking = descriptor < 0 && (errno == EMFILE || errno == ENFILE);
        if (descriptor < 0)
            break; // none left, or no such file, which says nothing
        opened.push_back(descriptor);
        if (areFreeAfter(descriptor, count - int(opened.size())))
            break;
    }
    for (const int descriptor : opened)
        ::close(descriptor);
    return !lacking;
}

#else

bool mayOpenFiles(int)
{
    return true;
}

#endif

} // namespace EngineIo::detail
