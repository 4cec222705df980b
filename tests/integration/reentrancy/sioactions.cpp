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
        "time out on the server",
        "time out on the client",
        "disconnect all",
        "close the server",
        "emit",
    };
    QByteArrayList all = plain;
    for (const QByteArray &action : plain)
        all.append("inside a loop: " + action);
    return all;
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
            m_socket->disconnect();
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
            m_serverSocket->disconnect();
    } else if (action == "disconnect the client") {
        if (m_serverSocket)
            m_serverSocket->disconnectClient();
    } else if (action == "close the session") {
        if (m_session)
            m_session->close();
    } else if (action == "abort the session") {
        if (m_session)
            m_session->abort();
    } else if (action == "time out on the server") {
        if (m_session)
            m_session->abort(EngineIo::CloseReason::PingTimeout);
    } else if (action == "time out on the client") {
        if (m_manager && m_manager->engine())
            m_manager->engine()->abort(EngineIo::CloseReason::PingTimeout, {});
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

QByteArray SioWorld::check()
{
    if (!serverStands() || combination().action.endsWith("close the server"))
        return {};
    // The one beside gets what is sent, in order.
    if (!endsServer() && m_otherLost > 0)
        return "the other client has lost its connection";
    if (!m_other->isActive())
        m_other->connect();
    if (!waitFor([this] { return m_other->isConnected(); }))
        return "the other client does not come back";
    bool answered = false;
    m_other->emitWithAck(u"echo"_s, 1)->then(this, [&] { answered = true; });
    if (!waitFor([&] { return answered || !m_other->isConnected(); }) || !answered)
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
    if (m_manager->state() == Manager::State::Closed)
        m_manager->open();
    if (!m_socket->isActive())
        m_socket->connect();
    if (!waitFor([this] { return !m_socket || isConnected(); }))
        return "the client does not come back";
    peersSend();
    answered = false;
    track(m_socket->emitWithAck(u"echo"_s, 1), "ClientSocket then")->then(this, [&] {
        answered = true;
    });
    if (!waitFor([&] { return answered; }))
        return "the client is not answered";
    if (!waitFor([this] { return m_toClient.hasAllReceived() || !m_serverSocket; }))
        return "the client gets no events";
    const QByteArray toServer = m_toServer.problem(m_socket->id(), !isBeforeSending());
    if (!toServer.isEmpty())
        return "to the server, " + toServer;
    const QByteArray toClient = m_toClient.problem(m_socket->id(), !isBeforeSending());
    if (!toClient.isEmpty())
        return "to the client, " + toClient;
    return {};
}
