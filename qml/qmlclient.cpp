// SPDX-License-Identifier: MIT
#include "qmlclient.h"

#include "jsvalues_p.h"
#include "optionsfromjs_p.h"
#include "pendingacktojs_p.h"

#include <SocketIo/Manager>

#include <QtQml/qjsengine.h>
#include <QtQml/qqmlinfo.h>

namespace SocketIo {

using namespace Qt::StringLiterals;
using namespace detail;

/*!
    \qmltype SocketIoClient
    \inqmlmodule SocketIo
    \since 0.1
    \brief A client of a Socket.IO server.

    It connects when it is declared and again whenever the connection breaks. Its state can be
    bound to.

    \qml
    SocketIoClient {
        url: "http://localhost:3000"
        auth: ({ token: "abc" })
        onConnected: emitEvent("join", "news")
        onDisconnected: reason => console.log("away:", reason)
        onEventReceived: (name, args) => console.log(name, args)
    }
    \endqml

    Clients of the same server share one connection, also if their namespaces differ. Events that
    are sent while there is no connection wait for it.

    \sa SocketIoEvent, SocketIoListModel, SocketIo::ClientSocket
*/
/*!
    \qmlproperty url SocketIoClient::url

    The server, with the scheme http, https, ws or wss. Its path is the namespace unless \l nsp is
    set. A change makes a new connection. Nothing happens while it is empty.
*/
/*!
    \qmlproperty string SocketIoClient::nsp

    The namespace; that of the \l url, or "/", by default. A change joins the other namespace with
    a new \l sid.
*/
/*!
    \qmlproperty var SocketIoClient::auth

    What the server gets as \c{handshake.auth}: an object, or a function. A function may return the
    object, or take a function as its argument and call that with the object, now or later. It is
    asked each time the client connects; a new value counts from the next time on.
*/
/*!
    \qmlproperty var SocketIoClient::options

    An object with Socket.IO's options; times are in milliseconds, and \c false takes a limit away.
    These are known, with their defaults as in SocketIo::ClientOptions: \c path,
    \c addTrailingSlash, \c transports, \c tryAllTransports, \c upgrade, \c rememberUpgrade,
    \c query, \c extraHeaders, \c withCredentials, \c forceBase64, \c timestampParam,
    \c protocols, \c requestTimeout, \c upgradeTimeout, \c maxReceiveSize, \c forceNew,
    \c multiplex, \c reconnection, \c reconnectionAttempts, \c reconnectionDelay,
    \c reconnectionDelayMax, \c randomizationFactor, \c timeout, \c ackTimeout and \c retries.

    Other names and wrong values are reported and have no effect. A change makes a new connection.
*/
/*!
    \qmlproperty bool SocketIoClient::autoConnect

    Whether the client connects by itself; \c true by default. If not, call open().
*/
/*!
    \qmlproperty bool SocketIoClient::connected
    \readonly

    Whether the client is in its namespace.
*/
/*!
    \qmlproperty bool SocketIoClient::recovered
    \readonly

    Whether the server has restored the session at the last connection: the \l sid, the rooms and
    what was missed. See the option \c connectionStateRecovery of SocketIoServer.
*/
/*!
    \qmlproperty enumeration SocketIoClient::state
    \readonly

    \value SocketIoClient.Disconnected There is no connection, and none is being made.
    \value SocketIoClient.Connecting A connection is being made, or waits for its next attempt.
    \value SocketIoClient.Connected The client is in its namespace.
*/
/*!
    \qmlproperty string SocketIoClient::sid
    \readonly

    The id that the server has given the client in this namespace; empty while not connected
    (Socket.IO: \c socket.id).
*/
/*!
    \qmlproperty string SocketIoClient::transport
    \readonly

    How the messages travel: "polling" or "websocket", or empty without a connection.
*/
/*!
    \qmlproperty real SocketIoClient::latency
    \readonly

    How long the server took to answer at the last heartbeat, in milliseconds; -1 as long as that
    is not known. Servers set how often there is a heartbeat with their option \c pingInterval.
*/
/*!
    \qmlproperty string SocketIoClient::errorString
    \readonly

    Why the last attempt to connect has failed; empty again when one succeeds.
*/
/*!
    \qmlsignal SocketIoClient::connected()

    The client is in its namespace, for the first time or again.
*/
/*!
    \qmlsignal SocketIoClient::disconnected(string reason, string description)

    The client has left its namespace, for one of Socket.IO's reasons such as "transport close" or
    "io server disconnect", as \a reason. \a description may say more.

    After "io server disconnect" and "io client disconnect" the client does not come back by
    itself.
*/
/*!
    \qmlsignal SocketIoClient::connectError(var error)

    A connection could not be made, or the server has refused the client. \a error is an object
    with a \c message and, if a middleware has given any, \c data. The client tries again, but not
    after a refusal.
*/
/*!
    \qmlsignal SocketIoClient::eventReceived(string name, list args)

    The event \a name has arrived, with its arguments in \a args. For each event, before those who
    wait for this one.

    \sa SocketIoEvent, on()
*/
/*!
    \qmlsignal SocketIoClient::reconnectAttempted(int attempt)

    A connection that broke is being made again, for the \a attempt. time.
*/
/*!
    \qmlsignal SocketIoClient::reconnected(int attempt)

    The connection is there again; the \a attempt. try succeeded.
*/
/*!
    \qmlsignal SocketIoClient::reconnectFailed()

    As many attempts as the option \c reconnectionAttempts allows have failed, and no more will be
    made.
*/
QmlClient::QmlClient(QObject *parent)
    : QObject(parent)
    , m_handlers(this)
{
}

QmlClient::~QmlClient()
{
    if (m_socket)
        m_socket->QObject::disconnect(this);
    delete m_socket;
}

void QmlClient::setUrl(const QUrl &url)
{
    if (m_url == url)
        return;
    m_url = url;
    Q_EMIT urlChanged();
    createSocket();
}

QString QmlClient::nsp() const
{
    return m_socket ? m_socket->nsp() : m_nsp;
}

void QmlClient::setNsp(const QString &nsp)
{
    if (m_nsp == nsp)
        return;
    m_nsp = nsp;
    Q_EMIT nspChanged();
    createSocket();
}

void QmlClient::setAuth(const QJSValue &auth)
{
    m_auth = auth;
    applyAuth();
    Q_EMIT authChanged();
}

void QmlClient::setOptions(const QVariantMap &options)
{
    if (m_options == options)
        return;
    m_options = options;
    Q_EMIT optionsChanged();
    createSocket();
}

void QmlClient::setAutoConnect(bool autoConnect)
{
    if (m_autoConnect == autoConnect)
        return;
    m_autoConnect = autoConnect;
    Q_EMIT autoConnectChanged();
    if (m_autoConnect && m_complete)
        open();
}

void QmlClient::componentComplete()
{
    m_complete = true;
    createSocket();
}

// Made anew when one of the properties changes that a socket is made with.
void QmlClient::createSocket()
{
    if (!m_complete)
        return;
    const bool wasActive = m_socket && m_socket->isActive();
    const QString oldSid = sid();
    if (m_socket) {
        m_socket->QObject::disconnect(this);
        m_handlers.setSource(nullptr);
        delete m_socket;
        Q_EMIT stateChanged();
        Q_EMIT connectedChanged();
        Q_EMIT sidChanged();
        Q_EMIT transportChanged();
    }
    if (m_url.isEmpty())
        return;
    ClientOptions options = clientOptionsFromJs(m_options, this);
    options.autoConnect = false;
    QUrl url = m_url;
    if (!m_nsp.isEmpty())
        url.setPath(m_nsp.startsWith(u'/') ? m_nsp : u'/' + m_nsp);
    m_socket = Manager::connectTo(url, options);
    m_socket->setParent(this);
    m_handlers.setSource(m_socket);
    connectSignals();
    applyAuth();
    if (m_nsp.isEmpty() && m_socket->nsp() != m_nsp)
        Q_EMIT nspChanged();
    if (m_autoConnect || wasActive)
        m_socket->connect();
}

void QmlClient::connectSignals()
{
    ClientSocket *socket = m_socket;
    connect(socket, &ClientSocket::stateChanged, this, &QmlClient::stateChanged);
    connect(socket, &ClientSocket::connectedChanged, this, &QmlClient::connectedChanged);
    connect(socket, &ClientSocket::recoveredChanged, this, &QmlClient::recoveredChanged);
    connect(socket, &ClientSocket::idChanged, this, &QmlClient::sidChanged);
    connect(socket, &ClientSocket::transportChanged, this, &QmlClient::transportChanged);
    connect(socket, &ClientSocket::latencyChanged, this, &QmlClient::latencyChanged);
    connect(socket, &ClientSocket::eventReceived, this, &QmlClient::eventReceived);
    connect(socket, &ClientSocket::connected, this, [this] {
        setErrorString({});
        Q_EMIT connected();
    });
    connect(socket, &ClientSocket::disconnected, this,
            [this](ClientSocket::DisconnectReason reason, const QString &description) {
                Q_EMIT disconnected(ClientSocket::disconnectReasonText(reason), description);
            });
    connect(socket, &ClientSocket::connectError, this, [this](const Error &error) {
        setErrorString(error.message());
        Q_EMIT connectError(errorToMap(error));
    });
    Manager *manager = socket->manager();
    connect(manager, &Manager::reconnectAttempted, this, &QmlClient::reconnectAttempted);
    connect(manager, &Manager::reconnected, this, &QmlClient::reconnected);
    connect(manager, &Manager::reconnectFailed, this, &QmlClient::reconnectFailed);
}

void QmlClient::applyAuth()
{
    if (!m_socket)
        return;
    if (!m_auth.isCallable()) {
        m_socket->setAuthFunction({});
        m_socket->setAuth(argumentFromJs(m_auth).toMap());
        return;
    }
    // It may return the object, or call what it is given with it, now or later.
    m_socket->setAuthFunction([this](const AuthDone &done) {
        QJSEngine *engine = engineOf(this);
        if (!engine)
            return;
        const QJSValue doneFunction = functionToJs(engine, [done](const QJSValueList &args) {
            done(argumentFromJs(args.value(0)).toMap());
        });
        const std::optional<QJSValue> result = callJs(this, m_auth, {doneFunction});
        if (!result)
            done({}); // the server may say what it misses
        else if (!result->isUndefined())
            done(argumentFromJs(*result).toMap());
    });
}

void QmlClient::setErrorString(const QString &text)
{
    if (m_errorString == text)
        return;
    m_errorString = text;
    Q_EMIT errorStringChanged();
}

/*!
    \qmlmethod void SocketIoClient::open()

    Connects, if the client is not connected or about to be (Socket.IO: \c connect, \c open).
*/
void QmlClient::open()
{
    if (m_socket)
        m_socket->connect();
}

/*!
    \qmlmethod void SocketIoClient::close()

    Leaves the namespace; the client comes back only by open() (Socket.IO: \c disconnect,
    \c close).
*/
void QmlClient::close()
{
    if (m_socket)
        m_socket->disconnect();
}

/*!
    \qmlmethod bool SocketIoClient::emitEvent(string name, var arg1, var arg2, var arg3)

    Sends the event \a name to the server, with up to nine arguments: \a arg1, \a arg2,
    \a arg3 and so on. Texts, numbers, booleans, \c null, arrays and objects go as JSON does; an
    ArrayBuffer or a typed array is binary data.

    Returns \c false, with a warning, for a name that Socket.IO keeps for itself, such as "connect"
    (Socket.IO: \c emit).

    \sa emitEventList()
*/
bool QmlClient::emitEvent(const QString &name, const QJSValue &arg1, const QJSValue &arg2,
                          const QJSValue &arg3, const QJSValue &arg4, const QJSValue &arg5,
                          const QJSValue &arg6, const QJSValue &arg7, const QJSValue &arg8,
                          const QJSValue &arg9)
{
    return m_socket
        && m_socket->emitEventList(
            name, argumentsFromJs({arg1, arg2, arg3, arg4, arg5, arg6, arg7, arg8, arg9}));
}

/*!
    \qmlmethod bool SocketIoClient::emitEventList(string name, list args)

    Sends the event \a name to the server with the elements of the array \a args as its
    arguments, of which there may be any number. Returns as emitEvent() does.
*/
bool QmlClient::emitEventList(const QString &name, const QJSValue &args)
{
    return m_socket && m_socket->emitEventList(name, argumentsFromJs(args));
}

/*!
    \qmlmethod bool SocketIoClient::emitVolatile(string name, list args)

    Sends the event \a name with the elements of the array \a args to the server, unless it
    would have to wait: then it is dropped. For values that the next one replaces (Socket.IO:
    \c volatile). Returns as emitEvent() does.
*/
bool QmlClient::emitVolatile(const QString &name, const QJSValue &args)
{
    return m_socket && m_socket->asVolatile().emitEventList(name, argumentsFromJs(args));
}

/*!
    \qmlmethod var SocketIoClient::emitWithAck(string name, list args, var callback, var failed)

    Sends the event \a name with the elements of the array \a args to the server and asks for an
    acknowledgement. The function \a callback is called with the answer's arguments. The
    function \a failed is called with an Error, which may have \c data, if none comes, for
    example when the time of the option \c ackTimeout is over.

    Without a \a callback it returns a promise of the answer's first argument (Socket.IO:
    \c emitWithAck).
*/
QJSValue QmlClient::emitWithAck(const QString &name, const QJSValue &args, const QJSValue &callback,
                                const QJSValue &errorCallback)
{
    PendingAck *ack = m_socket ? m_socket->emitWithAckList(name, argumentsFromJs(args)) : nullptr;
    return pendingAckToJs(this, ack, Answers::OfOne, callback, errorCallback);
}

/*!
    \qmlmethod void SocketIoClient::on(string name, function callback)

    Calls \a callback with the arguments of each event \a name. If the sender wants an
    acknowledgement, one more argument is a function to call with the answer. What \a callback
    throws is reported as a warning.
*/
void QmlClient::on(const QString &name, const QJSValue &callback)
{
    m_handlers.addFunction(name, callback, false);
}

/*!
    \qmlmethod void SocketIoClient::once(string name, function callback)

    Calls \a callback as on() does, for the next event \a name only.
*/
void QmlClient::once(const QString &name, const QJSValue &callback)
{
    m_handlers.addFunction(name, callback, true);
}

/*!
    \qmlmethod void SocketIoClient::off(string name, function callback)

    Calls \a callback no more for the event \a name; without \a callback, none of the functions
    that were given to on() and once() for it.
*/
void QmlClient::off(const QString &name, const QJSValue &callback)
{
    m_handlers.removeFunction(name, callback);
}

} // namespace SocketIo
