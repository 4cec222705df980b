// SPDX-License-Identifier: MIT
#include "qmlevent.h"

#include "base/callout_p.h"
#include "jscalls_p.h"
#include "qmlcontext_p.h"
#include "qmlwarnings_p.h"

#include <QtQml/qjsengine.h>

namespace SocketIo {

using namespace Qt::StringLiterals;
using namespace detail;
using EngineIo::detail::CallOut;

/*!
    \qmltype SocketIoEvent
    \inqmlmodule SocketIo
    \since QtSocketIo 0.1
    \brief Handles an event received by a client.

    The received() signal is emitted with the arguments of the event:

    \qml
    SocketIoClient {
        url: "http://localhost:3000"

        SocketIoEvent {
            name: "price"
            onReceived: (symbol, value) => prices[symbol] = value
        }
    }
    \endqml

    If the object is not declared in a SocketIoClient, set the \l client property.
*/
/*!
    \qmlproperty SocketIoClient SocketIoEvent::client

    This property holds the client that receives the event. By default, it is the SocketIoClient
    that the object is declared in, if any.
*/
/*!
    \qmlproperty string SocketIoEvent::name

    This property holds the name of the event.
*/
/*!
    \qmlproperty bool SocketIoEvent::enabled

    This property holds whether received() is emitted; \c true by default.
*/
/*!
    \qmlsignal SocketIoEvent::received(var arg1, var arg2, var arg3)

    This signal is emitted when the event has been received, with its first nine arguments, \a arg1,
    \a arg2, \a arg3 and so on; missing arguments are \c undefined. Binary data is an ArrayBuffer.
    If the server requests an acknowledgement, an additional argument is a function to call with the
    answer:

    \qml
    SocketIoEvent {
        name: "question"
        onReceived: (text, answer) => answer(text.length)
    }
    \endqml

    If there are more than nine arguments, including that function, a tenth parameter is an array of
    the remaining ones:

    \qml
    SocketIoEvent {
        name: "samples"
        onReceived: (a, b, c, d, e, f, g, h, i, rest) => show([a, b, c, d, e, f, g, h, i, ...(rest ?? [])])
    }
    \endqml

    Functions passed to SocketIoListener::on() can have any number of arguments.
*/
QmlEvent::~QmlEvent()
{
    stop();
}

void QmlEvent::componentComplete()
{
    CallOut out(this);
    if (auto *client = m_hasClient ? nullptr : qobject_cast<QmlClient *>(parent()))
        out.call([&] { setClient(client); });
    if (out && !m_hasClient) {
        out.call([this] {
            warn(this,
                 u"This event has no client: declare it in a SocketIoClient, or set its property "
                 "client"_s);
        });
    }
    if (out && !m_hasName)
        out.call([this] { warn(this, u"This event has no name: set its property name"_s); });
}

void QmlEvent::setClient(QmlClient *client)
{
    m_hasClient = true;
    if (m_client == client)
        return;
    stop();
    m_client = client;
    listen();
    CallOut out(this);
    out.emitSignal(&QmlEvent::clientChanged);
    out.call([this] { warnOfName(); });
}

void QmlEvent::setName(const QString &name)
{
    m_hasName = true;
    if (m_name == name)
        return;
    stop();
    m_name = name;
    listen();
    CallOut out(this);
    out.emitSignal(&QmlEvent::nameChanged);
    out.call([this] { warnOfName(); });
}

void QmlEvent::setEnabled(bool enabled)
{
    if (m_enabled == enabled)
        return;
    m_enabled = enabled;
    Q_EMIT enabledChanged();
}

void QmlEvent::listen()
{
    if (!m_client || m_name.isEmpty())
        return;
    m_client->listeners().add(m_name, this, [this](const QVariantList &args, const Ack &ack) {
        if (m_enabled)
            deliver(args, ack);
    });
}

// If events of that name never come.
void QmlEvent::warnOfName() const
{
    if (!m_client || m_name.isEmpty())
        return;
    if (const QString reason = m_client->listeners().neverReceived(m_name); !reason.isEmpty())
        warn(this, reason);
}

void QmlEvent::stop()
{
    if (m_client && !m_name.isEmpty())
        m_client->listeners().remove(m_name, this);
}

void QmlEvent::deliver(const QVariantList &args, const Ack &ack)
{
    QVariantList values = args;
    QJSEngine *engine = engineOf(this);
    if (ack.isWanted() && engine)
        values.append(QVariant::fromValue(ackToJs(engine, ack, this, m_name)));
    const QVariant rest = values.size() > 9 ? QVariant(values.sliced(9)) : QVariant();
    Q_EMIT received(values.value(0), values.value(1), values.value(2), values.value(3),
                    values.value(4), values.value(5), values.value(6), values.value(7),
                    values.value(8), rest);
}

} // namespace SocketIo
