// SPDX-License-Identifier: MIT
#include "engineio/client/freedescriptors_p.h"

#include <QtCore/qglobal.h>

#ifdef Q_OS_UNIX
#include <cerrno>
#include <vector>

#include <fcntl.h>
#include <unistd.h>
#endif

namespace EngineIo::detail {

bool mayOpenFiles(int count)
{
#ifdef Q_OS_UNIX
    std::vector<int> opened;
    bool lacking = false;
    while (!lacking && int(opened.size()) < count) {
        const int descriptor = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
        lacking = descriptor < 0 && (errno == EMFILE || errno == ENFILE);
        if (descriptor < 0)
            break; // it is not there, which says nothing
        opened.push_back(descriptor);
    }
    for (const int descriptor : opened)
        ::close(descriptor);
    return !lacking;
#else
    Q_UNUSED(count)
    return true;
#endif
}

} // namespace EngineIo::detail
