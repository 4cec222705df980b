// SPDX-License-Identifier: MIT
// What a program in QML is told of its mistakes and of failures that it does not handle: each once,
// with the place of the element, what has happened to which event, and what may help.
// The peer is a property of the context.
// qmllint disable unqualified
import QtQml
import QtTest
import SocketIo

TestCase {
    id: testCase
    name: "SocketIoMessages"

    property SocketIoClient client

    Component {
        id: clientComponent
        SocketIoClient {
            options: ({ ackTimeout: 10000, maxBufferedEvents: 2 })
        }
    }
    Component {
        id: hearingComponent
        SocketIoClient {
            property var errors: []
            onConnectError: error => errors.push(error)
        }
    }
    Component {
        id: oldComponent
        SocketIoClient {
            options: ({ protocol: 3 })
        }
    }
    Component {
        id: hearingOldComponent
        SocketIoClient {
            property var errors: []
            options: ({ protocol: 3 })
            onServerError: error => errors.push(error)
        }
    }
    Component {
        id: serverComponent
        SocketIoServer { host: "localhost" }
    }
    Component {
        id: boundServerComponent
        SocketIoServer {
            host: "localhost"
            readonly property string shown: errorString
        }
    }
    Component {
        id: eventComponent
        SocketIoEvent {}
    }

    function createConnected(url) {
        const made = createTemporaryObject(clientComponent, testCase, { url: url ?? peer.url });
        tryCompare(made, "connected", true, 30000);
        return made;
    }

    function init() {
        client = createConnected();
        peer.record();
    }
    function cleanup() {
        peer.stopRecording();
        client = null;
    }

    // Waits for the messages, and until no more can come.
    function compareMessages(expected) {
        tryVerify(() => peer.messages.length >= expected.length, 30000);
        let isOver = false;
        client.emitWithAck("echo").then(() => client.timeout(10).emitWithAck("silent"))
            .then(() => 0).catch(() => 0).then(() => 0).then(() => isOver = true);
        tryVerify(() => isOver, 30000);
        const texts = peer.messages.map(message => message.text);
        compare(texts.length, expected.length, texts.join("\n"));
        for (let i = 0; i < expected.length; ++i) {
            verify(expected[i].test(texts[i]), texts[i]);
            compare(peer.messages[i].category, "qt.socketio.qml");
            verify(/tst_messages.qml:[0-9]+:[0-9]+: QML SocketIo/.test(texts[i]), texts[i]);
            verify(peer.messages[i].file.endsWith("tst_messages.qml"), peer.messages[i].file);
            verify(peer.messages[i].line > 0);
        }
        // The engine's signal has them as well.
        compare(peer.engineWarnings, expected.length);
    }

    function test_failuresThatNobodyHandles_data() {
        const late = /: operation has timed out: the event "silent" was not acknowledged by \/ of http:.+ within [0-9]+ ms\. The listener of the event .+\.$/;
        const silent = () => client.timeout(10).emitWithAck("silent");
        const nothing = () => 0;
        const itself = {};
        itself.a = itself;
        return [
            { tag: "promise alone", act: silent, told: [late] },
            { tag: "then()", act: () => silent().then(nothing), told: [late] },
            { tag: "then() twice", act: () => silent().then(nothing).then(nothing), told: [late] },
            { tag: "two then()", act: () => { const p = silent(); p.then(nothing); p.then(nothing); },
              told: [late, late] },
            { tag: "one of two then()",
              act: () => { const p = silent(); p.then(nothing, nothing); p.then(nothing); }, told: [late] },
            { tag: "then() with two functions", act: () => silent().then(nothing, nothing), told: [] },
            { tag: "catch()", act: () => silent().catch(nothing), told: [] },
            { tag: "catch() later", act: () => { const p = silent(); Qt.callLater(() => p.catch(nothing)); },
              told: [] },
            { tag: "then() and catch()", act: () => silent().then(nothing).catch(nothing), told: [] },
            { tag: "catch() that throws again", act: () => silent().catch(e => { throw e; }), told: [late] },
            { tag: "Promise.all()", act: () => Promise.all([silent()]).catch(nothing), told: [] },
            { tag: "Promise.race()", act: () => Promise.race([silent()]).catch(nothing), told: [] },
            { tag: "Promise.resolve()", act: () => Promise.resolve(silent()).catch(nothing), told: [] },
            { tag: "result of a promise",
              act: () => new Promise(resolve => resolve(silent())).catch(nothing), told: [] },
            { tag: "result of then()", act: () => client.emitWithAck("echo", 1).then(silent), told: [late] },
            { tag: "result of then() with catch()",
              act: () => client.emitWithAck("echo", 1).then(silent).catch(nothing), told: [] },
            { tag: "then() that throws",
              act: () => client.emitWithAck("echo", 1).then(() => { throw new Error("broken"); }),
              told: [/: Uncaught \(in promise\): .*tst_messages.qml:[0-9]+: Error: broken$/] },
            { tag: "then() that throws a text",
              act: () => client.emitWithAck("echo", 1).then(() => { throw "broken"; }),
              told: [/: Uncaught \(in promise\): broken$/] },
            { tag: "callback", act: () => client.timeout(10).emitWithAck("silent", nothing), told: [late] },
            { tag: "two callbacks", act: () => client.timeout(10).emitWithAck("silent", nothing, nothing),
              told: [] },
            { tag: "callback and catch()",
              act: () => client.timeout(10).emitWithAck("silent", nothing).catch(nothing), told: [] },
            { tag: "emitEvent() with a callback",
              act: () => client.timeout(10).emitEvent("silent", nothing), told: [late] },
            { tag: "emitEvent() with two callbacks",
              act: () => client.timeout(10).emitEvent("silent", nothing, nothing), told: [] },
            { tag: "a list", act: () => client.timeout(10).emitWithAckList("silent", []), told: [late] },
            { tag: "value that cannot be sent", act: () => client.emitWithAck("event", itself),
              told: [/: Not sent: in event "event", argument 1.a is argument 1 again\. Leave that reference out, .+/] },
            { tag: "value that cannot be sent, with a callback",
              act: () => client.emitEvent("event", itself, nothing),
              told: [/: Not sent: in event "event", argument 1.a is argument 1 again\. Leave that reference out, .+/] },
            { tag: "reserved name", act: () => client.emitWithAck("disconnect"),
              told: [/: "disconnect" is a reserved event name\. Give the event another name/] },
            { tag: "reserved name in a list", act: () => client.emitWithAckList("connect", []),
              told: [/: "connect" is a reserved event name\. Give the event another name/] },
            { tag: "closed by the program",
              act: () => { const other = createConnected(); other.emitWithAck("silent"); other.close(); },
              told: [] },
        ];
    }

    function test_failuresThatNobodyHandles(data) {
        data.act();
        compareMessages(data.told);
    }

    function test_failuresThatAreHandledAreNoMessages() {
        const errors = [];
        const itself = {};
        itself.a = itself;
        client.emitWithAck("disconnect").catch(error => errors.push(error));
        client.emitWithAck("event", itself).catch(error => errors.push(error));
        client.emitEvent("event", itself, () => 0, error => errors.push(error));
        client.emitEvent("connect", () => 0, error => errors.push(error));
        tryVerify(() => errors.length === 4, 30000);
        for (const error of errors) {
            compare(error.type, SocketIoError.Argument);
            verify(!error.hint.includes("parameters"), error.hint);
        }
        compareMessages([]);
    }

    function test_reservedNamesAreToldOnce() {
        const reserved = name => new RegExp(
            `QML SocketIo[A-Za-z]+: "${name}" is a reserved event name\\. Give the event another name`);
        const server = createTemporaryObject(serverComponent, testCase);
        const guest = createConnected(server.url);
        tryCompare(server, "socketsCount", 1, 30000);
        const socket = server.socket(guest.sid);
        const emitters = [client, client.timeout(1), server, server.of("/a"), server.to("a"), socket,
                          socket.timeout(1), socket.broadcast()];
        for (const emitter of emitters) {
            compare(emitter.emitEvent("connect"), false);
            compare(emitter.emitVolatile("disconnect"), false);
            compare(emitter.emitEventList("connect_error", []), false);
        }
        compare(server.serverSideEmit("connection"), false);
        compareMessages([].concat(...emitters.map(
            () => [reserved("connect"), reserved("disconnect"), reserved("connect_error")]),
            [reserved("connection")]));
    }

    function test_listenersThatAreNeverCalled() {
        const server = createTemporaryObject(serverComponent, testCase);
        const guest = createConnected(server.url);
        tryCompare(server, "socketsCount", 1, 30000);
        client.on("connect", () => 0);
        client.once("disconnect", () => 0);
        server.socket(guest.sid).on("disconnecting", () => 0);
        server.on("connection", () => 0);
        createTemporaryObject(eventComponent, testCase, { client: client, name: "connect_error" });
        // A new socket tells nothing anew.
        client.options = { ackTimeout: 9000 };
        tryCompare(client, "connected", true, 30000);
        const instead = (name, signal) => new RegExp(
            `QML SocketIo[A-Za-z]+: A listener of "${name}" is never called, .+ ${signal}`);
        compareMessages([instead("connect", "onConnected"), instead("disconnect", "onDisconnected"),
                         instead("disconnecting", "onDisconnecting"),
                         instead("connection", "onConnected of SocketIoServer"),
                         instead("connect_error", "onConnectError")]);
    }

    function test_missingArgumentsAreNamed() {
        const wants = (call, what) => new RegExp(`: ${call} expects ${what}, not undefined`);
        const event = "the name of an event as its first argument";
        const server = createTemporaryObject(serverComponent, testCase);
        client.on("x");
        client.once("x");
        client.onAny();
        client.prependAnyOutgoing();
        client.on();
        client.off();
        client.emitEventList();
        server.use();
        server.to();
        server.socketsJoin();
        compareMessages([wants('on\\("x", callback\\)', "a function"),
                         wants('once\\("x", callback\\)', "a function"),
                         wants("onAny\\(callback\\)", "a function"),
                         wants("prependAnyOutgoing\\(callback\\)", "a function"),
                         wants("on\\(\\)", event), wants("off\\(\\)", event),
                         wants("emitEventList\\(\\)", event),
                         wants("use\\(\\(socket, next\\) => …\\)", "a function"),
                         wants("to\\(\\)", "the name of a room"),
                         wants("socketsJoin\\(\\)", "the name of a room")]);
    }

    function test_timeoutsAreNumbers() {
        const server = createTemporaryObject(serverComponent, testCase);
        const wants = what => new RegExp(`: timeout\\(\\) expects a number of milliseconds, not ${what}; there is no`);
        let answers = 0;
        client.timeout("soon").emitWithAck("echo", 1).then(() => ++answers);
        client.timeout().emitWithAck("echo", 1).then(() => ++answers);
        client.timeout(-1).emitWithAck("echo", 1).then(() => ++answers);
        client.timeout(NaN).emitWithAck("echo", 1).then(() => ++answers);
        client.timeout("10000").emitWithAck("echo", 1).then(() => ++answers);
        client.timeout(Infinity).emitWithAck("echo", 1).then(() => ++answers);
        server.timeout({});
        tryVerify(() => answers === 6, 30000);
        compareMessages([wants("a text"), wants("undefined"), wants("-1"), wants("NaN"),
                         wants("an object")]);
    }

    function test_clientsWithoutAUrlSay() {
        const other = createTemporaryObject(clientComponent, testCase);
        compare(other.emitEvent("a", 1), false);
        compare(other.emitVolatile("b"), false);
        compare(other.timeout(10).emitEvent("c"), false);
        other.emitWithAck("d");
        other.timeout(10).emitWithAck("e");
        let error = null;
        other.emitWithAck("f").catch(e => error = e);
        tryVerify(() => error !== null, 30000);
        compare(error.type, SocketIoError.Disconnected);
        const noUrl = name => new RegExp(
            `: The event "${name}" was not sent: the client has no url\\. Set its property url first`);
        compareMessages(["a", "b", "c", "d", "e"].map(noUrl));
    }

    function test_failuresOfConnections() {
        const options = { ackTimeout: 10000, reconnection: false };
        const refused = createTemporaryObject(clientComponent, testCase, { url: peer.url + "/nothing" });
        refused.emitEvent("waiting");
        tryVerify(() => peer.messages.length === 2, 30000);
        const elsewhere = createTemporaryObject(clientComponent, testCase,
                                                { url: "http://127.0.0.1:1", options: options });
        tryVerify(() => peer.messages.length === 3, 30000);
        const nowhere = createTemporaryObject(clientComponent, testCase, { url: "http://localhost:99999" });
        compareMessages([
            /: Invalid namespace: the server at http:.+ has no namespace \/nothing\. Check .+/,
            /: the event "waiting" to \/nothing of http:.+ waits until open\(\) is called: .+/,
            /: cannot connect to http:\/\/127\.0\.0\.1:1: .+\. Check that the server is running, .+/,
            /: "http:\/\/localhost:99999" is not a server address: .+/,
        ]);
        peer.stopRecording();
        peer.record();
        refused.destroy();
        tryVerify(() => peer.messages.length === 1, 30000);
        verify(/the event "waiting" to .+ is lost with its socket: /.test(peer.messages[0].text),
               peer.messages[0].text);
        compare(peer.messages[0].category, "qt.socketio.qml");
    }

    function test_failuresOfConnectionsAreToldOnce_data() {
        const address = /: "http:\/\/localhost:99999" is not a server address: .+/;
        return [
            { tag: "scheme", properties: { url: "ftp://localhost:1" }, told: [/the scheme "ftp" is not supported/] },
            { tag: "port", properties: { url: "http://localhost:99999" }, told: [address] },
            { tag: "namespace", properties: { nsp: "/nothing" }, told: [/Invalid namespace: .+ has no namespace \/nothing/] },
        ];
    }
    // By the signal, or by a warning where nobody handles it.
    function test_failuresOfConnectionsAreToldOnce(data) {
        const server = createTemporaryObject(serverComponent, testCase);
        const properties = Object.assign({ url: server.url, options: { reconnection: false } }, data.properties);
        const hearing = createTemporaryObject(hearingComponent, testCase, properties);
        tryVerify(() => hearing.errors.length === 1, 30000);
        compareMessages([]);
        createTemporaryObject(clientComponent, testCase, properties);
        tryVerify(() => peer.messages.length > 0, 30000);
        compareMessages(data.told);
        compare(hearing.errors.length, 1);
    }

    function test_aPeerCannotFillTheLog() {
        let seen = 0;
        client.on("tick", () => {
            ++seen;
            throw new Error("broken");
        });
        for (let i = 0; i < 150; ++i)
            peer.emitEvent("tick", [i]);
        tryVerify(() => seen === 150, 30000);
        compare(peer.messages.length, 100); // in a minute
    }

    // Which leave the client connected.
    function test_errorsOfAnOldServer() {
        const hearing = createTemporaryObject(hearingOldComponent, testCase, { url: peer.url });
        hearing.emitEvent("err me", "busy");
        tryVerify(() => hearing.errors.length === 1, 30000);
        compare(hearing.errors[0].message, "busy");
        compare(hearing.errors[0].type, SocketIoError.Refused);
        verify(hearing.connected);
        compareMessages([]);
        const other = createTemporaryObject(oldComponent, testCase, { url: peer.url });
        other.emitEvent("err me", "unheard");
        compareMessages([/: namespace \/ of http:.+ got an error from the server: unheard$/]);
        verify(other.connected);
    }

    function test_droppedEvents() {
        const other = createTemporaryObject(clientComponent, testCase, { url: peer.url, autoConnect: false });
        verify(other.emitEvent("a"));
        verify(other.emitEvent("b"));
        compare(other.emitEvent("c"), false);
        other.emitWithAck("d");
        let error = null;
        other.emitWithAck("e").catch(e => error = e);
        tryVerify(() => error !== null, 30000);
        compare(error.type, SocketIoError.Argument);
        compareMessages([/: the event "c" was dropped: 2 events wait already, .+ Emit less .+/,
                         /: Uncaught .+: the event "d" was dropped: 2 events wait already, .+ Emit less .+/]);
        other.open();
        tryCompare(other, "connected", true, 30000);
    }

    function test_serversThatCannotListen_data() {
        const inUse = /: The server does not listen: Cannot listen on 127\.0\.0\.1:[0-9]+: .+ in use\. Set the property port to .+ or to 0 .+\.$/;
        const noAddress = /: The server does not listen: "no\.such\.host" is not an address\. Set the property host to an IP address .+\.$/;
        const noPort = /: The server does not listen: (700000|-5) is not a port\. Set the property port to a number from 0 to 65535\.$/;
        return [
            { tag: "port in use", properties: port => ({ port: port }), told: [inUse] },
            { tag: "name of a host", properties: () => ({ host: "no.such.host" }), told: [noAddress] },
            { tag: "port too big", properties: () => ({ port: 700000 }), told: [noPort] },
            { tag: "negative port", properties: () => ({ port: -5 }), told: [noPort] },
            { tag: "no port, before it should listen", properties: () => ({ port: -5, listen: false }),
              told: [noPort] },
            { tag: "put right in time", properties: () => ({ port: -5 }), then: made => made.port = 0,
              told: [] },
            { tag: "set to the same mistake again", properties: () => ({ port: -5 }),
              then: made => { made.listen = false; made.listen = true; }, told: [noPort] },
        ];
    }
    function test_serversThatCannotListen(data) {
        const other = createTemporaryObject(serverComponent, testCase);
        const made = createTemporaryObject(serverComponent, testCase, data.properties(other.port));
        data.then?.(made);
        compare(made.listening, data.told.length === 0);
        compare(made.errorString.length > 0, data.told.length > 0);
        compareMessages(data.told);
    }

    function test_serversWhoseFailuresAreHandledSayNothing() {
        const other = createTemporaryObject(serverComponent, testCase);
        const heard = createTemporaryObject(serverComponent, testCase, { port: other.port });
        const errors = [];
        heard.errorStringChanged.connect(() => errors.push(heard.errorString));
        const shown = createTemporaryObject(boundServerComponent, testCase, { port: other.port });
        verify(shown.shown.includes("in use"), shown.shown);
        compareMessages([]);
        heard.host = "no.such.host";
        compare(errors, ['"no.such.host" is not an address']);
        compareMessages([]);
        heard.host = "localhost";
        heard.port = 0;
        verify(heard.listening);
        compare(errors[errors.length - 1], "");
    }

    function test_changesOfPropertiesDisconnect_data() {
        return [
            { tag: "url", change: (made, server) => made.url = server.url },
            { tag: "no url", change: made => made.url = "" },
            { tag: "nsp", change: made => made.nsp = "/other" },
            { tag: "options", change: made => made.options = { ackTimeout: 9000 } },
        ];
    }
    function test_changesOfPropertiesDisconnect(data) {
        const server = createTemporaryObject(serverComponent, testCase);
        server.of("/other");
        const other = createTemporaryObject(serverComponent, testCase);
        const guest = createConnected(server.url);
        const told = [];
        guest.connectedChanged.connect(() => told.push(guest.connected));
        guest.disconnected.connect((reason, description) => told.push(reason, description, guest.connected));
        let error = null;
        guest.emitWithAck("question").catch(e => error = e);
        data.change(guest, other);
        compare(told.slice(0, 4), [false, "io client disconnect", "the properties of the client have changed", false]);
        tryVerify(() => error !== null, 30000);
        compare(error.type, SocketIoError.Disconnected);
        verify(error.hint.includes("in QML the url, nsp or options"), error.hint);
        if (data.tag !== "no url") {
            tryCompare(guest, "connected", true, 30000);
            compare(told, [false, "io client disconnect", "the properties of the client have changed", false, true]);
        }
        // Who is not connected is not disconnected.
        told.length = 0;
        guest.close();
        tryCompare(guest, "connected", false, 30000);
        told.length = 0;
        guest.options = { ackTimeout: 8000 };
        verify(!told.includes("io client disconnect"));
        compareMessages([]);
    }

    function test_anEmptyTextIsANameButOfNoElement() {
        const got = [];
        const server = createTemporaryObject(serverComponent, testCase);
        const guest = createConnected(server.url);
        tryCompare(server, "socketsCount", 1, 30000);
        server.socket(guest.sid).on("", (value, done) => { got.push(value); done?.(4); });
        verify(guest.emitEvent("", 1));
        tryVerify(() => got.length === 1, 30000);
        compare(got, [1]);
        const nameless = createTemporaryObject(eventComponent, testCase, { client: guest, name: "" });
        nameless.received.connect(value => got.push(value));
        server.emitEvent("", 2);
        guest.emitWithAck("", 3).then(answer => got.push(answer));
        tryVerify(() => got.length === 3, 30000);
        compare(got, [1, 3, 4]);
        createTemporaryObject(eventComponent, testCase, { client: client });
        compareMessages([/: This event has no name: set its property name/]);
    }
}
