// SPDX-License-Identifier: MIT
#include "net/stream/descriptor_p.h"

#ifdef Q_OS_UNIX
#include <unistd.h>
#else
#include <QtNetwork/qtcpsocket.h>
#endif

namespace EngineIo::detail {

void Descriptor::reset()
{
    if (!isValid())
        return;
#ifdef Q_OS_UNIX
    ::close(int(release()));
#else
    QTcpSocket().setSocketDescriptor(release()); // which takes it over, and closes it
#endif
}

} // namespace EngineIo::detail
