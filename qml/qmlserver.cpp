// SPDX-License-Identifier: MIT
#include "qmlserver.h"

#include "base/callout_p.h"
#include "jscalls_p.h"
#include "jsvalues_p.h"
#include "net/http/staticfiles_p.h"
#include "optionsfromjs_p.h"
#include "qmlcontext_p.h"
#include "qmlwarnings_p.h"

#include <SocketIo/Handshake>

#include <QtCore/qfileinfo.h>
#include <QtCore/qmetaobject.h>
#include <QtCore/qregularexpression.h>
#include <QtQml/qjsengine.h>
#include <QtQml/qqmlcontext.h>
#include <QtQml/qqmlengine.h>

#include <functional>
#include <memory>
#include <optional>

#include <utility>

namespace SocketIo {

using namespace Qt::StringLiterals;
using namespace detail;
using EngineIo::detail::CallOut;
using EngineIo::detail::StaticFiles;

QmlServer::QmlServer(QObject *parent)
    : QmlNamespace(parent)
    , m_children(&QmlServer::adopt)
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
    connect(m_io.engine(), &EngineIo::Server::clientsCountChanged, this,
            &QmlServer::clientsCountChanged);
    connect(&m_io, &Server::newNamespace, this,
            [this](Namespace *nsp) { Q_EMIT newNamespace(sibling(nsp)); });
}

QmlServer::~QmlServer()
{
    warnNow();
    detach();
    m_io.disconnect(this);
    m_io.engine()->disconnect(this);
}

QmlNamespace *QmlServer::sibling(Namespace *nsp) const
{
    // The main namespace is this object.
    return nsp == m_io.mainNamespace() ? const_cast<QmlServer *>(this)
                                       : QmlNamespace::of(nsp, this);
}

