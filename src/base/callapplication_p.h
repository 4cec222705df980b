// SPDX-License-Identifier: MIT
#ifndef QTSOCKETIO_CALLAPPLICATION_P_H
#define QTSOCKETIO_CALLAPPLICATION_P_H

#include <EngineIo/engineioglobal.h>

#include <QtCore/qglobal.h>

#include <utility>

namespace EngineIo::detail {

// Rethrows the exception that is currently being handled from the event loop of this thread.
ENGINEIO_EXPORT void passOnException();

// Calls function(), which runs code of the application. If that code throws an exception, the stack
// of the library is not unwound: the library would stop half-way and lose pending input and
// notifications. Instead, the exception is rethrown in a separate event, where the application can
// catch it as usual in QCoreApplication::notify(). Returns whether no exception was thrown.
template<typename Function>
bool callApplication(Function &&function)
{
    QT_TRY
    {
        std::forward<Function>(function)();
        return true;
    }
    QT_CATCH(...)
    {
        passOnException();
    }
    return false;
}

} // namespace EngineIo::detail

#endif
