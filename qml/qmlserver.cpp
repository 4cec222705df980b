// SPDX-License-Identifier: MIT
#include "qmlserver.h"

#include "base/callout_p.h"
#include "jsvalues_p.h"
#include "optionsfromjs_p.h"

#include <QtCore/qregularexpression.h>
#include <QtQml/qqmlinfo.h>

#include <utility>

namespace SocketIo {

using namespace Qt::StringLiterals;
using namespace detail;
using EngineIo::detail::CallOut;

/*!
    \qmltype SocketIoServer
    \inqmlmodule SocketIo
    \inherits SocketIoEmitter
    \since 0.1
    \brief A Socket.IO server.

    For kiosks, control panels and other programs that others connect to. It listens when it is
    declared. Its methods and signals mean the main namespace, "/"; of() gives others.

    \qml
    SocketIoServer {
        id: server
        port: 3000
        Component.onCompleted: use((socket, next) => {
            if (socket.handshake.auth.token === "abc")
                next();
            else
                next({ message: "not authorized" });
        })
        onConnected: socket => {
            socket.join("guests");
            socket.on("order", (dish, done) => {
                server.to("guests").emitEvent("ordered", dish);
                done("thanks");
            });
        }
    }
    \endqml

    \sa SocketIo::Server
*/
/*!
    \qmlproperty string SocketIoServer::host

    The address to listen on: an IP address or "localhost"; all of the machine's if it is empty,
    the default. A change closes all connections.
*/
/*!
    \qmlproperty int SocketIoServer::port

    The port to listen on. With 0, the default, the system chooses one, which this property tells
    while the server listens. A change closes all connections.
*/
/*!
    \qmlproperty bool SocketIoServer::listen

    Whether the server should listen; \c true by default. \c false closes all connections.

    \sa listening
*/
/*!
    \qmlproperty var SocketIoServer::options

    An object with Socket.IO's options; times are in milliseconds, except for \c maxAge, which is in
    seconds as Socket.IO has it. These are known, with their defaults as in
    SocketIo::ServerOptions: \c path, \c addTrailingSlash, \c pingInterval, \c pingTimeout,
    \c upgradeTimeout, \c maxHttpBufferSize, \c transports, \c allowUpgrades,
    \c httpCompression, \c httpCompressionThreshold, \c initialPacket (a text or an ArrayBuffer),
    \c allowEIO3, \c protocols, \c allowedOrigins, \c perMessageDeflate (\c true, or an object with
    \c threshold, \c serverNoContextTakeover, \c clientNoContextTakeover, \c serverMaxWindowBits,
    \c clientMaxWindowBits, \c level and \c memLevel),
    \c parser ("json" or, where the module is built with MessagePack, "msgpack"),
    \c maxAttachments, \c maxDepth and \c maxUnfinishedSize (the limits of the
    SocketIo::JsonParser), \c connectTimeout,
    \c serveClient, \c clientFolder, \c cleanupEmptyChildNamespaces, \c maxConnections,
    \c requestTimeout, \c requestTotalTimeout, \c keepAliveTimeout, \c maxRequestBufferSize,
    \c maxHeaderSize, \c maxHeaderCount, \c maxSendBufferSize, \c maxReceiveBufferSize,
    \c maxPacketsPerTurn, \c maxBytesPerTurn, \c maxWritesPerTurn, \c maxNamespacesPerClient,
    \c maxChildNamespaces, \c maxRoomsPerSocket, \c maxPendingAcksPerSocket, \c maxRoomsLeftPerTurn,
    \c cors (an object with \c origin, which is a text, a regular expression, an array of them or
    a boolean, \c methods, \c allowedHeaders, \c exposedHeaders, \c credentials, \c maxAge,
    \c preflightContinue and \c optionsSuccessStatus), \c cookie (an object with \c name,
    \c path, \c domain, \c httpOnly, \c secure, \c sameSite, \c maxAge and \c expires) and
    \c connectionStateRecovery (an object with \c maxDisconnectionDuration, \c skipMiddlewares,
    \c maxSessions and \c maxLogSize).

    Other names and wrong values are reported and have no effect. The options count when the server
    listens for the first time and do not change later.
*/
/*!
    \qmlproperty SocketIoAdapter SocketIoServer::adapter

    Joins the server with others to a cluster; none by default. It counts when the server listens
   for the first time and does not change later.

    \qml
    import SocketIo
    import SocketIo.Redis

    SocketIoServer {
        adapter: RedisAdapter { url: "redis://localhost" }
    }
    \endqml
*/
/*!
    \qmlproperty int SocketIoServer::ioThreadCount

    How many threads serve the connections. With 0, the default, the thread of the window does.
    With 1 or more, clients stay connected while the window is busy. To be set before the server
    listens.
*/
/*!
    \qmlproperty bool SocketIoServer::listening
    \readonly

    Whether the server listens.
*/
/*!
    \qmlproperty url SocketIoServer::url
    \readonly

    Where a client on this machine finds the server; empty while it does not listen.
*/
/*!
    \qmlproperty string SocketIoServer::errorString
    \readonly

    Why the server does not listen; empty if it does.
*/
/*!
    \qmlproperty list<SocketIoSocket> SocketIoServer::sockets
    \readonly

    The clients in the main namespace, each a SocketIoSocket.
*/
/*!
    \qmlproperty int SocketIoServer::socketsCount
    \readonly

    How many clients are in the main namespace.
*/
/*!
    \qmlsignal SocketIoServer::connected(SocketIoSocket socket)

    The client \a socket has joined the main namespace.
*/
/*!
    \qmlsignal SocketIoServer::disconnected(SocketIoSocket socket, string reason)

    The client \a socket has left the main namespace for \a reason, one of Socket.IO's, such as
    "transport close". The object ends when this signal has been handled.
*/
QmlServer::QmlServer(QObject *parent)
    : QmlEmitter(parent)
{
    connect(&m_io, &Server::listeningChanged, this, [this] {
        CallOut out(this);
        out.emitSignal(&QmlServer::listeningChanged);
        out.emitSignal(&QmlServer::portChanged);
    });
}

QmlServer::~QmlServer()
{
    m_io.disconnect(this);
}

QmlNamespace *QmlServer::main() const
{
    return QmlNamespace::of(m_io.mainNamespace(), this);
}

void QmlServer::componentComplete()
{
    m_complete = true;
    connect(main(), &QmlNamespace::socketsChanged, this, &QmlServer::socketsChanged);
    connect(main(), &QmlNamespace::socketsCountChanged, this, &QmlServer::socketsCountChanged);
    connect(main(), &QmlNamespace::connected, this, &QmlServer::connected);
    connect(main(), &QmlNamespace::disconnected, this, &QmlServer::disconnected);
    restart();
}

// Listens as the properties say; whoever is connected to another port or address is not any more.
void QmlServer::restart()
{
    if (!m_complete)
        return;
    CallOut out(this);
    if (!out.call([this] { m_io.close(); }) || !m_listen)
        return;
    if (!std::exchange(m_started, true)) {
        ServerOptions options = serverOptionsFromJs(m_options, this);
        if (m_adapter)
            options.adapter = m_adapter->factory();
        m_io.setOptions(options);
    }
    const QHostAddress address = m_host.isEmpty() ? QHostAddress(QHostAddress::Any)
        : m_host == "localhost"_L1                ? QHostAddress(QHostAddress::LocalHost)
                                                  : QHostAddress(m_host);
    if (address.isNull())
        setErrorString(u"\"%1\" is not an address"_s.arg(m_host));
    else if (m_port < 0 || m_port > 65535)
        setErrorString(u"%1 is not a port"_s.arg(m_port));
    else if (m_io.listen(address, quint16(m_port)))
        setErrorString({});
    else
        setErrorString(m_io.errorString());
}

void QmlServer::setHost(const QString &host)
{
    if (m_host == host)
        return;
    m_host = host;
    CallOut out(this);
    if (out.emitSignal(&QmlServer::hostChanged))
        restart();
}

void QmlServer::setPort(int port)
{
    if (m_port == port)
        return;
    m_port = port;
    CallOut out(this);
    if (out.emitSignal(&QmlServer::portChanged))
        restart();
}

void QmlServer::setListen(bool listen)
{
    if (m_listen == listen)
        return;
    m_listen = listen;
    CallOut out(this);
    if (out.emitSignal(&QmlServer::listenChanged))
        restart();
}

void QmlServer::setOptions(const QVariantMap &options)
{
    if (m_options == options)
        return;
    m_options = options;
    CallOut out(this);
    if (out.emitSignal(&QmlServer::optionsChanged) && m_started)
        qmlWarning(this) << u"The options of a server that has started do not change"_s;
}

void QmlServer::setAdapter(QmlAdapter *adapter)
{
    if (m_adapter == adapter)
        return;
    m_adapter = adapter;
    CallOut out(this);
    if (out.emitSignal(&QmlServer::adapterChanged) && m_started)
        qmlWarning(this) << u"The adapter of a server that has started does not change"_s;
}

void QmlServer::setIoThreadCount(int count)
{
    if (m_io.ioThreadCount() == count)
        return;
    m_io.setIoThreadCount(count);
    Q_EMIT ioThreadCountChanged();
}

QUrl QmlServer::url() const
{
    if (!m_io.isListening())
        return {};
    QHostAddress address = m_io.serverAddress();
    if (address == QHostAddress::Any || address == QHostAddress::AnyIPv4)
        address = QHostAddress::LocalHost;
    else if (address == QHostAddress::AnyIPv6)
        address = QHostAddress::LocalHostIPv6;
    QUrl url;
    url.setScheme(u"http"_s);
    url.setHost(address.toString());
    url.setPort(m_io.serverPort());
    return url;
}

void QmlServer::setErrorString(const QString &text)
{
    if (m_errorString == text)
        return;
    m_errorString = text;
    Q_EMIT errorStringChanged();
}

/*!
    \qmlmethod SocketIoNamespace SocketIoServer::of(var name)

    Returns the namespace \a name, which is there from now on. With a regular expression it is the
    parent of all namespaces whose name matches: they are made when a client asks for them.
*/
QmlNamespace *QmlServer::of(const QJSValue &name)
{
    Namespace *nsp = name.isRegExp() ? m_io.of(name.toVariant().toRegularExpression())
                                     : m_io.of(name.toString());
    return QmlNamespace::of(nsp, this);
}

/*!
    \qmlmethod SocketIoSocket SocketIoServer::socket(string sid)

    Returns the client with the id \a sid, or \c null.
*/
QmlSocket *QmlServer::socket(const QString &sid) const
{
    return main()->socket(sid);
}

/*!
    \qmlmethod void SocketIoServer::use(function middleware)

    Has \a middleware called for each client that wants to join, with the SocketIoSocket and a
    function: called without an argument it lets the client go on to the next middleware or in;
    called with a text or an object with \c message and \c data it refuses the client, who gets
    this as an error. It may be called later. What \a middleware throws refuses the client too.
*/
void QmlServer::use(const QJSValue &middleware)
{
    main()->use(middleware);
}

/*!
    \qmlmethod SocketIoBroadcast SocketIoServer::to(var rooms)

    Returns the sockets of the main namespace that are in \a rooms: a name or an array of names.
    Those who are in several get an event once (Socket.IO: \c to, \c in).
*/
QmlBroadcast *QmlServer::to(const QJSValue &rooms) const
{
    return main()->to(rooms);
}

/*!
    \qmlmethod SocketIoBroadcast SocketIoServer::except(var rooms)

    Returns the sockets of the main namespace that are in none of \a rooms: a name or an array
    of names.
*/
QmlBroadcast *QmlServer::except(const QJSValue &rooms) const
{
    return main()->except(rooms);
}

/*!
    \qmlmethod SocketIoBroadcast SocketIoServer::timeout(int milliseconds)

    Returns the same sockets, with so many \a milliseconds for emitWithAck() to end with an error
    if not all of them have answered.
*/
QmlBroadcast *QmlServer::timeout(int milliseconds) const
{
    return main()->timeout(milliseconds);
}

/*!
    \qmlmethod void SocketIoServer::disconnectSockets(bool close)

    Puts the sockets out of the namespace. If \a close is \c true their connections end, with all
    namespaces.
*/
void QmlServer::disconnectSockets(bool close)
{
    main()->disconnectSockets(close);
}

bool QmlServer::sendEvent(const QString &name, const QVariantList &args, Delivery delivery)
{
    return delivery == Delivery::Volatile ? m_io.asVolatile().emitEventList(name, args)
                                          : m_io.emitEventList(name, args);
}

PendingAck *QmlServer::sendWithAck(const QString &name, const QVariantList &args)
{
    return m_io.emitWithAckList(name, args);
}

} // namespace SocketIo
