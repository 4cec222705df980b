// SPDX-License-Identifier: MIT
#include "socketio/client/clienterrors_p.h"

#include "engineio/client/transportreasons_p.h"

namespace SocketIo::detail {

using namespace Qt::StringLiterals;
using EngineIo::ClientError;
using EngineIo::CloseReason;

namespace {

const QString TooBigKey = u"tooBig"_s;

QVariant dataOf(const ClientError &error)
{
    QVariantMap data;
    if (!error.description().isEmpty())
        data.insert(u"description"_s, error.description());
    if (error.httpStatus() != 0) {
        data.insert(u"status"_s, error.httpStatus());
        data.insert(u"body"_s, QString::fromUtf8(error.httpBody()));
    }
    if (error.closeCode() != 0)
        data.insert(u"code"_s, error.closeCode());
    if (error.type() == ClientError::Type::MessageTooBig)
        data.insert(TooBigKey, true);
    return data.isEmpty() ? QVariant() : QVariant(data);
}

// The engine's sentence, if it has the address, or else its reason in the given one.
Error toError(const ClientError &error, const QString &address, const QString &sentence)
{
    const Error::Type type = error.type() == ClientError::Type::Protocol ? Error::Type::Protocol
                                                                         : Error::Type::Transport;
    QString message = error.message();
    // The engine speaks of http where the address says ws.
    if (address.startsWith("ws"_L1))
        message.replace(u"http"_s + address.sliced(2), address);
    if (!message.contains(address)) {
        message = sentence.arg(
            address, error.description().isEmpty() ? error.message() : error.description());
    }
    Error result(type, message, dataOf(error));
    result.setHint(error.hint());
    return result;
}

} // namespace

Error connectError(const ClientError &error, const QString &address)
{
    return toError(error, address, u"cannot connect to %1: %2"_s);
}

Error openTimeoutError(const QString &address, std::chrono::milliseconds timeout)
{
    Error error(Error::Type::Timeout,
                u"cannot connect to %1: the server did not answer within %2 ms"_s.arg(
                    address, QString::number(timeout.count())));
    error.setHint(EngineIo::detail::silenceHint());
    return error;
}

Error connectionError(const ClientError &error, const QString &address)
{
    return toError(error, address, u"the connection to %1 broke: %2"_s);
}

Error undecodableError(const QString &reason, const QString &address)
{
    return Error(Error::Type::Protocol,
                 u"%1 has sent what cannot be decoded: %2"_s.arg(address, reason));
}

Error closeError(CloseReason reason, const ClientError &details, const QString &address,
                 std::chrono::milliseconds heartbeat)
{
    switch (reason) {
    case CloseReason::ForcedClose:
        if (!details.isError())
            return {};
        break;
    case CloseReason::PingTimeout: {
        Error error(Error::Type::Transport,
                    u"the connection to %1 broke: nothing came from the server for %2 ms"_s.arg(
                        address, QString::number(heartbeat.count())),
                    dataOf(details));
        error.setHint(u"Check the network, and that neither this program nor the server blocks "
                      "its thread for so long."_s);
        return error;
    }
    default:
        if (!details.isError()) {
            return Error(Error::Type::Transport, u"the connection to %1 was closed"_s.arg(address));
        }
        break;
    }
    return connectionError(details, address);
}

Error joinError(CloseReason reason, const Error &details, const QString &address,
                const QString &nsp)
{
    const QString text = u"the namespace %1 of %2 was not joined: %3"_s.arg(
        nsp, address, details ? details.message() : EngineIo::closeReasonText(reason));
    Error error(Error::Type::Transport, text, details.data());
    if (details)
        error.setHint(details.hint());
    if (reason == CloseReason::TransportClose && !isTooBig(details))
        error.setHint(u"Check that the server is still running, and that both use the same parser: "
                      "a server ends the session of a client that it does not understand."_s);
    return error;
}

bool isTooBig(const Error &details)
{
    return details.data().toMap().value(TooBigKey).toBool();
}

Error disconnectedError(const Error &details)
{
    Error error = Error::disconnected();
    if (!details)
        return error;
    QVariantMap data = details.data().toMap();
    data.insert(u"description"_s, details.message());
    error = Error(error.type(), error.message(), data);
    if (isTooBig(details))
        error.setHint(details.hint());
    return error;
}

ClientSocket::DisconnectReason toDisconnectReason(CloseReason reason)
{
    using Reason = ClientSocket::DisconnectReason;
    switch (reason) {
    case CloseReason::PingTimeout:
        return Reason::PingTimeout;
    case CloseReason::TransportError:
        return Reason::TransportError;
    case CloseReason::ParseError:
        return Reason::ParseError;
    case CloseReason::ForcedClose:
        return Reason::ForcedClose;
    default:
        return Reason::TransportClose;
    }
}

} // namespace SocketIo::detail
