// SPDX-License-Identifier: MIT
// The calls of the table in the guide for those who come from socket.io.
import QtQml
import SocketIo

QtObject {
    id: root

    property SocketIoClient client: SocketIoClient {
        id: client
        //! [io]
        url: "http://localhost:3000/chat"
        //! [io]
        //! [options]
        auth: ({ token: "secret" })
        options: ({ transports: ["websocket"], reconnectionDelayMax: 10000 })
        //! [options]
        //! [connect]
        onConnected: console.log(sid, recovered)
        //! [connect]
        //! [connect_error]
        onConnectError: error => console.log(error.message, error.data)
        //! [connect_error]
        //! [disconnect event]
        onDisconnected: reason => console.log(reason)
        //! [disconnect event]
        //! [onAny]
        onEventReceived: (name, args) => console.log(name, args)
        //! [onAny]
        //! [reconnect]
        onReconnected: attempt => console.log(attempt)
        //! [reconnect]
        //! [reconnect_attempt]
        onReconnectAttempted: attempt => console.log(attempt)
        //! [reconnect_attempt]
        //! [reconnect_error]
        onReconnectError: error => console.log(error.message)
        //! [reconnect_error]
        //! [reconnect_failed]
        onReconnectFailed: console.log("no connection")
        //! [reconnect_failed]
        //! [ping]
        onLatencyChanged: console.log(latency)
        //! [ping]
    }
    property SocketIoClient second: SocketIoClient {
        //! [auth function]
        auth: done => done({ token: 1 })
        //! [auth function]
        //! [retries]
        options: ({ retries: 3, ackTimeout: 10000 })
        //! [retries]
    }
    property SocketIoClient third: SocketIoClient {
        //! [manager]
        options: ({ forceNew: true })
        //! [manager]
    }
    property SocketIoClient fourth: SocketIoClient {
        //! [reconnection]
        options: ({ reconnection: false })
        //! [reconnection]
    }
    property SocketIoEvent price: SocketIoEvent {
        //! [on]
        client: client
        name: "price"
        onReceived: (symbol, value) => console.log(symbol, value)
        //! [on]
    }

    function clientCalls() {
        //! [once]
        client.once("ready", () => console.log("ready"));
        //! [once]
        //! [off]
        client.off("price");
        //! [off]
        //! [prependAny]
        client.prependAny((name, ...args) => console.log("first:", name, args));
        //! [prependAny]
        //! [offAny]
        client.offAny();
        //! [offAny]
        //! [onAnyOutgoing]
        client.onAnyOutgoing((name, ...args) => console.log("sent:", name, args));
        //! [onAnyOutgoing]
        //! [emit]
        client.emitEvent("hello", 1, "two");
        //! [emit]
        //! [send]
        client.send("text");
        //! [send]
        //! [ack]
        client.emitWithAck("ask", 42).then(answer => console.log(answer));
        //! [ack]
        //! [timeout]
        client.timeout(5000).emitWithAck("ask")
            .then(answer => console.log(answer), error => console.log(error.message));
        //! [timeout]
        //! [buffer]
        console.log(client.bufferedCount());
        //! [buffer]
        //! [volatile]
        client.emitVolatile("position", 3, 4);
        //! [volatile]
        //! [compress]
        client.compress(SocketIoEmitter.CompressionOff).emitEvent("hello");
        //! [compress]
        //! [auth]
        client.auth = { token: "new" };
        //! [auth]
        //! [state]
        console.log(client.sid, client.connected, client.active);
        //! [state]
        //! [open]
        client.open();
        //! [open]
        //! [close]
        client.close();
        //! [close]
        //! [transport]
        console.log(client.transport);
        //! [transport]
    }

    property SocketIoServer io: SocketIoServer {
        id: io
        //! [new Server]
        port: 3000
        options: ({ pingInterval: 10000 })
        //! [new Server]
        //! [connection]
        onConnected: socket => console.log(socket.sid)
        //! [connection]
        //! [new_namespace]
        onNewNamespace: nsp => console.log(nsp.name)
        //! [new_namespace]
        //! [create-room]
        onRoomCreated: room => console.log(room)
        //! [create-room]
    }
    property SocketIoServer other: SocketIoServer {
        //! [allowRequest]
        allowRequest: (request, callback) => callback(null, request.address === "127.0.0.1")
        //! [allowRequest]
        //! [options server]
        options: ({ cors: { origin: "https://example.com" }, maxHttpBufferSize: 1000000 })
        //! [options server]
    }

    function serverCalls() {
        //! [use]
        io.use((socket, next) => {
            if (socket.handshake.auth.token === "secret")
                next();
            else
                next({ message: "not authorized", data: { retry: false } });
        });
        //! [use]
        //! [emit all]
        io.emitEvent("hello", 1);
        //! [emit all]
        //! [to]
        io.to("room").except("muted").emitEvent("hello");
        //! [to]
        //! [ack all]
        io.timeout(5000).emitWithAck("ask")
            .then(answers => console.log(answers), error => console.log(error.message));
        //! [ack all]
        //! [socketsJoin]
        io.in("room").socketsJoin("other");
        //! [socketsJoin]
        //! [socketsLeave]
        io.in("room").socketsLeave("other");
        //! [socketsLeave]
        //! [disconnectSockets]
        io.in("room").disconnectSockets(SocketIoServer.CloseConnection);
        //! [disconnectSockets]
        //! [close server]
        io.listen = false;
        //! [close server]
        //! [of]
        const admin = io.of("/admin");
        //! [of]
        admin.emitEvent("hello");
        //! [of pattern]
        const parent = io.of(/^\/room-\d+$/);
        //! [of pattern]
        parent.emitEvent("hello");
        //! [of function]
        io.of((name, auth, next) => next(null, name === "/admin"));
        //! [of function]
        //! [serverSideEmit]
        io.serverSideEmit("hello");
        //! [serverSideEmit]
        //! [fetchSockets]
        io.fetchSockets().then(sockets => console.log(sockets.length));
        //! [fetchSockets]
        //! [sockets]
        console.log(io.socketsCount, io.sockets);
        //! [sockets]
        //! [rooms of]
        console.log(io.rooms);
        //! [rooms of]
        //! [clientsCount]
        console.log(io.clientsCount);
        //! [clientsCount]
    }

    function socketCalls(socket: SocketIoSocket) {
        //! [socket on]
        socket.on("price", (symbol, value) => console.log(symbol, value));
        //! [socket on]
        //! [socket once]
        socket.once("ready", () => console.log("ready"));
        //! [socket once]
        //! [socket off]
        socket.off("price");
        //! [socket off]
        //! [socket onAny]
        socket.onAny((name, ...args) => console.log(name, args));
        //! [socket onAny]
        //! [socket prependAny]
        socket.prependAny((name, ...args) => console.log("first:", name, args));
        //! [socket prependAny]
        //! [socket offAny]
        socket.offAny();
        //! [socket offAny]
        //! [socket onAnyOutgoing]
        socket.onAnyOutgoing((name, ...args) => console.log("sent:", name, args));
        //! [socket onAnyOutgoing]
        //! [socket send]
        socket.send("text");
        //! [socket send]
        //! [socket timeout]
        socket.timeout(5000).emitWithAck("ask")
            .then(answer => console.log(answer), error => console.log(error.message));
        //! [socket timeout]
        //! [socket volatile]
        socket.emitVolatile("position", 3, 4);
        //! [socket volatile]
        //! [socket compress]
        socket.compress(SocketIoEmitter.CompressionOff).emitEvent("hello");
        //! [socket compress]
        //! [socket id]
        console.log(socket.sid);
        //! [socket id]
        //! [socket use]
        socket.use((event, next) => event[0] === "forbidden" ? next("not this") : next());
        //! [socket use]
        //! [on disconnecting]
        socket.disconnecting.connect(reason => console.log(reason, socket.rooms));
        //! [on disconnecting]
        //! [socket emit]
        socket.emitEvent("hello", 1, "two", new ArrayBuffer(2));
        //! [socket emit]
        //! [socket ack]
        socket.emitWithAck("ask", 42).then(answer => console.log(answer));
        //! [socket ack]
        //! [broadcast]
        socket.broadcast().emitEvent("hello");
        //! [broadcast]
        //! [socket to]
        socket.to("room").emitEvent("hello");
        //! [socket to]
        //! [join]
        socket.join("room");
        //! [join]
        //! [leave]
        socket.leave("room");
        //! [leave]
        //! [rooms]
        console.log(socket.rooms);
        //! [rooms]
        //! [data]
        socket.data = Object.assign({}, socket.data, { user: "ada" });
        //! [data]
        //! [handshake]
        console.log(socket.handshake.auth.token);
        //! [handshake]
        //! [disconnect]
        socket.disconnectClient();
        //! [disconnect]
        //! [on disconnect]
        socket.disconnected.connect(reason => console.log(reason));
        //! [on disconnect]
    }
}
