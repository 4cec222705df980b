// SPDX-License-Identifier: MIT
#ifndef QTSOCKETIO_THREADCHECK_P_H
#define QTSOCKETIO_THREADCHECK_P_H

#include "base/logging_p.h"

#include <QtCore/qobject.h>
#include <QtCore/qthread.h>

namespace EngineIo::detail {

// Returns whether the caller runs in the thread of object, as it must for every call that is not
// documented otherwise. Calls from another thread are errors in the application that would corrupt
// the object: debug builds abort; in release builds, a warning is logged and the call does nothing.
// function includes the name of the class, unless it is also called by functions of other classes.
//
//     if (!isInThreadOf(q, "SocketIo::Socket::emitEvent()"))
//         return false;
[[nodiscard]] inline bool isInThreadOf(const QObject *object, const char *function)
{
    if (Q_LIKELY(object->thread() == QThread::currentThread()))
        return true;
    qCWarning(lcEngine,
              "%s was called in another thread than the one that the object lives in, and does "
              "nothing. Call it with QMetaObject::invokeMethod(), or forward() a signal.",
              function);
    Q_ASSERT_X(false, function, "called in another thread than the one that the object lives in");
    return false;
}

} // namespace EngineIo::detail

#endif
