// SPDX-License-Identifier: MIT
#include "qmlclient.h"

#include "base/callout_p.h"
#include "base/paths_p.h"
#include "engineio/client/serveraddress_p.h"
#include "jscalls_p.h"
#include "jsvalues_p.h"
#include "optionsfromjs_p.h"
#include "qmlcontext_p.h"
#include "qmllistmodel.h"
#include "qmlwarnings_p.h"
#include "socketio/events/errortext_p.h"
#include "socketio/events/reservednames_p.h"

#include <SocketIo/Manager>

#include <QtQml/qjsengine.h>

#include <memory>
#include <utility>

namespace SocketIo {

using namespace Qt::StringLiterals;
using namespace detail;
using EngineIo::detail::CallOut;

QmlClient::QmlClient(QObject *parent)
    : QmlListener(EventSource::Server, parent)
    , m_children(&QmlClient::adopt)
{
}

QmlClient::~QmlClient()
{
    if (!m_socket)
        return;
    m_socket->manager()->disconnect(this);
    m_socket->disconnect(this);
    listeners().setSource(nullptr);
    delete m_socket;
    warnNow(); // of what is lost with it, too
}

// Gives the client to a model in it that has none. Events do so themselves when they are complete.
void QmlClient::adopt(QObject *client, QObject *child)
{
    auto *model = qobject_cast<QmlListModel *>(child);
    if (model && !model->client())
        model->setClient(static_cast<QmlClient *>(client));
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
    CallOut out(this); // a toJSON() or a getter in it is called, too
    out.call([this] { applyAuth(); });
    out.emitSignal(&QmlClient::authChanged);
}

void QmlClient::setOptions(const QVariant &options)
{
    CallOut out(this); // a getter in them is called, too
    QVariantMap map;
    if (!out.call([&] { map = detail::optionsMapFromJs(options, this); }) || m_options == map)
        return;
    m_options = map;
    if (out.emitSignal(&QmlClient::optionsChanged))
        createSocket();
}

void QmlClient::setAutoConnect(bool autoConnect)
{
    if (m_autoConnect == autoConnect)
        return;
    m_autoConnect = autoConnect;
    CallOut out(this);
    if (out.emitSignal(&QmlClient::autoConnectChanged) && m_autoConnect && m_socket)
        m_socket->open();
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
    m_opened = m_opened || isActive();
    const bool wasConnected = m_socket && m_socket->isConnected();
    if (m_socket) {
        m_socket->manager()->disconnect(this);
        m_socket->disconnect(this);
        listeners().setSource(nullptr);
        delete m_socket;
        // A handler that changes the client makes the socket itself.
        CallOut out(this, [this] { return !m_socket; });
        out.emitSignal(&QmlClient::stateChanged);
        out.emitSignal(&QmlClient::connectedChanged);
        out.emitSignal(&QmlClient::sidChanged);
        out.emitSignal(&QmlClient::activeChanged);
        out.emitSignal(&QmlClient::queuedCountChanged);
        out.emitSignal(&QmlClient::nextAttemptChanged);
        out.emitSignal(&QmlClient::lastErrorChanged);
        out.emitSignal(&QmlClient::transportChanged);
        if (out && wasConnected) {
            const QString reason = ClientSocket::disconnectReasonText(
                ClientSocket::DisconnectReason::ClientDisconnect);
            out.emitSignal(&QmlClient::disconnected, reason,
                           u"the properties of the client have changed"_s);
        }
        if (!out)
            return;
    }
    if (m_url.isEmpty())
        return;
    JsLimits sent;
    ClientOptions options;
    CallOut out(this, [this] { return !m_socket && !m_url.isEmpty(); }); // of warnings
    if (!out.call([&] { options = clientOptionsFromJs(m_options, this, &sent); }))
        return;
    setLimits(sent);
    options.autoConnect = false;
    QUrl url = m_url;
    // Without a scheme, the host would be a path.
    if (const EngineIo::detail::ServerAddress address(url); address.isValid())
        url = address.url();
    if (!m_nsp.isEmpty())
        url.setPath(EngineIo::detail::withLeadingSlash(m_nsp));
    m_socket = Manager::connectTo(url, options);
    m_socket->setParent(this);
    listeners().setSource(m_socket);
    connectSignals();
    CallOut made(this, [this, socket = m_socket] { return socket && m_socket == socket; });
    made.call([this] { applyAuth(); });
    if (made && m_nsp.isEmpty() && m_socket->nsp() != m_nsp)
        made.emitSignal(&QmlClient::nspChanged);
    if (made && (std::exchange(m_opened, false) || m_autoConnect))
        m_socket->open();
}

void QmlClient::connectSignals()
{
    ClientSocket *socket = m_socket;
    connect(socket, &ClientSocket::stateChanged, this, &QmlClient::stateChanged);
    connect(socket, &ClientSocket::connectedChanged, this, &QmlClient::connectedChanged);
    connect(socket, &ClientSocket::activeChanged, this, &QmlClient::activeChanged);
    connect(socket, &ClientSocket::queuedCountChanged, this, &QmlClient::queuedCountChanged);
    connect(socket, &ClientSocket::lastErrorChanged, this, &QmlClient::lastErrorChanged);
    connect(socket, &ClientSocket::flushed, this, &QmlClient::flushed);
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
        out.emitSignal(&QmlClient::connectError, QmlError(error));
    });
    connect(socket, &ClientSocket::errorOccurred, this,
            [this](const Error &error) { Q_EMIT serverError(error); });
    Manager *manager = socket->manager();
    connect(manager, &Manager::reconnectAttempted, this, &QmlClient::reconnectAttempted);
    connect(manager, &Manager::reconnected, this, &QmlClient::reconnected);
    connect(manager, &Manager::reconnectError, this,
            [this](const Error &error) { Q_EMIT reconnectError(error); });
    connect(manager, &Manager::stateChanged, this, &QmlClient::nextAttemptChanged);
    connect(manager, &Manager::reconnectFailed, this, &QmlClient::reconnectFailed);
    passFailuresOn(
        socket, [this](Failure failure) { return isHeard(failure); },
        [this](const QString &text) { warnLater(text); });
}

