// SPDX-License-Identifier: MIT
// The address is a property of the context.
// qmllint disable unqualified
import QtQml
import QtTest
import SocketIo
import SocketIo.Redis
import "../qml/guides.js" as Guides

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
        id: lostClusterNode
        Node {
            adapter: ShardedRedisAdapter { rootNodes: ["redis://127.0.0.1:1", "redis://127.0.0.1:2"] }
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
        tryVerify(() => first.adapter.connected && second.adapter.connected, 30000);
        compare(first.adapter.errorString, "");
        const client = createTemporaryObject(clientComponent, testCase, { url: second.url });
        tryVerify(() => client.connected, 30000);
        // Its server may not listen to the other one yet.
        tryVerify(() => {
            first.to("all").emitEvent("news", 1);
            wait(10);
            return client.events.length > 0;
        }, 30000);
        compare(client.events[0], ["news", 1]);
    }

    function test_theGuide() {
        if (redis === "")
            skip("redis-server is not installed: tools/install-packages cluster");
        const server = Guides.create(testCase, Qt.resolvedUrl("../../doc/snippets/cluster.qml"),
                                     { "redis://localhost": redis });
        tryVerify(() => server.adapter.connected, 30000);
        server.destroy();
    }

    function test_saysWhatIsWrong_data() {
        return [
            { tag: "one server", node: lostNode, error: "cannot use Redis at 127.0.0.1:1" },
            {
                tag: "cluster", node: lostClusterNode,
                error: "cannot use the Redis Cluster at 127.0.0.1:1, 127.0.0.1:2",
            },
        ];
    }
    function test_saysWhatIsWrong(row) {
        ignoreWarning(new RegExp(row.error));
        ignoreWarning(new RegExp(row.error));
        const node = createTemporaryObject(row.node, testCase);
        verify(node.listening);
        tryVerify(() => node.adapter.errorString.includes(row.error), 30000);
        verify(!node.adapter.connected);
    }
}
