// SPDX-License-Identifier: MIT
//! [window]
import QtQuick
import QtQuick.Controls
import QtQuick.Layouts
import SocketIo

ApplicationWindow {
    id: window
    property alias url: client.url
    property string nick: "Grace"

    visible: true
    width: 360
    height: 480
    title: client.connected ? `${nick} at ${url}` : client.errorString

    SocketIoClient {
        id: client
        url: "http://localhost:3000"
        onConnected: emitEvent("chat message", window.nick, "is here")

        SocketIoEvent {
            name: "chat message"
            onReceived: (nick, text) => messages.append({ line: `${nick}: ${text}` })
        }
    }
    ListModel {
        id: messages
    }
    ColumnLayout {
        anchors.fill: parent
        ListView {
            Layout.fillWidth: true
            Layout.fillHeight: true
            model: messages
            delegate: Label {
                required property string line
                text: line
            }
        }
        TextField {
            Layout.fillWidth: true
            placeholderText: "Write a message"
            onAccepted: {
                client.emitEvent("chat message", window.nick, text);
                clear();
            }
        }
    }
}
//! [window]
