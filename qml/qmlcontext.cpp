// SPDX-License-Identifier: MIT
#include "qmlcontext_p.h"

#include "qmlevent.h"

#include <QtQml/qjsengine.h>
#include <QtQml/qqmlcontext.h>
#include <QtQml/qqmlengine.h>

namespace SocketIo::detail {

QJSEngine *engineOf(const QObject *object)
{
    QJSEngine *engine = qmlEngine(object);
    return engine ? engine : qjsEngine(object);
}

const QObject *elementOf(const QObject *object)
{
    const auto *emitter = qobject_cast<const QmlEmitter *>(object);
    return emitter ? emitter->element() : object;
}

JsLimits limitsOf(const QObject *object)
{
    if (const auto *event = qobject_cast<const QmlEvent *>(object))
        return limitsOf(event->client());
    const auto *emitter = qobject_cast<const QmlEmitter *>(object);
    return emitter ? emitter->limits() : JsLimits();
}

void shareContext(QObject *object, const QObject *other)
{
    if (QQmlContext *context = qmlContext(other))
        QQmlEngine::setContextForObject(object, context);
    if (auto *emitter = qobject_cast<QmlEmitter *>(object)) {
        emitter->setLimits(limitsOf(other));
        emitter->setElement(other);
    }
}

} // namespace SocketIo::detail
