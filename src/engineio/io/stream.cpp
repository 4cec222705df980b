// SPDX-License-Identifier: MIT
#include "engineio/io/stream_p.h"

#include "engineio/io/tcpstream_p.h"
#ifdef Q_OS_UNIX
#include "engineio/io/nativestream_p.h"
#endif

namespace EngineIo::detail {

Stream::~Stream() = default;

std::unique_ptr<Stream> Stream::open(qintptr descriptor, const QSslConfiguration *tls,
                                     IoContext &context)
{
#ifdef Q_OS_UNIX
    if (!tls)
        return std::make_unique<NativeStream>(int(descriptor), context);
#endif
    return TcpStream::open(descriptor, tls, context);
}

} // namespace EngineIo::detail
