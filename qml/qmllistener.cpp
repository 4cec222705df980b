// SPDX-License-Identifier: MIT
#include "qmllistener.h"

#include "jsvalues_p.h"
#include "qmlwarnings_p.h"

namespace SocketIo {

using namespace Qt::StringLiterals;
using namespace detail;

/*!
    \qmltype SocketIoListener
    \inqmlmodule SocketIo
    \inherits SocketIoEmitter
    \since QtSocketIo 0.1
    \brief The base type of all types that receive events.

    SocketIoClient receives the events of its server, and SocketIoSocket those of its client.
    SocketIoNamespace and SocketIoServer receive the events that other servers of a cluster send
    with \l {SocketIoNamespace::}{serverSideEmit()}.

    \code
    client.on("price", (symbol, value) => console.log(symbol, value))
    client.once("ready", () => console.log("once only"))
    client.onAny((name, ...args) => console.log(name, args))
    \endcode
*/
/*!
    \qmlsignal SocketIoListener::eventReceived(string name, list args)

    This signal is emitted for each event received, with its \a name and its arguments in \a args,
    before the listeners of that event are called.

    \sa SocketIoEvent, on()
*/
QmlListener::QmlListener(EventSource from, QObject *parent)
    : QmlEmitter(parent)
    , m_listeners(this, from)
{
}

/*!
    \qmlmethod void SocketIoListener::on(string name, function callback)

    Calls \a callback with the arguments of each event \a name. If the sender requests an
    acknowledgement, an additional argument is a function to call with the answer. If \a callback
    throws an exception, a warning is logged. A warning is also logged if \a name is reserved, such
    as "connect"; it names the signal to handle instead.
*/
void QmlListener::on(const QJSValue &name, const QJSValue &callback)
{
    listen(u"on"_s, name, callback, JsListeners::Times::Always);
}

/*!
    \qmlmethod void SocketIoListener::once(string name, function callback)

    Calls \a callback like on(), but only for the next event \a name.
*/
void QmlListener::once(const QJSValue &name, const QJSValue &callback)
{
    listen(u"once"_s, name, callback, JsListeners::Times::Once);
}

void QmlListener::listen(const QString &function, const QJSValue &name, const QJSValue &callback,
                         JsListeners::Times times)
{
    const auto event = eventNameFromJs(name, this, function + u"()"_s);
    if (!event || !isFunction(callback, this, u"%1(\"%2\", callback)"_s.arg(function, *event)))
        return;
    if (const QString reason = m_listeners.neverReceived(*event); !reason.isEmpty())
        warn(this, reason);
    m_listeners.addFunction(*event, callback, times);
}

/*!
    \qmlmethod void SocketIoListener::off(string name, function callback)

    Removes \a callback from the listeners of the event \a name. Without \a callback, removes all
    functions that were passed to on() and once() for that event. A function that is removed while
    an event is being delivered is no longer called, whereas Socket.IO in JavaScript still calls it
    for that event.
*/
void QmlListener::off(const QJSValue &name, const QJSValue &callback)
{
    if (const auto event = eventNameFromJs(name, this, u"off()"_s))
        m_listeners.removeFunction(*event, callback);
}

/*!
    \qmlmethod void SocketIoListener::offAll()

    Removes all functions that were passed to on() and once() (Socket.IO: \c off).
*/
void QmlListener::offAll()
{
    m_listeners.removeFunctions();
}

/*!
    \qmlmethod int SocketIoListener::listenerCount(string name)

    Returns the number of listeners of the event \a name, including SocketIoEvent objects
    (Socket.IO: \c listeners).
*/
int QmlListener::listenerCount(const QString &name) const
{
    return int(m_listeners.count(name));
}

/*!
    \qmlmethod list<string> SocketIoListener::eventNames()

    Returns the names of the events that have listeners, in no particular order.
*/
QStringList QmlListener::eventNames() const
{
    return m_listeners.events();
}

/*!
    \qmlmethod void SocketIoListener::onAny(function callback)

    Calls \a callback for each event received, with the name of the event followed by its arguments
    (Socket.IO: \c onAny).

    \sa eventReceived()
*/
void QmlListener::onAny(const QJSValue &callback)
{
    if (isFunction(callback, this, u"onAny(callback)"_s))
        m_listeners.addAnyFunction(JsListeners::Direction::In, JsListeners::Place::Last, callback);
}

/*!
    \qmlmethod void SocketIoListener::prependAny(function callback)

    Calls \a callback like onAny(), but before the existing catch-all functions (Socket.IO:
    \c prependAny).
*/
void QmlListener::prependAny(const QJSValue &callback)
{
    if (isFunction(callback, this, u"prependAny(callback)"_s))
        m_listeners.addAnyFunction(JsListeners::Direction::In, JsListeners::Place::First, callback);
}

/*!
    \qmlmethod void SocketIoListener::offAny(function callback)

    Removes \a callback, which was passed to onAny() or prependAny(); without \a callback, removes
    all such functions (Socket.IO: \c offAny).
*/
void QmlListener::offAny(const QJSValue &callback)
{
    m_listeners.removeAnyFunction(JsListeners::Direction::In, callback);
}

/*!
    \qmlmethod int SocketIoListener::listenersAnyCount()

    Returns the number of functions that were added with onAny() and prependAny() (Socket.IO:
    \c listenersAny).
*/
int QmlListener::listenersAnyCount() const
{
    return int(m_listeners.anyCount(JsListeners::Direction::In));
}

/*!
    \qmlmethod void SocketIoListener::onAnyOutgoing(function callback)

    Calls \a callback for each event sent, with the name of the event followed by its arguments
    (Socket.IO: \c onAnyOutgoing).
*/
void QmlListener::onAnyOutgoing(const QJSValue &callback)
{
    if (isFunction(callback, this, u"onAnyOutgoing(callback)"_s))
        m_listeners.addAnyFunction(JsListeners::Direction::Out, JsListeners::Place::Last, callback);
}

/*!
    \qmlmethod void SocketIoListener::prependAnyOutgoing(function callback)

    Calls \a callback like onAnyOutgoing(), but before the existing catch-all functions (Socket.IO:
    \c prependAnyOutgoing).
*/
void QmlListener::prependAnyOutgoing(const QJSValue &callback)
{
    if (isFunction(callback, this, u"prependAnyOutgoing(callback)"_s))
        m_listeners.addAnyFunction(JsListeners::Direction::Out, JsListeners::Place::First,
                                   callback);
}

/*!
    \qmlmethod void SocketIoListener::offAnyOutgoing(function callback)

    Removes \a callback, which was passed to onAnyOutgoing() or prependAnyOutgoing(); without
    \a callback, removes all such functions (Socket.IO: \c offAnyOutgoing).
*/
void QmlListener::offAnyOutgoing(const QJSValue &callback)
{
    m_listeners.removeAnyFunction(JsListeners::Direction::Out, callback);
}

/*!
    \qmlmethod int SocketIoListener::listenersAnyOutgoingCount()

    Returns the number of functions that were added with onAnyOutgoing() and prependAnyOutgoing()
    (Socket.IO: \c listenersAnyOutgoing).
*/
int QmlListener::listenersAnyOutgoingCount() const
{
    return int(m_listeners.anyCount(JsListeners::Direction::Out));
}

} // namespace SocketIo
