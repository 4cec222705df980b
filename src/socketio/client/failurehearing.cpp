// SPDX-License-Identifier: MIT
#include "socketio/client/failurehearing_p.h"

#include "socketio/client/clienterrors_p.h"
#include "socketio/client/clientlogging_p.h"
#include "socketio/client/clientsocket_p.h"
#include "socketio/client/manager_p.h"

#include <QtCore/qregularexpression.h>

#include <algorithm>
#include <utility>

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
        || std::any_of(sockets.cbegin(), sockets.cend(), [](const auto &entry) {
               const ClientSocketPrivate *socket = ClientSocketPrivate::get(entry.second);
               return socket->active && socket->isConnectErrorHeard();
           });
}

bool ManagerPrivate::isReconnectFailedHeard() const
{
    int passing = 0;
    for (const auto &[number, socket] : sockets) {
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
    const bool isTold = std::any_of(sockets.cbegin(), sockets.cend(), [](const auto &entry) {
        return ClientSocketPrivate::get(entry.second)->isJoining(); // which reports why it has not
    });
    if (isMistake && !isTold)
        warnOfMistake(details);
    qCDebug(lcClient).noquote() << "Disconnected from" << address() + u':'
                                << EngineIo::closeReasonText(reason)
            + (details ? u", "_s + details.message() : QString());
}

// With retries an event breaks many connections, and each program makes the next one soon: those of
// the same kind are counted for a while.
void ManagerPrivate::warnOfMistake(const Error &details)
{
    // The same event has another number each time it is sent.
    static const QRegularExpression digits(u"[0-9]+"_s);
    const QString kind =
        detail::isTooBig(details) ? QString(details.message()).remove(digits) : u"protocol"_s;
    if (lossTimer.isActive() && kind == warnedLoss) {
        repeatedLoss = details;
        ++lossRepetitions;
        return;
    }
    warnOfRepeatedLosses();
    warnedLoss = kind;
    lossTimer.start(lossPause);
    warn(detail::withHint(details));
}

void ManagerPrivate::warnOfRepeatedLosses()
{
    const int count = std::exchange(lossRepetitions, 0);
    if (count == 0)
        return;
    lossTimer.start(lossPause);
    warn((count == 1 ? u"once more: "_s : u"%1 times more: "_s.arg(count))
         + detail::withHint(repeatedLoss));
}

// All of its sockets are concerned; one is enough to say so.
void ManagerPrivate::warn(const QString &text) const
{
    for (const auto &[number, socket] : sockets) {
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
