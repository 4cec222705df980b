// SPDX-License-Identifier: MIT
#include "cluster/refusal_p.h"

#include "net/http/responsewriter_p.h"

#include <array>

#include <sys/socket.h>

namespace SocketIo::detail {

void refuseConnection(Descriptor descriptor, int status)
{
    const QByteArray answer = EngineIo::detail::serializeResponse(
        EngineIo::HttpRequest(), EngineIo::HttpResponse(status), false);
    // Unread input would turn the close into a reset, which may overtake the answer.
    std::array<char, 16 * 1024> rest;
    for (int i = 0; i < 4; ++i) {
        if (::recv(descriptor.number(), rest.data(), rest.size(), MSG_DONTWAIT) <= 0)
            break;
    }
    ::send(descriptor.number(), answer.constData(), size_t(answer.size()), SendOptions);
    ::shutdown(descriptor.number(), SHUT_WR);
}

} // namespace SocketIo::detail
