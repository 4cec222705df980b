// SPDX-License-Identifier: MIT
// The address is a property of the context.
// qmllint disable unqualified
import QtQml
import QtTest
import SocketIo
import SocketIo.Redis

TestCase {
    id: testCase
    name: "Redis"

    property string redis: redisUrl

    component Node: SocketIoServer {
        host: "127.0.0.1"
        onConnected: socket => socket.join("all")
    }
    Component {
        id: classicNode
        Node {
            adapter: RedisAdapter { url: testCase.redis; key: "qml" }
        }
    }
    Component {
        id: shardedNode
        Node {
            adapter: ShardedRedisAdapter {
                url: testCase.redis
                channelPrefix: "qml"
                subscriptionMode: ShardedRedisAdapter.Static
            }
        }
    }
    Component {
        id: streamsNode
        Node {
            adapter: RedisStreamsAdapter { url: testCase.redis; streamName: "qml" }
        }
    }
    Component {
        id: recoveringNode
        Node {
            options: ({ connectionStateRecovery: {} })
            adapter: RedisStreamsAdapter { url: testCase.redis; streamName: "qml recovering" }
        }
    }
    Component {
        id: lostNode
        Node {
            adapter: RedisAdapter { url: "redis://127.0.0.1:1" }
        }
    }
    Component {
        id: clientComponent
        SocketIoClient {
            property var events: []
            options: ({ forceNew: true })
            onEventReceived: (name, args) => events.push([name, args[0]])
        }
    }

    function test_joinsServers_data() {
        return [
            { tag: "classic", node: classicNode },
            { tag: "sharded", node: shardedNode },
            { tag: "streams", node: streamsNode },
            { tag: "streams, recovery", node: recoveringNode },
        ];
    }
    function test_joinsServers(row) {
        if (redis === "")
            skip("redis-server is not installed: tools/install-packages cluster");
        const first = createTemporaryObject(row.node, testCase);
        const second = createTemporaryObject(row.node, testCase);
        tryVerify(() => first.adapter.connected && second.adapter.connected, 10000);
        compare(first.adapter.errorString, "");
        const client = createTemporaryObject(clientComponent, testCase, { url: second.url });
        tryVerify(() => client.connected, 10000);
        // Its server may not listen to the other one yet.
        tryVerify(() => {
            first.to("all").emitEvent("news", 1);
            wait(10);
            return client.events.length > 0;
        }, 10000);
        compare(client.events[0], ["news", 1]);
    }

    function test_saysWhatIsWrong() {
        ignoreWarning(/cannot use Redis at 127.0.0.1:1/);
        ignoreWarning(/cannot use Redis at 127.0.0.1:1/);
        const node = createTemporaryObject(lostNode, testCase);
        verify(node.listening);
        tryVerify(() => node.adapter.errorString.includes("cannot use Redis at 127.0.0.1:1"), 10000);
        verify(!node.adapter.connected);
    }
}
