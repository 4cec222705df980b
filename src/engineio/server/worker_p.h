// SPDX-License-Identifier: MIT
#ifndef ENGINEIO_WORKER_P_H
#define ENGINEIO_WORKER_P_H

#include "base/iocontext_p.h"
#include "base/taskoutbox_p.h"
#include "base/taskqueue_p.h"
#include "engineio/server/acceptor_p.h"
#include "engineio/server/serverconfig_p.h"
#include "engineio/session/session_p.h"
#include "net/http/httpconnection_p.h"
#include "net/websocket/messagedeflate_p.h"

#include <QtCore/qhash.h>
#include <QtCore/qpointer.h>

#include <memory>
#include <optional>
#include <unordered_set>

QT_BEGIN_NAMESPACE
class QTcpSocket;
QT_END_NAMESPACE

namespace EngineIo {
class ServerPrivate;
}

namespace EngineIo::detail {

// The connections and sessions of one thread. Without I/O threads there is one Worker, in the
// server's thread, and the two sides call each other directly; else each side posts to the other's
// queue, by way of an outbox that it alone uses.
class Worker final : public std::enable_shared_from_this<Worker>, private HttpConnectionObserver
{
public:
    // serverQueue, serverContext: none for a worker in the server's own thread.
    Worker(ServerPrivate *server, std::shared_ptr<const ServerConfig> config,
           std::shared_ptr<SessionRegistry> registry,
           const std::shared_ptr<TaskQueue> &serverQueue = nullptr,
           const std::shared_ptr<IoContext> &serverContext = nullptr);
    ~Worker();

    bool isDirect() const noexcept { return m_toServer == nullptr; }
    IoContext &context() noexcept { return m_context; }
    const ServerConfig &config() const noexcept { return *m_config; }
    const ServerOptions &options() const noexcept { return m_config->options; }
    // The turn of the event loop that the server's thread is in; from that thread only.
    quint32 serverTurn() const noexcept
    {
        return (m_serverContext ? *m_serverContext : m_context).turn();
    }

    // Calls function() in the worker's thread: at once, or later. From any thread.
    template<typename Function>
    void post(Function &&function)
    {
        if (isDirect())
            function();
        else
            m_queue->post(std::forward<Function>(function));
    }
    // Calls function() in the worker's thread: at once, or later, but not later than at the end of
    // the turn. From the server's thread only.
    template<typename Function>
    void tell(Function &&function)
    {
        if (isDirect())
            function();
        else
            m_fromServer->post(std::forward<Function>(function));
    }
    // As tell(), with function(core).
    template<typename Function>
    void tellCore(const std::shared_ptr<SessionCore> &core, Function &&function)
    {
        tell([core, function = std::forward<Function>(function)]() mutable { function(*core); });
    }
    // The server's side ends: what it told goes over, and nothing more is taken from it.
    void endServerSide()
    {
        if (m_fromServer)
            m_fromServer->close();
    }
    // Calls function(facade) in the server's thread, if the session's public side is still there.
    template<typename Function>
    void tellFacade(SessionCore &core, Function &&function)
    {
        if (isDirect()) {
            if (core.facade)
                function(*core.facade);
        } else {
            m_toServer->post([core = core.shared_from_this(),
                              function = std::forward<Function>(function)]() mutable {
                SessionPrivate::report(core, std::move(function));
            });
        }
    }
    // Calls function(server) in the server's thread, unless the server is gone.
    template<typename Function>
    void tellServer(Function &&function)
    {
        if (isDirect()) {
            if (m_server)
                function(*m_server);
        } else {
            m_toServer->post(
                [server = m_server, function = std::forward<Function>(function)]() mutable {
                    function(*server);
                });
        }
    }
    // Makes of a callback for this thread one that may be called in the server's thread; only its
    // first call counts, and none when the worker has ended.
    template<typename... Args>
    std::function<void(Args...)> callback(std::function<void(Args...)> function);

    // In the worker's thread.
    void start();
    void closeAll(CloseReason reason);
    void shutDown();
    bool listen(const QHostAddress &address, quint16 port,
                const std::function<void(qintptr)> &accepted, QString *error);
    quint16 serverPort() const;
    QHostAddress serverAddress() const;
    void stopListening() { m_acceptor.reset(); }
    void addDescriptor(qintptr descriptor, const QByteArray &firstBytes = {});
    void addSocket(QTcpSocket *socket);

    // For sessions.
    void sessionOpened(const std::shared_ptr<SessionCore> &core);
    void sessionClosed(SessionCore &core, CloseReason reason, const QString &description);
    void deliver(SessionCore &core, const Message &message);
    void deliver(SessionCore &core, std::unique_ptr<DecodedMessage> message, qsizetype size);
    void respond(const std::shared_ptr<HttpConnection> &connection, const HttpResponse &response,
                 bool initial);

    // For request flows.
    std::shared_ptr<SessionCore> session(const QString &id) const;
    std::shared_ptr<SessionCore> createSession(const QString &id, const HttpRequest &request);
    void discardSession(SessionCore &core);
    // Answers a WebSocket handshake and gives the stream to accepted(), a null one if the
    // connection has ended meanwhile.
    void acceptUpgrade(const std::shared_ptr<HttpConnection> &connection, bool initial,
                       const std::optional<DeflateAgreement> &deflate,
                       std::function<void(std::unique_ptr<Stream>, QByteArray)> accepted);

private:
    bool isForAnotherThread(HttpConnection &connection) override;
    void requestReceived(HttpConnection &connection) override;
    void moveConnection(std::shared_ptr<HttpConnection> connection) override;
    bool isForAnotherProcess(HttpConnection &connection) override;
    void connectionReleased(qintptr descriptor, const QByteArray &bytes) override;
    void connectionClosed(HttpConnection &connection) override;

    void addStream(std::unique_ptr<Stream> stream, const QByteArray &firstBytes = {});
    void adopt(std::shared_ptr<HttpConnection> connection);
    void decorate(const HttpRequest &request, const HttpHeaders &headers, bool initial,
                  std::function<void(HttpHeaders)> done);

    ServerPrivate *m_server;
    const std::shared_ptr<const ServerConfig> m_config;
    const std::shared_ptr<SessionRegistry> m_registry;
    IoContext m_context;
    const std::shared_ptr<IoContext> m_serverContext; // of the server's thread; none if it is ours
    // None of them in a worker of the server's own thread.
    std::shared_ptr<TaskQueue> m_queue;
    std::shared_ptr<TaskOutbox> m_toServer;
    std::shared_ptr<TaskOutbox> m_fromServer; // used in the server's thread
    HttpConnectionSettings m_httpSettings;
    std::unique_ptr<Acceptor> m_acceptor;
    std::unordered_set<std::shared_ptr<HttpConnection>> m_connections;
    QHash<QString, std::shared_ptr<SessionCore>> m_sessions;
    bool m_ended = false;
};

template<typename... Args>
std::function<void(Args...)> Worker::callback(std::function<void(Args...)> function)
{
    auto shared = std::make_shared<std::function<void(Args...)>>(std::move(function));
    const std::weak_ptr<Worker> weak = weak_from_this();
    return [shared, weak](Args... args) {
        const std::shared_ptr<Worker> worker = weak.lock();
        if (!worker || !*shared)
            return;
        worker->post([worker, function = std::exchange(*shared, nullptr), args...] {
            const IoContext::Scope scope(worker->m_context);
            if (!worker->m_ended)
                function(args...);
        });
    };
}

} // namespace EngineIo::detail

#endif
