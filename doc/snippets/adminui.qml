// SPDX-License-Identifier: MIT
//! [server]
import SocketIo
import SocketIo.AdminUi

SocketIoServer {
    id: io
    property string password // of your settings

    port: 3000
    AdminUi {
        authenticator: (name, password) => name === "ada" && password === io.password
        pageFolder: "node_modules/@socket.io/admin-ui/ui/dist"
        onLoginFailed: (name, address) => console.warn(`${name} at ${address} was refused`)
    }
}
//! [server]
