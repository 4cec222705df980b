// SPDX-License-Identifier: MIT
#include "socketio/events/pendingack_p.h"

#include "base/callout_p.h"
#include "socketio/events/errortext_p.h"
#include "socketio/events/eventlogging_p.h"

#include <SocketIo/ackexception.h>

#include <QtCore/qabstracteventdispatcher.h>
#include <QtCore/qlist.h>
#include <QtCore/qmetaobject.h>

#include <utility>

// How an acknowledgement begins, how it ends, and who is told of that.
namespace SocketIo {

using namespace Qt::StringLiterals;

namespace {

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

void PendingAckPrivate::fulfil(std::shared_ptr<QPromise<QVariantList>> promise, const Error &error,
                               const QVariantList &arguments)
{
    if (error)
        promise->setException(AckException(error));
    else
        promise->addResult(arguments);
    promise->finish();
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
