// SPDX-License-Identifier: MIT
#ifndef ENGINEIO_HTTPHOPHEADERS_P_H
#define ENGINEIO_HTTPHOPHEADERS_P_H

#include "net/http/httpchars_p.h"

namespace EngineIo::detail {

// Returns whether a header describes the connection to the peer, and not the message (RFC 9110,
// 7.6.1). Who passes a message on leaves it out, and responses over HTTP/2 must not have it. Trailer
// is among them because messages are always sent without trailers.
inline bool isHopByHop(QByteArrayView name)
{
    constexpr QByteArrayView Names[] = {"connection",        "keep-alive", "proxy-connection", "te",
                                        "transfer-encoding", "trailer",    "upgrade"};
    for (const QByteArrayView candidate : Names) {
        if (equalsIgnoringCase(name, candidate))
            return true;
    }
    return false;
}

// Returns whether a header defines the end of a message or the state of the connection, so that it
// must come from the writer of the message. If it were wrong, the peer could mistake a part of one
// message for another message.
inline bool isFramingHeader(QByteArrayView name)
{
    return isHopByHop(name) || equalsIgnoringCase(name, "content-length");
}

} // namespace EngineIo::detail

#endif
