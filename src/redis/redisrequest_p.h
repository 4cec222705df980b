// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_REDISREQUEST_P_H
#define SOCKETIO_REDISREQUEST_P_H

#include <SocketIo/clustermessage.h>

namespace SocketIo::detail {

// The requests and responses of @socket.io/redis-adapter, with their numbers on the wire.
enum class RedisRequest {
    Sockets = 0,
    AllRooms,
    RemoteJoin,
    RemoteLeave,
    RemoteDisconnect,
    RemoteFetch,
    ServerSideEmit,
    Broadcast,
    BroadcastClientCount,
    BroadcastAck,
};

// The request that asks for the same as a message of this type.
inline RedisRequest redisRequest(ClusterMessage::Type type)
{
    using Type = ClusterMessage::Type;
    switch (type) {
    case Type::SocketsJoin:
        return RedisRequest::RemoteJoin;
    case Type::SocketsLeave:
        return RedisRequest::RemoteLeave;
    case Type::DisconnectSockets:
        return RedisRequest::RemoteDisconnect;
    case Type::FetchSockets:
        return RedisRequest::RemoteFetch;
    case Type::ServerSideEmit:
        return RedisRequest::ServerSideEmit;
    default:
        return RedisRequest::Broadcast;
    }
}

} // namespace SocketIo::detail

#endif
