// SPDX-License-Identifier: MIT
// What lies in a client or a server: added, kept, deleted.
// The peer is a property of the context.
// qmllint disable unqualified
import QtQml
import QtTest
import SocketIo

TestCase {
    id: testCase
    name: "Children"

    Component {
        id: clientComponent
        SocketIoClient {
            url: peer.url
            options: ({ forceNew: true })
        }
    }
    Component {
        id: serverComponent
        SocketIoServer {
            host: "127.0.0.1"
        }
    }
    Component {
        id: childComponent
        QtObject {
            property int number: 0
        }
    }
    Component {
        id: eventComponent
        SocketIoEvent {
            property int count: 0
            name: "echo"
            onReceived: ++count
        }
    }

    function test_theList_data() {
        return [
            { tag: "of a client", component: clientComponent },
            { tag: "of a server", component: serverComponent },
        ];
    }

    function add(parent, count) {
        for (let i = 0; i < count; ++i)
            parent.children.push(childComponent.createObject(null, { number: i }));
    }

    function numbers(parent) {
        const result = [];
        for (let i = 0; i < parent.children.length; ++i)
            result.push(parent.children[i].number);
        return result;
    }

    // The list keeps them, as it keeps what is declared in it.
    function test_theList(data) {
        const parent = createTemporaryObject(data.component, testCase);
        add(parent, 50);
        gc();
        wait(0); // what was collected is deleted
        gc();
        compare(parent.children.length, 50);
        compare(numbers(parent)[49], 49);
        peer.deleteNow(parent.children[0]);
        parent.children[1].destroy();
        tryVerify(() => parent.children.length === 48);
        compare(numbers(parent)[0], 1);
        compare(numbers(parent)[1], 3);
        parent.children = [];
        compare(parent.children.length, 0);
    }

    function test_theListLeavesOthersAlone_data() {
        return test_theList_data();
    }

    // Deleted with their own parents, which may be around the client.
    function test_theListLeavesOthersAlone(data) {
        const owner = childComponent.createObject(null);
        const parent = data.component.createObject(owner);
        parent.children.push(childComponent.createObject(testCase, { number: 7 }), owner, parent);
        compare(parent.children.length, 3);
        peer.deleteNow(parent.children[0]);
        compare(parent.children.length, 2);
        peer.deleteNow(owner);
    }

    function test_theServerListensWithoutWhatIsGone() {
        const server = createTemporaryObject(serverComponent, testCase, { listen: false });
        add(server, 20);
        for (let i = 0; i < 20; ++i)
            peer.deleteNow(server.children[0]);
        compare(server.children.length, 0);
        server.listen = true;
        verify(server.listening);
    }

    function test_anAddedEventIsReceived() {
        const client = createTemporaryObject(clientComponent, testCase);
        client.children.push(eventComponent.createObject(null, { client: client }));
        gc();
        wait(0);
        tryVerify(() => client.connected, 30000);
        client.emitEvent("echo back", 1);
        tryVerify(() => client.children[0].count === 1, 30000);
    }
}
