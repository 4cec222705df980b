// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_MSGPACKGLOBAL_H
#define SOCKETIO_MSGPACKGLOBAL_H

#include <QtCore/qglobal.h>

#if defined(QTSOCKETIO_STATIC)
#define SOCKETIO_MSGPACK_EXPORT
#elif defined(QTSOCKETIO_BUILD_MSGPACK)
#define SOCKETIO_MSGPACK_EXPORT Q_DECL_EXPORT
#else
#define SOCKETIO_MSGPACK_EXPORT Q_DECL_IMPORT
#endif

// Private classes that the unit tests and fuzz targets reach.
#if defined(QTSOCKETIO_EXPORT_PRIVATE)
#define SOCKETIO_MSGPACK_AUTOTEST_EXPORT SOCKETIO_MSGPACK_EXPORT
#else
#define SOCKETIO_MSGPACK_AUTOTEST_EXPORT
#endif

#endif
