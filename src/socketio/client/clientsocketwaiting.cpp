// SPDX-License-Identifier: MIT
#include "socketio/client/clientsocket_p.h"

#include "engineio/client/serveraddress_p.h"
#include "socketio/client/manager_p.h"
#include "socketio/events/errortext_p.h"

#include <QtCore/qmetaobject.h>

#include <utility>

// Where nobody makes a connection, what waits for one is neither lost nor kept without a
// warning.
namespace SocketIo {

using namespace Qt::StringLiterals;

namespace {

Error reason(const QString &text, const QString &hint)
{
    Error error(Error::Type::Disconnected, text);
    error.setHint(hint);
    return error;
}

// text, with the failure that came last in parentheses.
QString withFailure(const QString &text, const Error &failure)
{
    return failure ? u"%1 (%2)"_s.arg(text, failure.message()) : text;
}

QString authMissing()
{
    return u"the authFunction has not provided the data for the server"_s;
}

QString authHint()
{
    return u"Make sure that the function always calls the callback that it is given."_s;
}

} // namespace

bool ClientSocketPrivate::isTried() const
{
    return connected || (active && manager && manager->isTrying());
}

qsizetype ClientSocketPrivate::unsentCount() const
{
    return sendBuffer.size() + queue.untriedCount();
}

// "the event "a" to / of http://localhost:3000 waits", or several.
QString ClientSocketPrivate::unsentText(const QString &ofOne, const QString &ofMany) const
{
    const qsizetype count = unsentCount();
    const QString first =
        sendBuffer.isEmpty() ? queue.firstUntried() : sendBuffer.first().args.value(0).toString();
    if (count == 1)
        return u"the event \"%1\" to %2 "_s.arg(first, placeText()) + ofOne;
    return u"%1 events to %2, the first of them \"%3\", "_s.arg(QString::number(count), placeText(),
                                                                first)
        + ofMany;
}

bool ClientSocketPrivate::needsUrl() const
{
    return !active && ending == Ending::BadUrl && manager && !manager->urlError.isEmpty();
}

// The server may have lost its patience.
Error ClientSocketPrivate::withoutAuth(const Error &whyNotJoined)
{
    Error error(whyNotJoined.type(), u"%1; %2"_s.arg(whyNotJoined.message(), authMissing()),
                whyNotJoined.data());
    error.setHint(authHint());
    return error;
}

// A clause that says why the socket is not connected, with what helps as its hint. In the log, the
// failure behind that is left out where it would only name the address again.
Error ClientSocketPrivate::whyNotConnected(For reader) const
{
    const bool tellsFailure =
        reader == For::Error || !manager || !lastError.message().contains(manager->address());
    const Error failure = tellsFailure ? lastError : Error();
    const QString openHint = u"Call open() to connect again; waiting events are then sent."_s;
    if (connected && queue.count() > 0 && canSendNow())
        return reason(
            u"an earlier event, \"%1\", waits for its acknowledgement"_s.arg(queue.first()),
            detail::RetryQueue::unansweredHint());
    if (connected)
        return reason(
            u"nothing has been received from the server for longer than a heartbeat takes"_s,
            u"Check the network, or allow more time."_s);
    if (!active) {
        switch (ending) {
        case Ending::NotOpened:
            return reason(u"the socket has not been opened"_s,
                          u"Call open(), or do not disable ClientOptions::autoConnect."_s);
        case Ending::BadUrl:
            if (needsUrl())
                return reason(manager->urlError,
                              EngineIo::detail::addressHint() + u" Call open() then."_s);
            return reason(u"the socket has not been opened since its URL was set"_s, openHint);
        case Ending::Refused:
            return reason(withFailure(u"the socket was refused"_s, lastError),
                          lastError.hint() + u' ' + openHint);
        case Ending::PutOut:
            return reason(u"the server has removed the client from the namespace"_s, openHint);
        case Ending::Closed:
            return reason(u"the socket was closed by close()"_s, openHint);
        }
    }
    if (!manager)
        return reason(u"the manager is being deleted"_s, {});
    if (manager->isOpen()) {
        if (authDue)
            return reason(authMissing(), authHint());
        return reason(u"the server has not admitted the client to the namespace yet"_s,
                      u"Check that each middleware of the server calls next(), or allow more "
                      "time."_s);
    }
    if (manager->isTrying())
        return reason(withFailure(u"there is no connection"_s, failure),
                      lastError ? lastError.hint() : u"Allow more time to connect."_s);
    if (manager->isClosed())
        return reason(u"the connection was closed by close()"_s, openHint);
    if (!manager->options.reconnection)
        return reason(
            withFailure(u"the client does not reconnect because the option reconnection is "
                        "off"_s,
                        failure),
            openHint);
    return reason(withFailure(u"no further attempts to connect are made"_s, failure), openHint);
}

// Why an acknowledgement did not come in time: no listener is to blame if the event never left.
Error ClientSocketPrivate::timeoutError(qint64 ackId) const
{
    if (!sendBuffer.contains(ackId))
        return Error::timeout();
    const Error why = whyNotConnected(For::Error);
    const Error plain = Error::timeout();
    Error error(plain.type(), plain.message(),
                QVariantMap{{u"description"_s, u"it was not sent: "_s + why.message()}});
    error.setHint(why.hint());
    return error;
}

// The application may open the socket, or the manager go on to its next attempt, before control is
// back in the event loop. An application that has not opened the socket yet knows that.
void ClientSocketPrivate::noteWaiting()
{
    if (isWaitingTold || isTried() || unsentCount() == 0
        || (!active && ending == Ending::NotOpened)) {
        return;
    }
    isWaitingTold = true;
    QMetaObject::invokeMethod(
        q,
        [this] {
            isWaitingTold = !isTried() && unsentCount() > 0;
            if (!isWaitingTold)
                return;
            const QString until = needsUrl() ? u"until another URL is set and open() is called: "_s
                                             : u"until open() is called: "_s;
            warn(unsentText(u"waits "_s + until, u"wait "_s + until)
                 + whyNotConnected(For::Log).message());
        },
        Qt::QueuedConnection);
}

void ClientSocketPrivate::warnOfLoss()
{
    if (unsentCount() == 0 || std::exchange(isLossTold, true))
        return;
    QString remedy;
    if (isTried())
        remedy = u"Wait for flushed() before the program ends or the socket is deleted."_s;
    else if (needsUrl())
        remedy = EngineIo::detail::addressHint();
    else
        remedy = u"Call open() and wait for flushed() before the program ends or the socket is "
                 "deleted."_s;
    warn(unsentText(u"is lost with its socket: "_s, u"are lost with their socket: "_s)
         + whyNotConnected(For::Log).message() + u". "_s + remedy);
}

// Not within the call that has made or opened the socket.
void ClientSocketPrivate::refuseLater(const Error &error)
{
    authDue = false;
    QMetaObject::invokeMethod(
        q,
        [this, error, asked = connection] {
            if (active && !connected && connection == asked)
                refused(error, {});
        },
        Qt::QueuedConnection);
}

// A server would close the whole connection.
Error ClientSocketPrivate::commaError() const
{
    Error error(
        Error::Type::Argument,
        u"the namespace \"%1\" cannot be joined: in packets a comma ends the name"_s.arg(nsp));
    error.setHint(u"Use another name for the namespace on the server and here."_s);
    return error;
}

// It may wait for the user, but a function that forgets an answer would not be found otherwise.
void ClientSocketPrivate::warnOfAuth(quint32 asked)
{
    if (!authDue || connection != asked || std::exchange(isAuthTold, true))
        return;
    const Error why = whyNotConnected(For::Log);
    warn(detail::withHint(u"%1 is not joined: %2"_s.arg(placeText(), why.message()), why));
}

} // namespace SocketIo
