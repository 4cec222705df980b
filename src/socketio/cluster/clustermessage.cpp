// SPDX-License-Identifier: MIT
#include <SocketIo/clustermessage.h>

#include "socketio/parser/jsonreader_p.h"
#include "socketio/parser/jsonwriter_p.h"
#include "socketio/parser/packetwarnings_p.h"

#include <algorithm>

namespace SocketIo {

using namespace Qt::StringLiterals;

using detail::GreatestClusterDepth;

namespace {

constexpr qsizetype MaxSize = qsizetype(256) * 1024 * 1024;

bool containsBinary(const QVariant &value)
{
    switch (value.typeId()) {
    case QMetaType::QByteArray:
        return true;
    case QMetaType::QVariantList: {
        const QVariantList list = value.toList();
        return std::any_of(list.cbegin(), list.cend(), containsBinary);
    }
    case QMetaType::QVariantMap: {
        const QVariantMap map = value.toMap();
        return std::any_of(map.cbegin(), map.cend(), containsBinary);
    }
    default:
        return false;
    }
}

} // namespace

/*!
    \class SocketIo::ClusterMessage
    \inmodule QtSocketIo
    \inheaderfile SocketIo/ClusterMessage
    \since QtSocketIo 0.1
    \brief Represents a message between the servers of a cluster, which is sent and received by a
    ClusterAdapter.

    The types and their data are the same as in Socket.IO's adapters for Node.js, so that Qt and
    Node.js servers can form a cluster.

    For example:

    \snippet reference.cpp ClusterMessage
*/
/*!
    \enum SocketIo::ClusterMessage::Type

    \value InitialHeartbeat a server has started and asks the others for a heartbeat
    \value Heartbeat a server is alive
    \value Broadcast sends an event to sockets
    \value SocketsJoin makes sockets join rooms
    \value SocketsLeave makes sockets leave rooms
    \value DisconnectSockets disconnects sockets
    \value FetchSockets requests a list of sockets
    \value FetchSocketsResponse the answer to FetchSockets
    \value ServerSideEmit an event for the servers
    \value ServerSideEmitResponse the answer to ServerSideEmit
    \value BroadcastClientCount the number of clients that were sent a broadcast with
           acknowledgements
    \value BroadcastAck the acknowledgement of one client
    \value AdapterClose a server leaves the cluster
*/
/*!
    \variable SocketIo::ClusterMessage::uid
    \brief the id of the adapter that sent the message, or "emitter" for a program that is not a
    server.
*/
/*!
    \variable SocketIo::ClusterMessage::nsp
    \brief the name of the namespace that the message is about.
*/
/*!
    \variable SocketIo::ClusterMessage::type
    \brief the type of the message.
*/
/*!
    \variable SocketIo::ClusterMessage::data
    \brief the data of the message, depending on its type; empty for heartbeats.
*/

/*!
    Returns whether the message contains binary data, which JSON does not support.
*/
bool ClusterMessage::hasBinary() const
{
    return containsBinary(data);
}

/*!
    Returns the message as a map with the members \c uid, \c nsp, \c type and, unless it is empty,
    \c data.
*/
QVariantMap ClusterMessage::toVariantMap() const
{
    QVariantMap map{{u"uid"_s, uid}, {u"nsp"_s, nsp}, {u"type"_s, int(type)}};
    if (!data.isEmpty())
        map.insert(u"data"_s, data);
    return map;
}

/*!
    Returns the message for a \a map that was returned by toVariantMap(), or \c std::nullopt if
    \a map is not a message. The type can also be a string of digits.
*/
std::optional<ClusterMessage> ClusterMessage::fromVariantMap(const QVariantMap &map)
{
    const QVariant uid = map.value(u"uid"_s);
    const QVariant nsp = map.value(u"nsp"_s);
    const QVariant data = map.value(u"data"_s);
    bool isNumber = false;
    const int type = map.value(u"type"_s).toInt(&isNumber);
    if (uid.typeId() != QMetaType::QString || uid.toString().isEmpty()
        || nsp.typeId() != QMetaType::QString || !isNumber || type < int(Type::InitialHeartbeat)
        || type > int(Type::AdapterClose))
        return std::nullopt;
    if (data.isValid() && data.typeId() != QMetaType::QVariantMap
        && data.typeId() != QMetaType::Nullptr)
        return std::nullopt;
    return ClusterMessage{uid.toString(), nsp.toString(), Type(type), data.toMap()};
}

/*!
    Returns the message as JSON. Binary data is written like a \c Buffer in Node.js; use another
    format if hasBinary() returns \c true.
*/
QByteArray ClusterMessage::toJson() const
{
    return mapToJson(toVariantMap());
}

/*!
    Returns the message in \a json, or \c std::nullopt if it contains none.
*/
std::optional<ClusterMessage> ClusterMessage::fromJson(const QByteArray &json)
{
    const std::optional<QVariantMap> map = mapFromJson(json);
    return map ? fromVariantMap(*map) : std::nullopt;
}

/*!
    Returns \a map as JSON, or an empty byte array if it is nested more than 1,032 levels deep or
    the result would be larger than 256 MiB.
*/
QByteArray ClusterMessage::mapToJson(const QVariantMap &map)
{
    QByteArray json;
    detail::JsonWriter writer(&json, GreatestClusterDepth, detail::JsonWriter::Binary::Describe,
                              MaxSize);
    writer.write(map);
    return writer.finish() ? json : QByteArray();
}

/*!
    Returns the object in \a json, or \c std::nullopt if it contains none.
*/
std::optional<QVariantMap> ClusterMessage::mapFromJson(const QByteArray &json)
{
    QVariant value;
    detail::JsonReader reader(json, GreatestClusterDepth);
    if (!reader.read(&value) || value.typeId() != QMetaType::QVariantMap)
        return std::nullopt;
    return value.toMap();
}

} // namespace SocketIo
