// SPDX-License-Identifier: MIT
//! The server that tests/peers/peer-client.cpp talks to. Prints "listening PORT".
use std::fmt;

use rmpv::Value;
use serde::de::{Deserialize, Deserializer, SeqAccess, Visitor};
use serde::ser::{Serialize, SerializeTuple, Serializer};
use socketioxide::extract::{AckSender, Data, SocketRef, TryData};
use socketioxide::handler::ConnectHandler;
use socketioxide::SocketIo;

/// All arguments of an event, as many as there are.
struct Arguments(Vec<Value>);

impl<'de> Deserialize<'de> for Arguments {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct All;
        impl<'de> Visitor<'de> for All {
            type Value = Arguments;

            fn expecting(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
                formatter.write_str("arguments")
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Arguments, A::Error> {
                let mut arguments = Vec::new();
                while let Some(value) = sequence.next_element()? {
                    arguments.push(value);
                }
                Ok(Arguments(arguments))
            }
        }
        deserializer.deserialize_tuple(1, All)
    }
}

impl Serialize for Arguments {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut tuple = serializer.serialize_tuple(self.0.len())?;
        for value in &self.0 {
            tuple.serialize_element(value)?;
        }
        tuple.end()
    }
}

async fn serve(socket: SocketRef) {
    for event in ["echo", "echo binary"] {
        socket.on(event, async |Data::<Arguments>(arguments), ack: AckSender| {
            ack.send(&arguments).ok();
        });
    }
    socket.on("back", async |socket: SocketRef, Data::<Arguments>(arguments)| {
        socket.emit("back", &arguments).ok();
    });
    socket.on("join", async |socket: SocketRef, Data::<String>(room), ack: AckSender| {
        socket.join(room.clone());
        ack.send(&room).ok();
    });
    socket.on("tell", async |socket: SocketRef, Data::<(String, Value)>((room, value))| {
        socket.within(room).emit("told", &value).await.ok();
    });
    socket.on("leave me", async |socket: SocketRef| {
        socket.disconnect().ok();
    });
}

async fn authorize(TryData(auth): TryData<serde_json::Value>) -> Result<(), &'static str> {
    match auth {
        Ok(auth) if auth["token"] == "secret" => Ok(()),
        _ => Err("not authorized"),
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let (layer, io) = SocketIo::new_layer();
    io.ns("/", serve);
    io.ns("/chat", serve);
    io.ns("/admin", serve.with(authorize));
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.expect("no port");
    println!("listening {}", listener.local_addr().expect("no address").port());
    axum::serve(listener, axum::Router::new().layer(layer)).await.expect("the server ended");
}
