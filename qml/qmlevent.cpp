// SPDX-License-Identifier: MIT
#include "qmlevent.h"

#include "jsvalues_p.h"

#include <QtQml/qjsengine.h>

namespace SocketIo {

QmlEvent::~QmlEvent()
{
    stop();
}

void QmlEvent::setClient(QmlClient *client)
{
    if (m_client == client)
        return;
    stop();
    m_client = client;
    listen();
    Q_EMIT clientChanged();
}

void QmlEvent::setName(const QString &name)
{
    if (m_name == name)
        return;
    stop();
    m_name = name;
    listen();
    Q_EMIT nameChanged();
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
    m_client->handlers().add(m_name, this, [this](const QVariantList &args, const Ack &ack) {
        if (m_enabled)
            deliver(args, ack);
    });
}

void QmlEvent::stop()
{
    if (m_client && !m_name.isEmpty())
        m_client->handlers().remove(m_name, this);
}

void QmlEvent::deliver(const QVariantList &args, const Ack &ack)
{
    QVariantList values = args;
    QJSEngine *engine = detail::engineOf(this);
    if (ack.isWanted() && engine)
        values.append(QVariant::fromValue(detail::ackToJs(engine, ack)));
    Q_EMIT received(values.value(0), values.value(1), values.value(2), values.value(3),
                    values.value(4), values.value(5), values.value(6), values.value(7),
                    values.value(8));
}

} // namespace SocketIo
