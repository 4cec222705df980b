// SPDX-License-Identifier: MIT
//! [client]
import QtQuick
import SocketIo

Column {
    id: page
    property string answer

    SocketIoClient {
        id: client
        url: "http://localhost:3000"
        onConnected: emitWithAck("hello", "Ada", text => page.answer = text)
        onConnectError: error => console.warn(error.message, error.hint)

        SocketIoEvent {
            name: "arrived"
            onReceived: name => console.log(name, "is here")
        }
    }
    Text {
        text: client.connected ? page.answer : client.errorString
    }
}
//! [client]
