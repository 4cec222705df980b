// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_QMLEXPORT_P_H
#define SOCKETIO_QMLEXPORT_P_H

#include <QtCore/qglobal.h>

// Other QML modules of this package use it.
#if defined(QTSOCKETIO_STATIC)
#define SOCKETIO_QML_EXPORT
#elif defined(SocketIoQml_EXPORTS)
#define SOCKETIO_QML_EXPORT Q_DECL_EXPORT
#else
#define SOCKETIO_QML_EXPORT Q_DECL_IMPORT
#endif

#endif