int QmlServer::clientsCount() const
{
    return m_io.engine()->clientsCount();
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
    // A handler that changes the server restarts it itself.
    CallOut out(this, [this, number = ++m_restarts] { return m_restarts == number; });
    if (!out.call([this] { m_io.close(); }))
        return;
    // An invalid address or port is reported before it is needed, too.
    const QHostAddress address = m_host.isEmpty() ? QHostAddress(QHostAddress::Any)
        : m_host == "localhost"_L1                ? QHostAddress(QHostAddress::LocalHost)
                                                  : QHostAddress(m_host);
    if (address.isNull()) {
        return setError(
            u"\"%1\" is not an address"_s.arg(m_host),
            u"Set the property host to an IP address of this machine, to \"localhost\", "
            "or to nothing for all addresses."_s);
    }
    if (m_port < 0 || m_port > 65535) {
        return setError(u"%1 is not a port"_s.arg(m_port),
                        u"Set the property port to a number from 0 to 65535."_s);
    }
    if (!m_listen)
        return setError({}, {});
    if (!m_started) {
        std::optional<QSslConfiguration> tls;
        JsLimits sent;
        ServerOptions options;
        if (!out.call([&] { options = serverOptionsFromJs(m_options, this, &tls, &sent); }))
            return;
        setLimits(sent);
        if (m_adapter)
            options.adapter = m_adapter->factory();
        m_io.setOptions(options);
        m_secure = tls.has_value();
        if (tls)
            m_io.setSslConfiguration(*tls);
        m_started = true;
        if (!startExtensions() || !out.call([this] { serveFolder(); }))
            return;
    }
    bool isListening = false;
    if (!out.call([&] { isListening = m_io.listen(address, quint16(m_port)); }))
        return;
    if (isListening)
        return setError({}, {});
    setError(
        m_io.errorString(),
        u"Set the property port to one that this program may use and no other program does, or "
        "to 0 for one that is free; host has to be an address of this machine."_s);
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

void QmlServer::setOptions(const QVariant &options)
{
    CallOut out(this); // a getter in them is called, too
    QVariantMap map;
    if (!out.call([&] { map = detail::optionsMapFromJs(options, this); }) || m_options == map)
        return;
    m_options = map;
    if (out.emitSignal(&QmlServer::optionsChanged) && m_started)
        detail::warn(
            this,
            u"The options of a server that has started do not change: set them before it listens"_s);
}

void QmlServer::setFolder(const QUrl &folder)
{
    if (m_folder == folder)
        return;
    m_folder = folder;
    CallOut out(this);
    if (m_started)
        out.call([this] { serveFolder(); });
    out.emitSignal(&QmlServer::folderChanged);
}

// What is declared is there before the server starts.
void QmlServer::adopt(QObject *server, QObject *child)
{
    if (static_cast<QmlServer *>(server)->m_started && qobject_cast<QmlServerExtension *>(child)) {
        detail::warn(
            server,
            u"The extensions of a server that has started do not change: add them before it listens"_s);
    }
}

// Returns false if an extension has caused the server to be deleted.
bool QmlServer::startExtensions()
{
    for (const QPointer<QObject> &child : m_children.objects()) {
        if (auto *extension = qobject_cast<QmlServerExtension *>(child.data()))
            m_extensions.append(extension);
    }
    CallOut out(this);
    const QList<QPointer<QmlServerExtension>> extensions = m_extensions;
    for (const QPointer<QmlServerExtension> &extension : extensions) {
        out.call([&] {
            if (extension)
                extension->start(&m_io);
        });
    }
    return bool(out);
}

void QmlServer::serveFolder()
{
    if (m_folder.isEmpty() && m_extensions.isEmpty()) {
        m_io.engine()->setRequestHandler({});
        return;
    }
    const QQmlContext *context = qmlContext(this);
    const QUrl url = context ? context->resolvedUrl(m_folder) : m_folder;
    const QString path = url.scheme() == "qrc"_L1 ? u':' + url.path() : url.toLocalFile();
    const bool isMissing = !m_folder.isEmpty() && !QFileInfo(path).isDir();
    m_io.engine()->setRequestHandler(
        [extensions = m_extensions, files = StaticFiles(m_folder.isEmpty() ? QString() : path)](
            const EngineIo::HttpRequest &request, const EngineIo::HttpResponder &respond) {
            for (const QPointer<QmlServerExtension> &extension : extensions) {
                if (extension && extension->handleRequest(request, respond))
                    return;
            }
            respond(files.answer(request, request.path()));
        });
    if (isMissing)
        detail::warn(this, u"There is no folder \"%1\""_s.arg(url.toDisplayString()));
}

void QmlServer::setAdapter(QmlAdapter *adapter)
{
    if (m_adapter == adapter)
        return;
    m_adapter = adapter;
    CallOut out(this);
    if (out.emitSignal(&QmlServer::adapterChanged) && m_started)
        detail::warn(
            this,
            u"The adapter of a server that has started does not change: set it before the server listens"_s);
}

void QmlServer::setIoThreadCount(int count)
{
    if (m_io.ioThreadCount() == count)
        return;
    m_io.setIoThreadCount(count);
    Q_EMIT ioThreadCountChanged();
}

void QmlServer::setAllowRequest(const QJSValue &allowRequest)
{
    if (m_allowRequest.strictlyEquals(allowRequest))
        return;
    m_allowRequest = allowRequest;
    CallOut out(this);
    if (allowRequest.isCallable()) {
        m_io.engine()->setAllowRequest(allowRequestFromJs(allowRequest));
    } else {
        m_io.engine()->setAllowRequest({});
        if (!allowRequest.isUndefined() && !allowRequest.isNull()) {
            out.call([this] {
                warn(this, u"The property allowRequest is a function (request, callback)"_s);
            });
        }
    }
    out.emitSignal(&QmlServer::allowRequestChanged);
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

// A warning waits for the handlers of the application, which may not be connected yet.
void QmlServer::setError(const QString &text, const QString &remedy)
{
    m_warning =
        text.isEmpty() ? QString() : u"The server does not listen: %1. %2"_s.arg(text, remedy);
    if (!m_warning.isEmpty()) {
        QMetaObject::invokeMethod(
            this, [this] { warnNow(); }, Qt::QueuedConnection);
    }
    if (m_errorString == text)
        return;
    m_errorString = text;
    Q_EMIT errorStringChanged();
}

void QmlServer::warnNow()
{
    static const auto errorSignal = QMetaMethod::fromSignal(&QmlServer::errorStringChanged);
    const QString text = std::exchange(m_warning, {});
    if (!text.isEmpty() && !isSignalConnected(errorSignal))
        detail::warn(this, text);
}

QmlNamespace *QmlServer::of(const QJSValue &name)
{
    // A slot of newNamespace() may delete the server, or the namespace.
    CallOut out(this);
    QPointer<Namespace> nsp;
    if (!name.isString() && !name.isNumber() && !name.isRegExp() && !name.isCallable()) {
        detail::warn(this,
                     u"of() expects the name of a namespace, a regular expression or a function"_s);
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

namespace {

// What a function of JavaScript decides by calling (error, allowed), as those of Socket.IO do; only
// the first time counts.
class Decision
{
public:
    using Take = std::function<void(bool allowed, const QString &message)>;
    explicit Decision(Take take)
        : m_take(std::make_shared<Take>(std::move(take)))
    {
    }

    void take(bool allowed, const QString &message = {}) const
    {
        if (const Take function = std::exchange(*m_take, nullptr))
            function(allowed, message);
    }
    QJSValue callback(QJSEngine *engine) const
    {
        return functionToJs(engine, [decision = *this](const QJSValueList &args) {
            const QJSValue error = args.value(0);
            if (error.isNull() || error.isUndefined())
                decision.take(args.value(1).toBool());
            else
                decision.take(false, errorFromJs(error).message());
            return QJSValue();
        });
    }

private:
    std::shared_ptr<Take> m_take;
};

} // namespace

NamespaceFilter QmlServer::filterFromJs(const QJSValue &function)
{
    return [self = QPointer<QmlServer>(this),
            function](const QString &wanted, const QVariantMap &auth,
                      const std::function<void(bool allowed)> &allow) {
        const Decision decision([allow](bool allowed, const QString &) { allow(allowed); });
        QJSEngine *engine = self ? engineOf(self) : nullptr;
        if (!engine
            || !callJs(self, function,
                       {QJSValue(wanted), engine->toScriptValue(auth), decision.callback(engine)}))
            decision.take(false);
    };
}

EngineIo::Server::AllowRequest QmlServer::allowRequestFromJs(const QJSValue &function)
{
    return [self = QPointer<QmlServer>(this), function](const EngineIo::HttpRequest &request,
                                                        const EngineIo::Server::AllowDone &allow) {
        const Decision decision(allow);
        QJSEngine *engine = self ? engineOf(self) : nullptr;
        const QVariantMap handshake = Handshake(request, {}).toVariantMap();
        if (!engine
            || !callJs(self, function,
                       {engine->toScriptValue(handshake), decision.callback(engine)}))
            decision.take(false);
    };
}

void QmlServer::drain(int milliseconds)
{
    CallOut out(this);
    out.call([&] { m_io.drain(std::chrono::milliseconds(milliseconds)); });
    if (out)
        out.emitSignal(&QmlServer::drainingChanged);
}

} // namespace SocketIo
