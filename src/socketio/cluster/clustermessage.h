// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_CLUSTERMESSAGE_H
#define SOCKETIO_CLUSTERMESSAGE_H

#include <SocketIo/socketioglobal.h>

#include <QtCore/qbytearray.h>
#include <QtCore/qmetatype.h>
#include <QtCore/qstring.h>
#include <QtCore/qvariant.h>

#include <optional>

namespace SocketIo {

// What the servers of a cluster send each other.
struct SOCKETIO_EXPORT ClusterMessage
{
    // With their numbers on the wire.
    enum class Type : quint8 {
        InitialHeartbeat = 1,
        Heartbeat,
        Broadcast,
        SocketsJoin,
        SocketsLeave,
        DisconnectSockets,
        FetchSockets,
        FetchSocketsResponse,
        ServerSideEmit,
        ServerSideEmitResponse,
        BroadcastClientCount,
        BroadcastAck,
        AdapterClose,
    };

    QString uid; // of the sender
    QString nsp; // name of the namespace
    Type type = Type::Heartbeat;
    QVariantMap data;

    bool hasBinary() const;
    QVariantMap toVariantMap() const;
    static std::optional<ClusterMessage> fromVariantMap(const QVariantMap &map);
    QByteArray toJson() const;
    static std::optional<ClusterMessage> fromJson(const QByteArray &json);

    // For adapters whose messages have another form.
    static QByteArray mapToJson(const QVariantMap &map);
    static std::optional<QVariantMap> mapFromJson(const QByteArray &json);
};

} // namespace SocketIo

Q_DECLARE_METATYPE(SocketIo::ClusterMessage)

#endif
