// SPDX-License-Identifier: MIT
//! [coroutine]
#include "coroutines.h"

#include <SocketIo/PendingAck>

#include <QCoroFuture>

using namespace Qt::StringLiterals;

QCoro::Task<QString> saveTwice(SocketIo::ClientSocket *socket)
{
    try {
        const QString first =
            co_await socket->emitWithAck(u"save"_s, u"draft"_s)->future<QString>();
        const QString second =
            co_await socket->emitWithAck(u"save"_s, u"final"_s)->future<QString>();
        co_return first + u", "_s + second;
    } catch (const SocketIo::AckException &exception) {
        co_return exception.error().message();
    }
}
//! [coroutine]
