// SPDX-License-Identifier: MIT
#include "socketio/client/clientsocket_p.h"

#include "base/callapplication_p.h"
#include "base/callout_p.h"
#include "base/homethread_p.h"
#include "socketio/client/clientlogging_p.h"
#include "socketio/client/manager_p.h"
#include "socketio/events/errortext_p.h"

#include <QtCore/qtimer.h>

#include <utility>

// How a socket joins its namespace, and what the server may say to that.
namespace SocketIo {

using namespace std::chrono_literals;
using namespace Qt::StringLiterals;
using detail::lcClient;
using EngineIo::detail::CallOut;

namespace {
// How long a server has to put the client into the main namespace again.
constexpr std::chrono::milliseconds SilentJoinTime = 500ms;
// How long it takes until a warning says what the socket waits for.
constexpr std::chrono::milliseconds AuthPatience = 5s;
} // namespace

void ClientSocketPrivate::sendConnect()
{
    if (connectRequested || manager->isLeaving(nsp))
        return;
    connectRequested = true;
    if (nsp.contains(u',') && manager->speaksJson()) {
        refuseLater(commaError());
        return;
    }
    if (!authFunction) {
        sendConnectPacket(auth, !auth.isEmpty());
        return;
    }
    // The answer may come late, when things have changed, and the function may change its own place
    // in this object.
    authDue = true;
    const AuthFunction function = authFunction;
    const quint32 asked = connection;
    const QPointer<ClientSocket> guard = q;
    const auto done =
        EngineIo::detail::callableInAnyThread([guard, asked](const QVariantMap &data) {
            ClientSocketPrivate *d = guard ? get(guard) : nullptr;
            if (d && d->connection == asked && std::exchange(d->authDue, false))
                d->sendConnectPacket(data, true);
        });
    const bool returned = EngineIo::detail::callApplication([&] { function(done); });
    if (!guard || !authDue || connection != asked)
        return;
    if (!returned)
        refuseLater(Error(Error::Type::Refused, u"The authFunction has thrown an exception"_s));
    else
        QTimer::singleShot(AuthPatience, q, [this, asked] { warnOfAuth(asked); });
}

void ClientSocketPrivate::sendConnectPacket(const QVariantMap &data, bool hasData)
{
    if (!manager || !manager->isOpen())
        return;
    using Membership = ManagerPrivate::Membership;
    const Membership membership = manager->membership(nsp);
    if (membership == Membership::Expected || membership == Membership::Joined) {
        if (!data.isEmpty())
            warn(
                u"The auth of the main namespace is not sent to %1 with ClientOptions::protocol 3: "
                "use ClientOptions::query"_s.arg(manager->address()));
        if (membership == Membership::Joined)
            joinLater(0ms);
        return;
    }
    if (manager->protocol.joinsMainNamespace() && nsp == u"/") {
        // Left and joined again. Socket.IO 2 lets the client in, but without an answer, unless a
        // middleware is asked.
        sendPacket(manager->protocol.connectPacket(nsp, {}));
        if (membership != Membership::Refused)
            joinLater(SilentJoinTime);
        return;
    }
    QVariantMap payload = data;
    if (!pid.isEmpty()) {
        if (!payload.contains(u"pid"_s))
            payload.insert(u"pid"_s, pid);
        if (!payload.contains(u"offset"_s) && !lastOffset.isEmpty())
            payload.insert(u"offset"_s, lastOffset);
        hasData = true;
    }
    qCDebug(lcClient).noquote() << "Joining namespace" << nsp;
    joinSent = true;
    sendPacket(manager->protocol.connectPacket(nsp, hasData ? QVariant(payload) : QVariant()));
}

// The server lets the connection into the namespace, or has done so, and does not say it now.
void ClientSocketPrivate::joinLater(std::chrono::milliseconds time)
{
    QTimer::singleShot(time, q, [this, asked = connection] {
        if (manager && manager->isOpen() && active && !connected && connection == asked)
            handleConnect({});
    });
}

void ClientSocketPrivate::handleConnect(const QVariantMap &data)
{
    const QString newId = manager->protocol.socketId(data, nsp, manager->engine->id());
    if (newId.isEmpty()) {
        Error error(Error::Type::Protocol,
                    u"%1 answers as Socket.IO 2 does: set ClientOptions::protocol to 3"_s.arg(
                        manager->address()));
        error.setHint(u"Set ClientOptions::protocol to 3, or update the server."_s);
        reportRefusal(error);
        return;
    }
    joinSent = false;
    const QString newPid = data.value(u"pid"_s).toString();
    const bool wasRecovered = std::exchange(recovered, !newPid.isEmpty() && newPid == pid);
    if (!recovered)
        lastOffset.clear();
    pid = newPid;
    id = newId;
    connected = true;
    refusalLogged = false;
    isAuthTold = false;
    isWaitingTold = false;
    qCDebug(lcClient).noquote() << "Joined namespace" << nsp << "as"
                                << id + (recovered ? u", recovered"_s : QString());
    CallOut out(q, onThisConnection());
    out.emitSignal(&ClientSocket::idChanged, newId);
    if (out && recovered != wasRecovered)
        out.emitSignal(&ClientSocket::recoveredChanged, recovered);
    if (out && lastError) {
        lastError = {};
        out.emitSignal(&ClientSocket::lastErrorChanged);
    }
    out.emitSignal(&ClientSocket::connectedChanged, true);
    if (out)
        out.emitSignal(&ClientSocket::stateChanged, q->state());
    out.call([this] { deliverEarly(); });
    out.call([this] { sendBuffered(); });
    out.call([this] { queue.drain(detail::RetryQueue::Drain::SendAgain); });
    out.emitSignal(&ClientSocket::connected);
}

// What the packet of an error has: a text, or an object.
static Error sentError(const QVariant &data)
{
    const QString text = data.toString();
    if (!text.isEmpty())
        return Error(Error::Type::Refused, text);
    const QVariantMap map = data.toMap();
    const QString message = map.value(u"message"_s).toString();
    // The details are those of Socket.IO 2 if there is no message.
    return {Error::Type::Refused, message, message.isEmpty() ? data : map.value(u"data"_s)};
}

void ClientSocketPrivate::handleConnectError(const QVariant &data)
{
    joinSent = false;
    const Error sent = sentError(data);
    QString message = sent.message();
    if (message.isEmpty())
        message = u"%1 refuses the namespace %2"_s.arg(manager->address(), nsp);
    QString logText;
    QString hint;
    // The text of Socket.IO's servers for all clients, of whatever namespace.
    if (message == "Invalid namespace"_L1) {
        message += u": the server at %1 has no namespace %2"_s.arg(manager->address(), nsp);
        hint = u"Check the path of the URL, which is the namespace, and the names that the server "
               "gives to its namespaces."_s;
    } else {
        logText = u"refused by namespace %1: %2"_s.arg(placeText(), message);
        hint = u"Check what the client sends as auth: a middleware of the namespace refuses it."_s;
    }
    Error error(Error::Type::Refused, message, sent.data());
    error.setHint(hint);
    refused(error, logText);
}

void ClientSocketPrivate::refused(const Error &error, const QString &logText)
{
    ending = Ending::Refused;
    CallOut out(q);
    setActive(false);
    out.call([&] { reportRefusal(error, logText); });
    out.call([this] { noteWaiting(); });
    // The application may have connected again by now, for example with other credentials.
    if (out && !active && manager)
        manager->socketDeactivated();
}

// Servers of Socket.IO 2 send errors at any time, after which the socket stays connected.
void ClientSocketPrivate::handleServerError(const QVariant &data)
{
    const Error sent = sentError(data);
    const QString message = sent.message().isEmpty()
        ? u"%1 reports an error in the namespace %2"_s.arg(manager->address(), nsp)
        : sent.message();
    const QString text =
        u"namespace %1 got an error from the server: %2"_s.arg(placeText(), message);
    CallOut out(q);
    if (!isErrorHeard() && serverErrorWarnings.take())
        warn(text);
    else
        qCDebug(lcClient).noquote() << text;
    out.emitSignal(&ClientSocket::errorOccurred, Error(Error::Type::Refused, message, sent.data()));
}

// If nobody listens, the log says so: once, until the socket is connected.
void ClientSocketPrivate::reportRefusal(const Error &error, const QString &logText)
{
    const bool isTold = isConnectErrorHeard() || std::exchange(refusalLogged, true);
    const QString text = logText.isEmpty() ? error.message() : logText;
    if (isTold)
        qCDebug(lcClient).noquote() << text;
    else
        warn(detail::withHint(text, error));
    reportConnectError(error);
}

void ClientSocketPrivate::reportConnectError(const Error &error)
{
    lastError = error;
    CallOut out(q);
    out.emitSignal(&ClientSocket::lastErrorChanged);
    out.emitSignal(&ClientSocket::connectError, error);
}

} // namespace SocketIo
