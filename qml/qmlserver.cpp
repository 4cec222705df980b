// SPDX-License-Identifier: MIT
#include "qmlserver.h"

#include "jsvalues_p.h"
#include "optionsfromjs_p.h"
#include "pendingacktojs_p.h"

#include <QtCore/qregularexpression.h>
#include <QtQml/qqmlinfo.h>

#include <utility>

namespace SocketIo {

using namespace Qt::StringLiterals;
using namespace detail;

/*!
    \qmltype SocketIoServer
    \inqmlmodule SocketIo
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

    An object with Socket.IO's options; times are in milliseconds. These are known, with their
    defaults as in SocketIo::ServerOptions: \c path, \c addTrailingSlash, \c pingInterval,
    \c pingTimeout, \c upgradeTimeout, \c maxHttpBufferSize, \c transports, \c allowUpgrades,
    \c httpCompression, \c connectTimeout, \c serveClient, \c clientFolder,
    \c cleanupEmptyChildNamespaces, \c maxConnections, \c requestTimeout,
    \c requestTotalTimeout, \c keepAliveTimeout, \c maxRequestBufferSize, \c maxSendBufferSize,
    \c maxReceiveBufferSize, \c maxPacketsPerTurn, \c maxBytesPerTurn, \c cors (an object with
    \c origin, \c methods, \c allowedHeaders, \c exposedHeaders, \c credentials and \c maxAge)
    and \c connectionStateRecovery (an object with \c maxDisconnectionDuration and
    \c skipMiddlewares).

    Other names and wrong values are reported and have no effect. The options count when the server
    listens for the first time and do not change later.
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
    : QObject(parent)
{
    connect(&m_io, &Server::listeningChanged, this, [this] {
        Q_EMIT listeningChanged();
        Q_EMIT portChanged();
    });
}

QmlServer::~QmlServer()
{
    m_io.QObject::disconnect(this);
}

QmlNamespace *QmlServer::main() const
{
    return QmlNamespace::of(m_io.sockets(), this);
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
    m_io.close();
    if (!m_listen)
        return;
    if (!std::exchange(m_started, true))
        m_io.setOptions(serverOptionsFromJs(m_options, this));
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
    Q_EMIT hostChanged();
    restart();
}

void QmlServer::setPort(int port)
{
    if (m_port == port)
        return;
    m_port = port;
    Q_EMIT portChanged();
    restart();
}

void QmlServer::setListen(bool listen)
{
    if (m_listen == listen)
        return;
    m_listen = listen;
    Q_EMIT listenChanged();
    restart();
}

void QmlServer::setOptions(const QVariantMap &options)
{
    if (m_options == options)
        return;
    m_options = options;
    Q_EMIT optionsChanged();
    if (m_started)
        qmlWarning(this) << u"The options of a server that has started do not change"_s;
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

/*!
    \qmlmethod bool SocketIoServer::emitEvent(string name, var arg1, var arg2, var arg3)

    Sends the event \a name to all clients in the main namespace, with up to nine arguments:
    \a arg1, \a arg2, \a arg3 and so on. Texts, numbers, booleans, \c null, arrays and objects go
    as JSON does; an ArrayBuffer or a typed array is binary data.

    Returns \c false, with a warning, for a name that Socket.IO keeps for itself, such as "connect"
    (Socket.IO: \c emit).

    \sa emitEventList()
*/
bool QmlServer::emitEvent(const QString &name, const QJSValue &arg1, const QJSValue &arg2,
                          const QJSValue &arg3, const QJSValue &arg4, const QJSValue &arg5,
                          const QJSValue &arg6, const QJSValue &arg7, const QJSValue &arg8,
                          const QJSValue &arg9)
{
    return m_io.emitEventList(
        name, argumentsFromJs({arg1, arg2, arg3, arg4, arg5, arg6, arg7, arg8, arg9}));
}

/*!
    \qmlmethod bool SocketIoServer::emitEventList(string name, list args)

    Sends the event \a name to all clients in the main namespace with the elements of the array
    \a args as its arguments, of which there may be any number. Returns as emitEvent() does.
*/
bool QmlServer::emitEventList(const QString &name, const QJSValue &args)
{
    return m_io.emitEventList(name, argumentsFromJs(args));
}

/*!
    \qmlmethod bool SocketIoServer::emitVolatile(string name, list args)

    Sends the event \a name with the elements of the array \a args to all clients in the main
    namespace, unless it would have to wait: then it is dropped. For values that the next one
    replaces (Socket.IO: \c volatile). Returns as emitEvent() does.
*/
bool QmlServer::emitVolatile(const QString &name, const QJSValue &args)
{
    return m_io.asVolatile().emitEventList(name, argumentsFromJs(args));
}

/*!
    \qmlmethod var SocketIoServer::emitWithAck(string name, list args, var callback, var failed)

    Sends the event \a name with the elements of the array \a args to all clients in the main
    namespace and asks for an acknowledgement. The function \a callback is called with an array
    of the first arguments of all answers. The function \a failed is called with an Error, which
    may have \c data, if none comes, for example when the time of timeout() is over.

    Without a \a callback it returns a promise of that array (Socket.IO: \c emitWithAck).
*/
QJSValue QmlServer::emitWithAck(const QString &name, const QJSValue &args, const QJSValue &callback,
                                const QJSValue &errorCallback)
{
    return pendingAckToJs(this, m_io.emitWithAckList(name, argumentsFromJs(args)), Answers::OfMany,
                          callback, errorCallback);
}

} // namespace SocketIo