// The engine notifies the application, which the socket is not ready for when it warns.
void QmlClient::warnLater(const QString &text)
{
    m_warnings.append(text);
    if (m_warnings.size() == 1) {
        QMetaObject::invokeMethod(
            this, [this] { warnNow(); }, Qt::QueuedConnection);
    }
}

void QmlClient::warnNow()
{
    CallOut out(this);
    const QStringList warnings = std::exchange(m_warnings, {});
    for (const QString &text : warnings)
        out.call([&] { warn(this, text); });
}

bool QmlClient::isHeard(Failure failure) const
{
    static const auto connectErrorSignal = QMetaMethod::fromSignal(&QmlClient::connectError);
    static const auto textSignal = QMetaMethod::fromSignal(&QmlClient::errorStringChanged);
    static const auto errorSignal = QMetaMethod::fromSignal(&QmlClient::lastErrorChanged);
    static const auto failedSignal = QMetaMethod::fromSignal(&QmlClient::reconnectFailed);
    static const auto serverErrorSignal = QMetaMethod::fromSignal(&QmlClient::serverError);
    if (failure == Failure::ServerError)
        return isSignalConnected(serverErrorSignal);
    if (failure == Failure::ReconnectFailed)
        return isSignalConnected(failedSignal);
    return isSignalConnected(connectErrorSignal) || isSignalConnected(textSignal)
        || isSignalConnected(errorSignal);
}

QVariantMap QmlClient::authFromJs(const QJSValue &auth, const QString &mistake) const
{
    const bool isNothing = auth.isUndefined() || auth.isNull();
    const QPointer<const QObject> element = this;
    if (!isNothing && (!auth.isObject() || isList(auth) || auth.isCallable()))
        warn(this, mistake);
    return argumentFromJs(auth, element, u"the data for authentication"_s)
        .value_or(QVariant())
        .toMap();
}

void QmlClient::applyAuth()
{
    if (!m_socket)
        return;
    if (m_auth.isCallable()) {
        m_socket->setAuthFunction([this](const AuthDone &done) { askForAuth(done); });
    } else {
        m_socket->setAuthFunction({});
        CallOut out(this, [this] { return bool(m_socket); });
        QVariantMap auth;
        if (out.call([&] {
                auth = authFromJs(m_auth, u"The property auth is an object or a function"_s);
            }))
            m_socket->setAuth(auth);
    }
}

