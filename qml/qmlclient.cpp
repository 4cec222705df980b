// SPDX-License-Identifier: MIT
#include "qmlclient.h"

#include "base/callout_p.h"
#include "engineio/client/serveraddress_p.h"
#include "jsvalues_p.h"
#include "optionsfromjs_p.h"

#include <SocketIo/Manager>

#include <QtQml/qjsengine.h>
#include <QtQml/qqmlinfo.h>

namespace SocketIo {

using namespace Qt::StringLiterals;
using namespace detail;
using EngineIo::detail::CallOut;

namespace {

const auto AuthPurpose = QStringLiteral("the data for authentication");

} // namespace

/*!
    \qmltype SocketIoClient
    \inqmlmodule SocketIo
    \inherits SocketIoListener
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

    The server, with the scheme http, https, ws or wss, or without a scheme, which means http:
    "192.168.1.5:3000". Its path is the namespace unless \l nsp is
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
    \c addTrailingSlash, \c protocol (3 or 4), \c transports, \c tryAllTransports, \c upgrade, \c
   rememberUpgrade, \c query, \c extraHeaders, \c withCredentials, \c forceBase64, \c
   timestampRequests, \c timestampParam, \c protocols, \c perMessageDeflate (\c true, \c false, or
    an object with PerMessageDeflateOptions' members), \c requestTimeout, \c upgradeTimeout, \c
   transportTimeout, \c maxReceiveSize, \c maxReceiveBufferSize, \c maxPacketsPerRequest, \c
   forceNew, \c multiplex, \c reconnection, \c reconnectionAttempts, \c reconnectionDelay, \c
   reconnectionDelayMax, \c randomizationFactor, \c timeout, \c ackTimeout, \c retries, \c
   maxBufferedEvents, \c parser ("json" or, where the module is built with MessagePack,
    "msgpack"), \c maxEarlyEvents and \c quitTimeout.

    What JavaScript has other forms for than C++:

    \list
    \li \c maxAttachments, \c maxDepth and \c maxUnfinishedSize are the limits of the
        SocketIo::JsonParser.
    \li \c proxy is a URL such as "http://user:password@proxy:3128" or "socks5://proxy:1080", or
        \c false for no proxy.
    \li \c redirectPolicy is "follow", "same-origin" or "manual".
    \li \c sslConfiguration is an object with \c ca, \c cert and \c key, each a file or a text in
        PEM, \c passphrase and \c rejectUnauthorized, as in Node.js.
    \endlist

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
    : QmlListener(parent)
{
}

QmlClient::~QmlClient()
{
    if (m_socket)
        m_socket->disconnect(this);
    delete m_socket;
}

void QmlClient::setUrl(const QUrl &url)
{
    if (m_url == url)
        return;
    m_url = url;
    CallOut out(this);
    if (out.emitSignal(&QmlClient::urlChanged))
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
    CallOut out(this);
    if (out.emitSignal(&QmlClient::nspChanged))
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
    CallOut out(this);
    if (out.emitSignal(&QmlClient::optionsChanged))
        createSocket();
}

void QmlClient::setAutoConnect(bool autoConnect)
{
    if (m_autoConnect == autoConnect)
        return;
    m_autoConnect = autoConnect;
    CallOut out(this);
    if (out.emitSignal(&QmlClient::autoConnectChanged) && m_autoConnect && m_complete)
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
        m_socket->disconnect(this);
        handlers().setSource(nullptr);
        delete m_socket;
        // A handler that changes the client makes the socket itself.
        CallOut out(this, [this] { return !m_socket; });
        out.emitSignal(&QmlClient::stateChanged);
        out.emitSignal(&QmlClient::connectedChanged);
        out.emitSignal(&QmlClient::sidChanged);
        if (!out.emitSignal(&QmlClient::transportChanged))
            return;
    }
    if (m_url.isEmpty())
        return;
    ClientOptions options = clientOptionsFromJs(m_options, this);
    options.autoConnect = false;
    QUrl url = m_url;
    // Without a scheme, the host would be a path.
    if (const EngineIo::detail::ServerAddress address(url); address.isValid())
        url = address.url();
    if (!m_nsp.isEmpty())
        url.setPath(m_nsp.startsWith(u'/') ? m_nsp : u'/' + m_nsp);
    m_socket = Manager::connectTo(url, options);
    m_socket->setParent(this);
    handlers().setSource(m_socket);
    connectSignals();
    applyAuth();
    CallOut out(this, [this, socket = m_socket] { return socket && m_socket == socket; });
    if (m_nsp.isEmpty() && m_socket->nsp() != m_nsp)
        out.emitSignal(&QmlClient::nspChanged);
    if (out && (m_autoConnect || wasActive))
        m_socket->open();
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
        CallOut out(this);
        out.call([this] { setErrorString({}); });
        out.emitSignal(&QmlClient::connected);
    });
    connect(socket, &ClientSocket::disconnected, this,
            [this](ClientSocket::DisconnectReason reason, const QString &description) {
                Q_EMIT disconnected(ClientSocket::disconnectReasonText(reason), description);
            });
    connect(socket, &ClientSocket::connectError, this, [this](const Error &error) {
        CallOut out(this);
        out.call([this, &error] { setErrorString(error.message()); });
        out.emitSignal(&QmlClient::connectError, errorToMap(error));
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
        m_socket->setAuth(argumentFromJs(m_auth, this, AuthPurpose).toMap());
        return;
    }
    // It may return the object, or call what it is given with it, now or later.
    m_socket->setAuthFunction([this](const AuthDone &done) {
        QJSEngine *engine = engineOf(this);
        if (!engine)
            return;
        const QJSValue doneFunction = functionToJs(
            engine, [self = QPointer<QmlClient>(this), done](const QJSValueList &args) {
                done(argumentFromJs(args.value(0), self, AuthPurpose).toMap());
                return QJSValue();
            });
        const std::optional<QJSValue> result = callJs(this, m_auth, {doneFunction});
        if (!result)
            done({}); // the server may say what it misses
        else if (!result->isUndefined())
            done(argumentFromJs(*result, this, AuthPurpose).toMap());
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
        m_socket->open();
}

/*!
    \qmlmethod void SocketIoClient::close()

    Leaves the namespace; the client comes back only by open() (Socket.IO: \c disconnect,
    \c close).
*/
void QmlClient::close()
{
    if (m_socket)
        m_socket->close();
}

bool QmlClient::sendEvent(const QString &name, const QVariantList &args, Delivery delivery)
{
    if (!m_socket)
        return false;
    return delivery == Delivery::Volatile ? m_socket->asVolatile().emitEventList(name, args)
                                          : m_socket->emitEventList(name, args);
}

PendingAck *QmlClient::sendWithAck(const QString &name, const QVariantList &args)
{
    return m_socket ? m_socket->emitWithAckList(name, args) : nullptr;
}

} // namespace SocketIo
