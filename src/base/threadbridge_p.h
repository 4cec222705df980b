// SPDX-License-Identifier: MIT
#ifndef QTSOCKETIO_THREADBRIDGE_P_H
#define QTSOCKETIO_THREADBRIDGE_P_H

#include "base/iocontext_p.h"
#include "base/taskoutbox_p.h"
#include "base/taskqueue_p.h"

#include <memory>
#include <utility>

namespace EngineIo::detail {

// Transfers calls between an I/O thread and the server's thread, in which the application's code
// runs. If both are the same thread, calls are made immediately; otherwise each side posts to the
// queue of the other through its own outbox.
//
// It is created in the I/O thread, and close() ends it there.
class ThreadBridge final
{
public:
    // context: of the I/O thread. serverQueue, serverContext: of the server's thread; none if that
    // is the same thread.
    ThreadBridge(IoContext &context, const std::shared_ptr<TaskQueue> &serverQueue,
                 const std::shared_ptr<IoContext> &serverContext)
        : m_context(context)
        , m_serverContext(serverContext)
    {
        if (!serverQueue)
            return;
        m_ioQueue = std::make_shared<TaskQueue>();
        m_toServer = std::make_shared<TaskOutbox>(serverQueue, context);
        m_toIo = std::make_shared<TaskOutbox>(m_ioQueue, *serverContext);
    }
    Q_DISABLE_COPY_MOVE(ThreadBridge)

    bool isDirect() const noexcept { return m_toServer == nullptr; }
    // What postToIo() posts to, for code that must not keep its owner alive; null where that is
    // direct.
    const std::shared_ptr<TaskQueue> &ioQueue() const noexcept { return m_ioQueue; }
    // The turn of the event loop that the server's thread is in; from that thread only.
    quint32 serverTurn() const noexcept
    {
        return (m_serverContext ? *m_serverContext : m_context).turn();
    }

    // Calls function() in the I/O thread: at once, or later. From any thread.
    template<typename Function>
    void postToIo(Function &&function)
    {
        if (isDirect())
            function();
        else
            m_ioQueue->post(std::forward<Function>(function));
    }
    // Calls function() in the I/O thread: at once, or later, but not later than at the end of the
    // turn. From the server's thread only.
    template<typename Function>
    void tellIo(Function &&function)
    {
        if (isDirect())
            function();
        else
            m_toIo->post(std::forward<Function>(function));
    }
    // Calls function() in the server's thread: at once, or later. From the I/O thread only.
    template<typename Function>
    void tellServer(Function &&function)
    {
        if (isDirect())
            function();
        else
            m_toServer->post(std::forward<Function>(function));
    }

    // Closes the server's side: calls that it has posted are transferred, and no further calls are
    // accepted from it.
    void endServerSide()
    {
        if (m_toIo)
            m_toIo->close();
    }
    // Makes the calls that were posted to the I/O side and wait there. From the I/O thread only.
    void runPosted()
    {
        if (m_ioQueue)
            m_ioQueue->runPosted();
    }
    // Closes the I/O side: pending calls to it are dropped.
    void close()
    {
        if (m_ioQueue)
            m_ioQueue->close();
    }

private:
    IoContext &m_context;
    const std::shared_ptr<IoContext> m_serverContext;
    // None of them where the two sides are one thread.
    std::shared_ptr<TaskQueue> m_ioQueue;
    std::shared_ptr<TaskOutbox> m_toServer; // used in the I/O thread
    std::shared_ptr<TaskOutbox> m_toIo;     // used in the server's thread
};

} // namespace EngineIo::detail

#endif
