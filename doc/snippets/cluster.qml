// SPDX-License-Identifier: MIT
//! [redis]
import SocketIo
import SocketIo.Redis

SocketIoServer {
    adapter: RedisStreamsAdapter { url: "redis://localhost" }
}
//! [redis]
