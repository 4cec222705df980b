// SPDX-License-Identifier: MIT
#ifndef ENGINEIO_SESSIONHOST_P_H
#define ENGINEIO_SESSIONHOST_P_H

#include "base/threadbridge_p.h"
#include "engineio/session/threadcounters_p.h"

#include <EngineIo/serveroptions.h>

#include <memory>

namespace EngineIo {

class HttpResponse;

namespace detail {

class RequestExchange;
class SessionCore;

// Whether an answer is the first one of its session, which initialHeaders() is emitted for.
enum class AnswerOrder : quint8 { First, Later };

// The interface of the owner of sessions that the sessions use. It outlives the sessions in its I/O
// thread. The functions that are needed for each packet are not
// virtual.
class SessionHost
{
public:
    IoContext &context() const noexcept { return m_context; }
    const ServerOptions &options() const noexcept { return m_options; }
    ThreadBridge &bridge() const noexcept { return m_bridge; }
    ThreadCounters &counters() noexcept { return m_counters; }

    // The session has its first transport; its public side has to be created.
    virtual void sessionOpened(const std::shared_ptr<SessionCore> &core) = 0;
    // The session has ended, but its public side has not been notified yet.
    virtual void sessionClosed(SessionCore &core) = 0;
    // Answers a request of a session.
    virtual void respond(const std::shared_ptr<RequestExchange> &exchange,
                         const HttpResponse &response, AnswerOrder order) = 0;
    // Whether a mistake of a client's is worth a warning: they could be many.
    virtual bool mayWarnOfClient() const = 0;

protected:
    // They may have yet to be constructed.
    SessionHost(IoContext &context, const ServerOptions &options, ThreadBridge &bridge)
        : m_context(context)
        , m_options(options)
        , m_bridge(bridge)
    {
    }
    ~SessionHost() = default;
    Q_DISABLE_COPY_MOVE(SessionHost)

private:
    IoContext &m_context;
    const ServerOptions &m_options;
    ThreadBridge &m_bridge;
    ThreadCounters m_counters;
};

} // namespace detail
} // namespace EngineIo

#endif
