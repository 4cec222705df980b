// SPDX-License-Identifier: MIT
// What is emitted at the very end.
import QtQuick
import SocketIo

Item {
    //! [bye]
    SocketIoClient {
        id: client
        url: "http://localhost:3000"
        Component.onDestruction: client.emitEvent("bye")
    }
    //! [bye]
}
