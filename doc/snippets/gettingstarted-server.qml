// SPDX-License-Identifier: MIT
//! [server]
import SocketIo

SocketIoServer {
    port: 3000
    onConnected: socket => {
        socket.on("hello", (name, ack) => {
            ack(`Hello, ${name}!`);
            socket.broadcast().emitEvent("arrived", name);
        });
    }
}
//! [server]
