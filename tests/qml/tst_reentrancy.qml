// SPDX-License-Identifier: MIT
// Handlers may unload what calls them, change it, and run an event loop.
// The peer is a property of the context.
// qmllint disable unqualified
import QtQml
import QtTest
import SocketIo

TestCase {
    id: testCase
    name: "Reentrancy"

    property var act: () => {}
    property int calls: 0
    property SocketIoClient client // null when it is gone

    function called(what) {
        ++calls;
        const function_ = act;
        function_(what);
    }

    Component {
        id: clientComponent
        SocketIoClient {
            id: subject
            options: ({ reconnectionDelay: 10, reconnectionDelayMax: 20, forceNew: true })
            onConnected: testCase.called("connected")
            onDisconnected: testCase.called("disconnected")
            onConnectError: testCase.called("connectError")
            onEventReceived: testCase.called("eventReceived")
            onStateChanged: testCase.called("stateChanged")
            onConnectedChanged: testCase.called("connectedChanged")
            onSidChanged: testCase.called("sidChanged")
            onTransportChanged: testCase.called("transportChanged")
            onErrorStringChanged: testCase.called("errorStringChanged")
            onUrlChanged: testCase.called("urlChanged")
            onNspChanged: testCase.called("nspChanged")
            onOptionsChanged: testCase.called("optionsChanged")
            Component.onCompleted: {
                on("echo", () => testCase.called("on"));
                onAny(() => testCase.called("onAny"));
                onAnyOutgoing(() => testCase.called("onAnyOutgoing"));
            }

            property SocketIoEvent event: SocketIoEvent {
                client: subject
                name: "echo"
                onReceived: testCase.called("received")
            }
            property SocketIoListModel model: SocketIoListModel {
                client: subject
                insertEvent: "echo"
                batchInterval: 0
                onCountChanged: testCase.called("countChanged")
                onRolesChanged: testCase.called("rolesChanged")
                onRowsInserted: testCase.called("rowsInserted")
            }
        }
    }

    readonly property var handlers: [
        "connected", "disconnected", "connectError", "eventReceived", "stateChanged",
        "connectedChanged", "sidChanged", "transportChanged", "errorStringChanged", "urlChanged",
        "nspChanged", "optionsChanged", "on", "received", "countChanged", "rolesChanged",
        "rowsInserted", "acknowledgement", "onAny", "onAnyOutgoing",
    ]
    // The engine lets no object be deleted at once while a handler of one of its signals runs.
    readonly property var functions: ["on", "acknowledgement", "onAny", "onAnyOutgoing"]

    function init() {
        calls = 0;
        act = () => {};
    }

    function test_handlersMayDoAnything_data() {
        const rows = [];
        for (const handler of handlers) {
            for (const action of ["destroy", "use", "delete"]) {
                if (action !== "delete" || functions.includes(handler))
                    rows.push({ tag: `${action} in ${handler}`, handler: handler, action: action });
            }
        }
        return rows;
    }

    function test_handlersMayDoAnything(data) {
        client = clientComponent.createObject(testCase, { url: peer.url });
        let acted = false;
        act = what => {
            if (what !== data.handler || acted || !client)
                return;
            acted = true;
            if (data.action === "destroy") {
                client.destroy();
                return;
            }
            if (data.action === "delete") {
                peer.deleteNow(client);
                return;
            }
            client.emitEvent("echo back", { id: 2, b: 1 });
            wait(1); // an event loop
            client.close();
            client.open();
            client.url = "http://127.0.0.1:1";
            client.url = peer.url;
            client.nsp = "/other";
        };
        // Through all that a client can live to see, as far as it lives.
        const step = function_ => { if (client) function_(); };
        tryVerify(() => !client || client.connected || acted, 30000);
        step(() => client.emitEvent("echo back", { id: 1, a: 1 },
                                    () => testCase.called("acknowledgement")));
        step(() => client.emitEvent("echo back", { id: 3, a: 2 }));
        step(() => client.emitEvent("echo", 1, () => testCase.called("acknowledgement")));
        step(() => tryVerify(() => !client || acted || calls > 12, 30000));
        step(() => client.nsp = "/other");
        step(() => client.options = { reconnectionDelay: 11, forceNew: true });
        step(() => tryVerify(() => !client || client.connected, 30000));
        step(() => client.close());
        step(() => { client.nsp = "/admin"; client.open(); }); // refuses
        step(() => client.url = "http://127.0.0.1:1"); // connectError
        step(() => { client.open(); tryVerify(() => !client || client.errorString !== "" || acted, 30000); });
        step(() => { client.nsp = "/"; client.url = peer.url; client.open(); });
        tryVerify(() => !client || client.connected, 30000);
        // On a busy machine the answers above may have been lost with a change of the namespace.
        let id = 10;
        tryVerify(() => {
            if (!acted && client && client.connected) {
                client.emitEvent("echo back", { id: ++id, a: 1 });
                client.emitEvent("echo", 1, () => testCase.called("acknowledgement"));
            }
            return acted;
        }, 30000, `${data.handler} was called`);
        act = () => {};
        step(() => client.destroy());
        tryVerify(() => !client, 30000);
    }

    Component {
        id: senderComponent
        SocketIoClient {
            options: ({ forceNew: true })
        }
    }
    Component {
        id: modelComponent
        SocketIoListModel {
            keyRole: "id"
            roles: ["id"]
        }
    }
    Component {
        id: serverComponent
        SocketIoServer {
            host: "127.0.0.1"
        }
    }

    // What deletes a client while it sends an event.
    readonly property var deleting: ({
        "a listener for outgoing events": sender => {
            sender.onAnyOutgoing(() => peer.deleteNow(sender));
            return 1;
        },
        "queuedCountChanged": sender => {
            sender.queuedCountChanged.connect(() => peer.deleteNow(sender));
            return 1;
        },
        "toJSON()": sender => ({ toJSON: () => { peer.deleteNow(sender); return 1; } }),
        "a getter": sender => ({ get one() { peer.deleteNow(sender); return 1; } }),
        "a value that cannot be sent": sender => {
            const value = { get one() { peer.deleteNow(sender); return () => 1; } };
            value.self = value;
            return value;
        },
    })

    function test_deletedWhileItSends_data() {
        const rows = [];
        for (const by in deleting) {
            for (const method of ["emitEvent", "emitVolatile", "emitEventList", "emitWithAck",
                                  "emitWithAckList"]) {
                // What is volatile waits in no queue.
                if (method !== "emitVolatile" || by !== "queuedCountChanged")
                    rows.push({ tag: `${method}, by ${by}`, method: method, by: by });
            }
        }
        return rows;
    }

    function test_deletedWhileItSends(data) {
        client = senderComponent.createObject(null, {
            url: peer.url,
            options: { forceNew: true, retries: data.by === "queuedCountChanged" ? 1 : 0 }
        });
        tryVerify(() => client.connected, 30000);
        if (data.method === "emitVolatile") // which is dropped while the transport changes
            tryCompare(client, "transport", "websocket", 30000);
        const argument = deleting[data.by](client);
        const send = client[data.method];
        const result = send("save", data.method.endsWith("List") ? [argument] : argument);
        compare(client, null);
        if (!data.method.includes("WithAck"))
            return;
        let failure = null;
        result.then(() => fail("nobody can have answered"), error => failure = error);
        tryVerify(() => failure !== null, 30000);
        verify(failure.message !== "");
    }

    function test_deletedWhileAPropertyIsSet_data() {
        return [
            { tag: "auth", property: "auth", value: sender =>
                ({ toJSON: () => { peer.deleteNow(sender); return { a: 1 }; } }) },
            { tag: "options", property: "options", value: sender =>
                ({ get reconnection() { peer.deleteNow(sender); return true; } }) },
        ];
    }

    function test_deletedWhileAPropertyIsSet(data) {
        client = senderComponent.createObject(null, { url: peer.url });
        client[data.property] = data.value(client);
        compare(client, null);
    }

    function test_modelDeletedWhileItFinds() {
        const model = modelComponent.createObject(null);
        model.insert([{ id: 1 }, { id: 2 }]);
        model.flush();
        compare(model.find({ get id() { return 2; } }), 1);
        ignoreWarning(/Cannot be converted: a toJSON\(\) function, a getter or a handler for warnings has deleted/);
        compare(model.find({ get id() { peer.deleteNow(model); return 2; } }), -1);
    }

    function test_deletedWhileItReadsRooms_data() {
        const rows = [];
        const add = (tag, of, methods) => {
            for (const method of methods)
                rows.push({ tag: `${method}() of ${tag}`, of: of, method: method });
        };
        add("a server", server => server, ["to", "except", "socketsJoin", "socketsLeave"]);
        add("a broadcast", server => server.local(), ["to", "except", "socketsJoin", "socketsLeave"]);
        add("a socket", (server, socket) => socket, ["join", "to", "except"]);
        add("a socket with a time-out", (server, socket) => socket.timeout(1000), ["to", "except"]);
        add("a remote socket", (server, socket, remote) => remote, ["join"]);
        return rows;
    }

    // By a getter in the array of their names.
    function test_deletedWhileItReadsRooms(data) {
        const server = serverComponent.createObject(null);
        let socket = null;
        let remote = null;
        server.connected.connect(joined => socket = joined);
        client = senderComponent.createObject(null, { url: server.url });
        tryVerify(() => socket !== null && client.connected, 30000);
        server.fetchSockets().then(sockets => remote = sockets[0]);
        tryVerify(() => remote !== null, 30000);
        const caller = data.of(server, socket, remote);
        const toDelete = caller === socket ? server : caller;
        const rooms = ["a", "b"];
        Object.defineProperty(rooms, 0, { get() { peer.deleteNow(toDelete); return "a"; } });
        ignoreWarning(new RegExp(`^${data.method}\\(\\) has no effect: a getter in the array of rooms`));
        const result = caller[data.method](rooms);
        verify(!result);
        if (toDelete !== server)
            server.destroy();
        client.destroy();
    }

    function test_serverDeletedWhileItSends_data() {
        return [
            { tag: "the server", of: (server, socket) => server },
            { tag: "the socket", of: (server, socket) => socket },
            { tag: "a broadcast", of: (server, socket) => server.local() },
            { tag: "a socket with a time-out", of: (server, socket) => socket.timeout(1000) },
        ];
    }

    function test_serverDeletedWhileItSends(data) {
        const server = serverComponent.createObject(null);
        let socket = null;
        server.connected.connect(joined => socket = joined);
        client = senderComponent.createObject(null, { url: server.url });
        tryVerify(() => socket !== null && client.connected, 30000);
        socket.onAnyOutgoing(() => { peer.deleteNow(server); gc(); });
        const send = data.of(server, socket).emitWithAck;
        let failure = null;
        send("ask").then(() => fail("nobody can have answered"), error => failure = error);
        tryVerify(() => failure !== null, 30000);
        client.destroy();
    }
}
