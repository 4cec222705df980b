// SPDX-License-Identifier: MIT
// The peer is a property of the context.
// qmllint disable unqualified
import QtQml
import QtTest
import SocketIo

TestCase {
    id: testCase
    name: "SocketIoClient"

    Component {
        id: clientComponent
        SocketIoClient {
            property int connections: 0
            property var reasons: []
            property var errors: []
            property var events: []
            options: ({ reconnectionDelay: 20, reconnectionDelayMax: 100 })
            onConnected: ++connections
            onDisconnected: reason => reasons.push(reason)
            onConnectError: error => errors.push(error)
            onEventReceived: (name, args) => events.push([name, args])
        }
    }
    Component {
        id: silentComponent
        SocketIoClient {
            property int failures: 0
            onReconnectError: ++failures
        }
    }
    Component {
        id: boundComponent
        SocketIoClient {
            readonly property string shown: errorString
        }
    }
    Component {
        id: priceComponent
        SocketIoEvent {
            property string symbol
            property double value
            property var note
            property int count: 0
            name: "price"
            onReceived: (symbol, value, note) => {
                this.symbol = symbol;
                this.value = value;
                this.note = note;
                ++count;
            }
        }
    }
    Component {
        id: nestedComponent
        SocketIoClient {
            id: nested
            property var seen: []
            readonly property var rows: model
            options: ({ reconnectionDelay: 20, reconnectionDelayMax: 100 })
            SocketIoEvent {
                name: "tick"
                onReceived: number => nested.seen.push(number)
            }
            SocketIoListModel {
                id: model
                insertEvent: "row"
            }
        }
    }
    Component {
        id: lonelyEventComponent
        SocketIoEvent {}
    }
    Component {
        id: questionComponent
        SocketIoEvent {
            name: "question"
            onReceived: (text, ack) => ack(`${text}!`, 2)
        }
    }
    Component {
        id: longEventComponent
        SocketIoEvent {
            property var seen: []
            name: "long"
            onReceived: (a, b, c, d, e, f, g, h, i, rest) => {
                const last = rest ? rest[rest.length - 1] : undefined;
                if (typeof last === "function") {
                    rest.pop();
                    last(rest.length);
                }
                seen.push([a, b, c, d, e, f, g, h, i, rest]);
            }
        }
    }
    SignalSpy {
        id: peerSpy
        target: peer
        signalName: "received"
    }
    SignalSpy {
        id: askedSpy
        target: peer
        signalName: "asked"
    }

    function create(properties) {
        const all = Object.assign({ url: peer.url }, properties ?? {});
        return createTemporaryObject(clientComponent, testCase, all);
    }

    function createConnected(properties) {
        const client = create(properties);
        tryCompare(client, "connected", true, 30000);
        return client;
    }

    function init() {
        peerSpy.clear();
        askedSpy.clear();
    }

    function test_connectsByItself() {
        const client = create();
        compare(client.state, SocketIoClient.Connecting);
        compare(client.connected, false);
        tryCompare(client, "connected", true, 30000);
        compare(client.state, SocketIoClient.Connected);
        compare(client.connections, 1);
        compare(client.sid.length, 20);
        tryCompare(client, "transport", "websocket", 30000);
        tryVerify(() => client.latency >= 0, 30000);
        compare(client.nsp, "/");
        compare(client.errorString, "");
    }

    function test_waitsForOpenWithoutAutoConnect() {
        const client = create({ autoConnect: false });
        compare(client.state, SocketIoClient.Disconnected);
        client.open();
        tryCompare(client, "connected", true, 30000);
        client.close();
        compare(client.connected, false);
        compare(client.reasons, ["io client disconnect"]);
        compare(client.sid, "");
        client.open();
        tryCompare(client, "connections", 2, 30000);
    }

    function test_valuesSurviveTheWay_data() {
        return [
            { tag: "nothing", args: [] },
            { tag: "numbers", args: [0, -1, 1.5, 9007199254740991] },
            { tag: "texts", args: ["", "äöü € 😀", "\u0000"] },
            { tag: "constants", args: [true, false, null] },
            { tag: "array", args: [[1, [2, "x"], []]] },
            { tag: "object", args: [{ "__proto": "x", a: 1, b: { c: [true, null] } }] },
            { tag: "nine", args: [1, 2, 3, 4, 5, 6, 7, 8, 9] },
        ];
    }

    function test_valuesSurviveTheWay(data) {
        const client = createConnected();
        let answer = null;
        client.emitWithAck("echo", ...data.args, (...args) => answer = args);
        tryVerify(() => answer !== null, 30000);
        compare(JSON.stringify(answer), JSON.stringify(data.args));
    }

    function test_emitsAnyNumberOfArguments() {
        const client = createConnected();
        verify(client.emitEvent("one", 1));
        verify(client.emitEvent("none"));
        verify(client.emitEvent("more", 1, "two", [3], { four: 4 }, null, true));
        verify(client.emitEventList("list", [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]));
        tryCompare(peerSpy, "count", 4, 30000);
        compare(peerSpy.signalArguments.map(args => [args[0], Array.from(args[1])]), [
            ["one", [1]],
            ["none", []],
            ["more", [1, "two", [3], { four: 4 }, null, true]],
            ["list", [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]],
        ]);
    }

    function test_reservedNamesAreRefused() {
        const client = createConnected();
        verify(!client.emitEvent("connect"));
        verify(!client.emitEvent("disconnecting", 1));
    }

    function test_binaryIsArrayBufferBothWays() {
        const client = createConnected();
        const bytes = new Uint8Array([1, 2, 254, 255]);
        let hex = "";
        client.emitWithAck("hex", bytes.buffer, answer => hex = answer);
        tryVerify(() => hex === "0102feff", 30000);
        // A view of a part of the buffer is that part.
        client.emitWithAck("hex", bytes.subarray(1, 3), answer => hex = answer);
        tryVerify(() => hex === "02fe", 30000);
        peer.emitBytes("bytes", "00ff10");
        tryVerify(() => client.events.length > 0, 30000);
        const received = client.events[0][1][0];
        verify(received instanceof ArrayBuffer);
        compare(Array.from(new Uint8Array(received)), [0, 255, 16]);
        let nested = null;
        client.emitWithAck("echo", { data: bytes.buffer }, answer => nested = answer);
        tryVerify(() => nested !== null, 30000);
        compare(Array.from(new Uint8Array(nested.data)), [1, 2, 254, 255]);
    }

    function test_acknowledgementAsPromise() {
        const client = createConnected();
        let answer = null;
        client.emitWithAck("echo", "first", "second").then(value => answer = value);
        tryVerify(() => answer === "first", 30000);
    }

    function test_failedAcknowledgement() {
        const client = createConnected({ options: { ackTimeout: 30 } });
        let error = null;
        client.emitWithAck("silent", () => fail("no answer was given"), why => error = why);
        tryVerify(() => error !== null, 30000);
        verify(error.message.startsWith("operation has timed out: "), error.message);
        let reason = null;
        client.emitWithAck("silent").then(() => fail("no answer was given"), why => reason = why);
        tryVerify(() => reason !== null, 30000);
        verify(reason.message.startsWith("operation has timed out: "), reason.message);
    }

    function test_eventsSpreadTheirArguments() {
        const client = createConnected();
        const price = createTemporaryObject(priceComponent, testCase, { client: client });
        peer.emitEvent("price", ["QT", 12.5]);
        tryCompare(price, "count", 1, 30000);
        compare(price.symbol, "QT");
        compare(price.value, 12.5);
        compare(price.note, undefined);
        price.enabled = false;
        peer.emitEvent("price", ["QT", 13]);
        tryCompare(client.events, "length", 2, 30000);
        compare(price.count, 1);
        price.enabled = true;
        price.name = "cost";
        peer.emitEvent("price", ["QT", 14]);
        peer.emitEvent("cost", ["IO", 15, { unit: "EUR" }]);
        tryCompare(price, "count", 2, 30000);
        compare(price.symbol, "IO");
        compare(price.note, { unit: "EUR" });
    }

    function test_eventsAreAcknowledged() {
        const client = createConnected();
        const question = createTemporaryObject(questionComponent, testCase, { client: client });
        peer.ask("question", ["Well"]);
        tryCompare(askedSpy, "count", 1, 30000);
        verify(question);
        compare(JSON.stringify(askedSpy.signalArguments[0][0]), '["Well!"]');
    }

    function test_eventsMayHaveManyArguments_data() {
        const rows = [];
        for (const count of [0, 8, 9, 10, 12, 100])
            rows.push({ tag: `${count}`, count: count });
        return rows;
    }

    function test_eventsMayHaveManyArguments(data) {
        const client = createConnected();
        const event = createTemporaryObject(longEventComponent, testCase, { client: client });
        const args = Array.from({ length: data.count }, (_, i) => i);
        const nine = Array.from({ length: 9 }, (_, i) => args[i]);
        peer.emitEvent("long", args);
        tryCompare(event.seen, "length", 1, 30000);
        compare(event.seen[0].slice(0, 9), nine);
        compare(event.seen[0][9], data.count > 9 ? args.slice(9) : undefined);
        if (data.count < 9)
            return;
        // The function that takes the answer is behind them all.
        peer.ask("long", args);
        tryCompare(askedSpy, "count", 1, 30000);
        compare(JSON.stringify(askedSpy.signalArguments[0][0]), `[${data.count - 9}]`);
        compare(event.seen[1], [...nine, args.slice(9)]);
    }

    function test_functionsAsListeners() {
        const client = createConnected();
        const seen = [];
        const listener = value => seen.push(value);
        client.on("tick", listener);
        client.once("tick", value => seen.push(`once ${value}`));
        peer.emitEvent("tick", [1]);
        tryCompare(seen, "length", 2, 30000);
        peer.emitEvent("tick", [2]);
        tryCompare(seen, "length", 3, 30000);
        client.off("tick", listener);
        peer.emitEvent("tick", [3]);
        tryCompare(client.events, "length", 3, 30000);
        compare(seen, [1, "once 1", 2]);
    }

    // As in C++, what has been taken off is not called any more.
    function test_listenersMayTakeOthersOff() {
        const client = createConnected();
        const seen = [];
        let price = null;
        const second = () => seen.push("second");
        client.on("tick", () => {
            seen.push("first");
            client.off("tick", second);
            price.name = "tock";
        });
        client.on("tick", second);
        price = createTemporaryObject(priceComponent, testCase, { client: client, name: "tick" });
        client.on("tick", () => seen.push("third"));
        peer.emitEvent("tick", ["IO", 1, null]);
        tryVerify(() => seen.includes("third"), 30000);
        compare(seen, ["first", "third"]);
        compare(price.count, 0);
        peer.emitEvent("tock", ["IO", 1, null]);
        tryCompare(price, "count", 1, 30000);
    }

    function test_listenersOfAllEventsMayTakeOthersOff() {
        const client = createConnected();
        const seen = [];
        const second = name => seen.push(`second ${name}`);
        client.onAny(name => {
            seen.push(`first ${name}`);
            client.offAny(second);
        });
        client.onAny(second);
        client.onAny(name => seen.push(`third ${name}`));
        client.onAnyOutgoing(name => {
            seen.push(`first ${name}`);
            client.offAnyOutgoing(second);
        });
        client.onAnyOutgoing(second);
        client.emitEvent("out");
        compare(seen, ["first out"]);
        seen.length = 0;
        peer.emitEvent("in", []);
        tryVerify(() => seen.includes("third in"), 30000);
        compare(seen, ["first in", "third in"]);
    }

    function test_theSameFunctionMayListenOnceAndAlways() {
        const client = createConnected();
        const seen = [];
        const listener = value => seen.push(value);
        client.on("tick", listener);
        client.once("tick", listener);
        client.once("tick", listener);
        peer.emitEvent("tick", [1]);
        peer.emitEvent("tick", [2]);
        tryCompare(client.events, "length", 2, 30000);
        tryCompare(seen, "length", 4, 30000);
        compare(seen, [1, 1, 1, 2]);
    }

    function test_aListenerThatThrowsHarmsNobody() {
        const client = createConnected();
        let seen = 0;
        ignoreWarning(/tst_client.qml:[0-9]+: Error: broken/);
        client.on("tick", () => { throw new Error("broken"); });
        client.on("tick", () => ++seen);
        peer.emitEvent("tick", [1]);
        tryVerify(() => seen === 1, 30000);
        compare(client.connected, true);
    }

    function test_namespacesAndAuth_data() {
        return [
            { tag: "object", auth: { token: "secret" } },
            { tag: "function that returns", auth: () => ({ token: "secret" }) },
            { tag: "function that calls back", auth: done => done({ token: "secret" }) },
            { tag: "function that returns a promise", auth: () => Promise.resolve({ token: "secret" }) },
            { tag: "function that calls back and returns a promise",
              auth: done => Promise.resolve({ token: "wrong" }).then(() => done({ token: "secret" })) },
        ];
    }

    function test_namespacesAndAuth(data) {
        const client = createConnected({ nsp: "/admin", auth: data.auth });
        let answer = null;
        client.emitWithAck("auth", (...args) => answer = args);
        tryVerify(() => answer !== null, 30000);
        compare(answer, [{ token: "secret" }, "/admin"]);
    }

    function test_anAuthFunctionThatThrowsGivesNothing() {
        ignoreWarning(/tst_client.qml:[0-9]+: Error: broken/);
        const client = create({ nsp: "/admin", auth: () => { throw new Error("broken"); } });
        tryCompare(client, "errorString", "not authorized", 30000);
    }

    function test_aRefusalIsAnError() {
        const client = create({ nsp: "/admin" });
        tryVerify(() => client.errors.length === 1, 30000);
        const error = client.errors[0];
        compare(error.message, "not authorized");
        compare(error.type, SocketIoError.Refused);
        compare(error.data, { content: "later" });
        verify(error.hint.includes("auth"), error.hint);
        compare(client.active, false);
        compare(client.errorString, "not authorized");
        compare(client.state, SocketIoClient.Disconnected);
        client.auth = { token: "secret" };
        client.open();
        tryCompare(client, "connected", true, 30000);
        compare(client.errorString, "");
    }

    function test_aNewNamespaceIsANewConnection() {
        const client = createConnected();
        const first = client.sid;
        client.nsp = "/other";
        tryVerify(() => client.connected && client.sid !== first, 30000);
        compare(client.nsp, "/other");
        let answer = null;
        client.emitWithAck("auth", (...args) => answer = args);
        tryVerify(() => answer !== null, 30000);
        compare(answer[1], "/other");
    }

    function test_comesBackWithTheServer() {
        const client = createConnected();
        const price = createTemporaryObject(priceComponent, testCase, { client: client });
        peer.stop();
        tryCompare(client, "connected", false, 30000);
        compare(client.state, SocketIoClient.Connecting);
        client.emitEvent("kept", 1);
        peer.start();
        tryCompare(client, "connected", true, 30000);
        tryVerify(() => peerSpy.signalArguments.some(args => args[0] === "kept"), 30000);
        peer.emitEvent("price", ["QT", 1]);
        tryCompare(price, "count", 1, 30000);
        compare(client.connections, 2);
    }

    function test_unknownOptionsAreReported() {
        ignoreWarning(/There is no option "reconect"/);
        ignoreWarning(/The option "timeout" has a wrong value/);
        createConnected({ options: { reconect: true, timeout: "soon" } });
    }

    function test_closedByTheServer() {
        const client = createConnected();
        client.emitEvent("leave me");
        tryCompare(client, "connected", false, 30000);
        compare(client.reasons, ["io server disconnect"]);
        compare(client.state, SocketIoClient.Disconnected);
    }

    function test_eventsAndModelsLieInTheirClient() {
        const client = createTemporaryObject(nestedComponent, testCase, { url: peer.url });
        tryCompare(client, "connected", true, 30000);
        peer.emitEvent("tick", [7]);
        tryVerify(() => client.seen.length === 1, 30000);
        compare(client.seen, [7]);
        peer.emitEvent("row", [{ symbol: "QT" }]);
        tryCompare(client.rows, "count", 1, 30000);
        compare(client.children.length, 2);
    }

    function test_eventsWithoutClientOrNameAreReported() {
        ignoreWarning(/This event has no client/);
        ignoreWarning(/This event has no name/);
        const event = createTemporaryObject(lonelyEventComponent, testCase);
        verify(event);
        // A client that comes later is no mistake.
        verify(createTemporaryObject(lonelyEventComponent, testCase, { client: null, name: "a" }));
    }

    function test_timesOutByCall() {
        const client = createConnected();
        let error = null;
        client.timeout(20).emitWithAck("silent").then(() => fail("no answer was given"),
                                                      why => error = why);
        tryVerify(() => error !== null, 30000);
        verify(error.message.startsWith("operation has timed out: "), error.message);
        compare(error.type, SocketIoError.Timeout);
        verify(error.hint.length > 0);
        let answer = null;
        client.timeout(60000).compress(SocketIoEmitter.CompressionOff).emitWithAck("echo", 5)
            .then(value => answer = value);
        tryVerify(() => answer === 5, 30000);
    }

    function test_sendIsTheEventMessage() {
        const client = createConnected();
        verify(client.send("hello", 2));
        tryCompare(peerSpy, "count", 1, 30000);
        compare(peerSpy.signalArguments[0][0], "message");
        compare(Array.from(peerSpy.signalArguments[0][1]), ["hello", 2]);
        let answer = null;
        // An acknowledgement is asked for as with other events.
        verify(client.send("ask", (...args) => answer = args));
        tryCompare(peerSpy, "count", 2, 30000);
    }

    function test_listenersOfAllEvents() {
        const client = createConnected();
        const seen = [];
        const listener = (name, ...args) => seen.push(["last", name, ...args]);
        client.onAny(listener);
        client.prependAny((name, ...args) => seen.push(["first", name, ...args]));
        client.onAnyOutgoing((name, ...args) => seen.push(["out", name, ...args]));
        client.emitEvent("echo back", 1);
        tryVerify(() => seen.length === 3, 30000);
        compare(seen, [["out", "echo back", 1], ["first", "echo", 1], ["last", "echo", 1]]);
        client.offAny(listener);
        client.offAnyOutgoing();
        client.emitEvent("echo back", 2);
        tryVerify(() => seen.length === 4, 30000);
        compare(seen[3], ["first", "echo", 2]);
        client.offAny();
        client.emitEvent("echo back", 3);
        tryVerify(() => client.events.length === 3, 30000);
        compare(seen.length, 4);
    }

    function test_listenersAreCounted() {
        const client = createConnected();
        const price = createTemporaryObject(priceComponent, testCase, { client: client });
        verify(price);
        client.on("price", () => {});
        client.once("tick", () => {});
        compare(client.listenerCount("price"), 2);
        compare(client.eventNames().sort(), ["price", "tick"]);
        client.offAll();
        compare(client.eventNames(), ["price"]);
        compare(client.listenerCount("price"), 1);
        price.name = "";
        compare(client.eventNames(), []);
    }

    function test_tellsTheNextAttempt() {
        const client = createConnected();
        verify(isNaN(client.nextAttempt.getTime()));
        compare(client.active, true);
        peer.stop();
        tryVerify(() => !isNaN(client.nextAttempt.getTime()), 30000);
        compare(client.active, true);
        tryCompare(client.lastError, "type", SocketIoError.Transport, 30000);
        verify(client.lastError.hint.length > 0);
        peer.start();
        tryCompare(client, "connected", true, 30000);
        verify(isNaN(client.nextAttempt.getTime()));
        compare(client.lastError.type, SocketIoError.NoError);
    }

    // Warnings about connections come with an event that was posted before.
    function afterPostedEvents() {
        let isCalled = false;
        Qt.callLater(() => isCalled = true);
        tryVerify(() => isCalled, 30000);
    }

    // Without a handler, the log says it, once, with the place.
    function test_failuresThatNobodyHandlesAreWarnings() {
        ignoreWarning(/tst_client.qml:[0-9]+.*Invalid namespace.*\/nothing\. Check the path of the URL/);
        const client = createTemporaryObject(silentComponent, testCase,
                                             { url: peer.url, nsp: "/nothing" });
        tryVerify(() => !client.active, 30000);
        verify(client.errorString.includes("/nothing"));
        afterPostedEvents();

        peer.stop();
        ignoreWarning(/tst_client.qml:[0-9]+.*cannot connect to .*: connection refused\. Check/);
        ignoreWarning(/tst_client.qml:[0-9]+.*giving up connecting to .* after 1 attempt\. Call open\(\)/);
        const away = createTemporaryObject(silentComponent, testCase, {
            url: peer.url,
            options: { forceNew: true, reconnectionAttempts: 1, reconnectionDelay: 20 }
        });
        tryCompare(away, "failures", 1, 30000);
        afterPostedEvents();
        peer.start();
    }

    function test_failuresThatAreShownAreNotWarnings() {
        failOnWarning(/nothing/);
        const client = createTemporaryObject(boundComponent, testCase,
                                             { url: peer.url, nsp: "/nothing" });
        tryVerify(() => client.shown.includes("/nothing"), 30000);
        failOnWarning(/cannot connect/);
        peer.stop();
        const away = createTemporaryObject(boundComponent, testCase, {
            url: peer.url, options: { forceNew: true, reconnection: false }
        });
        tryVerify(() => away.shown.includes("connection refused"), 30000);
        peer.start();
    }

    function test_wrongAuthIsReported() {
        ignoreWarning(/The property auth is an object or a function/);
        const client = create({ nsp: "/admin", auth: "secret" });
        tryCompare(client, "errorString", "not authorized", 30000);
    }
}
