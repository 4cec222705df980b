// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_CONNECTION_P_H
#define SOCKETIO_CONNECTION_P_H

#include "base/deadlinetimer_p.h"
#include "engineio/session/sessionaccess_p.h"
#include "socketio/server/clientprotocol_p.h"

#include <SocketIo/error.h>
#include <SocketIo/packet.h>
#include <SocketIo/socket.h>

#include <EngineIo/Session>

#include <QtCore/qhash.h>
#include <QtCore/qlist.h>
#include <QtCore/qpointer.h>

#include <memory>
#include <vector>

namespace SocketIo {
class Namespace;
class ServerPrivate;
} // namespace SocketIo

namespace SocketIo::detail {

// A connection of a client: passes its packets to the sockets of its namespaces and enforces the
// protocol. It is owned by the server; code that calls the application keeps it alive meanwhile.
class Connection final : public EngineIo::detail::SessionObserver,
                         public std::enable_shared_from_this<Connection>
{
public:
    Connection(ServerPrivate *server, EngineIo::Session *session);
    ~Connection() override;

    EngineIo::Session *session() const noexcept { return m_session; }
    const ClientProtocol &protocol() const noexcept { return m_protocol; }
    bool isOpen() const;

    // Called once, when the server has registered the connection.
    void start();
    void send(Packet &&packet, EngineIo::SendFlags flags = {});
    void refuse(const QString &nsp, const Error &error); // by a middleware
    void refuseInvalid(const QString &nsp);              // there is none of that name, or no more

    // Called by the namespaces, which own the sockets.
    bool isAttempt(const QString &nsp, quint32 attempt); // and not one that was given up
    void setPending(Socket *socket);
    void setJoined(Socket *socket);
    void remove(Socket *socket);               // left or refused
    void release(Socket *socket);              // no longer needs to know of the connection
    void namespaceDeleted(const QString &nsp); // which may owe the client an answer

    void disconnectAll(); // Socket.IO: disconnect(true)
    void takeOver();      // the client is back on another connection
    void connectTimedOut();
    void detach(); // the server is being deleted

    void messageReceived(std::unique_ptr<EngineIo::detail::DecodedMessage> message) override;
    void sessionClosed(EngineIo::CloseReason reason, const QString &description) override;
    void sessionDeleted() override; // by the application

    // For the server's bookkeeping.
    size_t index = 0;
    EngineIo::detail::DeadlineTimer timeout; // to join a namespace

private:
    enum class State : quint8 {
        Deciding, // whether there is such a namespace
        Pending,  // in the namespace's middlewares
        Joined,
        Left, // packets still on their way are ignored
    };
    struct Membership
    {
        QString nsp;
        Socket *socket = nullptr; // none when Deciding; when Left, until release()
        State state = State::Deciding;
        quint32 attempt = 0;
        qsizetype authSize = 0; // about how much memory the auth takes that its socket keeps
    };

    // An attempt that a function of the application, or an adapter, is deciding on. It has the
    // token, and the auth, also when the client has given the attempt up.
    struct Decision
    {
        std::weak_ptr<void> token;
        quint32 attempt;
        qsizetype abandonedAuthSize; // 0 while the membership counts it
    };

    Membership *find(const QString &nsp);
    Membership *find(const Socket *socket);
    Membership *append(const QString &nsp);
    void setState(Membership *membership, State state);
    void forget(Membership *membership);
    void forgetOldestLeft();
    void releaseAuth(Membership *membership);
    qsizetype forgetDecided();
    static void unlink(Membership *membership);
    QList<QPointer<Socket>> sockets() const;
    void refuseNamespace(const QString &nsp, const QString &reason);
    void sendRefusal(const QString &nsp, const QString &reason, const QVariant &data);
    void connectTo(const QString &nsp, const QVariantMap &auth);
    void namespaceFound(const QString &name, quint32 attempt, Namespace *nsp,
                        const QVariantMap &auth, const std::shared_ptr<void> &token);
    void connectAgain(Membership *membership, const QVariantMap &auth);
    QString text() const;
    void logPacket(const char *what, const Packet &packet) const;
    Socket *socketOf(const QString &nsp);
    void violation(const QString &what);
    void end(Socket::DisconnectReason reason, const QString &description);

    ServerPrivate *m_server;
    QPointer<EngineIo::Session> m_session; // the application may delete it
    const ClientProtocol &m_protocol;
    std::vector<Membership> m_memberships;             // a socket knows its index
    std::unique_ptr<QHash<QString, quint32>> m_places; // in m_memberships, once they are many
    qsizetype m_authSize = 0;                          // of all
    std::vector<Decision> m_decisions;
    int m_waiting = 0;      // those that are Deciding or Pending
    quint32 m_attempts = 0; // to join, of all namespaces
    QList<QString> m_left;  // in the order of leaving
};

} // namespace SocketIo::detail

#endif
