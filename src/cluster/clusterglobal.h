// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_CLUSTERGLOBAL_H
#define SOCKETIO_CLUSTERGLOBAL_H

#include <QtCore/qglobal.h>

#if defined(QTSOCKETIO_STATIC)
#define SOCKETIO_CLUSTER_EXPORT
#elif defined(QTSOCKETIO_BUILD_CLUSTER)
#define SOCKETIO_CLUSTER_EXPORT Q_DECL_EXPORT
#else
#define SOCKETIO_CLUSTER_EXPORT Q_DECL_IMPORT
#endif

// Private classes that the unit tests and fuzz targets reach.
#if defined(QTSOCKETIO_EXPORT_PRIVATE)
#define SOCKETIO_CLUSTER_AUTOTEST_EXPORT SOCKETIO_CLUSTER_EXPORT
#else
#define SOCKETIO_CLUSTER_AUTOTEST_EXPORT
#endif

#endif
