// SPDX-License-Identifier: MIT
#include <SocketIo/pendingack.h>

#include "socketio/events/errortext_p.h"
#include "socketio/events/eventlogging_p.h"
#include "socketio/events/pendingack_p.h"

#include "base/callout_p.h"

#include <QtCore/qabstracteventdispatcher.h>
#include <QtCore/qmetaobject.h>

#include <utility>

namespace SocketIo {

using namespace Qt::StringLiterals;

namespace {

using Promise = std::shared_ptr<QPromise<QVariantList>>;

// By value: the future's continuations run now and may delete the acknowledgement.
void fulfil(Promise promise, const Error &error, const QVariantList &arguments)
{
    if (error)
        promise->setException(AckException(error));
    else
        promise->addResult(arguments);
    promise->finish();
}

bool isContinuation(const QObject *context, bool hasFunction, const char *function)
{
    if (context && hasFunction)
        return true;
    qCWarning(detail::lcEvents, "PendingAck::%s was called without a %s, and does nothing",
              function, context ? "function" : "context");
    return false;
}

struct ReleasedAcks
{
    ReleasedAcks() = default;
    ~ReleasedAcks()
    {
        for (const QPointer<PendingAck> &ack : std::as_const(acks))
            delete ack;
    }
    Q_DISABLE_COPY_MOVE(ReleasedAcks)

