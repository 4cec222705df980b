// SPDX-License-Identifier: MIT
import QtQml
import SocketIo

// Emits 20 events and ends in the way that its caller says, as programs do.
QtObject {
    id: program

    required property url url
    required property string transports
    required property string way

    property SocketIoClient client: SocketIoClient {
        url: program.url
        options: ({ transports: program.transports.split(",") })
        onConnected: program.end()
        onFlushed: if (program.way === "flushed") Qt.quit()
        Component.onDestruction: if (program.way === "destruction") program.emitAll()
    }
    property Connections application: Connections {
        target: Qt.application
        function onAboutToQuit() {
            if (program.way === "aboutToQuit")
                program.emitAll();
        }
    }

    function emitAll() {
        for (let i = 0; i < 20; ++i)
            client.emitEvent("record", i, "x".repeat(1000));
    }

    function end() {
        if (way === "flushed") {
            emitAll();
        } else if (way === "close") {
            emitAll();
            client.close();
            Qt.quit();
        } else if (way === "another url") {
            emitAll();
            client.url = "";
            Qt.quit();
        } else {
            if (way === "quit")
                emitAll();
            Qt.quit();
        }
    }
}
