// SPDX-License-Identifier: MIT
// What a server can have from other modules. The browser is a property of the context.
// qmllint disable unqualified
import QtQml
import QtTest
import SocketIo
import SocketIo.AdminUi
import SocketIo.Http2
import "../qml/guides.js" as Guides

TestCase {
    id: testCase
    name: "Extensions"

    property SocketIoServer server // null when it is gone
    property var act: () => {}

    function called(handler, subject) {
        const function_ = act;
        function_(handler, subject);
    }

    Component {
        id: clientComponent
        SocketIoClient {
            property var names: []
            nsp: "/admin"
            options: ({ forceNew: true, reconnection: false })
            onEventReceived: name => names.push(name)
        }
    }
    Component {
        id: openServer
        SocketIoServer {
            readonly property AdminUi ui: adminUi
            host: "127.0.0.1"
            AdminUi {
                id: adminUi
                allowAnyone: true
                mode: AdminUi.Production
                serverId: "here"
                statisticsInterval: 50
                pageFolder: "page"
            }
        }
    }
    Component {
        id: guardedServer
        SocketIoServer {
            id: guarded
            readonly property AdminUi ui: adminUi
            property var authenticator
            host: "127.0.0.1"
            AdminUi {
                id: adminUi
                authenticator: guarded.authenticator
            }
        }
    }
    Component {
        id: livelyServer
        SocketIoServer {
            id: lively
            readonly property AdminUi ui: adminUi
            host: "127.0.0.1"
            onNewNamespace: testCase.called("newNamespace", lively)
            AdminUi {
                id: adminUi
                authenticator: (name, password) => {
                    testCase.called("authenticator", lively);
                    return password === "a";
                }
                onLoggedIn: testCase.called("loggedIn", lively)
                onLoginFailed: testCase.called("loginFailed", lively)
                onActiveChanged: testCase.called("activeChanged", lively)
                onServerIdChanged: testCase.called("serverIdChanged", lively)
            }
        }
    }
    Component {
        id: wrongServer
        SocketIoServer {
            readonly property AdminUi ui: adminUi
            host: "127.0.0.1"
            AdminUi { id: adminUi }
        }
    }
    Component {
        id: http2Server
        SocketIoServer {
            host: "127.0.0.1"
            folder: "page"
            Http2 {
                maxConcurrentStreams: 16
                webSockets: false
            }
        }
    }
    SignalSpy {
        id: answers
        target: browser
        signalName: "answered"
    }
    Component {
        id: spyComponent
        SignalSpy {}
    }

    function spyOn(object, name) {
        return createTemporaryObject(spyComponent, testCase, { target: object, signalName: name });
    }

    function init() {
        answers.clear();
    }

    function test_theAdminUiShowsTheServer() {
        const server = createTemporaryObject(openServer, testCase);
        verify(server.ui.active, server.ui.errorString);
        compare(server.ui.errorString, "");
        compare(server.ui.serverId, "here");
        const page = createTemporaryObject(clientComponent, testCase, { url: server.url });
        tryCompare(page, "connected", true, 30000);
        tryVerify(() => page.names.includes("server_stats"), 30000);
    }

    function test_itsPagesAreServed() {
        const server = createTemporaryObject(openServer, testCase);
        const request = new XMLHttpRequest();
        let text = "";
        request.onreadystatechange = () => {
            if (request.readyState === XMLHttpRequest.DONE)
                text = `${request.status} ${request.responseText}`;
        };
        request.open("GET", `${server.url}/admin-ui/`);
        request.send();
        tryVerify(() => text !== "", 30000);
        verify(text.startsWith("200"), text);
        verify(text.includes("The pages"), text);
    }

    function test_aFunctionDecidesWhoLogsIn_data() {
        return [
            { tag: "returns", authenticator: (name, password) => name === "ada" && password === "a" },
            { tag: "calls", authenticator: (name, password, done) => done(password === "a") },
            {
                tag: "calls later",
                authenticator: (name, password, done) => {
                    Qt.callLater(() => done(password === "a"));
                },
            },
            {
                tag: "promises",
                authenticator: (name, password) => Promise.resolve(password === "a"),
            },
            {
                tag: "promises, or is rejected",
                authenticator: (name, password) => {
                    return password === "a" ? Promise.resolve(true) : Promise.reject(new Error("no such user"));
                },
                warning: /no such user/,
            },
            {
                tag: "returns nothing",
                authenticator: (name, password) => password === "a" ? true : undefined,
                warning: /returned neither true nor false/,
            },
            {
                tag: "promises nothing",
                authenticator: (name, password) => Promise.resolve(password === "a" ? true : "b"),
            },
        ];
    }

    function test_aFunctionDecidesWhoLogsIn(data) {
        const server = createTemporaryObject(guardedServer, testCase,
                                             { authenticator: data.authenticator });
        verify(server.ui.active, server.ui.errorString);
        const logins = spyOn(server.ui, "loggedIn");
        const failures = spyOn(server.ui, "loginFailed");
        if (data.warning)
            ignoreWarning(data.warning);
        const stranger = createTemporaryObject(
            clientComponent, testCase, { url: server.url, auth: { username: "ada", password: "b" } });
        tryCompare(failures, "count", 1, 30000);
        compare(stranger.connected, false);
        const ada = createTemporaryObject(
            clientComponent, testCase, { url: server.url, auth: { username: "ada", password: "a" } });
        tryCompare(ada, "connected", true, 30000);
        tryCompare(logins, "count", 1, 30000);
        compare(logins.signalArguments[0][0], "ada");
        compare(logins.signalArguments[0][1], "127.0.0.1");
    }

    function test_whatThrowsLetsNobodyIn() {
        const server = createTemporaryObject(guardedServer, testCase,
                                             { authenticator: () => { throw new Error("broken"); } });
        const failures = spyOn(server.ui, "loginFailed");
        ignoreWarning(/broken/);
        createTemporaryObject(clientComponent, testCase,
                              { url: server.url, auth: { username: "ada", password: "a" } });
        tryCompare(failures, "count", 1, 30000);
    }

    function test_handlersMayDoAnything_data() {
        const rows = [];
        for (const handler of ["loggedIn", "loginFailed", "activeChanged", "serverIdChanged", "newNamespace",
                               "authenticator"]) {
            for (const action of ["end the server", "end the Admin UI", "listen no more", "run a loop"])
                rows.push({ tag: `${action} in ${handler}`, handler: handler, action: action });
        }
        return rows;
    }

    function test_handlersMayDoAnything(data) {
        server = null;
        let acted = false;
        act = (handler, subject) => {
            if (handler !== data.handler || acted)
                return;
            acted = true;
            if (data.action === "end the server")
                subject.destroy();
            else if (data.action === "end the Admin UI")
                subject.ui.destroy();
            else if (data.action === "listen no more")
                subject.listen = false;
            else
                wait(1); // an event loop
        };
        const made = livelyServer.createObject(testCase);
        server = made;
        const url = made.listening ? made.url : "";
        const clients = [];
        for (const password of url === "" ? [] : ["b", "a"]) {
            clients.push(createTemporaryObject(clientComponent, testCase,
                                               { url: url, auth: { username: "ada", password: password } }));
        }
        tryVerify(() => acted, 30000);
        if (data.action === "run a loop")
            tryVerify(() => clients[1].connected, 30000);
        if (server)
            server.destroy();
        tryVerify(() => !server, 30000);
        act = () => {};
    }

    function test_withoutSettingsItSaysWhy() {
        ignoreWarning(/The Admin UI is off/);
        const server = createTemporaryObject(wrongServer, testCase);
        verify(server.listening);
        compare(server.ui.active, false);
        verify(server.ui.errorString !== "");
    }

    function test_oneThatComesTooLateIsWarnedOf() {
        const server = createTemporaryObject(openServer, testCase);
        tryCompare(server, "listening", true, 30000);
        ignoreWarning(/extensions of a server that has started do not change/);
        server.children.push(createTemporaryQmlObject("import SocketIo.Http2; Http2 {}", testCase));
    }

    function test_http2IsSpoken() {
        const server = createTemporaryObject(http2Server, testCase);
        browser.get(server.url);
        tryCompare(answers, "count", 1, 30000);
        const [byHttp2, text] = answers.signalArguments[0];
        verify(byHttp2);
        verify(text.includes("The pages"), text);
    }

    function guide(file, replacements) {
        return Guides.create(testCase, Qt.resolvedUrl(`../../doc/snippets/${file}`), replacements);
    }

    function test_theGuideOfTheAdminUi() {
        const server = guide("adminui.qml", {
            "node_modules/@socket.io/admin-ui/ui/dist": `${Qt.resolvedUrl("page")}`.replace("file://", ""),
        });
        server.password = "a";
        const page = createTemporaryObject(
            clientComponent, testCase, { url: server.url, auth: { username: "ada", password: "a" } });
        tryCompare(page, "connected", true, 30000);
        ignoreWarning(/eve at 127\.0\.0\.1 was refused/);
        const stranger = createTemporaryObject(
            clientComponent, testCase, { url: server.url, auth: { username: "eve", password: "a" } });
        tryVerify(() => stranger.errorString !== "", 30000);
        server.destroy();
    }

    function test_theGuideOfHttp2() {
        const server = guide("http2.qml", {
            '({ sslConfiguration: { cert: "server.pem", key: "server.key" } })': "({})",
        });
        browser.get(server.url);
        tryCompare(answers, "count", 1, 30000);
        verify(answers.signalArguments[0][0]);
        server.destroy();
    }
}
