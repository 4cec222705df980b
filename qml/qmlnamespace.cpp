// SPDX-License-Identifier: MIT
#include "qmlnamespace.h"

#include "jsvalues_p.h"
#include "pendingacktojs_p.h"

#include <QtQml/qjsengine.h>
#include <QtQml/qqmlinfo.h>

namespace SocketIo {

using namespace Qt::StringLiterals;
using namespace detail;

namespace {

// Of what a middleware has given to next(): nothing, a text, an Error or {message, data}.
Error errorFromJs(const QJSValue &value)
{
    if (value.isUndefined() || value.isNull())
        return {};
    if (!value.isObject())
        return Error(value.toString());
    const QJSValue data = value.property(u"data"_s);
    return Error(Error::Type::Refused, value.property(u"message"_s).toString(),
                 data.isUndefined() ? QVariant() : argumentFromJs(data));
}

} // namespace

QmlNamespace *QmlNamespace::of(Namespace *nsp, const QObject *context)
{
    auto *known = nsp->findChild<QmlNamespace *>(QString(), Qt::FindDirectChildrenOnly);
    return known ? known : new QmlNamespace(nsp, context);
}

QmlNamespace::QmlNamespace(Namespace *nsp, const QObject *context)
    : QObject(nsp)
    , m_nsp(nsp)
{
    shareContext(this, context);
    connect(nsp, &Namespace::connected, this, [this](Socket *socket) {
        Q_EMIT socketsChanged();
        Q_EMIT connected(QmlSocket::of(socket, this));
    });
    connect(nsp, &Namespace::socketDisconnected, this,
            [this](Socket *socket, Socket::DisconnectReason reason) {
                Q_EMIT socketsChanged();
                Q_EMIT disconnected(QmlSocket::of(socket, this),
                                    Socket::disconnectReasonText(reason));
            });
    connect(nsp, &Namespace::roomCreated, this, &QmlNamespace::roomCreated);
    connect(nsp, &Namespace::roomJoined, this, &QmlNamespace::roomJoined);
    connect(nsp, &Namespace::roomLeft, this, &QmlNamespace::roomLeft);
    connect(nsp, &Namespace::roomDeleted, this, &QmlNamespace::roomDeleted);
    connect(nsp, &Namespace::socketsCountChanged, this, &QmlNamespace::socketsCountChanged);
}

QList<QObject *> QmlNamespace::sockets() const
{
    QList<QObject *> result;
    const QList<Socket *> sockets = m_nsp->sockets();
    result.reserve(sockets.size());
    for (Socket *socket : sockets)
        result.append(QmlSocket::of(socket, this));
    return result;
}

QmlSocket *QmlNamespace::socket(const QString &sid) const
{
    Socket *socket = m_nsp->socket(sid);
    return socket ? QmlSocket::of(socket, this) : nullptr;
}

void QmlNamespace::use(const QJSValue &middleware)
{
    if (!middleware.isCallable()) {
        qmlWarning(this) << u"A middleware is a function (socket, next)"_s;
        return;
    }
    m_nsp->use([this, middleware](Socket *socket, const Next &next) {
        QJSEngine *engine = engineOf(this);
        if (!engine)
            return next(Error(u"the server is ending"_s));
        const QJSValue nextFunction = functionToJs(engine, [next](const QJSValueList &args) {
            const Error error = errorFromJs(args.value(0));
            if (error)
                next(error);
            else
                next();
        });
        callJs(this, middleware, {engine->newQObject(QmlSocket::of(socket, this)), nextFunction});
    });
}

QmlBroadcast *QmlNamespace::to(const QJSValue &rooms) const
{
    return QmlBroadcast::create(m_nsp->to(namesFromJs(rooms)), this);
}

QmlBroadcast *QmlNamespace::except(const QJSValue &rooms) const
{
    return QmlBroadcast::create(m_nsp->except(namesFromJs(rooms)), this);
}

QmlBroadcast *QmlNamespace::timeout(int milliseconds) const
{
    return QmlBroadcast::create(m_nsp->timeout(std::chrono::milliseconds(milliseconds)), this);
}

void QmlNamespace::disconnectSockets(bool close)
{
    m_nsp->disconnectSockets(close ? CloseConnection::Yes : CloseConnection::No);
}

bool QmlNamespace::emitEvent(const QString &name, const QJSValue &arg1, const QJSValue &arg2,
                             const QJSValue &arg3, const QJSValue &arg4, const QJSValue &arg5,
                             const QJSValue &arg6, const QJSValue &arg7, const QJSValue &arg8,
                             const QJSValue &arg9)
{
    return m_nsp->emitEventList(
        name, argumentsFromJs({arg1, arg2, arg3, arg4, arg5, arg6, arg7, arg8, arg9}));
}

bool QmlNamespace::emitEventList(const QString &name, const QJSValue &args)
{
    return m_nsp->emitEventList(name, argumentsFromJs(args));
}

bool QmlNamespace::emitVolatile(const QString &name, const QJSValue &args)
{
    return m_nsp->asVolatile().emitEventList(name, argumentsFromJs(args));
}

QJSValue QmlNamespace::emitWithAck(const QString &name, const QJSValue &args,
                                   const QJSValue &callback, const QJSValue &errorCallback)
{
    return pendingAckToJs(this, m_nsp->emitWithAckList(name, argumentsFromJs(args)),
                          Answers::OfMany, callback, errorCallback);
}

} // namespace SocketIo
