// SPDX-License-Identifier: MIT
#include "socketio/server/outgoingevent_p.h"

#include "base/warninglimit_p.h"
#include "socketio/events/errortext_p.h"
#include "socketio/events/reservednames_p.h"
#include "socketio/parser/nesting_p.h"
#include "socketio/server/namespace_p.h"
#include "socketio/server/server_p.h"
#include "socketio/server/serverlogging_p.h"

namespace SocketIo::detail {

bool isAllowedEvent(const QString &event)
{
    if (!isReservedEvent(event))
        return true;
    qCWarning(lcServer).noquote() << withHint(reservedEventError(event));
    return false;
}

bool isAllowedServerSideEvent(const QString &event)
{
    if (!isReservedServerSideEvent(event))
        return true;
    qCWarning(lcServer).noquote() << withHint(reservedEventError(event));
    return false;
}

Error encodingError(Namespace *nsp, const QString &event, const QVariantList &args)
{
    const ServerPrivate *server = NamespacePrivate::get(nsp)->server;
    if (!server || !mayBeNested(args))
        return {};
    return encodingError(server->parser, event, args);
}

bool cannotBeEncoded(Namespace *nsp, const QString &event, const QVariantList &args)
{
    if (!mayBeNested(args))
        return false;
    const Error error = encodingError(nsp, event, args);
    if (const ServerPrivate *server = error ? NamespacePrivate::get(nsp)->server : nullptr)
        EngineIo::detail::warnIfDue(lcServer(), server->warnings.encoding.take(), withHint(error));
    return error.isError();
}

Packet eventPacket(const QString &event, const QVariantList &args)
{
    Packet packet;
    packet.type = PacketType::Event;
    packet.args.reserve(args.size() + 1);
    packet.args.append(event);
    packet.args.append(args);
    return packet;
}

} // namespace SocketIo::detail
