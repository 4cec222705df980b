// SPDX-License-Identifier: MIT
#ifndef QTSOCKETIO_FUNCTIONCHECK_P_H
#define QTSOCKETIO_FUNCTIONCHECK_P_H

#include "base/logging_p.h"

namespace EngineIo::detail {

// Whether there is something to call, with a warning if not: an empty function would end the program
// when a client comes.
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
