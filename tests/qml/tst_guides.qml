// SPDX-License-Identifier: MIT
// The peer is a property of the context.
// qmllint disable unqualified
import QtQuick
import QtTest
import SocketIo
import "guides.js" as Guides

// The QML of the guides at work.
Item {
    id: root

    Component {
        id: clientComponent
        SocketIoClient {
            property var events: []
            options: ({ forceNew: true })
            onEventReceived: (name, args) => {
                if (name !== "position") // which is volatile
                    events.push([name].concat(args));
            }
        }
    }
    Component {
        id: serverComponent
        SocketIoServer {
            property var events: []
            host: "127.0.0.1"
            onConnected: socket => socket.onAny((name, ...args) => events.push([name].concat(args)))
        }
    }

    TestCase {
        id: testCase
        name: "Guides"

        property var made: []

        function cleanup() {
            for (const object of made.splice(0))
                object.destroy();
            wait(0);
        }

        function create(file, replacements) {
            const object = Guides.create(root, Qt.resolvedUrl(`../../doc/snippets/${file}`), replacements);
            made.push(object);
            return object;
        }

        function get(url, origin) {
            const request = new XMLHttpRequest();
            request.open("GET", url);
            if (origin)
                request.setRequestHeader("Origin", origin);
            request.send();
            tryVerify(() => request.readyState === XMLHttpRequest.DONE, 30000);
            return request;
        }

        function test_gettingStarted() {
            const server = create("gettingstarted-server.qml");
            tryVerify(() => server.listening, 30000);
            const page = create("gettingstarted.qml", {
                "http://localhost:3000": server.url,
                "console.log": "console.warn",
            });
            tryCompare(page, "answer", "Hello, Ada!", 30000);
            const other = createTemporaryObject(clientComponent, root, { url: server.url });
            tryVerify(() => other.connected, 30000);
            ignoreWarning(/Grace is here/);
            let answered = false;
            other.emitEvent("hello", "Grace", () => answered = true);
            tryVerify(() => answered, 30000);
            page.data[0].emitWithAck("hello", "Ada").then(() => answered = false);
            tryVerify(() => !answered, 30000); // what was sent before has arrived
        }

        function test_comingFromSocketIo() {
            const server = createTemporaryObject(serverComponent, root);
            server.of("/chat").connected.connect(socket => {
                socket.on("ask", (...args) => args.pop()("answer"));
                socket.emitEvent("price", "QT", 1.5);
            });
            const table = create("comingfrom.qml", { "http://localhost:3000": server.url });
            tryVerify(() => table.client.connected && table.io.listening, 30000);
            table.clientCalls();
            verify(!table.client.connected);

            const answers = [];
            table.io.connected.connect(socket => {
                table.socketCalls(socket);
                answers.push(socket.data.user);
            });
            const client = createTemporaryObject(clientComponent, root,
                                                 { url: table.io.url, auth: { token: "secret" } });
            tryVerify(() => answers.length === 1, 30000);
            compare(answers, ["ada"]);
            tryVerify(() => client.events.length === 5, 30000);
            compare(client.events.map(event => event[0]), ["message", "ask", "hello", "hello", "ask"]);
            table.serverCalls();
            verify(!table.io.listening);
        }

        function test_pages() {
            const servers = create("browsers.qml", {
                '"page"': `"${Qt.resolvedUrl("page")}"`,
                "node_modules/socket.io/client-dist": `${Qt.resolvedUrl("page")}`.replace("file://", ""),
            }).data;
            tryVerify(() => servers[0].listening && servers[1].listening, 30000);
            verify(get(servers[0].url).responseText.includes("<"));
            const handshake = servers[1].url + "/socket.io/?EIO=4&transport=polling";
            for (const origin of ["https://example.com", "https://www.example.org"]) {
                const answer = get(handshake, origin);
                compare(answer.getResponseHeader("access-control-allow-origin"), origin);
                compare(answer.getResponseHeader("access-control-allow-credentials"), "true");
            }
            compare(get(handshake, "https://evil.example").getResponseHeader("access-control-allow-origin"), "");
        }

        function test_quitting() {
            const server = createTemporaryObject(serverComponent, root);
            const client = create("quitting.qml", { "http://localhost:3000": server.url }).data[0];
            tryVerify(() => client.connected, 30000);
            cleanup();
            tryVerify(() => server.events.length === 1, 30000);
            compare(server.events[0], ["bye"]);
        }

        function test_tls() {
            if (peer.certificate("server", "pem") === "")
                skip("This test needs the program openssl.");
            const names = { "https://server.example:3000": "" };
            for (const name of ["authority", "server", "client"]) {
                names[`"${name}.pem"`] = `"${peer.certificate(name, "pem")}"`;
                names[`"${name}.key"`] = `"${peer.certificate(name, "key")}"`;
            }
            const made = create("tls.qml", names).data;
            const server = made[0], client = made[1], verifyingServer = made[2], knownClient = made[3];
            tryVerify(() => server.listening && verifyingServer.listening, 30000);
            client.url = `https://localhost:${server.port}`;
            knownClient.url = `https://localhost:${verifyingServer.port}`;
            tryVerify(() => client.connected && knownClient.connected, 60000);
            client.url = `https://localhost:${verifyingServer.port}`;
            tryVerify(() => client.errorString !== "", 60000);
        }
    }
}
