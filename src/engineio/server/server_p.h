// SPDX-License-Identifier: MIT
#ifndef ENGINEIO_SERVER_P_H
#define ENGINEIO_SERVER_P_H

#include "engineio/server/serveraccess_p.h"
#include "engineio/server/serverconfig_p.h"
#include "engineio/server/serverstatistics_p.h"

#include <EngineIo/server.h>

#include <QtCore/qhash.h>
#include <QtCore/qpointer.h>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

QT_BEGIN_NAMESPACE
class QTimer;
QT_END_NAMESPACE

namespace EngineIo {

namespace detail {
class IoContext;
class IoThread;
class SessionCore;
struct ListenTarget;
class Stream;
class TaskQueue;
class Worker;

// What an application's middlewares made of a request: an answer, an error, or neither.
struct MiddlewareResult
{
    HttpHeaders headers;
    QVariantMap attributes; // that they have noted at the request
    std::optional<HttpResponse> response;
    QString error;
};
} // namespace detail

// The server's-thread side of a server: hands connections to the workers, keeps the sessions'
// public sides, asks the application.
class ServerPrivate
{
public:
    explicit ServerPrivate(Server *server);
    ~ServerPrivate();

    void start();
    void trustProxies();
    void offerHttp2();
    bool isStarted() const { return !workers.empty(); }
    detail::Worker &nextWorker();
    bool listen(const detail::ListenTarget &target);
    void addDescriptor(qintptr descriptor, const QByteArray &firstBytes);
    void addSocket(QTcpSocket *socket);
    // Serves a stream that is made in the thread it will live in, from an event of its own: the
    // application is not to be asked about it from within its own call.
    void
    addStream(const std::function<std::unique_ptr<detail::Stream>(detail::IoContext &)> &makeStream,
              const QByteArray &firstBytes);
    void close(CloseReason reason);
    void noteClosed();
    void watchHeaders();
    static ServerPrivate *get(const Server *server) { return server->d.get(); }
    // Asks all threads; done is called later, if the server is still there.
    void collect(const std::function<void(const detail::ServerStatistics &)> &done);
    void writeExtraMetrics(detail::OpenMetricsWriter &writer) const;
    void drain(std::chrono::milliseconds deadline);

    // Called by workers.
    void answerMetrics(const HttpResponder &respond);
    void addSession(const std::shared_ptr<detail::SessionCore> &core, TransportType transport);
    void removeSession(const QString &id);
    void handleRequest(const HttpRequest &request, const HttpResponder &respond);
    // Nothing if it is no request for a file.
    std::optional<HttpResponse> findFile(const HttpRequest &request) const;
    void runMiddlewares(const HttpRequest &request,
                        const std::function<void(detail::MiddlewareResult)> &done);
    void allowRequest(const HttpRequest &request, const std::function<void(bool, QString)> &done);
    void generateId(const HttpRequest &request, const std::function<void(QString)> &done);
    HttpHeaders collectHeaders(HttpHeaders headers, const HttpRequest &request, bool initial);
    void reportError(ConnectionError error, const QString &message, const HttpRequest &request,
                     const QVariantMap &context);

    Server *q;
    std::shared_ptr<detail::ServerConfig> config = std::make_shared<detail::ServerConfig>();
    QString error;
    QHostAddress address;
    quint16 port = 0;
    bool isListening = false;
    int ioThreadCount = 0;
    std::vector<std::shared_ptr<detail::Worker>> workers;
    std::vector<std::unique_ptr<detail::IoThread>> threads;
    // Only with I/O threads: what they tell, and when what is told to them goes over.
    std::shared_ptr<detail::TaskQueue> queue;
    std::shared_ptr<detail::IoContext> ioContext;
    size_t next = 0;
    int closing = 0;
    QHash<QString, QPointer<Session>> sessions; // the application may delete them
    std::vector<Server::Middleware> middlewares;
    Server::AllowRequest allow;
    Server::IdGenerator idGenerator;
    Server::RequestHandler requestHandler;
    detail::ServerAccess::FileHandler fileHandler;
    detail::ServerAccess::MetricsWriter extraMetrics;

private:
    void drainStep();
    void finishDraining();

    std::unique_ptr<QTimer> drainTimer;
    int drainStepsLeft = 0;
};

} // namespace EngineIo

#endif
