// SPDX-License-Identifier: MIT
#include "adminui/adminobjects_p.h"

#include "socketio/parser/nesting_p.h"

#include <SocketIo/Namespace>
#include <SocketIo/RemoteSocket>
#include <SocketIo/Socket>

#include <EngineIo/Session>

namespace SocketIo::detail {

using namespace Qt::StringLiterals;

namespace {

// More than anybody reads, and far from the limit of a parser.
constexpr int MaxDepth = 100;

QVariantMap handshakeOf(const Handshake &handshake)
{
    QVariantMap map = handshake.toVariantMap();
    map.remove(u"auth"_s); // it may contain a password
    // The address that a proxy reports. This server may not trust the proxy, but the address is
    // only shown, and nothing depends on it.
    const QVariantMap headers = map.value(u"headers"_s).toMap();
    for (const QString &name : {u"cf-connecting-ip"_s, u"x-forwarded-for"_s}) {
        const QString address = headers.value(name).toString();
        if (!address.isEmpty()) {
            map.insert(u"address"_s, address);
            break;
        }
    }
    return map;
}

QVariantMap describe(const QString &nsp, const QString &id, const QVariantMap &connection,
                     const QVariantMap &data, const Handshake &handshake, const QStringList &rooms)
{
    QVariantMap map = connection; // clientId and transport
    map.insert(u"id"_s, id);
    map.insert(u"nsp"_s, nsp);
    map.insert(u"data"_s, AdminObjects::dataOf(data));
    map.insert(u"handshake"_s, handshakeOf(handshake));
    map.insert(u"rooms"_s, rooms);
    return map;
}

} // namespace

QString AdminObjects::adminKey()
{
    return u"_admin"_s;
}

QVariantMap AdminObjects::connectionOf(const Socket &socket)
{
    const EngineIo::Session *session = socket.conn();
    if (!session)
        return {};
    // Only a part of the session's id: anyone who knows the complete id can impersonate the client.
    return {{u"clientId"_s, session->id().left(12)}, {u"transport"_s, session->transportName()}};
}

QVariantMap AdminObjects::dataOf(const QVariantMap &data)
{
    QVariantMap own = data;
    own.remove(adminKey());
    for (QVariant &value : own)
        value = shown(value);
    return own;
}

QVariant AdminObjects::shown(const QVariant &value)
{
    return isSuspicious(value, MaxDepth) ? QVariant(u"(cannot be shown)"_s) : value;
}

QVariantMap AdminObjects::fromSocket(const Socket &socket)
{
    return describe(socket.nsp()->name(), socket.id(), connectionOf(socket), socket.data(),
                    socket.handshake(), socket.rooms());
}

QVariantMap AdminObjects::fromSocket(const QString &nsp, const RemoteSocket &socket)
{
    const QVariantMap shared = socket.data().value(adminKey()).toMap();
    QVariantMap connection;
    for (const QString &name : {u"clientId"_s, u"transport"_s}) {
        if (shared.contains(name))
            connection.insert(name, shared.value(name));
    }
    return describe(nsp, socket.id(), connection, socket.data(), socket.handshake(),
                    socket.rooms());
}

} // namespace SocketIo::detail
