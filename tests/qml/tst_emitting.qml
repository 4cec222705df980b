// SPDX-License-Identifier: MIT
// What the functions that send events make of their arguments, for clients and servers.
// The peer is a property of the context.
// qmllint disable unqualified
import QtQml
import QtTest
import SocketIo

TestCase {
    id: testCase
    name: "SocketIoEmitter"

    property SocketIoClient shortLived

    Component {
        id: clientComponent
        SocketIoClient {
            property var events: []
            options: ({ reconnectionDelay: 20, reconnectionDelayMax: 100, ackTimeout: 10000 })
            onEventReceived: (name, args) => events.push([name, args])
        }
    }
    Component {
        id: serverComponent
        SocketIoServer {
            host: "localhost"
            property var received: []
            onConnected: socket => {
                socket.eventReceived.connect((name, args) => received.push([name, args]));
            }
        }
    }
    SignalSpy {
        id: peerSpy
        target: peer
        signalName: "received"
    }

    function createConnected(url) {
        const client = createTemporaryObject(clientComponent, testCase, { url: url ?? peer.url });
        tryCompare(client, "connected", true, 30000);
        return client;
    }

    function init() {
        peerSpy.clear();
    }

    function test_sendsAsManyArgumentsAsThereAre_data() {
        const twenty = Array.from({ length: 20 }, (_, i) => i);
        return [
            { tag: "none", args: [], sent: [] },
            { tag: "undefined", args: [undefined], sent: [null] },
            { tag: "undefined at the end", args: [1, undefined], sent: [1, null] },
            { tag: "undefined in the middle", args: [undefined, 1], sent: [null, 1] },
            { tag: "several undefined", args: [undefined, undefined], sent: [null, null] },
            { tag: "null", args: [null], sent: [null] },
            { tag: "twenty", args: twenty, sent: twenty },
            { tag: "an array", args: [[1, 2]], sent: [[1, 2]] },
        ];
    }

    function test_sendsAsManyArgumentsAsThereAre(data) {
        const client = createConnected();
        // What is volatile is dropped during the upgrade.
        tryCompare(client, "transport", "websocket", 30000);
        verify(client.emitEvent("event", ...data.args));
        tryCompare(peerSpy, "count", 1, 30000);
        verify(client.emitVolatile("volatile", ...data.args));
        tryCompare(peerSpy, "count", 2, 30000);
        for (const [, args] of peerSpy.signalArguments)
            compare(JSON.stringify(args), JSON.stringify(data.sent));
    }

    function test_theLastFunctionGetsTheAnswer() {
        const client = createConnected();
        let answer = null;
        verify(client.emitEvent("echo", "saved", 2, (...args) => answer = args));
        tryVerify(() => answer !== null, 30000);
        compare(answer, ["saved", 2]);
        answer = null;
        verify(client.emitEvent("echo", () => answer = "called"));
        tryVerify(() => answer === "called", 30000);
    }

    function test_theSecondFunctionGetsTheError() {
        const client = createTemporaryObject(clientComponent, testCase,
                                             { url: peer.url, options: { ackTimeout: 20 } });
        tryCompare(client, "connected", true, 30000);
        let error = null;
        verify(client.emitEvent("silent", 1, () => fail("no answer was given"), e => error = e));
        tryVerify(() => error !== null, 30000);
        verify(error.message.startsWith("operation has timed out: "), error.message);
    }

    // As with asVolatile() in C++: it does not wait for a connection.
    function test_whatIsVolatileMayAskForAnAnswer() {
        const client = createTemporaryObject(clientComponent, testCase,
                                             { url: peer.url, autoConnect: false });
        let error = null;
        let answer = null;
        verify(client.emitVolatile("echo", "dropped", () => answer = "wrong", e => error = e));
        tryVerify(() => error !== null, 30000);
        verify(error.message.includes("volatile"), error.message);
        client.timeout(5000).emitVolatile("echo", "dropped", () => answer = "wrong", e => error = [e]);
        tryVerify(() => Array.isArray(error), 30000);
        client.open();
        tryCompare(client, "connected", true, 30000);
        tryCompare(client, "transport", "websocket", 30000);
        client.emitVolatile("echo", "sent", text => answer = text);
        tryVerify(() => answer !== null, 30000);
        compare(answer, "sent");
        // What another test has sent last may come here.
        for (const [, args] of peerSpy.signalArguments)
            verify(args[0] !== "dropped");
    }

    function test_listsAreSpread() {
        const client = createConnected();
        let answer = null;
        client.emitWithAckList("echo", ["first", 2]).then(value => answer = value);
        tryVerify(() => answer === "first", 30000);
    }

    function test_serversSendThem() {
        const server = createTemporaryObject(serverComponent, testCase);
        const client = createConnected(server.url);
        tryCompare(server, "socketsCount", 1, 30000);
        const socket = server.socket(client.sid);
        client.on("ask", (text, answer) => answer(`${text}!`));
        verify(server.emitEvent("server", 1, undefined));
        verify(server.of("/").emitEvent("namespace", undefined));
        verify(server.to(client.sid).emitEvent("room", 1, 2));
        verify(socket.emitEvent("socket", 1, 2, 3));
        tryVerify(() => client.events.length === 4, 30000);
        compare(JSON.stringify(client.events), JSON.stringify([
            ["server", [1, null]], ["namespace", [null]], ["room", [1, 2]], ["socket", [1, 2, 3]],
        ]));
        const answers = [];
        socket.emitEvent("ask", "one", text => answers.push(text));
        tryVerify(() => answers.length === 1, 30000);
        server.to(client.sid).timeout(10000).emitEvent("ask", "two", texts => answers.push(texts));
        gc(); // what to() gave may go, the answer comes nevertheless
        tryVerify(() => answers.length === 2, 30000);
        compare(answers, ["one!", ["two!"]]);
    }

    function test_addressesNeedNoScheme_data() {
        return [{ tag: "main", nsp: "" }, { tag: "namespace", nsp: "other" }];
    }

    function test_addressesNeedNoScheme(data) {
        const address = String(peer.url).replace("http://", "");
        const client = createTemporaryObject(clientComponent, testCase,
                                             { url: address, nsp: data.nsp });
        tryCompare(client, "connected", true, 30000);
        compare(client.nsp, `/${data.nsp}`);
    }

    function test_functionsKeptForLaterAreHarmless() {
        shortLived = clientComponent.createObject(testCase, { url: peer.url });
        const emitEvent = shortLived.emitEvent;
        verify(emitEvent === shortLived.emitEvent);
        shortLived.destroy();
        tryVerify(() => shortLived === null, 30000);
        compare(emitEvent("late", 1), undefined);
    }
}
