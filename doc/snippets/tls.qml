// SPDX-License-Identifier: MIT
// Servers and clients with certificates, which are files.
import QtQuick
import SocketIo

Item {
    //! [server]
    SocketIoServer {
        port: 3000
        options: ({ sslConfiguration: { cert: "server.pem", key: "server.key" } })
    }
    //! [server]

    //! [client]
    SocketIoClient {
        url: "https://server.example:3000"
        options: ({ sslConfiguration: { ca: "authority.pem" } })
    }
    //! [client]

    //! [verifying server]
    SocketIoServer {
        port: 3000
        options: ({ sslConfiguration: { cert: "server.pem", key: "server.key",
                                        ca: "authority.pem", requestCert: true } })
    }
    //! [verifying server]

    //! [client with certificate]
    SocketIoClient {
        url: "https://server.example:3000"
        options: ({ sslConfiguration: { ca: "authority.pem", cert: "client.pem", key: "client.key" } })
    }
    //! [client with certificate]
}
