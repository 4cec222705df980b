// SPDX-License-Identifier: MIT
import QtQml
import SocketIo

QtObject {
    property SocketIoServer server: SocketIoServer {
        id: server
        host: "127.0.0.1"
    }
    property SocketIoClient client: SocketIoClient {
        url: server.url
        onConnected: Qt.exit(0)
        onConnectError: error => {
            console.log(error.message);
            Qt.exit(1);
        }
    }
}
