// SPDX-License-Identifier: MIT
// Mistakes that do not compile. See check.cmake.
#include <SocketIo/PendingAck>
#include <SocketIo/Socket>

#include <QtCore/qfuture.h>

using namespace SocketIo;
using namespace Qt::StringLiterals;

namespace {

struct Plain
{
    int value = 0;
};

} // namespace

void mistakes(Socket *socket, PendingAck *ack, QObject *context);

void mistakes(Socket *socket, PendingAck *ack, QObject *context)
{
    Plain plain;
    // hint: a pointer is not data: send the values behind it
    socket->emitEvent(u"x"_s, context);
    // hint: a value of this type cannot be sent: make the type a Q_GADGET
    socket->emitEvent(u"x"_s, plain);
    // hint: a function is not data: send what it returns
    socket->emitEvent(u"x"_s, mistakes);
    // hint: an object has one value for each name: send a map of lists
    socket->emitEvent(u"x"_s, QMultiMap<QString, int>());
    // hint: a future has no value yet: send what it gives, when it has finished
    socket->emitEvent(u"x"_s, QFuture<int>());
    // hint: a slot is a function, a member function of the context, or an object with
    socket->on(u"x"_s, context, [](auto) {});
    // hint: a slot takes its arguments by value or by const reference
    socket->on(u"x"_s, context, [](int &) {});
    // hint: an argument is a value, never a pointer
    socket->on(u"x"_s, context, [](int *) {});
    // hint: the context is a QObject
    socket->on(u"x"_s, &plain, [] {});
    // hint: the Ack is the last parameter of a slot
    socket->on(u"x"_s, context, [](const Ack &, int) {});
    // hint: a listener needs a context; it is removed when the context is destroyed: on(event, this, slot)
    socket->on(u"x"_s, [] {});
    // hint: a catch-all slot takes (const QString &event, const QVariantList &args)
    socket->onAny(context, [](int) {});
    // hint: the continuation takes nothing or const Error &
    ack->onFailed(context, [](int) {});
}
