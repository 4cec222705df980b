// SPDX-License-Identifier: MIT
#ifndef ENGINEIO_ENGINEIOGLOBAL_H
#define ENGINEIO_ENGINEIOGLOBAL_H

#include <QtCore/qglobal.h>

#if defined(QTSOCKETIO_STATIC)
#define ENGINEIO_EXPORT
#elif defined(QTSOCKETIO_BUILD_ENGINEIO)
#define ENGINEIO_EXPORT Q_DECL_EXPORT
#else
#define ENGINEIO_EXPORT Q_DECL_IMPORT
#endif

// Private classes that the unit tests and fuzz targets reach.
#if defined(QTSOCKETIO_EXPORT_PRIVATE)
#define ENGINEIO_AUTOTEST_EXPORT ENGINEIO_EXPORT
#else
#define ENGINEIO_AUTOTEST_EXPORT
#endif

#endif
