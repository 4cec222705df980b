// SPDX-License-Identifier: MIT
#ifndef ENGINEIO_SERVER_H
#define ENGINEIO_SERVER_H

#include <EngineIo/engineioglobal.h>
#include <EngineIo/httprequest.h>
#include <EngineIo/httpresponse.h>
#include <EngineIo/serveroptions.h>
#include <EngineIo/session.h>

#include <QtCore/qobject.h>
#include <QtCore/qvariant.h>
#include <QtNetwork/qhostaddress.h>

#include <chrono>
#include <functional>
#include <memory>
#include <utility>

QT_BEGIN_NAMESPACE
class QHttpServer;
class QSslConfiguration;
class QTcpServer;
class QTcpSocket;
class QWebSocket;
class QWebSocketServer;
QT_END_NAMESPACE

namespace EngineIo {

namespace detail {
class ServerAccess;
}
class ServerPrivate;

class ENGINEIO_EXPORT Server : public QObject
{
    Q_OBJECT
    Q_PROPERTY(int clientsCount READ clientsCount NOTIFY clientsCountChanged)
    Q_PROPERTY(bool listening READ isListening NOTIFY listeningChanged)

public:
    // Calls done once, immediately or later, with an empty error to allow the request.
    using AllowDone = std::function<void(bool allowed, const QString &message)>;
    using AllowRequest = std::function<void(const HttpRequest &request, AllowDone done)>;
    // Calls done once, immediately or later. An empty id is an error (Engine.IO:
    // ID_GENERATION_ERROR).
    using IdGenerator =
        std::function<void(const HttpRequest &request, std::function<void(QString id)> done)>;
    // Like an Express middleware. Calls either respond or next, once. The headers that it sets are
    // added to any response, and its attributes to the request. If next is called with an error
    // that is not empty, the request is refused.
    using Next = std::function<void(const QString &error)>;
    using Middleware = std::function<void(HttpRequest &request, HttpHeaders *responseHeaders,
                                          HttpResponder respond, Next next)>;
    using RequestHandler = std::function<void(const HttpRequest &request, HttpResponder respond)>;
    // Notifies the server that the response to a request is no longer needed.
    using AbortRequest = std::function<void()>;
    // Receives the WebSockets of a QHttpServer for paths other than the server's.
    using OtherWebSockets = std::function<void(std::unique_ptr<QWebSocket> socket)>;

    explicit Server(QObject *parent = nullptr);
    explicit Server(const ServerOptions &options, QObject *parent = nullptr);
    ~Server() override;

    ServerOptions options() const;
    void setOptions(const ServerOptions &options);
    int ioThreadCount() const;
    void setIoThreadCount(int count);
    void setSslConfiguration(const QSslConfiguration &configuration);

    bool listen(const QHostAddress &address = QHostAddress::Any, quint16 port = 0);
    bool listenOnDescriptor(qintptr descriptor);
    bool isListening() const;
    QHostAddress serverAddress() const;
    quint16 serverPort() const;
    QString errorString() const;
    void attach(QTcpServer *server);
    bool handleSocketDescriptor(qintptr descriptor, const QByteArray &firstBytes = {});
    void handleConnection(QTcpSocket *socket);
#ifdef QTSOCKETIO_QDOC
    void attach(QWebSocketServer *server);
    void attach(QHttpServer *server, const OtherWebSockets &others = {});
    void handleConnection(QWebSocket *socket);
#else
    // Each of these is defined in a separate header, <EngineIo/WebSockets> and
    // <EngineIo/HttpServer>, so that this library does not depend on those modules.
    template<typename ForeignServer, typename... Args>
    auto attach(ForeignServer *server, Args &&...args)
        -> decltype(attachServer(this, server, std::forward<Args>(args)...))
    {
        return attachServer(this, server, std::forward<Args>(args)...);
    }
    template<typename ForeignSocket>
    auto handleConnection(ForeignSocket *socket) -> decltype(handleSocket(this, socket))
    {
        return handleSocket(this, socket);
    }
#endif
    AbortRequest handleRequest(const HttpRequest &request, const HttpResponder &respond);

    int clientsCount() const;
    Session *session(const QString &id) const;
    QList<Session *> sessions() const;

    void use(const Middleware &middleware);
    void setAllowRequest(const AllowRequest &allowRequest);
    void setIdGenerator(const IdGenerator &generator);
    void setRequestHandler(const RequestHandler &handler);

    bool isDraining() const;

    static QString generateId();

public Q_SLOTS:
    void close(EngineIo::CloseReason reason = EngineIo::CloseReason::ForcedClose);
    void drain(std::chrono::milliseconds deadline = std::chrono::seconds(30));

Q_SIGNALS:
    void connection(EngineIo::Session *session);
    void initialHeaders(EngineIo::HttpHeaders *headers, const EngineIo::HttpRequest &request);
    void headers(EngineIo::HttpHeaders *headers, const EngineIo::HttpRequest &request);
    void connectionError(EngineIo::ConnectionError code, const QString &message,
                         const EngineIo::HttpRequest &request, const QVariantMap &context);
    void clientsCountChanged(int count);
    void listeningChanged(bool listening);
    void closed();
    void drained();

protected:
    void connectNotify(const QMetaMethod &signal) override;

private:
    friend class ServerPrivate;
    friend class detail::ServerAccess;
    std::unique_ptr<ServerPrivate> d;
};

} // namespace EngineIo

#endif
