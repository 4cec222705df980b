// SPDX-License-Identifier: MIT
#ifndef ENGINEIO_SERVER_P_H
#define ENGINEIO_SERVER_P_H

#include "engineio/server/ioworkerset_p.h"
#include "engineio/server/requesthooks_p.h"
#include "engineio/server/serveraccess_p.h"
#include "engineio/server/serverconfig_p.h"
#include "engineio/server/serverdrain_p.h"
#include "engineio/server/serverstatistics_p.h"
#include "engineio/session/sessionhost_p.h"

#include <EngineIo/server.h>

#include <QtCore/qhash.h>
#include <QtCore/qpointer.h>

#include <functional>
#include <memory>

namespace EngineIo {

namespace detail {
class IoContext;
class SessionCore;
struct ListenTarget;
class Stream;
} // namespace detail

// The side of a server that lives in the server's thread: hands connections to the workers and
// keeps the sessions' public sides.
class ServerPrivate
{
public:
    explicit ServerPrivate(Server *server);
    ~ServerPrivate();

    // False, and sets error, if the system has no threads or descriptors left.
    bool start();
    bool startForConnection();
    bool isStarted() const { return workers.isStarted(); }
    bool listen(const detail::ListenTarget &target);
    bool addDescriptor(qintptr given, const QByteArray &firstBytes);
    void addSocket(QTcpSocket *socket);
    // Serves the stream that makeStream creates in the I/O thread. It starts from a separate event,
    // so that the application is not asked about a request from within its own call.
    bool
    addStream(const std::function<std::unique_ptr<detail::Stream>(detail::IoContext &)> &makeStream,
              const QByteArray &firstBytes);
    void close(CloseReason reason);
    void noteClosed();
    void deleteSessions();
    void watchHeaders();
    static ServerPrivate *get(const Server *server) { return server->d.get(); }
    // Asks all threads; done is called later, if the server is still there.
    void collect(const std::function<void(const detail::ServerStatistics &)> &done);
    void writeExtraMetrics(detail::OpenMetricsWriter &writer) const;

    // Called by workers.
    void answerMetrics(const HttpResponder &respond);
    void addSession(const std::shared_ptr<detail::SessionCore> &core, TransportType transport);
    void removeSession(const QString &id);
    HttpHeaders collectHeaders(HttpHeaders headers, const HttpRequest &request,
                               detail::AnswerOrder order);
    void reportError(ConnectionError error, const QString &message, const HttpRequest &request,
                     const QVariantMap &context);

    void endLeftWorkers();

    Server *q;
    std::shared_ptr<detail::ServerConfig> config = std::make_shared<detail::ServerConfig>();
    QString error;
    QHostAddress address;
    quint16 port = 0;
    bool isListening = false;
    int ioThreadCount = 0;
    detail::IoWorkerSet workers;
    int closing = 0; // what the workers have still to close, for all calls of close()
    QHash<QString, QPointer<Session>> sessions; // the application may delete them
    QList<QPointer<Session>> ending; // closed by their workers, but a slot still has to return
    detail::RequestHooks hooks{config};
    detail::ServerDrain drain{this};
    detail::ServerAccess::MetricsWriter extraMetrics;
};

} // namespace EngineIo

#endif
