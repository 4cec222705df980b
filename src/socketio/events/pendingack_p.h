// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_PENDINGACK_P_H
#define SOCKETIO_PENDINGACK_P_H

#include "base/warninglimit_p.h"

#include <SocketIo/pendingack.h>

#include <QtCore/qelapsedtimer.h>
#include <QtCore/qloggingcategory.h>
#include <QtCore/qpointer.h>
#include <QtCore/qpromise.h>

#include <memory>
#include <optional>

namespace SocketIo {

// The functions with which the sender of an event controls the acknowledgement that it has
// returned. Null pointers (the user has deleted the object; use a QPointer) and finished
// acknowledgements are ignored.
//
// Nothing is reported during the call that returns the object, because its caller has not connected
// to it yet: acknowledgements that finish between create() and handOut() are reported in the next
// iteration of the event loop.
class SOCKETIO_AUTOTEST_EXPORT PendingAckPrivate
{
public:
    using WarningLimit = EngineIo::detail::WarningLimit;
    // event and receiver: what messages call them, for example "save" and "/chat of http://h:3000".
    // limit: of the warnings, where peers can cause them.
    static PendingAck *create(QObject *parent, const std::optional<QString> &event = std::nullopt,
                              const QString &receiver = {},
                              const std::shared_ptr<const WarningLimit> &limit = {});
    // The last step of the call that returns ack. Gives one that fails if ack was deleted
    // meanwhile.
    static PendingAck *handOut(const QPointer<PendingAck> &ack);
    // Fails in the next turn of the event loop. Whether a warning has told of that already.
    enum class Warned { No, Yes };
    static PendingAck *createFailed(QObject *parent, const Error &error,
                                    Warned warned = Warned::No);
    // The same for an error of the caller, which is logged as a warning even if the answer is not
    // used.
    static PendingAck *createMistake(QObject *parent, const Error &error,
                                     const QLoggingCategory &category);
    // As create(), of an event whose receiver is gone.
    static PendingAck *createDisconnected(QObject *parent, const QString &event,
                                          const QString &receiver = {});

    // Both may end with the owner of the acknowledgement deleted by a handler.
    static void acknowledge(PendingAck *ack, const QVariantList &args);
    static void fail(PendingAck *ack, const Error &error, const QVariantList &answersSoFar = {});
    // Whether the answer, or its failure, is handled.
    static bool isAwaited(const PendingAck *ack);
    // Whether, according to error, the application has closed the connection. If it was closed by
    // the peer or lost, the data of error says so.
    static bool isOwnEnd(const Error &error);
    // Called before owner is deleted: its acknowledgements that have not reported their outcome yet
    // outlive it, and report it from the event loop, with error if there is no other outcome.
    static void release(const QObject *owner, const Error &error);

private:
    friend class PendingAck;

    enum class State { InCall, EndedInCall, Pending, Finished, Signalled };

    bool isFinished() const { return state == State::Finished || state == State::Signalled; }
    void finish(PendingAck *ack, const Error &newError, const QVariantList &args);
    Error explained(const Error &plain) const;
    bool isFailureConnected(const PendingAck *ack) const;
    bool isFailureHeard(const PendingAck *ack) const;
    void tell(PendingAck *ack);
    static void tellLater(PendingAck *ack);
    void finishPromise();
    // By value: the future's continuations run now and may delete the acknowledgement.
    static void fulfil(std::shared_ptr<QPromise<QVariantList>> promise, const Error &error,
                       const QVariantList &arguments);
    void signal(PendingAck *ack);
    void warn(const QString &text) const;
    Error doesNotFit(const QString &errorText) const;

    State state = State::InCall;
    bool hasOutcome = false;
    bool isWarned = false;        // the failure is in the log
    std::optional<QString> event; // whose name may be empty
    QString receiver;
    std::shared_ptr<const WarningLimit> warningLimit;
    const QLoggingCategory *mistake = nullptr; // the category of the warning, if it is one
    QElapsedTimer age;
    QVariantList arguments;
    Error error;
    Error mismatch; // of an answer that a continuation could not take
    std::shared_ptr<QPromise<QVariantList>> promise;
};

} // namespace SocketIo

#endif
