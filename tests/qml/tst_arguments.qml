// SPDX-License-Identifier: MIT
// What cannot be sent is refused, and says why; wrong arguments of functions do as well.
// The peer is a property of the context.
// qmllint disable unqualified
import QtQml
import QtTest
import SocketIo

TestCase {
    id: testCase
    name: "Arguments"

    property SocketIoClient client
    property list<string> texts: ["red", "blue"]
    property list<int> numbers: [1, 2]

    Component {
        id: clientComponent
        SocketIoClient { options: ({ ackTimeout: 30000 }) }
    }
    Component {
        id: serverComponent
        SocketIoServer {
            host: "localhost"
            options: ({ maxValues: 4 })
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

    function createConnected(properties) {
        const made = createTemporaryObject(clientComponent, testCase,
                                           Object.assign({ url: peer.url }, properties));
        tryCompare(made, "connected", true, 30000);
        tryCompare(made, "transport", "websocket", 30000); // what is volatile is not dropped
        return made;
    }

    function initTestCase() {
        client = clientComponent.createObject(testCase,
                                              { url: peer.url, options: { maxValues: 20000 } });
        tryCompare(client, "connected", true, 30000);
        tryCompare(client, "transport", "websocket", 30000);
    }

    function cleanupTestCase() {
        client.destroy();
    }

    function init() {
        peerSpy.clear();
        askedSpy.clear();
    }

    // All that was sent before has arrived with this.
    function nothingWasSent() {
        client.emitEvent("last");
        tryVerify(() => peerSpy.count > 0, 30000);
        compare(peerSpy.signalArguments[0][0], "last");
    }

    function tree() {
        const parent = { children: [] };
        parent.children.push({ parent: parent }, { parent: parent });
        return parent;
    }
    function twice() {
        const c = {};
        c.a = c;
        c.b = c;
        return c;
    }
    function diamond(levels) {
        let value = [];
        for (let i = 0; i < levels; ++i)
            value = { a: value, b: value };
        return value;
    }
    function nested(levels) {
        let value = 1;
        for (let i = 0; i < levels; ++i)
            value = [value];
        return value;
    }

    function test_whatCannotBeSent_data() {
        const collected = (collection, add) => { add(collection); return collection; };
        const endless = () => ({ get a() { return endless(); }, get b() { return endless(); } });
        const again = "again";
        const reference = /^Leave that reference out, or give the object a toJSON\(\)\.$/;
        const many = "it contains more than 20000 values";
        const maxValues = /the limit is set with the option maxValues/;
        const deep = "argument 2[^ ]* is nested more than 512 levels deep, including the list of arguments";
        return [
            { tag: "tree with parents", value: tree(),
              reason: `argument 2.children\\[0\\].parent is argument 2 ${again}`, hint: reference },
            { tag: "itself twice", value: twice(), reason: `argument 2.a is argument 2 ${again}`, hint: reference },
            { tag: "in an array", value: [[twice()]],
              reason: `argument 2\\[0\\]\\[0\\].a is argument 2\\[0\\]\\[0\\] ${again}`, hint: reference },
            { tag: "array", value: collected([], a => a.push(a, a)),
              reason: `argument 2\\[0\\] is argument 2 ${again}`, hint: reference },
            { tag: "map", value: collected(new Map(), m => m.set("k", m)),
              reason: `argument 2.k is argument 2 ${again}`, hint: reference },
            { tag: "set", value: collected(new Set(), s => s.add(s)),
              reason: `argument 2\\[0\\] is argument 2 ${again}`, hint: reference },
            { tag: "by toJSON()", value: { toJSON: twice },
              reason: `argument 2.a is argument 2 ${again}`, hint: reference },
            { tag: "shared 2^60 times", value: diamond(60), reason: many, hint: maxValues },
            { tag: "longer than there is memory", value: new Array(4294967295), reason: many, hint: maxValues },
            { tag: "too deep", value: nested(2000), reason: deep,
              hint: /in parts/ },
            { tag: "getters without end", value: endless(), reason: deep,
              hint: /in parts/ },
            { tag: "a getter throws", value: { a: { get b() { throw new Error("no"); } } },
              reason: "reading argument 2\\.a\\.b threw Error: no",
              hint: /^Fix that getter, or send its values instead of the object\.$/ },
            { tag: "a getter in an array throws",
              value: [1, Object.defineProperty([1, 2], 1, { get() { throw new Error("no"); } })],
              reason: "reading argument 2\\[1\\]\\[1\\] threw Error: no",
              hint: /^Fix that getter/ },
            { tag: "a getter of toJSON() throws", value: { get toJSON() { throw new Error("no"); } },
              reason: "reading argument 2\\.toJSON threw Error: no",
              hint: /^Fix that getter/ },
            { tag: "toJSON() throws", value: { a: { toJSON() { throw new Error("no"); } } },
              reason: "toJSON\\(\\) of argument 2.a threw Error: no",
              hint: /Fix that function/ },
        ];
    }

    function test_whatCannotBeSent(data) {
        const warning = new RegExp(`Not sent: in event "bad", ${data.reason}`);
        ignoreWarning(warning);
        compare(client.emitEvent("bad", 1, data.value), false);
        ignoreWarning(warning);
        compare(client.emitVolatile("bad", 1, data.value), false);
        ignoreWarning(warning);
        compare(client.emitEventList("bad", [1, data.value]), false);
        // Who hears of it needs no warning.
        failOnWarning(warning);
        const errors = [];
        const failed = error => errors.push(error);
        client.emitWithAck("bad", 1, data.value).then(() => fail("answered"), failed);
        client.emitWithAckList("bad", [1, data.value]).then(() => fail("answered"), failed);
        compare(client.emitEvent("bad", 1, data.value, () => fail("answered"), failed), false);
        compare(errors.length, 0);
        tryVerify(() => errors.length === 3, 30000);
        for (const error of errors) {
            compare(error.type, SocketIoError.Argument);
            verify(warning.test(error.message), error.message);
            verify(data.hint.test(error.hint), error.hint);
        }
        nothingWasSent();
    }

    function test_whatIsSharedIsSent() {
        const shared = { a: [1] };
        let answer = null;
        client.emitWithAck("echo", [shared, shared, { b: shared }]).then(value => answer = value);
        tryVerify(() => answer !== null, 30000);
        compare(answer, [{ a: [1] }, { a: [1] }, { b: { a: [1] } }]);
        // Itself, but not in itself.
        const plain = { b: 2, toJSON() { return this; } };
        answer = null;
        client.emitWithAck("echo", plain).then(value => answer = value);
        tryVerify(() => answer !== null, 30000);
        compare(answer, { b: 2 });
    }

    function test_anAnswerCanBeGivenAgain() {
        client.once("ask", answer => {
            ignoreWarning(/Not sent: in the answer to event "ask", argument 1.a is argument 1 again/);
            answer(twice());
            answer("fine");
        });
        peer.ask("ask", []);
        tryVerify(() => askedSpy.count > 0, 30000);
        verify(JSON.stringify(askedSpy.signalArguments[0][0]).includes("fine"));
    }

    function test_authenticationDoesNotHang() {
        const other = createTemporaryObject(clientComponent, testCase,
                                            { url: peer.url, autoConnect: false });
        ignoreWarning(/Not sent: in the data for authentication, value.a is value again/);
        other.auth = twice();
        ignoreWarning(/Not sent: in the data for authentication, value.a is value again/);
        other.auth = () => twice();
        other.open();
        tryCompare(other, "connected", true, 30000);
        let auth = null;
        other.emitWithAck("auth").then(value => auth = value);
        tryVerify(() => auth !== null, 30000);
        compare(JSON.stringify(auth), "{}");
    }

    function test_optionsDoNotHang() {
        const options = { query: {} };
        options.query.a = options;
        options.query.b = options;
        const other = createTemporaryObject(clientComponent, testCase, { options: options });
        verify(other);
    }

    function test_modelsDoNotHang() {
        const model = createTemporaryQmlObject("import SocketIo; SocketIoListModel { keyRole: 'id' }",
                                               testCase);
        ignoreWarning(/Cannot be converted: value.a is value again/);
        model.insert(twice());
        compare(model.count, 0);
    }

    function test_theNumberOfValuesIsASetting() {
        const other = createConnected({ options: { maxValues: 4 } });
        verify(other.emitEvent("event", [1, 2, 3]));
        ignoreWarning(/in event "event", it contains more than 4 values/);
        compare(other.emitEvent("event", [1, 2, 3, 4]), false);
        ignoreWarning(/in event "event", it contains more than 4 values/);
        compare(other.timeout(1).emitEvent("event", [1, 2, 3, 4]), false);

        const server = createTemporaryObject(serverComponent, testCase);
        const guest = createConnected({ url: server.url });
        tryCompare(server, "socketsCount", 1, 30000);
        const socket = server.socket(guest.sid);
        for (const emitter of [server, server.of("/a"), server.to("a"), socket, socket.timeout(1),
                               socket.broadcast()]) {
            verify(emitter.emitEvent("event", [1, 2, 3]));
            ignoreWarning(/in event "event", it contains more than 4 values/);
            compare(emitter.emitEvent("event", [1, 2, 3, 4]), false);
        }
    }

    function test_theDepthIsASetting_data() {
        return [
            { tag: "by default", options: {}, depth: 512 },
            { tag: "little", options: { maxDepth: 20 }, depth: 20 },
            { tag: "as deep as can be", options: { maxDepth: 1024 }, depth: 1024 },
            { tag: "too deep", options: { maxDepth: 5000 }, depth: 512,
              warning: /The option "?maxDepth"? has a wrong value.*1 to 1024/ },
            { tag: "none", options: { maxDepth: 0 }, depth: 512, warning: /The option "?maxDepth"? has a wrong value/ },
        ];
    }
    // The list of the arguments is a level.
    function test_theDepthIsASetting(data) {
        for (let i = 0; data.warning && i < 2; ++i)
            ignoreWarning(data.warning);
        const server = createTemporaryObject(serverComponent, testCase, { options: data.options });
        const guest = createConnected({ url: server.url, options: data.options });
        tryCompare(server, "socketsCount", 1, 30000);
        const socket = server.socket(guest.sid);
        const warning = new RegExp(`nested more than ${data.depth} levels deep, including the list of arguments`);
        for (const emitter of [guest, guest.timeout(1), server, server.of("/a"), server.to("a"), socket]) {
            verify(emitter.emitEvent("event", nested(data.depth - 1)));
            ignoreWarning(warning);
            compare(emitter.emitEvent("event", nested(data.depth)), false);
        }
        // It comes through.
        const got = [];
        socket.on("deep", value => got.push(value));
        guest.emitEvent("deep", nested(data.depth - 1));
        tryVerify(() => got.length === 1, 30000);
        compare(JSON.stringify(got[0]), JSON.stringify(nested(data.depth - 1)));
    }

    // Beside binary data it would be taken for a part of these.
    function test_placeholdersAreNotSentWithBinaryData() {
        const server = createTemporaryObject(serverComponent, testCase);
        const guest = createConnected({ url: server.url });
        tryCompare(server, "socketsCount", 1, 30000);
        const bytes = new Uint8Array([1]).buffer;
        for (const emitter of [guest, server, server.to("a"), server.socket(guest.sid)]) {
            verify(emitter.emitEvent("event", { _placeholder: true, num: 0 }));
            ignoreWarning(/the event "event" was not sent: it has binary data and an object with "_placeholder"/);
            compare(emitter.emitEvent("event", { _placeholder: true, num: 0 }, bytes), false);
        }
        // A client warns from the event loop.
        const got = [];
        server.socket(guest.sid).on("after", () => got.push(1));
        guest.emitEvent("after");
        tryVerify(() => got.length === 1, 30000);
    }

    function test_thereIsALimitByDefault() {
        const other = createConnected();
        ignoreWarning(/in event "event", it contains more than 1000000 values/);
        compare(other.emitEvent("event", diamond(60)), false);
    }

    function test_theSizeIsASetting() {
        const other = createConnected({ options: { maxSentSize: 100 } });
        verify(other.emitEvent("event", "a".repeat(50)));
        ignoreWarning(/Not sent: event "large" has more than 100 bytes/);
        verify(other.emitEvent("large", "a".repeat(100))); // for it may be written later
        tryCompare(peerSpy, "count", 1, 30000);
        let error = null;
        ignoreWarning(/Not sent: event "asked" has more than 100 bytes/);
        other.emitWithAck("asked", "a".repeat(100)).catch(reason => error = reason);
        tryVerify(() => error !== null, 30000);
        verify(error.message.includes("asked"), error.message);
        verify(error.hint.includes("qt.socketio.events"), error.hint);
    }

    function test_aCallbackAndAPromiseAreBothTold() {
        let called = null;
        let kept = null;
        client.emitWithAck("echo", 1, value => called = value).then(value => kept = value);
        tryVerify(() => called === 1 && kept === 1, 30000);
    }

    function test_eventsHaveNames_data() {
        return [
            { tag: "nothing", args: [], what: "undefined" },
            { tag: "undefined", args: [undefined], what: "undefined" },
            { tag: "null", args: [null, 1], what: "null" },
            { tag: "boolean", args: [true], what: "true" },
            { tag: "object", args: [{}], what: "an object" },
            { tag: "array", args: [["a"]], what: "an object" },
            { tag: "symbol", args: [Symbol("a")], what: "a symbol" },
            { tag: "function", args: [() => 1], what: "a function" },
        ];
    }

    function test_eventsHaveNames(data) {
        const expected = name => new RegExp(
            `${name}\\(\\) expects the name of an event as its first argument, not ${data.what}`);
        const expect = name => ignoreWarning(expected(name));
        expect("emitEvent");
        compare(client.emitEvent(...data.args), false);
        expect("emitVolatile");
        compare(client.emitVolatile(...data.args), false);
        expect("emitEventList");
        compare(client.emitEventList(data.args[0], []), false);
        failOnWarning(expected("emitWithAck"));
        failOnWarning(expected("emitWithAckList"));
        let reason = null;
        client.emitWithAck(...data.args).then(() => fail("sent"), error => reason = error);
        tryVerify(() => reason !== null, 30000);
        compare(reason.type, SocketIoError.Argument);
        verify(expected("emitWithAck").test(reason.message), reason.message);
        verify(reason.hint.includes('emitWithAck("name"'), reason.hint);
        reason = null;
        client.emitWithAckList(data.args[0], []).then(() => fail("sent"), error => reason = error);
        tryVerify(() => reason !== null, 30000);
        for (const name of ["on", "once", "off"]) {
            expect(name);
            client[name](data.args[0], () => fail("called"));
        }
        nothingWasSent();
    }

    function test_numbersAreNames() {
        verify(client.emitEvent(12, "a"));
        tryCompare(peerSpy, "count", 1, 30000);
        compare(peerSpy.signalArguments[0][0], "12");
    }

    function test_whatBecomesOfArguments_data() {
        const lost = (what, remedy) => new RegExp(
            `In event "echo", argument ${what}, which cannot be sent; .+ is sent instead\\. ${remedy}`);
        return [
            { tag: "function in the middle", args: [1, () => 1, 2], sent: [1, null, 2],
              warning: lost("2 is a function", "An acknowledgement callback must be the last") },
            { tag: "symbol", args: [Symbol("a")], sent: [null], warning: lost("1 is a symbol", "Use a string") },
            { tag: "promise", args: [Promise.resolve(1)], sent: [null], warning: lost("1 is a Promise", "Send its result in then") },
            { tag: "object of the scene", args: [testCase], sent: [null],
              warning: lost("1 is the object TestCase", "Send the properties") },
            { tag: "function in an array", args: [{ a: { b: [1, () => 1] } }], sent: [{ a: { b: [1, null] } }],
              warning: lost("1\\.a\\.b\\[1\\] is a function", "Send its return value") },
            { tag: "function in an object", args: [{ a: { b: () => 1 } }], sent: [{ a: {} }],
              warning: /argument 1\.a\.b is a function, which cannot be sent; nothing is sent instead/ },
            { tag: "object of the scene in an object", args: [{ a: [client] }], sent: [{ a: [null] }],
              warning: lost("1\\.a\\[0\\] is the object QmlClient", "Send the properties") },
            { tag: "numbers without JSON", args: [NaN, Infinity, -Infinity], sent: [null, null, null] },
            { tag: "dates", args: [new Date(0), new Date(NaN)],
              sent: ["1970-01-01T00:00:00.000Z", null] },
            { tag: "collections", args: [new Map([["a", 1], [2, [3]]]), new Set([1, "b"])],
              sent: [{ 2: [3], a: 1 }, [1, "b"]] },
            { tag: "error", args: [new TypeError("no")],
              sent: [{ message: "no", name: "TypeError" }] },
            { tag: "regular expression", args: [/a+/i], sent: ["/a+/i"] },
            { tag: "boxed", args: [new Number(1), new String("a"), new Boolean(false)],
              sent: [1, "a", false] },
            { tag: "undefined members", args: [{ a: undefined, b: [undefined] }],
              sent: [{ b: [null] }] },
            { tag: "holes", args: [[1, , 2]], sent: [[1, null, 2]] },
            { tag: "names of binary data", args: [{ byteLength: 2, buffer: new ArrayBuffer(4), a: 1 }],
              sent: [{ a: 1, buffer: {}, byteLength: 2 }] },
            { tag: "members that are not enumerable",
              args: [Object.defineProperty({ a: 1 }, "b", { value: 2 })], sent: [{ a: 1 }] },
            { tag: "getters", args: [{ get a() { return 1; } }], sent: [{ a: 1 }] },
            { tag: "keys with the same text", args: [[new Map([[1, "a"], ["1", "b"]])]],
              sent: [[{ 1: "b" }]],
              warning: /argument 1\[0\] is a Map with two keys that become the same name "1"/ },
        ];
    }

    function test_whatBecomesOfArguments(data) {
        if (data.warning)
            ignoreWarning(data.warning);
        let answer = null;
        client.emitWithAck("echo", ...data.args, (...args) => answer = args);
        tryVerify(() => answer !== null, 30000);
        compare(JSON.stringify(answer), JSON.stringify(data.sent));
    }

    function test_manyWarningsAreCounted() {
        for (let i = 0; i < 10; ++i)
            ignoreWarning(/In event "echo", argument 1\[[0-9]\] is a function, which cannot be sent; null/);
        ignoreWarning(/In event "echo", 90 more values cannot be sent/);
        client.emitEvent("echo", Array.from({ length: 100 }, () => () => 1));
    }

    // QJSValue does not take them for arrays in all versions of Qt.
    function test_listsOfQmlAreArrays() {
        failOnWarning(/expects the name of a room/);
        verify(client.emitEventList("texts", texts));
        tryCompare(peerSpy, "count", 1, 30000);
        compare(JSON.stringify(peerSpy.signalArguments[0][1]), '["red","blue"]');
        verify(client.emitEventList("numbers", numbers));
        tryCompare(peerSpy, "count", 2, 30000);
        compare(JSON.stringify(peerSpy.signalArguments[1][1]), "[1,2]");

        const server = createTemporaryObject(serverComponent, testCase);
        const joiner = createTemporaryObject(clientComponent, testCase, { url: server.url });
        tryCompare(joiner, "connected", true, 30000);
        let received = 0;
        joiner.on("hello", () => ++received);
        server.socketsJoin(texts);
        server.to(["blue"]).emitEvent("hello");
        tryVerify(() => received === 1, 30000);
        server.except(texts).emitEvent("hello"); // nobody else is there
        server.to(texts).emitEvent("hello");
        tryVerify(() => received === 2, 30000);
    }

    function test_roomsHaveNames() {
        const server = createTemporaryObject(serverComponent, testCase);
        for (const wrong of [undefined, null, {}, Symbol("a"), () => 1]) {
            ignoreWarning(/to\(\) expects the name of a room, not/);
            verify(server.to(wrong).emitEvent("nobody gets it"));
            ignoreWarning(/except\(\) expects the name of a room, not/);
            server.except([wrong]);
            ignoreWarning(/socketsJoin\(\) expects the name of a room, not/);
            server.socketsJoin(wrong);
            ignoreWarning(/of\(\) expects the name of a namespace, a regular expression or a function/);
            if (typeof wrong !== "function")
                compare(server.of(wrong), null);
            else
                server.of({});
        }
    }
}
