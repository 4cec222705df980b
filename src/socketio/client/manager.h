// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_MANAGER_H
#define SOCKETIO_MANAGER_H

#include <SocketIo/clientoptions.h>
#include <SocketIo/clientsocket.h>
#include <SocketIo/error.h>
#include <SocketIo/packet.h>
#include <SocketIo/socketioglobal.h>

#include <EngineIo/Client>

#include <QtCore/qdatetime.h>
#include <QtCore/qlist.h>
#include <QtCore/qobject.h>
#include <QtCore/qstring.h>
#include <QtCore/qurl.h>

#include <chrono>
#include <memory>
#include <optional>

QT_BEGIN_NAMESPACE
class QNetworkAccessManager;
QT_END_NAMESPACE

namespace SocketIo {

class ManagerPrivate;

// Manages a connection to a server that is shared by several sockets, and re-establishes it when it
// is lost.
class SOCKETIO_EXPORT Manager final : public QObject
{
    Q_OBJECT
    Q_PROPERTY(QUrl url READ url WRITE setUrl NOTIFY urlChanged)
    Q_PROPERTY(State state READ state NOTIFY stateChanged)
    Q_PROPERTY(QDateTime nextAttempt READ nextAttempt NOTIFY stateChanged)
    Q_PROPERTY(QString transportName READ transportName NOTIFY transportChanged)
    Q_PROPERTY(double latency READ latency NOTIFY latencyChanged)
    Q_PROPERTY(bool reconnection READ reconnection WRITE setReconnection NOTIFY reconnectionChanged)
    Q_PROPERTY(int reconnectionAttempts READ reconnectionAttempts WRITE setReconnectionAttempts
                   NOTIFY reconnectionAttemptsChanged)

public:
    enum class State {
        Closed,
        Opening,
        Open,
        Waiting, // for the time of the next attempt
        Closing, // what was sent is being delivered
    };
    Q_ENUM(State)

    // Returns a socket for the namespace in the path of url, on a connection that other sockets may
    // share.
    static ClientSocket *connectTo(const QUrl &url, const ClientOptions &options = {});

    explicit Manager(const QUrl &url, QObject *parent = nullptr);
    Manager(const QUrl &url, const ClientOptions &options, QObject *parent = nullptr);
    ~Manager() override;

    ClientSocket *socket(const QString &nsp = QStringLiteral("/"));
    ClientSocket *socket(const QString &nsp, const ClientOptions &options);
    QList<ClientSocket *> sockets() const;

    QUrl url() const;
    void setUrl(const QUrl &url);
    ClientOptions options() const;
    State state() const;
    QDateTime nextAttempt() const; // invalid: none is waited for
    QString transportName() const; // empty: none
    double latency() const;        // in milliseconds; -1: not measured
    bool isFlushed() const;        // nothing that was emitted waits to be sent
    EngineIo::Client *engine() const;
    QNetworkAccessManager *networkAccessManager() const;
    void setNetworkAccessManager(QNetworkAccessManager *manager);

    bool reconnection() const;
    void setReconnection(bool reconnection);
    int reconnectionAttempts() const;
    void setReconnectionAttempts(int attempts);
    std::chrono::milliseconds reconnectionDelay() const;
    void setReconnectionDelay(std::chrono::milliseconds delay);
    std::chrono::milliseconds reconnectionDelayMax() const;
    void setReconnectionDelayMax(std::chrono::milliseconds delay);
    double randomizationFactor() const;
    void setRandomizationFactor(double factor);
    std::optional<std::chrono::milliseconds> timeout() const;
    void setTimeout(std::optional<std::chrono::milliseconds> timeout);

public Q_SLOTS:
    void open();
    void close();

Q_SIGNALS:
    void opened();
    void errorOccurred(const SocketIo::Error &error);
    void closed(EngineIo::CloseReason reason, const SocketIo::Error &details);
    void flushed();
    void pinged();
    void packetReceived(const SocketIo::Packet &packet);
    void reconnectAttempted(int attempt);
    void reconnected(int attempt);
    void reconnectError(const SocketIo::Error &error);
    void reconnectFailed();

    void urlChanged(const QUrl &url);
    void stateChanged(SocketIo::Manager::State state);
    void transportChanged(const QString &transportName);
    void latencyChanged(double latency);
    void reconnectionChanged(bool reconnection);
    void reconnectionAttemptsChanged(int attempts);

private:
    friend class ManagerPrivate;
    std::unique_ptr<ManagerPrivate> d;
};

} // namespace SocketIo

#endif
