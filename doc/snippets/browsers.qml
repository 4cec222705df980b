// SPDX-License-Identifier: MIT
// Servers of pages.
import QtQuick
import SocketIo

Item {
    //! [folder]
    SocketIoServer {
        port: 3000
        folder: "page"
        options: ({ clientFolder: "node_modules/socket.io/client-dist" })
    }
    //! [folder]

    //! [cors]
    SocketIoServer {
        options: ({ cors: { origin: ["https://example.com", /\.example\.org$/], credentials: true } })
    }
    //! [cors]
}
