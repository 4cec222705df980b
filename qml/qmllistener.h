// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_QMLLISTENER_H
#define SOCKETIO_QMLLISTENER_H

#include "eventhandlers_p.h"
#include "qmlemitter.h"

namespace SocketIo {

// The QML type SocketIoListener: what clients and a server's sockets, who get events, have in
// common.
class QmlListener : public SocketIo::QmlEmitter
{
    Q_OBJECT
    QML_NAMED_ELEMENT(SocketIoListener)
    QML_UNCREATABLE("The base of the types that get events")

public:
    Q_INVOKABLE void on(const QString &name, const QJSValue &callback);
    Q_INVOKABLE void once(const QString &name, const QJSValue &callback);
    Q_INVOKABLE void off(const QString &name, const QJSValue &callback = {});

    // For the other types of this module.
    detail::EventHandlers &handlers() { return m_handlers; }

Q_SIGNALS:
    void eventReceived(const QString &name, const QVariantList &args);

protected:
    explicit QmlListener(QObject *parent = nullptr);

private:
    detail::EventHandlers m_handlers;
};

} // namespace SocketIo

#endif
