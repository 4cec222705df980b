// SPDX-License-Identifier: MIT
#include "qmlhttp2.h"

#include <SocketIo/Server>

namespace SocketIo {

/*!
    \qmlmodule SocketIo.Http2
    \title SocketIo.Http2 QML Module
    \brief Provides HTTP/2 for a server declared in QML.

    \qml
    import SocketIo
    import SocketIo.Http2

    SocketIoServer {
        port: 3000
        options: ({ sslConfiguration: { cert: "server.pem", key: "server.key" } })
        Http2 {}
    }
    \endqml

    The module is available if the package was built with nghttp2. Clients do not need it:
    SocketIoClient has the option \c http2.
*/
/*!
    \qmltype Http2
    \inqmlmodule SocketIo.Http2
    \inherits SocketIoServerExtension
    \since QtSocketIo 0.1
    \brief Adds support for HTTP/2, in addition to HTTP/1.1, to the SocketIoServer that it is
    declared in.

    The properties apply to each connection and take effect when the server listens for the first
    time.

    \qml
    import SocketIo
    import SocketIo.Http2

    SocketIoServer {
        port: 3000
        options: ({ sslConfiguration: { cert: "server.pem", key: "server.key" } })
        Http2 { maxConcurrentStreams: 1000 }
    }
    \endqml

    \sa {HTTP/2}, EngineIo::Http2Options
*/
/*!
    \qmlproperty bool Http2::webSockets
    This property holds whether clients can open WebSockets in streams of the connection; \c true by
    default.
*/
/*!
    \qmlproperty int Http2::maxConcurrentStreams
    This property holds the maximum number of concurrent requests, including WebSockets; 128 by
    default.
*/
/*!
    \qmlproperty int Http2::streamWindowSize
    This property holds the maximum number of bytes of a request's body, or of a WebSocket, that a
    client can send before they are read; 262,144 (256 KiB) by default.
*/
/*!
    \qmlproperty int Http2::connectionWindowSize
    This property holds the maximum number of bytes in transit from the client, for all streams;
    1,048,576 (1 MiB) by default.
*/
/*!
    \qmlproperty int Http2::floodInterval
    This property holds the interval in milliseconds to which \l maxResets and \l maxControlFrames
    apply; 10,000 by default.
*/
/*!
    \qmlproperty int Http2::maxResets
    This property holds the maximum number of requests that a client can cancel, or send malformed,
    within \l floodInterval; 500 by default, 0 for no limit.
*/
/*!
    \qmlproperty int Http2::maxControlFrames
    This property holds the maximum number of frames that are not part of a request that a client
    can send within \l floodInterval; 1000 by default, 0 for no limit.
*/
/*!
    \qmlproperty int Http2::maxContinuationFrames
    This property holds the maximum number of frames for the headers of a request; 8 by default.
*/
QmlHttp2::QmlHttp2(QObject *parent)
    : QmlServerExtension(parent)
{
}

void QmlHttp2::start(Server *server)
{
    Options options;
    options.webSockets = m_webSockets;
    options.maxConcurrentStreams = m_maxConcurrentStreams;
    options.streamWindowSize = m_streamWindowSize;
    options.connectionWindowSize = m_connectionWindowSize;
    options.floodInterval = std::chrono::milliseconds(m_floodInterval);
    options.maxResets = m_maxResets;
    options.maxControlFrames = m_maxControlFrames;
    options.maxContinuationFrames = m_maxContinuationFrames;
    EngineIo::Http2::enable(server->engine(), options);
}

} // namespace SocketIo
