// SPDX-License-Identifier: MIT
#ifndef ENGINEIO_IOWORKER_P_H
#define ENGINEIO_IOWORKER_P_H

#include "base/homethread_p.h"
#include "base/iocontext_p.h"
#include "base/threadbridge_p.h"
#include "engineio/server/acceptor_p.h"
#include "engineio/server/serverconfig_p.h"
#include "engineio/server/serverstatistics_p.h"
#include "engineio/server/sessionregistry_p.h"
#include "engineio/session/sessioncore_p.h"
#include "engineio/session/sessionhost_p.h"
#include "net/http/http2protocol_p.h"
#include "net/http/httpconnection_p.h"
#include "net/stream/proxyheaderreader_p.h"
#include "net/websocket/messagedeflate_p.h"

#include <QtCore/qhash.h>
#include <QtCore/qpointer.h>

#include <atomic>
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

// The connections and sessions of one thread. Without I/O threads there is one IoWorker, in the
// server's thread; else it talks to the server through its ThreadBridge.
class IoWorker final : public std::enable_shared_from_this<IoWorker>,
                       private SessionHost,
                       private HttpConnectionObserver,
                       private Http2Observer
{
public:
    // serverQueue, serverContext: none for a worker in the server's own thread.
    IoWorker(ServerPrivate *server, std::shared_ptr<const ServerConfig> config,
             std::shared_ptr<SessionRegistry> registry,
             const std::shared_ptr<TaskQueue> &serverQueue = nullptr,
             const std::shared_ptr<IoContext> &serverContext = nullptr);
    ~IoWorker();

    IoContext &context() noexcept { return m_context; }
    using SessionHost::counters;
    const ServerConfig &config() const noexcept { return *m_config; }
    const ServerOptions &options() const noexcept { return m_config->options; }
    ThreadBridge &bridge() noexcept { return m_bridge; }
    bool isDirect() const noexcept { return m_bridge.isDirect(); }
    bool mayWarnOfClient() const override { return m_config->clientMistakes.take(); }
    // Calls function(server) in the server's thread, unless the server is gone.
    template<typename Function>
    void tellServer(Function &&function)
    {
        if (isDirect()) {
            if (m_server)
                function(*m_server);
        } else {
            m_bridge.tellServer(
                [server = m_server, function = std::forward<Function>(function)]() mutable {
                    function(*server);
                });
        }
    }
    // Wraps a callback for this thread so that any thread can call it. Only the first call
    // counts, and none after the worker has ended.
    template<typename... Args>
    std::function<void(Args...)> callback(std::function<void(Args...)> function);

    // In the worker's thread.
    void start();
    void closeAll(CloseReason reason);
    void shutDown();
    bool listen(const ListenTarget &target, const std::function<void(Descriptor)> &accepted,
                QString *error);
    quint16 serverPort() const;
    QHostAddress serverAddress() const;
    void stopListening() { m_acceptor.reset(); }
    void addDescriptor(Descriptor descriptor, const QByteArray &firstBytes = {});
    void addSocket(QTcpSocket *socket);
    void addStream(std::unique_ptr<Stream> stream, const QByteArray &firstBytes = {});

    // Adds what this thread has counted, and how its sessions are.
    void measure(ServerStatistics *statistics);

    // A request that has come to another thread, for a session of this one.
    void handleRelayed(const std::shared_ptr<RequestExchange> &exchange)
    {
        requestReceived(exchange);
    }

    // For request flows.
    std::shared_ptr<SessionCore> session(const QString &id) const;
    std::shared_ptr<SessionCore> createSession(const QString &id, const HttpRequest &request);
    void retireSession(SessionCore &core);
    // Answers a WebSocket handshake and calls accepted() with the stream, or with null if the
    // connection has ended meanwhile.
    void acceptUpgrade(const std::shared_ptr<RequestExchange> &exchange, AnswerOrder order,
                       const std::optional<DeflateAgreement> &deflate,
                       std::function<void(std::unique_ptr<Stream>, QByteArray)> accepted);

private:
    void sessionOpened(const std::shared_ptr<SessionCore> &core) override;
    void sessionClosed(SessionCore &core) override;
    void respond(const std::shared_ptr<RequestExchange> &exchange, const HttpResponse &response,
                 AnswerOrder order) override;

    bool isForAnotherThread(HttpConnection &connection) override;
    void requestReceived(const std::shared_ptr<RequestExchange> &exchange) override;
    void moveConnection(std::shared_ptr<HttpConnection> connection) override;
    bool isForAnotherProcess(HttpConnection &connection) override;
    void connectionReleased(Descriptor descriptor, const QByteArray &bytes) override;
    void connectionClosed(HttpConnection &connection) override;
    bool speaksHttp2() const override { return m_config->http2 != nullptr; }
    void http2Started(std::unique_ptr<Stream> stream, const QByteArray &bytes) override;
    void http2RequestReceived(const std::shared_ptr<RequestExchange> &exchange) override;
    void http2Closed(const std::shared_ptr<Http2Connection> &connection) override;

    IoWorker *otherWorkerFor(const HttpRequest &request) const;
    std::shared_ptr<void> connectionCounted() const;
    bool expectsProxyHeaders() const;
    bool awaitProxyHeader(Descriptor *descriptor, const QByteArray &firstBytes);
    bool awaitProxyHeader(QTcpSocket *socket);
    std::shared_ptr<ProxyHeaderReader> addProxyReader(const QHostAddress &proxy);
    void proxyHeaderRead(ProxyHeaderReader &reader, const QHostAddress &proxy,
                         const QByteArray &error);
    void adopt(std::shared_ptr<HttpConnection> connection);
    void decorate(const HttpRequest &request, const HttpHeaders &headers, AnswerOrder order,
                  std::function<void(HttpHeaders)> done);

    ServerPrivate *m_server;
    const std::shared_ptr<const ServerConfig> m_config;
    const std::shared_ptr<SessionRegistry> m_registry;
    IoContext m_context;
    ThreadBridge m_bridge;
    HttpConnectionSettings m_httpSettings;
    std::unique_ptr<Acceptor> m_acceptor;
    std::unordered_set<std::shared_ptr<HttpConnection>> m_connections;
    std::unordered_set<std::shared_ptr<Http2Connection>> m_http2Connections;
    std::unordered_set<std::shared_ptr<ProxyHeaderReader>> m_proxyReaders;
    QHash<QString, std::shared_ptr<SessionCore>> m_sessions;
    bool m_ended = false;
};

