// SPDX-License-Identifier: MIT
// The peer is a property of the context.
// qmllint disable unqualified
import QtQml
import QtTest
import SocketIo

TestCase {
    id: testCase
    name: "SocketIoServer"

    Component {
        id: serverComponent
        SocketIoServer {
            property var arrived: []
            property var left: []
            host: "127.0.0.1"
            onConnected: socket => arrived.push(socket.sid)
            onDisconnected: (socket, reason) => left.push([socket.sid, reason])
        }
    }
    Component {
        id: clientComponent
        SocketIoClient {
            property var events: []
            options: ({ reconnectionDelay: 20, reconnectionDelayMax: 100, forceNew: true })
            onEventReceived: (name, args) => events.push([name, ...args])
        }
    }
    Component {
        id: kioskComponent
        SocketIoServer {
            id: kiosk
            host: "127.0.0.1"
            onConnected: socket => {
                socket.join("guests");
                socket.on("order", (dish, count, ack) => {
                    socket.data = Object.assign({}, socket.data, { dish: dish });
                    kiosk.to("guests").emitEvent("ordered", socket.sid, dish, count);
                    ack("thanks", count * 2);
                });
            }
            Component.onCompleted: use((socket, next) => {
                if (socket.handshake.auth.ticket === "blue")
                    next();
                else
                    next({ message: "no ticket", data: { counter: 3 } });
            })
        }
    }

    function createServer(properties) {
        const server = createTemporaryObject(serverComponent, testCase, properties ?? {});
        verify(server.listening, server.errorString);
        return server;
    }

    function createClient(server, properties) {
        const all = Object.assign({ url: server.url }, properties ?? {});
        return createTemporaryObject(clientComponent, testCase, all);
    }

    function createConnected(server, properties) {
        const client = createClient(server, properties);
        tryCompare(client, "connected", true, 30000);
        return client;
    }

    function test_listensOnAPortOfTheSystem() {
        const server = createServer();
        verify(server.port > 0);
        compare(server.url.toString(), `http://127.0.0.1:${server.port}`);
        const client = createConnected(server);
        tryCompare(server, "socketsCount", 1, 30000);
        compare(server.arrived, [client.sid]);
        compare(server.sockets.length, 1);
        compare(server.sockets[0].sid, client.sid);
        compare(server.sockets[0].nsp, "/");
        compare(server.sockets[0].address, "127.0.0.1");
    }

    function test_tellsWhyItDoesNotListen() {
        const server = createServer();
        const second = createTemporaryObject(serverComponent, testCase, { port: server.port });
        verify(!second.listening);
        verify(second.errorString.length > 0);
        const third = createTemporaryObject(serverComponent, testCase, { host: "nowhere" });
        compare(third.errorString, '"nowhere" is not an address');
    }

    function test_stopsAndListensAgain() {
        const server = createServer();
        const port = server.port;
        const client = createConnected(server);
        server.listen = false;
        verify(!server.listening);
        tryCompare(client, "connected", false, 30000);
        server.port = port;
        server.listen = true;
        verify(server.listening);
        tryCompare(client, "connected", true, 30000);
    }

    function test_dataIsAnObject() {
        const server = createServer();
        createConnected(server);
        tryCompare(server, "socketsCount", 1, 30000);
        const socket = server.sockets[0];
        socket.data = { name: "Ada" };
        for (const wrong of [5, "text", true, [1, 2]]) {
            ignoreWarning(/The property data is an object/);
            socket.data = wrong;
            compare(socket.data, { name: "Ada" });
        }
        socket.data = null;
        compare(socket.data, {});
        socket.data = { name: "Bob" };
        socket.data = undefined;
        compare(socket.data, {});
        socket.data = {};
        compare(socket.data, {});
    }

    // The last change counts, also one that a handler makes of another change.
    function test_handlersMayChangeWhereItListens() {
        const server = createServer();
        let isFirst = true;
        server.listeningChanged.connect(() => {
            if (!server.listening && isFirst) {
                isFirst = false;
                server.host = "localhost";
            }
        });
        server.host = "";
        verify(!isFirst);
        compare(server.host, "localhost");
        verify(server.listening);
        compare(server.errorString, "");
        server.listeningChanged.connect(() => {
            if (server.listening)
                server.host = "nowhere";
        });
        server.host = "127.0.0.1";
        compare(server.host, "nowhere");
        verify(!server.listening);
        verify(server.errorString.includes("nowhere"), server.errorString);
    }

    function test_emitsToAll() {
        const server = createServer();
        const first = createConnected(server);
        const second = createConnected(server);
        server.emitEvent("news", 1, "two", { three: 3 }, null);
        for (const client of [first, second]) {
            tryCompare(client, "events", [["news", 1, "two", { three: 3 }, null]], 30000);
        }
        server.emitEventList("list", [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
        tryVerify(() => first.events.length === 2 && first.events[1].length === 11, 30000);
    }

    function test_rooms() {
        const server = createServer();
        const clients = [createConnected(server), createConnected(server), createConnected(server)];
        tryCompare(server, "socketsCount", 3, 30000);
        const sockets = clients.map(client => server.socket(client.sid));
        sockets[0].join("a");
        sockets[1].join(["a", "b"]);
        compare(sockets[1].rooms.slice().sort(), [clients[1].sid, "a", "b"].sort());
        server.to("a").emitEvent("in a", 1);
        server.to("a").except("b").emitEvent("in a, not b", 2);
        server.except("a").emitEvent("not in a", 3);
        sockets[0].to(["a", "b"]).emitEvent("of the first", 4);
        sockets[0].broadcast().emitEvent("others", 5);
        server.to("a").socketsLeave("a");
        server.to("a").emitEvent("nobody", 6);
        server.emitEvent("end");
        tryVerify(() => clients.every(client => client.events.some(event => event[0] === "end")),
                  30000);
        compare(clients[0].events, [["in a", 1], ["in a, not b", 2], ["end"]]);
        compare(clients[1].events, [["in a", 1], ["of the first", 4], ["others", 5], ["end"]]);
        compare(clients[2].events, [["not in a", 3], ["others", 5], ["end"]]);
    }

    function test_roomSignals() {
        const server = createServer();
        const seen = [];
        const nsp = server.of("/");
        nsp.roomCreated.connect(room => seen.push(["created", room]));
        nsp.roomJoined.connect((room, sid) => seen.push(["joined", room, sid]));
        nsp.roomLeft.connect((room, sid) => seen.push(["left", room, sid]));
        nsp.roomDeleted.connect(room => seen.push(["deleted", room]));
        const client = createConnected(server);
        tryCompare(server, "socketsCount", 1, 30000);
        const socket = server.socket(client.sid);
        socket.join("a");
        socket.leave("a");
        compare(seen.filter(each => each[1] === "a"),
                [["created", "a"], ["joined", "a", client.sid], ["left", "a", client.sid],
                 ["deleted", "a"]]);
    }

    function test_namespaces() {
        const server = createServer();
        const chat = server.of("/chat");
        const dynamic = server.of(/^\/room-\d+$/);
        const names = [];
        chat.connected.connect(socket => names.push(socket.nsp));
        dynamic.connected.connect(socket => names.push(socket.nsp));
        const first = createConnected(server, { nsp: "/chat" });
        const second = createConnected(server, { nsp: "/room-7" });
        tryVerify(() => names.length === 2, 30000);
        compare(names, ["/chat", "/room-7"]);
        compare(server.socketsCount, 0);
        compare(chat.socketsCount, 1);
        compare(chat.sockets[0].sid, first.sid);
        chat.emitEvent("hello", 1);
        tryCompare(first, "events", [["hello", 1]], 30000);
        const third = createClient(server, { nsp: "/unknown" });
        tryVerify(() => third.errorString.startsWith("Invalid namespace: "), 30000);
        compare(second.events.length, 0);
    }

    function test_aKioskInQml() {
        const kiosk = createTemporaryObject(kioskComponent, testCase);
        verify(kiosk.listening);
        const stranger = createClient(kiosk);
        let error = null;
        stranger.connectError.connect(why => error = why);
        tryVerify(() => error !== null, 30000);
        compare(error.message, "no ticket");
        compare(error.data, { counter: 3 });

        const guest = createConnected(kiosk, { auth: { ticket: "blue" } });
        let answer = null;
        guest.emitWithAck("order", "soup", 2, (...args) => answer = args);
        tryVerify(() => answer !== null, 30000);
        compare(answer, ["thanks", 4]);
        tryCompare(guest, "events", [["ordered", guest.sid, "soup", 2]], 30000);
        compare(kiosk.socket(guest.sid).data, { dish: "soup" });
    }

    function test_aMiddlewareThatThrowsLetsNobodyIn() {
        const server = createServer();
        server.use(() => { throw new Error("broken"); });
        ignoreWarning(/tst_server.qml:[0-9]+: Error: broken/);
        const client = createClient(server);
        tryCompare(client, "errorString", "the middleware has failed", 30000);
        compare(server.socketsCount, 0);
    }

    function test_asksClients() {
        const server = createServer();
        const client = createConnected(server);
        client.on("question", (text, ack) => ack(text.length));
        tryCompare(server, "socketsCount", 1, 30000);
        let answer = null;
        server.socket(client.sid).emitWithAck("question", "four").then(value => answer = value);
        tryVerify(() => answer === 4, 30000);
        let answers = null;
        server.timeout(10000).emitWithAck("question", "seven!!", values => answers = values);
        tryVerify(() => answers !== null, 30000);
        compare(answers, [7]);
    }

    function test_binaryBothWays() {
        const server = createServer();
        const client = createConnected(server);
        tryCompare(server, "socketsCount", 1, 30000);
        let received = null;
        server.socket(client.sid).on("bytes", bytes => received = bytes);
        client.emitEvent("bytes", new Uint8Array([1, 2, 3]).buffer);
        tryVerify(() => received !== null, 30000);
        verify(received instanceof ArrayBuffer);
        server.emitEvent("bytes", received);
        tryVerify(() => client.events.length === 1, 30000);
        compare(Array.from(new Uint8Array(client.events[0][1])), [1, 2, 3]);
    }

    function test_sendsClientsAway() {
        const server = createServer();
        const client = createConnected(server);
        tryCompare(server, "socketsCount", 1, 30000);
        const sid = client.sid;
        const reasons = [];
        client.disconnected.connect(reason => reasons.push(reason));
        server.socket(sid).disconnectSocket();
        tryVerify(() => reasons.length === 1, 30000);
        compare(reasons, ["io server disconnect"]);
        compare(server.left, [[sid, "server namespace disconnect"]]);
        compare(server.sockets.length, 0);
    }

    function test_servesFromIoThreads() {
        const server = createServer({ ioThreadCount: 1 });
        const client = createConnected(server);
        tryCompare(server, "socketsCount", 1, 30000);
        server.socket(client.sid).on("ping me", () => server.emitEvent("pinged"));
        client.emitEvent("ping me");
        tryCompare(client, "events", [["pinged"]], 30000);
    }

    function test_theServerIsItsMainNamespace() {
        const server = createServer();
        compare(server.name, "/");
        verify(server.of("/") === server);
        const created = [];
        server.newNamespace.connect(nsp => created.push(nsp.name));
        const chat = server.of("chat");
        compare(created, ["/chat"]);
        verify(!chat.isParent);
        compare(Array.from(server.namespaces).map(nsp => nsp.name).sort(), ["/", "/chat"]);
        const rooms = [];
        server.roomJoined.connect(room => rooms.push(room));
        const client = createConnected(server);
        tryCompare(server, "socketsCount", 1, 30000);
        server.socketsJoin(["a", "b"]);
        compare(rooms.filter(room => room.length === 1), ["a", "b"]);
        server.socketsLeave("a");
        compare(server.socket(client.sid).rooms.slice().sort(), [client.sid, "b"].sort());
    }

    function test_aFunctionChoosesNamespaces() {
        const server = createServer();
        const games = server.of((name, auth, next) => next(null, name === `/${auth.game}`));
        verify(games.isParent);
        const parents = [];
        server.newNamespace.connect(nsp => parents.push(nsp.parentNamespace === games));
        const player = createConnected(server, { nsp: "/chess", auth: { game: "chess" } });
        compare(player.nsp, "/chess");
        compare(parents, [true]);
        const stranger = createClient(server, { nsp: "/chess2", auth: { game: "go" } });
        tryVerify(() => stranger.errorString.startsWith("Invalid namespace: "), 30000);
    }

    function test_aFunctionAllowsRequests_data() {
        return [
            { tag: "returned", decide: (callback, allowed) => callback(null, allowed) },
            { tag: "later", decide: (callback, allowed) => Qt.callLater(() => callback(null, allowed)) },
            {
                tag: "error",
                decide: (callback, allowed) => callback(allowed ? null : "no kiosk", true),
                answer: "no kiosk",
            },
            { tag: "twice", decide: (callback, allowed) => { callback(null, allowed); callback(null, !allowed); } },
            { tag: "thrown", decide: (callback, allowed) => { if (!allowed) throw new Error("broken"); callback(null, true); } },
        ];
    }

    function test_aFunctionAllowsRequests(data) {
        const server = createServer({
            allowRequest: (request, callback) => {
                data.decide(callback, request.headers["x-device"] === "kiosk" && request.address === "127.0.0.1");
            },
        });
        const options = { forceNew: true, reconnection: false };
        createConnected(server, { options: Object.assign({ extraHeaders: { "X-Device": "kiosk" } }, options) });
        compare(server.clientsCount, 1);
        if (data.tag === "thrown")
            ignoreWarning(/broken/);
        const stranger = createClient(server, { options: options });
        tryVerify(() => stranger.errorString !== "", 30000);
        verify(stranger.errorString.includes(data.answer ?? "403"), stranger.errorString);
        compare(server.clientsCount, 1);
        server.allowRequest = undefined;
        stranger.open();
        tryCompare(stranger, "connected", true, 30000);
        compare(server.clientsCount, 2);
    }

    function test_whatIsNoFunctionAllowsAll() {
        ignoreWarning(/The property allowRequest is a function/);
        createConnected(createServer({ allowRequest: "yes" }));
    }

    function test_countsConnectionsAndRooms() {
        const server = createServer();
        const counts = [];
        server.clientsCountChanged.connect(() => counts.push(server.clientsCount));
        const changes = [];
        server.roomsChanged.connect(() => changes.push(server.rooms.length));
        compare(server.clientsCount, 0);
        compare(server.rooms, []);
        const client = createConnected(server);
        compare(counts, [1]);
        server.socket(client.sid).join("a");
        verify(server.rooms.length === 2 && server.rooms.includes("a") && server.rooms.includes(client.sid));
        client.close();
        tryCompare(server, "clientsCount", 0, 30000);
        compare(server.rooms, []);
        compare(counts, [1, 0]);
        compare(changes, [1, 2, 0, 0]); // both rooms go at once
        compare(server.of(/^\/room-/).rooms, []);
    }

    function test_findsSockets() {
        const server = createServer();
        const clients = [createConnected(server), createConnected(server)];
        tryCompare(server, "socketsCount", 2, 30000);
        server.socket(clients[0].sid).join("a");
        server.socket(clients[0].sid).data = { name: "Ada" };
        let found = null;
        server.in("a").fetchSockets().then(sockets => found = sockets);
        tryVerify(() => found !== null, 30000);
        compare(found.length, 1);
        compare(found[0].sid, clients[0].sid);
        compare(found[0].data, { name: "Ada" });
        compare(found[0].rooms.slice().sort(), [clients[0].sid, "a"].sort());
        compare(found[0].handshake.address, "127.0.0.1");
        verify(found[0].socket() === server.socket(clients[0].sid));
        verify(found[0].emitEvent("hello", 1));
        tryCompare(clients[0], "events", [["hello", 1]], 30000);
        let answer = null;
        clients[0].on("question", ack => ack(5));
        found[0].timeout(60000).emitWithAck("question").then(value => answer = value);
        tryVerify(() => answer === 5, 30000);
        found[0].leave("a");
        tryVerify(() => server.socket(clients[0].sid).rooms.length === 1, 30000);
        let all = null;
        server.fetchSockets().then(sockets => all = sockets);
        tryVerify(() => all !== null, 30000);
        compare(all.length, 2);
        for (const socket of all)
            socket.disconnectClient();
        tryCompare(server, "socketsCount", 0, 30000);
    }

    function test_modifiersOfASocket() {
        const server = createServer();
        const clients = [createConnected(server), createConnected(server)];
        tryCompare(server, "socketsCount", 2, 30000);
        const socket = server.socket(clients[0].sid);
        let error = null;
        socket.timeout(20).emitWithAck("silent").then(() => fail("no answer was given"),
                                                      why => error = why);
        tryVerify(() => error !== null, 30000);
        compare(error.type, SocketIoError.Timeout);
        socket.compress(SocketIoEmitter.CompressionOff).broadcast().emitEvent("to the other", 1);
        socket.local().emitEvent("local", 2);
        server.compress(SocketIoServer.CompressionOn).except(clients[0].sid).emitEvent("end", 3);
        tryCompare(clients[1], "events", [["to the other", 1], ["local", 2], ["end", 3]], 30000);
        server.disconnectSockets(SocketIoServer.CloseConnection);
        tryCompare(server, "socketsCount", 0, 30000);
    }

    function test_middlewaresOfEvents() {
        const server = createServer();
        const received = [];
        const errors = [];
        server.connected.connect(socket => {
            socket.use((event, next) => {
                if (event[0] === "forbidden")
                    return next({ message: "not this", data: { code: 7 } });
                event[1] = `${event[1]}!`;
                Qt.callLater(next);
            });
            socket.errorOccurred.connect(error => errors.push([error.message, error.data]));
            socket.on("word", text => received.push(text));
        });
        const client = createConnected(server);
        client.emitEvent("forbidden");
        client.emitEvent("word", "hello");
        tryVerify(() => received.length === 1, 30000);
        compare(received, ["hello!"]);
        compare(errors, [["not this", { code: 7 }]]);
    }

    function test_alone_aServerHasNobodyToAsk() {
        const server = createServer();
        verify(server.serverSideEmit("hello", 1));
        let answers = null;
        server.serverSideEmitWithAck("hello").then(values => answers = values, () => answers = []);
        tryVerify(() => answers !== null, 30000);
        compare(answers, []);
    }

    function get(url) {
        const request = new XMLHttpRequest();
        request.open("GET", url);
        request.send();
        tryVerify(() => request.readyState === XMLHttpRequest.DONE, 30000);
        return request;
    }

    function test_servesAPage() {
        const server = createServer({ folder: Qt.resolvedUrl("page") });
        const page = get(server.url + "/");
        compare(page.status, 200);
        compare(page.getResponseHeader("content-type"), "text/html; charset=utf-8");
        verify(page.responseText.includes("<title>A page</title>"));
        const script = get(server.url + "/scripts/app.js");
        compare(script.status, 200);
        compare(script.getResponseHeader("content-type"), "text/javascript; charset=utf-8");
        verify(script.getResponseHeader("etag").length > 0);
        for (const path of ["/missing.html", "/..%2ftst_server.qml", "/.hidden", "/scripts"])
            compare(get(server.url + path).status, 404, path);
        const client = createConnected(server);
        verify(client.sid.length > 0);
        server.folder = "";
        compare(get(server.url + "/").status, 404);
    }

    function test_speaksTls() {
        const ca = peer.certificate("authority", "pem");
        if (ca === "")
            skip("this test needs the program openssl");
        const cert = name => peer.certificate(name, "pem");
        const key = name => peer.certificate(name, "key");
        const server = createServer({
            options: {
                sslConfiguration: {
                    cert: cert("server"), key: key("server"), ca: ca, requestCert: true,
                },
            },
        });
        verify(server.url.toString().startsWith("https://127.0.0.1:"));
        const url = `https://localhost:${server.port}`; // the name in the certificate
        const trusted = { ca: ca, cert: cert("client"), key: key("client") };
        const client = createConnected(server, {
            url: url,
            options: { forceNew: true, sslConfiguration: trusted },
        });
        tryCompare(server, "socketsCount", 1, 30000);
        verify(server.socket(client.sid).handshake.secure);
        // Who does not know the authority does not connect, and says what is missing.
        const stranger = createClient(server, { url: url, options: { reconnection: false } });
        tryVerify(() => stranger.lastError.type === SocketIoError.Transport, 30000);
        verify(stranger.lastError.hint.includes("sslConfiguration"), stranger.lastError.hint);
        // Who has no certificate is not served.
        const nameless = createClient(server, {
            url: url,
            options: { reconnection: false, sslConfiguration: { ca: ca } },
        });
        tryVerify(() => nameless.lastError.type === SocketIoError.Transport, 30000);
        compare(server.socketsCount, 1);
    }

    function test_optionsAreThoseOfTheStart() {
        const server = createServer();
        ignoreWarning(/options of a server that has started do not change/);
        server.options = { path: "/other" };
        const client = createConnected(server); // at the path of the start
        server.listen = false;
        tryCompare(client, "connected", false, 30000);
        server.listen = true;
        createConnected(server);
    }

    function test_letsItsClientsGo() {
        const server = createServer();
        const client = createConnected(server);
        let drained = 0;
        server.drained.connect(() => ++drained);
        verify(!server.draining);
        server.drain(60000);
        tryVerify(() => drained === 1, 30000);
        verify(!server.draining);
        verify(!server.listening);
        tryCompare(client, "connected", false, 30000);
    }
}
