// SPDX-License-Identifier: MIT
//! [server]
import SocketIo
import SocketIo.Http2

SocketIoServer {
    port: 3000
    options: ({ sslConfiguration: { cert: "server.pem", key: "server.key" } })
    Http2 {}
}
//! [server]
