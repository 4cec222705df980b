// SPDX-License-Identifier: MIT
#include "qmlserverextension.h"

namespace SocketIo {

/*!
    \qmltype SocketIoServerExtension
    \inqmlmodule SocketIo
    \since QtSocketIo 0.1
    \brief Adds something to the SocketIoServer that it is declared in.

    Its kinds are in modules of their own: AdminUi in \c{SocketIo.AdminUi} and Http2 in
    \c{SocketIo.Http2}. The properties count when the server listens for the first time.

    \qml
    import SocketIo
    import SocketIo.Http2

    SocketIoServer {
        port: 3000
        options: ({ sslConfiguration: { cert: "server.pem", key: "server.key" } })
        Http2 {}
    }
    \endqml
*/
QmlServerExtension::QmlServerExtension(QObject *parent)
    : QObject(parent)
{
}

QmlServerExtension::~QmlServerExtension() = default;

bool QmlServerExtension::handleRequest(const EngineIo::HttpRequest &,
                                       const EngineIo::HttpResponder &)
{
    return false;
}

} // namespace SocketIo
