// SPDX-License-Identifier: MIT
#include "sioworld.h"

#include <EngineIo/Client>

using namespace SocketIo;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

// What the application does at a hook, and what must be true afterwards.

QByteArrayList SioWorld::actions()
{
    const QByteArrayList plain = {
        "delete the emitter",
        "delete the client's socket",
        "delete the manager",
        "delete the server's socket",
        "delete the session",
        "delete the namespace",
        "delete the server",
        "disconnect",
        "close the manager",
        "abort the client's engine",
        "disconnect the server's socket",
        "disconnect the client",
        "close the session",
        "abort the session",
        "disconnect all",
        "close the server",
        "emit",
        "throw",
    };
    return withLoops(plain);
}

void SioWorld::perform(const QByteArray &action, QObject *emitter)
{
    if (action == "emit") {
        emitAgain();
    } else if (action == "delete the emitter") {
        // A manager's engine is the manager's.
        if (qobject_cast<EngineIo::Client *>(emitter))
            delete m_manager;
        else if (qobject_cast<EngineIo::Server *>(emitter))
            delete m_server;
        else if (emitter && emitter == m_extraManager.get())
            m_extraManager.reset();
        else if (emitter && emitter == m_adapter)
            delete m_nsp; // whose it is
        else
            delete emitter;
    } else if (action == "delete the client's socket") {
        delete m_socket;
    } else if (action == "delete the manager") {
        m_extraManager.reset();
        delete m_manager;
    } else if (action == "delete the server's socket") {
        delete m_serverSocket;
    } else if (action == "delete the session") {
        delete m_session;
    } else if (action == "delete the namespace") {
        delete m_nsp;
    } else if (action == "delete the server") {
        delete m_server;
    } else if (action == "disconnect") {
        if (m_socket)
            m_socket->close();
    } else if (action == "close the manager") {
        if (m_extraManager)
            m_extraManager->close();
        if (m_manager)
            m_manager->close();
    } else if (action == "abort the client's engine") {
        if (m_manager && m_manager->engine())
            m_manager->engine()->abort();
    } else if (action == "disconnect the server's socket") {
        if (m_serverSocket)
            m_serverSocket->disconnectSocket();
    } else if (action == "disconnect the client") {
        if (m_serverSocket)
            m_serverSocket->disconnectClient();
    } else if (action == "close the session") {
        if (m_session)
            m_session->close();
    } else if (action == "abort the session") {
        if (m_session)
            m_session->abort();
    } else if (action == "disconnect all") {
        if (m_server)
            m_server->disconnectSockets(CloseConnection::Yes);
    } else if (action == "close the server") {
        if (m_server)
            m_server->close();
    } else {
        qFatal("unknown action: %s", action.constData());
    }
}

bool SioWorld::endsServer() const
{
    const QByteArray &action = combination().action;
    return action.endsWith("close the server") || action.endsWith("disconnect all");
}

bool SioWorld::serverStands() const
{
    return m_server && m_server->isListening() && m_nsp;
}

// The end of a connection may be on its way to a client that is told of nothing yet: what it sends
// meanwhile is lost with the connection, and its acknowledgement fails.
// A manager or socket that was told to end does not come back by itself.
void SioWorld::reopen(const QPointer<ClientSocket> &socket)
{
    if (socket == m_socket && m_manager && m_manager->state() == Manager::State::Closed)
        m_manager->open();
    if (socket && !socket->isActive())
        socket->open();
}

bool SioWorld::isAnswered(const QPointer<ClientSocket> &socket)
{
    for (int attempts = 0; socket && attempts < 3; ++attempts) {
        const bool connected = waitFor([&] {
            reopen(socket);
            return !socket || socket->isConnected();
        });
        if (!connected || !socket)
            return false;
        enum class State { Pending, Answered, Failed };
        const auto state = std::make_shared<State>(State::Pending);
        PendingAck *const ack = socket->emitWithAck(u"echo"_s, 1);
        ack->then(this, [state] { *state = State::Answered; });
        ack->onFailed(this, [state] { *state = State::Failed; });
        // The event may wait for the next connection, if the end of this one was on its way.
        const bool decided = waitFor([&] {
            reopen(socket);
            return *state != State::Pending;
        });
        if (!decided)
            return false;
        if (*state == State::Answered)
            return true;
    }
    return false;
}

// The end may reach the client only now.
bool SioWorld::comesBack()
{
    return waitFor([this] {
        reopen(m_socket);
        return !m_socket || isConnected();
    });
}

QByteArray SioWorld::check()
{
    if (!serverStands() || combination().action.endsWith("close the server"))
        return {};
    // The one beside gets what is sent, in order.
    if (endsServer() && !waitFor([this] { return m_otherLost > 0; }))
        return "the other client keeps its connection";
    if (!endsServer() && m_otherLost > 0)
        return "the other client has lost its connection";
    if (!isAnswered(m_other))
        return "the other client is not answered";
    for (int i = 0; i < 3; ++i)
        m_server->to(u"all"_s).emitEvent(u"tick"_s, i);
    if (!waitFor([this] { return m_otherTicks.size() >= 3; }))
        return "the other client gets no events";
    if (m_otherTicks != QList<int>({0, 1, 2}))
        return "the other client's events are not in order";
    // Who is left of the two goes on.
    if (!m_manager || !m_socket)
        return {};
    if (!comesBack())
        return "the client does not come back";
    if (!m_socket)
        return {};
    if (!isAnswered(m_socket))
        return "the client is not answered";
    if (!comesBack())
        return "the client does not stay";
    peersSend();
    if (!waitFor([this] { return m_toServer.hasAllReceived() && m_toClient.hasAllReceived(); }))
        return "events do not arrive";
    const QByteArray toServer = m_toServer.problem(connectionToServer(), !isBeforeSending());
    if (!toServer.isEmpty())
        return "to the server, " + toServer;
    const QByteArray toClient = m_toClient.problem(m_socket->id(), !isBeforeSending());
    if (!toClient.isEmpty())
        return "to the client, " + toClient;
    return {};
}
