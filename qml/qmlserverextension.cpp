// SPDX-License-Identifier: MIT
#include "qmlserverextension.h"

namespace SocketIo {

/*!
    \qmltype SocketIoServerExtension
    \inqmlmodule SocketIo
    \since 0.1
    \brief Adds something to the SocketIoServer that it is declared in.

    Its kinds are in modules of their own: AdminUi in \c{SocketIo.AdminUi} and Http2 in
    \c{SocketIo.Http2}. The properties count when the server listens for the first time.
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
