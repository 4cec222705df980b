// SPDX-License-Identifier: MIT
import QtQml
import SocketIo

// A list whose rows a server changes; it is asked for one burst of changes after the other.
QtObject {
    id: root
    required property url url
    required property var options
    property int perBurst: 0
    signal burstApplied()
    signal failed(string reason)

    function ask(count) {
        perBurst = count;
        socket.emitEvent("rows", count);
    }

    property SocketIoListModel rows: SocketIoListModel {
        client: socket
        keyRole: "id"
        updateEvent: "row"
    }
    property SocketIoClient client: SocketIoClient {
        id: socket
        url: root.url
        options: root.options
        onConnectError: error => root.failed(error.message)
    }
    property SocketIoEvent end: SocketIoEvent {
        client: socket
        name: "end"
        onReceived: {
            root.rows.flush();
            root.burstApplied();
        }
    }
}
