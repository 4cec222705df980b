// SPDX-License-Identifier: MIT
#ifndef ENGINEIO_SESSIONACCESS_P_H
#define ENGINEIO_SESSIONACCESS_P_H

#include "engineio/protocol/framesource_p.h"
#include "engineio/protocol/messagedecoder_p.h"

#include <EngineIo/session.h>

#include <memory>
#include <utility>

namespace EngineIo::detail {

// Receives a session's decoded messages without a signal for each. Its functions are called in the
// server's thread and may delete the session.
class ENGINEIO_EXPORT SessionObserver
{
public:
    virtual ~SessionObserver();
    // The session's MessageDecoder has made the message.
    virtual void messageReceived(std::unique_ptr<DecodedMessage> message) = 0;
    virtual void sessionClosed(CloseReason reason, const QString &description) = 0;
    // Called by the destructor of a session that has not been closed. The session must not be used.
    virtual void sessionDeleted() = 0;
};

// Functions of a session that a protocol on top of Engine.IO needs, but an application does not.
class SessionAccess
{
public:
    // Gives decoded messages and the session's end to observer in place of signals. It must outlive
    // the session or be taken away again with nullptr.
    static void setObserver(Session *session, SessionObserver *observer)
    {
        session->setObserver(observer);
    }
    // The client has broken the rules of the protocol on top.
    static void refuse(Session *session, const QString &why)
    {
        session->abortBecause(CloseReason::ParseError, why);
    }
    // Like Session::send(), for callers that have checked the thread.
    static void send(Session *session, const FrameList &frames, SendFlags flags = {})
    {
        session->sendNow(frames, flags);
    }
    // Sends what source creates when it is called in the session's I/O thread.
    static void send(Session *session, std::unique_ptr<FrameSource> source, SendFlags flags = {})
    {
        session->send(std::move(source), flags);
    }
    // Sends the same frames to all, which costs less than one call for each.
    static void sendToAll(const QList<Session *> &sessions, const FrameList &frames,
                          SendFlags flags)
    {
        Session::sendToAll(sessions, frames, flags);
    }
};

} // namespace EngineIo::detail

#endif
