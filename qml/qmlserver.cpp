// SPDX-License-Identifier: MIT
#include "qmlserver.h"

#include "base/callout_p.h"
#include "jsvalues_p.h"
#include "optionsfromjs_p.h"
#include "pagefolder_p.h"

#include <EngineIo/Server>

#include <QtCore/qfileinfo.h>
#include <QtCore/qregularexpression.h>
#include <QtQml/qjsengine.h>
#include <QtQml/qqmlcontext.h>
#include <QtQml/qqmlengine.h>
#include <QtQml/qqmlinfo.h>

#include <memory>
#include <optional>

#include <utility>

namespace SocketIo {

using namespace Qt::StringLiterals;
using namespace detail;
using EngineIo::detail::CallOut;

/*!
    \qmltype SocketIoServer
    \inqmlmodule SocketIo
    \inherits SocketIoNamespace
    \since 0.1
    \brief A Socket.IO server.

    For kiosks, control panels and other programs that others connect to. It listens when it is
    declared. A server is its main namespace, "/": the properties, methods and signals of
    SocketIoNamespace mean that one. Use of() for others.

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

    The address to listen on: an IP address or "localhost". By default it is empty, and the server
    listens on all addresses of the machine. A change closes all connections.
*/
/*!
    \qmlproperty int SocketIoServer::port

    The port to listen on. With 0, the default, the system chooses one, which this property holds
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
    \c allowEIO3, \c protocols, \c allowedOrigins, \c trustedProxies, \c forwardedHeader
    ("XForwardedFor" or "Forwarded"), \c proxyProtocol ("Off" or "FromTrustedProxies"),
    \c metricsPath, \c healthPath,
    \c perMessageDeflate (\c true, or an object with
    \c threshold, \c serverNoContextTakeover, \c clientNoContextTakeover, \c serverMaxWindowBits,
    \c clientMaxWindowBits, \c level and \c memLevel),
    \c parser ("json" or, where the module is built with MessagePack, "msgpack"),
    \c maxAttachments, \c maxDepth, \c maxUnfinishedSize and \c maxSentSize (the limits of the
    SocketIo::JsonParser), \c maxValues (how many values the arguments of an event may have in
    them; 1,000,000 by default, 0 for any number), \c connectTimeout,
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

    With \c sslConfiguration the server speaks TLS: an object with \c cert and \c key, each a file
    or a text in PEM, \c passphrase, \c requestCert to ask clients for a certificate, \c ca with
    the authorities of those certificates, and \c rejectUnauthorized, as in Node.js:

    \qml
    SocketIoServer {
        options: ({ sslConfiguration: { cert: "server.pem", key: "server.key" } })
    }
    \endqml

    Other names and wrong values are reported and have no effect. The options are read when the
    server listens for the first time; later changes have no effect.
*/
/*!
    \qmlproperty SocketIoAdapter SocketIoServer::adapter

    The adapter that joins the server with others to a cluster; \c null by default. It is read when
    the server listens for the first time; later changes have no effect.

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

    The number of threads that serve the connections. With 0, the default, they are served in the
    thread of the window. With 1 or more, clients stay connected while the window is busy. Set it
    before the server listens.
*/
/*!
    \qmlproperty bool SocketIoServer::listening
    \readonly

    Whether the server listens.
*/
/*!
    \qmlproperty url SocketIoServer::url
    \readonly

    The URL under which a client on this machine finds the server; empty while it does not listen.
*/
/*!
    \qmlproperty string SocketIoServer::errorString
    \readonly

    Why the server does not listen; empty if it does.
*/
/*!
    \qmlproperty list<SocketIoNamespace> SocketIoServer::namespaces
    \readonly

    All namespaces except the parents, in no particular order.

    \sa newNamespace()
*/
/*!
    \qmlproperty url SocketIoServer::folder

    The folder with a page for browsers, which the server sends for requests outside the option
    \c path: "/" is the file \c index.html, and "/style.css" the file \c style.css. A relative URL
    begins at the QML file; \c qrc URLs work too. Files whose names begin with a dot are not sent.
    By default it is empty, and such requests are answered with 404.

    \qml
    SocketIoServer {
        port: 3000
        folder: "page"
    }
    \endqml

    The option \c clientFolder names the folder with the script that the page loads from
    "/socket.io/socket.io.js".
*/
/*!
    \qmlproperty list<QtObject> SocketIoServer::children
    \qmldefault

    The objects that are declared in the server, such as timers.
*/
/*!
    \qmlsignal SocketIoServer::newNamespace(SocketIoNamespace nsp)

    This signal is emitted when the namespace \a nsp has been created, by of() or for a client
    (Socket.IO: \c new_namespace).
*/
/*!
    \qmlproperty bool SocketIoServer::draining
    \readonly

    Whether drain() has been called and its work is not done yet.
*/
/*!
    \qmlsignal SocketIoServer::drained()

    This signal is emitted when drain() has done its work: the server has stopped.
*/
/*!
    \qmlsignal SocketIoServer::closed()

    This signal is emitted when the server has stopped and all its connections are closed.

    \sa listen
*/
QmlServer::QmlServer(QObject *parent)
    : QmlNamespace(parent)
{
    attach(m_io.mainNamespace());
    connect(&m_io, &Server::listeningChanged, this, [this] {
        CallOut out(this);
        out.emitSignal(&QmlServer::listeningChanged);
        out.emitSignal(&QmlServer::portChanged);
    });
    connect(&m_io, &Server::closed, this, &QmlServer::closed);
    connect(&m_io, &Server::drained, this, [this] {
        CallOut out(this);
        out.emitSignal(&QmlServer::drainingChanged);
        out.emitSignal(&QmlServer::drained);
    });
    connect(&m_io, &Server::newNamespace, this,
            [this](Namespace *nsp) { Q_EMIT newNamespace(sibling(nsp)); });
}

QmlServer::~QmlServer()
{
    detach();
    m_io.disconnect(this);
}

QmlNamespace *QmlServer::sibling(Namespace *nsp) const
{
    // The main namespace is this object.
    return nsp == m_io.mainNamespace() ? const_cast<QmlServer *>(this)
                                       : QmlNamespace::of(nsp, this);
}

QList<QObject *> QmlServer::namespaces() const
{
    QList<QObject *> result;
    const QList<Namespace *> all = m_io.namespaces();
    result.reserve(all.size());
    for (Namespace *nsp : all)
        result.append(sibling(nsp));
    return result;
}

void QmlServer::componentComplete()
{
    m_complete = true;
    restart();
}

// Listens as the properties say. Clients that are connected to another port or address lose their
// connections.
void QmlServer::restart()
{
    if (!m_complete)
        return;
    CallOut out(this);
    if (!out.call([this] { m_io.close(); }) || !m_listen)
        return;
    if (!std::exchange(m_started, true)) {
        std::optional<QSslConfiguration> tls;
        qsizetype maxValues = DefaultMaxValues;
        ServerOptions options = serverOptionsFromJs(m_options, this, &tls, &maxValues);
        setMaxValues(maxValues);
        if (m_adapter)
            options.adapter = m_adapter->factory();
        m_io.setOptions(options);
        m_secure = tls.has_value();
        if (tls)
            m_io.setSslConfiguration(*tls);
        serveFolder();
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

void QmlServer::setFolder(const QUrl &folder)
{
    if (m_folder == folder)
        return;
    m_folder = folder;
    if (m_started)
        serveFolder();
    Q_EMIT folderChanged();
}

void QmlServer::serveFolder()
{
    if (m_folder.isEmpty()) {
        m_io.engine()->setRequestHandler({});
        return;
    }
    const QQmlContext *context = qmlContext(this);
    const QUrl url = context ? context->resolvedUrl(m_folder) : m_folder;
    const QString path = url.scheme() == "qrc"_L1 ? u':' + url.path() : url.toLocalFile();
    if (!QFileInfo(path).isDir())
        qmlWarning(this) << u"There is no folder \"%1\""_s.arg(url.toDisplayString());
    m_io.engine()->setRequestHandler(
        [page = PageFolder(path)](const EngineIo::HttpRequest &request,
                                  const EngineIo::HttpResponder &respond) {
            respond(page.answer(request));
        });
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
    url.setScheme(m_secure ? u"https"_s : u"http"_s);
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

    Returns the namespace \a name, which is created if there is none; "/" is the server itself.

    With a regular expression, or a function, it is the parent of all namespaces whose name
    matches, which are created when a client asks for them. The function is called with the name,
    the client's \c auth, and a function to call with an error or \c null, and with whether to
    create the namespace, at once or later (Socket.IO: \c of):

    \code
    const games = server.of((name, auth, next) => next(null, isGame(name)))
    \endcode
*/
QmlNamespace *QmlServer::of(const QJSValue &name)
{
    // A slot of newNamespace() may delete the server, or the namespace.
    CallOut out(this);
    QPointer<Namespace> nsp;
    if (!name.isString() && !name.isNumber() && !name.isRegExp() && !name.isCallable()) {
        qmlWarning(this)
            << u"of() wants the name of a namespace, a regular expression or a function"_s;
        return nullptr;
    }
    out.call([&] {
        if (name.isRegExp())
            nsp = m_io.of(name.toVariant().toRegularExpression());
        else
            nsp = name.isCallable() ? m_io.of(filterFromJs(name)) : m_io.of(name.toString());
    });
    return out && nsp ? sibling(nsp) : nullptr;
}

NamespaceFilter QmlServer::filterFromJs(const QJSValue &function)
{
    return [self = QPointer<QmlServer>(this),
            function](const QString &wanted, const QVariantMap &auth,
                      const std::function<void(bool allowed)> &allow) {
        QJSEngine *engine = self ? engineOf(self) : nullptr;
        if (!engine)
            return allow(false);
        const auto isDone = std::make_shared<bool>(false);
        const QJSValue next = functionToJs(engine, [allow, isDone](const QJSValueList &args) {
            if (!std::exchange(*isDone, true)) {
                const QJSValue error = args.value(0);
                allow((error.isNull() || error.isUndefined()) && args.value(1).toBool());
            }
            return QJSValue();
        });
        if (!callJs(self, function, {QJSValue(wanted), engine->toScriptValue(auth), next})
            && !std::exchange(*isDone, true))
            allow(false);
    };
}

/*!
    \qmlmethod void SocketIoServer::drain(int milliseconds)

    Lets the clients go to other servers before this one ends: new clients are refused, and those
    that are here are disconnected one after the other in a way that has them connect again. When
    all have gone, or after so many \a milliseconds, 30,000 by default, the server stops and
    drained() is emitted.

    \sa draining
*/
void QmlServer::drain(int milliseconds)
{
    CallOut out(this);
    out.call([&] { m_io.drain(std::chrono::milliseconds(milliseconds)); });
    if (out)
        out.emitSignal(&QmlServer::drainingChanged);
}

} // namespace SocketIo
