// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_REDISGLOBAL_H
#define SOCKETIO_REDISGLOBAL_H

#include <QtCore/qglobal.h>

#if defined(QTSOCKETIO_STATIC)
#define SOCKETIO_REDIS_EXPORT
#elif defined(QTSOCKETIO_BUILD_REDIS)
#define SOCKETIO_REDIS_EXPORT Q_DECL_EXPORT
#else
#define SOCKETIO_REDIS_EXPORT Q_DECL_IMPORT
#endif

// For private classes that unit tests and fuzzers use.
#if defined(QTSOCKETIO_EXPORT_PRIVATE)
#define SOCKETIO_REDIS_AUTOTEST_EXPORT SOCKETIO_REDIS_EXPORT
#else
#define SOCKETIO_REDIS_AUTOTEST_EXPORT
#endif

#endif
