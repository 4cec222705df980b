// SPDX-License-Identifier: MIT
#include "sioworld.h"

#include "hookedparts.h"

#include <EngineIo/Client>
#include <EngineIo/ServerMetrics>
#include <SocketIo/ClusterAdapter>

using namespace SocketIo;

QList<Hook> SioWorld::serverHooks()
{
    return Hook::signalsOf(EngineIo::Server::staticMetaObject, "EngineServer")
        + Hook::signalsOf(EngineIo::Session::staticMetaObject, "Session")
        + Hook::signalsOf(EngineIo::ServerMetrics::staticMetaObject, "ServerMetrics")
        + Hook::signalsOf(Server::staticMetaObject, "Server")
        + Hook::signalsOf(Namespace::staticMetaObject, "Namespace")
        + Hook::signalsOf(Socket::staticMetaObject, "Socket")
        + Hook::signalsOf(ClusterAdapter::staticMetaObject, "ClusterAdapter")
        + Hook::named({"allowRequest", "generateId", "engine middleware", "request handler", "cors",
                       "namespace middleware", "later namespace middleware", "namespace filter",
                       "socket middleware", "Socket on", "Socket once",
                       "Socket on with acknowledgement", "Socket onAny", "Socket prependAny",
                       "Socket onAnyOutgoing", "Socket prependAnyOutgoing", "Socket then",
                       "broadcast then", "future of sockets"})
        + Hook::named(partsOfServer);
}

QList<Hook> SioWorld::clientHooks()
{
    return Hook::signalsOf(EngineIo::Client::staticMetaObject, "Client")
        + Hook::signalsOf(Manager::staticMetaObject, "Manager")
        + Hook::signalsOf(ClientSocket::staticMetaObject, "ClientSocket")
        + Hook::signalsOf(PendingAck::staticMetaObject, "PendingAck")
        + Hook::named({"authFunction", "ClientSocket on", "ClientSocket once",
                       "ClientSocket on with acknowledgement", "ClientSocket onAny",
                       "ClientSocket prependAny", "ClientSocket onAnyOutgoing",
                       "ClientSocket prependAnyOutgoing", "ClientSocket then",
                       "PendingAck onFailed", "future of an acknowledgement"})
        + Hook::named(partsOfClient);
}

QByteArray SioWorld::unreachable(const Combination &combination)
{
    const QByteArray &hook = combination.hook.name;
    const bool upgrades = combination.carrier == Carrier::Upgrade;
    if (hook == "Session::messageReceived")
        return "a Socket.IO server decodes the messages";
    if ((hook == "Session::upgrading" || hook == "Session::upgraded" || hook == "Client::upgrading"
         || hook == "Client::upgraded" || hook == "Client::upgradeFailed")
        && !upgrades)
        return "there is no upgrade";
    if (combination.action.endsWith("throw") && hook.startsWith("future"))
        return "a future keeps what its continuation throws";
    if (combination.action.endsWith("throw") && hook == "socket middleware")
        return "the event is dropped";
    if (combination.action.endsWith("throw") && hook.startsWith("parser of"))
        return "what a parser cannot encode is not sent";
    if (hook == "Client::urlChanged")
        return "a manager's engine takes the new URL with the next connection";
    if (combination.ioThreads > 0 && hook.startsWith("parser decoder of the server"))
        return "called in an I/O thread";
    return {};
}
