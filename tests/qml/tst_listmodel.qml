// SPDX-License-Identifier: MIT
// The peer is a property of the context.
// qmllint disable unqualified
import QtQuick
import QtTest
import SocketIo

TestCase {
    id: testCase
    name: "SocketIoListModel"
    when: windowShown
    width: 300
    height: 600
    visible: true

    Component {
        id: clientComponent
        SocketIoClient {
            url: peer.url
            options: ({ reconnectionDelay: 20, reconnectionDelayMax: 100 })
        }
    }
    Component {
        id: modelComponent
        SocketIoListModel {
            client: null // most tests fill it by hand
            insertEvent: "row"
            updateEvent: "row changed"
            removeEvent: "row gone"
            resetEvent: "rows"
            keyRole: "id"
        }
    }
    Component {
        id: spyComponent
        SignalSpy {}
    }
    Component {
        id: viewComponent
        ListView {
            id: view
            property int bindings: 0
            width: 300
            height: 600
            delegate: Text {
                required property string id
                required property double value
                text: `${id}: ${value}`
                onTextChanged: ++view.bindings
            }
        }
    }

    Component {
        id: sortedViewComponent
        ListView {
            width: 300
            height: 600
            delegate: Text {
                required property string symbol
                text: symbol
            }
        }
    }

    function create(properties) {
        const model = createUnwatched(properties);
        peer.watch(model);
        return model;
    }

    // Without the checks of each signal, which cost much more than the model.
    function createUnwatched(properties) {
        return createTemporaryObject(modelComponent, testCase, properties ?? {});
    }

    function contents(model) {
        return Array.from({ length: model.count }, (_, row) => model.get(row));
    }

    function spy(target, name) {
        return createTemporaryObject(spyComponent, testCase, { target: target, signalName: name });
    }

    function rows(from, to) {
        return Array.from({ length: to - from }, (_, i) => ({ id: from + i, value: 0 }));
    }

    function test_eventsFillIt() {
        const client = createTemporaryObject(clientComponent, testCase);
        tryCompare(client, "connected", true, 30000);
        const model = create({ client: client });
        peer.emitEvent("row", [{ id: "a", value: 1 }]);
        peer.emitEvent("row", [[{ id: "b", value: 2 }, { id: "c", value: 3 }]]);
        tryCompare(model, "count", 3, 30000);
        peer.emitEvent("row changed", [{ id: "b", value: 20 }]);
        peer.emitEvent("row gone", ["a"]);
        tryCompare(model, "count", 2, 30000);
        compare(contents(model), [{ id: "b", value: 20 }, { id: "c", value: 3 }]);
        peer.emitEvent("row gone", [{ id: "c" }]);
        tryCompare(model, "count", 1, 30000);
        peer.emitEvent("rows", [[{ id: "x", value: 0 }, { id: "y", value: 0 }]]);
        tryCompare(model, "count", 2, 30000);
        compare(contents(model).map(row => row.id), ["x", "y"]);
        // Without its client it hears nothing.
        model.client = null;
        peer.emitEvent("row", [{ id: "z", value: 1 }]);
        const heard = spy(client, "eventReceived");
        peer.emitEvent("end", []);
        tryVerify(() => heard.signalArguments.some(args => args[0] === "end"), 30000);
        model.flush();
        compare(model.count, 2);
    }

    function test_insertReplacesAndUpdateMerges() {
        const model = create({ batchInterval: 0 });
        model.insert({ id: 1, name: "one", value: 1 });
        model.update({ id: 1, value: 2 });
        compare(contents(model), [{ id: 1, name: "one", value: 2 }]);
        model.insert({ id: 1, value: 3 });
        compare(contents(model), [{ id: 1, value: 3 }]);
        // What is not there yet is inserted by both.
        model.update({ id: 2, value: 4 });
        compare(model.count, 2);
        compare(model.find(2), 1);
        compare(model.find("nobody"), -1);
    }

    function test_oneUpdateForAFrame() {
        const model = create();
        model.reset(rows(0, 10));
        model.flush();
        const changed = spy(model, "dataChanged");
        const inserted = spy(model, "rowsInserted");
        const removed = spy(model, "rowsRemoved");
        for (let i = 0; i < 100; ++i)
            model.update({ id: 3 + i % 2, value: i });
        model.insert(rows(10, 15));
        model.remove([0, 1, 8]);
        compare(changed.count, 0);
        tryCompare(model, "count", 12, 30000);
        // Neighbours go together.
        compare(changed.count, 1);
        compare(inserted.count, 1);
        compare(removed.count, 2);
        compare(contents(model).map(row => row.id), [2, 3, 4, 5, 6, 7, 9, 10, 11, 12, 13, 14]);
        compare([model.get(1).value, model.get(2).value], [98, 99]);
        for (let row = 0; row < model.count; ++row)
            compare(model.find(model.get(row).id), row);
    }

    function test_changesOfOneFrameCancelOut() {
        const model = create();
        model.insert([{ id: 1, value: 1 }, { id: 2, value: 2 }]);
        model.remove(1);
        model.insert({ id: 3, value: 3 });
        model.remove(2);
        model.insert({ id: 2, value: 22 });
        model.flush();
        compare(contents(model), [{ id: 3, value: 3 }, { id: 2, value: 22 }]);
        model.insert({ id: 4, value: 4 });
        model.clear();
        model.insert({ id: 5, value: 5 });
        model.flush();
        compare(contents(model), [{ id: 5, value: 5 }]);
        const changed = spy(model, "dataChanged");
        model.update({ id: 5, value: 5 });
        model.flush();
        compare(changed.count, 0);
    }

    function test_theOldestGo() {
        const model = create({ maximumCount: 3 });
        model.insert(rows(0, 2));
        model.flush();
        model.insert(rows(2, 5));
        model.flush();
        compare(contents(model).map(row => row.id), [2, 3, 4]);
        model.update({ id: 3, value: 33 });
        model.flush();
        compare(model.get(1), { id: 3, value: 33 });
        model.insert(rows(10, 20));
        model.flush();
        compare(contents(model).map(row => row.id), [17, 18, 19]);
        compare(model.find(17), 0);
        compare(model.find(3), -1);
        model.maximumCount = 1;
        compare(contents(model).map(row => row.id), [19]);
    }

    function test_withoutKeyEveryEventIsARow() {
        const model = create({ keyRole: "", maximumCount: 100 });
        for (let i = 0; i < 150; ++i)
            model.insert({ text: `line ${i}` });
        model.flush();
        compare(model.count, 100);
        compare(model.get(0), { text: "line 50" });
    }

    function test_newMembersAreNewRoles() {
        const model = create();
        const resets = spy(model, "modelReset");
        model.insert({ id: 1 });
        model.flush();
        compare(model.roles, ["id"]);
        model.update({ id: 1, value: 5 });
        model.flush();
        compare(model.roles, ["id", "value"]);
        compare(model.get(0), { id: 1, value: 5 });
        compare([model.get(-1), model.get(model.count)], [{}, {}]);
        compare(resets.count, 2);
        model.update({ id: 1, value: 6 });
        model.flush();
        compare(resets.count, 2);
    }

    function test_fixedRoles() {
        const model = create({ roles: ["id", "value"] });
        model.insert({ id: 1, value: 2, secret: 3 });
        model.flush();
        compare(model.get(0), { id: 1, value: 2 });
        compare(model.roles, ["id", "value"]);
    }

    function test_nonsenseIsIgnored() {
        ignoreWarning(/something other than objects/);
        const model = create();
        for (const value of [null, undefined, 1, "text", [], [1, [2]], {}, { value: 1 }])
            model.insert(value);
        model.remove(null);
        model.remove([{}, "nobody"]);
        model.flush();
        wait(0); // for the warning
        compare(model.count, 0);
        const many = {};
        for (let i = 0; i < 1000; ++i)
            many[`role${i}`] = i;
        model.insert(Object.assign({ id: 1 }, many));
        model.flush();
        verify(model.roles.length <= 256);
    }

    function test_aViewFollows() {
        const model = create({ roles: ["id", "value"] });
        model.insert(rows(0, 20));
        model.flush();
        const view = createTemporaryObject(viewComponent, testCase, { model: model });
        tryVerify(() => view.itemAtIndex(2) !== null, 30000);
        compare(view.itemAtIndex(2).text, "2: 0");
        model.update({ id: 2, value: 7.5 });
        model.flush();
        compare(view.itemAtIndex(2).text, "2: 7.5");
        model.remove(0);
        model.flush();
        tryVerify(() => view.itemAtIndex(1)?.text === "2: 7.5", 30000);
    }

    function test_keysAreFoundWhenOldRowsHaveGone() {
        const model = create({ roles: ["id", "value"], maximumCount: 50, batchInterval: 0 });
        for (let i = 0; i < 200; ++i) {
            model.insert({ id: i, value: i });
            if (i % 7 === 0)
                model.remove(i - 3);
        }
        for (let row = 0; row < model.count; ++row)
            compare(model.find(model.get(row).id), row);
        compare(model.find(1), -1);
        compare(model.find("199"), model.count - 1);
    }

    function test_onlyWhatChangedIsTold() {
        const model = create({ roles: ["id", "value"], batchInterval: 0 });
        model.insert(rows(0, 7));
        const changed = spy(model, "dataChanged");
        model.update({ id: 1, value: 0 });
        compare(changed.count, 0);
        model.update([{ id: 5, value: 10 }, { id: 1, value: 10 }, { id: 2, value: 10 }]);
        compare(changed.signalArguments.map(args => [args[0].row, args[1].row]), [[1, 2], [5, 5]]);
    }

    function test_aHandlerMayChangeTheModel() {
        const model = create({ roles: ["id", "value"], batchInterval: 0, maximumCount: 4 });
        model.rowsInserted.connect(() => {
            if (model.find("c") >= 0)
                return;
            model.insert({ id: "c" });
            model.remove("a");
            model.maximumCount = 3;
        });
        model.insert([{ id: "a" }, { id: "b" }]);
        tryVerify(() => contents(model).map(row => row.id).join() === "b,c", 30000);
        model.rowsRemoved.connect(() => model.keyRole = "value");
        model.remove("b");
        tryCompare(model, "keyRole", "value", 30000);
        compare(model.count, 0);
    }

    function test_twoKindsMayShareAnEvent() {
        const client = createTemporaryObject(clientComponent, testCase);
        tryCompare(client, "connected", true, 30000);
        const model = create({ client: client, insertEvent: "row", updateEvent: "row" });
        peer.emitEvent("row", [{ id: "a", value: 1 }]);
        tryCompare(model, "count", 1, 30000);
        model.updateEvent = "";
        peer.emitEvent("row", [{ id: "b", value: 2 }]);
        tryCompare(model, "count", 2, 30000);
        model.insertEvent = "other";
        peer.emitEvent("row", [{ id: "c", value: 3 }]);
        peer.emitEvent("other", [{ id: "d", value: 4 }]);
        tryCompare(model, "count", 3, 30000);
        compare(model.find("c"), -1);
    }

    function test_binaryAndNestedValues() {
        const model = create();
        model.insert({ id: "a", list: [1, [2]], object: { x: 1 },
                       bytes: new Uint8Array([1, 2]).buffer });
        model.flush();
        const row = model.get(0);
        compare(row.list, [1, [2]]);
        compare(row.object, { x: 1 });
        compare(Array.from(new Uint8Array(row.bytes)), [1, 2]);
    }

    // As in the documentation of SocketIoListModel.
    function test_aProxySortsIt() {
        const sorted = createTemporaryQmlObject(`
            import SocketIo
            import Snippets
            SortedModel {
                by: "value"
                sourceModel: SocketIoListModel {
                    keyRole: "symbol"
                    roles: ["symbol", "value"]
                    batchInterval: 0
                }
            }`, testCase);
        const prices = sorted.sourceModel;
        prices.insert([{ symbol: "A", value: 1 }, { symbol: "B", value: 3 }, { symbol: "C", value: 2 }]);
        const view = createTemporaryObject(sortedViewComponent, testCase, { model: sorted });
        const order = () => Array.from({ length: view.count }, (_, row) => view.itemAtIndex(row).symbol).join("");
        tryVerify(() => order() === "BCA", 30000);
        prices.update({ symbol: "A", value: 9 });
        tryVerify(() => order() === "ABC", 30000);
        prices.remove("B");
        tryVerify(() => order() === "AC", 30000);
    }

    function test_aFloodIsAppliedInSteps() {
        const client = createTemporaryObject(clientComponent, testCase);
        tryCompare(client, "connected", true, 30000);
        const model = create({ client: client, roles: ["id", "value"], batchInterval: 50 });
        peer.emitEvent("rows", [rows(0, 10)]);
        tryCompare(model, "count", 10, 30000);
        const changed = spy(model, "dataChanged");
        for (let i = 0; i < 1000; ++i)
            peer.emitEvent("row changed", [{ id: i % 10, value: i }]);
        tryVerify(() => model.get(9).value === 999, 30000);
        verify(changed.count < 100, `${changed.count} signals`);
    }
}