template<typename... Args>
std::function<void(Args...)> IoWorker::callback(std::function<void(Args...)> function)
{
    using Function = std::function<void(Args...)>;
    // It holds a request of this thread, and goes in this thread, wherever the application leaves
    // the last copy of what it gets.
    const std::shared_ptr<Function> shared(new Function(std::move(function)),
                                           [home = HomeThread::current()](Function *gone) {
                                               const std::shared_ptr<Function> owned(gone);
                                               if (!home->isCurrent())
                                                   home->post([owned] {});
                                           });
    const auto called = std::make_shared<std::atomic_flag>();
    const auto call = [weak = weak_from_this()](const Function &told, const Args &...args) {
        const std::shared_ptr<IoWorker> worker = weak.lock();
        if (!worker)
            return;
        const IoContext::Scope scope(worker->m_context);
        if (!worker->m_ended)
            told(args...);
    };
    // Where the worker has no thread of its own, calls are made at once.
    if (m_bridge.isDirect())
        return callableInAnyThread([shared, called, call](const Args &...args) {
            if (!called->test_and_set())
                call(std::exchange(*shared, nullptr), args...);
        });
    // Another thread must not hold the worker, which ends in its own.
    return [shared, called, call, queue = m_bridge.ioQueue()](const Args &...args) {
        if (!called->test_and_set())
            queue->post(
                [shared, call, args...] { call(std::exchange(*shared, nullptr), args...); });
    };
}

} // namespace EngineIo::detail

#endif
