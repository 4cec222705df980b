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
        "rowsInserted", "acknowledgement",
    ]

    function init() {
        calls = 0;
        act = () => {};
    }

    function test_handlersMayDoAnything_data() {
        const rows = [];
        for (const handler of handlers) {
            for (const action of ["destroy", "use"])
                rows.push({ tag: `${action} in ${handler}`, handler: handler, action: action });
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
}
