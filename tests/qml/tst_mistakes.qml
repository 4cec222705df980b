// SPDX-License-Identifier: MIT
// The peer is a property of the context.
// qmllint disable unqualified
import QtQml
import QtTest
import SocketIo

// What programs get wrong without an error of JavaScript is a warning.
TestCase {
    id: testCase
    name: "Mistakes"

    Component {
        id: clientComponent
        SocketIoClient {
            property var errors: []
            options: ({ forceNew: true, reconnection: false })
            onConnectError: error => errors.push(error)
        }
    }
    Component {
        id: modelComponent
        SocketIoListModel {
            batchInterval: 0
        }
    }
    Component {
        id: nestedComponent
        SocketIoClient {
            property alias rows: model
            SocketIoListModel {
                id: model
                keyRole: "id"
                insertEvent: "row"
            }
        }
    }
    Component {
        id: hastyComponent
        SocketIoServer {
            host: "localhost"
            options: ({ connectTimeout: 100 })
        }
    }

    function cleanup() {
        peer.stopRecording();
    }

    function create(properties) {
        const all = Object.assign({ url: peer.url }, properties ?? {});
        return createTemporaryObject(clientComponent, testCase, all);
    }

    function warnings() {
        return peer.messages.map(message => message.text);
    }

    function hasWarned(pattern) {
        return warnings().some(text => pattern.test(text));
    }

    function test_authThatIsNoObject_data() {
        return [
            { tag: "returned text", auth: () => "tok" },
            { tag: "returned list", auth: () => ["tok"] },
            { tag: "number for next", auth: next => next(5) },
            { tag: "function for next", auth: next => next(next) },
        ];
    }
    function test_authThatIsNoObject(data) {
        peer.record();
        const client = create({ auth: data.auth });
        tryVerify(() => hasWarned(/function of the property auth has given something other than an object/), 30000);
        tryCompare(client, "connected", true, 30000);
        verify(warnings()[0].includes("tst_mistakes.qml"), warnings()[0]);
    }

    function test_authThatIsNothingIsAllowed() {
        peer.record();
        const client = create({ auth: next => next() });
        tryCompare(client, "connected", true, 30000);
        compare(warnings(), []);
    }

    // As in () => { token: 1 }, where the braces are those of the function's body.
    function test_authThatReturnsNothing() {
        peer.record();
        const client = create({ auth: () => {} });
        tryVerify(() => hasWarned(/function of the property auth has returned nothing.*in parentheses/), 30000);
        compare(client.connected, false);
    }

    function test_authThatIsRejected() {
        peer.record();
        const client = create({ auth: () => Promise.reject(new Error("no token")) });
        tryVerify(() => hasWarned(/promise of the function of the property auth was rejected.*no token/), 30000);
        tryVerify(() => client.connected, 30000);
    }

    function test_optionsThatAreNoObject_data() {
        return [
            { tag: "array", options: [1, 2] },
            { tag: "text", options: "path" },
            { tag: "number", options: 5 },
        ];
    }
    function test_optionsThatAreNoObject(data) {
        peer.record();
        create({ options: data.options });
        tryVerify(() => hasWarned(/The property options is an object, such as/), 30000);
    }

    function test_openWithoutAUrl() {
        const client = createTemporaryObject(clientComponent, testCase, { autoConnect: false });
        peer.record();
        client.open();
        verify(hasWarned(/The client does not connect: it has no url/));
        client.url = peer.url;
        tryVerify(() => client.connected, 30000);
        client.url = "";
        client.url = peer.url;
        tryVerify(() => client.connected, 30000);
    }

    function test_closedBeforeThereIsAUrl() {
        const client = createTemporaryObject(clientComponent, testCase, { autoConnect: false });
        client.open();
        client.close();
        client.url = peer.url;
        verify(!client.active);
        client.autoConnect = true;
        verify(client.active);
    }

    function test_authThatNeverComes() {
        peer.record();
        let next;
        const client = create({ auth: given => { next = given; } });
        tryVerify(() => hasWarned(/is not joined: the authFunction has not provided the data/), 30000);
        compare(client.connected, false);
        next({ token: "late" });
        tryCompare(client, "connected", true, 30000);
    }

    function test_theServerLosesPatienceWithAuth() {
        const server = createTemporaryObject(hastyComponent, testCase);
        verify(server.listening, server.errorString);
        const client = create({ url: server.url, auth: next => {} });
        tryVerify(() => client.errors.length > 0, 30000);
        verify(/was not joined.*the authFunction has not provided the data/.test(client.errors[0].message), client.errors[0].message);
        verify(client.errors[0].hint.includes("always calls the callback"), client.errors[0].hint);
    }

    function test_modelWithoutAClient() {
        ignoreWarning(/This model has no client to receive its events/);
        createTemporaryObject(modelComponent, testCase, { resetEvent: "rows" });
    }

    function test_modelsThatNeedNoWarning() {
        peer.record();
        createTemporaryObject(modelComponent, testCase).insert({ id: 1 });
        createTemporaryObject(modelComponent, testCase, { resetEvent: "rows", client: create() });
        createTemporaryObject(nestedComponent, testCase);
        compare(warnings(), []);
    }

    function test_modelOfAnEventThatNeverComes() {
        ignoreWarning(/"connect"/);
        createTemporaryObject(modelComponent, testCase, { resetEvent: "connect", client: create() });
    }

    function test_rowsThatAreLeftOut_data() {
        return [
            { tag: "other key", keyRole: "Id", rows: [{ id: 1 }, { id: 2 }], warning: /other than objects with the member "Id"/ },
            { tag: "texts", keyRole: "", rows: ["a", "b"], warning: /other than objects and/ },
            { tag: "key alone", keyRole: "id", rows: 5, warning: /other than objects with the member "id"/ },
        ];
    }
    function test_rowsThatAreLeftOut(data) {
        const client = create();
        tryCompare(client, "connected", true, 30000);
        const model = createTemporaryObject(modelComponent, testCase, {
            client: client, keyRole: data.keyRole, insertEvent: "row"
        });
        peer.record();
        for (let i = 0; i < 3; ++i)
            peer.emitEvent("row", [data.rows]);
        tryVerify(() => hasWarned(data.warning), 30000);
        compare(model.count, 0);
        peer.emitEvent("row", [{ id: 7, Id: 7 }]);
        tryCompare(model, "count", 1, 30000);
        compare(warnings().length, 1); // once is enough
    }

    function test_singleObjectsMayBeLeftOut() {
        const model = createTemporaryObject(modelComponent, testCase, { keyRole: "id" });
        peer.record();
        model.insert([{ id: 1 }, { name: "no id" }]);
        model.remove([1, 2]);
        model.reset([]);
        wait(0);
        compare(warnings(), []);
    }
}
