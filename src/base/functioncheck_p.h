// SPDX-License-Identifier: MIT
#ifndef QTSOCKETIO_FUNCTIONCHECK_P_H
#define QTSOCKETIO_FUNCTIONCHECK_P_H

#include "base/logging_p.h"

namespace EngineIo::detail {

// Returns whether the function is not empty, and logs a warning if it is: calling an empty function
// would terminate the program when a client connects.
//
//     if (isCallable(middleware, "SocketIo::Namespace::use()"))
template<typename Function>
[[nodiscard]] bool isCallable(const Function &given, const char *function)
{
    if (given)
        return true;
    qCWarning(lcEngine, "%s was called with an empty function, which is ignored", function);
    return false;
}

} // namespace EngineIo::detail

#endif
