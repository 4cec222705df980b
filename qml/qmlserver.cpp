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

QmlNamespace *QmlServer::of(const QJSValue &name)
{
    Namespace *nsp = name.isRegExp() ? m_io.of(name.toVariant().toRegularExpression())
                                     : m_io.of(name.toString());
    return QmlNamespace::of(nsp, this);
}

QmlSocket *QmlServer::socket(const QString &sid) const
{
    return main()->socket(sid);
}

void QmlServer::use(const QJSValue &middleware)
{
    main()->use(middleware);
}

QmlBroadcast *QmlServer::to(const QJSValue &rooms) const
{
    return main()->to(rooms);
}

QmlBroadcast *QmlServer::except(const QJSValue &rooms) const
{
    return main()->except(rooms);
}

QmlBroadcast *QmlServer::timeout(int milliseconds) const
{
    return main()->timeout(milliseconds);
}

void QmlServer::disconnectSockets(bool close)
{
    main()->disconnectSockets(close);
}

bool QmlServer::emitEvent(const QString &name, const QJSValue &arg1, const QJSValue &arg2,
                          const QJSValue &arg3, const QJSValue &arg4, const QJSValue &arg5,
                          const QJSValue &arg6, const QJSValue &arg7, const QJSValue &arg8,
                          const QJSValue &arg9)
{
    return m_io.emitEventList(
        name, argumentsFromJs({arg1, arg2, arg3, arg4, arg5, arg6, arg7, arg8, arg9}));
}

bool QmlServer::emitEventList(const QString &name, const QJSValue &args)
{
    return m_io.emitEventList(name, argumentsFromJs(args));
}

bool QmlServer::emitVolatile(const QString &name, const QJSValue &args)
{
    return m_io.asVolatile().emitEventList(name, argumentsFromJs(args));
}

QJSValue QmlServer::emitWithAck(const QString &name, const QJSValue &args, const QJSValue &callback,
                                const QJSValue &errorCallback)
{
    return pendingAckToJs(this, m_io.emitWithAckList(name, argumentsFromJs(args)), Answers::OfMany,
                          callback, errorCallback);
}

} // namespace SocketIo
