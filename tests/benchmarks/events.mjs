// SPDX-License-Identifier: MIT
// What the benchmark servers do, on any runtime.
export function serve(io) {
    io.on("connection", (socket) => {
        socket.on("echo", (value, ack) => ack(value));
        socket.on("work", (value, ack) => {
            const end = performance.now() + 0.01;
            while (performance.now() < end);
            ack(value);
        });
        socket.on("join", (room, ack) => {
            socket.join(room);
            ack();
        });
        socket.on("bcast", (value) => io.emit("b", value));
        socket.on("burst", (count, value) => {
            for (let i = 0; i < count; ++i) socket.emit("b", value);
        });
        socket.on("room", (room, value) => io.to(room).emit("b", value));
    });
}
