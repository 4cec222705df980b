// SPDX-License-Identifier: MIT
#include "qmlserverextension.h"

namespace SocketIo {

/*!
    \qmltype SocketIoServerExtension
    \inqmlmodule SocketIo
    \since QtSocketIo 0.1
    \brief The base type of extensions of the SocketIoServer that they are declared in.

    It cannot be created. The derived types are in separate modules: AdminUi in \c{SocketIo.AdminUi}
    and Http2 in \c{SocketIo.Http2}. Their properties take effect when the server listens for the
    first time.

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