    QList<QPointer<PendingAck>> acks;
};

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
        fulfil(promise, d->error, d->arguments);
    else if (!isFirst) {
        then(this, [promise](const QVariantList &args) { fulfil(promise, {}, args); });
        onFailed(this, [promise](const Error &error) { fulfil(promise, error, {}); });
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

PendingAck *PendingAckPrivate::create(QObject *parent, const std::optional<QString> &event,
                                      const QString &receiver,
                                      const std::shared_ptr<const WarningLimit> &limit)
{
    auto *ack = new PendingAck(parent);
    ack->d->event = event;
    ack->d->receiver = receiver;
    ack->d->warningLimit = limit;
    ack->d->age.start();
    return ack;
}

PendingAck *PendingAckPrivate::handOut(const QPointer<PendingAck> &ack)
{
    // A listener for outgoing events may have deleted the owner.
    if (!ack)
        return createFailed(nullptr, Error::disconnected());
    const bool hasEnded = ack->d->state == State::EndedInCall;
    ack->d->state = State::Pending;
    if (hasEnded)
        tellLater(ack);
    return ack;
}

PendingAck *PendingAckPrivate::createFailed(QObject *parent, const Error &error, Warned warned)
{
    PendingAck *ack = create(parent);
    ack->d->isWarned = warned == Warned::Yes;
    fail(ack, error);
    return handOut(ack);
}

PendingAck *PendingAckPrivate::createMistake(QObject *parent, const Error &error,
                                             const QLoggingCategory &category)
{
    PendingAck *ack = create(parent);
    ack->d->mistake = &category;
    fail(ack, error);
    return handOut(ack);
}

PendingAck *PendingAckPrivate::createDisconnected(QObject *parent, const QString &event,
                                                  const QString &receiver)
{
    PendingAck *ack = create(parent, event, receiver);
    Error error = Error::disconnected();
    error.setHint(u"The socket was disconnected or deleted before the event was emitted: do not "
                  "keep it longer than it is connected."_s);
    fail(ack, error);
    return handOut(ack);
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
    if (hasOutcome)
        return;
    hasOutcome = true;
    error = explained(newError);
    arguments = args;
    if (state == State::InCall)
        state = State::EndedInCall;
    else
        tell(ack);
}

// The sender knows the reason, and this object knows the event.
Error PendingAckPrivate::explained(const Error &plain) const
{
    const bool isTimeout = plain.type() == Error::Type::Timeout;
    if (!event || (!isTimeout && plain.type() != Error::Type::Disconnected))
        return plain;
    QString text = plain.message() + u": the event \"%1\" was not acknowledged"_s.arg(*event);
    if (!receiver.isEmpty())
        text += u" by "_s + receiver;
    if (isTimeout)
        text += u" within %1 ms"_s.arg(age.elapsed());
    if (const QString reason = plain.data().toMap().value(u"description"_s).toString();
        !reason.isEmpty()) {
        text += u" (%1)"_s.arg(reason);
    }
    Error result(plain.type(), text, plain.data());
    result.setHint(plain.hint());
    return result;
}

void PendingAckPrivate::tellLater(PendingAck *ack)
{
    QMetaObject::invokeMethod(
        ack, [ack] { ack->d->tell(ack); }, Qt::QueuedConnection);
}

void PendingAckPrivate::release(const QObject *owner, const Error &error)
{
    const auto acks = owner->findChildren<PendingAck *>(QString(), Qt::FindDirectChildrenOnly);
    QAbstractEventDispatcher *dispatcher = QAbstractEventDispatcher::instance(owner->thread());
    if (acks.isEmpty() || !dispatcher)
        return;
    const auto released = std::make_shared<ReleasedAcks>();
    for (PendingAck *ack : acks) {
        PendingAckPrivate *d = ack->d.get();
        if (d->isFinished())
            continue;
        if (!std::exchange(d->hasOutcome, true))
            d->error = d->explained(error);
        ack->setParent(nullptr);
        if (d->state == State::InCall)
            d->state = State::EndedInCall; // handOut() reports it
        else if (d->state == State::Pending)
            released->acks.append(ack);
    }
    if (released->acks.isEmpty())
        return;
    // Not to the acknowledgements themselves: if no event loop runs any more, they go with the
    // event, and that goes with the dispatcher.
    QMetaObject::invokeMethod(
        dispatcher,
        [released] {
            for (const QPointer<PendingAck> &ack : std::exchange(released->acks, {})) {
                if (ack && !ack->d->isFinished())
                    ack->d->tell(ack);
            }
        },
        Qt::QueuedConnection);
}

void PendingAckPrivate::tell(PendingAck *ack)
{
    state = State::Finished;
    EngineIo::detail::CallOut out(ack);
    if (!promise || out.call([this] { finishPromise(); }))
        signal(ack);
}

void PendingAckPrivate::finishPromise()
{
    fulfil(promise, error, arguments);
}

// The deletion comes last: receivers that are called through the event loop, such as coroutines,
// come before it.
void PendingAckPrivate::signal(PendingAck *ack)
{
    const bool isHeard = !error || isFailureHeard(ack);
    state = State::Signalled;
    EngineIo::detail::CallOut out(ack);
    if (!isHeard)
        warn(detail::withHint(error));
    if (error)
        out.emitSignal(&PendingAck::failed, error);
    else
        out.emitSignal(&PendingAck::acknowledged, arguments);
    if (out && mismatch)
        out.call([this, ack] {
            static const QMetaMethod unfit = QMetaMethod::fromSignal(&PendingAck::answerDoesNotFit);
            if (!ack->isSignalConnected(unfit))
                warn(mismatch.message());
            Q_EMIT ack->answerDoesNotFit(Error(mismatch), PendingAck::QPrivateSignal());
        });
    if (out)
        ack->deleteLater();
}

bool PendingAckPrivate::isOwnEnd(const Error &error)
{
    return error.type() == Error::Type::Disconnected && !error.data().isValid();
}

bool PendingAckPrivate::isAwaited(const PendingAck *ack)
{
    static const QMetaMethod acknowledged = QMetaMethod::fromSignal(&PendingAck::acknowledged);
    return ack
        && (ack->isSignalConnected(acknowledged) || ack->d->promise
            || ack->d->isFailureConnected(ack));
}

bool PendingAckPrivate::isFailureConnected(const PendingAck *ack) const
{
    static const QMetaMethod failed = QMetaMethod::fromSignal(&PendingAck::failed);
    return ack->isSignalConnected(failed);
}

// A failure is logged for an application that only asks for the answer. If it has ended the
// connection itself, it knows.
bool PendingAckPrivate::isFailureHeard(const PendingAck *ack) const
{
    if (isWarned || promise || isFailureConnected(ack))
        return true;
    return !mistake && (!isAwaited(ack) || isOwnEnd(error));
}

void PendingAckPrivate::warn(const QString &text) const
{
    static const EngineIo::detail::WarningLimit mistakeWarnings(
        EngineIo::detail::WarningLimit::Many);
    EngineIo::detail::warnIfDue(
        mistake ? *mistake : detail::lcEvents(),
        mistake ? mistakeWarnings.take() : !warningLimit || warningLimit->take(), text);
}

Error PendingAckPrivate::doesNotFit(const QString &errorText) const
{
    const QString text = event
        ? u"The answer to event \"%1\" does not fit: %2"_s.arg(*event, errorText)
        : u"The answer does not fit: %1"_s.arg(errorText);
    return Error(Error::Type::Argument, text);
}

} // namespace SocketIo
