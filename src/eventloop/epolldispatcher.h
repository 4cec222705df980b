// SPDX-License-Identifier: MIT
#ifndef ENGINEIO_EPOLLDISPATCHER_H
#define ENGINEIO_EPOLLDISPATCHER_H

#include <EngineIo/engineioglobal.h>

QT_BEGIN_NAMESPACE
class QAbstractEventDispatcher;
QT_END_NAMESPACE

namespace EngineIo {

// For the main thread of a program without a GUI: call it before QCoreApplication is created.
ENGINEIO_EXPORT bool installEpollDispatcher();

// For QThread::setEventDispatcher(); nullptr if the platform's own dispatcher should be used.
ENGINEIO_EXPORT QAbstractEventDispatcher *createEventDispatcher();

} // namespace EngineIo

#endif
