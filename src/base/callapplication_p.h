// SPDX-License-Identifier: MIT
#ifndef QTSOCKETIO_CALLAPPLICATION_P_H
#define QTSOCKETIO_CALLAPPLICATION_P_H

#include <EngineIo/engineioglobal.h>

#include <QtCore/qglobal.h>

#include <utility>

namespace EngineIo::detail {

// Throws the exception that is being handled again, from the event loop of this thread.
ENGINEIO_EXPORT void passOnException();

// Calls function(), which runs code of the application. An exception that leaves that code does not
// unwind what is on the stack of the library, which would stop half-way, with the rest of its input
// and of its news lost. It is thrown again in an event of its own, where an application can catch it
// as it does others, in QCoreApplication::notify(). Returns whether there was none.
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
