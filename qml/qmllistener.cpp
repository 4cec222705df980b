// SPDX-License-Identifier: MIT
#include "qmllistener.h"

namespace SocketIo {

/*!
    \qmltype SocketIoListener
    \inqmlmodule SocketIo
    \inherits SocketIoEmitter
    \since 0.1
    \brief What the types that receive events have in common.

    They are SocketIoClient, which receives those of its server, and SocketIoSocket, which receives
    those of one client.
*/
/*!
    \qmlsignal SocketIoListener::eventReceived(string name, list args)

    The event \a name has arrived, with its arguments in \a args. This signal is emitted for each
    event, before those who wait for this one are called.

    \sa SocketIoEvent, on()
*/
QmlListener::QmlListener(QObject *parent)
    : QmlEmitter(parent)
    , m_handlers(this)
{
}

/*!
    \qmlmethod void SocketIoListener::on(string name, function callback)

    Calls \a callback with the arguments of each event \a name. If the sender wants an
    acknowledgement, one more argument is a function to call with the answer. What \a callback
    throws is reported as a warning.
*/
void QmlListener::on(const QString &name, const QJSValue &callback)
{
    m_handlers.addFunction(name, callback, false);
}

/*!
    \qmlmethod void SocketIoListener::once(string name, function callback)

    Calls \a callback as on() does, for the next event \a name only.
*/
void QmlListener::once(const QString &name, const QJSValue &callback)
{
    m_handlers.addFunction(name, callback, true);
}

/*!
    \qmlmethod void SocketIoListener::off(string name, function callback)

    Calls \a callback no more for the event \a name; without \a callback, none of the functions
    that were given to on() and once() for it.
*/
void QmlListener::off(const QString &name, const QJSValue &callback)
{
    m_handlers.removeFunction(name, callback);
}

} // namespace SocketIo
