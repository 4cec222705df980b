// SPDX-License-Identifier: MIT
#include "socketio/client/failurelog_p.h"

#include "socketio/client/clienterrors_p.h"
#include "socketio/client/clientlogging_p.h"
#include "socketio/client/clientsocket_p.h"
#include "socketio/client/manager_p.h"

#include <algorithm>

namespace SocketIo {

using namespace Qt::StringLiterals;
using detail::Failure;
using detail::lcClient;
using detail::withHint;

bool ClientSocketPrivate::isConnectErrorHeard() const
{
    const int passing = isPassedOnHeard ? 1 : 0;
    return q->receivers(SIGNAL(connectError(SocketIo::Error))) > passing
        || q->receivers(SIGNAL(lastErrorChanged())) > passing
        || (isPassedOnHeard && isPassedOnHeard(Failure::ConnectError));
}

bool ClientSocketPrivate::isErrorHeard() const
{
    const int passing = isPassedOnHeard ? 1 : 0;
    return q->receivers(SIGNAL(errorOccurred(SocketIo::Error))) > passing
        || (isPassedOnHeard && isPassedOnHeard(Failure::ServerError));
}

bool ManagerPrivate::isConnectErrorHeard() const
{
    return q->receivers(SIGNAL(errorOccurred(SocketIo::Error))) > 0
        || std::any_of(m_sockets.cbegin(), m_sockets.cend(), [](const auto &entry) {
               const ClientSocketPrivate *socket = ClientSocketPrivate::get(entry.second);
               return socket->active && socket->isConnectErrorHeard();
           });
}

bool ManagerPrivate::isReconnectFailedHeard() const
{
    int passing = 0;
    for (const auto &[number, socket] : m_sockets) {
        const detail::IsHeard &isHeard = ClientSocketPrivate::get(socket)->isPassedOnHeard;
        if (isHeard && isHeard(Failure::ReconnectFailed))
            return true;
        passing += isHeard ? 1 : 0;
    }
    return q->receivers(SIGNAL(reconnectFailed())) > passing;
}

// A failure is a warning if nobody hears of it otherwise.
void ManagerPrivate::logFailure(bool isHeard, const Error &error) const
{
    if (isHeard)
        qCDebug(lcClient).noquote() << error.message();
    else
        warn(withHint(error));
}

void ClientSocketPrivate::warn(const QString &text) const
{
    if (passedOnWarn)
        passedOnWarn(text);
    else
        qCWarning(lcClient).noquote() << text;
}

// A mistake of the application or the server, which will be made again, is a warning.
void ManagerPrivate::logLoss(EngineIo::CloseReason reason, const Error &details)
{
    const bool isMistake = details.type() == Error::Type::Protocol || detail::isTooBig(details);
    const bool isTold = std::any_of(m_sockets.cbegin(), m_sockets.cend(), [](const auto &entry) {
        return ClientSocketPrivate::get(entry.second)->isJoining(); // which reports why it has not
    });
    if (isMistake && !isTold)
        lossReport.add(details);
    qCDebug(lcClient).noquote() << "Disconnected from" << address() + u':'
                                << EngineIo::closeReasonText(reason)
            + (details ? u", "_s + details.message() : QString());
}

// All of its sockets are concerned; one is enough to say so.
void ManagerPrivate::warn(const QString &text) const
{
    for (const auto &[number, socket] : m_sockets) {
        const ClientSocketPrivate *d = ClientSocketPrivate::get(socket);
        if (d->passedOnWarn && d->active)
            return d->warn(text);
    }
    qCWarning(lcClient).noquote() << text;
}

void detail::passFailuresOn(ClientSocket *socket, const IsHeard &isHeard, const Warn &warn)
{
    ClientSocketPrivate *d = ClientSocketPrivate::get(socket);
    d->isPassedOnHeard = isHeard;
    d->passedOnWarn = warn;
}

} // namespace SocketIo
