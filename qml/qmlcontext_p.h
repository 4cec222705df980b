// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_QMLCONTEXT_P_H
#define SOCKETIO_QMLCONTEXT_P_H

#include "jslimits_p.h"
#include "qmlexport_p.h"

#include <QtCore/qobject.h>

QT_BEGIN_NAMESPACE
class QJSEngine;
QT_END_NAMESPACE

namespace SocketIo::detail {

// What a QML object has from where it is declared, or from the object that has made it.

// The engine that a QML object lives in; null when it is ending.
SOCKETIO_QML_EXPORT QJSEngine *engineOf(const QObject *object);
// The element that is declared in QML: object itself, or the element that has created it, which
// exists longer.
const QObject *elementOf(const QObject *object);
// How much object may send in one go.
JsLimits limitsOf(const QObject *object);
// Makes object, which is not declared in QML, live where other does, send as much, and warn at its
// place.
void shareContext(QObject *object, const QObject *other);

} // namespace SocketIo::detail

#endif
