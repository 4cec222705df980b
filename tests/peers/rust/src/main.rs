// SPDX-License-Identifier: MIT
//! What a rust_socketio client asks of a QtSocketIo server: client URL TRANSPORT
//!
//! It sends binary data as the only argument of an event, and calls a binary event that wants an
//! acknowledgement a binary acknowledgement, so that is what there is of binary data here.
use std::fmt::Debug;
use std::process::exit;
use std::sync::mpsc::{channel, Receiver, Sender};
use std::time::Duration;

use rust_socketio::client::Client;
use rust_socketio::{ClientBuilder, Event, Payload, TransportType};
use serde_json::{json, Value};

const WAIT: Duration = Duration::from_secs(30);
const TEXT: &str = "text \u{e4}\u{20ac}\u{1f600} \" \\";

fn check<T: PartialEq + Debug>(name: &str, got: T, expected: T) {
    if got != expected {
        eprintln!("{name}: {got:?} instead of {expected:?}");
        exit(1);
    }
    println!("ok {name}");
}

fn next<T>(name: &str, received: &Receiver<T>) -> T {
    received.recv_timeout(WAIT).unwrap_or_else(|_| {
        eprintln!("{name}: nothing came");
        exit(1);
    })
}

/// What has come is sent on to the test, as long as it listens.
fn pass_on<T>(to: &Sender<T>, value: T) {
    let _ = to.send(value);
}

fn values(payload: Payload) -> Vec<Value> {
    match payload {
        Payload::Text(values) => values,
        other => vec![Value::String(format!("{other:?}"))],
    }
}

struct Connection {
    client: Client,
    connected: Receiver<()>,
    closed: Receiver<()>,
    refused: Receiver<Payload>,
    back: Receiver<Payload>,
    told: Receiver<Payload>,
}

impl Connection {
    fn open(url: &str, transport: &str, nsp: &str, auth: Option<Value>) -> Connection {
        let (to_connected, connected) = channel();
        let (to_closed, closed) = channel();
        let (to_refused, refused) = channel();
        let (to_back, back) = channel();
        let (to_told, told) = channel();
        let mut builder = ClientBuilder::new(url)
            .namespace(nsp)
            .reconnect(false)
            .transport_type(match transport {
                "polling" => TransportType::Polling,
                "websocket" => TransportType::Websocket,
                _ => TransportType::WebsocketUpgrade,
            })
            .on(Event::Connect, move |_, _| pass_on(&to_connected, ()))
            .on(Event::Close, move |_, _| pass_on(&to_closed, ()))
            .on(Event::Error, move |payload, _| pass_on(&to_refused, payload))
            .on("back", move |payload, _| pass_on(&to_back, payload))
            .on("told", move |payload, _| pass_on(&to_told, payload));
        if let Some(auth) = auth {
            builder = builder.auth(auth);
        }
        let client = builder.connect().unwrap_or_else(|error| {
            eprintln!("{nsp} over {transport}: {error}");
            exit(1);
        });
        Connection { client, connected, closed, refused, back, told }
    }

    fn call(&self, event: &str, arguments: Vec<Value>) -> Vec<Value> {
        let (to_answer, answer) = channel();
        self.client
            .emit_with_ack(event, Payload::Text(arguments), WAIT, move |payload, _| {
                pass_on(&to_answer, payload);
            })
            .expect("an event that wants an answer");
        // All of an answer's values come as one.
        match values(next(event, &answer)).into_iter().next() {
            Some(Value::Array(values)) => values,
            other => vec![json!(other)],
        }
    }

    fn emit<P: Into<Payload>>(&self, event: &str, payload: P) {
        self.client.emit(event, payload).expect("an event");
    }
}

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let (url, transport) = (&arguments[1], &arguments[2]);
    // What has come over a WebSocket it cuts at this byte, which separates packets over polling.
    let data: Vec<u8> = (0..10240u32).map(|i| i as u8).filter(|byte| *byte != 0x1e).collect();

    let main = Connection::open(url, transport, "/", None);
    let chat = Connection::open(url, transport, "/chat", None);
    next("connect", &main.connected);
    next("connect to /chat", &chat.connected);
    let sent = vec![json!(TEXT), json!(42), json!({"a": [null, true, 1.5]})];
    check("text in an acknowledgement", main.call("echo", sent.clone()), sent.clone());
    main.emit("back", Payload::Text(sent.clone()));
    check("event", values(next("event", &main.back)), sent);
    main.emit("back", data.clone());
    check("binary event", next("binary event", &main.back), Payload::from(data));
    chat.emit("back", json!("in a namespace"));
    check("namespace", values(next("namespace", &chat.back)), vec![json!("in a namespace")]);
    check("join", main.call("join", vec![json!(["room 1"])]).len(), 1);
    for (room, text) in [("room 2", "nobody hears this"), ("room 1", TEXT)] {
        main.emit("tell", Payload::Text(vec![json!([room]), json!("all"), json!([]), json!(text)]));
    }
    check("room", values(next("room", &main.told)), vec![json!(TEXT)]);
    main.emit("leave me", Payload::Text(vec![]));
    next("disconnected by the server", &main.closed);

    let again = Connection::open(url, transport, "/", None);
    next("connected again", &again.connected);
    check("echo again", again.call("echo", vec![json!("again")]), vec![json!("again")]);
    again.client.disconnect().expect("disconnect");

    let admin = Connection::open(url, transport, "/admin", None);
    let refusal = format!("{:?}", next("refused", &admin.refused));
    check("refused", refusal.contains("not authorized"), true);
    let admin = Connection::open(url, transport, "/admin", Some(json!({"token": "secret"})));
    next("auth", &admin.connected);
    println!("ok auth");
    exit(0);
}
