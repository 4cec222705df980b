// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_MIDDLEWARECHAIN_P_H
#define SOCKETIO_MIDDLEWARECHAIN_P_H

#include <SocketIo/middleware.h>

#include "base/functionchain_p.h"

#include <QtCore/qlist.h>

#include <functional>
#include <utility>

namespace SocketIo::detail {

// Runs middlewares one after the other, as FunctionChain does. One that throws before it has called
// next refuses.
template<typename Function>
struct MiddlewareChain
{
    using Call = std::function<void(const Function &function, Next next)>;

    static void run(const QList<Function> &functions, Call call, Next::Done done)
    {
        EngineIo::detail::FunctionChain<QList<Function>, Error>::run(
            functions,
            [call = std::move(call)](const Function &function, const Next::Done &answer) {
                call(function, Next(answer));
            },
            std::move(done), Error(QStringLiteral("A middleware of the server has failed")));
    }
};

} // namespace SocketIo::detail

#endif
