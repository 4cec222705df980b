// SPDX-License-Identifier: MIT
//! [coroutine]
#include "coroutines.h"

#include <SocketIo/PendingAck>
#include <SocketIo/Result>

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

//! [result]
QCoro::Task<QString> saveOnce(SocketIo::ClientSocket *socket)
{
    using Reply = SocketIo::Result<QString>;
    const Reply state = co_await Reply::of(socket->emitWithAck(u"save"_s, u"draft"_s));
    co_return state ? *state : state.error().message();
}
//! [result]
