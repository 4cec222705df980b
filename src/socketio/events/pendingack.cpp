// SPDX-License-Identifier: MIT
#include <SocketIo/pendingack.h>

#include "socketio/events/eventlogging_p.h"
#include "socketio/events/pendingack_p.h"

namespace SocketIo {

/*!
    \class SocketIo::PendingAck
    \inmodule QtSocketIo
    \since 0.1
    \brief The acknowledgement that an emitted event waits for.

    \c emitWithAck() gives one (Socket.IO: the callback of \c emit, or the promise of
    \c emitWithAck). It can be used in three ways, also together:

    \code
    PendingAck *ack = socket->emitWithAck(u"save"_s, text);
    connect(ack, &PendingAck::acknowledged, this, &Editor::saved);
    ack->then(this, [](const QString &version) { ... })
        ->onFailed(this, [](const Error &error) { ... });
    QFuture<QVariantList> future = ack->future();
    \endcode

    It ends once: with acknowledged() when the peer answers, or with failed() when a timeout is set
    and passes (Error::Type::Timeout), when the connection goes away first
    (Error::Type::Disconnected), or when the event could not be sent at all. Without a timeout it
    waits as long as the connection lasts.

    When it has ended it deletes itself as soon as control returns to the event loop; until then
    then(), onFailed(), future() and the getters still work. Delete it earlier to say that the
    answer is no longer wanted: nothing is called then, and its future is cancelled.

    It belongs to the thread of the object that sent the event.
*/

/*!
    \fn void SocketIo::PendingAck::acknowledged(const QVariantList &arguments)
    The peer answered with \a arguments.
*/

/*!
    \fn void SocketIo::PendingAck::failed(const SocketIo::Error &error)
    There will be no answer, because of \a error. arguments() then has what a broadcast gathered.
*/

/*!
    \fn template<typename Context, typename Continuation> PendingAck *PendingAck::then(
            Context *context, Continuation &&continuation)

    Calls \a continuation in the thread of \a context, if that still lives, when the peer answers.
    It is a functor or a member function of \a context that takes nothing, all of the answer as
    \c{const QVariantList &}, or the answer's arguments by their types as described at Slot. When
    they do not fit, it is not called and a warning is logged in the category
    \c qt.socketio.events. Returns this object, to go on with onFailed().
*/

/*!
    \fn template<typename Context, typename Continuation> PendingAck *PendingAck::onFailed(
            Context *context, Continuation &&continuation)

    Calls \a continuation, which takes nothing or \c{const Error &}, in the thread of \a context,
    if that still lives, when there will be no answer. Returns this object.
*/

namespace {

void callThen(const Slot &slot, const QVariantList &args)
{
    QString errorText;
    if (!slot.call(args, Ack(), &errorText)) {
        qCWarning(detail::lcEvents).noquote()
            << "A continuation of an acknowledgement was not called:" << errorText;
    }
}

} // namespace

PendingAck::PendingAck(QObject *parent)
    : QObject(parent)
    , d(std::make_unique<PendingAckPrivate>())
{
}

/*!
    Says that the answer is no longer wanted, unless it has already come.
*/
PendingAck::~PendingAck() = default;

/*!
    Returns whether the answer has come or has failed to come.
*/
bool PendingAck::isFinished() const
{
    return d->state != PendingAckPrivate::State::Pending;
}

/*!
    Returns the arguments of the answer; none before it comes. Of a broadcast, one per client that
    answered, also when it failed (Socket.IO: \c err.responses).
*/
QVariantList PendingAck::arguments() const
{
    return d->arguments;
}

/*!
    Returns why there is no answer; no error as long as it may come and when it has come.
*/
Error PendingAck::error() const
{
    return d->error;
}

/*!
    Returns a future that resolves with the arguments of the answer. When there is none, it fails
   with an AckException.
*/
QFuture<QVariantList> PendingAck::future()
{
    if (!d->promise) {
        d->promise = std::make_shared<QPromise<QVariantList>>();
        d->promise->start();
        if (isFinished())
            d->finishPromise();
    }
    return d->promise->future();
}

PendingAck *PendingAck::addSlot(const QObject *context, Slot &&slot)
{
    if (d->state != PendingAckPrivate::State::Signalled) {
        connect(this, &PendingAck::acknowledged, context,
                [slot = std::move(slot)](const QVariantList &args) { callThen(slot, args); });
    } else if (context && !d->error) {
        QMetaObject::invokeMethod(
            const_cast<QObject *>(context),
            [slot = std::move(slot), args = d->arguments] { callThen(slot, args); },
            Qt::QueuedConnection);
    }
    return this;
}

PendingAck *PendingAck::addErrorSlot(const QObject *context, ErrorSlot &&slot)
{
    if (d->state != PendingAckPrivate::State::Signalled) {
        connect(this, &PendingAck::failed, context, std::move(slot));
    } else if (context && d->error) {
        QMetaObject::invokeMethod(
            const_cast<QObject *>(context),
            [slot = std::move(slot), error = d->error] { slot(error); }, Qt::QueuedConnection);
    }
    return this;
}

PendingAck *PendingAckPrivate::create(QObject *parent)
{
    return new PendingAck(parent);
}

PendingAck *PendingAckPrivate::createFailed(QObject *parent, const Error &error)
{
    PendingAck *ack = create(parent);
    ack->d->state = State::Finished;
    ack->d->error = error;
    QMetaObject::invokeMethod(
        ack, [ack] { signal(ack); }, Qt::QueuedConnection);
    return ack;
}

void PendingAckPrivate::acknowledge(PendingAck *ack, const QVariantList &args)
{
    if (ack)
        ack->d->finish(ack, {}, args);
}

void PendingAckPrivate::fail(PendingAck *ack, const Error &error, const QVariantList &answersSoFar)
{
    if (ack)
        ack->d->finish(ack, error, answersSoFar);
}

void PendingAckPrivate::finish(PendingAck *ack, const Error &newError, const QVariantList &args)
{
    if (state != State::Pending)
        return;
    state = State::Finished;
    error = newError;
    arguments = args;
    const QPointer<PendingAck> guard(ack);
    if (promise)
        finishPromise();
    if (guard)
        signal(ack);
}

void PendingAckPrivate::finishPromise()
{
    // The future's continuations run now and may delete the acknowledgement.
    const std::shared_ptr<QPromise<QVariantList>> guard = promise;
    if (error)
        guard->setException(AckException(error));
    else
        guard->addResult(arguments);
    guard->finish();
}

void PendingAckPrivate::signal(PendingAck *ack)
{
    ack->d->state = State::Signalled;
    ack->deleteLater();
    if (ack->d->error)
        Q_EMIT ack->failed(Error(ack->d->error));
    else
        Q_EMIT ack->acknowledged(QVariantList(ack->d->arguments));
}

} // namespace SocketIo
