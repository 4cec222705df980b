// SPDX-License-Identifier: MIT
#ifndef ENGINEIO_HTTP2GLOBAL_H
#define ENGINEIO_HTTP2GLOBAL_H

#include <QtCore/qglobal.h>

#if defined(QTSOCKETIO_STATIC)
#define ENGINEIO_HTTP2_EXPORT
#elif defined(QTSOCKETIO_BUILD_HTTP2)
#define ENGINEIO_HTTP2_EXPORT Q_DECL_EXPORT
#else
#define ENGINEIO_HTTP2_EXPORT Q_DECL_IMPORT
#endif

// For private classes that unit tests and fuzzers use.
#if defined(QTSOCKETIO_EXPORT_PRIVATE)
#define ENGINEIO_HTTP2_AUTOTEST_EXPORT ENGINEIO_HTTP2_EXPORT
#else
#define ENGINEIO_HTTP2_AUTOTEST_EXPORT
#endif

#endif
