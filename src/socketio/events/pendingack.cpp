// SPDX-License-Identifier: MIT
#include <SocketIo/pendingack.h>

#include "socketio/events/errortext_p.h"
#include "socketio/events/eventlogging_p.h"
#include "socketio/events/pendingack_p.h"

#include <QtCore/qmetaobject.h>

#include <utility>

namespace SocketIo {

using namespace Qt::StringLiterals;

namespace {

bool isContinuation(const QObject *context, bool hasFunction, const char *function)
{
    if (context && hasFunction)
        return true;
    qCWarning(detail::lcEvents, "PendingAck::%s was called without a %s, and does nothing",
              function, context ? "function" : "context");
    return false;
}

} // namespace

/*!
    \class SocketIo::PendingAck
    \inmodule QtSocketIo
    \inheaderfile SocketIo/PendingAck
    \since QtSocketIo 0.1
    \brief Represents the acknowledgement that was requested for an emitted event.

    It is returned by \c emitWithAck() (Socket.IO: the callback of \c emit, or the promise of
    \c emitWithAck). It can be used in three ways, which can be combined:

    \code
    PendingAck *ack = socket->emitWithAck(u"save"_s, text);
    connect(ack, &PendingAck::acknowledged, this, &Editor::saved);
    ack->then(this, [](const QString &version) { ... })
        ->onFailed(this, [](const Error &error) { ... });
    QFuture<QVariantList> future = ack->future();
    \endcode

    A PendingAck finishes once. acknowledged() is emitted when the peer answers. failed() is emitted
    if a timeout is set and expires (Error::Type::Timeout), if the connection is lost first
    (Error::Type::Disconnected), or if the event could not be sent. Without a timeout, it waits for
    as long as the connection exists. It never finishes during the call that returns it, even if
    there was no peer to ask, so slots that are connected immediately after that call are always
    called. If the socket, its manager or its server is deleted, failed() is emitted from the event
    loop (Error::Type::Disconnected); without an event loop, no signal is emitted.

    If the answer is used but failures are not handled, a failure is logged as a warning in the
    category \c qt.socketio.events.

    After it has finished, it deletes itself when control returns to the event loop. Until then,
    then(), onFailed(), future() and the getters can be used. If the answer is no longer needed,
    delete the object earlier: no slot or continuation is called then, and its futures are canceled.

    With a coroutine library such as QCoro, \c{co_await} the future, or the signal acknowledged().

    A PendingAck lives in the thread of the object that sent the event and must be used only there.
*/

/*!
    \fn void SocketIo::PendingAck::answerDoesNotFit(const SocketIo::Error &error)
    This signal is emitted after acknowledged() when the peer's answer cannot be converted to the
    parameters of a continuation passed to then(). onFailed() receives the same \a error.
*/

/*!
    \fn void SocketIo::PendingAck::acknowledged(const QVariantList &arguments)
    This signal is emitted when the peer has answered with \a arguments.
*/

/*!
    \fn void SocketIo::PendingAck::failed(const SocketIo::Error &error)
    This signal is emitted when there will be no answer, because of \a error. For a broadcast,
    arguments() contains the answers received so far.
*/

/*!
    \fn template<typename Context, typename Continuation> PendingAck *PendingAck::then(
            Context *context, Continuation &&continuation)

    Calls \a continuation in the thread of \a context when the peer answers, unless \a context has
    been deleted. \a continuation is a functor or a member function of \a context that takes no
    parameters, the whole answer as \c{const QVariantList &}, or the arguments of the answer with
    their types as described in Slot. If the arguments cannot be converted, \a continuation is not
    called; instead, the continuations passed to onFailed() are called with an error of type
    Error::Type::Argument. If there are none, a warning with the name of the event is logged in the
    category \c qt.socketio.events. Returns this object, so that onFailed() can be chained.
*/

/*!
    \fn template<typename Context, typename Continuation> PendingAck *PendingAck::onFailed(
            Context *context, Continuation &&continuation)

    Calls \a continuation, which takes no parameters or \c{const Error &}, in the thread of
    \a context, unless \a context has been deleted, when there will be no answer or when it cannot be
    converted to the parameters of a continuation passed to then(). Returns this object.
*/

PendingAck::PendingAck(QObject *parent)
    : QObject(parent)
    , d(std::make_unique<PendingAckPrivate>())
{
}

/*!
    Destroys the object. If the answer has not been received yet, it is ignored, and futures are
    canceled.
*/
PendingAck::~PendingAck()
{
    // What waits for the answer goes from here on, and may hold the last reference to the parent or
    // cancel a future whose continuation deletes it: that must neither delete this object again nor
    // tell it of an end.
    setParent(nullptr);
    // The event cannot be sent, whether the answer is wanted or not.
    if (d->mistake && d->state != PendingAckPrivate::State::Signalled && !d->isFailureHeard(this))
        d->warn(detail::withHint(d->error));
    d->state = PendingAckPrivate::State::Signalled;
    d->hasOutcome = true;
    d->promise.reset();
}

/*!
    Returns whether the answer has been received or has failed.
*/
bool PendingAck::isFinished() const
{
    return d->isFinished();
}

/*!
    Returns the arguments of the answer, or an empty list if it has not been received yet. For a
    broadcast, the list contains one argument for each client that has answered, even if the
    broadcast has failed (Socket.IO: \c err.responses).
*/
QVariantList PendingAck::arguments() const
{
    return d->isFinished() ? d->arguments : QVariantList();
}

/*!
    Returns the reason why there is no answer. While the answer is pending, and after it has been
    received, Error::isError() is \c false.
*/
Error PendingAck::error() const
{
    return d->isFinished() ? d->error : Error();
}

/*!
    Returns a future that finishes with the arguments of the answer. If there is no answer, the
    future fails with an AckException. Each call returns a separate future, because a QFuture can
    have only one continuation.

    With a type, as in \c{future<int>()}, the result of the future is the first argument of the
    answer, converted to that type. With several types, as in \c{future<int, QString>()}, the result
    is a \c std::tuple of as many arguments. The future also fails with an AckException if the
    arguments cannot be converted:

    \code
    QFuture<int> version = socket->emitWithAck(u"save"_s, text)->future<int>();
    \endcode

    \note QFuture::onFailed() of Qt 6.4 crashes when its future is canceled, as this one is when the
    PendingAck is deleted before it has finished. Use a Result where that can happen.

    \sa Result
*/
QFuture<QVariantList> PendingAck::future()
{
    const bool isFirst = !d->promise;
    const auto promise = std::make_shared<QPromise<QVariantList>>();
    promise->start();
    QFuture<QVariantList> result = promise->future();
    if (isFirst)
        d->promise = promise;
    if (isFinished())
        PendingAckPrivate::fulfil(promise, d->error, d->arguments);
    else if (!isFirst) {
        then(this,
             [promise](const QVariantList &args) { PendingAckPrivate::fulfil(promise, {}, args); });
        onFailed(this,
                 [promise](const Error &error) { PendingAckPrivate::fulfil(promise, error, {}); });
    }
    return result;
}

PendingAck *PendingAck::addSlot(const QObject *context, Slot &&slot)
{
    if (!isContinuation(context, !slot.isNull(), "then()"))
        return this;
    if (d->state == PendingAckPrivate::State::Signalled) {
        addLateSlot(context, slot);
    } else if (context->thread() == thread()) {
        connect(this, &PendingAck::acknowledged, context,
                [this, slot = std::move(slot)](const QVariantList &args) {
                    QString errorText;
                    if (!slot.call(args, Ack(), &errorText))
                        d->mismatch = d->doesNotFit(errorText);
                });
    } else {
        // Converted here, where this object lives, which may be gone when the other thread calls.
        const auto call = std::make_shared<std::function<void()>>();
        connect(this, &PendingAck::acknowledged, this,
                [this, call, slot = std::move(slot)](const QVariantList &args) {
                    QString errorText;
                    *call = slot.bind(args, Ack(), &errorText);
                    if (!*call)
                        d->mismatch = d->doesNotFit(errorText);
                });
        connect(this, &PendingAck::acknowledged, context, [call] {
            if (*call)
                (*call)();
        });
    }
    return this;
}

void PendingAck::addLateSlot(const QObject *context, const Slot &slot)
{
    if (d->error)
        return;
    QString errorText;
    if (auto call = slot.bind(d->arguments, Ack(), &errorText)) {
        QMetaObject::invokeMethod(const_cast<QObject *>(context), std::move(call),
                                  Qt::QueuedConnection);
    } else {
        d->mismatch = d->doesNotFit(errorText);
        d->warn(d->mismatch.message());
    }
}

PendingAck *PendingAck::addErrorSlot(const QObject *context, ErrorSlot &&slot)
{
    if (!isContinuation(context, bool(slot), "onFailed()"))
        return this;
    if (d->state != PendingAckPrivate::State::Signalled) {
        connect(this, &PendingAck::answerDoesNotFit, context, slot);
        connect(this, &PendingAck::failed, context, std::move(slot));
    } else if (const Error error = d->error ? d->error : d->mismatch) {
        QMetaObject::invokeMethod(
            const_cast<QObject *>(context), [slot = std::move(slot), error] { slot(error); },
            Qt::QueuedConnection);
    }
    return this;
}

} // namespace SocketIo
