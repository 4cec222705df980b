// SPDX-License-Identifier: MIT
#ifndef QTSOCKETIO_THREADCHECK_P_H
#define QTSOCKETIO_THREADCHECK_P_H

#include "base/logging_p.h"

#include <QtCore/qobject.h>
#include <QtCore/qthread.h>

namespace EngineIo::detail {

// Returns whether the caller runs in the thread of object, as it must for every call that is not
// documented otherwise. Calls from another thread are a mistake of the application that would
// damage the object: debug builds stop there, others print a warning and the call does nothing.
// function: with its class, unless those of other classes call it as well.
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
