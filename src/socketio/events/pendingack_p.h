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

// What the sender of an event does with the acknowledgement it handed out. A null pointer (the
// user deleted the object, keep a QPointer) and one that has ended are left alone.
//
// Nothing is reported inside the call that returns the object, since its caller has connected
// nothing yet: what ends between create() and handOut() is reported in the next turn of the event
// loop.
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
    // The same of a mistake of the caller, which is a warning also if nobody waits for the answer.
    static PendingAck *createMistake(QObject *parent, const Error &error,
                                     const QLoggingCategory &category);
    // As create(), of an event whose receiver is gone.
    static PendingAck *createDisconnected(QObject *parent, const QString &event,
                                          const QString &receiver = {});

    // Both may end with the owner of the acknowledgement deleted by a handler.
    static void acknowledge(PendingAck *ack, const QVariantList &args);
    static void fail(PendingAck *ack, const Error &error, const QVariantList &answersSoFar = {});
    // Whether somebody waits for the answer, or for its failure.
    static bool isAwaited(const PendingAck *ack);
    // Whether error says that the application has ended the connection: if somebody else
    // did, or it broke, the data says so.
    static bool isOwnEnd(const Error &error);
    // Before owner goes: those of its acknowledgements that have not been told of their end outlive
    // it, and are told from the event loop, with error if there is no other outcome.
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
