// SPDX-License-Identifier: MIT
#include "net/stream/stream_p.h"

#include "net/stream/tcpstream_p.h"
#if defined(Q_OS_LINUX) && !defined(QTSOCKETIO_PORTABLE)
#include <linux/sockios.h>
#include <sys/ioctl.h>
#endif
#if defined(Q_OS_UNIX) && !defined(QTSOCKETIO_PORTABLE)
#include "net/stream/nativestream_p.h"
#endif

#include <utility>

namespace EngineIo::detail {

Stream::~Stream() = default;

qsizetype Stream::unconfirmedBytes(qintptr descriptor)
{
    int bytes = 0;
#if defined(Q_OS_LINUX) && !defined(QTSOCKETIO_PORTABLE)
    if (descriptor < 0 || ::ioctl(int(descriptor), SIOCOUTQ, &bytes) != 0)
        return 0;
#else
    Q_UNUSED(descriptor)
#endif
    return bytes;
}

std::unique_ptr<Stream> Stream::open(Descriptor descriptor, const QSslConfiguration *tls,
                                     IoContext &context)
{
#if defined(Q_OS_UNIX) && !defined(QTSOCKETIO_PORTABLE)
    if (!tls)
        return std::make_unique<NativeStream>(int(descriptor.release()), context);
#endif
    return TcpStream::open(std::move(descriptor), tls, context);
}

} // namespace EngineIo::detail
