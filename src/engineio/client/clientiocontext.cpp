// SPDX-License-Identifier: MIT
#include "engineio/client/clientiocontext_p.h"

#include <QtCore/qabstracteventdispatcher.h>
#include <QtCore/qpointer.h>

namespace EngineIo::detail {

IoContext *clientIoContext()
{
    static thread_local QPointer<IoContext> context;
    if (!context) {
        context = new IoContext(QAbstractEventDispatcher::instance());
        context->start();
    }
    return context;
}

} // namespace EngineIo::detail