// The function may return the object, or call what it is given with it, now or later.
void QmlClient::askForAuth(const AuthDone &done)
{
    QJSEngine *engine = engineOf(this);
    if (!engine)
        return;
    const auto isGiven = std::make_shared<bool>(false);
    const auto give = [self = QPointer<QmlClient>(this), done, isGiven](const QJSValue &auth) {
        *isGiven = true;
        done(self ? self->authFromJs(auth,
                                     u"The function of the property auth has given something other "
                                     "than an object, so an empty one is sent. Give it an object, "
                                     "as in () => ({ token: \"abc\" })"_s)
                  : QVariantMap());
    };
    const QJSValue doneFunction = functionToJs(engine, [give](const QJSValueList &args) {
        give(args.value(0));
        return QJSValue();
    });
    const CallOut out(this);
    const QJSValue function = m_auth;
    const std::optional<QJSValue> result = callJs(this, function, {doneFunction});
    const bool takesNext = function.property(u"length"_s).toInt() > 0;
    if (!result) {
        done({}); // the server may say what it misses
    } else if (result->property(u"then"_s).isCallable()) {
        // If the function takes one to call, only what it calls that with counts.
        if (out && !takesNext)
            awaitAuth(*result, doneFunction);
    } else if (!result->isUndefined()) {
        give(*result);
    } else if (out && !*isGiven && !takesNext) {
        warn(this,
             u"The function of the property auth has returned nothing, and takes no function to "
             "call later, so the client waits. Return an object, in parentheses as in "
             "() => ({ token: \"abc\" })"_s);
    }
}

// A promise of the object. One that is rejected gives none: the server may say what it misses.
void QmlClient::awaitAuth(const QJSValue &promise, const QJSValue &doneFunction)
{
    const QJSValue failed = functionToJs(
        engineOf(this), [self = QPointer<QmlClient>(this), doneFunction](const QJSValueList &args) {
            if (self)
                warn(self,
                     u"The promise of the function of the property auth was rejected, so an empty "
                     "object is sent: %1"_s.arg(thrownText(args.value(0))));
            return doneFunction.call({QJSValue(QJSValue::NullValue)});
        });
    promise.property(u"then"_s).callWithInstance(promise, {doneFunction, failed});
}

void QmlClient::setErrorString(const QString &text)
{
    if (m_errorString == text)
        return;
    m_errorString = text;
    Q_EMIT errorStringChanged();
}

QDateTime QmlClient::nextAttempt() const
{
    return m_socket ? m_socket->manager()->nextAttempt() : QDateTime();
}

QmlClientOperator *QmlClient::timeout(const QJSValue &milliseconds) const
{
    const auto time = timeoutFromJs(milliseconds, this);
    return time ? QmlClientOperator::create(ClientSocketOperator(m_socket).timeout(*time), this)
                : nullptr;
}

QmlClientOperator *QmlClient::compress(QmlEmitter::Compression compression) const
{
    return QmlClientOperator::create(
        ClientSocketOperator(m_socket).compress(toCompression(compression)), this);
}

int QmlClient::bufferedCount() const
{
    return m_socket ? int(m_socket->bufferedCount()) : 0;
}

bool QmlClient::isFlushed() const
{
    return !m_socket || m_socket->isFlushed();
}

void QmlClient::open()
{
    if (m_socket)
        return m_socket->open();
    m_opened = true;
    // A handler of a change may call this while there is no socket.
    if (m_complete && m_url.isEmpty())
        warn(
            this,
            u"The client does not connect: it has no url. It will as soon as its property url is set"_s);
}

void QmlClient::close()
{
    m_opened = false;
    if (m_socket)
        m_socket->close();
}

bool QmlClient::sendEvent(const QString &name, const QVariantList &args, Delivery delivery)
{
    if (!m_socket) {
        warn(this, withHint(notSent(name)));
        return false;
    }
    return sendBy(*m_socket, name, args, delivery);
}

Error QmlClient::notSent(const QString &event) const
{
    QString missing = u"connection while its properties change"_s;
    QString remedy = u"Send it when the client is connected."_s;
    if (!m_complete) {
        missing = u"connection before it is complete"_s;
        remedy = u"Send in Component.onCompleted, or later."_s;
    } else if (m_url.isEmpty()) {
        missing = u"url"_s;
        remedy = u"Set its property url first."_s;
    }
    Error error(Error::Type::Disconnected,
                u"The event \"%1\" was not sent: the client has no %2"_s.arg(event, missing));
    error.setHint(remedy);
    return error;
}

PendingAck *QmlClient::sendWithAck(const QString &name, const QVariantList &args, Delivery delivery)
{
    return m_socket ? askBy(*m_socket, name, args, delivery) : nullptr;
}

} // namespace SocketIo
