// SPDX-License-Identifier: MIT
#ifndef ENGINEIO_HTTP2OPTIONS_H
#define ENGINEIO_HTTP2OPTIONS_H

#include <EngineIo/http2global.h>

#include <chrono>

namespace EngineIo {

// Settings of HTTP/2; each limit is for one connection.
struct Http2Options
{
    bool webSockets = true;         // in streams of the connection, by extended CONNECT (RFC 8441)
    int maxConcurrentStreams = 128; // requests under way, and WebSockets
    int streamWindowSize = 256 * 1024;      // bytes of a body or a WebSocket that wait to be read
    int connectionWindowSize = 1024 * 1024; // bytes on their way from the client

    // Limits for operations that are cheap for a client but expensive for the server. If they are
    // exceeded, the connection is closed.
    std::chrono::milliseconds floodInterval{10000};
    int maxResets = 500;           // requests canceled by the client, or malformed, in that time
    int maxControlFrames = 1000;   // frames that are not part of a request, in that time
    int maxContinuationFrames = 8; // that one request's headers are spread over
};

} // namespace EngineIo

#endif
