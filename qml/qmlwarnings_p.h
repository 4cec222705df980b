// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_QMLWARNINGS_P_H
#define SOCKETIO_QMLWARNINGS_P_H

#include "qmlexport_p.h"

#include <QtCore/qloggingcategory.h>
#include <QtCore/qobject.h>
#include <QtCore/qstring.h>
#include <QtQml/qjsvalue.h>

namespace SocketIo::detail {

Q_DECLARE_LOGGING_CATEGORY(lcQml) // mistakes of programs in QML

// A warning in the category qt.socketio.qml, with the place in QML of the object, if there is one,
// or of the element that has made it. The engine emits it as it does its own.
SOCKETIO_QML_EXPORT void warn(const QObject *object, const QString &text);
// The same for warnings that a peer can cause repeatedly, such as an error in a listener: at most
// 100 per minute for each element.
SOCKETIO_QML_EXPORT void warnOfPeer(const QObject *object, const QString &text);
// Returns the text of an Error that JavaScript has thrown, with its place.
SOCKETIO_QML_EXPORT QString thrownText(const QJSValue &error);

} // namespace SocketIo::detail

#endif
