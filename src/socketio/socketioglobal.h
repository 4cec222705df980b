// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_SOCKETIOGLOBAL_H
#define SOCKETIO_SOCKETIOGLOBAL_H

#include <QtCore/qglobal.h>

#if defined(QTSOCKETIO_STATIC)
#define SOCKETIO_EXPORT
#elif defined(QTSOCKETIO_BUILD_SOCKETIO)
#define SOCKETIO_EXPORT Q_DECL_EXPORT
#else
#define SOCKETIO_EXPORT Q_DECL_IMPORT
#endif

// Private classes that the unit tests and fuzz targets reach.
#if defined(QTSOCKETIO_EXPORT_PRIVATE)
#define SOCKETIO_AUTOTEST_EXPORT SOCKETIO_EXPORT
#else
#define SOCKETIO_AUTOTEST_EXPORT
#endif

#endif
