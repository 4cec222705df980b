// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_PENDINGACK_P_H
#define SOCKETIO_PENDINGACK_P_H

#include <SocketIo/pendingack.h>

#include <QtCore/qpointer.h>
#include <QtCore/qpromise.h>

#include <memory>

namespace SocketIo {

// What the sender of an event does with the acknowledgement it handed out. A null pointer (the
// user deleted the object, keep a QPointer) and one that has ended are left alone.
class SOCKETIO_AUTOTEST_EXPORT PendingAckPrivate
{
public:
    static PendingAck *create(QObject *parent);
    // Ended from the start; failed() is emitted in the next turn of the event loop.
    static PendingAck *createFailed(QObject *parent, const Error &error);

    // Both may end with the owner of the acknowledgement deleted by a handler.
    static void acknowledge(PendingAck *ack, const QVariantList &args);
    static void fail(PendingAck *ack, const Error &error, const QVariantList &answersSoFar = {});

private:
    friend class PendingAck;

    enum class State { Pending, Finished, Signalled };

    void finish(PendingAck *ack, const Error &newError, const QVariantList &args);
    void finishPromise();
    static void signal(PendingAck *ack);

    State state = State::Pending;
    QVariantList arguments;
    Error error;
    std::shared_ptr<QPromise<QVariantList>> promise;
};

} // namespace SocketIo

#endif
