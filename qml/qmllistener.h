// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_QMLLISTENER_H
#define SOCKETIO_QMLLISTENER_H

#include "jslisteners_p.h"
#include "qmlemitter.h"

#include <QtCore/qstringlist.h>

namespace SocketIo {

// The QML type SocketIoListener, the base of the types that receive events: clients, and a server's
// sockets and namespaces.
class QmlListener : public SocketIo::QmlEmitter
{
    Q_OBJECT
    QML_NAMED_ELEMENT(SocketIoListener)
    QML_UNCREATABLE("The base of the types that get events")

public:
    Q_INVOKABLE void on(const QJSValue &name = {}, const QJSValue &callback = {});
    Q_INVOKABLE void once(const QJSValue &name = {}, const QJSValue &callback = {});
    Q_INVOKABLE void off(const QJSValue &name = {}, const QJSValue &callback = {});

    Q_INVOKABLE void offAll();
    Q_INVOKABLE int listenerCount(const QString &name) const;
    Q_INVOKABLE QStringList eventNames() const;

    Q_INVOKABLE void onAny(const QJSValue &callback = {});
    Q_INVOKABLE void prependAny(const QJSValue &callback = {});
    Q_INVOKABLE void offAny(const QJSValue &callback = {});
    Q_INVOKABLE int listenersAnyCount() const;
    Q_INVOKABLE void onAnyOutgoing(const QJSValue &callback = {});
    Q_INVOKABLE void prependAnyOutgoing(const QJSValue &callback = {});
    Q_INVOKABLE void offAnyOutgoing(const QJSValue &callback = {});
    Q_INVOKABLE int listenersAnyOutgoingCount() const;

    // For the other types of this module.
    detail::JsListeners &listeners() { return m_listeners; }

Q_SIGNALS:
    void eventReceived(const QString &name, const QVariantList &args);

protected:
    explicit QmlListener(detail::EventSource from, QObject *parent = nullptr);

private:
    void listen(const QString &function, const QJSValue &name, const QJSValue &callback,
                detail::JsListeners::Times times);

    detail::JsListeners m_listeners;
};

} // namespace SocketIo

#endif
