// SPDX-License-Identifier: MIT
import QtQuick
import SocketIo

ListView {
    id: view
    required property url url
    property bool ended: false

    function change(price) {
        prices.update(price);
    }

    model: SocketIoListModel {
        id: prices
        client: socket
        keyRole: "symbol"
        resetEvent: "all"
        updateEvent: "price"
    }
    delegate: Row {
        id: line
        required property string symbol
        required property int value
        required property double change
        spacing: 20
        Text { width: 100; text: line.symbol }
        Text { width: 100; text: line.value }
        Text { text: line.change.toFixed(1); color: line.change > 1000 ? "darkgreen" : "darkred" }
    }

    SocketIoClient {
        id: socket
        url: view.url
        options: ({ transports: ["websocket"] })
    }
    SocketIoEvent {
        client: socket
        name: "end"
        onReceived: view.ended = true
    }
}
