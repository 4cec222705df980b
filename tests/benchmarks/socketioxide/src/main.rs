// SPDX-License-Identifier: MIT
//! The events of bench-server.cpp, served by socketioxide in one thread, with mimalloc and LTO.
//! With the argument "binary" values may hold bytes, which costs it more for each value.
use std::time::{Duration, Instant};

use serde::de::DeserializeOwned;
use serde::Serialize;
use socketioxide::extract::{AckSender, Data, SocketRef};
use socketioxide::SocketIo;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn serve<Value>(io: &SocketIo)
where
    Value: Serialize + DeserializeOwned + Send + Sync + 'static,
{
    io.ns("/", async |socket: SocketRef| {
        socket.on("echo", async |Data::<Value>(value), ack: AckSender| {
            ack.send(&value).ok();
        });
        socket.on("work", async |Data::<Value>(value), ack: AckSender| {
            let end = Instant::now() + Duration::from_micros(10);
            while Instant::now() < end {}
            ack.send(&value).ok();
        });
        socket.on("join", async |socket: SocketRef, Data::<String>(room), ack: AckSender| {
            socket.join(room);
            ack.send(&[(); 0]).ok();
        });
        socket.on("bcast", async |io: SocketIo, Data::<Value>(value)| {
            io.emit("b", &value).await.ok();
        });
        socket.on("room", async |io: SocketIo, Data::<(String, Value)>((room, value))| {
            io.to(room).emit("b", &value).await.ok();
        });
    });
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let (layer, io) = SocketIo::new_layer();
    if std::env::args().any(|argument| argument == "binary") {
        serve::<rmpv::Value>(&io);
    } else {
        serve::<serde_json::Value>(&io);
    }
    // The port is the system's choice unless it is given.
    let port: u16 = std::env::args().find_map(|argument| argument.parse().ok()).unwrap_or(0);
    let listener = tokio::net::TcpListener::bind(("0.0.0.0", port)).await.expect("no port");
    println!("listening {}", listener.local_addr().expect("no address").port());
    axum::serve(listener, axum::Router::new().layer(layer)).await.expect("the server ended");
}
