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
        const QJSValue result = callJs(this, m_auth, {doneFunction});
        if (!result.isUndefined())
            done(argumentFromJs(result).toMap());
    });
}

void QmlClient::setErrorString(const QString &text)
{
    if (m_errorString == text)
        return;
    m_errorString = text;
    Q_EMIT errorStringChanged();
}

void QmlClient::open()
{
    if (m_socket)
        m_socket->connect();
}

void QmlClient::close()
{
    if (m_socket)
        m_socket->disconnect();
}

bool QmlClient::emitEvent(const QString &name, const QJSValue &arg1, const QJSValue &arg2,
                          const QJSValue &arg3, const QJSValue &arg4, const QJSValue &arg5,
                          const QJSValue &arg6, const QJSValue &arg7, const QJSValue &arg8,
                          const QJSValue &arg9)
{
    return m_socket
        && m_socket->emitEventList(
            name, argumentsFromJs({arg1, arg2, arg3, arg4, arg5, arg6, arg7, arg8, arg9}));
}

bool QmlClient::emitEventList(const QString &name, const QJSValue &args)
{
    return m_socket && m_socket->emitEventList(name, argumentsFromJs(args));
}

bool QmlClient::emitVolatile(const QString &name, const QJSValue &args)
{
    return m_socket && m_socket->asVolatile().emitEventList(name, argumentsFromJs(args));
}

QJSValue QmlClient::emitWithAck(const QString &name, const QJSValue &args, const QJSValue &callback,
                                const QJSValue &errorCallback)
{
    PendingAck *ack = m_socket ? m_socket->emitWithAckList(name, argumentsFromJs(args)) : nullptr;
    return pendingAckToJs(this, ack, Answers::OfOne, callback, errorCallback);
}

void QmlClient::on(const QString &name, const QJSValue &callback)
{
    m_handlers.addFunction(name, callback, false);
}

void QmlClient::once(const QString &name, const QJSValue &callback)
{
    m_handlers.addFunction(name, callback, true);
}

void QmlClient::off(const QString &name, const QJSValue &callback)
{
    m_handlers.removeFunction(name, callback);
}

} // namespace SocketIo
