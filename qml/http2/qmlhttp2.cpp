// SPDX-License-Identifier: MIT
#include "qmlhttp2.h"

#include <SocketIo/Server>

namespace SocketIo {

/*!
    \qmlmodule SocketIo.Http2
    \title SocketIo.Http2 QML Module
    \brief HTTP/2 for a server declared in QML.

    \qml
    import SocketIo
    import SocketIo.Http2

    SocketIoServer {
        port: 3000
        options: ({ sslConfiguration: { cert: "server.pem", key: "server.key" } })
        Http2 {}
    }
    \endqml

    It is there if the package was built with nghttp2. Clients need no module: SocketIoClient has
    the option \c http2.
*/
/*!
    \qmltype Http2
    \inqmlmodule SocketIo.Http2
    \inherits SocketIoServerExtension
    \since QtSocketIo 0.1
    \brief Lets the SocketIoServer that it is declared in speak HTTP/2 beside HTTP/1.1.

    Its properties are for each connection, and count when the server listens for the first time.

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
    Whether clients may have their WebSockets in streams of the connection; \c true by default.
*/
/*!
    \qmlproperty int Http2::maxConcurrentStreams
    How many requests may be under way, WebSockets included; 128 by default.
*/
/*!
    \qmlproperty int Http2::streamWindowSize
    How many bytes of a request's body, or of a WebSocket, may wait to be read; 256 KiB by default.
*/
/*!
    \qmlproperty int Http2::connectionWindowSize
    How many bytes may be on their way from the client; 1 MiB by default.
*/
/*!
    \qmlproperty int Http2::floodInterval
    The milliseconds in which maxResets and maxControlFrames count; 10,000 by default.
*/
/*!
    \qmlproperty int Http2::maxResets
    How many requests the client may take back in that time, or send malformed; 500 by default, 0
    for any number.
*/
/*!
    \qmlproperty int Http2::maxControlFrames
    How many frames the client may send in that time that are no part of a request; 1000 by default,
    0 for any number.
*/
/*!
    \qmlproperty int Http2::maxContinuationFrames
    How many frames the headers of one request may be spread over; 8 by default.
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
